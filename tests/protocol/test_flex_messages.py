"""Flex messages as bytes: what asks for what, who calls, and what the answers hold."""

from base64 import b64encode
from typing import Any

import pytest

from gateway import READ, Component, Struct, function
from gateway.faults import (
    ACCESS,
    CODING_ERROR,
    INVALID_PARAMETER,
    INVALID_REQUEST,
    INVALID_TOKEN,
    MAINTENANCE,
    RATE_LIMITED,
    UNKNOWN_FUNCTION,
    WRONG_PASSWORD,
    Fault,
    Problem,
    disclose,
)
from gateway.protocol import Answer, Call, Credentials, Login, Logout, Message, Ping, Query, Reply, Request
from protocols.amf import PROTOCOL
from protocols.amf.packet import read_packet
from protocols.amf.values import MESSAGES, Typed
from protocols.amf.writer3 import write_plain, write_typed
from tests.support.wire import SITE, messaging, remoting, utf

CLIENT = "ca21f194d20a94c564cf72c151f21e3382ab809ce2e52b96"
FLEX_READS = {
    *("body", "clientId", "correlationId", "destination", "headers", "messageId", "timeToLive", "timestamp")
}


def message(name: str, /, **members: Any) -> bytes:
    """A message in AMF3, its members in the order they are given in."""
    return write_typed(f"{MESSAGES}{name}", {key: write_plain(value) for key, value in members.items()})


def packet(*values: bytes) -> bytes:
    """As Royale sends each: the array of arguments in AMF3 behind one marker, and a length that lies."""
    head = b"\0\3\0\0\0" + bytes([len(values)])
    bodies = [
        utf("null") + utf(f"/{number}") + b"\0\0\0\1\x11\x09\3\1" + value
        for number, value in enumerate(values, 1)
    ]
    return head + b"".join(bodies)


def request(data: bytes, query: str = "", **headers: str) -> Request:
    """The POST that carries it."""
    return Request("POST", "/amf", query, {"content-type": "application/x-amf", **headers}, data)


def parse(*values: bytes, **headers: str) -> Message:
    """The parsed packet."""
    return PROTOCOL.parse(request(packet(*values), **headers))


def only(*values: bytes) -> Any:
    """Its only item."""
    (item,) = parse(*values).items
    return item


@pytest.mark.parametrize(
    ("members", "function"),
    [
        ({"operation": "test_echo", "destination": "api"}, "test_echo"),
        ({"operation": "test_echo", "source": "core.Users", "destination": "api"}, "test_echo"),
        ({"operation": "webservices_virtual_class_000000.test_echo", "destination": "zend"}, "test_echo"),
        ({"operation": "test_echo"}, "test_echo"),
        ({"operation": "a.test_echo", "source": "b"}, "test_echo"),
        ({"operation": "", "destination": "test_echo"}, ""),
        ({"operation": None, "source": 5, "destination": 7.5}, ""),
        ({}, ""),
    ],
)
def test_a_remoting_message_calls_what_follows_the_last_dot(members: dict[str, Any], function: str) -> None:
    item = only(message("RemotingMessage", body=[7, "tea"], **members))
    assert (type(item), item.function, item.arguments) == (Call, function, [7, "tea"])


def test_a_remoting_message_that_asks_for_the_methods() -> None:
    for members in ({"source": "MethodDescriptor"}, {"destination": "MethodDescriptor"}):
        item = only(message("RemotingMessage", operation="getMethods", body=[], **members))
        assert (type(item), item.name) == (Query, "MethodDescriptor.getMethods")


def test_a_message_comes_in_any_of_the_forms_of_arguments() -> None:
    """Alone, in an AMF3 array (Royale), behind a marker in an AMF0 array (Flash), in an ECMA array, in AMF0."""
    ping = message("CommandMessage", operation=5)
    amf0 = (
        b"\x10" + utf(f"{MESSAGES}CommandMessage") + utf("operation") + b"\0\x40\x14" + bytes(6) + b"\0\0\x09"
    )
    for value in (
        b"\x11" + ping,
        b"\x11\x09\3\1" + ping,
        b"\x0a\0\0\0\1\x11" + ping,
        b"\x08\0\0\0\1" + utf("0") + b"\x11" + ping + b"\0\0\x09",
        b"\x0a\0\0\0\1" + amf0,
    ):
        data = b"\0\3\0\0\0\1" + utf("null") + utf("/1") + bytes(4) + value
        (item,) = PROTOCOL.parse(request(data)).items
        assert type(item) is Ping


def test_two_messages_in_one_body_are_arguments_like_any_other() -> None:
    ping = message("CommandMessage", operation=5)
    (item,) = PROTOCOL.parse(
        request(
            b"\0\3\0\0\0\1" + utf("f") + utf("/1") + bytes(4) + b"\x0a\0\0\0\2\x11" + ping + b"\x11" + ping
        )
    ).items
    assert (type(item), item.function) == (Call, "f")


@pytest.mark.parametrize(
    ("operation", "kind", "name"),
    [
        (5, Ping, "flex.ping"),
        (5.0, Ping, "flex.ping"),
        (13, Ping, "flex.connect"),
        (8, Login, "flex.login"),
        (9, Logout, "flex.logout"),
        (12, Logout, "flex.disconnect"),
    ],
)
def test_commands(operation: float, kind: type[Query], name: str) -> None:
    command = {"operation": operation, "body": b64encode(b"jane:x").decode()}
    for client, shown in (("nil", None), (CLIENT, CLIENT), (7, None), (None, None)):
        item = only(message("CommandMessage", headers={"DSId": client}, **command))
        assert (type(item), item.name, item.client, item.broken) == (kind, name, shown, None)
    for headers in (None, [], "DSId", {}):
        assert only(message("CommandMessage", headers=headers, **command)).client is None


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (message("CommandMessage", operation=0), "subscribe"),
        (message("CommandMessage", operation=1), "unsubscribe"),
        (message("CommandMessage", operation=2), "poll"),
        (message("CommandMessage", operation=11), "multi-subscribe"),
        (message("CommandMessage", operation=99), "CommandMessage"),
        (message("CommandMessage", operation=True), "CommandMessage"),
        (message("CommandMessage", operation=float("nan")), "CommandMessage"),
        (message("CommandMessage", operation="5"), "CommandMessage"),
        (message("CommandMessage"), "CommandMessage"),
        (message("AsyncMessage", body="hello"), "AsyncMessage"),
        (message("ErrorMessage", faultCode="x"), "ErrorMessage"),
        (message("Nonsense" * 100), "Nonsense"),
    ],
)
def test_what_is_not_offered_is_said_so(sent: bytes, named: str) -> None:
    item = only(sent)
    assert type(item) is Query
    assert item.broken is not None
    assert f"Flex's {named}" in item.broken.message
    assert len(item.broken.message) < 200


# Who calls


def login(text: str | bytes, **members: Any) -> bytes:
    """A login whose body is base64 of a text."""
    octets = text if isinstance(text, bytes) else text.encode()
    return message("CommandMessage", operation=8, body=b64encode(octets).decode(), **members)


@pytest.mark.parametrize(
    ("octets", "username", "password"),
    [
        (b"jane:secret", "jane", "secret"),
        (b"jane:se:cr:et", "jane", "se:cr:et"),
        ("jané:gehéim".encode(), "jané", "gehéim"),
        ("jané:gehéim".encode("iso-8859-1"), "jané", "gehéim"),
        (b"jane", "jane", ""),
        (b"", "", ""),
        (b"jane:" + b"x" * 200, "jane", "x" * 200),
    ],
)
def test_the_credentials_of_a_login(octets: bytes, username: str, password: str) -> None:
    assert parse(login(octets)).credentials == Credentials(username=username, password=password)


def test_flexs_encoder_breaks_lines() -> None:
    body = "\n".join([b64encode(b"jane:" + b"x" * 52).decode(), b64encode(b"yz").decode()])
    found = parse(message("CommandMessage", operation=8, body=body)).credentials
    assert found.password == "x" * 52 + "yz"


@pytest.mark.parametrize("body", ["!!!", "abc", "é"])
def test_a_login_that_is_not_base64_is_refused(body: str) -> None:
    broken = parse(message("CommandMessage", operation=8, body=body)).broken
    assert broken is not None
    assert "base64" in broken.cause
    assert body not in broken.cause


@pytest.mark.parametrize("body", [None, 5, [], {}])
def test_a_login_without_a_text_comes_without_a_name(body: Any) -> None:
    found = parse(message("CommandMessage", operation=8, body=body))
    assert found.broken is None
    assert found.credentials == Credentials(username="", password="")


def call(client: str = CLIENT) -> bytes:
    """A call that shows a client's id."""
    return message("RemotingMessage", operation="test_void", headers={"DSId": client, "DSEndpoint": "amf"})


def test_the_id_of_the_client_counts_with_its_calls() -> None:
    assert parse(call()).credentials == Credentials(client=CLIENT)
    assert parse(call("nil")).credentials == Credentials()


@pytest.mark.parametrize("operation", [5, 9, 12])
def test_who_pings_or_leaves_shows_no_credential(operation: int) -> None:
    """A client whose login ended must be able to connect, and to log in again."""
    sent = message("CommandMessage", operation=operation, headers={"DSId": CLIENT})
    assert parse(sent).credentials == Credentials()


def test_a_login_shows_its_password_only() -> None:
    assert parse(login("jane:x", headers={"DSId": CLIENT})).credentials == Credentials(None, "jane", "x")


def test_a_packet_of_several_shows_each() -> None:
    found = parse(login("jane:x"), call(), call())
    assert found.credentials == Credentials(None, "jane", "x", CLIENT)
    assert found.several


@pytest.mark.parametrize(
    "values",
    [(login("jane:x"), login("ann:x")), (call("one"), call("two"))],
    ids=["logins", "clients"],
)
def test_two_different_credentials_are_refused(values: tuple[bytes, ...]) -> None:
    found = parse(*values)
    assert found.broken is not None
    assert "two different" in found.broken.cause
    assert found.credentials == Credentials()


def test_a_bearer_token_beside_the_id_leaves_it_to_the_core() -> None:
    found = parse(call(), authorization="Bearer 0123456789abcdef0123456789abcdef")
    assert found.credentials == Credentials("0123456789abcdef0123456789abcdef", client=CLIENT)


# The answers


def reply(sent: bytes, answer: Any, number: str = "R.1") -> Reply:
    """The reply to a packet of one message."""
    incoming = request(packet(sent))
    parsed = PROTOCOL.parse(incoming)
    (item,) = parsed.items
    refusal = disclose(answer, 15, number) if isinstance(answer, Fault) else None
    return PROTOCOL.reply(incoming, parsed, [Answer(item, number, None if refusal else answer, refusal)])


def answered(sent: bytes, answer: Any, number: str = "R.1") -> Typed:
    """The message in the reply."""
    (body,) = read_packet(reply(sent, answer, number).body).bodies
    assert body.target == ("/1/onStatus" if isinstance(answer, Fault) else "/1/onResult")
    assert type(body.value) is Typed
    return body.value


def test_a_result_comes_in_an_acknowledgement() -> None:
    sent = message("RemotingMessage", operation="f", messageId="M-7", clientId="C-7", body=[])
    found = answered(sent, write_plain([1, "x"]))
    assert found.name == f"{MESSAGES}AcknowledgeMessage"
    assert found.members.keys() == FLEX_READS
    assert (found.members["body"], found.members["correlationId"], found.members["clientId"]) == (
        [1, "x"],
        "M-7",
        "C-7",
    )


def test_ids_are_formed_as_flex_forms_them_and_never_twice() -> None:
    sent = message("RemotingMessage", operation="f")
    found = [answered(sent, write_plain(None), f"R.{number}").members for number in range(50)]
    ids = {each[name] for each in found for name in ("messageId", "clientId")}
    assert len(ids) == 100
    for each in ids:
        assert [len(part) for part in each.split("-")] == [8, 4, 4, 4, 12]


@pytest.mark.parametrize("operation", [5, 8, 9, 12, 13])
def test_commands_are_acknowledged_with_the_id(operation: int) -> None:
    sent = message("CommandMessage", operation=operation, messageId="M-1", body="")
    found = answered(sent, CLIENT)
    assert found.name == f"{MESSAGES}AcknowledgeMessage"
    assert (found.members["body"], found.members["headers"]) == (None, {"DSId": CLIENT})
    assert "DSMessagingVersion" not in found.members["headers"]  # or the client would send its short forms


CALL = message("RemotingMessage", operation="f", messageId="M-1")


@pytest.mark.parametrize(
    ("sent", "fault", "code"),
    [
        (CALL, INVALID_TOKEN(), "Client.Authentication"),
        (CALL, ACCESS(), "Client.Authorization"),
        (login("jane:x"), WRONG_PASSWORD(), "Client.Authentication"),
        (login("jane:x"), ACCESS("suspended"), "Client.Authentication"),
        (login("jane:x"), MAINTENANCE(), "Server.Processing"),
        (CALL, UNKNOWN_FUNCTION(), "Server.ResourceUnavailable"),
        (CALL, INVALID_PARAMETER(), "Server.Processing"),
        (CALL, INVALID_REQUEST(), "Client.Message.Encoding"),
        (CALL, RATE_LIMITED(), "Server.Processing"),
        (CALL, CODING_ERROR(), "Server.Processing"),
    ],
)
def test_a_fault_comes_in_an_error_message(sent: bytes, fault: Fault, code: str) -> None:
    found = answered(sent, fault)
    assert found.name == f"{MESSAGES}ErrorMessage"
    assert found.members.keys() == FLEX_READS | {
        *("faultCode", "faultString", "faultDetail", "rootCause", "extendedData")
    }
    assert (found.members["faultCode"], found.members["faultString"]) == (code, fault.message)
    assert found.members["extendedData"]["errorcode"] == fault.kind.errorcode


def test_the_extended_data_is_the_status_object_of_other_clients() -> None:
    fault = INVALID_PARAMETER("why", problems=[Problem(path="ids[0]", problem="is missing")])
    parsed = PROTOCOL.parse(request(b"\0\0\0\0\0\1" + utf("f") + utf("/1") + bytes(4) + b"\x05"))
    plain = PROTOCOL.reply(
        request(b""), parsed, [Answer(parsed.items[0], "R.1", refusal=disclose(fault, 15, "R.1"))]
    )
    (body,) = read_packet(plain.body).bodies
    assert answered(CALL, fault).members["extendedData"] == body.value
    assert answered(CALL, fault).members["faultDetail"] == "why"


class Leaf(Struct):
    """What a list of has many of."""

    name: str
    weight: int


def test_traits_in_the_result_are_counted_behind_those_of_the_message() -> None:
    """Structs after the first name their traits by number: Py3AMF must find the right ones."""

    def leaves() -> list[Leaf]:
        return []

    leaves.__annotations__["return"] = list[Leaf]
    called = Component("test", functions=[function("test_leaves", effect=READ)(leaves)]).functions[0]
    (item,) = parse(message("RemotingMessage", operation="test_leaves")).items
    result = [Leaf(name=f"leaf {number}", weight=number) for number in range(3)]
    payload = PROTOCOL.compile(called, SITE).encode(result, item)  # type: ignore[arg-type]
    sent = message("RemotingMessage", operation="test_leaves", messageId="M-1")
    answer = remoting.decode(reply(sent, payload).body)["/1"].body
    assert isinstance(answer, messaging.AcknowledgeMessage)
    assert [dict(each) for each in answer.body] == [
        {"name": f"leaf {number}", "weight": number} for number in range(3)
    ]
