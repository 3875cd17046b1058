"""Every kind in every position, both directions, against the standard library's client; and the exact bytes."""

import xmlrpc.client
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import ABSENT, Int32, Maybe, Struct
from gateway.faults import INVALID_PARAMETER, Fault
from protocols.xmlrpc import PROTOCOL
from tests.support.wire import SITE, Wired, declare, request_of, xmlrpc_call

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Color(Enum):
    RED = "red"
    MARKUP = "<&>"


class Inner(Struct):
    name: str
    weight: Maybe[int] = ABSENT


class Row(Struct):
    id: int


class Outer(Struct):
    id: int
    inner: Inner
    rows: list[Inner]
    tags: list[str]
    note: str | None = None
    class_: Maybe[list[int]] = ABSENT


INNER = {"name": "a<b>&c é", "weight": 7}
OUTER = {
    "id": 1,
    "inner": INNER,
    "rows": [INNER, {"name": ""}],
    "tags": ["", "x"],
    "note": None,
    "class": [1],
}

# Annotation, the value in Python, and the value as xmlrpc.client holds it.
KINDS: dict[str, tuple[Any, Any, Any]] = {
    "bool": (bool, True, True),
    "int": (int, -2147483648, -2147483648),
    "int32": (Int32, 2147483647, 2147483647),
    "float": (float, -1.5, -1.5),
    "decimal": (Decimal, Decimal("1.50"), "1.50"),
    "str": (str, "<a> & b\n\tü \U0001f600", "<a> & b\n\tü \U0001f600"),
    "empty": (str, "", ""),
    "bytes": (bytes, b"\x00\xff<", b"\x00\xff<"),
    "datetime": (datetime, NOON, NOON.replace(tzinfo=None)),
    "date": (date, date(2026, 3, 1), "2026-03-01"),
    "literal": (Literal["low", "high"], "high", "high"),
    "enum": (Color, Color.MARKUP, "<&>"),
    "list": (list[int], [1, 2], [1, 2]),
    "no items": (list[str], [], []),
    "lists": (list[list[str]], [["a"], [], ["", "b"]], [["a"], [], ["", "b"]]),
}


def wired(annotation: Any) -> Wired:
    return Wired("xmlrpc", declare({"value": annotation}, annotation))


def received(called: Wired, *arguments: Any) -> Any:
    """What the function gets of what xmlrpc.client sends."""
    body = xmlrpc.client.dumps(arguments, called.function.name, allow_none=True).encode()
    return called.arguments(request_of("xmlrpc", called.function.name, body))[0]


def answered(called: Wired, result: Any) -> Any:
    """What xmlrpc.client gets of what the function returns."""
    request = request_of("xmlrpc", called.function.name, xmlrpc_call(called.function.name))
    (value,), _ = xmlrpc.client.loads(called.reply(request, result).body, use_builtin_types=True)
    return value


def holder(annotation: Any) -> Any:
    """A Struct with one member."""
    return type("Holder", (Struct,), {"__annotations__": {"held": annotation}, "__module__": __name__})


@pytest.mark.parametrize("kind", KINDS)
class TestKinds:
    def test_parameter(self, kind: str) -> None:
        annotation, python, client = KINDS[kind]
        found = received(wired(annotation), client)
        assert (found, type(found)) == (python, type(python))

    def test_parameter_by_name(self, kind: str) -> None:
        annotation, python, client = KINDS[kind]
        assert received(wired(annotation), {"value": client}) == python

    def test_member(self, kind: str) -> None:
        annotation, python, client = KINDS[kind]
        called = wired(holder(annotation))
        found = received(called, {"held": client})
        assert found.held == python
        assert received(called, {"value": {"held": client}}) == found
        assert answered(called, found) == {"held": client}

    def test_item(self, kind: str) -> None:
        annotation, python, client = KINDS[kind]
        called = wired(list[annotation])
        assert received(called, [client, client]) == [python, python]
        assert answered(called, [python, python]) == [client, client]

    def test_member_of_items(self, kind: str) -> None:
        annotation, python, client = KINDS[kind]
        called = wired(list[holder(annotation)])
        found = received(called, [{"held": client}, {"held": client}])
        assert [each.held for each in found] == [python, python]
        assert answered(called, found) == [{"held": client}, {"held": client}]

    def test_result(self, kind: str) -> None:
        annotation, python, client = KINDS[kind]
        found = answered(wired(annotation), python)
        assert (found, type(found)) == (client, type(client))

    def test_own_client(self, kind: str) -> None:
        annotation, python, _ = KINDS[kind]
        called = wired(annotation)
        outgoing = PROTOCOL.sample(called.function, {"value": python}, "secret", SITE)
        assert outgoing.headers["Authorization"] == "Bearer secret"
        assert called.arguments(request_of("xmlrpc", called.function.name, outgoing.body)) == (python,)
        reply = called.reply(request_of("xmlrpc", called.function.name, outgoing.body), python)
        expected = python.value if isinstance(python, Enum) else python
        assert PROTOCOL.read(called.function, reply.status, reply.headers, reply.body, SITE) == expected


def test_structs() -> None:
    called = wired(Outer)
    found = received(called, OUTER)
    assert found == Outer(
        id=1,
        inner=Inner(name="a<b>&c é", weight=7),
        rows=[Inner(name="a<b>&c é", weight=7), Inner(name="")],
        tags=["", "x"],
        note=None,
        class_=[1],
    )
    assert answered(called, found) == OUTER


def test_absent_members_are_left_out_and_none_is_nil() -> None:
    result = Outer(id=1, inner=Inner(name="x"), rows=[], tags=[])
    assert answered(wired(Outer), result) == {
        "id": 1,
        "inner": {"name": "x"},
        "rows": [],
        "tags": [],
        "note": None,
    }


def test_nil_is_absent() -> None:
    assert received(wired(Inner), {"name": "x", "weight": None}) == Inner(name="x")


def test_members_come_in_any_order() -> None:
    rows = [{"weight": 1, "name": "a"}, {"name": "b"}, {"name": "c", "weight": 2}]
    assert [each.name for each in received(wired(list[Inner]), rows)] == ["a", "b", "c"]


def test_wide_integers() -> None:
    wide = answered(wired(list[int]), [2147483647, 2147483648, -2147483649, 2**63 - 1, -(2**63)])
    assert wide == [2147483647, 2147483648, -2147483649, 2**63 - 1, -(2**63)]


@pytest.mark.parametrize(
    ("annotation", "result", "expected"),
    [
        (int, 5, "<int>5</int>"),
        (int, 2147483648, "<i8>2147483648</i8>"),
        (float, 1e22, "<double>10000000000000000000000.0</double>"),
        (float, 1e-7, "<double>0.0000001</double>"),
        (str, 'a"b\n]]>', '<string>a"b\n]]&gt;</string>'),
        (str, "a\r\nb", "<string>a&#13;\nb</string>"),
        (str, "\ud800\x01\ufffe", "<string>\ufffd\ufffd\ufffd</string>"),
        (str | None, None, "<nil/>"),
        (datetime, NOON.replace(year=26, microsecond=999999), "<dateTime.iso8601>00260301T12:00:00</dateTime.iso8601>"),
        (list[str], [], "<array><data></data></array>"),
        (Row, Row(id=1), "<struct><member><name>id</name><value><int>1</int></value></member></struct>"),
        (None, None, "<nil/>"),
    ],
)  # fmt: skip
def test_bytes_of_results(annotation: Any, result: Any, expected: str) -> None:
    called = Wired("xmlrpc", declare({}, annotation))
    reply = called.reply(
        request_of("xmlrpc", called.function.name, xmlrpc_call(called.function.name)), result
    )
    assert reply.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse><params><param>'
        f"<value>{expected}</value></param></params></methodResponse>"
    )
    assert (reply.status, reply.headers) == (200, {"Content-Type": "text/xml; charset=utf-8"})


TWO = [1.0, 2.0]
EXTENSIONS = 'xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"'


@pytest.mark.parametrize(
    ("annotation", "wire", "expected"),
    [
        (int, "<i4>+007</i4>", 7),
        (int, f"<ex:i8 {EXTENSIONS}>5</ex:i8>", 5),
        (str | None, f"<ex:nil {EXTENSIONS}/>", None),
        (int, "<boolean>1</boolean>", 1),
        (Int32, "<boolean>0</boolean>", 0),
        (int, "<string>-5</string>", -5),
        (int, "5", 5),
        (Int32, "<string>5</string>", 5),
        (bool, "<int>1</int>", True),
        (bool, "<i8>0</i8>", False),
        (list[int], "<array><data><value>5</value><value><boolean>1</boolean></value></data></array>", [5, 1]),
        (Row, "<struct><member><name>id</name><value>5</value></member></struct>", Row(id=5)),
        (float, "<double>1e3</double>", 1000.0),
        (float, f"<double>{'1' * 300}.0</double>", float("1" * 300)),
        (Decimal, "<double>1.10</double>", Decimal("1.10")),
        (Decimal, "<int>3</int>", Decimal(3)),
        (str, "  a\n b ", "  a\n b "),
        (str, "<string> \n </string>", " \n "),
        (str, "<string> <![CDATA[<b>]]></string>", " <b>"),
        (str, "<string>a<!-- - -->b</string>", "ab"),
        (str, "<string/>", ""),
        (str, "", ""),
        (bytes, "<base64>\n AP\n8= </base64>", b"\x00\xff"),
        (datetime, "<dateTime.iso8601>20260301T120000</dateTime.iso8601>", NOON),
        (datetime, "<dateTime.iso8601>20260301T14:00:00+02:00</dateTime.iso8601>", NOON),
        (datetime, "<dateTime.iso8601>2026-03-01T12:00:00</dateTime.iso8601>", NOON),
        (list[int], "\n<array>\n <data>\n<value><int>1</int></value>\n</data>\n</array>\n", [1]),
        (list[float], "<array><data><value><int>1</int></value><value><double>2</double></value></data></array>", TWO),
        (list[str], "<array><data><value>a</value><value/></data></array>", ["a", ""]),
    ],
)  # fmt: skip
def test_forms_that_are_read(annotation: Any, wire: str, expected: Any) -> None:
    called = wired(annotation)
    found = called.arguments(
        request_of("xmlrpc", called.function.name, xmlrpc_call(called.function.name, wire))
    )
    assert repr(found) == repr((expected,))


@pytest.mark.parametrize(
    ("annotation", "wire"),
    [
        (int, "<int></int>"),
        (int, "<int> 5</int>"),
        (int, "<int>٣</int>"),
        (int, "<int>1_000</int>"),
        (int, f"<i8>{'9' * 1_000_000}</i8>"),
        (int, "<boolean>2</boolean>"),
        (int, "<string>05</string>"),
        (int, "<string>5.0</string>"),
        (int, " 5"),
        (int, ""),
        (Int32, "2147483648"),
        (int, "<i1>1</i1>"),
        (bool, "<boolean>true</boolean>"),
        (bool, "<int>2</int>"),
        (bool, "<int>x</int>"),
        (bool, "<string>1</string>"),
        (float, "<double>nan</double>"),
        (float, "<double>1e999</double>"),
        (float, f"<double>{'1' * 1_000_000}</double>"),
        (Decimal, "<string>NaN</string>"),
        (str, "<int>5</int>"),
        (bytes, "<base64>A</base64>"),
        (bytes, "<string>AAAA</string>"),
        (datetime, "<dateTime.iso8601>20260230T12:00:00</dateTime.iso8601>"),
        (datetime, "<string>2026-03-01T12:00:00Z</string>"),
        (date, "<dateTime.iso8601>20260301T00:00:00</dateTime.iso8601>"),
        (str | None, "<nil>x</nil>"),
        (list[int], "<array><data><value><nil/></value></data></array>"),
        (list[int], "<struct/>"),
        (Inner, "<array><data/></array>"),
        (Inner, "text"),
        (str, f"<ex:serializable {EXTENSIONS}>rO0ABQ==</ex:serializable>"),
    ],
)
def test_forms_that_are_refused(annotation: Any, wire: str) -> None:
    called = wired(annotation)
    with pytest.raises(Fault) as refused:
        called.arguments(request_of("xmlrpc", called.function.name, xmlrpc_call(called.function.name, wire)))
    assert refused.value.kind is INVALID_PARAMETER
    (problem,) = refused.value.problems
    assert problem.path.startswith("value")
    assert len(problem.problem) < 200


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
VALUES = st.fixed_dictionaries(
    {
        "id": st.integers(-(2**31), 2**31 - 1),
        "inner": st.fixed_dictionaries({"name": TEXTS}, optional={"weight": st.integers(-9, 9)}),
        "rows": st.lists(
            st.fixed_dictionaries({"name": TEXTS}, optional={"weight": st.integers(-9, 9)}), max_size=3
        ),
        "tags": st.lists(TEXTS, max_size=3),
        "note": st.none() | TEXTS,
    },
    optional={"class": st.lists(st.integers(-9, 9), max_size=3)},
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_any_values_survive_both_ways(values: dict[str, Any]) -> None:
    called = wired(Outer)
    assert answered(called, received(called, values)) == values


SCALARS = st.tuples(
    st.booleans(),
    st.integers(-(2**31), 2**31 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.binary(),
    st.datetimes(datetime(1, 1, 1)).map(lambda each: each.replace(microsecond=0)),
)


class Scalars(Struct):
    a: bool
    b: int
    c: float
    d: str
    e: bytes
    f: datetime


@settings(max_examples=200, deadline=None)
@given(SCALARS)
def test_any_scalars_survive_both_ways(values: tuple[Any, ...]) -> None:
    row = dict(zip("abcdef", values, strict=True))
    called = wired(list[Scalars])
    assert answered(called, received(called, [row])) == [row]
