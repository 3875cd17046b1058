"""Hypothesis strategies: random signatures as an author would write them, values that fit them, and values that do not.

Types are drawn in every position (parameter, member, item, result) and state (required, default, Maybe, nullable).
"""

import enum
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal

import msgspec
from hypothesis import strategies as st

from gateway import ABSENT, Function, Int32, Maybe, Struct
from gateway.signature import Choice, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.types import Unreadable
from gateway.words import AlphaNumExt, Email, NoTags, Username
from gateway.xml import ILLEGAL
from tests.support.wire import declare

SORTS = (*map(str, Kind), "word", "literal", "enum", "list", "struct")
"""What a coverage of types distinguishes."""

POSITIONS = ("parameter", "member", "item", "result")
NAMES = ("id", "name", "value", "type", "class_", "x1", "firstName", "a_b", "items", "Z")
"""Names of parameters and members; some collide with Python's or the protocols' own words."""

_NASTY = (
    *(
        "",
        " ",
        "😀",
        "a\r\nb",
        "\t",
        "\n",
        "\r",
        "'\"<&>",
        "]]>",
        "&amp;",
        "<!-- -->",
        "<b>x</b>",
        "{v}",
        "%s",
    ),
    *(
        "\\",
        "\\u0041",
        "\x7f\x85\u2028\ufeff\ufffd",
        "é" * 40,
        "null",
        "true",
        "0",
        " a ",
        "a | b",
        "a" * 300,
    ),
)
_INTEGERS = (0, 1, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**53, 2**53 + 1, -(2**53) - 1)
_WORDS = (
    (Username, st.sampled_from(["jane.doe", "a", "0", "a@b.c", "-_."])),
    (AlphaNumExt, st.sampled_from(["", "a_1", "A-B"])),
    (Email, st.sampled_from(["", "jane@example.org", "a'b+c@x-1.example"])),
    (NoTags, st.sampled_from(["1 < 2", "a & b", "", "é😀"])),
)


def _is_legal(text: str) -> bool:
    return ILLEGAL.search(text) is None


texts = st.sampled_from(_NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(
    _is_legal
)
_decimals = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**18), 10**18),
    st.integers(-3, 15),
)
_zones = st.sampled_from(
    [None, UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-11))]
)
_instants = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)) | st.sampled_from(
    [datetime(1970, 1, 1), datetime(1969, 12, 31, 23, 59, 59, 999999), datetime(2026, 3, 1, 12, 0, 0, 1)]
)
SCALARS: Mapping[Kind, tuple[Any, st.SearchStrategy[Any]]] = {
    Kind.BOOL: (bool, st.booleans()),
    Kind.INT: (int, st.sampled_from([*_INTEGERS, 2**63 - 1, -(2**63)]) | st.integers(-(2**63), 2**63 - 1)),
    Kind.INT32: (Int32, st.sampled_from([0, -1, 2**31 - 1, -(2**31)]) | st.integers(-(2**31), 2**31 - 1)),
    Kind.FLOAT: (float, st.floats(allow_nan=False, allow_infinity=False)),
    Kind.DECIMAL: (Decimal, _decimals),
    Kind.STR: (str, texts),
    Kind.BYTES: (bytes, st.binary(max_size=40)),
    Kind.DATETIME: (datetime, st.builds(lambda value, zone: value.replace(tzinfo=zone), _instants, _zones)),
    Kind.DATE: (date, st.dates() | st.just(date(1, 1, 1))),
}
_members = st.lists(
    st.sampled_from(["red", "blue-green", "a b", "<&>", "é", "1", "None"]),
    min_size=1,
    max_size=3,
    unique=True,
)


@dataclass(frozen=True)
class Drawn:
    """An annotation and the strategy of its values (what a function receives; instants may lack a zone)."""

    annotation: Any
    values: st.SearchStrategy[Any]


@dataclass
class Types:
    """Draws annotations; every Struct and Enum of one function gets a name of its own."""

    draw: Callable[..., Any]
    made: int = field(default=0)

    def of(self, sort: str | None = None, depth: int = 2) -> Drawn:
        """A type of this sort, or of any that the depth allows."""
        sort = sort or self.draw(st.sampled_from(SORTS if depth > 0 else SORTS[:-2]))
        if sort == "word":
            return Drawn(*self.draw(st.sampled_from(_WORDS)))
        if sort == "literal":
            members = self.draw(_members)
            return Drawn(Literal[tuple(members)], st.sampled_from(members))
        if sort == "enum":
            return self._enum()
        if sort == "list":
            item = self.of(depth=depth - 1)
            return Drawn(list[item.annotation], st.lists(item.values, max_size=3))  # type: ignore[name-defined]
        if sort == "struct":
            return self.struct(depth=depth - 1)
        return Drawn(*SCALARS[Kind(sort)])

    def _name(self, stem: str) -> str:
        self.made += 1
        return f"{stem}{self.made}"

    def _enum(self) -> Drawn:
        members = self.draw(_members)
        name = self._name("Shade")
        choice = enum.Enum(name, {f"M{number}": each for number, each in enumerate(members)})  # type: ignore[misc]
        return Drawn(choice, st.sampled_from(list(choice)))

    def struct(self, first: str | None = None, depth: int = 1) -> Drawn:
        """A Struct of one to three members, the first of the given sort."""
        names = self.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
        inner = {name: self.of(first if name == names[0] else None, depth) for name in names}
        namespace: dict[str, Any] = {"__annotations__": {}, "__module__": __name__, "__doc__": "Drawn."}
        values = {}
        for name, each in inner.items():
            namespace["__annotations__"][name], default, values[name] = self.stated(each)
            if default is not None:
                namespace[name] = default[0]
        cls = types.new_class(self._name("Record"), (Struct,), {}, lambda members: members.update(namespace))
        return Drawn(cls, st.builds(cls, **values))

    def stated(self, drawn: Drawn) -> tuple[Any, tuple[Any] | None, st.SearchStrategy[Any]]:
        """The annotation in a state, its default if there is one, and its values: the default is common among them."""
        state = self.draw(st.sampled_from(State))
        if state is State.MAYBE:
            return Maybe[drawn.annotation], (ABSENT,), st.just(ABSENT) | drawn.values
        if state is State.NULLABLE:
            return drawn.annotation | None, (None,), st.none() | drawn.values
        if state is State.DEFAULT and (default := self._default(drawn)) is not None:
            return drawn.annotation, default, st.just(default[0]) | drawn.values
        return drawn.annotation, None, drawn.values

    def _default(self, drawn: Drawn) -> tuple[Any] | None:
        value = self.draw(drawn.values)
        if isinstance(value, list | Struct) or getattr(value, "tzinfo", UTC) is not UTC:
            return None  # what msgspec takes as a default cannot change
        return (value,)


@dataclass(frozen=True)
class Case:
    """A function, and strategies of what it receives (by wire name) and returns."""

    function: Function
    arguments: st.SearchStrategy[dict[str, Any]]
    results: st.SearchStrategy[Any]


@st.composite
def cases(draw: Callable[..., Any], sort: str | None = None, position: str | None = None) -> Case:
    """A random function; given a sort of type and a position, one that has such a type there."""
    drawer = Types(draw)
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    parameters = {name: drawer.of() for name in names}
    result = drawer.of(sort if position == "result" else None)
    if position not in (None, "result"):
        parameters[names[0]] = _placed(drawer, sort, position)
        result = _placed(drawer, sort, position) if position in ("member", "item") else result
    stated = {name: drawer.stated(each) for name, each in parameters.items()}
    annotation, results = result.annotation, result.values
    if draw(st.booleans()):
        annotation, results = annotation | None, st.none() | results
    called = declare(
        {name: each[0] for name, each in stated.items()},
        annotation,
        {name: each[1][0] for name, each in stated.items() if each[1] is not None},
    )
    wire = {each.attribute: each.name for each in called.signature.parameters}
    arguments = {wire[name]: each[2] for name, each in stated.items()}
    return Case(called, st.fixed_dictionaries(arguments), results.map(_as_function_returns))


def _placed(drawer: Types, sort: str | None, position: str | None) -> Drawn:
    if position == "member":
        return drawer.struct(sort)
    if position == "item":
        item = drawer.of(sort, depth=1)
        return Drawn(list[item.annotation], st.lists(item.values, min_size=1, max_size=3))  # type: ignore[name-defined]
    return drawer.of(sort)


# What becomes of values


def transform(node: Type, value: Any, leaf: Callable[[Any], Any]) -> Any:
    """A value with every leaf replaced; Structs stay Structs."""
    if value is None or value is ABSENT:
        return value
    if isinstance(node, ListOf):
        return [transform(node.item, each, leaf) for each in value]
    if isinstance(node, StructOf):
        members = {
            each.attribute: transform(each.type, getattr(value, each.attribute), leaf) for each in node.fields
        }
        return node.python(**members)
    return leaf(value)


def plain(
    node: Type,
    value: Any,
    leaf: Callable[[Any], Any],
    list_of: Callable[[ListOf, list[Any]], Any],
) -> Any:
    """A value as a client holds it: Structs as dicts by wire name, without the members that are ABSENT."""
    if value is None:
        return None
    if isinstance(node, ListOf):
        return list_of(node, [plain(node.item, each, leaf, list_of) for each in value])
    if isinstance(node, StructOf):
        return {
            each.name: plain(each.type, member, leaf, list_of)
            for each in node.fields
            if (member := getattr(value, each.attribute)) is not ABSENT
        }
    return leaf(value)


def in_utc(value: Any) -> Any:
    """What a function receives of a leaf: instants aware, in UTC."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


def _as_function_returns(value: Any) -> Any:
    """A function gives aware instants only."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    if isinstance(value, list):
        return [_as_function_returns(each) for each in value]
    if isinstance(value, Struct):
        changed = {name: _as_function_returns(getattr(value, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **changed)
    return value


def sort_of(node: Type) -> str:
    """The sort of a type, one of SORTS."""
    match node:
        case ListOf():
            return "list"
        case StructOf():
            return "struct"
        case Choice():
            return "literal" if node.python is None else "enum"
        case Scalar():
            return "word" if node.word is not None else str(node.kind)


def tried(node: Type, value: Any, position: str) -> Iterator[tuple[str, str]]:
    """The sorts of type that a value brings, each with its position; nothing of what is absent or null."""
    if value is None or value is ABSENT:
        return
    yield sort_of(node), position
    if isinstance(node, ListOf):
        for each in value:
            yield from tried(node.item, each, "item")
    elif isinstance(node, StructOf):
        for member in node.fields:
            yield from tried(member.type, getattr(value, member.attribute), "member")


# Values that do not fit


_junk = st.sampled_from(
    [
        *(None, True, False, 0, 5, -(2**31) - 1, 2**31, 2**63, -(2**63) - 1, 10**400, 0.5, 1e308),
        *(float("nan"), float("inf"), Decimal("NaN"), Decimal("1E+50"), Decimal("Infinity"), Decimal("1.5")),
        *("", "x", "red", "\x01", "\ud800", "\uffff", "a" * 2000, "5", "true", "2026-03-01", "abc\n"),
        *(b"", b"\xff", [], [None], [[]], ["x"], [5], {}, {"id": 1}, {"": None}, {"x1": {"x1": {}}}),
        *(datetime(2026, 3, 1), datetime.min.replace(tzinfo=timezone(timedelta(hours=5)))),
        *(datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))), date(2026, 3, 1)),
        *(Unreadable("not an integer: 'zz'"), Unreadable("given more than once")),
    ]
)


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


junk = _junk | st.builds(_nested, st.sampled_from([1, 60, 5_000]))
"""Values of every kind that codecs yield, most of them wrong wherever they stand."""


@st.composite
def mutated(draw: Callable[..., Any], value: Any) -> Any:
    """A plain value (dicts, lists, scalars) with junk in some places; sometimes as it is."""
    if draw(st.integers(0, 5)) == 0:
        return draw(junk)
    if isinstance(value, dict):
        changed = {name: draw(mutated(each)) for name, each in value.items() if draw(st.integers(0, 9))}
        if draw(st.integers(0, 9)) == 0:
            changed[draw(st.sampled_from([*NAMES, "unknown", "param 3", ""]))] = draw(junk)
        return changed
    if isinstance(value, list):
        return [draw(mutated(each)) for each in value]
    return value
