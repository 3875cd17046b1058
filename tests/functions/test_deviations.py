"""docs/reference/deviations.md: every deviation names the tests that hold it."""

import re
from pathlib import Path

import pytest

from functions.site import component as site
from functions.users import component as users

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "deviations.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").partition("\n## ")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| function ")
]
TESTS = {
    name
    for path in Path(__file__).parent.glob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}
FUNCTIONS = {each.name for component in (site, users) for each in component.functions}


def test_the_page_has_rows() -> None:
    assert len(ROWS) > 20
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("row", ROWS, ids=[row[1][:40] for row in ROWS])
def test_a_row_names_functions_and_tests_that_exist(row: list[str]) -> None:
    functions, _, _, tests = row
    assert functions == "all" or set(re.findall(r"\w+", functions)) <= FUNCTIONS
    named = set(re.findall(r"`(\w+)`", tests))
    assert named
    assert named <= TESTS
