"""The lock itself: its text, the command, edges of comparing; and that shipped functions keep what callers rely on."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import ABSENT, Int32, Maybe, Param, Struct
from gateway.deprecation import Deprecation
from gateway.lock import Change, compare, read_lock, take_lock, write_lock
from gateway.lock.rules import Side
from gateway.lock.shapes import LockError
from gateway.plugins import find_components
from gateway.registry import Function, Registry
from tests.support.command import Run, forget_local_plugins
from tests.support.component import FUNCTIONS
from tests.support.wire import declare

ROOT = Path(__file__).resolve().parents[2]


def changes(old: Function, new: Function) -> list[tuple[str, str]]:
    return [(each.where, each.name) for each in compare(take_lock([old]), take_lock([new]))]


class Inner(Struct):
    """Both taken and given."""

    id: int
    note: Maybe[str] = ABSENT


class Outer(Struct):
    """Holds others."""

    inner: Inner
    rows: list[list[Inner]]


# The text


def test_the_text_is_read_again_and_does_not_depend_on_the_order() -> None:
    lock = take_lock(FUNCTIONS)
    text = write_lock(lock)
    assert read_lock(text) == lock
    assert write_lock(read_lock(text)) == text == write_lock(take_lock(reversed(FUNCTIONS)))
    assert compare(lock, read_lock(text)) == []


def test_every_default_can_be_written() -> None:
    defaults: dict[str, tuple[Any, Any]] = {
        "a": (bool, True),
        "b": (Decimal, Decimal("1.50")),
        "c": (bytes, b"\x00\xff"),
        "d": (datetime, datetime(2026, 3, 1)),
        "e": (date, date(2026, 3, 1)),
        "f": (list[int], [1, 2]),
        "g": (Inner, Inner(id=1, note='Zoë "and" 😀\n')),
        "h": (Literal["x", "y"], "x"),
        "i": (float, 1e300),
    }
    annotations = {name: annotation for name, (annotation, _) in defaults.items()}
    lock = take_lock([declare(annotations, None, {name: value for name, (_, value) in defaults.items()})])
    assert read_lock(write_lock(lock)) == lock


def test_a_parameter_has_a_line_of_its_own() -> None:
    lines = write_lock(take_lock([declare({"a": int, "b": list[Inner]}, Inner)])).splitlines()
    assert '        {"name": "a", "type": {"kind": "int"}},' in lines
    assert '      "result": {"name": "result", "type": {"kind": "struct", "name": "TestInner"}},' in lines
    assert json.loads("\n".join(lines))["functions"].keys() == {"test_echo"}


@pytest.mark.parametrize("text", ["", "{}", "[]", "x", '{"functions": {}, "structs": {}, "choices": 5}'])
def test_what_is_no_lock(text: str) -> None:
    with pytest.raises(LockError, match="no lock"):
        read_lock(text)


# Comparing


def test_a_struct_that_is_taken_and_given_is_judged_twice() -> None:
    wider = type(
        "Inner", (Struct,), {"__annotations__": {"id": int, "note": Maybe[str], "more": int}, "note": ABSENT}
    )
    found = compare(
        take_lock([declare({"inner": Inner}, Inner)]), take_lock([declare({"inner": wider}, wider)])
    )
    assert [(each.side, each.where, each.name, each.breaking) for each in found] == [
        (Side.TAKES, "TestInner.more", "required-added", True),
        (Side.GIVES, "TestInner.more", "member-added", False),
    ]


def test_structs_are_found_wherever_they_are_and_told_once() -> None:
    renamed = type("Outer", (Struct,), {"__annotations__": {"inner": Inner, "rows": list[list[str]]}})
    assert changes(
        declare({"outer": Outer, "other": Outer}, None), declare({"outer": renamed, "other": renamed}, None)
    ) == [("TestOuter.rows", "type-changed")]


def test_a_wider_type_inside_of_a_list_changes_the_name_of_its_items() -> None:
    """SOAP calls items by their type: <int>5</int> in a list of xsd:long is none of them."""
    assert changes(declare({"a": list[Int32]}, None), declare({"a": list[int]}, None)) == [
        ("a", "item-renamed"),
        ("a", "type-widened"),
    ]


def test_null_and_absent_are_one_thing() -> None:
    assert (
        changes(
            declare({"a": Maybe[int]}, None, {"a": ABSENT}), declare({"a": int | None}, None, {"a": None})
        )
        == []
    )
    assert changes(declare({"a": int}, None, {"a": 5}), declare({"a": int | None}, None, {"a": None})) == [
        ("a", "default-changed")
    ]


BOUNDS = [
    ({"max_length": 5}, {"max_length": 4}, "bounds-tightened"),
    ({"max_length": 5}, {"max_length": 6}, "bounds-loosened"),
    ({"max_length": 5}, {}, "bounds-loosened"),
    ({}, {"max_length": 5}, "bounds-tightened"),
]
RANGES = [
    ({"ge": 0, "le": 9}, {"ge": 0, "le": 10}, "bounds-loosened"),
    ({"ge": 0, "le": 9}, {"ge": 1, "le": 10}, "bounds-tightened"),
    ({"ge": 0, "le": 9}, {"ge": -1}, "bounds-loosened"),
    ({"ge": 0, "le": 9}, {"le": 8}, "bounds-tightened"),
    ({}, {"ge": 0}, "bounds-tightened"),
]


@pytest.mark.parametrize(("old", "new", "expected"), BOUNDS)
@pytest.mark.parametrize("kind", [str, bytes, list[int]])
def test_bounds_of_length(kind: Any, old: dict[str, int], new: dict[str, int], expected: str) -> None:
    before, after = Annotated[kind, Param(**old)], Annotated[kind, Param(**new)]  # type: ignore[arg-type]
    assert changes(declare({"a": before}, None), declare({"a": after}, None)) == [("a", expected)]


@pytest.mark.parametrize(("old", "new", "expected"), RANGES)
def test_bounds_of_numbers(old: dict[str, int], new: dict[str, int], expected: str) -> None:
    before, after = Annotated[int, Param(**old)], Annotated[int, Param(**new)]  # type: ignore[arg-type]
    assert changes(declare({"a": before}, None), declare({"a": after}, None)) == [("a", expected)]


RANGE = st.fixed_dictionaries({}, optional={"ge": st.integers(-3, 3), "le": st.integers(-3, 3)})


@settings(max_examples=200, deadline=None)
@given(RANGE, RANGE)
def test_loosened_bounds_hold_all_that_the_old_ones_held(old: dict[str, int], new: dict[str, int]) -> None:
    def held(bounds: dict[str, int]) -> set[int]:
        return {each for each in range(-9, 9) if bounds.get("ge", -9) <= each <= bounds.get("le", 9)}

    before, after = Annotated[int, Param(**old)], Annotated[int, Param(**new)]  # type: ignore[arg-type]
    found = changes(declare({"a": before}, None), declare({"a": after}, None))
    assert (found == []) is (old == new)
    if found == [("a", "bounds-loosened")]:
        assert held(old) <= held(new)
    elif found and held(old):
        assert not held(old) <= held(new)


def test_what_was_announced_breaks_nobody() -> None:
    """Only if it was so in the lock: who deprecates and breaks at once has told nobody."""
    deprecated = Deprecation(date(2026, 1, 1))
    old, new = declare({"a": int}, None), declare({"a": str}, None)
    announced = Function(old.name, old.python, old.effect, component="test", deprecated=deprecated)
    at_once = Function(new.name, new.python, new.effect, component="test", deprecated=deprecated)
    assert [each.breaking for each in compare(take_lock([announced]), take_lock([new]))] == [False, False]
    assert any(each.breaking for each in compare(take_lock([old]), take_lock([at_once])))
    assert [each.breaking for each in compare(take_lock([announced]), take_lock([]))] == [False]


# The command


SHOP = """
from gateway import READ, Component, function

@function("shop_tea", effect=READ)
def tea({}) -> str:
    "Pour tea."
    return "tea"

component = Component("shop", functions=[tea])
"""


@pytest.fixture
def sell(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Gives the site a plugin, whose one function has these parameters."""
    plugin = tmp_path / "local" / "shop" / "__init__.py"
    plugin.parent.mkdir(parents=True)

    def write(parameters: str) -> None:
        plugin.write_text(SHOP.format(parameters))
        forget_local_plugins()

    yield write
    forget_local_plugins()


def test_the_command_writes_and_compares(run: Run, tmp_path: Path, sell: Callable[[str], None]) -> None:
    file = tmp_path / "signatures.lock"
    sell("kind: str")
    assert f"{file} holds " in run("functions", "--lock", "--file", str(file)).output
    assert run("functions", "--diff", "--file", str(file)).output == ""
    sell("kind: str, cups: int = 1")
    (row,) = json.loads(run("functions", "--diff", "--file", str(file), "--json").output)
    assert row == {
        "function": "shop_tea",
        "where": "cups",
        "change": "may be given, and is new",
        **dict.fromkeys(["soap", "xmlrpc", "rest", "amf"], ""),
        "SOAP stubs": "differ",
        "announced": "",
    }
    sell("number_of_cups: int = 1, kind: str = ''")
    output = run("functions", "--diff", "--file", str(file), ok=False).output
    (line,) = [line for line in output.splitlines() if "before others" in line]
    assert line.split()[:2] == ["shop_tea", "number_of_cups"]
    assert line.count("breaks") == 2


def test_the_command_without_a_lock(run: Run, tmp_path: Path) -> None:
    missing = run("functions", "--diff", "--file", str(tmp_path / "none"), ok=False)
    assert "No such file" in missing.output
    (tmp_path / "other").write_text("other")
    assert (
        "no lock of signatures"
        in run("functions", "--diff", "--file", str(tmp_path / "other"), ok=False).output
    )


# What is shipped


def shipped() -> list[Change]:
    old = read_lock((ROOT / "signatures.lock").read_text())
    return compare(old, take_lock(Registry(find_components(None)).functions.values()))


def test_no_shipped_function_breaks_its_callers_unannounced() -> None:
    """Deprecate the function, publish that, and change it afterwards: docs/how-to/change-functions.md.

    What no release holds yet may change: write the lock anew, `gateway --local none functions --lock`.
    """
    broken = [f"{each.function} {each.where}: {each.rule.meaning}" for each in shipped() if each.breaking]
    assert broken == []


def test_the_shipped_lock_is_the_text_of_a_lock() -> None:
    """Edited by hand, it would change at the next writing without a change of a function."""
    text = (ROOT / "signatures.lock").read_text()
    assert write_lock(read_lock(text)) == text
