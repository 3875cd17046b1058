"""What hostile AMF is thrown at: one function behind parse, bind, validate and encode, and packets that are calls."""

from struct import pack
from typing import Any

from gateway import READ, Component, Maybe, Struct, function
from gateway.faults import INVALID_PARAMETER, INVALID_REQUEST, Fault
from gateway.protocol import Answer, Call, Message, Request, Site
from gateway.types import ABSENT
from gateway.validation import Validator
from protocols.amf import PROTOCOL
from protocols.amf.packet import read_packet
from tests.support.amf3 import array, bare, external, packet, record, reference, sealed, text
from tests.support.wire import utf

COLLECTION = "flex.messaging.io.ArrayCollection"
"""A class whose objects write themselves, and the best known."""


class User(Struct):
    """A number, and what may be absent."""

    id: int
    name: Maybe[str] = ABSENT
    photo: Maybe[bytes] = ABSENT


def store(users: list[User], dry: bool = False) -> int:
    """The sum of the ids, as far as a double holds it."""
    return sum(each.id for each in users) % 2**53


FUNCTION = Component("test", functions=[function("test_store", effect=READ)(store)]).functions[0]
CODEC = PROTOCOL.compile(FUNCTION, Site("https://example.org", "Example", "urn:example"))
VALIDATOR = Validator("test_store", FUNCTION.signature)


def _amf0_text(value: str) -> bytes:
    return b"\x02" + utf(value)


def _plain_packet() -> bytes:
    """AMF0: an object, an ECMA array, a typed object, a reference."""
    rows = [
        b"\x03" + utf("id") + pack(">Bd", 0, 7) + utf("name") + _amf0_text("Zoë") + b"\0\0\x09",
        b"\x08\0\0\0\2" + utf("id") + _amf0_text("8") + utf("photo") + b"\5\0\0\x09",
        b"\x10" + utf("C") + utf("id") + _amf0_text("9") + b"\0\0\x09",
        b"\x07\0\2",
    ]
    body = b"\x0a\0\0\0\2\x0a\0\0\0\4" + b"".join(rows) + b"\1\0"
    return b"\0\0\0\0\0\1" + utf("S.test_store") + utf("/1") + bytes(4) + body


def _rich_packet() -> bytes:
    """AMF3: sealed and dynamic objects, references of all three kinds, a collection, numbers of both kinds."""
    rows = [
        sealed("C", ["id", "name"], b"\4\7", text("Zoë")),
        b"\x0a\5\4\x08\6\x08",
        record(id=b"\5" + pack(">d", 9)),
        b"\x0a\x09\4" + b"\4\x81\0" + b"\1",
        record(id=text("10"), photo=b"\x0c\5\x78\x9c"),
        reference(10, 4),
    ]
    return packet(external(COLLECTION, array(*rows)), b"\2", name="test_store")


def _flex_packet() -> bytes:
    """A RemotingMessage as Flex sends it, its body the arguments."""
    names = ["operation", "body", "destination", "messageId", "headers"]
    body = array(array(sealed("", ["id"], b"\4\7")), b"\3")
    headers = record(DSId=text("nil"), DSEndpoint=b"\1")
    values = [text("test_store"), body, text("gateway"), text("4E3F-29B0"), headers]
    message = sealed("flex.messaging.messages.RemotingMessage", names, *values)
    return b"\0\3\0\0\0\1" + utf("null") + utf("/1") + b"\0\0\0\1\x11" + array(message)


def _every_kind() -> bytes:
    """A value of each kind of AMF3 that the others lack."""
    values = [
        *(
            b"\0",
            b"\5" + bytes(8),
            b"\x07" + bare("<a/>"),
            b"\x0b" + bare("<a/>"),
            b"\x08\1" + bytes(8),
            b"\x08\6",
        ),
        *(b"\x0d\5\0" + bytes(8), b"\x0e\5\0" + bytes(8), b"\x0f\3\0" + bytes(8), b"\x10\3\0\1\4\1"),
        *(b"\x11\3\0\6\3a\3", b"\x09\3" + bare("b") + b"\2\1\4\1", b"\x0a\x1b\1" + bare("c") + b"\1\1"),
    ]
    return packet(array(*values), name="test_store")


GOOD = {"AMF0": _plain_packet(), "AMF3": _rich_packet(), "Flex": _flex_packet(), "kinds": _every_kind()}
"""Packets to begin with: the sums are 31, 172 and 7, and the last has the wrong types."""


def parse(data: bytes) -> Message:
    """The message in a packet. Raises Fault."""
    return PROTOCOL.parse(Request("POST", "/amf", "", {}, data))


def run(data: bytes) -> Fault | tuple[list[int], bytes]:
    """The results of a packet's calls and the answer to it, or the Fault it ends in; anything else is raised."""
    try:
        message = parse(data)
        if message.broken is not None:
            assert message.items
            return message.broken
        return _answer(data, message)
    except Fault as fault:
        return fault


def _answer(data: bytes, message: Message) -> tuple[list[int], bytes]:
    results, answers = [], []
    for item in message.items:
        if isinstance(item, Call):
            results.append(VALIDATOR.result(store(*VALIDATOR.arguments(CODEC.bind(item)))))
            answers.append(Answer(item, "R", CODEC.encode(results[-1], item)))
    return results, PROTOCOL.reply(Request("POST", "/amf", "", {}, data), message, answers).body


def check(data: bytes) -> bool:
    """Whether a packet is a call: then its answer brings the result; else the fault is that of bad input."""
    outcome = run(data)
    if isinstance(outcome, Fault):
        assert outcome.kind in (INVALID_REQUEST, INVALID_PARAMETER)
        return False
    results, body = outcome
    answers = read_packet(body)
    assert answers.error is None
    assert [_result(each.value) for each in answers.bodies] == results
    return bool(results)


def _result(value: Any) -> Any:
    """What an answer brings, in a Flex message or not."""
    return getattr(value, "members", {"body": value})["body"]
