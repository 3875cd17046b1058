"""AMF3 values to plain values, byte by byte (Action Message Format, AMF 3, January 2013)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.protocol import Message, Request
from gateway.types import Unreadable
from protocols.amf import PROTOCOL
from protocols.amf.packet import read_packet
from protocols.amf.values import Typed
from tests.support.amf3 import array, bare, dynamic, external, packet, record, sealed, text
from tests.support.wire import utf


def parse(data: bytes) -> Message:
    return PROTOCOL.parse(Request("POST", "/amf", "", {}, data))


def read(*arguments: bytes) -> Any:
    """The plain values of a call's arguments."""
    found = read_packet(packet(*arguments))
    assert found.error is None, found.error
    return found.bodies[0].value


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("00", None),
        ("01", None),
        ("02", False),
        ("03", True),
        ("04 00", 0),
        ("04 7f", 127),
        ("04 81 00", 128),
        ("04 ff 7f", 16_383),
        ("04 81 80 00", 16_384),
        ("04 ff ff 7f", 2_097_151),
        ("04 80 c0 80 00", 2_097_152),
        ("04 bf ff ff ff", 2**28 - 1),
        ("04 c0 80 80 00", -(2**28)),
        ("04 ff ff ff ff", -1),
        ("04 80 00", 0),
        ("05 3ff8000000000000", 1.5),
        ("05 8000000000000000", -0.0),
        ("06 01", ""),
        ("06 03 61", "a"),
        ("06 07 e4 bd a0", "你"),
        ("07 09 3c 61 2f 3e", "<a/>"),
        ("0b 09 3c 61 2f 3e", "<a/>"),
        ("08 01 4279ca9450a7b000", datetime(2026, 3, 1, 12, 0, 0, 123000, UTC)),
        ("08 01 7ff8000000000000", Unreadable("not a date of the years 1 to 9999: nan")),
        ("0c 01", b""),
        ("0c 05 78 9c", b"\x78\x9c"),
        ("09 01 01", []),
        ("09 05 01 04 01 04 02", [1, 2]),
        ("09 01 03 61 04 01 01", {"a": 1}),
        ("09 03 03 61 04 01 01 04 07", {"a": 1, "0": 7}),
        ("0a 0b 01 01", {}),
        ("0a 0b 01 03 61 04 01 01", {"a": 1}),
        ("0a 0b 03 43 03 61 04 01 01", {"a": 1}),
        ("0a 13 01 03 61 04 01", {"a": 1}),
        ("0a 1b 01 03 61 04 01 03 62 04 02 01", {"a": 1, "b": 2}),
        ("0a 1b 01 03 61 04 01 80 01", {"a": 1}),
        ("0d 05 00 00000001 ffffffff", [1, -1]),
        ("0e 05 01 00000001 ffffffff", [1, 2**32 - 1]),
        ("0f 05 00 3ff8000000000000 0000000000000000", [1.5, 0.0]),
        ("10 05 00 01 04 01 06 03 61", [1, "a"]),
        ("10 01 00 07 41 42 43", []),
        ("11 05 00 06 03 61 04 01 04 07 01", {"a": 1, "7": None}),
    ],
)
def test_what_is_read(wire: str, expected: Any) -> None:
    (value,) = read(bytes.fromhex(wire))
    assert repr(value) == repr(expected)


@pytest.mark.parametrize("name", ["ArrayCollection", "ArrayList", "ObjectProxy"])
def test_flex_collections_are_what_they_hold(name: str) -> None:
    name = f"flex.messaging.io.{name}"
    assert read(external(name, array(b"\x04\x01")), external(name, record(a=b"\x03"))) == [[1], {"a": True}]
    assert read(external(name, external(name, array())), b"\x0a\x04", b"\x0a\x00") == [[], [], []]


def test_only_flex_messages_keep_the_name_of_their_class() -> None:
    name = "flex.messaging.messages.CommandMessage"
    nested = b"\x0a\x13" + bare(name) + bare("x") + b"\x0a\x01\x0a\x13\x01\x03y\x02"
    for value, found in (
        (sealed(name, ["operation"], b"\x04\5"), Typed(name, {"operation": 5})),
        (nested, Typed(name, {"x": Typed(name, {"x": {"y": False}})})),
        (dynamic("com.example.User", {"id": b"\x04\5"}), {"id": 5}),
    ):
        (body,) = read_packet(packet(value)).bodies
        assert body.value == [found]


def test_texts_are_counted_apart_and_the_empty_one_is_not() -> None:
    """Texts: 0 "a" (a name), 1 "b". The name of an anonymous class is empty."""
    assert read(array(record(a=text("b")), text(""), b"\x06\x00", b"\x06\x02"), b"\x06\x02") == [
        [{"a": "b"}, "", "a", "b"],
        "b",
    ]
    assert "reference 2 names no text" in parse(packet(array(record(a=text("b")), b"\x06\x04"))).broken.cause


def test_objects_are_counted_in_the_order_they_begin() -> None:
    """0 the array, 1 a Date, 2 XML, 3 XMLDocument, 4 a ByteArray, 5 an object, 6 what is in it, 7 a Vector, 8 a
    Dictionary, 9 a Vector of objects, 10 a collection, 11 the array in it."""
    values = [
        b"\x08\x01" + bytes(8),
        b"\x0b\x03<",
        b"\x07\x03>",
        b"\x0c\x03\xff",
        record(x=array()),
        b"\x0d\x03\x00" + bytes(4),
        b"\x11\x01\x00",
        b"\x10\x01\x00\x01",
        external("flex.messaging.io.ArrayCollection", array(b"\x02")),
    ]
    markers = [0x08, 0x0B, 0x07, 0x0C, 0x0A, 0x09, 0x0D, 0x11, 0x10, 0x0A, 0x09]
    (found,) = read(array(*values, *(bytes([m, n << 1]) for n, m in enumerate(markers, 1))))
    assert found[:9] == [datetime(1970, 1, 1, tzinfo=UTC), "<", ">", b"\xff", {"x": []}, [0], {}, [], [False]]
    assert found[9:] == [*found[:5], [], *found[5:9], [False]]


def test_traits_are_counted_apart() -> None:
    """0 anonymous and dynamic, 1 a class of two sealed members."""
    first, second = record(a=b"\x02"), sealed("C", ["x", "y"], b"\x04\1", b"\x04\2")
    assert read(array(first, second, b"\x0a\x05\x04\3\x04\4", b"\x0a\x01\x03z\x03\x01")) == [
        [{"a": False}, {"x": 1, "y": 2}, {"x": 3, "y": 4}, {"z": True}]
    ]
    assert "reference 2 names no traits" in parse(packet(array(first, second, b"\x0a\x09"))).broken.cause


def test_the_values_of_one_body_share_their_tables() -> None:
    """Flash and BlazeDS go on counting behind the next marker 0x11; in the next body they begin again."""
    assert read(record(a=text("b")), b"\x0a\x01\x00\x06\x02\x01", b"\x0a\x00") == [{"a": "b"}] * 3
    (first, second) = (
        utf(name) + utf("/1") + bytes(4) + value
        for name, value in [("f", b"\x11" + text("a")), ("g", b"\x11\6\0")]
    )
    message = parse(b"\0\3\0\0\0\2" + first + second)
    assert "reference 0 names no text" in message.broken.cause


def test_a_bare_amf3_array_is_the_array_of_arguments() -> None:
    """As Apache Royale sends it: one marker 0x11 in front of all arguments."""
    message = parse(b"\0\3\0\0\0\1" + utf("f") + utf("/1") + b"\0\0\0\1\x11" + array(b"\x04\1", b"\x03"))
    assert message.items[0].arguments == [1, True]


@pytest.mark.parametrize(
    ("wire", "cause"),
    [
        ("04", "ends in the middle"),
        ("04 80", "ends in the middle"),
        ("04 ff ff ff", "ends in the middle"),
        ("05 00", "ends in the middle"),
        ("06", "ends in the middle"),
        ("06 05 61", "ends in the middle"),
        ("06 03 ff", "not UTF-8"),
        ("06 07 ed a0 80", "not UTF-8"),
        ("06 00", "reference 0 names no text"),
        ("08 00", "reference 0 names nothing"),
        ("08 01", "ends in the middle"),
        ("09 00", "reference 0 names nothing"),
        ("09 05 01 01", "an array says it holds 2 items"),
        ("09 01 03 61", "ends in the middle"),
        ("0a 00", "reference 0 names nothing"),
        ("0a 01", "reference 0 names no traits"),
        ("0a 33 01 03 61", "an object says it holds 3 items"),
        ("0a 0b 01", "ends in the middle"),
        ("0a 07 03 43 01", "externalizable"),
        ("0b 03", "ends in the middle"),
        ("0c 03", "ends in the middle"),
        ("0d 03 00 00 00 00", "a Vector says it holds 1 items"),
        ("0f 03 00 00 00 00 00 00", "a Vector says it holds 1 items"),
        ("10 05 00 01 01", "a Vector says it holds 2 items"),
        ("11 05 00 01", "a Dictionary says it holds 2 items"),
        ("11 03 00 05 3ff8000000000000 01", "a key of a Dictionary"),
        ("11 03 00 03 01", "a key of a Dictionary"),
        ("11 03 00 0a 0b 01 01 01", "a key of a Dictionary"),
        ("12", "marker 0x12 at offset 23 is no AMF3 value"),
        ("ff", "marker 0xff"),
    ],
)
def test_what_cannot_be_read(wire: str, cause: str) -> None:
    message = parse(packet(bytes.fromhex(wire)))
    assert message.broken is not None
    assert cause in message.broken.cause
