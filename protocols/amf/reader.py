"""Plain AMF values to the kinds a type asks for, by straight-line Python generated from the type.

AMF0 has one kind of number and AMF3 two, which Flash picks by the value; an empty array looks like an empty object, and
clients send arrays as objects with the keys "0", "1" ...; what fits no rule stays as it is, so that validation names
the mismatch.
"""

import binascii
import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from gateway import limits
from gateway.signature import Choice, Field, Kind, ListOf, StructOf, Type
from gateway.source import compile_source
from gateway.types import Unreadable
from protocols.amf.values import EXACT

Reader = Callable[[Any], Any]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL_CHARACTERS = 2 * limits.INTEGER_DIGITS + 1
"""Sign, `0.`, zeros (two fewer than digits) and digits: the longest text that can be a valid Decimal."""

_EXACT = float(EXACT)
_NUMBERS = (int, float)
_QUOTED = 40


def compile_reader(node: Type, title: str) -> Reader:
    """What turns a plain AMF value into one of this type; `title` names its source in tracebacks.

    A value that cannot be read becomes Unreadable, quoted unless it is secret. Null stays, and so does what it is
    given: a reference may name one object from two members of different types.
    """
    source = _Source()
    return source.compile("value", [f"return {source.expression(node, 'value', secret=False)}"], title)


def compile_arguments(fields: Sequence[Field], place: Reader, title: str) -> Reader:
    """What turns the plain value of a call's body into its arguments by wire name.

    The usual body is a Strict Array of as many items as there are parameters. `place` gives the arguments by name of
    any other, and of a sole object, whose members may be the parameters.
    """
    source = _Source()
    source.constants["place"] = place
    items = [f"item_{number}" for number, _ in enumerate(fields)]
    pairs = [
        f"{field.name!r}: {source.expression(field.type, item, secret=field.param.secret)}"
        for field, item in zip(fields, items, strict=True)
    ]
    usual = f"type(value) is list and len(value) == {len(items)}"
    if len(items) == 1:
        usual += " and type(value[0]) is not dict"
    lines = [
        f"if {usual}:",
        f"    [{', '.join(items)}] = value",
        f"    return {{{', '.join(pairs)}}}",
        "members = place(value)",
        *source.members(fields, secret=False),
        "return members",
    ]
    return source.compile("value", lines, title)


class _Source:
    """The source of one reader: a function for each list and Struct, inner before outer."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {"as_list": as_list}
        self.constants |= {f"read_{kind}": reader for kind, reader in _SCALARS.items()}
        self.constants |= {
            f"read_secret_{kind}": _without_quotes(reader) for kind, reader in _SCALARS.items()
        }

    def compile(self, argument: str, lines: list[str], title: str) -> Reader:
        name = self.define(argument, lines)
        reader: Reader = compile_source(f"amf reader of {title}", self.lines, self.constants)[name]
        return reader

    def define(self, argument: str, lines: list[str]) -> str:
        name = f"read_{len(self.lines)}"
        self.lines += [f"def {name}({argument}):", *(f"    {line}" for line in lines)]
        return name

    def expression(self, node: Type, value: str, *, secret: bool) -> str:
        """What a value is read as, which a variable holds; the variable itself where every value stays as it is."""
        if isinstance(node, ListOf):
            return f"{self.define('value', self.list_lines(node, secret=secret))}({value})"
        if isinstance(node, StructOf):
            return f"{self.define('value', self.struct_lines(node, secret=secret))}({value})"
        if isinstance(node, Choice) or node.kind not in _SCALARS:
            return value
        call = f"read_{'secret_' if secret else ''}{node.kind}({value})"
        return f"{value} if type({value}) is bool else {call}" if node.kind is Kind.BOOL else call

    def list_lines(self, node: ListOf, *, secret: bool) -> list[str]:
        item = self.expression(node.item, "each", secret=secret)
        lines = ["if type(value) is dict:", "    value = as_list(value)"]
        if item == "each":
            return [*lines, "return value"]
        return [*lines, f"return [{item} for each in value] if type(value) is list else value"]

    def struct_lines(self, node: StructOf, *, secret: bool) -> list[str]:
        lines = self.members(node.fields, secret=secret)
        return [
            "if type(value) is not dict:",
            "    return {} if value == [] else value",
            *(["members = value.copy()", *lines, "return members"] if lines else ["return value"]),
        ]

    def members(self, fields: Sequence[Field], *, secret: bool) -> list[str]:
        """Read those of the members that came and need it."""
        lines = []
        for field in fields:
            value = self.expression(field.type, "member", secret=secret or field.param.secret)
            if value != "member":
                lines += [
                    f"member = members.get({field.name!r})",
                    "if member is not None:",
                    f"    members[{field.name!r}] = {value}",
                ]
        return lines


def as_list(members: dict[str, Any]) -> list[Any] | dict[str, Any]:
    """The items of an object with the keys "0" to "n-1" (an ECMA array); any other object as it is."""
    try:
        return [members[str(index)] for index in range(len(members))]
    except KeyError:
        return members


def _without_quotes(reader: Reader) -> Reader:
    def read(value: Any) -> Any:
        found = reader(value)
        return Unreadable(found.problem.partition(":")[0]) if isinstance(found, Unreadable) else found

    return read


def _read_boolean(value: Any) -> Any:
    return value == 1 if type(value) in _NUMBERS and value in (0, 1) else value


def _read_integer(value: Any) -> Any:
    if type(value) is float:
        if not value.is_integer():
            return Unreadable(f"not an integer: {value}")
        if -_EXACT <= value <= _EXACT:
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
