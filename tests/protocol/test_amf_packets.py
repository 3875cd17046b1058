"""The envelope of AMF remoting: what real clients send, who calls, and how each call is answered."""

from struct import pack
from typing import Any

import pytest

from gateway import READ, Component, function
from gateway.faults import (
    CODING_ERROR,
    INVALID_PARAMETER,
    INVALID_REQUEST,
    MAINTENANCE,
    METHOD_NOT_ALLOWED,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    Fault,
    FaultKind,
    Problem,
    disclose,
)
from gateway.protocol import Answer, Call, Message, Request, Site
from protocols.amf import PROTOCOL
from protocols.amf.packet import Place, read_packet

SITE = Site("https://example.org", "Example", "urn:example")
EMPTY = b"\x0a\0\0\0\0"
TOKEN = "0123456789abcdef0123456789abcdef"


def utf(value: str) -> bytes:
    raw = value.encode()
    return pack(">H", len(raw)) + raw


def text(value: str) -> bytes:
    return b"\x02" + utf(value)


def header(name: str, value: bytes, length: int = 0, *, demanded: bool = False) -> bytes:
    return utf(name) + bytes([demanded]) + pack(">I", length) + value


def body(target: str, uri: str, value: bytes = EMPTY, length: int = 0) -> bytes:
    return utf(target) + utf(uri) + pack(">I", length) + value


def packet(*bodies: bytes, headers: tuple[bytes, ...] = (), version: int = 0) -> bytes:
    head = pack(">HH", version, len(headers)) + b"".join(headers)
    return head + pack(">H", len(bodies)) + b"".join(bodies)


def request(data: bytes, query: str = "", **headers: str) -> Request:
    return Request("POST", "/amf", query, {"content-type": "application/x-amf", **headers}, data)


def parse(data: bytes) -> Message:
    return PROTOCOL.parse(request(data))


def test_the_route() -> None:
    (route,) = PROTOCOL.routes
    assert (PROTOCOL.face, route.path, route.below) == ("modern", "/amf", False)
    assert route.methods == {"POST"}
    assert route.media_types == {"application/x-amf"}


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("core_user_get_users", "core_user_get_users"),
        ("Service.core_user_get_users", "core_user_get_users"),
        ("a.b.Service.core_user_get_users", "core_user_get_users"),
        ("os.system", "system"),
        ("Service.", ""),
        ("null", None),
        ("", None),
    ],
)
def test_the_function_is_what_follows_the_last_dot(target: str, name: str | None) -> None:
    message = parse(packet(body(target, "/1")))
    assert message.items == [Call(name, [], Place("/1"))]
    assert message.broken is None
    assert not message.several


def test_every_body_is_a_call() -> None:
    message = parse(packet(*[body(f"S.f{each}", f"/{each}") for each in range(64)]))
    assert [(call.function, call.position.uri) for call in message.items] == [
        (f"f{each}", f"/{each}") for each in range(64)
    ]
    assert message.several


@pytest.mark.parametrize("length", [0, 1, 5, 0xFFFFFFFF])
def test_declared_lengths_lie(length: int) -> None:
    """Py3AMF writes 0, Royale 1, Flash Player ffffffff: only what is there counts."""
    message = parse(packet(body("f", "/1", length=length), headers=(header("X", text("y"), length),)))
    assert message.items == [Call("f", [], Place("/1"))]
    assert message.broken is None


def test_a_header_that_must_be_understood_is_or_is_not() -> None:
    """AMF0, section 4.1. Flash Player's debugger demands one of its own, which asks for nothing that we have."""
    for name, value in (("wstoken", text(TOKEN)), ("amf_server_debug", b"\x05")):
        assert parse(packet(body("f", "/1"), headers=(header(name, value, demanded=True),))).broken is None
    unknown = parse(packet(body("f", "/1"), headers=(header("Encryption", b"\x05", demanded=True),)))
    assert unknown.broken is not None
    assert "Encryption must be understood" in unknown.broken.cause
    assert parse(packet(body("f", "/1"), headers=(header("Encryption", b"\x05"),))).broken is None


def test_ruffle_sends_arrays_as_ecma_arrays() -> None:
    """The array of arguments and the one in it, with the count 0 for an associative array."""
    inner = b"\x08\0\0\0\0" + utf("search") + text("x") + b"\0\0\x09"
    message = parse(packet(body("f", "/1", b"\x08\0\0\0\1" + utf("0") + inner + b"\0\0\x09")))
    assert message.items[0].arguments == {"0": {"search": "x"}}


def test_flash_counts_the_arguments_as_reference_0() -> None:
    """Entries: 0 the arguments, 1 an object, 2 a Date, 3 an XML document, 4 an array, 5 a typed object."""
    values = [
        b"\x03" + utf("x") + text("1") + b"\0\0\x09",
        b"\x0b" + bytes(10),
        b"\x0f\0\0\0\1<",
        b"\x0a\0\0\0\1" + text("4"),
        b"\x10" + utf("C") + utf("x") + text("5") + b"\0\0\x09",
        *[b"\x07" + pack(">H", each) for each in range(1, 6)],
    ]
    message = parse(packet(body("f", "/1", pack(">BI", 0x0A, len(values)) + b"".join(values))))
    arguments = message.items[0].arguments
    assert arguments[5:] == arguments[:5]
    assert (arguments[0], arguments[2:5]) == ({"x": "1"}, ["<", ["4"], {"x": "5"}])


def test_references_start_again_in_each_body() -> None:
    one = b"\x0a\0\0\0\2\x03\0\0\x09\x07\0\1"
    message = parse(packet(body("f", "/1", one), body("f", "/2", one), headers=(header("X", one),)))
    assert [call.arguments for call in message.items] == [[{}, {}], [{}, {}]]
    message = parse(packet(body("f", "/1", one), body("f", "/2", b"\x07\0\1")))
    assert "reference 1 names nothing" in message.broken.cause


def test_the_token_comes_from_bearer_header_or_query() -> None:
    plain = packet(body("f", "/1"))
    named = packet(body("f", "/1"), headers=(header("wstoken", text(TOKEN)),))
    assert PROTOCOL.parse(request(plain)).credentials.token is None
    assert PROTOCOL.parse(request(plain, authorization=f"Bearer {TOKEN}")).credentials.token == TOKEN
    assert PROTOCOL.parse(request(plain, f"wstoken={TOKEN}")).credentials.token == TOKEN
    assert PROTOCOL.parse(request(named)).credentials.token == TOKEN
    assert PROTOCOL.parse(request(named, f"wstoken={TOKEN}")).credentials.token == TOKEN


@pytest.mark.parametrize(
    ("headers", "query", "cause"),
    [
        ((header("wstoken", text("other")),), f"wstoken={TOKEN}", "two different credentials"),
        ((header("wstoken", text("a")), header("wstoken", text("b"))), "", "two different credentials"),
        ((header("wstoken", b"\x01\x01"),), "", "wstoken holds no text"),
    ],
)
def test_unclear_credentials_are_answered_under_every_uri(
    headers: tuple[bytes, ...], query: str, cause: str
) -> None:
    message = PROTOCOL.parse(request(packet(body("f", "/1"), body("g", "/2"), headers=headers), query))
    assert cause in message.broken.cause
    assert message.credentials.token is None
    assert [call.position.uri for call in message.items] == ["/1", "/2"]


@pytest.mark.parametrize(
    ("data", "uris", "cause"),
    [
        (
            packet(body("f", "/1"), body("f", "/2", b"\x0a\0\0\0\1")),
            ["/1", "/2"],
            "more than there are bytes",
        ),
        (packet(body("f", "/1"), b"\0\1"), ["/1"], "ends in the middle"),
        (packet(body("f", "/1")) + b"\0", ["/1"], "bytes after the last body: 1"),
        (packet(body("f", "/1", b"\x11\x0a")), ["/1"], "ends in the middle"),
        (
            packet(body("f", "/1", b"\x0a\0\0\0\1\x11\x12")),
            ["/1"],
            "marker 0x12 at offset 23 is no AMF3 value",
        ),
        (packet(body("f", "/1", b"\x04")), ["/1"], "marker 0x04 at offset 17 is no value"),
        (packet(body("f", "/1", b"\x0e")), ["/1"], "marker 0x0e"),
        (packet(body("f", "/1", b"\x09")), ["/1"], "marker 0x09"),
        (packet(body("f", "/1", b"\xff")), ["/1"], "marker 0xff"),
        (packet(body("f", "/1", b"\x02\0\2\xc3\x28")), ["/1"], "not UTF-8"),
        (packet(body("f", "/1", b"\x02\0\3\xed\xa0\x80")), ["/1"], "not UTF-8"),
        (packet(body("f", "/1"), body("f", "x" * 65527)), ["/1"], "longer than 65526 bytes"),
    ],
)
def test_a_broken_packet_is_answered_as_far_as_it_was_read(data: bytes, uris: list[str], cause: str) -> None:
    message = parse(data)
    assert message.broken.kind is INVALID_REQUEST
    assert cause in message.broken.cause
    assert [call.position.uri for call in message.items] == uris


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "ends in the middle"),
        (b"\0\0\0\0", "ends in the middle"),
        (b"<html>", "version 15464 is neither"),
        (packet(body("f", "/1"), version=1), "version 1 is neither"),
        (packet(), "holds no call"),
        (packet(headers=(header("X", b"\x11"),)), "ends in the middle"),
        (packet(body("f", "/1"))[:12], "ends in the middle"),
        (b"\0\0\0\0\xff\xff", "holds 65535 bodies"),
        (b"\0\0\0\x41\0\0", "holds 65 headers"),
        (packet(*[body("f", "/1")] * 65), "holds 65 bodies"),
    ],
)
def test_a_packet_without_a_response_uri_is_a_fault(data: bytes, cause: str) -> None:
    with pytest.raises(Fault) as caught:
        parse(data)
    assert caught.value.kind is INVALID_REQUEST
    assert cause in caught.value.cause


def answer(data: bytes, faults: list[Fault], level: int = 15) -> Any:
    incoming = request(data)
    message = PROTOCOL.parse(incoming)
    answers = [
        Answer(call, f"R.{number}", refusal=disclose(fault, level, f"R.{number}"))
        for number, (call, fault) in enumerate(zip(message.items, faults, strict=True), 1)
    ]
    return PROTOCOL.reply(incoming, message, answers)


def test_golden_bytes_of_a_fault() -> None:
    problem = Problem(path="ids[0]", problem="is missing")
    reply = answer(packet(body("f", "/1")), [INVALID_PARAMETER("why", problems=[problem])])
    assert reply.status == 200
    assert reply.headers == {"Content-Type": "application/x-amf"}
    message = text("Invalid parameter value detected")
    status = (
        b"\x03"
        + utf("level") + text("error")
        + utf("code") + text("invalidparameter")
        + utf("description") + message
        + utf("details") + text("why")
        + utf("type") + text("invalid_parameter_exception")
        + utf("exception") + text("invalid_parameter_exception")
        + utf("errorcode") + text("invalidparameter")
        + utf("message") + message
        + utf("cause") + text("why")
        + utf("problems") + b"\x0a\0\0\0\1\x03"
        + utf("path") + text("ids[0]") + utf("problem") + text("is missing") + b"\0\0\x09"
        + utf("request_id") + text("R.1")
        + b"\0\0\x09"
    )  # fmt: skip
    assert reply.body == packet(body("/1/onStatus", "null", status, len(status)))


def test_a_fault_in_amf3_has_the_same_members() -> None:
    problem = Problem(path="ids[0]", problem="is missing")
    faults: list[Fault] = [INVALID_PARAMETER("why", problems=[problem])]
    members = []
    for version in (0, 3):
        reply = answer(packet(body("f", "/1"), version=version), faults)
        (found,) = read_packet(reply.body).bodies
        assert (found.target, found.amf3) == ("/1/onStatus", version == 3)
        members.append(found.value)
    assert members[0] == members[1]
    assert list(members[0]) == list(members[1])


def test_results_and_faults_of_one_packet() -> None:
    def python() -> int:
        return 7

    called = Component("test", functions=[function("test_call", effect=READ)(python)]).functions[0]
    incoming = request(packet(body("test_call", "/1"), body("test_call", "/2")))
    message = PROTOCOL.parse(incoming)
    payload = PROTOCOL.compile(called, SITE).encode(7, message.items[0])
    answers = [
        Answer(message.items[0], "R.1", payload),
        Answer(message.items[1], "R.2", refusal=disclose(MAINTENANCE(retry_after=9), 5, "R.2")),
    ]
    reply = PROTOCOL.reply(incoming, message, answers)
    assert reply.status == 200
    seven = pack(">Bd", 0, 7)
    assert reply.body.startswith(b"\0\0\0\0\0\2" + body("/1/onResult", "null", seven, 9) + utf("/2/onStatus"))
    assert reply.headers["Retry-After"] == "9"


def test_the_longest_wait_is_told() -> None:
    waits = [MAINTENANCE(retry_after=3), MAINTENANCE(retry_after=8), MAINTENANCE()]
    reply = answer(packet(*[body("f", f"/{each}") for each in range(3)]), waits)
    assert reply.headers["Retry-After"] == "8"


def test_the_longest_response_uri_can_be_answered() -> None:
    uri = "x" * 65526
    reply = answer(packet(body("f", uri)), [INVALID_PARAMETER()])
    assert utf(f"{uri}/onStatus") in reply.body


def test_a_traceback_follows_the_cause_for_developers_only() -> None:
    fault = CODING_ERROR("why")
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        fault.__cause__ = error
    data = packet(body("f", "/1"))
    assert b"why\nTraceback" in answer(data, [fault], 32767).body
    assert b"Traceback" not in answer(data, [fault], 15).body
    assert b"why" not in answer(data, [fault], 5).body


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (INVALID_REQUEST, 400),
        (METHOD_NOT_ALLOWED, 405),
        (TOO_LARGE, 413),
        (UNSUPPORTED_MEDIA_TYPE, 415),
        (MAINTENANCE, 503),
    ],
)
def test_a_refusal_is_an_empty_packet(kind: FaultKind, status: int) -> None:
    reply = PROTOCOL.refuse(request(b""), disclose(kind(retry_after=5), 15, "R"))
    assert (reply.status, reply.body) == (status, bytes(6))
    assert reply.headers == {"Content-Type": "application/x-amf", "Retry-After": "5"}
