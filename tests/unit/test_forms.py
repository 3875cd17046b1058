"""Forms: flat pairs, bracketed names, and what a Signature makes of them."""

import time
from typing import Annotated, Any, Literal

import pytest

from gateway import ABSENT, Maybe, Param, Struct, forms, limits
from gateway.faults import INVALID_REQUEST, TOO_LARGE, Fault
from gateway.types import Unreadable
from tests.support.wire import FORM, Wired, declare, request_of

TWICE, BOTH = "given more than once", "given both as a value and with brackets"
NUMBERS = "a list needs numbers in brackets: name[0], name[1], ..."


class Preference(Struct):
    type: str
    value: Maybe[bool] = ABSENT


class User(Struct):
    username: str
    kind: Literal["a", "b"] = "a"
    preferences: list[Preference] = []


CREATE = Wired("rest", declare({"users": list[User], "grid": Maybe[list[list[int]]]}, None, {"grid": ABSENT}))


def send(body: str, wired: Wired = CREATE) -> tuple[Any, ...]:
    return wired.arguments(request_of("rest", "test_echo", body.encode(), FORM))


def problems(body: str, wired: Wired = CREATE) -> dict[str, str]:
    with pytest.raises(Fault) as raised:
        send(body, wired)
    return {each.path: each.problem for each in raised.value.problems}


# Pairs


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (b"", []),
        (b"a=1&b=2", [("a", "1"), ("b", "2")]),
        (b"a&b=&=c&&", [("a", ""), ("b", ""), ("", "c")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a+b=c+d%2B", [("a b", "c d+")]),
        (b"a%5B0%5D=%C3%A9%f0%9f%98%80", [("a[0]", "é😀")]),
        (b"a=%zz%4&b=100%", [("a", "%zz%4"), ("b", "100%")]),
        (b"a=1;b=2", [("a", "1;b=2")]),
        ("a=é".encode(), [("a", "é")]),
        (b"a=%00", [("a", "\x00")]),
    ],
)
def test_split(text: bytes, pairs: list[forms.Pair]) -> None:
    assert forms.split(text) == pairs


@pytest.mark.parametrize("text", [b"a=%ff", b"%c0%af=1", b"a=\xff", b"a=%ed%a0%80"])
def test_what_is_not_utf_8_is_refused(text: bytes) -> None:
    with pytest.raises(Fault, match="not UTF-8") as raised:
        forms.split(text)
    assert raised.value.kind is INVALID_REQUEST


def test_the_number_of_pairs_is_limited() -> None:
    assert len(forms.split(b"&".join([b"a=1"] * limits.FORM_PAIRS))) == limits.FORM_PAIRS
    with pytest.raises(Fault) as raised:
        forms.split(b"&".join([b"a=1"] * (limits.FORM_PAIRS + 1)))
    assert raised.value.kind is TOO_LARGE


# Brackets


@pytest.mark.parametrize(
    ("pairs", "nested"),
    [
        ([("a", "1")], {"a": "1"}),
        ([("a[0][b]", "1"), ("a[0][c]", "2")], {"a": {"0": {"b": "1", "c": "2"}}}),
        ([("a[]", "1"), ("a[]", "2")], {"a": {"0": "1", "1": "2"}}),
        ([("a[][b]", "1"), ("a[][b]", "2")], {"a": {"0": {"b": "1"}, "1": {"b": "2"}}}),
        ([("a", "1"), ("a", "2")], {"a": Unreadable(TWICE)}),
        ([("a[0]", "1"), ("a[0]", "2")], {"a": {"0": Unreadable(TWICE)}}),
        ([("a", "1"), ("a[0]", "2")], {"a": Unreadable(BOTH)}),
        ([("a[0]", "1"), ("a", "2")], {"a": Unreadable(BOTH)}),
        ([("a[0]", "1"), ("a", "2"), ("a[1]", "3")], {"a": Unreadable(BOTH)}),
        (
            [("a[0", "1"), ("a]", "2"), ("[a]", "3"), ("a[b]c", "4")],
            {"a[0": "1", "a]": "2", "[a]": "3", "a[b]c": "4"},
        ),
        ([("__proto__[x]", "1")], {"__proto__": {"x": "1"}}),
    ],
)
def test_nest(pairs: list[forms.Pair], nested: dict[str, Any]) -> None:
    assert forms.nest(pairs) == nested


def test_brackets_nest_to_the_limit_and_no_deeper() -> None:
    assert forms.nest([("a" + "[b]" * (limits.DEPTH - 1), "1")])
    with pytest.raises(Fault, match="Brackets nest deeper than 64") as raised:
        forms.nest([("a" + "[b]" * limits.DEPTH, "1")])
    assert raised.value.kind is INVALID_REQUEST


# Values


def test_moodles_own_example() -> None:
    body = (
        "users[0][username]=jane&users[0][preferences][0][type]=x&users[0][preferences][0][value]=1"
        "&users[1][username]=b"
    )
    users, grid = send(body)
    assert users == [
        User(username="jane", preferences=[Preference(type="x", value=True)]),
        User(username="b"),
    ]
    assert grid is ABSENT


def test_items_come_in_the_order_of_their_numbers() -> None:
    users, grid = send(
        "users[10][username]=c&users[9][username]=b&users[2][username]=a&grid[0][]=1&grid[0][]=2"
    )
    assert [each.username for each in users] == ["a", "b", "c"]
    assert grid == [[1, 2]]


def test_an_empty_list_is_said_by_a_name_without_brackets() -> None:
    assert send("users=") == ([], ABSENT)
    assert send("users=&grid=") == ([], [])
    assert send("users[0][username]=a&users[0][preferences]=&grid[0]=")[1] == [[]]
    assert problems("") == {"users": "is missing"}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("users=x", {"users": '"x" is text, not a list'}),
        ("users[a][username]=x", {"users": NUMBERS}),
        ("users[-1][username]=x", {"users": NUMBERS}),
        ("users[9999999999][username]=x", {"users": NUMBERS}),
        ("users[0]=x", {"users[0]": "is text, not a structure"}),
        ("users[0][username][0]=x", {"users[0].username": "is a structure, not text"}),
        ("users[0][username]=x&users[0][kind]=c", {"users[0].kind": '"c" is none of a, b'}),
        ("users[0][username]=x&users[0][username]=y", {"users[0].username": TWICE}),
        ("users=&users[0][username]=x", {"users": BOTH}),
        ("users=&more[x]=1", {"more": "is not a known name here"}),
        ("users=&grid[0][0]=05", {"grid[0][0]": "not an integer: '05'"}),
        ("users=&grid[0]=1", {"grid[0]": '"1" is text, not a list'}),
    ],
)
def test_what_contradicts_is_a_problem_with_its_path(body: str, found: dict[str, str]) -> None:
    assert problems(body) == found


def test_a_huge_index_makes_no_list_of_that_length() -> None:
    started = time.process_time()
    users, _ = send("users[999999999][username]=x")
    assert [each.username for each in users] == ["x"]
    assert time.process_time() - started < 1


class Key(Struct):
    pin: int


def test_secrets_are_not_quoted() -> None:
    secret = Param(secret=True)
    parameters = {
        "pin": Annotated[int, secret],
        "pins": Annotated[list[int], secret],
        "key": Annotated[Key, secret],
    }
    found = problems(
        "pin=swordfish&pins[0]=swordfish&key[pin]=swordfish", Wired("rest", declare(parameters, None))
    )
    assert found == dict.fromkeys(["pin", "pins[0]", "key.pin"], "not an integer")
