"""Writers of the `return` element, compiled from a type: every value says its type, as those of PHP's SoapServer do.

A Struct is Apache's Map, of which absent members are left out; a list is an encoded array. What has no type of its own
in PHP (instants, days, decimals, octets) is text. The generated code is one f-string a Struct, compiled three times for
`gateway.xml.writer`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.source import compile_source
from gateway.types import ABSENT
from gateway.xml import MARKS, Write, escape, writer
from protocols.soap.envelope import SOAP11, Version
from protocols.soap.lexical import BOOLEAN_TEXTS, write_base64, write_datetime

NIL = '<return xsi:nil="true"/>'
"""What a function without a result answers."""

_MAP, _STRING, _INT, _LONG = "ns2:Map", "xsd:string", "xsd:int", "xsd:long"
_TYPES: dict[Kind, str] = {Kind.BOOL: "xsd:boolean", Kind.FLOAT: "xsd:float", Kind.INT32: _INT}
"""The types of scalars; an `int` is a `long` where it needs more than 32 bits, and all others are texts."""
_FORMS: dict[Kind, str] = {
    Kind.BOOL: "{{booleans[{0}]}}",
    Kind.INT: "{{{0}}}",
    Kind.INT32: "{{{0}}}",
    Kind.FLOAT: "{{{0}!r}}",
    Kind.DECIMAL: "{{{0}:f}}",
    Kind.BYTES: "{{base64({0})}}",
    Kind.DATETIME: "{{instant({0})}}",
    Kind.DATE: "{{{0}.isoformat()}}",
}


def array11(item_type: str, size: int) -> str:
    """The attributes of an array (SOAP 1.1 section 5.4.2); PHP types an empty one so."""
    return f'SOAP-ENC:arrayType="{item_type if size else "xsd:ur-type"}[{size}]" xsi:type="SOAP-ENC:Array"'


def array12(item_type: str, size: int) -> str:
    """The attributes of an array (SOAP 1.2 part 2, section 3.1.4)."""
    return (
        f'enc:itemType="{item_type if size else "xsd:anyType"}" enc:arraySize="{size}" xsi:type="enc:Array"'
    )


def integer_type(value: int) -> str:
    """The XSD type that holds an integer."""
    return _INT if -(2**31) <= value < 2**31 else _LONG


def integers_type(values: Sequence[int]) -> str:
    """The XSD type that holds all of them."""
    return _LONG if any(integer_type(each) is _LONG for each in values) else _INT


_CONSTANTS: dict[str, Any] = {
    "ABSENT": ABSENT,
    "base64": write_base64,
    "booleans": BOOLEAN_TEXTS,
    "escape": escape,
    "instant": write_datetime,
    "integer_type": integer_type,
    "integers_type": integers_type,
    "join": "".join,
}


def compile_writer(field: Field | None, version: Version, title: str) -> Callable[[Any], bytes]:
    """A function from a checked result to the `return` element; `title` names the generated source in tracebacks."""
    if field is None:
        return lambda result: NIL.encode()  # noqa: ARG005
    careful = _Source(version).compile(field, title)
    if isinstance(field.type, Scalar | Choice):
        return lambda result: careful(result).encode()
    plain = _Source(version, escaping=False).compile(field, f"{title}, plain")
    marked = _Source(version, escaping=False, marked=True).compile(field, f"{title}, marked")
    return writer(plain, marked, careful)


class _Source:
    """The source of one writer: a function for each Struct and list, inner before outer.

    Each writes an element from behind its name to before its closing tag: ` xsi:type="xsd:int">7`.
    """

    def __init__(self, version: Version, *, escaping: bool = True, marked: bool = False) -> None:
        self.text = "{escape(%s)}" if escaping else "{%s}"
        self.marked = marked
        self.lines: list[str] = []
        self.array_type = "SOAP-ENC:Array" if version is SOAP11 else "enc:Array"
        self.constants = _CONSTANTS | {"array": array11 if version is SOAP11 else array12}
        self.structs: dict[type, str] = {}
        self.count = 0

    def compile(self, field: Field, title: str) -> Write:
        content = self.template(field.type, "x")
        if field.state is State.NULLABLE:
            self.lines += [
                "def write(x):",
                f"    return '{NIL}' if x is None else f'<return{content}</return>'",
            ]
        else:
            self.lines += ["def write(x):", f"    return f'<return{content}</return>'"]
        lines = [line.translate(MARKS) for line in self.lines] if self.marked else self.lines
        write: Write = compile_source(f"moodle soap writer of {title}", lines, self.constants)["write"]
        return write

    def define(self, *body: str) -> str:
        """A function of x with this body; its name."""
        self.count += 1
        self.lines += [f"def write_{self.count}(x):", *(f"    {line}" for line in body)]
        return f"write_{self.count}"

    def template(self, node: Type, variable: str) -> str:
        """What an f-string in single quotes holds for a value of the type in a variable."""
        match node:
            case Scalar(kind=kind):
                kind_type = f"{{integer_type({variable})}}" if kind is Kind.INT else self.type_name(node)
                return f' xsi:type="{kind_type}">{self.scalar(kind, variable)}'
            case Choice(python=python):
                value = variable if python is None else f"{variable}.value"
                return f' xsi:type="{_STRING}">{self.text % value}'
            case ListOf(item=item):
                return f"{{{self.array(item)}({variable})}}"
            case StructOf():
                return f"{{{self.struct(node)}({variable})}}"

    def scalar(self, kind: Kind, variable: str) -> str:
        return self.text % variable if kind is Kind.STR else _FORMS[kind].format(variable)

    def array(self, item: Type) -> str:
        element = f"<item{self.template(item, 'each')}</item>"
        is_int = isinstance(item, Scalar) and item.kind is Kind.INT
        item_type = "integers_type(x)" if is_int else f'"{self.type_name(item)}"'
        return self.define(
            f"items = join([f'{element}' for each in x])",
            f"return f' {{array({item_type}, len(x))}}>{{items}}'",
        )

    def struct(self, node: StructOf) -> str:
        if node.python not in self.structs:
            body: list[str] = []
            members = "".join(self.member(field, body) for field in node.fields)
            self.structs[node.python] = self.define(*body, f"return f' xsi:type=\"{_MAP}\">{members}'")
        return self.structs[node.python]

    def member(self, field: Field, body: list[str]) -> str:
        """Add what a member needs before the Struct's f-string, and give its part of that f-string."""
        source, opening = f"x.{field.attribute}", f'<item><key xsi:type="{_STRING}">{field.name}</key>'
        if field.state in (State.REQUIRED, State.DEFAULT):
            return f"{opening}<value{self.template(field.type, source)}</value></item>"
        variable = f"v{len(body)}"
        written = f"f'{opening}<value{self.template(field.type, variable)}</value></item>'"
        if field.state is State.MAYBE:
            absent, nothing = "ABSENT", "''"
        else:
            absent, nothing = "None", f"'{opening}<value xsi:nil=\"true\"/></item>'"
        body += [f"{variable} = {source}", f"{variable} = {nothing} if {variable} is {absent} else {written}"]
        return f"{{{variable}}}"

    def type_name(self, node: Type) -> str:
        """The XSD or encoded type of values that all have the same one."""
        match node:
            case Scalar(kind=kind):
                return _TYPES.get(kind, _STRING)
            case Choice():
                return _STRING
            case ListOf():
                return self.array_type
            case StructOf():
                return _MAP
