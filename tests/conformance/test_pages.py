"""What docs/reference says of the checks, the debug levels and the limits is what holds."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway import limits
from gateway.faults import Level
from tests.conformance.data import CHECKS

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
LIMITS = {
    "body": f"{limits.BODY_BYTES // 2**20} MiB",
    "tags in an XML body": f"{limits.XML_TAGS:,}",
    "depth of arrays and objects": f"{limits.DEPTH}",
    "values in an AMF packet, or a call at Moodle's SOAP address": f"{limits.NODES:,}",
    "pairs in a form or query": f"{limits.FORM_PAIRS:,}",
    "bodies or headers in an AMF packet, calls in a `system.multicall`": f"{limits.ENVELOPE_CALLS}",
    "characters of a number": f"{limits.INTEGER_DIGITS}",
    "problems in one fault": f"{limits.PROBLEMS}",
    "logins of one user that last at the same time (Flex)": f"{limits.SESSIONS}",
}


def table(page: str, section: str) -> Sequence[Sequence[str]]:
    """The cells of the first table behind a heading, row by row."""
    text = (REFERENCE / page).read_text().partition(f"{section}\n")[2]
    lines = [line for line in text.partition("\n\n## ")[0].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[1:]]


def test_the_page_of_checks_has_them_all_in_order_with_what_callers_get() -> None:
    shown = [tuple(row[:1] + row[2:5]) for row in table("checks.md", "# The checks")]
    assert shown == [
        (each.number, each.fault.exception, each.fault.errorcode, str(each.fault.status)) for each in CHECKS
    ]


def test_the_page_of_checks_has_the_debug_levels() -> None:
    shown = " ".join(cell for row in table("checks.md", "## What a debug level shows") for cell in row[:2])
    numbers = {name.upper(): int(number) for name, number in re.findall(r"`([a-z]+)` \(([0-9]+)\)", shown)}
    assert numbers == {each.name: each.value for each in Level}
    assert set(re.findall(r"\b[A-Z]+\b", shown)) == set(numbers)


@pytest.mark.parametrize("what", LIMITS)
def test_the_page_of_protocols_has_the_limits(what: str) -> None:
    rows = {row[0]: row[1] for row in table("protocols.md", "## Limits")}
    assert rows.keys() == LIMITS.keys()
    assert re.match(rf"{LIMITS[what]}\b", rows[what])
