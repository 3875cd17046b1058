"""Answers of many structs: what each costs, how much memory they need, and that none is lost between two parts."""

import time
import tracemalloc
from collections.abc import Sequence

import pytest
from lxml import etree

from gateway import READ, Component, Struct, function
from gateway.protocol import Answer
from tests.support.wire import Wired, request_of, soap_call


class Row(Struct, name="Row"):
    """Six members, as in the benchmarks."""

    id: int
    username: str
    firstname: str
    lastname: str
    email: str | None
    suspended: bool


@function("test_rows", effect=READ)
def rows() -> list[Row]:
    """Never called: its results are made here."""
    raise AssertionError


WIRED = Wired("soap", Component("test", functions=[rows]).functions[0])
REQUEST = request_of("soap", "test_rows", soap_call("test_rows", ""))
MESSAGE = WIRED.parse(REQUEST)


def make(count: int) -> list[Row]:
    return [
        Row(
            id=number,
            username=f"user{number}",
            firstname=f"Zoë {number}",
            lastname="van der Berg",
            email=None if number % 5 == 0 else f"u{number}&co@example.org",
            suspended=number % 7 == 0,
        )
        for number in range(count)
    ]


def answer(result: Sequence[Row]) -> bytes:
    (call,) = MESSAGE.items
    payload = WIRED.codec.encode(WIRED.validator.result(result), call)  # type: ignore[arg-type]
    return WIRED.protocol.reply(REQUEST, MESSAGE, [Answer(call, "R1", payload)]).body


def best(result: Sequence[Row], times: int) -> float:
    """Seconds a struct: of this thread, whatever else runs."""
    taken = []
    for _ in range(5):
        started = time.thread_time()
        for _ in range(times):
            answer(result)
        taken.append((time.thread_time() - started) / times)
    return min(taken) / len(result)


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 512, 513, 1000])
def test_no_row_is_lost(count: int) -> None:
    root = etree.fromstring(answer(make(count)))
    ids = [int(each.text or "") for each in root.iter("{*}id")]
    assert ids == list(range(count))
    (result,) = root.iter("{*}test_rowsResult")
    assert [each.tag.rpartition("}")[2] for each in result] == ["Row"] * count


def test_ten_thousand_structs_cost_each_what_fifty_do() -> None:
    few, many = make(50), make(10_000)
    answer(few)
    answer(many)
    # Whoever else uses the machine may spoil a round; the code would spoil each.
    ratios = []
    for _ in range(40):
        ratios.append(best(many, 1) / best(few, 20))
        if ratios[-1] <= 1.5:
            return
    raise AssertionError(f"an answer of 10,000 costs {min(ratios):.1f} times as much a struct as one of 50")


def test_ten_thousand_structs_need_little_memory_beside_the_rows() -> None:
    many = make(10_000)
    answer(many)
    tracemalloc.start()
    try:
        body = answer(many)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body) > 1_500_000
    assert peak < 20_000_000
