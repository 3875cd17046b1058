"""Values to XML-RPC `<value>` elements: compiled from a type for results, by their own types for a client's request.

The generated code is one f-string a Struct, compiled three times for `gateway.xml.writer`.
"""

from collections.abc import Callable
from typing import Any

from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.source import compile_source
from gateway.types import ABSENT
from gateway.xml import MARKS, Write, escape, writer
from protocols.xmlrpc import lexical

NIL = "<value><nil/></value>"

_SCALARS: dict[Kind, str] = {
    Kind.BOOL: "{'<value><boolean>1</boolean></value>' if %s else '<value><boolean>0</boolean></value>'}",
    # Within 32 bits, said without the signs that `marked` takes for tags.
    Kind.INT: (
        "{f'<value><int>{%s}</int></value>' if %s // 0x80000000 in (-1, 0) else f'<value><i8>{%s}</i8></value>'}"
    ),
    Kind.INT32: "<value><int>{%s}</int></value>",
    Kind.FLOAT: "<value><double>{write_double(%s)}</double></value>",
    Kind.DECIMAL: "<value><string>{%s:f}</string></value>",
    Kind.BYTES: "<value><base64>{write_base64(%s)}</base64></value>",
    Kind.DATETIME: "<value><dateTime.iso8601>{write_datetime(%s)}</dateTime.iso8601></value>",
    Kind.DATE: "<value><string>{%s.isoformat()}</string></value>",
}
_CONSTANTS: dict[str, Any] = {
    "ABSENT": ABSENT,
    "escape": escape,
    "join": "".join,
    "write_base64": lexical.write_base64,
    "write_datetime": lexical.write_datetime,
    "write_double": lexical.write_double,
}


def compile_writer(field: Field | None, title: str) -> Callable[[Any], bytes]:
    """A function from a checked result to its `<value>` element; `field` is None for a void function.

    `title` names the generated source in tracebacks.
    """
    if field is None:
        return lambda result: NIL.encode()  # noqa: ARG005
    careful = _Source().compile(field, title)
    if isinstance(field.type, Scalar | Choice):
        return lambda result: careful(result).encode()
    plain = _Source(escaping=False).compile(field, f"{title}, plain")
    marked = _Source(escaping=False, marked=True).compile(field, f"{title}, marked")
    return writer(plain, marked, careful)


class _Source:
    """The source of one writer: a function for each Struct and each list's item, inner before outer."""

    def __init__(self, *, escaping: bool = True, marked: bool = False) -> None:
        self.escaping = escaping
        self.text = "{escape(%s)}" if escaping else "{%s}"
        self.marked = marked
        self.lines: list[str] = []
        self.constants = dict(_CONSTANTS) | {"NIL": self.markup(NIL)}
        self.structs: dict[type, str] = {}

    def compile(self, field: Field, title: str) -> Write:
        expression = self.expression(field, "x", self.template(field.type, "x"))
        name = self.define("x", [f"return {expression}"])
        lines = [self.markup(line) for line in self.lines]
        write: Write = compile_source(f"xmlrpc writer of {title}", lines, self.constants)[name]
        return write

    def markup(self, text: str) -> str:
        """Text with tags, as this source writes tags."""
        return text.translate(MARKS) if self.marked else text

    def define(self, argument: str, body: list[str]) -> str:
        name = f"write_{len(self.lines)}"
        self.lines += [f"def {name}({argument}):", *(f"    {line}" for line in body)]
        return name

    def expression(self, field: Field, variable: str, template: str) -> str:
        if field.state is State.NULLABLE:
            return f'NIL if {variable} is None else f"{template}"'
        return f'f"{template}"'

    def template(self, node: Type, variable: str) -> str:
        """What an f-string holds for a value of the type in a variable, `<value>` included."""
        match node:
            case Scalar(kind=Kind.STR):
                return f"<value><string>{self.text % variable}</string></value>"
            case Scalar(kind=kind):
                return _SCALARS[kind].replace("%s", variable)
            case Choice():
                return f"{{{self.choice(node)}[{variable}]}}"
            case ListOf(item=item):
                return (
                    f"<value><array><data>{{join(map({self.item(item)}, {variable}))}}</data></array></value>"
                )
            case StructOf():
                return f"{{{self.struct(node)}({variable})}}"

    def choice(self, node: Choice) -> str:
        name = f"choice_{len(self.constants)}"
        opening, closing = self.markup("<value><string>"), self.markup("</string></value>")
        keys = list(node.python) if node.python else node.members
        texts = [str(key.value) for key in node.python] if node.python else node.members
        self.constants[name] = {
            key: opening + (escape(text) if self.escaping else text) + closing
            for key, text in zip(keys, texts, strict=True)
        }
        return name

    def item(self, node: Type) -> str:
        if isinstance(node, StructOf):
            return self.struct(node)
        return self.define("x", [f'return f"{self.template(node, "x")}"'])

    def struct(self, node: StructOf) -> str:
        if node.python not in self.structs:
            body: list[str] = []
            members = "".join(self.member(field, body) for field in node.fields)
            body.append(f'return f"<value><struct>{members}</struct></value>"')
            self.structs[node.python] = self.define("x", body)
        return self.structs[node.python]

    def member(self, field: Field, body: list[str]) -> str:
        """Add what a member needs before the Struct's f-string, and give its part of that f-string."""
        variable = f"x_{len(body)}"
        body.append(f"{variable} = x.{field.attribute}")
        template = self.template(field.type, variable)
        member = f"<member><name>{field.name}</name>{template}</member>"
        if field.state is State.MAYBE:
            body.append(f'{variable} = "" if {variable} is ABSENT else f"{member}"')
            return f"{{{variable}}}"
        if field.state is State.NULLABLE:
            body.append(f"{variable} = {self.expression(field, variable, template)}")
            return f"<member><name>{field.name}</name>{{{variable}}}</member>"
        return member


def write_plain(value: Any) -> str:
    """The `<value>` element of plain Python values: dicts, lists, scalars, None."""
    if value is None:
        return NIL
    if isinstance(value, dict):
        members = (
            f"<member><name>{escape(str(name))}</name>{write_plain(each)}</member>"
            for name, each in value.items()
        )
        return f"<value><struct>{''.join(members)}</struct></value>"
    if isinstance(value, list):
        return f"<value><array><data>{''.join(map(write_plain, value))}</data></array></value>"
    return f"<value>{lexical.write_scalar(value)}</value>"
