"""What a declaration becomes, and the sentence for every declaration that some protocol could not carry."""

import enum
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest

from gateway import ABSENT, READ, Component, Function, Int32, Invocation, Maybe, Param, Struct, function
from gateway.registry import Registry, RegistryError
from gateway.signature import Choice, Kind, ListOf, Scalar, SignatureError, State, StructOf, camel_case
from gateway.types import Word
from gateway.validation import Validator
from gateway.words import Email, Username
from tests.support.wire import declare


class Point(Struct):
    """A place."""

    x: int
    label: str = ""


class Odd(Struct, name="Point"):
    y: int


class Shade(enum.Enum):
    RED = "red"


class Numbers(enum.Enum):
    ONE = 1


class Empty(enum.Enum):
    NOTHING = ""


class Plain:
    pass


class Bare(msgspec.Struct):
    x: int


class Loop(Struct):
    inner: "list[Loop]"


class Camel(Struct):
    user_id: int
    userId: int  # noqa: N815


class Token(Struct):
    wstoken: str


class Accent(Struct):
    naïve: str


def made(python: Callable[..., Any], name: str = "test_it", component: str = "test") -> Function:
    return Component(component, functions=[function(name, effect=READ)(python)]).functions[0]


def of_type(annotation: Any) -> Any:
    return declare({"value": annotation}, None).signature.parameters[0].type


# What is read


def test_annotations_become_types() -> None:
    assert of_type(bool) == Scalar(Kind.BOOL)
    assert of_type(int) == Scalar(Kind.INT)
    assert of_type(Int32) == Scalar(Kind.INT32)
    assert of_type(Annotated[Int32, Param(ge=1, le=5)]) == Scalar(Kind.INT32, ge=1, le=5)
    assert of_type(float) == Scalar(Kind.FLOAT)
    assert of_type(Decimal) == Scalar(Kind.DECIMAL)
    assert of_type(bytes) == Scalar(Kind.BYTES)
    assert of_type(datetime) == Scalar(Kind.DATETIME)
    assert of_type(date) == Scalar(Kind.DATE)
    assert of_type(Username).word.name == "username"
    assert of_type(Annotated[Username, Param(max_length=10)]).max_length == 10
    assert of_type(Annotated[Username, Param(max_length=1000)]).max_length == 100
    assert of_type(list[list[int]]) == ListOf(ListOf(Scalar(Kind.INT)))
    assert of_type(Annotated[list[str], Param(max_length=3)]) == ListOf(Scalar(Kind.STR), 3)
    assert of_type(Literal["a", "b"]) == Choice("TestEchoValue", ("a", "b"))
    assert of_type(Shade) == Choice("TestShade", ("red",), Shade)


def test_a_struct_keeps_order_names_and_text() -> None:
    class Record(Struct, name="Record"):
        """A record."""

        class_: int
        kind: Literal["a"]
        point: Point | None = None
        tags: list[str] = []

    node = of_type(Record)
    assert (node.name, node.doc) == ("Record", "A record.")
    assert [(each.name, each.attribute, each.state) for each in node.fields] == [
        ("class", "class_", State.REQUIRED),
        ("kind", "kind", State.REQUIRED),
        ("point", "point", State.NULLABLE),
        ("tags", "tags", State.DEFAULT),
    ]
    assert node.fields[1].type.name == "RecordKind"
    assert node.fields[2].type.name == "TestPoint"


def test_states_of_parameters_and_results() -> None:
    def it(
        call: Invocation,
        a: int,
        b: Annotated[int, Param("B")] = 3,
        c: Maybe[str] = ABSENT,
        d: int | None = None,
    ) -> list[Point] | None:
        """Does it.

        And more.
        """

    called = made(it)
    assert [(each.name, each.state, each.null) for each in called.signature.parameters] == [
        ("a", State.REQUIRED, None),
        ("b", State.DEFAULT, 3),
        ("c", State.MAYBE, ABSENT),
        ("d", State.NULLABLE, None),
    ]
    assert called.signature.parameters[1].param.description == "B"
    result = called.signature.result
    assert result is not None
    assert (result.state, result.optional) == (State.NULLABLE, True)
    assert called.doc == "Does it.\n\nAnd more."
    assert called.takes_invocation


def test_types_come_inner_before_outer() -> None:
    def it(points: list[Point]) -> Shade:
        raise NotImplementedError

    names = [type(each).__name__ for each in made(it).signature.types()]
    assert names == ["Scalar", "Scalar", "StructOf", "ListOf", "Choice"]


@pytest.mark.parametrize(
    ("name", "camel"), [("core_user_create", "CoreUserCreate"), ("aB_c", "ABC"), ("a__b", "AB"), ("x1", "X1")]
)
def test_camel_case(name: str, camel: str) -> None:
    assert camel_case(name) == camel


# What is refused: each sentence names the place and what to write instead


PLACE = "function test_echo, parameter value"
TYPES = "is not a type of the wire: use bool, int, Int32, float, Decimal, str, bytes, datetime, date, Literal, Enum"


@pytest.mark.parametrize(
    ("annotation", "sentence"),
    [
        (dict, "a dict has no typed form on the wire: use a list of a Struct with `name` and `value`"),
        (dict[str, int], "a dict has no typed form on the wire"),
        (Any, "an untyped value cannot be checked or described: say which type it is"),
        (object, "an untyped value cannot be checked or described"),
        (list, "use list[T] instead of list"),
        (tuple[int, str], "use list[T] instead of tuple"),
        (set[int], "use list[T] instead of set"),
        (frozenset, "use list[T] instead of frozenset"),
        (int | str, "a union has no form on the wire: use a Struct with optional members"),
        (int | str | None, "a union has no form on the wire"),
        (list[int | None], "items of a list cannot be null, absent or a union: use a Struct"),
        (list[Maybe[int]], "items of a list cannot be null, absent or a union: use a Struct"),
        (list[list[dict]], "item, item: a dict has no typed form on the wire"),  # type: ignore[type-arg]
        (Literal[1, 2], "a Literal holds texts only, none of them empty: use int with Param(ge=, le=)"),
        (Literal["a", ""], "a Literal holds texts only, none of them empty"),
        (Numbers, "the Enum Numbers must hold texts only, none of them empty"),
        (Empty, "the Enum Empty must hold texts only, none of them empty"),
        (Annotated[int, Word("w", "not w", 5, pattern="w")], "the word w bounds texts, not int"),
        (Plain, f"Plain {TYPES}"),
        (Bare, f"Bare {TYPES}"),
        (complex, f"complex {TYPES}"),
        (Loop, "member Loop.inner, item: Loop contains itself: use a list whose items name their parent"),
        (Camel, "Camel: `user_id` and `userId` become one name in Java and .NET: rename one"),
        (Token, "member Token.wstoken: `wstoken` belongs to the protocols: choose another name"),
        (Accent, "member Accent.naïve: `naïve` cannot be a wire name: use ASCII letters, digits and _"),
    ],
)
def test_refused_annotations(annotation: Any, sentence: str) -> None:
    for position in ("parameter", "member", "item", "result"):
        with pytest.raises(SignatureError) as raised:
            _declare(annotation, position)
        assert sentence in str(raised.value) or position == "item"
        assert str(raised.value).startswith("function test_echo, ")
        assert "\n" not in str(raised.value)
        if position == "parameter":
            assert str(raised.value).startswith(PLACE)


def test_two_kinds_of_nothing_are_refused() -> None:
    for position in ("parameter", "member"):
        with pytest.raises(SignatureError, match=r"has two kinds of nothing: choose Maybe\[T\] or T \| None"):
            _declare(Maybe[int | None], position)


def _declare(annotation: Any, position: str) -> None:
    if position == "parameter":
        declare({"value": annotation}, None)
    elif position == "member":
        declare({"value": type(Struct)("Holder", (Struct,), {"__annotations__": {"m": annotation}})}, None)
    elif position == "item":
        declare({"value": list[annotation]}, None)
    else:
        declare({}, annotation)


@pytest.mark.parametrize(
    ("annotation", "default", "sentence"),
    [
        (Maybe[int], 5, "write `Maybe[...] = ABSENT`, so that Python may leave it out as well"),
        (int | None, 5, "`T | None` has the default None or none: drop `| None` to use 5"),
        (int | None, ABSENT, "`T | None` has the default None or none"),
        (int, None, "the default None needs `T | None` (for None) or `Maybe[T]` (for ABSENT)"),
        (int, ABSENT, "the default UNSET needs `T | None` (for None) or `Maybe[T]` (for ABSENT)"),
    ],
)
def test_refused_defaults(annotation: Any, default: Any, sentence: str) -> None:
    with pytest.raises(SignatureError) as raised:
        declare({"value": annotation}, None, {"value": default})
    assert str(raised.value).startswith(f"{PLACE}: {sentence}")


def test_maybe_without_its_default_is_refused() -> None:
    with pytest.raises(SignatureError, match="so that Python may leave it out as well"):
        declare({"value": Maybe[int]}, None)


@pytest.mark.parametrize(
    ("annotation", "default", "sentence"),
    [
        (int, "x", 'the default of value "x" is text, not an integer'),
        (Annotated[int, Param(le=3)], 4, 'the default of value "4" is more than 3'),
        (Email, "nobody", 'the default of value "nobody" is not an e-mail address'),
        (Literal["a"], "b", 'the default of value "b" is none of a'),
        (list[int], ["x"], 'the default of value[0] "x" is text, not an integer'),
    ],
)
def test_a_default_that_does_not_validate_is_refused_when_the_gateway_starts(
    annotation: Any, default: Any, sentence: str
) -> None:
    called = declare({"value": annotation}, None, {"value": default})
    with pytest.raises(SignatureError) as raised:
        Validator(called.name, called.signature)
    assert str(raised.value) == f"function test_echo: {sentence}"


def test_a_members_default_is_validated_too() -> None:
    class Bad(Struct):
        kind: Literal["a"] = "b"  # type: ignore[assignment]

    called = declare({"value": list[Bad]}, None)
    with pytest.raises(SignatureError, match='the default of kind "b" is none of a'):
        Validator(called.name, called.signature)


@pytest.mark.parametrize(
    "name",
    [
        "wstoken",
        "wsusername",
        "wspassword",
        "wsfunction",
        "moodlewsrestformat",
        "moodlewssettingraw",
        "wstoken_",
    ],
)
def test_names_of_the_protocols_are_refused(name: str) -> None:
    with pytest.raises(SignatureError, match="belongs to the protocols: choose another name"):
        declare({name: int}, None)


@pytest.mark.parametrize("name", ["_a", "é", "a_b_é"])
def test_names_that_no_wire_carries_are_refused(name: str) -> None:
    with pytest.raises(SignatureError, match="cannot be a wire name: use ASCII letters, digits and _"):
        declare({name: int}, None)


@pytest.mark.parametrize(("one", "other"), [("user_id", "userId"), ("class_", "Class"), ("ab", "a_b")])
def test_parameters_that_clash_are_refused(one: str, other: str) -> None:
    with pytest.raises(SignatureError, match=r"become one name in Java and \.NET: rename one"):
        declare({one: int, other: int}, None)


def test_what_has_no_types_is_refused() -> None:
    def bare(value):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    def star(*values: int) -> None:
        raise NotImplementedError

    def stars(**values: int) -> None:
        raise NotImplementedError

    def endless(value: int):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    for python, sentence in (
        (bare, "parameter value: has no annotation: say which type it is"),
        (star, r"parameter values: \*args and \*\*kwargs have no types: declare each parameter"),
        (stars, r"parameter values: \*args and \*\*kwargs have no types: declare each parameter"),
        (endless, r"function test_it: annotate the result \(`-> None` for a function without one\)"),
    ):
        with pytest.raises(SignatureError, match=sentence):
            made(python)


def test_a_result_cannot_be_absent() -> None:
    with pytest.raises(SignatureError, match=r"result: a result cannot be absent: write `T \| None`"):
        declare({}, Maybe[int])


def test_functions_run_in_threads() -> None:
    async def later() -> None:
        raise NotImplementedError

    async def often() -> Any:
        yield 1

    for python in (later, often):
        with pytest.raises(SignatureError, match="is async: functions run in threads, write a plain `def`"):
            made(python)


@pytest.mark.parametrize("name", ["", "1a", "_a", "Core_user", "a-b", "a.b", "a b", "é", "a\n"])
def test_function_and_component_names(name: str) -> None:
    with pytest.raises(
        SignatureError, match="a name is lower-case ASCII letters, digits and _, a letter first"
    ):
        function(name, effect=READ)
    with pytest.raises(RegistryError, match="a name is lower-case ASCII letters, digits and _"):
        Component(name)


def test_a_word_has_a_pattern_or_a_predicate() -> None:
    for pattern, accepts in ((None, None), ("x", str.isdigit)):
        with pytest.raises(TypeError, match="word w: give either a pattern or a predicate"):
            Word("w", "not w", 5, pattern=pattern, accepts=accepts)


# What cannot live together


def component(name: str, functions: dict[str, Any], component: str = "test") -> Component:
    """Functions of these results."""
    made = []
    for each, annotation in functions.items():
        source = declare({}, annotation, name=each)
        made.append(Function(each, source.python, READ))
    return Component(name, functions=made)


class Response(Struct, name="test_aResponse"):
    x: int


class Operation(Struct, name="Test_A"):
    x: int


@pytest.mark.parametrize(
    ("components", "sentence"),
    [
        ([("one", {}), ("one", {})], "two components are called one"),
        ([("one", {"test_a": int}), ("two", {"test_a": int})], "function test_a is in one and in two"),
        (
            [("one", {"test_a": int, "test_a_": int})],
            "functions test_a and test_a_ become one name in Java and .NET",
        ),
        ([("one", {"ab_c": int}), ("two", {"ab_d": int})], None),
        ([("one", {"ab_c": int}), ("two", {"a_bc": int})], "become one name in Java and .NET: rename one"),
        ([("one", {"test_a": Odd}), ("two", {"test_b": Point})], None),
        ([("one", {"test_a": Response})], "type test_aResponse is called like a function's message"),
        ([("one", {"test_b": Operation, "test_a": int})], "type Test_A is called like a function's message"),
    ],
)
def test_what_cannot_live_together(components: list[Any], sentence: str | None) -> None:
    parts = [component(*each) for each in components]
    if sentence is None:
        assert Registry(parts).functions
        return
    with pytest.raises(RegistryError) as raised:
        Registry(parts)
    assert sentence in str(raised.value)


def test_two_types_of_one_name_are_refused() -> None:
    class Clash(Struct, name="Point"):
        z: int

    with pytest.raises(RegistryError, match="function test_b: two types are called Point: give one a name"):
        Registry([component("one", {"test_a": Odd}), component("two", {"test_b": list[Clash]})])
    assert Registry([component("one", {"test_a": Odd, "test_b": list[Odd]})]).functions.keys() == {
        "test_a",
        "test_b",
    }


def test_a_component_names_its_functions() -> None:
    (found,) = Component(
        "core_x", functions=[Function("f", declare({}, Point).python, READ)], version="3"
    ).functions
    assert (found.component, found.version) == ("core_x", "3")
    assert isinstance(found.signature.result.type, StructOf)  # type: ignore[union-attr]
    assert found.signature.result.type.name == "CoreXPoint"  # type: ignore[union-attr]
    assert found() is None
