"""AMF3 bodies made to cost more than they weigh: each call of `test_people` has about so many bytes."""

from collections.abc import Callable, Mapping
from itertools import product
from string import ascii_letters

from tests.support.amf3 import array, bare, packet, record, reference, sealed, text, u29

_LETTERS = ascii_letters + "0123456789-_"


def _names(number: int) -> list[str]:
    """Different texts of four letters."""
    return ["".join(each) for each, _ in zip(product(_LETTERS, repeat=4), range(number), strict=False)]


def _call(*items: bytes) -> bytes:
    return packet(array(*items), name="test_people")


def _repeated(first: bytes, again: bytes, size: int) -> bytes:
    return _call(first, *[again] * ((size - len(first)) // len(again)))


def _objects_of_one_class(size: int) -> bytes:
    nulls = b"\x01" * 100
    return _repeated(sealed("C", _names(100), nulls), b"\x0a\x01" + nulls, size)


def _rows_below_the_limit(size: int) -> bytes:
    """One row of a hundred members, named as often as the limit of values takes."""
    row = record(**dict.fromkeys(_names(100), b"\x01"))
    return _call(row, *[reference(0x0A, 1)] * 4_900, *[b"\x01"] * (size - 2 * 4_900 - len(row)))


HOSTILE: Mapping[str, Callable[[int], bytes]] = {
    "AMF3 nulls": lambda n: _call(*[b"\x01"] * n),
    "AMF3 integers": lambda n: _call(*[b"\x04\x81\x80\x80\x00"] * (n // 5)),
    "AMF3 empty arrays": lambda n: _call(*[array()] * (n // 3)),
    "AMF3 empty objects": lambda n: _repeated(record(), b"\x0a\x01\x01", n),
    "AMF3 many texts": lambda n: _call(*map(text, _names(n // 6))),
    "AMF3 many members": lambda n: _call(record(**dict.fromkeys(_names(n // 6), b"\x01"))),
    "AMF3 one member again": lambda n: _call(
        b"\x0a\x0b\x01" + bare("aa") + b"\x01" + b"\x00\x01" * (n // 2) + b"\x01"
    ),
    "AMF3 many sealed members": lambda n: _call(sealed("", _names(n // 6), b"\x01" * (n // 6))),
    "AMF3 many traits": lambda n: _call(*[sealed("", ["a"], b"\x01")] * (n // 6)),
    "AMF3 objects of one class": _objects_of_one_class,
    "AMF3 rows by reference": lambda n: _repeated(
        record(**dict.fromkeys(_names(100), b"\x01")), reference(0x0A, 1), n
    ),
    "AMF3 rows below the limit": _rows_below_the_limit,
    "AMF3 a long text again": lambda n: _repeated(text("x" * (n // 2)), reference(6, 0), n),
    "AMF3 a long text in an array again": lambda n: _repeated(
        array(text("x" * (n // 2))), reference(9, 1), n
    ),
    "AMF3 a short text again": lambda n: _repeated(text("x" * 63), reference(6, 0), n),
    "AMF3 a long name again": lambda n: _repeated(
        record(**{"x" * (n // 2): b"\x01"}), b"\x0a\x01\x00\x01\x01", n
    ),
    "AMF3 XML again": lambda n: _repeated(b"\x0b" + bare("x" * (n // 2)), reference(0x0B, 1), n),
    "AMF3 a ByteArray again": lambda n: _repeated(b"\x0c" + bare("x" * (n // 2)), reference(0x0C, 1), n),
    "AMF3 Dates": lambda n: _call(*[b"\x08\x01" + bytes(8)] * (n // 10)),
    "AMF3 a Date again": lambda n: _repeated(b"\x08\x01" + bytes(8), reference(8, 1), n),
    "AMF3 a Vector": lambda n: _call(b"\x0d" + u29((n // 4) << 1 | 1) + b"\x00" + b"\x7f" * (n // 4 * 4)),
    "AMF3 a Dictionary": lambda n: _call(
        b"\x11" + u29((n // 7) << 1 | 1) + b"\x00" + b"".join(text(each) + b"\x01" for each in _names(n // 7))
    ),
}
