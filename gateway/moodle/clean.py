"""Moodle's clean and compare: plain values of whatever type a client chose, as the types that a Signature declares.

A value is taken if its text is the one canonical text of the type: `"5"` and 5 are the int, `"05"` is none (Moodle 2.7,
validate_param in lib/moodlelib.php). Lists are arrays with any keys, which are dropped; an empty array is an empty
structure too. What is not taken stays, or becomes `Unreadable`, so that validation reports it with its path.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from gateway.signature import Choice, Field, Kind, ListOf, Scalar, StructOf, Type
from gateway.text import READERS
from gateway.types import Unreadable

Clean = Callable[[Any], Any]


def compile_clean(
    fields: Sequence[Field], *, secret: bool = False
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A function from arguments by wire name, as they came, to Python values by wire name; unknown names stay.

    Problems quote no value of a secret field, nor any if all are `secret`.
    """
    cleaners = {field.name: _clean(field.type, secret=secret or field.param.secret) for field in fields}

    def clean(values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: cleaners[name](value) if name in cleaners and value is not None else value
            for name, value in values.items()
        }

    return clean


def _clean(node: Type, *, secret: bool) -> Clean:
    match node:
        case Scalar(kind=kind):
            return _scalar(kind, secret=secret)
        case Choice():
            return _text
        case ListOf(item=item):
            return _list(_clean(item, secret=secret))
        case StructOf(fields=fields):
            return _struct(compile_clean(fields, secret=secret))


def _scalar(kind: Kind, *, secret: bool) -> Clean:
    read, convert = READERS[kind], _CONVERSIONS.get(kind)

    def clean(value: Any) -> Any:
        if type(value) is not str:
            return value if convert is None else convert(value)
        result = read(value)
        if secret and isinstance(result, Unreadable):
            return Unreadable(result.problem.partition(":")[0])
        return result

    return clean


def _truth(value: Any) -> Any:
    return bool(value) if type(value) is int and value in (0, 1) else value


def _integer(value: Any) -> Any:
    if type(value) is bool:
        return int(value)
    return int(value) if type(value) is float and value.is_integer() else value


def _decimal(value: Any) -> Any:
    return Decimal(repr(value)) if type(value) in (int, float) else value


def _text(value: Any) -> Any:
    return repr(value).removesuffix(".0") if type(value) in (int, float) else value


_CONVERSIONS: dict[Kind, Clean] = {
    Kind.BOOL: _truth,
    Kind.INT: _integer,
    Kind.INT32: _integer,
    Kind.DECIMAL: _decimal,
    Kind.STR: _text,
}
"""What a value of another type than text means."""


def _list(clean_item: Clean) -> Clean:
    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            value = list(value.values())
        return [clean_item(each) for each in value] if isinstance(value, list) else value

    return clean


def _struct(clean_members: Callable[[dict[str, Any]], dict[str, Any]]) -> Clean:
    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return clean_members(value)
        return {} if value == [] else value

    return clean
