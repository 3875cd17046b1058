"""The table of the WS-I Basic Profile 1.1: every number once, each with a test that exists or a reason."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TEXT = (HERE / "basic_profile.toml").read_text()
TABLE: dict[str, dict[str, str]] = tomllib.loads(TEXT)

SECTIONS = {
    "conformance and discovery": "0001 0004-0007 3002 3003 3010 3011 3100",
    "envelopes and processing": "1000-1018 1025 1027-1032 4001 9980 9981",
    "HTTP": "1107-1115 1119-1127 1130-1132 1140 1141",
    "documents": "2001-2005 2007-2011 2020-2030 4002-4005",
    "types": "2101 2102 2105 2110-2114 2800 2801",
    "messages and port types": "2201-2214 2301-2306",
    "bindings": "2401 2701 2702 2705-2707 2709-2712 2714 2716-2729 2735 2737-2745 2747-2755",
    "security": "5000 5001 5010",
}
"""The numbers that the profile assigned, section by section."""


def assigned() -> set[str]:
    """Every number of the profile."""
    found: set[str] = set()
    for each in " ".join(SECTIONS.values()).split():
        first, _, last = each.partition("-")
        found |= {f"R{number:04}" for number in range(int(first), int(last or first) + 1)}
    return found


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file of this folder."""
    tree = ast.parse((HERE / file).read_text())
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


def test_every_number_of_the_profile_is_in_the_table() -> None:
    assert sorted(assigned() ^ TABLE.keys()) == []


def test_no_number_comes_twice() -> None:
    assert len(re.findall(r"^\[", TEXT, re.MULTILINE)) == len(TABLE)


@pytest.mark.parametrize("number", TABLE)
def test_a_number_has_a_gist_and_either_a_test_that_exists_or_a_reason(number: str) -> None:
    row = TABLE[number]
    assert row.keys() in ({"gist", "test"}, {"gist", "reason"})
    assert all(len(text) > 10 for text in row.values())
    for file, name in re.findall(r"(\w+\.py)::(\w+)", " ".join(row.values())):
        assert name in names_in(file)
    if "test" in row:
        assert re.fullmatch(r"test_\w+\.py::test_\w+", row["test"])
