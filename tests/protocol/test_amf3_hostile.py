"""AMF3 packets made to break a decoder: bombs, cycles, cuts, and 20,000 mutants. A Fault or an answer, and soon."""

import random
import tracemalloc
from collections.abc import Iterator
from struct import pack
from time import process_time

import pytest

from gateway import limits
from gateway.faults import INVALID_REQUEST, Fault
from tests.support.amf3 import array, bare, external, packet, record, reference, sealed, text, u29
from tests.support.amf_target import COLLECTION, GOOD, check, parse, run
from tests.support.mutation import mutate
from tests.support.wire import utf

SECONDS = 20.0  # of processor time: ten times what it takes, for a busy machine; what it guards against takes minutes
MANY = (1 << 29) - 1  # the greatest U29: 2^28 - 1 of whatever is counted, and that it is no reference


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    start = process_time()
    yield
    assert process_time() - start < SECONDS


def doubling(levels: int) -> bytes:
    """Arrays that each name the one before twice: two to the power of `levels` values."""
    rows = [array()] + [array(*[reference(9, level)] * 2) for level in range(1, levels)]
    return array(*rows)


def nested(levels: int, head: bytes, end: bytes = b"") -> bytes:
    return head * levels + b"\x01" + end * levels


ARRAYS = b"\x09\x03\x01"
BOMBS = {
    "2^30 values by references": (doubling(30), "more than 500000 values"),
    "2^28 items declared": (b"\x09" + u29(MANY) + b"\x01", "more than there are bytes left"),
    "2^28 sealed members declared": (b"\x0a" + u29(MANY & ~0b1100) + b"\x01", "more than there are bytes"),
    "2^28 octets declared": (b"\x0c" + u29(MANY), "ends in the middle"),
    "2^28 characters declared": (b"\x06" + u29(MANY), "ends in the middle"),
    "2^28 characters of XML declared": (b"\x0b" + u29(MANY) + b"<a/>", "ends in the middle"),
    "2^28 characters of a name declared": (b"\x0a\x0b\x01" + u29(MANY) + b"a", "ends in the middle"),
    "2^28 integers declared": (b"\x0d" + u29(MANY) + b"\0" + bytes(40), "more than there are bytes left"),
    "2^28 doubles declared": (b"\x0f" + u29(MANY) + b"\0" + bytes(40), "more than there are bytes left"),
    "2^28 objects declared": (b"\x10" + u29(MANY) + b"\0\1" + bytes(40), "more than there are bytes left"),
    "2^28 pairs declared": (b"\x11" + u29(MANY) + b"\0" + bytes(40), "more than there are bytes left"),
    "an array in itself": (array(reference(9, 0)), "reference 0 names what contains it"),
    "a named item in itself": (b"\x09\1" + bare("a") + reference(9, 0) + b"\1", "names what contains it"),
    "an object in itself": (record(x=reference(10, 0)), "reference 0 names what contains it"),
    "a sealed member in itself": (sealed("C", ["x"], reference(10, 0)), "names what contains it"),
    "a Vector in itself": (b"\x10\3\0\1" + reference(16, 0), "reference 0 names what contains it"),
    "a Dictionary in itself": (b"\x11\3\0" + text("a") + reference(17, 0), "names what contains it"),
    "a collection in itself": (external(COLLECTION, reference(10, 0)), "names what contains it"),
    "a collection in its array": (external(COLLECTION, array(reference(10, 0))), "names what contains it"),
    "a cycle of two": (array(record(x=array(reference(10, 1)))), "reference 1 names what contains it"),
    "an object ahead": (array(reference(9, 1), array()), "reference 1 names nothing"),
    "a text ahead": (array(reference(6, 0), text("a")), "reference 0 names no text"),
    "traits ahead": (array(b"\x0a\1\1", record()), "reference 0 names no traits"),
    "traits named by themselves": (b"\x0a\x13" + reference(0, 0)[1:], "reference 0 names no text"),
    "a member named after its class, with no class": (b"\x0a\x13\1\0\1", "reference 0 names no text"),
    "the last index": (b"\x0a" + u29(MANY & ~1), "names nothing"),
    "the last traits": (b"\x0a" + u29(MANY & ~2), "names no traits"),
    "100,000 arrays deep": (nested(100_000, ARRAYS), "nested deeper than 64"),
    "100,000 objects deep": (nested(100_000, b"\x0a\x0b\1\3x", b"\1"), "nested deeper than 64"),
    "100,000 sealed objects deep": (sealed("C", ["x"]) + nested(100_000, b"\x0a\1"), "deeper than 64"),
    "100,000 Vectors deep": (nested(100_000, b"\x10\3\0\1"), "nested deeper than 64"),
    "100,000 Dictionaries deep": (nested(100_000, b"\x11\3\0\6\3x"), "nested deeper than 64"),
    "100,000 collections deep": (nested(100_000, external(COLLECTION, b"")), "nested deeper than 64"),
    "65 deep, with the array of arguments": (nested(64, ARRAYS), "nested deeper than 64"),
    "deep by a reference to the deep": (
        array(nested(40, ARRAYS), nested(40, ARRAYS)[:-1] + reference(9, 1)),
        "deeper than 64",
    ),
    "600,000 nulls": (array(*[b"\1"] * 600_000), "more than 500000 values"),
    "600,000 integers": (b"\x0d" + u29(600_000 << 1 | 1) + b"\0" + bytes(2_400_000), "500000 values"),
    "400,000 references to a megabyte": (array(text("x" * 1_000_000), *[b"\6\0"] * 400_000), "500000 values"),
    "400,000 names of a megabyte": (
        array(record(**{"x" * 1_000_000: b"\1"}), *[b"\x0a\1\0\1\1"] * 400_000),
        "500000 values",
    ),
    "400,000 references to a megabyte of octets": (
        array(b"\x0c" + u29(1_000_000 << 1 | 1) + bytes(1_000_000), *[b"\x0c\2"] * 400_000),
        "500000 values",
    ),
    "400,000 references to what holds a megabyte": (
        array(array(text("x" * 1_000_000)), *[b"\x09\2"] * 400_000),
        "500000 values",
    ),
}


@pytest.mark.parametrize(("value", "cause"), BOMBS.values(), ids=BOMBS)
def test_bombs(value: bytes, cause: str) -> None:
    message = parse(packet(value))
    assert message.broken is not None
    assert message.broken.kind is INVALID_REQUEST
    assert cause in message.broken.cause


def test_what_the_limits_still_take() -> None:
    assert parse(packet(nested(limits.DEPTH - 1, ARRAYS))).broken is None
    assert parse(packet(array(*[b"\1"] * (limits.NODES - 2)))).broken is None
    assert parse(packet(doubling(10))).broken is None
    assert parse(packet(array(text("x" * 1000), *[b"\6\0"] * 20_000))).broken is None


def test_the_budget_is_of_the_packet_whatever_the_version() -> None:
    half = limits.NODES // 2 + 1
    amf0 = utf("f") + utf("/1") + bytes(4) + pack(">BI", 0x0A, half) + b"\5" * half
    amf3 = utf("f") + utf("/2") + bytes(4) + b"\x11" + array(*[b"\1"] * half)
    message = parse(b"\0\3\0\0\0\2" + amf0 + amf3)
    assert "more than 500000 values" in message.broken.cause
    assert len(message.items) == 2


def test_amf0_refers_to_an_array_that_holds_amf3() -> None:
    """A reference of AMF0 counts the AMF3 values in what it names, and their depth."""
    deep = b"\x0a\0\0\0\1\x11" + nested(40, ARRAYS)
    wide = b"\x0a\0\0\0\1\x11" + array(*[b"\1"] * 300_000)
    for first, cause in ((deep, "deeper than 64"), (wide, "500000 values")):
        again = b"\x0a\0\0\0\1" * (30 if first is deep else 0) + b"\x07\0\1"
        body = utf("f") + utf("/1") + bytes(4) + b"\x0a\0\0\0\2" + first + again
        assert cause in parse(b"\0\3\0\0\0\1" + body).broken.cause


def test_a_declared_count_reserves_no_memory() -> None:
    tracemalloc.start()
    try:
        for value in (b"\x09" + u29(MANY) + b"\1", b"\x0c" + u29(MANY), b"\x0d" + u29(MANY) + b"\0"):
            parse(packet(value + bytes(1000)))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


INTERESTING = bytes([*range(0x14), 0x7F, 0x80, 0x81, 0xFF])


@pytest.mark.parametrize(
    ("name", "result"), [("AMF0", 7 + 8 + 9 + 7), ("AMF3", 7 + 8 + 9 + 128 + 10 + 9), ("Flex", 7)]
)
def test_the_good_packets(name: str, result: int) -> None:
    outcome = run(GOOD[name])
    assert isinstance(outcome, tuple)
    assert outcome[0] == [result]
    assert check(GOOD[name])


def test_the_packet_of_all_kinds_is_read() -> None:
    message = parse(GOOD["kinds"])
    assert message.broken is None
    assert not check(GOOD["kinds"])


@pytest.mark.parametrize("name", GOOD)
def test_cut_at_every_byte(name: str) -> None:
    data = GOOD[name]
    for cut in range(len(data)):
        fault = run(data[:cut])
        assert isinstance(fault, Fault)
        assert fault.kind is INVALID_REQUEST


@pytest.mark.parametrize("name", GOOD)
def test_one_byte_too_many(name: str) -> None:
    for byte in range(256):
        fault = run(GOOD[name] + bytes([byte]))
        assert isinstance(fault, Fault)
        assert fault.kind is INVALID_REQUEST


@pytest.mark.parametrize("seed", range(10))
def test_mutations_end_in_the_fault_of_bad_input_or_in_an_answer(seed: int) -> None:
    """2,000 a seed, 20,000 in all, of AMF0, AMF3 and Flex messages in turn; some still are calls."""
    chance = random.Random(seed)  # noqa: S311
    goods = list(GOOD.values())
    calls = sum(check(mutate(chance, goods[number % len(goods)], INTERESTING)) for number in range(2_000))
    assert 0 < calls < 2_000
