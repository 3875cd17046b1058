"""Results that are not exactly as declared, made so: subclasses, dicts, other time zones, tuples, generators."""

from datetime import datetime
from enum import Enum
from typing import Any

import msgspec

from gateway.signature import PYTHON_TYPES, Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.types import ABSENT
from gateway.validation.rules import NATIVE_TYPES, to_utc


def narrow_result(field: Field | None, value: Any) -> Any:
    """The result with exactly the declared types and members, wherever it holds such; else as it is.

    Iterables are read, once; only what they raise themselves is raised.
    """
    return value if field is None or value is None else _narrow(field.type, value)


def _narrow(node: Type, value: Any) -> Any:
    match node:
        case StructOf():
            return _narrow_struct(node, value)
        case ListOf():
            return [_narrow(node.item, each) for each in value] if _is_iterable(value) else value
        case Choice():
            return _narrow_choice(node, value)
        case Scalar():
            return _narrow_scalar(node.kind, value)


def _narrow_choice(node: Choice, value: Any) -> Any:
    if node.python is None:
        return str(value.value) if isinstance(value, Enum) else value
    if not isinstance(value, str):  # a member already, or no member
        return value
    try:
        return node.python(value)
    except ValueError:
        return value


def _narrow_scalar(kind: Kind, value: Any) -> Any:
    """What the walk would take for the kind, as exactly the kind's type: the two must not disagree."""
    python = PYTHON_TYPES[kind]
    try:
        if kind is Kind.DATETIME and isinstance(value, datetime) and value.tzinfo is not None:
            return to_utc(value)
        if type(value) is not python:
            value = msgspec.convert(value, python, builtin_types=NATIVE_TYPES)
    except (ValueError, OverflowError, RecursionError):
        return value
    if type(value) is not python and isinstance(value, int | float | str):
        return python(value) if kind is not Kind.STR else str.__str__(value)
    return value


def _narrow_struct(node: StructOf, value: Any) -> Any:
    """An instance of exactly the declared class; a dict by wire name where a required member is missing."""
    if not isinstance(value, dict | msgspec.Struct):
        return value
    given: dict[str, Any] = {}
    for field in node.fields:
        member = _member(field, value)
        if member is not ABSENT:
            given[field.attribute] = None if member is None else _narrow(field.type, member)
        elif field.state is State.NULLABLE:
            given[field.attribute] = None
    if any(field.state is State.REQUIRED and field.attribute not in given for field in node.fields):
        return {field.name: given.get(field.attribute, field.null) for field in node.fields}
    return node.python(**given)


def _member(field: Field, value: Any) -> Any:
    """A member of a Struct, or of a dict by wire name; ABSENT where it has none."""
    if isinstance(value, dict):
        return value.get(field.name, ABSENT)
    return getattr(value, field.attribute, ABSENT)


def _is_iterable(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, str | bytes | dict)


def to_plain(node: Type, value: Any) -> Any:
    """A value as the walk takes it, no deeper than its type: Structs as dicts by wire name, without ABSENT members."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(node, ListOf) and isinstance(value, list):
        return [to_plain(node.item, each) for each in value]
    if not isinstance(value, dict | msgspec.Struct):
        return value
    fields = node.fields if isinstance(node, StructOf) else ()
    members = ((field, _member(field, value)) for field in fields)
    return {field.name: to_plain(field.type, each) for field, each in members if each is not ABSENT}
