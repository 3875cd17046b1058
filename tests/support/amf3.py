"""AMF3 by hand, byte by byte (Action Message Format, AMF 3, January 2013)."""

from collections.abc import Mapping, Sequence
from struct import pack

from tests.support.wire import utf


def u29(number: int) -> bytes:
    """A number of 29 bits."""
    if number < 0x80:
        return bytes([number])
    if number < 0x4000:
        return bytes([number >> 7 | 0x80, number & 0x7F])
    if number < 0x200000:
        return bytes([number >> 14 | 0x80, number >> 7 & 0x7F | 0x80, number & 0x7F])
    return bytes([number >> 22 | 0x80, number >> 15 & 0x7F | 0x80, number >> 8 & 0x7F | 0x80, number & 0xFF])


def bare(value: str) -> bytes:
    """A text without a marker."""
    raw = value.encode()
    return u29(len(raw) << 1 | 1) + raw


def text(value: str) -> bytes:
    """A String."""
    return b"\x06" + bare(value)


def array(*items: bytes) -> bytes:
    """An Array without names."""
    return b"\x09" + u29(len(items) << 1 | 1) + b"\x01" + b"".join(items)


def dynamic(name: str, members: Mapping[str, bytes]) -> bytes:
    """An object of a class, anonymous if it has no name, with members that are not sealed."""
    return b"\x0a\x0b" + bare(name) + b"".join(bare(key) + value for key, value in members.items()) + b"\x01"


def record(**members: bytes) -> bytes:
    """An anonymous object with members that are not sealed."""
    return dynamic("", members)


def sealed(name: str, names: Sequence[str], *values: bytes) -> bytes:
    """An object with members that its traits name."""
    return b"\x0a" + u29(len(names) << 4 | 3) + bare(name) + b"".join(map(bare, names)) + b"".join(values)


def external(name: str, value: bytes) -> bytes:
    """An object that writes itself."""
    return b"\x0a\x07" + bare(name) + value


def reference(marker: int, index: int) -> bytes:
    """What an object, or a text (marker 6), with this index in its table is named by."""
    return bytes([marker]) + u29(index << 1)


def packet(*arguments: bytes, name: str = "f") -> bytes:
    """A call as NetConnection sends it: an AMF0 array of arguments, each in AMF3; the length is none."""
    body = pack(">BI", 0x0A, len(arguments)) + b"".join(b"\x11" + each for each in arguments)
    return b"\0\3\0\0\0\1" + utf(name) + utf("/1") + b"\xff\xff\xff\xff" + body
