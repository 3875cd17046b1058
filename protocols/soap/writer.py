"""Writers, compiled from types: a checked Python value to XML text.

For the server they write results, for the client parameters. Members come in declared order (.NET's serializers need
it), optional value-type members are always written (`xsi:nil`), other optional members are left out.
"""

from collections.abc import Callable, Sequence
from typing import Any

from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.source import compile_source
from gateway.types import ABSENT
from gateway.xml import MARKS, Write, escape, writer
from protocols.soap.lexical import BOOLEAN_TEXTS, write_base64, write_datetime
from protocols.soap.names import is_value_type, type_name

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
_CONSTANTS: dict[str, Any] = {
    "ABSENT": ABSENT,
    "escape": escape,
    "booleans": BOOLEAN_TEXTS,
    "base64": write_base64,
    "instant": write_datetime,
}


def compile_value(field: Field, title: str) -> Callable[[Any], bytes]:
    """The writer of one element, named like the field, from its value; None becomes `xsi:nil`."""
    careful = _Source(title).value(field)
    if isinstance(field.type, Scalar | Choice):
        return lambda value: careful(value).encode()
    plain = _Source(f"{title}, plain", escaping=False).value(field)
    marked = _Source(f"{title}, marked", escaping=False, marked=True).value(field)
    return writer(plain, marked, careful)


Part = bytes | memoryview

_ROWS = 256
"""How many items of a long list are written at a time."""


def compile_parts(field: Field, title: str) -> Callable[[Any], Sequence[Part]]:
    """The same element in parts, to be joined once.

    A long list is written some items at a time: the texts of 10,000, in each form that they take on their way, would be
    new memory for every answer, which costs more than writing them.
    """
    write = compile_value(field, title)
    if not isinstance(field.type, ListOf):
        return lambda value: (write(value),)
    opening, closing = f"<{field.name}>".encode(), f"</{field.name}>".encode()

    def write_parts(value: Any) -> Sequence[Part]:
        if value is None or len(value) <= _ROWS:
            return (write(value),)
        pieces = (write(value[at : at + _ROWS]) for at in range(0, len(value), _ROWS))
        inside = [memoryview(each)[len(opening) : -len(closing)] for each in pieces]
        return (opening, *inside, closing)

    return write_parts


def compile_mapping(fields: Sequence[Field], title: str) -> Write:
    """The writer of these members from a dict by wire name, Structs in it being dicts as well.

    Members that are missing or None are left out: whether they are required is for the server to say.
    """
    return _Source(title, mapping=True).members(fields)


def compile_content(node: Type, title: str) -> Write:
    """The writer of what is inside of an element of this type."""
    return _Source(title).content(node)


class _Source:
    """The source under way: one function for each Struct and list type, then the one that is asked for.

    `escaping` writes every text escaped; `marked` writes marks for `<` and `>`; `mapping` reads Structs that are dicts.
    """

    def __init__(
        self, title: str, *, escaping: bool = True, marked: bool = False, mapping: bool = False
    ) -> None:
        self.title = title
        self.escaping = escaping
        self.marked = marked
        self.mapping = mapping
        self.lines: list[str] = []
        self.helpers: set[str] = set()

    def value(self, field: Field) -> Write:
        name, content = field.name, self._content(field.type, "value")
        self.lines += [
            "def write(value):",
            "    if value is None:",
            f"        return '<{name} xsi:nil=\"true\"/>'",
            f"    return f'<{name}>{content}</{name}>'",
        ]
        return self._compile()

    def content(self, node: Type) -> Write:
        content = self._content(node, "value")
        self.lines += ["def write(value):", f"    return f'{content}'"]
        return self._compile()

    def members(self, fields: Sequence[Field]) -> Write:
        self._function("write", fields, parameters=True)
        return self._compile()

    def _compile(self) -> Write:
        lines = [line.translate(MARKS) for line in self.lines] if self.marked else self.lines
        write: Write = compile_source(f"soap writer of {self.title}", lines, _CONSTANTS)["write"]
        return write

    def _content(self, node: Type, value: str) -> str:
        """The f-string field that writes a value's content."""
        match node:
            case Scalar(kind=Kind.STR):
                return self._text(value)
            case Scalar():
                return _FORMS[node.kind].format(value)
            case Choice():
                return self._text(value if node.python is None or self.mapping else f"{value}.value")
            case ListOf():
                return f"{{{self._list(node)}({value})}}"
            case StructOf():
                return f"{{{self._struct(node)}({value})}}"

    def _text(self, value: str) -> str:
        return f"{{escape({value})}}" if self.escaping else f"{{{value}}}"

    def _list(self, node: ListOf) -> str:
        helper, item = f"write_{type_name(node)}", type_name(node.item)
        if helper not in self.helpers:
            self.helpers.add(helper)
            row = f"<{item}>{self._content(node.item, 'item')}</{item}>"
            self.lines += [f"def {helper}(value):", f"    return ''.join([f'{row}' for item in value])"]
        return helper

    def _struct(self, node: StructOf) -> str:
        helper = f"write_{node.name}"
        if helper not in self.helpers:
            self.helpers.add(helper)
            self._function(helper, node.fields, parameters=False)
        return helper

    def _function(self, name: str, fields: Sequence[Field], *, parameters: bool) -> None:
        body, row = [], ""
        for n, field in enumerate(fields):
            source = f"value.get('{field.name}')" if self.mapping else f"value.{field.attribute}"
            if not self.mapping and field.state in (State.REQUIRED, State.DEFAULT):
                row += f"<{field.name}>{self._content(field.type, source)}</{field.name}>"
                continue
            written = f"f'<{field.name}>{self._content(field.type, f'v{n}')}</{field.name}>'"
            nil = field.optional and is_value_type(field.type) and not parameters
            nothing = f"'<{field.name} xsi:nil=\"true\"/>'" if nil else "''"
            body += [
                f"    v{n} = {source}",
                f"    m{n} = {nothing} if {self._missing(field, n)} else {written}",
            ]
            row += f"{{m{n}}}"
        self.lines += [f"def {name}(value):", *body, f"    return f'{row}'"]

    def _missing(self, field: Field, n: int) -> str:
        return f"v{n} is ABSENT" if field.state is State.MAYBE and not self.mapping else f"v{n} is None"
