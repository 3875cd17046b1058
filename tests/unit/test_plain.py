"""JSON to values and back, where the kinds of one signature touch each other."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest

from gateway import ABSENT, Maybe, Param, Struct
from gateway.faults import INVALID_REQUEST, Fault
from tests.support.wire import Wired, declare, request_of


class Reading(Struct):
    ratio: float
    at: Maybe[datetime] = ABSENT


class Price(Struct):
    amount: Decimal


def read(parameters: dict[str, Any], body: str) -> tuple[Any, ...]:
    return Wired("rest", declare(parameters, None)).arguments(request_of("rest", "test_echo", body.encode()))


def test_numbers_are_exact_for_decimals_and_doubles_beside_them() -> None:
    parameters = {"price": Price, "readings": list[Reading], "ratio": float, "grid": list[list[float]]}
    body = '{"price": {"amount": 0.10}, "readings": [{"ratio": 1.5}], "ratio": 2.5e3, "grid": [[1, 0.5]]}'
    price, readings, ratio, grid = read(parameters, body)
    assert str(price.amount) == "0.10"
    assert (readings, ratio, grid) == ([Reading(ratio=1.5)], 2500.0, [[1.0, 0.5]])
    assert type(readings[0].ratio) is type(grid[0][0]) is float


def test_a_number_that_no_decimal_holds_is_no_json_that_can_be_read() -> None:
    for number in ("1e9999999999999999999", "-1e-" + "9" * 50_000):
        with pytest.raises(Fault, match="number out of range") as raised:
            read({"price": Price}, f'{{"price": {{"amount": {number}}}}}')
        assert raised.value.kind is INVALID_REQUEST


def test_what_is_no_text_stays_what_it_is_for_the_problems() -> None:
    with pytest.raises(Fault) as raised:
        read(
            {"price": Price, "readings": list[Reading]},
            '{"price": {"amount": true}, "readings": [5, {"ratio": 1, "at": 6}]}',
        )
    assert {each.path: each.problem for each in raised.value.problems} == {
        "price.amount": '"True" is a boolean, not a decimal number',
        "readings[0]": "is an integer, not a structure",
        "readings[1].at": '"6" is an integer, not a date and time',
    }


def test_secrets_in_a_secret_structure_are_not_quoted() -> None:
    with pytest.raises(Fault) as raised:
        read(
            {"readings": Annotated[list[Reading], Param(secret=True)]},
            '{"readings": [{"ratio": 1, "at": "swordfish"}]}',
        )
    assert "swordfish" not in str(raised.value.problems)


def test_results_are_cleaned_wherever_they_hold_what_xml_forbids() -> None:
    class Row(Struct):
        texts: list[str]
        price: Maybe[Decimal] = ABSENT
        at: datetime | None = None

    wired = Wired("rest", declare({}, list[Row]))
    request = request_of("rest", "test_echo", b"{}")
    rows = [
        Row(texts=["a\x01", "\ud800", "\\u0001", "\uffff", "\x7f é😀"], at=datetime(2026, 3, 1, tzinfo=UTC))
    ]
    expected = '[{"texts":["a\ufffd","\ufffd","\\\\u0001","\ufffd","\x7f é😀"],"at":"2026-03-01T00:00:00Z"}]'
    assert wired.reply(request, rows).body.decode() == expected
    rows[0].price = Decimal("1E+3")
    assert b'"price":"1000"' in wired.reply(request, rows).body
