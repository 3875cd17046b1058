"""Checked Python values to AMF0 bytes, by straight-line Python generated from a type (generator.py)."""

import struct
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from gateway.signature import Field, Kind, StructOf
from gateway.xml import ILLEGAL
from protocols.amf.amf0 import DATE, LONG_STRING, OBJECT, OBJECT_END, STRICT_ARRAY, STRING
from protocols.amf.generator import Generator, Row
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
    writer: Writer = _Generator().build(field, f"amf0 writer of {name}", "value", [])
    return writer


class _Generator(Generator):
    null = NULL
    scalars = _SCALARS
    array_head = staticmethod(write_array_head)

    def struct_lines(self, node: StructOf) -> list[str]:
        row = Row(bytes([OBJECT]))
        for field in node.fields:
            self.member(row, _key(field.name), field)
        row.add_constant(_END)
        return row.finish()


def write_plain(value: Any) -> bytes:
    """A plain value, its members by name and nothing by reference. Raises KeyError for what is none."""
    if type(value) is list:
        return write_array_head(len(value)) + b"".join(map(write_plain, value))
    if type(value) is dict:
        return write_object({name: write_plain(each) for name, each in value.items()})
    return _PLAIN[type(value)](value)


_PLAIN: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _value: NULL,
    bool: _write_boolean,
    int: write_integer,
    float: write_number,
    str: write_text,
    datetime: _write_datetime,
}
