"""What callers depend on of a registry, as data: taken from Signatures, written as stable text, read again."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from gateway.deprecation import Deprecation
from gateway.registry import Function
from gateway.signature import Choice, Field, ListOf, Scalar, State, StructOf, Type

LIST, CHOICE, STRUCT = "list", "choice", "struct"


class LockError(ValueError):
    """A file that is no lock."""


class TypeShape(msgspec.Struct, frozen=True, omit_defaults=True):
    """A type: the `kind` of a scalar, or list (of `item`), choice or struct (of that `name`), and its bounds."""

    kind: str
    name: str = ""
    item: "TypeShape | None" = None
    word: str | None = None
    ge: int | float | None = None
    le: int | float | None = None
    max_length: int | None = None


class MemberShape(msgspec.Struct, frozen=True, omit_defaults=True):
    """A parameter, a member of a struct, or the result; `default` is JSON-like, and counts where the state is that."""

    name: str
    type: TypeShape
    state: str = State.REQUIRED.value
    default: Any = None

    @property
    def optional(self) -> bool:
        """Whether a caller may leave it out."""
        return self.state != State.REQUIRED.value

    @property
    def may_be_missing(self) -> bool:
        """Whether an answer may come without it: a default is always sent."""
        return self.state in (State.MAYBE.value, State.NULLABLE.value)


class FunctionShape(msgspec.Struct, frozen=True):
    """A function; `faults` are its own, each with its REST status."""

    effect: str
    requires: list[str]
    parameters: list[MemberShape]
    result: MemberShape | None
    faults: dict[str, int]
    deprecated: Deprecation | None = None


class Lock(msgspec.Struct, frozen=True):
    """All functions, with the structs and choices that they are made of, by their wire names."""

    functions: dict[str, FunctionShape]
    structs: dict[str, list[MemberShape]]
    choices: dict[str, list[str]]


def take_lock(functions: Iterable[Function]) -> Lock:
    """The lock of functions as they are now."""
    known = sorted(functions, key=lambda each: each.name)
    nodes = [node for each in known for node in each.signature.types()]
    return Lock(
        {each.name: _function(each) for each in known},
        {each.name: list(map(_member, each.fields)) for each in nodes if isinstance(each, StructOf)},
        {each.name: list(each.members) for each in nodes if isinstance(each, Choice)},
    )


def _function(function: Function) -> FunctionShape:
    signature = function.signature
    return FunctionShape(
        function.effect.value,
        sorted(function.requires),
        list(map(_member, signature.parameters)),
        _member(signature.result) if signature.result else None,
        {each.errorcode: each.status for each in function.raises},
        function.deprecated,
    )


def _member(field: Field) -> MemberShape:
    default = msgspec.to_builtins(field.default) if field.state is State.DEFAULT else None
    return MemberShape(field.name, _type(field.type), field.state.value, default)


def _type(node: Type) -> TypeShape:
    match node:
        case Scalar(kind=kind, word=word):
            name = word.name if word else None
            return TypeShape(kind.value, word=name, ge=node.ge, le=node.le, max_length=node.max_length)
        case ListOf(item=item, max_length=max_length):
            return TypeShape(LIST, item=_type(item), max_length=max_length)
        case Choice(name=name):
            return TypeShape(CHOICE, name)
        case StructOf(name=name):
            return TypeShape(STRUCT, name)


def write_lock(lock: Lock) -> str:
    """The text of a lock, the same for the same lock: JSON by name, with a line for each parameter and member."""
    return "\n".join(["{", *_lines(msgspec.to_builtins(lock, order="deterministic"), 1), "}", ""])


def _lines(content: dict[str, Any], depth: int) -> Iterator[str]:
    """The members of an object: parameters and members have a line each, and so has whatever is short."""
    indent = "  " * depth
    for position, (name, value) in enumerate(content.items(), 1):
        opening, comma = f"{indent}{json.dumps(name)}: ", "," if position < len(content) else ""
        if isinstance(value, dict) and not _is_member(value) and any(map(_is_long, value.values())):
            yield f"{opening}{{"
            yield from _lines(value, depth + 1)
            yield f"{indent}}}{comma}"
        elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
            yield f"{opening}["
            yield ",\n".join(f"{indent}  {json.dumps(each, ensure_ascii=False)}" for each in value)
            yield f"{indent}]{comma}"
        else:
            yield f"{opening}{json.dumps(value, ensure_ascii=False)}{comma}"


def _is_member(value: dict[str, Any]) -> bool:
    return {"name", "type"} <= value.keys()


def _is_long(value: Any) -> bool:
    return isinstance(value, dict | list)


def read_lock(text: str) -> Lock:
    """A lock from its text. Raises LockError for what is none."""
    try:
        return msgspec.json.decode(text, type=Lock)
    except msgspec.DecodeError as error:
        raise LockError(f"this is no lock of signatures: {error}") from None
