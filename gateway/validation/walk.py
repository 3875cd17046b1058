"""The slow walk: every problem of a value, with its path. Runs only after the fast check failed."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.faults import Problem
from gateway.signature import PYTHON_TYPES, Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.types import Unreadable
from gateway.validation.rules import NATIVE_TYPES, InvalidError, rules_of, to_utc
from gateway.xml import ILLEGAL

_NAMES = {
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    Decimal: "a decimal number",
    str: "text",
    bytes: "bytes",
    datetime: "a date and time",
    date: "a date",
    dict: "a structure",
    list: "a list",
    type(None): "nothing",
}


def limited(problems: Iterator[Problem], limit: int) -> tuple[Problem, ...]:
    found: list[Problem] = []
    for problem in problems:
        if len(found) == limit:
            found.append(
                Problem(path="", problem=f"there are more than {limit} problems; only these are listed")
            )
            break
        found.append(problem)
    return tuple(found)


def summary(problems: tuple[Problem, ...]) -> str:
    return "; ".join(f"{each.path}: {each.problem}" if each.path else each.problem for each in problems)


def walk_members(
    fields: tuple[Field, ...], values: Any, path: str, *, output: bool = False, secret: bool = False
) -> Iterator[Problem]:
    if not isinstance(values, dict):
        yield Problem(path=path, problem=_mismatch("a structure", values, secret=True))
        return
    for field in fields:
        place = f"{path}.{field.name}" if path else field.name
        value = values.get(field.name)
        if value is None:
            if not field.optional or (output and field.state is State.DEFAULT):
                yield Problem(path=place, problem="is missing")
        else:
            hidden = secret or field.param.secret or output
            yield from walk(field.type, value, place, output=output, secret=hidden)
    if not output:
        known = {field.name for field in fields}
        for name in (each for each in values if each not in known):
            unknown = _cut(str(name))
            yield Problem(path=f"{path}.{unknown}" if path else unknown, problem="is not a known name here")


def walk(
    node: Type, value: Any, path: str, *, output: bool = False, secret: bool = False
) -> Iterator[Problem]:
    if isinstance(value, Unreadable):
        yield Problem(path=path, problem=value.problem)
    elif isinstance(node, StructOf):
        yield from walk_members(node.fields, value, path, output=output, secret=secret)
    elif isinstance(node, ListOf):
        yield from _walk_list(node, value, path, output=output, secret=secret)
    else:
        problem = _problem_of(node, value, output=output, secret=secret)
        if problem:
            yield Problem(path=path, problem=problem)


def _walk_list(node: ListOf, value: Any, path: str, *, output: bool, secret: bool) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(path=path, problem=_mismatch("a list", value, secret=secret))
        return
    for rule in rules_of(node, output=output):
        if not rule.holds(value):
            yield Problem(path=path, problem=rule.problem)
    for index, item in enumerate(value):
        place = f"{path}[{index}]"
        if item is None:
            yield Problem(path=place, problem="is null: items of a list cannot be")
        else:
            yield from walk(node.item, item, place, output=output, secret=secret)


def _problem_of(node: Scalar | Choice, value: Any, *, output: bool, secret: bool) -> str | None:
    """What is wrong with one value, in words that follow its path; None when nothing is."""
    if isinstance(node, Choice):
        if type(value) is str and value in node.members:
            return None
        return f"{_quote(value, secret)}is none of {', '.join(node.members)}"
    python = PYTHON_TYPES[node.kind]
    try:
        value = msgspec.convert(value, python, builtin_types=NATIVE_TYPES)
    except (ValueError, RecursionError):
        return _mismatch(_NAMES[python], value, secret=secret)
    for rule in rules_of(node, output=output):
        if not rule.holds(value):
            return _quote(value, secret) + rule.problem
    if node.kind is Kind.DATETIME:
        return _instant_problem(value, output=output)
    return None


def _instant_problem(value: datetime, *, output: bool) -> str | None:
    if output and value.tzinfo is None:
        return "has no time zone: functions give aware datetimes"
    try:
        to_utc(value)
    except InvalidError:
        return "lies outside the years 1 to 9999 in UTC"
    return None


def _mismatch(expected: str, value: Any, *, secret: bool) -> str:
    return f"{_quote(value, secret)}is {type_name(value)}, not {expected}"


def type_name(value: Any) -> str:
    return _NAMES.get(type(value), type(value).__name__)


def _quote(value: Any, secret: bool) -> str:
    """A short value in quotes, for the one who sent it; never a secret, never a structure."""
    if secret or not isinstance(value, str | int | float | Decimal):
        return ""
    text = str(value) if not isinstance(value, int) or value.bit_length() < 256 else "a very large number"
    return f'"{_cut(text)}" '


def _cut(text: str) -> str:
    """A caller's text, short enough for a sentence and legal in XML."""
    return ILLEGAL.sub("\ufffd", text if len(text) <= 40 else text[:40] + "...")
