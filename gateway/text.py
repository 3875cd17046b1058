"""Values written as text: how JSON strings, form fields and the command line spell each kind.

Numbers are Moodle's clean-and-compare (`05`, `+5`, `5.0` are no ints), instants RFC 3339, bytes base64 (RFC 4648, white
space allowed: PHP and Java wrap lines). What cannot be read becomes `Unreadable`.
"""

import binascii
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from gateway.limits import INTEGER_DIGITS
from gateway.signature import Kind
from gateway.types import Unreadable

_INT = re.compile(r"0|-?[1-9][0-9]*")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,20}))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))?"
)
_SPACE = re.compile(r"[ \t\r\n]+")
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}

Read = Callable[[str], Any]


def unreadable(text: str, what: str) -> Unreadable:
    """The marker for a text that is not `what`, quoting at most 40 characters of it."""
    return Unreadable(f"not {what}: {text[:40] + '...' if len(text) > 40 else text!r}")


def read_bool(text: str) -> Any:
    """`1`, `0`, `true`, `false`."""
    value = _BOOLEANS.get(text)
    return unreadable(text, "a boolean (1 or 0)") if value is None else value


def read_int(text: str) -> Any:
    """Digits, in their one canonical form."""
    if len(text) > INTEGER_DIGITS or not _INT.fullmatch(text):
        return unreadable(text, "an integer")
    return int(text)


def read_float(text: str) -> Any:
    """A number with optional sign, point and exponent."""
    if len(text) > 400 or not _FLOAT.fullmatch(text):
        return unreadable(text, "a number")
    return float(text)


def read_decimal(text: str) -> Any:
    """Digits with an optional sign and point; no exponent."""
    if len(text) > 2 * INTEGER_DIGITS or not _DECIMAL.fullmatch(text):
        return unreadable(text, "a decimal number")
    return Decimal(text)


def read_bytes(text: str) -> Any:
    """Base64."""
    try:
        return binascii.a2b_base64(_SPACE.sub("", text), strict_mode=True)
    except (ValueError, binascii.Error):
        return unreadable(text, "base64")


def read_date(text: str) -> Any:
    """YYYY-MM-DD."""
    found = _DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else unreadable(text, "a date (YYYY-MM-DD)")
    except ValueError:
        return unreadable(text, "a date (YYYY-MM-DD)")


def read_datetime(text: str) -> Any:
    """RFC 3339; the zone may be missing (then UTC). Digits beyond microseconds are cut."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return unreadable(text, "a date and time (2026-03-01T12:00:00Z)")
    *whole, fraction, zulu, sign, hours, minutes = found.groups()
    try:
        zone = UTC if zulu or not sign else _zone(sign, int(hours), int(minutes))
        microsecond = int((fraction or "0")[:6].ljust(6, "0"))
        return datetime(*map(int, whole), microsecond, tzinfo=zone)  # type: ignore[arg-type,misc]
    except ValueError:
        return unreadable(text, "a date and time (2026-03-01T12:00:00Z)")


def _zone(sign: str, hours: int, minutes: int) -> timezone:
    if minutes > 59:
        raise ValueError("minutes of a zone")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


READERS: dict[Kind, Read] = {
    Kind.BOOL: read_bool,
    Kind.INT: read_int,
    Kind.INT32: read_int,
    Kind.FLOAT: read_float,
    Kind.DECIMAL: read_decimal,
    Kind.STR: str,
    Kind.BYTES: read_bytes,
    Kind.DATETIME: read_datetime,
    Kind.DATE: read_date,
}
"""How a text of each kind is read."""
