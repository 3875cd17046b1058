"""Checked Python values to AMF3 bytes, by straight-line Python generated from a type (generator.py).

A Struct is an object without a class whose members are sealed: its traits, the names, are written once and then
referred to. Nothing else is: a table of texts would cost more than it saves, and objects are never the same.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Final

from gateway.signature import Field, Kind, State, StructOf
from gateway.xml import ILLEGAL
from protocols.amf import amf3
from protocols.amf.generator import Generator, Row
from protocols.amf.values import EPOCH, EXACT

Writer3 = Callable[[Any, int], bytes]
"""Gives the bytes of a value; the number says how many traits come before it in the same header or body."""

NULL: Final = bytes([amf3.NULL])
TRUE: Final = bytes([amf3.TRUE])
FALSE: Final = bytes([amf3.FALSE])

_END: Final = b"\x01"  # an empty text, in front of what would be the next member
_REFERENCE, _SEALED, _DYNAMIC = (
    0b01,
    0b0011,
    0b1011,
)  # the lowest bits of what follows the marker of an object
_LARGEST = 2**28
_MILLISECOND = timedelta(milliseconds=1)
_SHORT = tuple(bytes([amf3.STRING, size << 1 | 1]) for size in range(64))
_SMALL = tuple(bytes([amf3.INTEGER, number]) for number in range(128))

write_number: Callable[[float], bytes] = partial(struct.Struct(">Bd").pack, amf3.DOUBLE)
_write_milliseconds: Callable[[float], bytes] = partial(struct.Struct(">BBd").pack, amf3.DATE, 1)


def _u29(number: int) -> bytes:
    """A number of 29 bits (section 1.3.1). Raises OverflowError beyond them."""
    if number < 0x80:
        return bytes((number,))
    if number < 0x4000:
        return bytes((number >> 7 | 0x80, number & 0x7F))
    if number < 0x20_0000:
        return bytes((number >> 14 | 0x80, number >> 7 & 0x7F | 0x80, number & 0x7F))
    if number >= 2 * _LARGEST:
        raise OverflowError("AMF3 holds no more than 2^28 - 1 octets or items in one value")
    return bytes((number >> 22 | 0x80, number >> 15 & 0x7F | 0x80, number >> 8 & 0x7F | 0x80, number & 0xFF))


def write_text(text: str) -> bytes:
    """A String; characters that XML forbids become U+FFFD."""
    if not text.isprintable():
        text = ILLEGAL.sub("\ufffd", text)
    raw = text.encode()
    size = len(raw)
    return _SHORT[size] + raw if size < 64 else _sized(amf3.STRING, raw)


def _sized(marker: int, raw: bytes) -> bytes:
    return bytes((marker,)) + _u29(len(raw) << 1 | 1) + raw


def write_integer(number: int) -> bytes:
    """An Integer; beyond its 29 bits a Double; or beyond 2^53, where doubles lose digits, a String."""
    if 0 <= number < 0x80:
        return _SMALL[number]
    if -_LARGEST <= number < _LARGEST:
        return bytes((amf3.INTEGER,)) + _u29(number % (2 * _LARGEST))
    return write_number(number) if -EXACT <= number <= EXACT else write_text(str(number))


def write_boolean(value: bool) -> bytes:
    """True or False."""
    return TRUE if value else FALSE


def _write_decimal(value: Decimal) -> bytes:
    return _sized(amf3.STRING, format(value, "f").encode())


def write_bytes(value: bytes) -> bytes:
    """A ByteArray."""
    return _sized(amf3.BYTE_ARRAY, value)


def write_datetime(value: datetime) -> bytes:
    """A Date, whole milliseconds."""
    return _write_milliseconds((value - EPOCH) // _MILLISECOND)


def _write_date(value: date) -> bytes:
    return _sized(amf3.STRING, value.isoformat().encode())


def write_array_head(size: int) -> bytes:
    """What comes before the items of an Array without names."""
    return bytes((amf3.ARRAY,)) + _u29(size << 1 | 1) + _END


def write_array(items: Sequence[bytes]) -> bytes:
    """An Array of items that are written already."""
    return write_array_head(len(items)) + b"".join(items)


def write_object(members: Mapping[str, bytes]) -> bytes:
    """An anonymous object of members that are written already; its traits, which name no member, count."""
    pairs = [_name(name) + value for name, value in members.items()]
    return b"".join([_traits("", (), _DYNAMIC), *pairs, _END])


def write_typed(name: str, members: Mapping[str, bytes]) -> bytes:
    """An object of a class, of members that are written already: its traits come first, so they count from 1."""
    return _traits(name, tuple(members), _SEALED) + b"".join(members.values())


@lru_cache(maxsize=64)
def _traits(name: str, sealed: tuple[str, ...], flags: int) -> bytes:
    names = b"".join(map(_name, (name, *sealed)))
    return bytes((amf3.OBJECT,)) + _u29(len(sealed) << 4 | flags) + names


def _name(name: str) -> bytes:
    raw = name.encode()
    return _u29(len(raw) << 1 | 1) + raw


class Traits(dict[bytes, bytes]):
    """What stands for a Struct's traits: themselves the first time, then a reference to them."""

    def __init__(self, before: int) -> None:
        super().__init__()
        self._before = before

    def __missing__(self, traits: bytes) -> bytes:
        index = self._before + len(self)
        self[traits] = bytes((amf3.OBJECT,)) + _u29(index << 2 | _REFERENCE)
        return traits


_SCALARS: dict[Kind, Callable[[Any], bytes]] = {
    Kind.BOOL: write_boolean,
    Kind.INT: write_integer,
    Kind.INT32: write_integer,
    Kind.FLOAT: write_number,
    Kind.DECIMAL: _write_decimal,
    Kind.STR: write_text,
    Kind.BYTES: write_bytes,
    Kind.DATETIME: write_datetime,
    Kind.DATE: _write_date,
}


def compile_writer3(field: Field | None, name: str) -> Writer3:
    """What turns a checked value of a field (never ABSENT) into AMF3 bytes; a void result (None) is Null.

    `name` names the generated source in tracebacks.
    """
    if field is None:
        return lambda _value, _before: NULL
    writer: Writer3 = _Generator().build(
        field, f"amf3 writer of {name}", "value, before", ["traits = Traits(before)"]
    )
    return writer


class _Generator(Generator):
    null = NULL
    scalars = _SCALARS
    array_head = staticmethod(write_array_head)
    context = "out, traits"

    def __init__(self) -> None:
        super().__init__()
        self.names["Traits"] = Traits

    def struct_lines(self, node: StructOf) -> list[str]:
        """Members that may be absent come last, under their names: traits cannot say that one is not there."""
        absent = [field for field in node.fields if field.state is State.MAYBE]
        sealed = [field for field in node.fields if field.state is not State.MAYBE]
        names = [field.name for field in sealed]
        row = Row()
        traits = self.constant("traits", _traits("", tuple(names), _DYNAMIC if absent else _SEALED))
        row.add_expression(f"traits[{traits}]")
        for field in sealed:
            self.member(row, b"", field)
        for field in absent:
            self.member(row, _name(field.name), field)
        if absent:
            row.add_constant(_END)
        return row.finish()


def write_plain(value: Any) -> bytes:
    """A plain value, its members by name and nothing by reference. Raises KeyError for what is none."""
    if type(value) is list:
        return write_array([write_plain(each) for each in value])
    if type(value) is dict:
        return write_object({name: write_plain(each) for name, each in value.items()})
    return _PLAIN[type(value)](value)


_PLAIN: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _value: NULL,
    bool: write_boolean,
    int: write_integer,
    float: write_number,
    str: write_text,
    bytes: write_bytes,
    datetime: write_datetime,
}
