"""Packets made to break a decoder (CVE-2011-2092, CVE-2015-3269, CVE-2017-5641 and their kin): a Fault, and soon."""

import random
import sys
import tracemalloc
from collections.abc import Iterator
from struct import pack
from time import process_time
from typing import Any

import pytest

from gateway import READ, Component, Maybe, Struct, function, limits
from gateway.faults import INVALID_REQUEST, Fault
from gateway.protocol import Answer, Message, Request, Site
from gateway.types import ABSENT
from gateway.validation import Validator
from protocols.amf import PROTOCOL
from tests.support.mutation import mutate

SITE = Site("https://example.org", "Example", "urn:example")
SECONDS = 20.0  # of processor time: ten times what it takes, for a busy machine; what it guards against takes minutes


class User(Struct):
    id: int
    name: Maybe[str] = ABSENT
    born: Maybe[str] = ABSENT


def store(users: list[User], dry: bool = False) -> int:
    return sum(each.id for each in users)


FUNCTION = Component("test", functions=[function("test_store", effect=READ)(store)]).functions[0]
CODEC = PROTOCOL.compile(FUNCTION, SITE)
VALIDATOR = Validator("test_store", FUNCTION.signature)


def utf(value: str) -> bytes:
    raw = value.encode()
    return pack(">H", len(raw)) + raw


def array(*items: bytes) -> bytes:
    return pack(">BI", 0x0A, len(items)) + b"".join(items)


def reference(index: int) -> bytes:
    return b"\x07" + pack(">H", index)


def packet(value: bytes) -> bytes:
    return b"\0\0\0\0\0\1" + utf("test_store") + utf("/1") + bytes(4) + value


def parse(data: bytes) -> Message:
    return PROTOCOL.parse(Request("POST", "/amf", "", {}, data))


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    start = process_time()
    yield
    assert process_time() - start < SECONDS


def doubling(levels: int) -> bytes:
    """Arrays that each name the one before twice: two to the power of `levels` values."""
    rows = [array()] + [array(reference(level), reference(level)) for level in range(1, levels)]
    return array(*rows)


def nested(levels: int, head: bytes = b"\x0a\0\0\0\1", end: bytes = b"") -> bytes:
    return head * levels + b"\x05" + end * levels


BOMBS = {
    "2^30 values by references": (doubling(30), "more than 500000 values"),
    "2^28 items declared": (b"\x0a\x10\0\0\0", "more than there are bytes left"),
    "2^28 items declared deeper": (b"\x0a\0\0\0\1" * 3 + b"\x0a\x10\0\0\0", "more than there are bytes left"),
    "2^32 characters declared": (b"\x0c\xff\xff\xff\xff", "ends in the middle"),
    "2^32 characters of XML declared": (b"\x0f\xff\xff\xff\xff<a/>", "ends in the middle"),
    "an array in itself": (array(reference(0)), "reference 0 names what contains it"),
    "an object in itself": (array(b"\x03" + utf("x") + reference(1) + b"\0\0\x09"), "reference 1 names what"),
    "a typed object in itself": (b"\x10" + utf("C") + utf("x") + reference(0) + b"\0\0\x09", "reference 0"),
    "an ECMA array in itself": (b"\x08\0\0\0\1" + utf("0") + reference(0) + b"\0\0\x09", "reference 0"),
    "a cycle of two": (array(array(array(reference(1)))), "reference 1 names what contains it"),
    "a reference ahead": (array(reference(1), array()), "reference 1 names nothing"),
    "100,000 arrays deep": (nested(100_000), "nested deeper than 64"),
    "100,000 objects deep": (nested(100_000, b"\x03\0\1x", b"\0\0\x09"), "nested deeper than 64"),
    "100,000 ECMA arrays deep": (nested(100_000, b"\x08\0\0\0\1\0\1x", b"\0\0\x09"), "nested deeper than 64"),
    "100,000 typed objects deep": (nested(100_000, b"\x10\0\1C\0\1x", b"\0\0\x09"), "nested deeper than 64"),
    "65 deep": (nested(65), "nested deeper than 64"),
    "600,000 nulls": (array(*[b"\x05"] * 600_000), "more than 500000 values"),
    "600,000 references to a Date": (array(b"\x0b" + bytes(10), *[reference(1)] * 600_000), "500000 values"),
    "deep by a reference to the deep": (array(nested(40), nested(40)[:-1] + reference(1)), "deeper than 64"),
}


@pytest.mark.parametrize(("value", "cause"), BOMBS.values(), ids=BOMBS)
def test_bombs(value: bytes, cause: str) -> None:
    message = parse(packet(value))
    assert message.broken is not None
    assert message.broken.kind is INVALID_REQUEST
    assert cause in message.broken.cause


def test_what_the_limits_still_take() -> None:
    assert parse(packet(nested(limits.DEPTH))).broken is None
    assert parse(packet(array(*[b"\x05"] * (limits.NODES - 1)))).broken is None
    assert parse(packet(doubling(10))).broken is None
    sparse = b"\x08\xff\xff\xff\xff" + utf("7") + b"\x05\0\0\x09"
    assert parse(packet(sparse)).items[0].arguments == {"7": None}


def test_the_budget_is_of_the_packet() -> None:
    half = array(*[b"\x05"] * (limits.NODES // 2 + 1))
    body = utf("f") + utf("/1") + bytes(4) + half
    message = parse(b"\0\0\0\0\0\2" + body * 2)
    assert "more than 500000 values" in message.broken.cause
    assert len(message.items) == 2


def test_what_a_reference_weighs_is_not_taken_for_another_value_later() -> None:
    """The values of the first body are gone when the second is read, whose values take their places in memory."""
    light = [utf("x") + array() + utf("y") + reference(number) for number in range(2, 1002)]
    heavy = [array(*[b"\x05"] * 100) for _ in light]
    named = [reference(number) for number in range(1, 1001)] * 5
    bodies = array(b"\x03" + b"".join(light) + b"\0\0\x09"), array(*heavy, *named)
    head = utf("f") + utf("/1") + bytes(4)
    message = parse(b"\0\0\0\0\0\2" + b"".join(head + each for each in bodies))
    assert "more than 500000 values" in message.broken.cause


def test_a_declared_count_reserves_no_memory() -> None:
    tracemalloc.start()
    try:
        parse(packet(b"\x0a\x10\0\0\0" + bytes(1000)))
        parse(packet(b"\x0c\xff\xff\xff\xff" + bytes(1000)))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "alias", ["antigravity", "antigravity.x", "tempfile._TemporaryFileCloser", "flash.Any"]
)
def test_a_class_alias_is_not_looked_up(alias: str) -> None:
    sys.modules.pop("antigravity", None)
    before = set(sys.modules)
    planted = b"\x10" + utf(alias) + utf("__class__") + b"\x02" + utf("x") + b"\0\0\x09"
    (call,) = parse(packet(array(planted))).items
    assert type(call.arguments[0]) is dict
    assert call.arguments == [{"__class__": "x"}]
    assert set(sys.modules) == before


def test_xml_is_text() -> None:
    """CVE-2015-3269: an XML document (0x0f) is not parsed."""
    xml = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    (call,) = parse(packet(array(b"\x0f" + pack(">I", len(xml)) + xml))).items
    assert call.arguments == [xml.decode()]


def test_10_6_digits_are_not_converted() -> None:
    digits = b"\x0c" + pack(">I", 1_000_000) + b"9" * 1_000_000
    (call,) = parse(packet(array(array(b"\x03" + utf("id") + digits + b"\0\0\x09")))).items
    (user,) = CODEC.bind(call)["users"]
    assert user["id"].problem == f"not an integer: '{'9' * 40}'"


GOOD = packet(
    array(
        array(
            b"\x03" + utf("id") + pack(">Bd", 0, 7) + utf("name") + b"\x02" + utf("Zoë") + b"\0\0\x09",
            b"\x08\0\0\0\2" + utf("id") + b"\x02" + utf("8") + utf("born") + b"\x05\0\0\x09",
            b"\x10" + utf("C") + utf("id") + pack(">Bd", 0, 9) + utf("name") + b"\x0c\0\0\0\1x\0\0\x09",
            reference(2),
        ),
        b"\x01\x00",
    )
)


def handle(data: bytes) -> Any:
    """The result of a packet of calls, or the Fault it ends in; anything else that is raised fails the test."""
    try:
        message = parse(data)
    except Fault as fault:
        return fault
    if message.broken is not None:
        assert message.items
        return message.broken
    results = []
    for item in message.items:
        try:
            results.append(VALIDATOR.result(store(*VALIDATOR.arguments(CODEC.bind(item)))))
        except Fault as fault:
            return fault
    answers = [
        Answer(item, "R", CODEC.encode(each, item)) for item, each in zip(message.items, results, strict=True)
    ]
    PROTOCOL.reply(Request("POST", "/amf", "", {}, data), message, answers)
    return results


def test_the_good_packet() -> None:
    assert handle(GOOD) == [7 + 8 + 9 + 7]


@pytest.mark.parametrize("cut", range(len(GOOD)))
def test_cut_at_every_byte(cut: int) -> None:
    fault = handle(GOOD[:cut])
    assert isinstance(fault, Fault)
    assert fault.kind is INVALID_REQUEST


INTERESTING = b"\x00\x01\x02\x03\x07\x08\x09\x0a\x0b\x0c\x0f\x10\x11\x7f\xff"


@pytest.mark.parametrize("seed", range(6))
def test_mutations_end_in_a_fault_or_a_result(seed: int) -> None:
    """500 mutations a seed, of which some still are calls; each outcome is a Fault or a list of integers."""
    chance = random.Random(seed)  # noqa: S311
    outcomes = [handle(mutate(chance, GOOD, INTERESTING)) for _ in range(500)]
    results = [each for each in outcomes if not isinstance(each, Fault)]
    assert 0 < len(results) < len(outcomes)
    assert all(type(number) is int for each in results for number in each)
