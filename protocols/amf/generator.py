"""Straight-line Python that writes checked values of a type: what AMF0 and AMF3 have in common.

Every Struct and list of a type gets one function that appends ready-made bytes (markers, member names) and the bytes
of its scalars to a list: a closure for each member would cost three times as much.
"""

import abc
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, ClassVar

from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.source import compile_source
from gateway.types import ABSENT


class Generator(abc.ABC):
    """Collects the functions of one type; `names` is what their source refers to.

    Every function of a container takes `value` and `context`: the list `out`, and what else the version needs.
    """

    null: ClassVar[bytes]
    scalars: ClassVar[Mapping[Kind, Callable[[Any], bytes]]]
    context = "out"

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"ABSENT": ABSENT, "array_head": self.array_head}
        self.names |= {f"write_{kind}": writer for kind, writer in self.scalars.items()}
        self.structs: dict[type, str] = {}
        self.numbers = count(1)

    @staticmethod
    @abc.abstractmethod
    def array_head(size: int) -> bytes:
        """What comes before the items of a list."""

    @abc.abstractmethod
    def struct_lines(self, node: StructOf) -> list[str]:
        """The lines that append one Struct."""

    def build(self, field: Field, title: str, head: str, setup: list[str]) -> Any:
        """The function `encode` of this head, which gives the bytes of a value; `title` names its source."""
        if isinstance(field.type, ListOf | StructOf):
            lines = [*setup, "out = []", self.call(field.type, "value"), "return b''.join(out)"]
        else:
            lines = [f"return {self.expression(field.type, 'value')}"]
        if field.state is State.NULLABLE:
            lines = ["if value is None:", f"    return {self.null!r}", *lines]
        self.define(f"encode({head})", lines)
        return compile_source(title, self.lines, self.names)["encode"]

    def define(self, head: str, body: list[str]) -> None:
        self.lines += [f"def {head}:", *(f"    {line}" for line in body), ""]

    def constant(self, stem: str, value: Any) -> str:
        """A name for a value in the source."""
        name = f"{stem}_{next(self.numbers)}"
        self.names[name] = value
        return name

    def expression(self, node: Scalar | Choice, value: str) -> str:
        """The bytes of a scalar."""
        if isinstance(node, Scalar):
            return f"write_{node.kind}({value})"
        write = self.scalars[Kind.STR]
        name = self.constant("choice", {member: write(member) for member in node.members})
        return f"{name}[{value}.value]" if node.python else f"{name}[{value}]"

    def call(self, node: ListOf | StructOf, value: str) -> str:
        """The call that appends a list or a Struct, whose function is defined at the first use."""
        if isinstance(node, ListOf):
            name = self.define_append(self.list_lines(node))
        elif node.python in self.structs:
            name = self.structs[node.python]
        else:
            name = self.structs[node.python] = self.define_append(self.struct_lines(node))
        return f"{name}({value}, {self.context})"

    def define_append(self, lines: list[str]) -> str:
        name = f"append_{next(self.numbers)}"
        self.define(f"{name}(value, {self.context})", lines)
        return name

    def list_lines(self, node: ListOf) -> list[str]:
        head = "out.append(array_head(len(value)))"
        if isinstance(node.item, ListOf | StructOf):
            return [head, "for each in value:", f"    {self.call(node.item, 'each')}"]
        return [head, f"out += [{self.expression(node.item, 'each')} for each in value]"]

    def member(self, row: "Row", key: bytes, field: Field) -> None:
        """Append a member to a row, behind its key."""
        value = f"value.{field.attribute}"
        if field.state in (State.MAYBE, State.NULLABLE):
            row.add_line(f"member = {value}")
            nothing = "ABSENT" if field.state is State.MAYBE else "None"
            row.add_line(f"if member is not {nothing}:")
            row.add_line(f"    {self.append(key, field.type, 'member')}")
            if field.state is State.NULLABLE:
                row.add_line(f"else: out.append({key + self.null!r})")
        elif isinstance(field.type, ListOf | StructOf):
            row.add_constant(key)
            row.add_line(self.call(field.type, value))
        else:
            row.add_constant(key)
            row.add_expression(self.expression(field.type, value))

    def append(self, key: bytes, node: Type, value: str) -> str:
        """One line that appends a key and what follows it."""
        if isinstance(node, ListOf | StructOf):
            call = self.call(node, value)
            return f"out.append({key!r}); {call}" if key else call
        expression = self.expression(node, value)
        return f"out += ({key!r}, {expression})" if key else f"out.append({expression})"


class Row:
    """The lines that append one Struct: neighbouring constants become one, neighbouring pieces one statement."""

    def __init__(self, start: bytes = b"") -> None:
        self.lines: list[str] = []
        self.constant = start
        self.pieces: list[str] = []

    def add_constant(self, constant: bytes) -> None:
        self.constant += constant

    def add_expression(self, expression: str) -> None:
        self.close_constant()
        self.pieces.append(expression)

    def close_constant(self) -> None:
        if self.constant:
            self.pieces.append(repr(self.constant))
            self.constant = b""

    def add_line(self, line: str) -> None:
        self.lines += self.flush()
        self.lines.append(line)

    def flush(self) -> list[str]:
        self.close_constant()
        pieces, self.pieces = self.pieces, []
        return [f"out += ({', '.join(pieces)},)"] if pieces else []

    def finish(self) -> list[str]:
        return [*self.lines, *self.flush()]
