"""Every rule of the signature lock, by an example: found by comparing, and true of old clients and new functions.

An old client is what our own makes of the old signature: it sends to the new function, or reads what that answers.
Stubs are those that tools generate from the WSDL.
"""

import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
import pytest

from gateway import ABSENT, IDEMPOTENT, READ, WRITE, Deprecation, FaultKind, Int32, Maybe, Param, Struct
from gateway.faults import Fault
from gateway.lock import PROTOCOLS as NAMES
from gateway.lock import RULES, compare, take_lock
from gateway.lock.rules import Side
from gateway.protocol import Outgoing, Query, Request
from gateway.registry import Function
from gateway.validation import Validator
from tests.support.wire import PROTOCOLS, SITE, Wired, declare

Found = list[tuple[Side, str, str]]
DOCUMENTATION = re.compile(rb"<wsdl:documentation>.*?</wsdl:documentation>", re.DOTALL)


def struct(name: str, members: Mapping[str, Any], **defaults: Any) -> Any:
    """A Struct of this wire name."""
    content = {"__annotations__": dict(members), "__module__": __name__, **defaults}
    return types.new_class(name, (Struct,), {"name": name}, lambda namespace: namespace.update(content))


def takes(parameters: Mapping[str, Any], **defaults: Any) -> Function:
    return declare(parameters, None, defaults, "test_takes")


def gives(result: Any) -> Function:
    return declare({}, result, name="test_gives")


@dataclass(frozen=True)
class Example:
    """A function before and after, what an old client sends, and what the new function returns."""

    old: Function | None
    new: Function | None
    where: str
    values: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None


PLAIN = declare({}, None, name="test_takes")
FAULT = FaultKind("teaiscold", "The tea is cold", status=409)
Short, Long = Annotated[str, Param(max_length=5)], Annotated[str, Param(max_length=9)]
Row = struct("Row", {"a": int, "b": int})
Turned = struct("Row", {"b": int, "a": int})
Renamed = struct("Line", {"a": int, "b": int})
Optional = struct("Row", {"a": int, "b": Maybe[int]}, b=ABSENT)
Defaulted = struct("Row", {"a": int, "b": int}, b=5)
Wider = struct("Row", {"a": int, "b": int, "c": Maybe[int]}, c=ABSENT)
Narrower = struct("Row", {"a": int})
ROW = {"a": 1, "b": 2}
AB, ABC, CA = Literal["a", "b"], Literal["a", "b", "c"], Literal["a"]
Named, OtherName = struct("Held", {"a": int}), struct("Taken", {"a": int})

EXAMPLES: dict[tuple[Side, str], Example] = {
    (Side.FUNCTION, "added"): Example(None, PLAIN, ""),
    (Side.FUNCTION, "removed"): Example(PLAIN, None, ""),
    (Side.FUNCTION, "effect-restricted"): Example(
        replace(PLAIN, effect=READ), replace(PLAIN, effect=WRITE), ""
    ),
    (Side.FUNCTION, "effect-changed"): Example(
        replace(PLAIN, effect=WRITE), replace(PLAIN, effect=IDEMPOTENT), ""
    ),
    (Side.FUNCTION, "capability-added"): Example(
        PLAIN, replace(PLAIN, requires=("test/tea:drink",)), "test/tea:drink"
    ),
    (Side.FUNCTION, "capability-removed"): Example(
        replace(PLAIN, requires=("test/tea:drink",)), PLAIN, "test/tea:drink"
    ),
    (Side.FUNCTION, "fault-added"): Example(PLAIN, replace(PLAIN, raises=(FAULT,)), "teaiscold"),
    (Side.FUNCTION, "fault-removed"): Example(replace(PLAIN, raises=(FAULT,)), PLAIN, "teaiscold"),
    (Side.FUNCTION, "fault-status-changed"): Example(
        replace(PLAIN, raises=(FAULT,)), replace(PLAIN, raises=(replace(FAULT, status=404),)), "teaiscold"
    ),
    (Side.FUNCTION, "deprecation-changed"): Example(
        PLAIN, replace(PLAIN, deprecated=Deprecation(date(2026, 1, 1))), ""
    ),
    (Side.TAKES, "required-added"): Example(takes({"a": int}), takes({"a": int, "b": int}), "b", {"a": 1}),
    (Side.TAKES, "optional-added"): Example(
        takes({"a": int}), takes({"a": int, "b": int}, b=5), "b", {"a": 1}
    ),
    (Side.TAKES, "parameter-inserted"): Example(
        takes({"b": int}, b=1), takes({"a": int, "b": int}, a=5, b=1), "a", {"b": 7}
    ),
    (Side.TAKES, "removed"): Example(takes({"a": int, "b": int}), takes({"a": int}), "b", ROW),
    (Side.TAKES, "parameters-reordered"): Example(
        takes({"a": int, "b": int}), takes({"b": int, "a": int}), "", ROW
    ),
    (Side.TAKES, "members-reordered"): Example(
        takes({"row": Row}), takes({"row": Turned}), "Row", {"row": Row(a=1, b=2)}
    ),
    (Side.TAKES, "became-required"): Example(takes({"a": int}, a=5), takes({"a": int}), "a"),
    (Side.TAKES, "became-optional"): Example(
        takes({"a": int}), takes({"a": Maybe[int]}, a=ABSENT), "a", {"a": 1}
    ),
    (Side.TAKES, "default-changed"): Example(takes({"a": int}, a=5), takes({"a": int}, a=6), "a"),
    (Side.TAKES, "type-changed"): Example(takes({"a": str}), takes({"a": int}), "a", {"a": "x"}),
    (Side.TAKES, "type-widened"): Example(
        takes({"a": date}), takes({"a": str}), "a", {"a": date(2026, 3, 1)}
    ),
    (Side.TAKES, "bounds-tightened"): Example(takes({"a": Long}), takes({"a": Short}), "a", {"a": "1234567"}),
    (Side.TAKES, "bounds-loosened"): Example(takes({"a": Short}), takes({"a": Long}), "a", {"a": "12345"}),
    (Side.TAKES, "choice-added"): Example(takes({"a": AB}), takes({"a": ABC}), "TestTakesA.c", {"a": "b"}),
    (Side.TAKES, "choice-removed"): Example(takes({"a": AB}), takes({"a": CA}), "TestTakesA.b", {"a": "b"}),
    (Side.TAKES, "type-renamed"): Example(
        takes({"row": Row}), takes({"row": Renamed}), "row", {"row": Row(a=1, b=2)}
    ),
    (Side.TAKES, "item-renamed"): Example(
        takes({"rows": list[Row]}), takes({"rows": list[Renamed]}), "rows", {"rows": [Row(a=1, b=2)]}
    ),
    (Side.GIVES, "member-added"): Example(gives(Row), gives(Wider), "Row.c", result=Wider(a=1, b=2, c=3)),
    (Side.GIVES, "member-removed"): Example(gives(Row), gives(Narrower), "Row.b", result=Narrower(a=1)),
    (Side.GIVES, "optional-removed"): Example(
        gives(Optional), gives(Narrower), "Row.b", result=Narrower(a=1)
    ),
    (Side.GIVES, "members-reordered"): Example(gives(Row), gives(Turned), "Row", result=Turned(a=1, b=2)),
    (Side.GIVES, "became-optional"): Example(gives(Row), gives(Optional), "Row.b", result=Optional(a=1)),
    (Side.GIVES, "became-required"): Example(gives(Optional), gives(Row), "Row.b", result=Row(a=1, b=2)),
    (Side.GIVES, "became-default"): Example(gives(Row), gives(Defaulted), "Row.b", result=Defaulted(a=1)),
    (Side.GIVES, "type-changed"): Example(gives(Int32), gives(int), "result", result=2**40),
    (Side.GIVES, "type-narrowed"): Example(gives(int), gives(Int32), "result", result=5),
    (Side.GIVES, "bounds-tightened"): Example(gives(Long), gives(Short), "result", result="12345"),
    (Side.GIVES, "bounds-loosened"): Example(gives(Short), gives(Long), "result", result="1234567"),
    (Side.GIVES, "choice-added"): Example(gives(AB), gives(ABC), "TestGivesResult.c", result="c"),
    (Side.GIVES, "choice-removed"): Example(gives(AB), gives(CA), "TestGivesResult.b", result="a"),
    (Side.GIVES, "type-renamed"): Example(gives(Named), gives(OtherName), "result", result=OtherName(a=1)),
    (Side.GIVES, "item-renamed"): Example(
        gives(list[Named]), gives(list[OtherName]), "result", result=[OtherName(a=1)]
    ),
    (Side.GIVES, "result-added"): Example(gives(None), gives(int), "result", result=5),
    (Side.GIVES, "result-removed"): Example(gives(int), gives(None), "result"),
}
LENIENT: Mapping[tuple[Side, str, str], str] = {
    (Side.GIVES, "members-reordered", "soap"): "ours takes members in any order; .NET skips one that is late",
    (Side.GIVES, "result-added", "soap"): "ours looks for nothing where there was no result; stubs may",
}
"""Where our own client works, and others do not."""
STRICT: Mapping[tuple[Side, str], str] = {
    (Side.GIVES, "bounds-loosened"): "the old type refuses what no client looks at: bounds are in no WSDL",
}
"""Where the old type is no measure of what a client takes."""


@pytest.mark.parametrize(("side", "name"), RULES, ids=str)
def test_each_rule_is_found(side: Side, name: str) -> None:
    example = EXAMPLES[side, name]
    old, new = ([each] if each is not None else [] for each in (example.old, example.new))
    found = [(each.side, each.where, each.name) for each in compare(take_lock(old), take_lock(new))]
    assert found[0:1] == [(side, example.where, name)]
    # Where a type's name is that of its items, too, both are said.
    assert found[1:] == ([(side, example.where, "type-renamed")] if name == "item-renamed" else [])


@pytest.mark.parametrize(("side", "name"), RULES, ids=str)
def test_stubs_differ_where_the_wsdl_does(side: Side, name: str) -> None:
    example = EXAMPLES[side, name]
    before, after = (_schema([each] if each is not None else []) for each in (example.old, example.new))
    assert (before != after) is RULES[side, name].stubs


def _schema(functions: list[Function]) -> bytes:
    other = declare({}, None, name="test_other")
    wsdl: bytes = PROTOCOLS["soap"].describe(Query("wsdl"), [*functions, other], SITE)
    return DOCUMENTATION.sub(b"", wsdl)


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize(("side", "name"), [each for each in RULES if each[0] is not Side.FUNCTION], ids=str)
def test_old_clients_go_on_where_nothing_breaks(side: Side, name: str, protocol: str) -> None:
    example = EXAMPLES[side, name]
    works = _is_taken(example, protocol) if side is Side.TAKES else _is_read(example, protocol)
    expected = protocol not in RULES[side, name].breaks
    if (side, name, protocol) in LENIENT:
        expected = not expected
    if (side, name) in STRICT:
        expected = not expected
    assert works is expected


def _is_taken(example: Example, protocol: str) -> bool:
    """Whether the new function receives from the old client what the old one did."""
    assert example.old is not None
    assert example.new is not None
    outgoing = PROTOCOLS[protocol].sample(example.old, example.values, "token", SITE)
    try:
        after = _received(example.new, protocol, outgoing)
    except Fault:
        return False
    before = _received(example.old, protocol, outgoing)
    return {name: after.get(name) for name in before} == before


def _received(function: Function, protocol: str, outgoing: Outgoing) -> dict[str, Any]:
    called = Wired(protocol, function)
    headers = {name.lower(): value for name, value in outgoing.headers.items()}
    tail = function.name if protocol == "rest" else ""
    given = called.arguments(Request("POST", outgoing.path, "", headers, outgoing.body, tail=tail))
    names = [each.name for each in function.signature.parameters]
    return {
        name: msgspec.to_builtins(value)
        for name, value in zip(names, given, strict=True)
        if value is not ABSENT and value is not None
    }


def _is_read(example: Example, protocol: str) -> bool:
    """Whether the old client reads a value of the old result's type in the new function's answer."""
    assert example.old is not None
    assert example.new is not None
    outgoing = PROTOCOLS[protocol].sample(example.new, {}, "token", SITE)
    headers = {name.lower(): value for name, value in outgoing.headers.items()}
    tail = example.new.name if protocol == "rest" else ""
    request = Request("POST", outgoing.path, "", headers, outgoing.body, tail=tail)
    reply = Wired(protocol, example.new).reply(request, example.result)
    try:
        value = PROTOCOLS[protocol].read(example.old, reply.status, reply.headers, reply.body, SITE)
        if example.old.signature.result is not None:
            Validator(example.old.name, example.old.signature).result(value)
    except Exception:  # whatever a client does with what it cannot read
        return False
    return True


def test_every_rule_has_an_example() -> None:
    assert EXAMPLES.keys() == RULES.keys()
    assert {*STRICT, *((side, name) for side, name, _ in LENIENT)} <= RULES.keys()
