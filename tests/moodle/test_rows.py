"""tests/moodle/rows.csv: every row and bullet of what is known of Moodle's wire has a test, a deviation or a reason.

The sections are those of the notes that the rows were written from: 2 authentication, 4 wire formats, 5 types and
validation. A deviation is an id in docs/reference/deviations.md, which names its tests.
"""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "deviations.md"
ROWS = list(csv.DictReader((ROOT / "tests/moodle/rows.csv").read_text("utf-8").splitlines()))
HELD_BY = ("test", "deviation", "not shipped")
COUNTS = {
    "2.1": 3,
    "2.2": 18,
    "2.3": 8,
    "2.4": 21,
    "2.5": 15,
    "2.6": 2,
    "4": 3,
    "4.2": 19,
    "4.3": 8,
    "4.4": 2,
    "5.1": 5,
    "5.2": 7,
    "5.3": 26,
    "5.4": 3,
    "5.5": 11,
}
"""How many rows and bullets each section has."""


def _read_deviations() -> dict[str, list[str]]:
    """The cells of each deviation of the addresses for clients of Moodle, by its id."""
    part = PAGE.read_text("utf-8").partition("## Addresses for clients of Moodle\n")[2]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    assert all(len(row) == 4 for row in rows)
    return {row[0].strip("` |"): row for row in rows}


DEVIATIONS = _read_deviations()


@cache
def _names_in(path: str) -> frozenset[str]:
    return frozenset(re.findall(r"^def (test_\w+)", (ROOT / path).read_text("utf-8"), re.MULTILINE))


def assert_test(name: str) -> None:
    path, _, function = name.partition("::")
    assert function in _names_in(path), name


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['section']} {row['row']}"[:60] for row in ROWS])
def test_a_row_is_held_in_exactly_one_way(row: dict[str, str]) -> None:
    assert sum(bool(row[way]) for way in HELD_BY) == 1
    for name in row["test"].split():
        assert_test(name)
    assert set(row["deviation"].split()) <= DEVIATIONS.keys()


def test_no_row_is_forgotten() -> None:
    assert Counter(row["section"] for row in ROWS) == COUNTS
    assert len({(row["section"], row["row"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("name", DEVIATIONS)
def test_a_deviation_has_its_reason_and_tests_that_exist(name: str) -> None:
    _, differs, why, tests = DEVIATIONS[name]
    assert differs
    assert why
    named = re.findall(r"`([\w/.]+::\w+)`", tests)
    assert named
    for each in named:
        assert_test(each)
