"""The one picture of all users, head and shoulders in grey, as PNG (ISO/IEC 15948); nobody can upload another."""

import functools
import zlib
from collections.abc import Iterator
from struct import pack
from typing import Final

LARGE: Final = "/pix/u/f1.png"
SMALL: Final = "/pix/u/f2.png"
PIXELS: Final = {LARGE: 100, SMALL: 35}
"""Width and height by path: those of Moodle's own pictures."""

_GROUND, _FIGURE = b"\xe6", b"\xa0"
_GREYSCALE = bytes([8, 0, 0, 0, 0])
"""Bits a sample, colour type, compression, filter, interlace."""


@functools.cache
def draw(pixels: int) -> bytes:
    """The picture with so many pixels a side."""
    rows = b"".join(b"\0" + b"".join(row) for row in _rows(pixels))  # each row begins with its filter: none
    header = pack(">II", pixels, pixels) + _GREYSCALE
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _rows(pixels: int) -> Iterator[Iterator[bytes]]:
    places = [(each + 0.5) / pixels for each in range(pixels)]
    for y in places:
        yield (_FIGURE if _is_figure(x, y) else _GROUND for x in places)


def _is_figure(x: float, y: float) -> bool:
    """Whether a point of the unit square lies in the head, or in the shoulders."""
    head = (x - 0.5) ** 2 + (y - 0.38) ** 2 < 0.19**2
    shoulders = (x - 0.5) ** 2 / 0.36**2 + (y - 1) ** 2 / 0.36**2 < 1
    return head or shoulders


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
