"""How JSON strings, form fields and the command line spell each kind."""

import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from gateway.signature import Kind
from gateway.text import READERS
from gateway.types import Unreadable

TAKEN: dict[Kind, dict[str, Any]] = {
    Kind.BOOL: {"1": True, "0": False, "true": True, "false": False},
    Kind.INT: {"0": 0, "5": 5, "-5": -5, "9" * 40: int("9" * 40)},
    Kind.INT32: {"2147483648": 2**31},
    Kind.FLOAT: {
        "1": 1.0,
        "+1.5": 1.5,
        "-.5": -0.5,
        "5.": 5.0,
        "1e3": 1000.0,
        "1E-3": 0.001,
        "1e999": float("inf"),
    },
    Kind.DECIMAL: {"1.50": Decimal("1.50"), "-0.1": Decimal("-0.1"), "007": Decimal(7)},
    Kind.STR: {"": "", " a\r\n": " a\r\n", "5": "5"},
    Kind.BYTES: {"": b"", "AP8=": b"\x00\xff", " A\r\nP 8\t=": b"\x00\xff"},
    Kind.DATE: {"2026-03-01": date(2026, 3, 1), "0001-01-01": date(1, 1, 1), "2024-02-29": date(2024, 2, 29)},
    Kind.DATETIME: {
        "2026-03-01T12:00:00Z": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "2026-03-01t12:00:00z": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "2026-03-01 12:00:00": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "2026-03-01T12:00:00.1234569Z": datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
        "2026-03-01T12:00:00.5-00:30": datetime(
            2026, 3, 1, 12, 0, 0, 500_000, tzinfo=timezone(-timedelta(minutes=30))
        ),
        "2026-03-01T12:00:00+23:59": datetime(
            2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=23, minutes=59))
        ),
    },
}
REFUSED: dict[Kind, list[str]] = {
    Kind.BOOL: ["", "yes", "TRUE", " 1", "1 ", "2", "on"],
    Kind.INT: [
        "",
        "05",
        "-0",
        "+5",
        "5.0",
        " 5",
        "5\n",
        "--5",
        "-",
        "1_000",
        "0x10",
        "٥",
        "９",
        "1e3",
        "9" * 41,
    ],
    Kind.INT32: ["5 ", "05"],
    Kind.FLOAT: [
        "",
        "nan",
        "inf",
        "Infinity",
        "1_0",
        " 1",
        "1\n",
        ".",
        "e3",
        "1e",
        "1e99999",
        "٥",
        "0x1p3",
        "1" * 401,
    ],
    Kind.DECIMAL: ["", "1e3", "NaN", "+1", ".5", "5.", "1,5", "٥", " 1", "1\n", "1" * 81],
    Kind.BYTES: ["A", "AP8", "AP8=x", "AP8==", "A P-8=", "AP8_", "====", "é"],
    Kind.DATE: [
        "",
        "2026-3-1",
        "2026-02-30",
        "2026-03-01Z",
        "20260301",
        "0000-01-01",
        " 2026-03-01",
        "2026-03-01\n",
    ],
    Kind.DATETIME: [
        *("", "2026-03-01", "2026-03-01T12:00", "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z"),
        *(
            "2026-02-30T12:00:00Z",
            "2026-03-01T12:00:00+24:00",
            "2026-03-01T12:00:00+01:60",
            "0000-01-01T00:00:00Z",
        ),
        *(
            "2026-03-01T12:00:00 Z",
            "2026-03-01T12:00:00.Z",
            "20260301T120000Z",
            "2026-03-01T12:00:00Z\n",
            "1700000000",
        ),
    ],
}


def test_every_kind_has_its_tables() -> None:
    assert TAKEN.keys() == READERS.keys() == {*REFUSED, Kind.STR} == set(Kind)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [(kind, text, value) for kind, each in TAKEN.items() for text, value in each.items()],
)
def test_taken(kind: Kind, text: str, value: Any) -> None:
    found = READERS[kind](text)
    assert repr(found) == repr(value)


WHAT = {
    "not a boolean (1 or 0)",
    "not an integer",
    "not a number",
    "not a decimal number",
    "not base64",
    "not a date (YYYY-MM-DD)",
    "not a date and time (2026-03-01T12:00:00Z)",
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in REFUSED.items() for text in texts]
)
def test_refused(kind: Kind, text: str) -> None:
    found = READERS[kind](text)
    assert isinstance(found, Unreadable)
    what, _, quoted = found.problem.partition(": ")
    assert what in WHAT
    assert quoted == repr(text if len(text) <= 40 else text[:40] + "...")


HOSTILE = ("9", "-", "0", "1.", ".1", "A", "=", " ", "\n", "é", "2026-03-01T", "1e", "😀")


@pytest.mark.parametrize("kind", list(Kind))
def test_no_text_of_a_megabyte_is_slow_or_quoted_whole(kind: Kind) -> None:
    started = time.process_time()
    for part in HOSTILE:
        found = READERS[kind]((part * 1_000_000)[:1_000_000] + "!")
        assert kind is Kind.STR or len(found.problem) < 140
    assert time.process_time() - started < 8
