"""What authors annotate with: Struct, Param, Maybe, Int32, Word."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, dataclass_transform

import msgspec

ABSENT = msgspec.UNSET
"""The value of a `Maybe[T]` member that was not given."""

T = TypeVar("T")
Maybe = Union[T, msgspec.UnsetType]  # noqa: UP007  (a generic alias: `T | UnsetType` cannot take a TypeVar)
"""`email: Maybe[Email] = ABSENT`: the member may be left out."""


@dataclass(frozen=True, slots=True)
class Param:
    """What a parameter or member means, and what bounds it beyond its type.

    `ge` and `le` bound numbers, `max_length` (code points, bytes or items) bounds texts, bytes and lists.
    `secret` values are never quoted in problems, logs or pages. `example` feeds documentation and samples.
    """

    description: str = ""
    ge: int | float | None = None
    le: int | float | None = None
    max_length: int | None = None
    secret: bool = False
    example: object = None


@dataclass(frozen=True, slots=True)
class Word:
    """A named kind of text (Moodle's PARAM types): a whole-string pattern or a predicate, always bounded.

    `problem` completes the sentence "EMAIL is ..." for a caller, e.g. "not an e-mail address". `expression` says a
    predicate's rule in documents: a pattern that Python and ECMA-262 read alike.
    """

    name: str
    problem: str
    max_length: int
    pattern: str | None = None
    accepts: Callable[[str], object] | None = None
    example: str = "text"
    expression: str | None = None
    test: Callable[[str], object] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if (self.pattern is None) == (self.accepts is None):
            raise TypeError(f"word {self.name}: give either a pattern or a predicate")
        match = self.accepts if self.pattern is None else re.compile(self.pattern).fullmatch
        object.__setattr__(self, "test", match)
        object.__setattr__(self, "expression", self.expression or self.pattern)


@dataclass(frozen=True, slots=True)
class _Width:
    bits: int


Int32 = Annotated[int, _Width(32)]
"""A signed 32-bit integer (`xsd:int`, XML-RPC `i4`); a plain int is signed 64-bit."""


def _wire_name(name: str) -> str:
    return name.removesuffix("_") or name


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class _StructMeta(msgspec.StructMeta):
    """Takes `name=`, the wire name of the type where CamelCase(component) + class name will not do."""

    def __new__(
        mcls,
        cls_name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        name: str | None = None,
        **options: Any,
    ) -> Any:
        options.setdefault("kw_only", True)  # msgspec does not inherit it
        cls = super().__new__(mcls, cls_name, bases, namespace, **options)
        WIRE_NAMES[cls] = name
        return cls


WIRE_NAMES: dict[type, str | None] = {}
"""The `name=` each Struct class was declared with."""


class Struct(
    msgspec.Struct, metaclass=_StructMeta, kw_only=True, forbid_unknown_fields=True, rename=_wire_name
):
    """A record of named, typed members; declared as a class, sent as each protocol sends records.

    `class Found(Struct): id: int`. Members are keyword-only; a trailing underscore is dropped on the wire
    (`class_` travels as `class`). `class Found(Struct, name="User")` fixes the type's wire name.
    """

    if TYPE_CHECKING:

        def __init_subclass__(cls, *, name: str | None = None, **options: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What a codec puts where it could not read a value: no type takes it, and validation reports its problem."""

    problem: str
