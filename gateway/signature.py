"""Python annotations to a Signature: the one type tree that validation and every codec is compiled from."""

import enum
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from gateway.types import ABSENT, WIRE_NAMES, Param, Struct, Word, _Width


class SignatureError(TypeError):
    """A declaration the gateway cannot serve on every protocol; the text says what to write instead."""


class Kind(enum.StrEnum):
    """The scalar kinds; docs/reference/types.md says how each travels on each protocol."""

    BOOL = "bool"
    INT = "int"
    INT32 = "int32"
    FLOAT = "float"
    DECIMAL = "decimal"
    STR = "str"
    BYTES = "bytes"
    DATETIME = "datetime"
    DATE = "date"


PYTHON_TYPES: dict[Kind, type] = {
    Kind.BOOL: bool,
    Kind.INT: int,
    Kind.INT32: int,
    Kind.FLOAT: float,
    Kind.DECIMAL: Decimal,
    Kind.STR: str,
    Kind.BYTES: bytes,
    Kind.DATETIME: datetime,
    Kind.DATE: date,
}
_KINDS: dict[Any, Kind] = {python: kind for kind, python in PYTHON_TYPES.items() if kind is not Kind.INT32}


NO_PARAM = Param()


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value of a kind, with the word and the bounds its annotation named."""

    kind: Kind
    word: Word | None = None
    ge: int | float | None = None
    le: int | float | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list of texts (Literal, or an Enum with text values)."""

    name: str
    members: tuple[str, ...]
    python: type[enum.Enum] | None = None


@dataclass(frozen=True, slots=True)
class ListOf:
    """An ordered list; items are never null."""

    item: "Type"
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class StructOf:
    """A Struct: `name` is its wire name, `fields` are in declared order."""

    name: str
    python: type[Struct]
    fields: tuple["Field", ...]
    doc: str = ""


Type = Scalar | Choice | ListOf | StructOf


class State(enum.Enum):
    """What a member is when neither a value nor null came (null and absent are one thing on the wire)."""

    REQUIRED = "required"
    DEFAULT = "default"
    MAYBE = "maybe"
    NULLABLE = "nullable"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, a member of a Struct, or the result.

    `name` is the wire name, `attribute` the Python one. `default` is set where `state` is DEFAULT, validated at
    registration. `annotation` is what msgspec converts to.
    """

    name: str
    attribute: str
    type: Type
    state: State
    annotation: Any
    default: Any = None
    param: Param = NO_PARAM

    @property
    def optional(self) -> bool:
        """Whether a caller may leave it out."""
        return self.state is not State.REQUIRED

    @property
    def null(self) -> Any:
        """What the Python side holds when nothing came: ABSENT, None, or (DEFAULT) the default."""
        return {State.MAYBE: ABSENT, State.NULLABLE: None}.get(self.state, self.default)


@dataclass(frozen=True, slots=True)
class Signature:
    """The typed parameters and the typed result of a Function; `result` is None for a void function."""

    parameters: tuple[Field, ...]
    result: Field | None

    def types(self) -> Iterator[Type]:
        """Every type in it, inner before outer, each as often as it is used."""
        for field in (*self.parameters, *([self.result] if self.result else [])):
            yield from walk_type(field.type)


def walk_type(node: Type) -> Iterator[Type]:
    """The type and all it is made of, inner before outer."""
    if isinstance(node, ListOf):
        yield from walk_type(node.item)
    elif isinstance(node, StructOf):
        for field in node.fields:
            yield from walk_type(field.type)
    yield node


def camel_case(name: str) -> str:
    """`core_user_create` as `CoreUserCreate`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


_RESERVED = {"wstoken", "wsusername", "wspassword", "wsfunction", "moodlewsrestformat"}
_MEMBER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read_signature(function: Callable[..., Any], name: str, component: str, *, skip_first: bool) -> Signature:
    """The Signature of a Python function.

    `name` and `component` name the wire types. `skip_first` leaves out the Invocation parameter.
    Raises SignatureError with a sentence for every declaration that some protocol could not carry.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    reader = _Reader(function=name, component=component)
    declared = list(inspect.signature(function).parameters.values())[1 if skip_first else 0 :]
    parameters = tuple(reader.parameter(each, hints) for each in declared)
    _refuse_clashes([each.name for each in parameters], f"function {name}")
    if "return" not in hints:
        raise SignatureError(f"function {name}: annotate the result (`-> None` for a function without one)")
    return Signature(parameters, reader.result(hints["return"]))


def _refuse_clashes(names: list[str], where: str) -> None:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(camel_case(name).lower(), name)
        if other != name:
            raise SignatureError(
                f"{where}: `{other}` and `{name}` become one name in Java and .NET: rename one"
            )


def _check_name(name: str, where: str) -> None:
    if not _MEMBER_NAME.fullmatch(name):
        raise SignatureError(f"{where}: `{name}` cannot be a wire name: use ASCII letters, digits and _")
    if name in _RESERVED or name.startswith("moodlewssetting"):
        raise SignatureError(f"{where}: `{name}` belongs to the protocols: choose another name")


class _Reader:
    """Reads the annotations of one function; keeps where it is, for the sentences of SignatureError."""

    def __init__(self, function: str, component: str) -> None:
        self.function = function
        self.component = component
        self.inside: list[type] = []

    def parameter(self, declared: inspect.Parameter, hints: dict[str, Any]) -> Field:
        where = f"function {self.function}, parameter {declared.name}"
        if declared.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            raise SignatureError(f"{where}: *args and **kwargs have no types: declare each parameter")
        if declared.name not in hints:
            raise SignatureError(f"{where}: has no annotation: say which type it is")
        wire = declared.name.removesuffix("_")
        _check_name(wire, where)
        owner = camel_case(self.function)
        return self._field(wire, declared.name, hints[declared.name], declared.default, owner, where)

    def result(self, annotation: Any) -> Field | None:
        if annotation in (None, type(None)):
            return None
        where = f"function {self.function}, result"
        if msgspec.UnsetType in get_args(_unwrap(annotation)[0]):
            raise SignatureError(f"{where}: a result cannot be absent: write `T | None`")
        return self._field(
            "result", "result", annotation, inspect.Parameter.empty, camel_case(self.function), where
        )

    def _field(
        self, wire: str, attribute: str, annotation: Any, default: Any, owner: str, where: str
    ) -> Field:
        inner, extras = _unwrap(annotation)
        members = list(get_args(inner)) if _is_union(inner) else [inner]
        absent, null = msgspec.UnsetType in members, type(None) in members
        rest = [each for each in members if each not in (msgspec.UnsetType, type(None))]
        if absent and null:
            raise SignatureError(
                f"{where}: `Maybe[T | None]` has two kinds of nothing: choose Maybe[T] or T | None"
            )
        if len(rest) != 1:
            raise SignatureError(
                f"{where}: a union has no form on the wire: use a Struct with optional members"
            )
        core, more = _unwrap(rest[0])
        extras = (*more, *extras)
        param = next((each for each in reversed(extras) if isinstance(each, Param)), NO_PARAM)
        node = self._type(core, extras, owner + camel_case(wire), where)
        field = Field(wire, attribute, node, State.REQUIRED, annotation, param=param)
        return _with_state(field, absent, null, default, where)

    def _type(self, core: Any, extras: tuple[Any, ...], owner: str, where: str) -> Type:
        param = next((each for each in reversed(extras) if isinstance(each, Param)), NO_PARAM)
        if get_origin(core) is list:
            item, more = _unwrap(get_args(core)[0])
            return ListOf(self._item(item, more, owner, where), param.max_length)
        if get_origin(core) is Literal:
            return _literal(core, owner, where)
        if isinstance(core, type) and issubclass(core, enum.Enum):
            return _enum(core, camel_case(self.component), where)
        if isinstance(core, type) and issubclass(core, Struct):
            return self._struct(core, where)
        return _scalar(core, extras, param, where)

    def _item(self, core: Any, extras: tuple[Any, ...], owner: str, where: str) -> Type:
        if _is_union(core):
            raise SignatureError(f"{where}: items of a list cannot be null, absent or a union: use a Struct")
        return self._type(core, extras, owner, f"{where}, item")

    def _struct(self, cls: type[Struct], where: str) -> StructOf:
        if cls in self.inside:
            raise SignatureError(
                f"{where}: {cls.__name__} contains itself: use a list whose items name their parent"
            )
        self.inside.append(cls)
        name = WIRE_NAMES.get(cls) or camel_case(self.component) + cls.__name__
        hints = typing.get_type_hints(cls, include_extras=True)
        fields = []
        for each in msgspec.structs.fields(cls):
            place = f"{where}, member {cls.__name__}.{each.name}"
            _check_name(each.encode_name, place)
            default = each.default
            if each.default_factory is not msgspec.NODEFAULT:
                default = each.default_factory()
            if default is msgspec.NODEFAULT:
                default = inspect.Parameter.empty
            fields.append(self._field(each.encode_name, each.name, hints[each.name], default, name, place))
        self.inside.pop()
        _refuse_clashes([each.name for each in fields], f"{where}, {cls.__name__}")
        return StructOf(name, cls, tuple(fields), (inspect.getdoc(cls) or "") if cls.__doc__ else "")


def _unwrap(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """An annotation without its Annotated, and what that held."""
    if get_origin(annotation) is Annotated:
        core, *extras = get_args(annotation)
        return core, tuple(extras)
    return annotation, ()


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (typing.Union, types.UnionType)


def _with_state(field: Field, absent: bool, null: bool, default: Any, where: str) -> Field:
    given = default is not inspect.Parameter.empty
    if absent:
        if default is not ABSENT:
            raise SignatureError(
                f"{where}: write `Maybe[...] = ABSENT`, so that Python may leave it out as well"
            )
        return replace(field, state=State.MAYBE)
    if null:
        if given and default is not None:
            raise SignatureError(
                f"{where}: `T | None` has the default None or none: drop `| None` to use {default!r}"
            )
        return replace(field, state=State.NULLABLE)
    if not given:
        return field
    if default is None or default is ABSENT:
        raise SignatureError(
            f"{where}: the default {default!r} needs `T | None` (for None) or `Maybe[T]` (for ABSENT)"
        )
    return replace(field, state=State.DEFAULT, default=default)


def _literal(annotation: Any, name: str, where: str) -> Choice:
    members = get_args(annotation)
    if not all(isinstance(each, str) and each for each in members):
        raise SignatureError(
            f"{where}: a Literal holds texts only, none of them empty: use int with Param(ge=, le=)"
        )
    return Choice(name, members)


def _enum(cls: type[enum.Enum], prefix: str, where: str) -> Choice:
    members = tuple(each.value for each in cls)
    if not all(isinstance(each, str) and each for each in members):
        raise SignatureError(f"{where}: the Enum {cls.__name__} must hold texts only, none of them empty")
    return Choice(prefix + cls.__name__, members, cls)


def _scalar(core: Any, extras: tuple[Any, ...], param: Param, where: str) -> Scalar:
    kind = _KINDS.get(core) if isinstance(core, type) else None
    if kind is None:
        raise SignatureError(f"{where}: {_instead(core)}")
    if any(isinstance(each, _Width) for each in extras):
        kind = Kind.INT32
    word = next((each for each in reversed(extras) if isinstance(each, Word)), None)
    if word is not None and kind is not Kind.STR:
        raise SignatureError(f"{where}: the word {word.name} bounds texts, not {kind}")
    limits = [each for each in (param.max_length, word.max_length if word else None) if each is not None]
    return Scalar(kind, word, param.ge, param.le, min(limits) if limits else None)


def _instead(core: Any) -> str:
    origin = get_origin(core) or core
    if origin is dict:
        return "a dict has no typed form on the wire: use a list of a Struct with `name` and `value`"
    if origin in (Any, object):
        return "an untyped value cannot be checked or described: say which type it is"
    if origin in (tuple, set, frozenset) or origin is list:
        return f"use list[T] instead of {getattr(origin, '__name__', origin)}"
    return (
        f"{getattr(core, '__name__', core)} is not a type of the wire: use bool, int, Int32, float, Decimal, str, "
        "bytes, datetime, date, Literal, Enum, list[T] or a Struct"
    )
