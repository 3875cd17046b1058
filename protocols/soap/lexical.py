"""The lexical forms of scalars: text to Python value and back.

XML Schema Part 2 (W3C, second edition) section 3.2, as far as docs/reference/types.md takes it. Readers raise
ValueError for a text outside of the type's forms; ranges and finiteness are for validation.
"""

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from gateway import limits
from gateway.signature import Kind
from protocols.soap.names import WHITE_SPACE

_QUOTED = 40
"""How many characters of a caller's text a problem quotes."""

FAST_DIGITS = 18
"""So many ASCII digits are an integer of 64 bits at first sight."""

_DIGITS = limits.INTEGER_DIGITS
_INTEGER = re.compile(rf"[+-]?[0-9]{{1,{_DIGITS}}}")
_UNSIGNED = rf"(?:[0-9]{{1,{_DIGITS}}}(?:\.[0-9]{{0,{_DIGITS}}})?|\.[0-9]{{1,{_DIGITS}}})"
_DECIMAL = re.compile(rf"[+-]?{_UNSIGNED}")
_DOUBLE = re.compile(rf"[+-]?{_UNSIGNED}(?:[eE][+-]?[0-9]{{1,6}})?|[+-]?INF|NaN")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\.([0-9]{1,40}))?"
    r"(Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
)
_NO_SPACE = str.maketrans("", "", WHITE_SPACE)


def read_boolean(text: str) -> bool:
    """`true`, `1`, `false`, `0` (section 3.2.2)."""
    return BOOLEANS[text.strip(WHITE_SPACE)]


class _Booleans(dict[str, bool]):
    def __missing__(self, text: str) -> bool:
        raise ValueError(text)


BOOLEANS = _Booleans({"true": True, "1": True, "false": False, "0": False})
BOOLEAN_TEXTS = {True: "true", False: "false"}


def read_integer(text: str) -> int:
    """An optional sign and decimal digits (section 3.3.13), at most limits.INTEGER_DIGITS of them."""
    return int(_whole(_INTEGER, text))


def read_double(text: str) -> float:
    """Decimal or scientific notation, `INF`, `-INF`, `NaN` (section 3.2.5)."""
    return float(_whole(_DOUBLE, text))


def read_decimal(text: str) -> Decimal:
    """Decimal notation without an exponent (section 3.2.3)."""
    return Decimal(_whole(_DECIMAL, text))


def read_string(text: str) -> str:
    """Any text, as it is."""
    return text


def read_base64(text: str) -> bytes:
    """Base64 with its padding, white space anywhere (section 3.2.16); spare bits may be set (RFC 4648, section 3.5)."""
    return a2b_base64(text.translate(_NO_SPACE), strict_mode=True)


def read_datetime(text: str) -> datetime:
    """An instant, in UTC; without a zone it is read as UTC (section 3.2.7).

    Years 0001 to 9999, no 24:00:00, no leap second; digits beyond microseconds are cut.
    """
    found = _DATETIME.fullmatch(text.strip(WHITE_SPACE))
    if found is None:
        raise ValueError(text)
    moment, fraction, zone = found.groups()
    value = datetime.fromisoformat(f"{moment}.{(fraction or '0')[:6]:0<6}{zone or 'Z'}")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(text) from None


def read_date(text: str) -> date:
    """`YYYY-MM-DD`, without a zone."""
    return date.fromisoformat(_whole(_DATE, text))


def _whole(pattern: re.Pattern[str], text: str) -> str:
    text = text.strip(WHITE_SPACE)
    if pattern.fullmatch(text) is None:
        raise ValueError(text)
    return text


LEXICALS: dict[Kind, tuple[Callable[[str], Any], str]] = {
    Kind.BOOL: (read_boolean, "not a boolean"),
    Kind.INT: (read_integer, "not an integer"),
    Kind.INT32: (read_integer, "not an integer"),
    Kind.FLOAT: (read_double, "not a number"),
    Kind.DECIMAL: (read_decimal, "not a decimal number"),
    Kind.STR: (read_string, "not a text"),
    Kind.BYTES: (read_base64, "not base64"),
    Kind.DATETIME: (read_datetime, "not a date and time like 2026-03-01T12:00:00Z"),
    Kind.DATE: (read_date, "not a date like 2026-03-01"),
}
"""For each kind: the reader, and the problem of a text that it does not read."""


def quote(text: str) -> str:
    """A caller's text as a problem quotes it: cut, with control characters shown as escapes."""
    return repr(text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…")


def write_base64(value: bytes) -> str:
    """Base64 on one line."""
    return b2a_base64(value, newline=False).decode("ascii")


def write_datetime(value: datetime) -> str:
    """An instant in UTC, with `Z`; microseconds where there are any. A client's may come in another zone."""
    if value.utcoffset():
        value = value.astimezone(UTC)
    return f"{value.replace(tzinfo=None).isoformat()}Z"
