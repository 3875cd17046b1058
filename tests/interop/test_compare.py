"""The comparison tells right from wrong, or every cell of the table would be worth nothing."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.interop.cases import BY_NAME, CASES, AnyInteger, AtLeast, Case, FaultExpected
from tests.interop.clients import CLIENTS, HERE, Client
from tests.interop.compare import compare_fault, compare_value
from tests.interop.runner import judge

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAULT = FaultExpected("e", "code", "text", "why", [("a[0]", "bad")])
SEEN = {
    "exception": "e",
    "errorcode": "code",
    "message": "text",
    "cause": "why",
    "problems": [{"path": "a[0]", "problem": "bad"}],
    "request_id": "R",
}
ZEEP = next(each for each in CLIENTS if each.name == "zeep")


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        (5, 5),
        (2**53 + 1, str(2**53 + 1)),
        (0.5, 0.5),
        (2.0, 2),
        (-0.0, -0.0),
        (-0.0, "-0"),
        (Decimal("1.50"), "1.5"),
        (True, True),
        ("a", "a"),
        ("{client}.jane", "php.jane"),
        (b"\x00\xff", "AP8="),
        (NOON, "2026-03-01T14:00:00+02:00"),
        (None, None),
        ([1, 2], [1, 2]),
        ({"a": 1}, {"a": 1, "b": None}),
        ({"a": None}, {}),
        (AtLeast(a=1), {"a": 1, "b": 2}),
        (AnyInteger(), 7),
    ],
)
def test_equal_values_are_equal(expected: Any, seen: Any) -> None:
    assert compare_value(expected, seen, "php") is None


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        (5, 6),
        (5, "5"),
        (5, 5.0),
        (1, True),
        (True, 1),
        (0.5, "0.5"),
        (-0.0, 0.0),
        (0.0, -0.0),
        (0.1, 0.10000001),
        (Decimal("1.50"), "x"),
        (Decimal("1.50"), 1.5),
        ("a", "A"),
        ("", None),
        (b"\x00", "AP8="),
        (b"\x00", "A"),
        (NOON, "2026-03-01T12:00:00"),
        (NOON, "2026-03-01T12:00:00.000001Z"),
        (None, ""),
        (None, False),
        ([1, 2], [1]),
        ([1, 2], [2, 1]),
        ([], None),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1}, {}),
        ({"a": 1}, [1]),
        (AtLeast(a=1), {"b": 1}),
        (AnyInteger(), "7"),
    ],
)
def test_other_values_are_not(expected: Any, seen: Any) -> None:
    assert compare_value(expected, seen, "php") is not None


def test_a_difference_names_its_place() -> None:
    difference = compare_value({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, "php")
    assert difference == "value.a[1].b: expected 'x', got 'y'"


def test_a_fault_is_compared_whole() -> None:
    assert compare_fault(FAULT, SEEN) is None
    for name in SEEN:
        assert compare_fault(FAULT, {**SEEN, name: "" if name != "problems" else []}) is not None, name


@pytest.mark.parametrize(
    ("case", "line", "verdict"),
    [
        ("int-small", {"value": -5}, "ok"),
        ("int-small", {"value": 5}, "FAIL"),
        ("int-small", {"cannot": "no"}, "FAIL"),
        ("int-small", {"fault": SEEN}, "FAIL"),
        ("int-small", None, "FAIL"),
        ("fault-token", {"value": 1}, "FAIL"),
        ("text-empty", {"value": None}, "cannot"),
        ("text-empty", {"value": ""}, "FAIL"),
        ("text-empty", {"value": "x"}, "FAIL"),
        ("text-empty", {"cannot": "no"}, "FAIL"),
        ("text-empty", None, "FAIL"),
    ],
)
def test_only_what_is_listed_is_excused(case: str, line: dict[str, Any] | None, verdict: str) -> None:
    """zeep is listed for text-empty, where it prints null."""
    assert judge(ZEEP, BY_NAME[case], line).verdict == verdict


def test_a_fault_must_have_the_type_that_the_client_promises() -> None:
    case = Case("fault", "f", fault=FAULT)
    typed = _client(typed_faults=True)
    assert judge(typed, case, {"fault": SEEN, "typed": True}).verdict == "ok"
    assert judge(typed, case, {"fault": SEEN}).verdict == "FAIL"
    assert judge(_client(typed_faults=False), case, {"fault": SEEN, "typed": True}).verdict == "FAIL"


def _client(*, typed_faults: bool) -> Client:
    return Client("c", "", "soap", ZEEP.folder, "", typed_faults=typed_faults)


def test_names_are_given_once() -> None:
    assert len({each.name for each in CASES}) == len(CASES)
    assert len({each.name for each in CLIENTS}) == len(CLIENTS)


def test_every_client_says_what_it_needs_and_has_its_expectation() -> None:
    assert all(each.title and (each.packages or each.check == "true") for each in CLIENTS)
    expected = {each.stem for each in (HERE / "expected").glob("*.txt")}
    assert expected == {each.name for each in CLIENTS if each.signatures}
