"""Whether what a client printed is what was to come. Clients print JSON, in the forms that README.md lists."""

import base64
import binascii
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.interop.cases import CLIENT, AnyInteger, AtLeast, FaultExpected

Difference = str | None
"""What is wrong, with its path; None when nothing is."""


def compare_value(expected: Any, seen: Any, client: str, path: str = "value") -> Difference:
    """How a JSON value differs from the Python value expected; null and absent are one thing."""
    if isinstance(expected, dict):
        return _compare_struct(expected, seen, client, path)
    if isinstance(expected, list):
        return _compare_list(expected, seen, client, path)
    if isinstance(expected, str):
        expected = expected.replace(CLIENT, client)
    read = _READERS.get(type(expected), _as_it_is)
    try:
        equal = _equal(expected, read(seen))
    except (TypeError, ValueError, InvalidOperation, binascii.Error):
        equal = False
    return None if equal else f"{path}: expected {_cut(expected)}, got {_cut(seen)}"


def compare_fault(expected: FaultExpected, seen: Mapping[str, Any]) -> Difference:
    """How a fault differs; its request id must be there."""
    for name in ("exception", "errorcode", "message", "cause"):
        wanted, found = getattr(expected, name), seen.get(name) or ""
        if wanted and found != wanted:
            return f"fault.{name}: expected {_cut(wanted)}, got {_cut(found)}"
    problems = [(each["path"], each["problem"]) for each in seen.get("problems") or []]
    if problems != list(expected.problems):
        return f"fault.problems: expected {expected.problems!r}, got {problems!r}"
    return None if seen.get("request_id") else "fault.request_id: there is none"


def _compare_struct(expected: Mapping[str, Any], seen: Any, client: str, path: str) -> Difference:
    if not isinstance(seen, dict):
        return f"{path}: expected a structure, got {_cut(seen)}"
    more = {name for name, value in seen.items() if value is not None} - expected.keys()
    if more and not isinstance(expected, AtLeast):
        return f"{path}: nobody expected {', '.join(sorted(more))}"
    return _first(
        compare_value(each, seen.get(name), client, f"{path}.{name}") for name, each in expected.items()
    )


def _compare_list(expected: list[Any], seen: Any, client: str, path: str) -> Difference:
    if not isinstance(seen, list) or len(seen) != len(expected):
        return f"{path}: expected {len(expected)} items, got {_cut(seen)}"
    pairs = enumerate(zip(expected, seen, strict=True))
    return _first(compare_value(*pair, client, f"{path}[{index}]") for index, pair in pairs)


def _first(differences: Iterable[Difference]) -> Difference:
    return next((each for each in differences if each is not None), None)


def _equal(expected: Any, seen: Any) -> bool:
    if isinstance(expected, AnyInteger):
        return type(seen) is int
    return type(expected) is type(seen) and bool(expected == seen) and _sign(expected) == _sign(seen)


def _read_instant(seen: Any) -> datetime:
    """RFC 3339; digits beyond microseconds are cut, but must be zeros to be equal."""
    moment = datetime.fromisoformat(seen)
    if moment.tzinfo is None:
        raise ValueError(seen)
    return moment.astimezone(UTC)


def _sign(value: Any) -> float:
    """Tells -0.0 from 0.0."""
    return math.copysign(1.0, value) if isinstance(value, float) else 1.0


def _read_float(seen: Any) -> float:
    """A number, or the text -0 of languages whose JSON knows no such number."""
    if seen == "-0":
        return -0.0
    if type(seen) not in (int, float):
        raise TypeError(seen)
    return float(seen)


def _read_int(seen: Any) -> Any:
    """A number, or its digits where it is beyond what a double holds."""
    return int(seen) if isinstance(seen, str) and abs(int(seen)) > 2**53 else seen


def _read_decimal(seen: Any) -> Decimal:
    if not isinstance(seen, str):
        raise TypeError(seen)
    return Decimal(seen)


def _read_bytes(seen: Any) -> bytes:
    return base64.b64decode(seen, validate=True)


def _as_it_is(seen: Any) -> Any:
    return seen


_READERS: Mapping[type, Callable[[Any], Any]] = {
    int: _read_int,
    float: _read_float,
    Decimal: _read_decimal,
    bytes: _read_bytes,
    datetime: _read_instant,
    date: date.fromisoformat,
}


def _cut(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
