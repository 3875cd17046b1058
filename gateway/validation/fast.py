"""The fast check: straight-line Python generated from a Signature's rules, run after msgspec checked the shape."""

from collections.abc import Callable
from datetime import UTC
from itertools import count
from typing import Any

from gateway.signature import PYTHON_TYPES, Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.source import compile_source
from gateway.types import ABSENT
from gateway.validation.rules import InvalidError, rules_of, to_utc


class CheckWriter:
    """Generates one check function, line by line.

    `exact` adds the tests of types, which msgspec does where it converts; `output` takes the rules of results.
    """

    def __init__(self, *, output: bool, exact: bool) -> None:
        self.output = output
        self.exact = exact
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"Invalid": InvalidError, "ABSENT": ABSENT, "UTC": UTC, "utc": to_utc}
        self.numbers = count()

    def emit(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def name(self, value: Any, stem: str) -> str:
        name = f"{stem}{next(self.numbers)}"
        self.names[name] = value
        return name

    def members(self, fields: tuple[Field, ...], owner: str, depth: int) -> None:
        for field in fields:
            mark = len(self.lines)
            variable = f"v{next(self.numbers)}"
            inner = depth
            if field.state in (State.MAYBE, State.NULLABLE):
                self.emit(
                    depth, f"if {variable} is not {'ABSENT' if field.state is State.MAYBE else 'None'}:"
                )
                inner += 1
            body = len(self.lines)
            self.value(field.type, variable, inner, f"{owner}.{field.attribute}")
            if len(self.lines) == body:  # nothing to check
                del self.lines[mark:]
            else:
                self.lines.insert(mark, "    " * depth + f"{variable} = {owner}.{field.attribute}")

    def value(self, node: Type, variable: str, depth: int, place: str) -> None:
        """Check one value held by `variable`; `place` is what an instant is assigned back to, in UTC."""
        if self.exact:
            python = self.name(_exact_type(node), "T")
            self.emit(depth, f"if type({variable}) is not {python}: raise Invalid")
        for rule in rules_of(node, output=self.output):
            names = {name: self.name(value, name) for name, value in rule.names}
            self.emit(depth, f"if not {rule.expression.format(x=variable, **names)}: raise Invalid")
        if isinstance(node, Scalar) and node.kind is Kind.DATETIME:
            self.instant(variable, depth, place)
        elif isinstance(node, StructOf):
            self.members(node.fields, variable, depth)
        elif isinstance(node, ListOf):
            self.items(node, variable, depth)

    def instant(self, variable: str, depth: int, place: str) -> None:
        if self.exact:
            self.emit(depth, f"if {variable}.tzinfo is not UTC: raise Invalid")
        else:
            self.emit(depth, f"if {variable}.tzinfo is not UTC: {place} = utc({variable})")

    def items(self, node: ListOf, variable: str, depth: int) -> None:
        item, index = f"i{next(self.numbers)}", f"n{next(self.numbers)}"
        mark = len(self.lines)
        self.value(node.item, item, depth + 1, f"{variable}[{index}]")
        if len(self.lines) == mark:
            return
        indexed = any(f"[{index}] = " in line for line in self.lines[mark:])
        loop = f"for {index}, {item} in enumerate({variable}):" if indexed else f"for {item} in {variable}:"
        self.lines.insert(mark, "    " * depth + loop)

    def compile(self, parameter: str, label: str, result: str = "None") -> Callable[[Any], Any]:
        lines = [f"def check({parameter}):", *self.lines, f"    return {result}"]
        check: Callable[[Any], Any] = compile_source(f"check of {label}", lines, self.names)["check"]
        return check


def _exact_type(node: Type) -> type:
    match node:
        case Scalar(kind=kind):
            return PYTHON_TYPES[kind]
        case Choice(python=python):
            return python or str
        case StructOf(python=python):
            return python
        case ListOf():
            return list


def compile_input(name: str, parameters: tuple[Field, ...]) -> Callable[[Any], None]:
    """The check of a Struct of arguments: raises ValueError, and puts instants into UTC in place."""
    writer = CheckWriter(output=False, exact=False)
    writer.members(parameters, "p", 1)
    return writer.compile("p", f"the arguments of {name}")


def compile_scalars(
    name: str, parameters: tuple[Field, ...]
) -> Callable[[dict[str, Any]], tuple[Any, ...]] | None:
    """The commonest arguments at once: every one there, and each a scalar of exactly its type; None for other types.

    From values by wire name to positional arguments; raises ValueError for anything else, right or wrong.
    """
    if not parameters or not all(isinstance(each.type, Scalar) for each in parameters):
        return None
    writer = CheckWriter(output=False, exact=True)
    writer.emit(1, f"if len(values) != {len(parameters)}: raise Invalid")
    for n, field in enumerate(parameters):
        writer.emit(1, f"a{n} = values.get('{field.name}')")
        writer.value(field.type, f"a{n}", 1, "")
    arguments = "".join(f"a{n}, " for n in range(len(parameters)))
    return writer.compile("values", f"the scalars of {name}", f"({arguments})")


def compile_output(name: str, result: Field | None) -> Callable[[Any], None]:
    """The check of a result: raises ValueError (or AttributeError) unless it is exactly as declared."""
    writer = CheckWriter(output=True, exact=True)
    if result is None:
        writer.emit(1, "if r is not None: raise Invalid")
    else:
        if result.state is State.NULLABLE:
            writer.emit(1, "if r is None: return None")
        writer.value(result.type, "r", 1, "r")
    return writer.compile("r", f"the result of {name}")
