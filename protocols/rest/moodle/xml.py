"""Results and faults as the XML of Moodle's REST server: VALUE, MULTIPLE, SINGLE, KEY; compiled from a type.

All declared members are written, in declared order: of one that is absent everything is null. The generated code is one
f-string a Struct, compiled three times for `gateway.xml.writer`.
"""

from binascii import b2a_base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.source import compile_source
from gateway.types import ABSENT
from gateway.xml import MARKS, Write, escape, escape_attribute, writer

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_OPENING = f"{_DECLARATION}<RESPONSE>\n".encode()
_CLOSING = b"</RESPONSE>\n"
_NULL = '<VALUE null="null"/>\n'


def write_document(content: bytes) -> bytes:
    """The whole answer around a result."""
    return _OPENING + content + _CLOSING


def write_fault(members: Mapping[str, str]) -> bytes:
    """An EXCEPTION with the members of a JSON fault: `exception` is its class, the others are elements."""
    elements = "".join(
        f"<{name.upper()}>{escape(text)}</{name.upper()}>\n"
        for name, text in members.items()
        if name != "exception"
    )
    opening = f'{_DECLARATION}<EXCEPTION class="{escape_attribute(members["exception"])}">\n'
    return f"{opening}{elements}</EXCEPTION>\n".encode()


def compile_writer(field: Field | None, title: str) -> Callable[[Any], bytes]:
    """A function from a checked result to the content of RESPONSE, which is empty for a void function (None).

    `title` names the generated source in tracebacks.
    """
    if field is None:
        return lambda result: b""  # noqa: ARG005
    careful = _Source().compile(field, title)
    if isinstance(field.type, Scalar | Choice):
        return lambda result: careful(result).encode()
    plain = _Source(escaping=False).compile(field, f"{title}, plain")
    marked = _Source(escaping=False, marked=True).compile(field, f"{title}, marked")
    return writer(plain, marked, careful)


def _write_float(value: float) -> str:
    return repr(value).removesuffix(".0")


def _write_base64(value: bytes) -> str:
    return b2a_base64(value, newline=False).decode("ascii")


def _write_datetime(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


_SCALARS: dict[Kind, str] = {
    Kind.BOOL: "{%s:d}",
    Kind.INT: "{%s}",
    Kind.INT32: "{%s}",
    Kind.FLOAT: "{write_float(%s)}",
    Kind.DECIMAL: "{%s:f}",
    Kind.BYTES: "{write_base64(%s)}",
    Kind.DATETIME: "{write_datetime(%s)}",
    Kind.DATE: "{%s.isoformat()}",
}
_CONSTANTS: dict[str, Any] = {
    "ABSENT": ABSENT,
    "escape": escape,
    "join": "".join,
    "write_base64": _write_base64,
    "write_datetime": _write_datetime,
    "write_float": _write_float,
}


def _nothing(node: Type) -> str:
    """What stands for a value of this type that is not there."""
    match node:
        case ListOf():
            return "<MULTIPLE>\n</MULTIPLE>\n"
        case StructOf(fields=fields):
            return f"<SINGLE>\n{''.join(_key(each.name, _nothing(each.type)) for each in fields)}</SINGLE>\n"
        case _:
            return _NULL


def _key(name: str, value: str) -> str:
    return f'<KEY name="{name}">{value}</KEY>\n'


class _Source:
    """The source of one writer: a function for each Struct and each list's item, inner before outer."""

    def __init__(self, *, escaping: bool = True, marked: bool = False) -> None:
        self.escaping = escaping
        self.text = "{escape(%s)}" if escaping else "{%s}"
        self.marked = marked
        self.lines: list[str] = []
        self.constants = dict(_CONSTANTS)
        self.structs: dict[type, str] = {}

    def compile(self, field: Field, title: str) -> Write:
        self.define([f"return {self.expression(field, 'x')}"])
        lines = [self.markup(line) for line in self.lines]
        write: Write = compile_source(f"moodle xml writer of {title}", lines, self.constants)[
            f"write_{self.last}"
        ]
        return write

    def markup(self, text: str) -> str:
        """Text with tags, as this source writes tags."""
        return text.translate(MARKS) if self.marked else text

    def define(self, body: list[str]) -> str:
        """A function of x with this body; its name."""
        self.last = len(self.lines)
        self.lines += [f"def write_{self.last}(x):", *(f"    {line}" for line in body)]
        return f"write_{self.last}"

    def constant(self, value: Any) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants[name] = self.markup(value) if isinstance(value, str) else value
        return name

    def expression(self, field: Field, variable: str) -> str:
        """The text of a field's value in a variable: null of everything if it is not there."""
        written = f"f'{self.template(field.type, variable)}'"
        if field.state not in (State.MAYBE, State.NULLABLE):
            return written
        absent = "ABSENT" if field.state is State.MAYBE else "None"
        return f"{self.constant(_nothing(field.type))} if {variable} is {absent} else {written}"

    def template(self, node: Type, variable: str) -> str:
        """What an f-string in single quotes holds for a value of the type in a variable."""
        match node:
            case Scalar(kind=Kind.STR):
                return _value(self.text % variable)
            case Scalar(kind=kind):
                return _value(_SCALARS[kind].replace("%s", variable))
            case Choice():
                return f"{{{self.choice(node)}[{variable}]}}"
            case ListOf(item=item):
                return f"<MULTIPLE>\\n{{join(map({self.item(item)}, {variable}))}}</MULTIPLE>\\n"
            case StructOf():
                return f"{{{self.struct(node)}({variable})}}"

    def choice(self, node: Choice) -> str:
        opening, closing = self.markup("<VALUE>"), self.markup("</VALUE>")
        keys = list(node.python) if node.python else node.members
        texts = [str(key.value) for key in node.python] if node.python else node.members
        return self.constant(
            {
                key: f"{opening}{escape(text) if self.escaping else text}{closing}\n"
                for key, text in zip(keys, texts, strict=True)
            }
        )

    def item(self, node: Type) -> str:
        if isinstance(node, StructOf):
            return self.struct(node)
        return self.define([f"return f'{self.template(node, 'x')}'"])

    def struct(self, node: StructOf) -> str:
        if node.python not in self.structs:
            body: list[str] = []
            members = "".join(self.member(field, body) for field in node.fields)
            self.structs[node.python] = self.define([*body, f"return f'<SINGLE>\\n{members}</SINGLE>\\n'"])
        return self.structs[node.python]

    def member(self, field: Field, body: list[str]) -> str:
        """Add what a member needs before the Struct's f-string, and give its part of that f-string."""
        variable = f"x_{len(body)}"
        body.append(f"{variable} = x.{field.attribute}")
        if field.state in (State.MAYBE, State.NULLABLE):
            body.append(f"{variable} = {self.expression(field, variable)}")
            return f'<KEY name="{field.name}">{{{variable}}}</KEY>\\n'
        return f'<KEY name="{field.name}">{self.template(field.type, variable)}</KEY>\\n'


def _value(text: str) -> str:
    return f"<VALUE>{text}</VALUE>\\n"
