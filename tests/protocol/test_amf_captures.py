"""What real clients send: bytes of Flash Player that others recorded and published, and the form of Royale's.

What Flash writes decides how references are counted; Py3AMF, for one, cannot read all of them.
"""

from datetime import UTC, datetime
from struct import pack
from typing import Any

import pytest

from gateway.protocol import Message, Request
from protocols.amf import PROTOCOL
from protocols.amf.packet import read_packet
from protocols.amf.values import Typed


def parse(data: bytes) -> Message:
    message = PROTOCOL.parse(Request("POST", "/amf", "", {}, data))
    assert message.broken is None, message.broken.cause
    return message


def arguments(data: bytes) -> Any:
    (call,) = parse(data).items
    return call.arguments


def amf3(value: str) -> Any:
    """The only argument of a call, in AMF3."""
    body = b"\0\3\0\0\0\1\0\1f\0\2/1\xff\xff\xff\xff\x0a\0\0\0\1\x11" + bytes.fromhex(value)
    return arguments(body)[0]


def test_flash_counts_xml_in_amf0() -> None:
    """Flash Player, ActionScript 2 (ruffle-rs/rust-flash-lso issue 124): 0 arguments, 1 the object, 2 its XML."""
    data = bytes.fromhex(
        "00 00 00 00 00 01 00 09 74 65 73 74 2e 61 76 6d 31 00 02 2f 31 00 00 00 4d 0a 00 00 00 01"
        "03 00 05 6e 5f 78 6d 6c 0f 00 00 00 2a 3c 72 6f 6f 74 3e 3c 63 68 69 6c 64 20 69 64 3d 22 61 76 6d 31 22 3e"
        "74 65 73 74 3c 2f 63 68 69 6c 64 3e 3c 2f 72 6f 6f 74 3e 00 09 6e 5f 78 6d 6c 5f 72 65 66 07 00 02 00 00 09"
    )
    xml = '<root><child id="avm1">test</child></root>'
    assert arguments(data) == [{"n_xml": xml, "n_xml_ref": xml}]


def test_flash_sends_strict_arrays_and_ruffle_ecma_arrays() -> None:
    """The same call of g2conline.org by Flash Player and by Ruffle (ruffle-rs/ruffle issue 16381)."""
    head = b"\x00\x00\x00\x00\x00\x01\x00\x12AMFApp.getDataMaps\x00\x02/1\x00\x00\x00"
    flash = head + b"\x17\n\x00\x00\x00\x01\n\x00\x00\x00\x01\x02\x00\nG2C Online"
    ruffle = head + b"\x1d\n\x00\x00\x00\x01\x08\x00\x00\x00\x01\x00\x010\x02\x00\nG2C Online\x00\x00\t"
    assert arguments(flash) == [["G2C Online"]]
    assert arguments(ruffle) == [{"0": "G2C Online"}]


def test_flash_sends_every_kind_of_argument() -> None:
    """Flash Player, ActionScript 3, AMF0 (ruffle-rs/ruffle, netconnection_send_remote, test 1)."""
    data = bytes.fromhex(
        "00 00 00 00 00 01 00 0b 74 65 73 74 2e 6d 65 74 68 6f 64 00 02 2f 31 00 00 00 35 0a 00 00 00 04 02 00 0a"
        "41 72 67 75 6d 65 6e 74 20 31 01 01 00 40 5e c0 00 00 00 00 00 03 00 03 6b 65 79 02 00 0c 48 65 6c 6c 6f 20"
        "57 6f 72 6c 64 21 00 00 09"
    )
    assert arguments(data) == ["Argument 1", True, 123.0, {"key": "Hello World!"}]


def test_flash_sends_a_batch_with_headers() -> None:
    """The same, test 3: a header that must be understood, one that need not, and two calls."""
    data = bytes.fromhex(
        "00 00 00 02 00 08 52 65 71 75 69 72 65 64 01 00 00 00 08 02 00 05 76 61 6c 75 65 00 09 44 75 70 6c 69 63 61"
        "74 65 00 00 00 00 01 05 00 02 00 0b 74 65 73 74 2e 6d 65 74 68 6f 64 00 02 2f 31 00 00 00 05 0a 00 00 00 00"
        "00 0b 74 65 73 74 2e 6d 65 74 68 6f 64 00 02 2f 32 00 00 00 05 0a 00 00 00 00"
    )
    packet = read_packet(data)
    assert packet.error is None
    assert [(body.target, body.response, body.value) for body in packet.bodies] == [
        ("test.method", "/1", []),
        ("test.method", "/2", []),
    ]
    message = PROTOCOL.parse(Request("POST", "/amf", "", {}, data))
    assert message.broken is not None
    assert "Required" in message.broken.cause


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("09 03 01 04 63", [99]),
        ("09 01 07 31 30 30 06 00 01", {"100": "100"}),
        (
            "09 01 05 31 30 06 1d 49 20 61 6d 20 6e 75 6d 62 65 72 20 31 30 09 74 65 73 74 03 01",
            {"10": "I am number 10", "test": True},
        ),
        ("09 01 03 31 03 09 74 65 73 74 03 01", {"1": True, "test": True}),
        ("09 01 03 31 04 01 03 32 04 02 03 33 04 03 01", {"1": 1, "2": 2, "3": 3}),
        ("09 0b 01 0a 0b 01 01 04 01 04 02 04 03 0a 02", [{}, 1, 2, 3, {}]),
        ("0d 07 00 00 00 00 01 ff ff ff ff 00 00 00 00", [1, -1, 0]),
        ("10 09 00 01 03 02 03 02", [True, False, True, False]),
        ("10 09 00 09 42 6f 6f 6c 03 02 03 02", [True, False, True, False]),
        (
            "10 0d 00 01 0a 13 01 15 74 65 73 74 46 69 65 6c 64 31 06 01 0a 01 06 01 0a 01 06 01 0a 06 01 0a 06",
            [*[{"testField1": ""}] * 4, None, {"testField1": ""}],
        ),
        (
            "09 07 01 0a 0b 01 09 74 65 73 74 03 01 0a 01 00 06 0b 6d 61 79 62 65 01 0a 01 00 03 01",
            [{"test": True}, {"test": "maybe"}, {"test": True}],
        ),
        (
            "0b 82 0f 3c 6f 75 74 65 72 20 61 74 74 72 31 3d 22 46 6f 6f 22 20 61 74 74 72 32 3d 22 42 61 72 22 3e 3c"
            "69 6e 6e 65 72 20 61 74 74 72 3d 22 46 69 72 73 74 20 69 6e 6e 65 72 22 3e 46 69 72 73 74 20 63 6f 6e 74"
            "65 6e 74 3c 2f 69 6e 6e 65 72 3e 3c 69 6e 6e 65 72 20 61 74 74 72 3d 22 53 65 63 6f 6e 64 20 69 6e 6e 65"
            "72 22 3e 53 65 63 6f 6e 64 20 63 6f 6e 74 65 6e 74 3c 2f 69 6e 6e 65 72 3e 3c 2f 6f 75 74 65 72 3e",
            '<outer attr1="Foo" attr2="Bar"><inner attr="First inner">First content</inner>'
            '<inner attr="Second inner">Second content</inner></outer>',
        ),
    ],
)
def test_what_bytearray_writeobject_writes(value: str, expected: Any) -> None:
    """AMF3 of Flash Player, as Apache Royale's tests (AMFBinaryDataTesterTest) and Ruffle's (amf_xml) expect it.

    An array with holes is members by name, whose values may refer to the names; a Vector names its class; an object of
    a class without an alias has sealed members and no name, which is how our answers write a Struct.
    """
    assert amf3(value) == expected


def test_real_flash_player_in_amf3() -> None:
    """NetConnection with objectEncoding 3 puts the marker 0x11 before each argument (ruffle-rs/ruffle issue 24697)."""
    values = [b"\x06\x0btitle", b"\x09\x03\x01\x06\x00", b"\x08\x01" + pack(">d", 1.7e12), b"\x08\x02"]
    body = pack(">BI", 0x0A, len(values)) + b"".join(b"\x11" + each for each in values)
    instant = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert arguments(b"\0\3\0\0\0\1\0\1f\0\2/1\xff\xff\xff\xff" + body) == [
        "title",
        ["title"],
        instant,
        instant,
    ]


def _royale_ping() -> bytes:
    """A ping in the form that a RemoteObject of Apache Royale (mx.rpc) gives it: one marker 0x11, the length 1."""
    name = "flex.messaging.messages.CommandMessage"
    names = [
        *("operation", "correlationId", "timeToLive", "body", "headers"),
        *("timestamp", "messageId", "destination", "clientId"),
    ]
    message_id = "4E3F29B0-8B9A-5C1D-9E5A-6B0F3B2C1D0E"
    headers = _bare("DSMessagingVersion") + b"\x04\1" + _bare("DSId") + b"\x06" + _bare("nil") + b"\1"
    values = [
        *(b"\x04\5", b"\x06\1", b"\x04\0", b"\x0a\x0b\1\1", b"\x0a\5" + headers),
        *(b"\x04\0", b"\x06" + _bare(message_id), b"\x06\1", b"\x01"),
    ]
    traits = bytes([0x81, 0x13]) + _bare(name) + b"".join(map(_bare, names))
    return b"\0\3\0\0\0\1\0\4null\0\2/1\0\0\0\1\x11\x09\3\1\x0a" + traits + b"".join(values)


def _bare(text: str) -> bytes:
    raw = text.encode()
    assert len(raw) < 64
    return bytes([len(raw) << 1 | 1]) + raw


def test_a_flex_ping() -> None:
    """Its body and its headers are both anonymous and dynamic: the second refers to the traits of the first."""
    (message,) = read_packet(_royale_ping()).bodies[0].value
    assert type(message) is Typed
    assert message.name == "flex.messaging.messages.CommandMessage"
    assert message.members == {
        "operation": 5,
        "correlationId": "",
        "timeToLive": 0,
        "body": {},
        "headers": {"DSMessagingVersion": 1, "DSId": "nil"},
        "timestamp": 0,
        "messageId": "4E3F29B0-8B9A-5C1D-9E5A-6B0F3B2C1D0E",
        "destination": "",
        "clientId": None,
    }
