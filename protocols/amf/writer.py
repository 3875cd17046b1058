"""Checked Python values to AMF0 bytes, by straight-line Python generated from a type.

Every Struct and list of a type gets one function that appends ready-made bytes (markers, member names) and the bytes
of its scalars to a list: a closure for each member would cost three times as much.
"""

import struct
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final

from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.source import compile_source
from gateway.types import ABSENT
from gateway.xml import ILLEGAL
from protocols.amf.amf0 import DATE, LONG_STRING, OBJECT, OBJECT_END, STRICT_ARRAY, STRING
from protocols.amf.values import EPOCH, EXACT

Writer = Callable[[Any], bytes]

NULL: Final = b"\x05"
TRUE: Final = b"\x01\x01"
FALSE: Final = b"\x01\x00"

_END = bytes([0, 0, OBJECT_END])
_MILLISECOND = timedelta(milliseconds=1)
_SHORT = tuple(bytes([STRING, 0, size]) for size in range(256))
_string_head = struct.Struct(">BH").pack
_long_head = struct.Struct(">BI").pack
_date_body = struct.Struct(">Bd2x").pack

write_number: Callable[[float], bytes] = struct.Struct(">xd").pack  # the pad byte is the marker, 0x00


def write_text(text: str) -> bytes:
    """A String, or beyond 65,535 bytes a Long String; characters that XML forbids become U+FFFD."""
    if not text.isprintable():
        text = ILLEGAL.sub("\ufffd", text)
    raw = text.encode()
    size = len(raw)
    return _SHORT[size] + raw if size < 256 else _sized(raw)


def _sized(raw: bytes) -> bytes:
    size = len(raw)
    return (_string_head(STRING, size) if size <= 0xFFFF else _long_head(LONG_STRING, size)) + raw


def write_integer(number: int) -> bytes:
    """A Number, or beyond 2^53, where doubles lose digits, a String."""
    return write_number(number) if -EXACT <= number <= EXACT else write_text(str(number))


def _write_boolean(value: bool) -> bytes:
    return TRUE if value else FALSE


def _write_decimal(value: Decimal) -> bytes:
    return _sized(format(value, "f").encode())


def _write_bytes(value: bytes) -> bytes:
    return _sized(b64encode(value))


def _write_datetime(value: datetime) -> bytes:
    return _date_body(DATE, (value - EPOCH) // _MILLISECOND)


def _write_date(value: date) -> bytes:
    return _sized(value.isoformat().encode())


def write_array_head(size: int) -> bytes:
    """What comes before the items of a Strict Array."""
    return _long_head(STRICT_ARRAY, size)


def write_object(members: Mapping[str, bytes]) -> bytes:
    """An anonymous Object of members that are written already."""
    return bytes([OBJECT]) + b"".join(_key(name) + value for name, value in members.items()) + _END


def _key(name: str) -> bytes:
    raw = name.encode()
    return len(raw).to_bytes(2, "big") + raw


_SCALARS: dict[Kind, Callable[[Any], bytes]] = {
    Kind.BOOL: _write_boolean,
    Kind.INT: write_integer,
    Kind.INT32: write_number,
    Kind.FLOAT: write_number,
    Kind.DECIMAL: _write_decimal,
    Kind.STR: write_text,
    Kind.BYTES: _write_bytes,
    Kind.DATETIME: _write_datetime,
    Kind.DATE: _write_date,
}


def compile_writer(field: Field | None, name: str) -> Writer:
    """What turns a checked value of a field (never ABSENT) into AMF0 bytes; a void result (None) is Null.

    `name` names the generated source in tracebacks.
    """
    if field is None:
        return lambda _value: NULL
    return _Generator().build(field, f"amf writer of {name}")


class _Generator:
    """Collects the functions of one type; `names` is what their source refers to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"ABSENT": ABSENT, "array_head": write_array_head}
        self.names |= {f"write_{kind}": writer for kind, writer in _SCALARS.items()}
        self.structs: dict[type, str] = {}
        self.numbers = count(1)

    def build(self, field: Field, title: str) -> Writer:
        if isinstance(field.type, ListOf | StructOf):
            lines = ["out = []", f"{self.function(field.type)}(value, out)", "return b''.join(out)"]
        else:
            lines = [f"return {self.expression(field.type, 'value')}"]
        if field.state is State.NULLABLE:
            lines = ["if value is None:", f"    return {NULL!r}", *lines]
        self.define("encode(value)", lines)
        writer: Writer = compile_source(title, self.lines, self.names)["encode"]
        return writer

    def define(self, head: str, body: list[str]) -> None:
        self.lines += [f"def {head}:", *(f"    {line}" for line in body), ""]

    def expression(self, node: Scalar | Choice, value: str) -> str:
        """The bytes of a scalar."""
        if isinstance(node, Scalar):
            return f"write_{node.kind}({value})"
        name = f"choice_{next(self.numbers)}"
        self.names[name] = {member: write_text(member) for member in node.members}
        return f"{name}[{value}.value]" if node.python else f"{name}[{value}]"

    def function(self, node: ListOf | StructOf) -> str:
        """The name of the function that appends a list or a Struct to `out`, defined at the first use."""
        if isinstance(node, ListOf):
            return self.define_append(self.list_lines(node))
        if node.python not in self.structs:
            self.structs[node.python] = self.define_append(self.struct_lines(node))
        return self.structs[node.python]

    def define_append(self, lines: list[str]) -> str:
        name = f"append_{next(self.numbers)}"
        self.define(f"{name}(value, out)", lines)
        return name

    def list_lines(self, node: ListOf) -> list[str]:
        head = "out.append(array_head(len(value)))"
        if isinstance(node.item, ListOf | StructOf):
            return [head, "for each in value:", f"    {self.function(node.item)}(each, out)"]
        return [head, f"out += [{self.expression(node.item, 'each')} for each in value]"]

    def struct_lines(self, node: StructOf) -> list[str]:
        row = _Row(bytes([OBJECT]))
        for field in node.fields:
            self.member(row, field)
        row.add_constant(_END)
        return row.finish()

    def member(self, row: "_Row", field: Field) -> None:
        key = _key(field.name)
        value = f"value.{field.attribute}"
        if field.state in (State.MAYBE, State.NULLABLE):
            row.add_line(f"member = {value}")
            nothing = "ABSENT" if field.state is State.MAYBE else "None"
            row.add_line(f"if member is not {nothing}:")
            row.add_line(f"    {self.append(key, field.type, 'member')}")
            if field.state is State.NULLABLE:
                row.add_line(f"else: out.append({key + NULL!r})")
        elif isinstance(field.type, ListOf | StructOf):
            row.add_constant(key)
            row.add_line(f"{self.function(field.type)}({value}, out)")
        else:
            row.add_constant(key)
            row.add_expression(self.expression(field.type, value))

    def append(self, key: bytes, node: Type, value: str) -> str:
        if isinstance(node, ListOf | StructOf):
            return f"out.append({key!r}); {self.function(node)}({value}, out)"
        return f"out += ({key!r}, {self.expression(node, value)})"


class _Row:
    """The lines that append one Struct: neighbouring constants become one, neighbouring pieces one statement."""

    def __init__(self, start: bytes) -> None:
        self.lines: list[str] = []
        self.constant = start
        self.pieces: list[str] = []

    def add_constant(self, constant: bytes) -> None:
        self.constant += constant

    def add_expression(self, expression: str) -> None:
        self.close_constant()
        self.pieces.append(expression)

    def close_constant(self) -> None:
        if self.constant:
            self.pieces.append(repr(self.constant))
            self.constant = b""

    def add_line(self, line: str) -> None:
        self.lines += self.flush()
        self.lines.append(line)

    def flush(self) -> list[str]:
        self.close_constant()
        pieces, self.pieces = self.pieces, []
        return [f"out += ({', '.join(pieces)},)"] if pieces else []

    def finish(self) -> list[str]:
        return [*self.lines, *self.flush()]
