"""Plain AMF values to the kinds a type asks for, by closures compiled once.

AMF0 has one kind of number and AMF3 two, which Flash picks by the value; an empty array looks like an empty object, and
clients send arrays as objects with the keys "0", "1" ...; what fits no rule stays as it is, so that validation names
the mismatch.
"""

import binascii
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from gateway import limits
from gateway.signature import Choice, Field, Kind, ListOf, Scalar, StructOf, Type
from gateway.types import Unreadable
from protocols.amf.values import EXACT

Reader = Callable[[Any], Any]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL_CHARACTERS = 2 * limits.INTEGER_DIGITS + 1
"""Sign, `0.`, zeros (two fewer than digits) and digits: the longest text that can be a valid Decimal."""

_NUMBERS = (int, float)
_QUOTED = 40


def compile_reader(node: Type, *, secret: bool = False) -> Reader | None:
    """What turns a plain AMF value into one of this type; None where every value stays as it is.

    A value that cannot be read becomes Unreadable, quoted unless `secret`. Arguments are never changed in place:
    a reference may name one object from two members of different types.
    """
    if isinstance(node, ListOf):
        return _list_reader(compile_reader(node.item, secret=secret))
    if isinstance(node, StructOf):
        return _struct_reader(compile_members(node.fields, secret=secret))
    if isinstance(node, Choice):
        return None
    return _scalar_reader(node, secret)


def compile_members(fields: tuple[Field, ...], *, secret: bool = False) -> tuple[tuple[str, Reader], ...]:
    """The wire names of those fields whose values need a reader, and the readers."""
    readers = [(each.name, compile_reader(each.type, secret=secret or each.param.secret)) for each in fields]
    return tuple((name, reader) for name, reader in readers if reader is not None)


def _scalar_reader(node: Scalar, secret: bool) -> Reader | None:
    reader = _SCALARS.get(node.kind)
    return _without_quotes(reader) if secret and reader is not None else reader


def _without_quotes(reader: Reader) -> Reader:
    def read(value: Any) -> Any:
        found = reader(value)
        return Unreadable(found.problem.partition(":")[0]) if isinstance(found, Unreadable) else found

    return read


def _list_reader(item: Reader | None) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is dict:
            value = as_list(value)
        if item is None or type(value) is not list:
            return value
        return [item(each) for each in value]

    return read


def as_list(members: dict[str, Any]) -> list[Any] | dict[str, Any]:
    """The items of an object with the keys "0" to "n-1" (an ECMA array); any other object as it is."""
    try:
        return [members[str(index)] for index in range(len(members))]
    except KeyError:
        return members


def _struct_reader(readers: tuple[tuple[str, Reader], ...]) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not dict:
            return {} if value == [] else value
        members = value.copy()
        for name, reader in readers:
            member = members.get(name)
            if member is not None:
                members[name] = reader(member)
        return members

    return read


def _read_boolean(value: Any) -> Any:
    return value == 1 if type(value) in _NUMBERS and value in (0, 1) else value


def _read_integer(value: Any) -> Any:
    if type(value) is float:
        if not value.is_integer():
            return Unreadable(f"not an integer: {value}")
        if -EXACT <= value <= EXACT:
            return int(value)
        return Unreadable(f"not exact beyond 2^53, send it as text: {value}")
    if type(value) is str:
        if len(value) <= limits.INTEGER_DIGITS and _INTEGER.fullmatch(value):
            return int(value)
        return _unreadable("not an integer", value)
    return value


def _read_decimal(value: Any) -> Any:
    if type(value) is not str:
        return value
    if len(value) <= _DECIMAL_CHARACTERS and _DECIMAL.fullmatch(value):
        return Decimal(value)
    return _unreadable("not a decimal number", value)


def _read_bytes(value: Any) -> Any:
    if type(value) is not str:
        return value
    try:
        return binascii.a2b_base64("".join(value.split()), strict_mode=True)
    except ValueError:
        return _unreadable("not base64", value)


def _read_date(value: Any) -> Any:
    if type(value) is not str:
        return value
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    return _unreadable("not a date (YYYY-MM-DD)", value)


def _unreadable(problem: str, value: str) -> Unreadable:
    return Unreadable(f"{problem}: {value[:_QUOTED]!r}")


_SCALARS: dict[Kind, Reader] = {
    Kind.BOOL: _read_boolean,
    Kind.INT: _read_integer,
    Kind.INT32: _read_integer,
    Kind.DECIMAL: _read_decimal,
    Kind.BYTES: _read_bytes,
    Kind.DATE: _read_date,
}
