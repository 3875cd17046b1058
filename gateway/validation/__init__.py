"""Is a value what its Signature says? The fast check at C speed, and the slow walk that finds every problem.

One list of rules a type (rules.py) feeds both: the fast check is straight-line Python generated from it, the walk
evaluates the same expressions one by one, so the two cannot disagree.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from gateway import limits
from gateway.faults import INVALID_PARAMETER, INVALID_RESPONSE, Problem
from gateway.signature import Field, Signature, SignatureError, State, StructOf
from gateway.validation.fast import compile_input, compile_output, compile_scalars
from gateway.validation.narrow import narrow_result, to_plain
from gateway.validation.normalise import normalise_members
from gateway.validation.rules import NATIVE_TYPES
from gateway.validation.walk import limited, summary, type_name, walk, walk_members

__all__ = ["NATIVE_TYPES", "Validator"]


class Validator:
    """The checks of one function, compiled from its Signature at registration."""

    def __init__(self, name: str, signature: Signature) -> None:
        self.signature = signature
        self.input = _parameter_struct(name, signature.parameters)
        self._check_input = compile_input(name, signature.parameters)
        self._read = compile_scalars(name, signature.parameters) or self._convert
        self._check_output = compile_output(name, signature.result)
        self._validate_defaults(name)

    def _validate_defaults(self, name: str) -> None:
        structs = [node for node in self.signature.types() if isinstance(node, StructOf)]
        for field in (*self.signature.parameters, *(field for node in structs for field in node.fields)):
            if field.state is State.DEFAULT:
                for problem in walk(field.type, to_plain(field.type, field.default), field.name):
                    raise SignatureError(f"function {name}: the default of {problem.path} {problem.problem}")

    def arguments(self, values: dict[str, Any], max_problems: int = limits.PROBLEMS) -> tuple[Any, ...]:
        """The positional arguments of the Python function, in order, from values by wire name.

        Raises INVALID_PARAMETER with every problem and its path (at most `max_problems`).
        """
        try:
            return self._read(values)
        except (ValueError, RecursionError):
            pass
        try:
            return self._convert(normalise_members(self.signature.parameters, values))
        except (ValueError, RecursionError):
            problems = limited(walk_members(self.signature.parameters, values, ""), max_problems)
            raise INVALID_PARAMETER(summary(problems), problems=problems) from None

    def _convert(self, values: dict[str, Any]) -> tuple[Any, ...]:
        arguments = msgspec.convert(values, self.input, builtin_types=NATIVE_TYPES)
        self._check_input(arguments)
        return msgspec.structs.astuple(arguments)

    def result(self, value: Any) -> Any:
        """The result as the Signature declares it: exact types, instants in UTC, undeclared members dropped.

        Raises INVALID_RESPONSE whose cause lists the problems with their paths, and what a generator raises.
        """
        try:
            self._check_output(value)
            return value
        except (ValueError, AttributeError):
            pass
        value = narrow_result(self.signature.result, value)
        try:
            self._check_output(value)
            return value
        except (ValueError, AttributeError):
            problems = limited(self._walk_result(value), limits.PROBLEMS)
            raise INVALID_RESPONSE(summary(problems)) from None

    def _walk_result(self, value: Any) -> Iterator[Problem]:
        field = self.signature.result
        if field is None:
            yield Problem(
                path="result", problem=f"is {type_name(value)}, but the function declares no result"
            )
        elif value is None:
            yield Problem(path="result", problem="is missing")
        else:
            yield from walk(field.type, to_plain(field.type, value), "result", output=True, secret=True)


def _parameter_struct(name: str, fields: tuple[Field, ...]) -> type[msgspec.Struct]:
    declared: list[Any] = []
    for field in fields:
        if field.state is State.DEFAULT and isinstance(field.default, list | msgspec.Struct):
            builtin = msgspec.to_builtins(field.default, builtin_types=NATIVE_TYPES)
            factory = _default_factory(builtin, field.annotation)
            declared.append((field.attribute, field.annotation, msgspec.field(default_factory=factory)))
        elif field.optional:
            declared.append((field.attribute, field.annotation, field.null))
        else:
            declared.append((field.attribute, field.annotation))
    rename = {field.attribute: field.name for field in fields}
    return msgspec.defstruct(
        f"{name}_arguments", declared, kw_only=True, forbid_unknown_fields=True, rename=rename
    )


def _default_factory(builtin: Any, annotation: Any) -> Callable[[], Any]:
    """A fresh default for each call: a function may change its arguments."""
    return lambda: msgspec.convert(builtin, annotation, builtin_types=NATIVE_TYPES)
