"""AMF0 values against the types of a Signature, byte by byte (docs/reference/types.md)."""

import enum
from datetime import UTC, date, datetime
from decimal import Decimal
from struct import pack
from typing import Annotated, Any, Literal

import pytest

from gateway import ABSENT, READ, Component, Function, Int32, Maybe, Param, Struct, function
from gateway.faults import Fault
from gateway.protocol import Answer, Request, Site
from gateway.types import Unreadable
from gateway.validation import Validator
from protocols.amf import PROTOCOL

SITE = Site("https://example.org", "Example", "urn:example")
NULL, UNDEFINED, UNSUPPORTED = b"\x05", b"\x06", b"\x0d"
INF, NAN = bytes.fromhex("00 7ff0000000000000"), bytes.fromhex("00 7ff8000000000000")


class Colour(enum.Enum):
    RED = "red"


class Point(Struct):
    x: int
    label: str = "none"


class Line(Struct):
    class_: str
    start: Point
    marks: list[Point]
    end: Maybe[Point] = ABSENT
    middle: Point | None = None
    note: Maybe[str] = ABSENT
    size: int | None = None


def number(value: float) -> bytes:
    return pack(">Bd", 0, value)


def utf(value: str) -> bytes:
    raw = value.encode()
    return pack(">H", len(raw)) + raw


def text(value: str) -> bytes:
    return b"\x02" + utf(value)


def array(*items: bytes) -> bytes:
    return pack(">BI", 0x0A, len(items)) + b"".join(items)


def members(**values: bytes) -> bytes:
    return b"".join(utf(name) + value for name, value in values.items()) + b"\0\0\x09"


def record(**values: bytes) -> bytes:
    return b"\x03" + members(**values)


def ecma(**values: bytes) -> bytes:
    return b"\x08" + pack(">I", len(values)) + members(**values)


def packet(value: bytes) -> bytes:
    return b"\0\0\0\0\0\1" + utf("service.test_call") + utf("/1") + pack(">I", len(value)) + value


def declare(parameters: dict[str, Any], result: Any = None) -> Function:
    """A function with these annotations; it is never called."""
    names: dict[str, Any] = {}
    exec(f"def python({', '.join(parameters)}): ...", names)  # noqa: S102
    python = names["python"]
    python.__annotations__ = {**parameters, "return": result}
    return Component("test", functions=[function("test_call", effect=READ)(python)]).functions[0]


def bind(parameters: dict[str, Any], value: bytes) -> dict[str, Any]:
    """The bound arguments of a body."""
    message = PROTOCOL.parse(Request("POST", "/amf", "", {}, packet(value)))
    assert message.broken is None
    return PROTOCOL.compile(declare(parameters), SITE).bind(message.items[0])


def encode(annotation: Any, value: Any) -> bytes:
    """The value in the answer to a call with this result."""
    request = Request("POST", "/amf", "", {}, packet(array()))
    message = PROTOCOL.parse(request)
    payload = PROTOCOL.compile(declare({}, annotation), SITE).encode(value, message.items[0])
    body = PROTOCOL.reply(request, message, [Answer(message.items[0], "R", payload)]).body
    head = b"\0\0\0\0\0\1" + utf("/1/onResult") + utf("null")
    assert body.startswith(head)
    length, content = body[len(head) : len(head) + 4], body[len(head) + 4 :]
    assert int.from_bytes(length, "big") == len(content)
    return content


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (None, None, "05"),
        (bool, True, "01 01"),
        (bool, False, "01 00"),
        (int, 5, "00 40 14 00 00 00 00 00 00"),
        (int, -(2**31), "00 c1 e0 00 00 00 00 00 00"),
        (int, 2**31, "00 41 e0 00 00 00 00 00 00"),
        (int, 2**53, "00 43 40 00 00 00 00 00 00"),
        (int, 2**53 + 1, "02 00 10 39 30 30 37 31 39 39 32 35 34 37 34 30 39 39 33"),
        (int, -(2**53) - 1, "02 00 11 2d 39 30 30 37 31 39 39 32 35 34 37 34 30 39 39 33"),
        (Int32, 5, "00 40 14 00 00 00 00 00 00"),
        (float, 1.5, "00 3f f8 00 00 00 00 00 00"),
        (float, -0.0, "00 80 00 00 00 00 00 00 00"),
        (Decimal, Decimal("1.50"), "02 00 04 31 2e 35 30"),
        (Decimal, Decimal("1E+3"), "02 00 04 31 30 30 30"),
        (str, "a<b>&c", "02 00 06 61 3c 62 3e 26 63"),
        (str, "a\r\nb", "02 00 04 61 0d 0a 62"),
        (str, "a\x01b", "02 00 05 61 ef bf bd 62"),
        (str, "\ud800\ufffe\x00", "02 00 09" + "ef bf bd" * 3),
        (bytes, b"\x00\xff", "02 00 04 41 50 38 3d"),
        (datetime, datetime(2026, 3, 1, 12, 0, 0, 123456, UTC), "0b 42 79 ca 94 50 a7 b0 00 00 00"),
        (datetime, datetime(2026, 3, 1, 12, tzinfo=UTC), "0b 42 79 ca 94 50 a0 00 00 00 00"),
        (datetime, datetime(1969, 12, 31, 23, 59, 59, 999999, UTC), "0b bf f0 00 00 00 00 00 00 00 00"),
        (date, date(2026, 3, 1), "02 00 0a 32 30 32 36 2d 30 33 2d 30 31"),
        (Literal["a", "b"], "b", "02 00 01 62"),
        (Colour, Colour.RED, "02 00 03 72 65 64"),
        (int | None, None, "05"),
        (int | None, 5, "00 40 14 00 00 00 00 00 00"),
        (Point | None, None, "05"),
        (list[int], [], "0a 00 00 00 00"),
        (list[bool], [True, False], "0a 00 00 00 02 01 01 01 00"),
        (list[list[bool]], [[True], []], "0a 00 00 00 02 0a 00 00 00 01 01 01 0a 00 00 00 00"),
    ],
)
def test_golden_bytes_of_results(annotation: Any, value: Any, expected: str) -> None:
    assert encode(annotation, value) == bytes.fromhex(expected)


def test_golden_bytes_of_a_struct() -> None:
    point = Point(x=1, label="a")
    wire = record(x=number(1), label=text("a"))
    assert encode(Point, point) == wire
    line = Line(class_="c", start=point, marks=[point, point])
    common = {"class": text("c"), "start": wire, "marks": array(wire, wire)}
    assert encode(Line, line) == record(**common, middle=NULL, size=NULL)
    line = Line(class_="c", start=point, marks=[], end=point, middle=point, note="n", size=2)
    common = {"class": text("c"), "start": wire, "marks": array()}
    assert encode(Line, line) == record(**common, end=wire, middle=wire, note=text("n"), size=number(2))


@pytest.mark.parametrize(
    ("size", "head"), [(255, "0200ff"), (256, "020100"), (65535, "02ffff"), (65536, "0c00010000")]
)
def test_a_text_is_long_beyond_65535_bytes(size: int, head: str) -> None:
    assert encode(str, "a" * size) == bytes.fromhex(head) + b"a" * size


def test_a_traceback_shows_the_generated_line() -> None:
    with pytest.raises(AttributeError) as caught:
        encode(Point, "no point")
    assert "write_int(value.x)" in str(caught.getrepr(style="native"))


@pytest.mark.parametrize(
    ("annotation", "wire", "value"),
    [
        (bool, b"\x01\x01", True),
        (bool, b"\x01\x00", False),
        (bool, number(1), True),
        (bool, number(0), False),
        (int, number(5), 5),
        (int, number(-(2**53)), -(2**53)),
        (int, text("5"), 5),
        (int, text("-9223372036854775808"), -(2**63)),
        (float, number(5), 5.0),
        (Decimal, text("1.50"), Decimal("1.50")),
        (Decimal, text("-0.5"), Decimal("-0.5")),
        (Decimal, text("-0." + "0" * 38 + "1" * 40), Decimal("-0." + "0" * 38 + "1" * 40)),
        (str, text("Zoë 😀"), "Zoë 😀"),
        (str, b"\x0c\0\0\0\1a", "a"),
        (str, b"\x0f\0\0\0\4<a/>", "<a/>"),
        (bytes, text("AP8="), b"\x00\xff"),
        (bytes, text("AP\n8 ="), b"\x00\xff"),
        (datetime, b"\x0b" + pack(">dh", 1772366400000, 60), datetime(2026, 3, 1, 12, tzinfo=UTC)),
        (date, text("2026-03-01"), date(2026, 3, 1)),
        (Literal["a"], text("a"), "a"),
        (Colour, text("red"), Colour.RED),
        (list[int], array(number(1), text("2")), [1, 2]),
        (list[int], ecma(**{"0": number(1), "1": number(2)}), [1, 2]),
        (list[int], record(**{"1": number(1), "0": number(2)}), [2, 1]),
        (list[int], ecma(), []),
        (list[int], record(), []),
        (list[str], ecma(**{"0": text("a")}), ["a"]),
        (list[list[int]], array(ecma(**{"0": number(1)}), ecma()), [[1], []]),
        (Point, record(x=number(1)), Point(x=1)),
        (Point, ecma(x=number(1), label=NULL), Point(x=1)),
        (Point, b"\x10" + utf("any.Class") + members(x=number(1)), Point(x=1)),
        (list[Point], array(record(x=text("7"))), [Point(x=7)]),
    ],
)
def test_what_is_read(annotation: Any, wire: bytes, value: Any) -> None:
    called = declare({"value": annotation})
    (received,) = Validator("test_call", called.signature).arguments(bind({"value": annotation}, array(wire)))
    assert received == value
    assert type(received) is type(value)


@pytest.mark.parametrize(
    ("annotation", "wire", "problem"),
    [
        (int, number(5.5), "not an integer: 5.5"),
        (int, INF, "not an integer: inf"),
        (int, NAN, "not an integer: nan"),
        (int, number(2.0**53 + 2), "not exact beyond 2^53, send it as text: 9007199254740994.0"),
        (int, text("5.0"), "not an integer: '5.0'"),
        (Int32, text("05"), "not an integer: '05'"),
        (int, text("+5"), "not an integer: '+5'"),
        (int, text("5\n"), "not an integer: '5\\n'"),
        (int, text("٥"), "not an integer: '٥'"),
        (int, text("9" * 41), f"not an integer: '{'9' * 40}'"),
        (Decimal, text("1e3"), "not a decimal number: '1e3'"),
        (Decimal, text("NaN"), "not a decimal number: 'NaN'"),
        (Decimal, text("1" * 1_000), f"not a decimal number: '{'1' * 40}'"),
        (bytes, text("A"), "not base64: 'A'"),
        (bytes, text("é==="), "not base64: 'é==='"),
        (bytes, text("AP8=AP8="), "not base64: 'AP8=AP8='"),
        (date, text("2026-02-30"), "not a date (YYYY-MM-DD): '2026-02-30'"),
        (date, text("20260301"), "not a date (YYYY-MM-DD): '20260301'"),
        (datetime, b"\x0b" + pack(">dh", float("nan"), 0), "not a date of the years 1 to 9999: nan"),
        (datetime, b"\x0b" + pack(">dh", 1e300, 0), "not a date of the years 1 to 9999: 1e+300"),
    ],
)
def test_what_cannot_be_read(annotation: Any, wire: bytes, problem: str) -> None:
    assert bind({"value": annotation}, array(wire)) == {"value": Unreadable(problem)}
    assert bind({"value": list[annotation]}, array(array(wire))) == {"value": [Unreadable(problem)]}


@pytest.mark.parametrize(
    ("annotation", "wire", "path"),
    [
        (bool, number(2), "value"),
        (bool, text("true"), "value"),
        (int, b"\x01\x01", "value"),
        (int, array(), "value"),
        (float, INF, "value"),
        (float, text("1.5"), "value"),
        (str, number(5), "value"),
        (str, text("a\x01b"), "value"),
        (str, record(), "value"),
        (bytes, number(1), "value"),
        (datetime, text("2026-03-01T12:00:00Z"), "value"),
        (date, b"\x0b" + pack(">dh", 0, 0), "value"),
        (Literal["a"], text("b"), "value"),
        (Int32, number(2**31), "value"),
        (list[int], text("1"), "value"),
        (list[int], array(number(1), NULL), "value[1]"),
        (list[int], ecma(**{"0": number(1), "2": number(2)}), "value"),
        (list[int], ecma(**{"00": number(1)}), "value"),
        (Point, array(number(1)), "value"),
        (Point, text("x"), "value"),
        (Point, array(), "value.x"),
        (Point, record(x=number(1), y=number(2)), "value.y"),
        (list[Point], array(record(x=number(1)), record(x=number(0.5))), "value[1].x"),
    ],
)
def test_what_validation_names(annotation: Any, wire: bytes, path: str) -> None:
    called = declare({"value": annotation})
    with pytest.raises(Fault) as caught:
        Validator("test_call", called.signature).arguments(bind({"value": annotation}, array(wire)))
    assert [each.path for each in caught.value.problems] == [path]


def test_a_secret_is_never_quoted() -> None:
    pin = Annotated[int, Param(secret=True)]
    problem = Unreadable("not an integer")
    assert bind({"pin": pin}, array(text("hunter2"))) == {"pin": problem}
    pins = Annotated[list[int], Param(secret=True)]
    assert bind({"pins": pins}, array(array(text("hunter2")))) == {"pins": [problem]}
    point = Annotated[Point, Param(secret=True)]
    assert bind({"point": point}, array(record(x=text("hunter2")))) == {"point": {"x": problem}}


TWO = {"first": int, "second": int}


@pytest.mark.parametrize(
    ("parameters", "body", "expected"),
    [
        (TWO, array(number(1), number(2)), {"first": 1, "second": 2}),
        (TWO, array(number(1)), {"first": 1}),
        (TWO, array(), {}),
        (TWO, ecma(), {}),
        (TWO, NULL, {}),
        (TWO, UNDEFINED, {}),
        (TWO, number(1), {"first": 1}),
        (TWO, ecma(**{"0": number(1), "1": number(2)}), {"first": 1, "second": 2}),
        (TWO, array(NULL, UNSUPPORTED), {"first": None, "second": None}),
        (TWO, array(record(second=number(2), first=number(1))), {"first": 1, "second": 2}),
        (TWO, record(second=number(2)), {"second": 2}),
        (TWO, array(record(first=number(1), third=number(3))), {"first": {"first": 1.0, "third": 3.0}}),
        (TWO, array(record()), {"first": {}}),
        (
            TWO,
            array(*[number(each) for each in (1, 2, 3, 4)]),
            {"first": 1, "second": 2, "param 3": 3.0, "param 4": 4.0},
        ),
        ({}, array(), {}),
        ({}, array(text("x")), {"param 1": "x"}),
        ({"point": Point}, array(record(x=number(1))), {"point": {"x": 1}}),
        ({"point": Point}, array(record(point=record(x=number(1)))), {"point": {"x": 1}}),
        ({"x": Point}, array(record(x=number(1))), {"x": {"x": 1}}),
        ({"x": Point}, array(record(x=number(1), label=text("a"))), {"x": {"x": 1, "label": "a"}}),
        ({"ids": list[int]}, array(array(number(1))), {"ids": [1]}),
        ({"ids": list[int]}, array(record(ids=array(number(1)))), {"ids": [1]}),
    ],
)
def test_where_arguments_go(parameters: dict[str, Any], body: bytes, expected: dict[str, Any]) -> None:
    assert bind(parameters, body) == expected


def test_surplus_arguments_are_problems() -> None:
    called = declare(TWO)
    with pytest.raises(Fault) as caught:
        Validator("test_call", called.signature).arguments(bind(TWO, array(number(1), number(2), number(3))))
    assert [each.path for each in caught.value.problems] == ["param 3"]


@pytest.mark.parametrize("name", ["point", "x"])
def test_our_own_client_is_not_misread(name: str) -> None:
    """`x` is a member of Point too: an object `{x: 1}` alone is the point, not the arguments by name."""
    called = declare({name: Point})
    outgoing = PROTOCOL.sample(called, {name: Point(x=1)}, "secret", SITE)
    (call,) = PROTOCOL.parse(Request("POST", "/amf", "", {}, outgoing.body)).items
    assert PROTOCOL.compile(called, SITE).bind(call) == {name: {"x": 1, "label": "none"}}


def test_one_object_read_as_two_types() -> None:
    """A reference (entry 1) names an object once more: reading it for one parameter leaves the other's alone."""

    class Label(Struct):
        x: str

    body = array(record(x=text("7")), b"\x07\0\1")
    bound = bind({"number": Point, "label": Label}, body)
    assert bound == {"number": {"x": 7}, "label": {"x": "7"}}
    message = PROTOCOL.parse(Request("POST", "/amf", "", {}, packet(body)))
    codec = PROTOCOL.compile(declare({"number": Point, "label": Label}), SITE)
    assert codec.bind(message.items[0]) == codec.bind(message.items[0]) == bound
