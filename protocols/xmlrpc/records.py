"""Long arrays of structs that came folded: read column by column (see `gateway.folding`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway import xml
from gateway.folding import LEAF, SPACE, Shape, rows_of
from gateway.signature import Choice, Field, ListOf, Scalar, StructOf
from gateway.xml import Element, Records
from protocols.xmlrpc.envelope import Arguments, read_call
from protocols.xmlrpc.lexical import conversions, read_text
from protocols.xmlrpc.reader import Conversions, open_members

_VALUE = f"<value>(?:{SPACE}{LEAF}{SPACE}|[^<]*)</value>"
_MEMBER = f"<member>{SPACE}<name>[^<]*</name>{SPACE}{_VALUE}{SPACE}</member>"
RECORDS = Shape(
    between=f"(?P<closing></struct>{SPACE}</value>){SPACE}(?P<opening><value>{SPACE}<struct>)",
    record=f"<value>{SPACE}<struct>{SPACE}(?:{_MEMBER}{SPACE})*</struct>{SPACE}</value>",
    constant="name",
)
"""A struct of scalars in an array, and another after it that names the same members in the same order."""


def read_folded_call(body: bytes) -> tuple[str, Arguments]:
    """The name and the arguments of a `<methodCall>`, read whole if it is one of the gateway's own methods.

    Raises INVALID_REQUEST, TOO_LARGE.
    """
    root, records = xml.parse_folded(body, RECORDS)
    name, arguments = read_call(root)
    if records is None:
        return name, arguments
    if records.parent.tag != "data" or name.startswith("system."):
        return read_call(xml.parse(body))
    return name, Arguments(arguments.root, arguments.values, records=records, body=body)


class Lists:
    """The parameters that are lists of Structs of scalars."""

    def __init__(self, parameters: Sequence[Field]) -> None:
        self._lists = [_members(each) for each in parameters]
        self._names = [each.name for each in parameters]

    def put(self, records: Records, values: Sequence[Element], bound: dict[str, Any]) -> bool:
        """Replace the list of one item that was read of folded records by that of all; False if they do not fit.

        They fit if they are a positional parameter, and their columns give that first item, as its own reader read it.
        """
        value = records.parent.getparent()
        value = value.getparent() if value is not None else None
        for name, members, each in zip(self._names, self._lists, values, strict=False):
            if each is value:
                rows = _read(records, members) if members else None
                if rows is None or bound[name] != rows[:1]:
                    return False
                bound[name] = rows
                return True
        return False


def _members(field: Field) -> Mapping[str, Conversions] | None:
    match field.type:
        case ListOf(item=StructOf(fields=fields)):
            return {
                each.name: conversions(each.type, secret=field.param.secret or each.param.secret)
                for each in fields
                if isinstance(each.type, Scalar | Choice)
            }
        case _:
            return None


def _read(records: Records, table: Mapping[str, Conversions]) -> list[dict[str, Any]] | None:
    members = open_members(records.parent[0]) or []
    if len(members) != len(records.columns):
        return None
    try:
        converts = [table[name][value[0].tag if len(value) else "string"] for name, value in members]
    except KeyError:  # a member or a type that is not expected
        return None
    columns = [
        texts if convert is read_text else list(map(convert, texts))
        for convert, texts in zip(converts, records.columns, strict=True)
    ]
    return rows_of([name for name, _ in members], columns)
