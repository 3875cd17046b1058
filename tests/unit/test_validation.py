"""The fast check, the walk that finds every problem, and what a function may return."""

import enum
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import ABSENT, Function, Int32, Maybe, Param, Struct
from gateway.faults import INVALID_PARAMETER, INVALID_RESPONSE, Fault
from gateway.types import Unreadable
from gateway.validation import Validator
from gateway.validation.narrow import to_plain
from gateway.validation.walk import walk, walk_members
from gateway.words import Email, Username
from tests.support.signatures import Case, cases, in_utc, mutated, plain, transform
from tests.support.wire import declare

PROPERTY = settings(max_examples=200, deadline=None, database=None)


def validator(parameters: dict[str, Any], result: Any = None, **defaults: Any) -> Validator:
    return of(declare(parameters, result, defaults))


def of(called: Function) -> Validator:
    return Validator(called.name, called.signature)


def problems(checker: Validator, limit: int = 50, **values: Any) -> dict[str, str]:
    with pytest.raises(Fault) as raised:
        checker.arguments(values, limit)
    assert raised.value.kind is INVALID_PARAMETER
    return {each.path: each.problem for each in raised.value.problems}


def refusal(annotation: Any, result: Any) -> str:
    """The cause of what a result is refused for."""
    with pytest.raises(Fault) as raised:
        validator({}, annotation).result(result)
    assert raised.value.kind is INVALID_RESPONSE
    assert raised.value.problems == ()
    return raised.value.cause


# The two checks agree


def by_wire_name(case: Case, values: dict[str, Any]) -> dict[str, Any]:
    """What a codec would bind of these values."""
    kinds = {each.name: each.type for each in case.function.signature.parameters}
    return {
        name: plain(kinds[name], value, _leaf, lambda _, items: items)
        for name, value in values.items()
        if value is not ABSENT
    }


def _leaf(value: Any) -> Any:
    return value.value if isinstance(value, enum.Enum) else value


@PROPERTY
@given(st.data())
def test_what_fits_is_taken(data: st.DataObject) -> None:
    case = data.draw(cases())
    values = data.draw(case.arguments)
    received = of(case.function).arguments(by_wire_name(case, values))
    fields = case.function.signature.parameters
    assert list(received) == [transform(each.type, values[each.name], in_utc) for each in fields]


@PROPERTY
@given(st.data())
def test_the_walk_finds_nothing_if_and_only_if_the_fast_check_passes(data: st.DataObject) -> None:
    case = data.draw(cases())
    bound = by_wire_name(case, data.draw(case.arguments))
    values = data.draw(mutated(bound).filter(lambda each: isinstance(each, dict)))
    found = list(walk_members(case.function.signature.parameters, values, ""))
    try:
        of(case.function).arguments(values, 10_000)
    except Fault as fault:
        assert found
        assert list(fault.problems) == found
    else:
        assert not found


@PROPERTY
@given(st.data())
def test_a_result_passes_if_and_only_if_the_walk_finds_nothing(data: st.DataObject) -> None:
    case = data.draw(cases())
    field = case.function.signature.result
    assert field is not None
    value = data.draw(mutated(plain(field.type, data.draw(case.results), _leaf, lambda _, items: items)))
    try:
        result = of(case.function).result(value)
    except Fault as fault:
        assert fault.kind is INVALID_RESPONSE
        assert fault.cause
    else:
        assert result is None or not list(
            walk(field.type, to_plain(field.type, result), "result", output=True)
        )


@PROPERTY
@given(st.data())
def test_a_result_that_fits_passes_unchanged(data: st.DataObject) -> None:
    case = data.draw(cases())
    field = case.function.signature.result
    assert field is not None
    value = data.draw(case.results)
    result = of(case.function).result(value)
    assert result == transform(field.type, value, in_utc)


# Problems and their paths


class Leaf(Struct):
    email: Email
    note: Maybe[str] = ABSENT


class Branch(Struct):
    leaves: list[Leaf]
    sizes: list[list[Int32]] = []


def test_every_problem_has_its_path() -> None:
    checker = validator({"branches": list[Branch], "kind": Literal["a", "b"], "id_": int})
    branches = [
        {"leaves": [{"email": "a@b.c"}, {"email": "nobody", "note": 5}], "sizes": [[1], [2, 2**31]]},
        {"sizes": [7, [None]], "more": 1},
        "x",
    ]
    assert problems(checker, branches=branches, kind="c", other=True) == {
        "branches[0].leaves[1].email": '"nobody" is not an e-mail address',
        "branches[0].leaves[1].note": '"5" is an integer, not text',
        "branches[0].sizes[1][1]": '"2147483648" is not a 32-bit integer',
        "branches[1].leaves": "is missing",
        "branches[1].sizes[0]": '"7" is an integer, not a list',
        "branches[1].sizes[1][0]": "is null: items of a list cannot be",
        "branches[1].more": "is not a known name here",
        "branches[2]": "is text, not a structure",
        "kind": '"c" is none of a, b',
        "id": "is missing",
        "other": "is not a known name here",
    }


@pytest.mark.parametrize(
    ("annotation", "value", "problem"),
    [
        (bool, 1, '"1" is an integer, not a boolean'),
        (int, True, '"True" is a boolean, not an integer'),
        (int, 2**63, '"9223372036854775808" is not a 64-bit integer'),
        (int, 10**400, '"a very large number" is not a 64-bit integer'),
        (int, 5.0, '"5.0" is a number, not an integer'),
        (float, float("nan"), '"nan" is not a finite number'),
        (float, float("-inf"), '"-inf" is not a finite number'),
        (Decimal, Decimal("NaN"), '"NaN" is not a finite number of at most 40 digits'),
        (Decimal, Decimal("1E+40"), '"1E+40" is not a finite number of at most 40 digits'),
        (Decimal, "1.5", '"1.5" is text, not a decimal number'),
        (str, "a\x00b", '"a\ufffdb" holds a character that XML 1.0 forbids'),
        (str, "\ud800", '"\ufffd" holds a character that XML 1.0 forbids'),
        (str, b"x", "is bytes, not text"),
        (bytes, "AP8=", '"AP8=" is text, not bytes'),
        (datetime, "2026-03-01T12:00:00Z", '"2026-03-01T12:00:00Z" is text, not a date and time'),
        (
            datetime,
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            "lies outside the years 1 to 9999 in UTC",
        ),
        (date, "2026-03-01", '"2026-03-01" is text, not a date'),
        (list[int], {"0": 1}, "is a structure, not a list"),
        (list[int], "5", '"5" is text, not a list'),
        (Annotated[int, Param(ge=1)], 0, '"0" is less than 1'),
        (Annotated[float, Param(le=0.5)], 0.6, '"0.6" is more than 0.5'),
        (Annotated[str, Param(max_length=3)], "abcd", '"abcd" is longer than 3 characters'),
        (Annotated[bytes, Param(max_length=1)], b"ab", "is longer than 1 bytes"),
        (Annotated[list[int], Param(max_length=1)], [1, 2], "has more than 1 items"),
        (Username, "Jane", '"Jane" is not a user name: lower-case letters, digits and -._@ only'),
        (str, "a" * 41 + "\x01", f'"{"a" * 40}..." holds a character that XML 1.0 forbids'),
        (int, Unreadable("not an integer: 'zz'"), "not an integer: 'zz'"),
    ],
)
def test_the_sentence_of_each_problem(annotation: Any, value: Any, problem: str) -> None:
    assert problems(validator({"value": annotation}), value=value) == {"value": problem}


def test_the_borders_are_inside() -> None:
    number = Annotated[int, Param(ge=-3, le=3)]
    text = Annotated[str, Param(max_length=2)]
    checker = validator({"a": number, "b": number, "c": text, "d": Int32, "e": int, "f": Decimal})
    given_values = {"a": -3, "b": 3, "c": "😀é", "d": -(2**31), "e": 2**63 - 1, "f": Decimal("9" * 40)}
    assert checker.arguments(given_values) == tuple(given_values.values())


def test_the_list_of_problems_ends_at_its_limit_and_says_so() -> None:
    checker = validator({"values": list[int]})
    found = problems(checker, 3, values=["x"] * 4)
    assert list(found) == ["values[0]", "values[1]", "values[2]", ""]
    assert found[""] == "there are more than 3 problems; only these are listed"
    assert list(problems(checker, 3, values=["x"] * 3)) == ["values[0]", "values[1]", "values[2]"]
    assert len(problems(checker, values=["x"] * 1000)) == 51


def test_the_cause_is_the_list_in_one_line() -> None:
    with pytest.raises(Fault) as raised:
        validator({"a": int, "b": int}).arguments({"a": "x"})
    assert raised.value.cause == 'a: "x" is text, not an integer; b: is missing'


def test_hostile_depth_and_width_are_problems_and_no_crash() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    checker = validator({"value": list[list[int]], "text": str})
    assert set(problems(checker, value=[deep], text=deep)) == {"value[0][0]", "text"}
    assert len(problems(checker, value=[], text="", **{f"n{n}": 1 for n in range(10_000)})) == 51


class Account(Struct):
    password: Annotated[str, Param(secret=True, max_length=4)]
    pins: Annotated[list[int], Param(secret=True)] = []
    recovery: Annotated[Email, Param(secret=True)] = ""


def test_secrets_are_never_quoted() -> None:
    checker = validator({"account": Account, "key": Annotated[int, Param(secret=True, le=9)]})
    account = {"password": "swordfish", "pins": [1, "swordfish"], "recovery": "swordfish"}
    found = problems(checker, account=account, key="swordfish")
    assert found == {
        "account.password": "is longer than 4 characters",
        "account.pins[1]": "is text, not an integer",
        "account.recovery": "is not an e-mail address",
        "key": "is text, not an integer",
    }
    assert problems(checker, account={"password": "a"}, key=1234) == {"key": "is more than 9"}
    whole = validator({"leaf": Annotated[list[Leaf], Param(secret=True)]})
    assert problems(whole, leaf=[{"email": "swordfish"}]) == {"leaf[0].email": "is not an e-mail address"}


def test_unknown_names_are_cut_and_legal() -> None:
    assert list(problems(validator({}), **{"a" * 1000: 1, "b\x00\ud800": 2})) == [
        "a" * 40 + "...",
        "b\ufffd\ufffd",
    ]


# Null and absent


class States(Struct):
    must: int
    may: Maybe[int] = ABSENT
    null: int | None
    null_default: int | None = None
    default: int = 7
    many: list[int] = []


@pytest.mark.parametrize("nothing", ["absent", "null"])
def test_null_and_absent_are_one_thing(nothing: str) -> None:
    parameters: dict[str, Any] = {
        "must": int,
        "null": int | None,
        "may": Maybe[int],
        "default": int,
        "states": States,
    }
    checker = validator(parameters, may=ABSENT, default=7)
    empty: dict[str, Any] = (
        {} if nothing == "absent" else dict.fromkeys(["may", "null", "null_default", "default", "many"])
    )
    values = {"must": 1, "states": {"must": 2} | empty} | {key: None for key in empty if key in parameters}
    received = checker.arguments(values)
    names = [each.name for each in checker.signature.parameters]
    assert dict(zip(names, received, strict=True)) == {
        "must": 1,
        "null": None,
        "may": ABSENT,
        "default": 7,
        "states": States(must=2, null=None),
    }
    values["states"] = {} if nothing == "absent" else {"must": None}
    values["must"] = None
    assert problems(checker, **values) == {"must": "is missing", "states.must": "is missing"}


def test_an_unknown_name_is_a_problem_even_when_it_is_null() -> None:
    assert problems(validator({}), more=None) == {"more": "is not a known name here"}


def test_a_default_is_fresh_for_each_call() -> None:
    checker = validator({"values": list[int], "states": States}, values=[])
    first, second = (checker.arguments({"states": {"must": 1}}) for _ in range(2))
    first[1].append(1)
    first[0].many.append(1)
    assert second[1] == second[0].many == []


def test_instants_arrive_in_utc() -> None:
    checker = validator(
        {"one": datetime, "many": list[list[datetime]], "maybe": Maybe[datetime]}, maybe=ABSENT
    )
    noon = datetime(2026, 3, 1, 12)
    there = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    one, many, maybe = checker.arguments({"one": noon, "many": [[there]], "maybe": there})
    assert {each.isoformat() for each in (one, many[0][0], maybe)} == {"2026-03-01T12:00:00+00:00"}
    assert one.tzinfo is many[0][0].tzinfo is maybe.tzinfo is UTC


# What a function may return


class Narrow(Struct):
    id: int
    when: Maybe[datetime] = ABSENT


class Wide(Narrow):
    secret: str


class Text(str):
    __slots__ = ()


class Shade(enum.Enum):
    RED = "red"


class Colour(enum.StrEnum):
    RED = "red"


def narrowed(annotation: Any, value: Any) -> Any:
    result = validator({}, annotation).result(value)
    assert type(result) is type(validator({}, annotation).result(result))
    return result


def test_a_result_that_is_right_is_not_touched() -> None:
    value = [Narrow(id=1, when=datetime(2026, 3, 1, tzinfo=UTC))]
    assert validator({}, list[Narrow]).result(value) is value


@pytest.mark.parametrize("value", [Wide(id=1, secret="x"), {"id": 1, "secret": "x", "more": 2}])
def test_undeclared_members_are_dropped(value: Any) -> None:
    for annotation, result in ((Narrow, value), (list[Narrow], [value]), (Narrow | None, value)):
        found = narrowed(annotation, result)
        (only,) = found if isinstance(found, list) else (found,)
        assert type(only) is Narrow
        assert msgspec.to_builtins(only) == {"id": 1}


def test_generators_and_tuples_are_taken_for_lists() -> None:
    assert narrowed(list[int], (1, 2)) == [1, 2]
    assert validator({}, list[int]).result(number for number in range(3)) == [0, 1, 2]
    assert validator({}, list[Narrow]).result({"id": each} for each in (1, 2)) == [Narrow(id=1), Narrow(id=2)]
    assert "is text, not a list" in refusal(list[str], "abc")


def test_other_zones_are_converted_and_naive_instants_refused() -> None:
    there = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert narrowed(datetime, there).isoformat() == "2026-03-01T12:00:00+00:00"
    assert narrowed(list[Narrow], [Narrow(id=1, when=there)])[0].when.tzinfo is UTC
    cause = refusal(list[Narrow], [Narrow(id=1, when=datetime(2026, 3, 1))])
    assert cause == "result[0].when: has no time zone: functions give aware datetimes"
    assert "lies outside" in refusal(datetime, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))))


def test_subclasses_of_scalars_become_what_was_declared() -> None:
    assert type(narrowed(str, Text("x"))) is str
    assert type(narrowed(float, 5)) is float
    assert narrowed(float, Decimal("1E+50")) == 1e50
    assert narrowed(Literal["red"], Colour.RED) == "red"
    assert type(narrowed(Literal["red"], Colour.RED)) is str
    assert narrowed(Shade, "red") is Shade.RED


def _generate(*values: Any) -> Iterator[Any]:
    yield from values


@pytest.mark.parametrize(
    ("annotation", "result", "cause"),
    [
        (int, None, "result: is missing"),
        (int, "x", "result: is text, not an integer"),
        (int, True, "result: is a boolean, not an integer"),
        (int, 2**63, "result: is not a 64-bit integer"),
        (None, 5, "result: is an integer, but the function declares no result"),
        (float, float("inf"), "result: is not a finite number"),
        (float, 10**400, "result: is an integer, not a number"),
        (Literal["a"], "swordfish", "result: is none of a"),
        (Shade, "swordfish", "result: is none of red"),
        (
            list[int],
            [1, None, "x"],
            "result[1]: is null: items of a list cannot be; result[2]: is text, not an integer",
        ),
        (list[Shade], _generate("red", "blue"), "result[1]: is none of red"),
        (list[Narrow], _generate({"id": 1}, {}), "result[1].id: is missing"),
        (Narrow, {"id": "one"}, "result.id: is text, not an integer"),
        (Narrow, Narrow(id="one"), "result.id: is text, not an integer"),  # type: ignore[arg-type]
        (Narrow, {"when": 5}, "result.id: is missing; result.when: is an integer, not a date and time"),
        (Narrow, 5, "result: is an integer, not a structure"),
        (States, {"must": 1, "default": None}, "result.default: is missing"),
        (States, {}, "result.must: is missing"),
        (Username, "Jane", "result: is not a user name: lower-case letters, digits and -._@ only"),
        (Annotated[list[int], Param(max_length=1)], [1, 2], "result: has more than 1 items"),
    ],
)
def test_wrong_results_are_named_by_path_and_never_quoted(annotation: Any, result: Any, cause: str) -> None:
    assert refusal(annotation, result) == cause


def test_a_result_that_contains_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert refusal(list[int], endless) == "result[0]: is a list, not an integer"


def test_a_result_that_nests_without_end_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert refusal(Shade, deep) == "result: is none of red"
    assert refusal(list[list[Shade]], [deep]) == "result[0][0]: is none of red"
    assert refusal(str, deep) == "result: is a list, not text"


def test_an_optional_member_may_be_missing_from_a_dict() -> None:
    assert narrowed(States, {"must": 1}) == States(must=1, null=None)


def test_what_a_generator_raises_is_the_functions_own_error() -> None:
    def fail() -> Iterator[int]:
        yield 1
        raise ValueError("swordfish")

    with pytest.raises(ValueError, match="swordfish"):
        validator({}, list[int]).result(fail())


def test_illegal_characters_in_results_are_left_to_the_codecs() -> None:
    assert narrowed(str, "a\x01b") == "a\x01b"
    assert narrowed(str, "\ud800") == "\ud800"
