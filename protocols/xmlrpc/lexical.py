"""The texts inside XML-RPC's scalar types, read and written (xmlrpc.com/spec; docs/reference/types.md).

Also the extensions `nil`, `i8` and their spelling in the namespace of Apache ws-xmlrpc; no other vendor type is read.
"""

import re
from binascii import b2a_base64
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from gateway import text
from gateway.limits import INTEGER_DIGITS
from gateway.signature import Choice, Kind, Scalar
from gateway.types import Unreadable
from gateway.xml import escape

Convert = Callable[[str | None], Any]
"""The text of a scalar element (None when it is empty) to a value or Unreadable; never raises."""

EXTENSIONS = "{http://ws.apache.org/xmlrpc/namespaces/extensions}"
INTEGERS = ("int", "i4", "i8", f"{EXTENSIONS}i8")
NILS = ("nil", f"{EXTENSIONS}nil")

_INT = re.compile(r"[+-]?[0-9]+")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_DOUBLE_LENGTH = 400  # the specification knows no exponent: the largest double then takes 309 digits
_BASIC_DATETIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{2}:?[0-9]{2}:?[0-9]{2}.*)", re.DOTALL)
_BASIC_TIME = re.compile(r"T([0-9]{2})([0-9]{2})([0-9]{2})")


def read_text(content: str | None) -> str:
    """`<string>`, and a `<value>` without a type."""
    return content or ""


def read_int(content: str | None) -> Any:
    """`<int>`, `<i4>`, `<i8>`: digits with an optional sign; leading zeros are allowed. The width is not checked."""
    content = content or ""
    if (
        len(content) <= INTEGER_DIGITS
        and (content.isdecimal() or _INT.fullmatch(content))
        and content.isascii()
    ):
        return int(content)
    return text.unreadable(content, "an integer")


def read_bool(content: str | None) -> Any:
    """`<boolean>`: 0 or 1."""
    if content == "1":
        return True
    return False if content == "0" else text.unreadable(content or "", "a boolean (0 or 1)")


def read_double(content: str | None) -> Any:
    """`<double>`: also with an exponent, which the specification leaves out and most clients write."""
    content = content or ""
    if len(content) > _DOUBLE_LENGTH or not _DOUBLE.fullmatch(content):
        return text.unreadable(content, "a number")
    return float(content)


def read_datetime(content: str | None) -> Any:
    """`<dateTime.iso8601>`: `20260301T12:00:00`, without the colons, or as RFC 3339 writes it; no zone is UTC."""
    content = content or ""
    basic = _BASIC_DATETIME.fullmatch(content) if len(content) < 50 else None
    if basic is None:
        return text.read_datetime(content)
    year, month, day, time = basic.groups()
    time = _BASIC_TIME.sub(r"T\1:\2:\3", time)
    found = text.read_datetime(f"{year}-{month}-{day}{time}")
    if isinstance(found, Unreadable):
        return text.unreadable(content, "a date and time (20260301T12:00:00)")
    return found


def read_base64(content: str | None) -> Any:
    """`<base64>`: RFC 4648, broken into lines or not."""
    return text.read_bytes(content or "")


def read_nil(content: str | None) -> Any:
    """`<nil/>`, which is empty."""
    return None if not content or content.isspace() else Unreadable("not nil: <nil/> holds no text")


def _int_of_boolean(content: str | None) -> Any:
    value = read_bool(content)
    return int(value) if isinstance(value, bool) else value


def _boolean_of_int(content: str | None) -> Any:
    value = read_int(content)
    return bool(value) if value in (0, 1) else text.unreadable(content or "", "a boolean (0 or 1)")


def _double_of_int(content: str | None) -> Any:
    value = read_int(content)
    return float(value) if isinstance(value, int) else value


def _decimal_of_int(content: str | None) -> Any:
    value = read_int(content)
    return Decimal(value) if isinstance(value, int) else value


def _decimal_of_double(content: str | None) -> Any:
    value = read_double(content)
    return Decimal(content or "") if isinstance(value, float) else value


def _date_of_datetime(content: str | None) -> Any:
    return text.unreadable(content or "", "a date (a string YYYY-MM-DD)")


_OWN: dict[str, Convert] = {
    **dict.fromkeys(INTEGERS, read_int),
    **dict.fromkeys(NILS, read_nil),
    "boolean": read_bool,
    "double": read_double,
    "string": read_text,
    "dateTime.iso8601": read_datetime,
    "base64": read_base64,
}
_INT_INSTEAD: dict[str, Convert] = {
    "boolean": _int_of_boolean,
    "string": lambda content: text.read_int(content or ""),
}
_INSTEAD: dict[Kind, dict[str, Convert]] = {
    Kind.BOOL: dict.fromkeys(INTEGERS, _boolean_of_int),
    Kind.INT: _INT_INSTEAD,
    Kind.INT32: _INT_INSTEAD,
    Kind.FLOAT: dict.fromkeys(INTEGERS, _double_of_int),
    Kind.DECIMAL: {
        **dict.fromkeys(INTEGERS, _decimal_of_int),
        "double": _decimal_of_double,
        "string": lambda content: text.read_decimal(content or ""),
    },
    Kind.DATE: {
        "dateTime.iso8601": _date_of_datetime,
        "string": lambda content: text.read_date(content or ""),
    },
}


def _unquoted(convert: Convert) -> Convert:
    def read(content: str | None) -> Any:
        value = convert(content)
        return Unreadable(value.problem.partition(":")[0]) if isinstance(value, Unreadable) else value

    return read


def conversions(node: Scalar | Choice | None, *, secret: bool = False) -> Mapping[str, Convert]:
    """How the text of each scalar element is read where `node` is declared (None: nothing is declared).

    An element of another type than expected gives the value of its own type, which validation then refuses by
    name. Values of secret and of undeclared fields are never quoted.
    """
    own = _OWN | _INSTEAD.get(node.kind, {}) if isinstance(node, Scalar) else _OWN
    hidden = secret or node is None
    return {tag: _unquoted(convert) for tag, convert in own.items()} if hidden else own


def write_double(value: float) -> str:
    """A double without an exponent, as the specification asks; it reads back as the same double."""
    written = repr(value)
    if "e" not in written:
        return written
    written = format(Decimal(written), "f")
    return written if "." in written else f"{written}.0"


def write_base64(value: bytes) -> str:
    """RFC 4648, in one line."""
    return b2a_base64(value, newline=False).decode("ascii")


def write_datetime(value: datetime) -> str:
    """`20260301T12:00:00`: whole seconds, cut, in UTC."""
    if value.tzinfo is not None:
        value = value.astimezone(UTC)
    return value.isoformat(timespec="seconds")[:19].replace("-", "")


def write_integer(value: int) -> str:
    """`<int>` to 32 bits, `<i8>` beyond."""
    return f"<int>{value}</int>" if -(2**31) <= value < 2**31 else f"<i8>{value}</i8>"


def write_scalar(value: bool | int | float | Decimal | str | bytes | datetime | date) -> str:
    """The element of a scalar by its own Python type."""
    match value:
        case bool():
            return f"<boolean>{value:d}</boolean>"
        case int():
            return write_integer(value)
        case float():
            return f"<double>{write_double(value)}</double>"
        case Decimal():
            return f"<string>{value:f}</string>"
        case bytes():
            return f"<base64>{write_base64(value)}</base64>"
        case datetime():
            return f"<dateTime.iso8601>{write_datetime(value)}</dateTime.iso8601>"
        case date():
            return f"<string>{value.isoformat()}</string>"
        case str():
            return f"<string>{escape(value)}</string>"
