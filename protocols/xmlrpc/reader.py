"""XML-RPC `<value>` elements to plain Python values, compiled from a type.

A compiled reader takes the usual form of its type in one pass over the elements in document order, and leaves anything
else to the careful readers, which look at every element. Both give the same values.

Text where elements belong is an error, but looking for it costs as much as reading. So the readers count the texts
they used (`Texts`); only when the document holds more of them is it searched (`refuse_stray_text`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from lxml import etree

from gateway import limits
from gateway.faults import INVALID_REQUEST
from gateway.signature import Choice, Field, ListOf, Scalar, StructOf, Type
from gateway.types import Unreadable
from gateway.xml import Element
from protocols.xmlrpc.lexical import Convert, conversions

Texts = list[int]
"""One number: how many texts of the document were read."""

Read = Callable[[Element, Texts], Any]
"""A `<value>` element to its value. Raises INVALID_REQUEST for what is no XML-RPC value."""

Conversions = Mapping[Any, Convert]
"""How to read the text of each scalar element, by tag."""

_CONTAINERS = frozenset({"params", "param", "array", "data", "struct", "member"})
DUPLICATE = Unreadable("given more than once")

_count_texts = etree.XPath("count(.//text())")
_UNDECLARED = conversions(None)


def compile_reader(node: Type, depth: int = 0, *, secret: bool = False) -> Read:
    """The reader of a value of this type, `depth` containers deep in its message.

    With `secret`, problems do not quote the value.
    """
    match node:
        case ListOf(item=item):
            return _list_reader(item, depth, secret=secret)
        case StructOf(fields=fields):
            return compile_members(fields, depth, secret=secret)
        case _:
            return _scalar_reader(conversions(node, secret=secret), depth)


def compile_members(fields: Sequence[Field], depth: int = 0, *, secret: bool = False) -> Read:
    """The reader of a `<struct>` with these members, into a dict; unknown members stay in it."""
    careful = _careful_members(fields, depth, secret=secret)
    table = _scalar_members(fields, secret=secret)
    if table is None:
        return careful

    def read(value: Element, texts: Texts) -> Any:
        rows = _read_rows(list(value.iter()), 1, table, texts)
        return careful(value, texts) if rows is None else rows[0]

    return read


def read_undeclared(value: Element, depth: int = 0) -> Any:
    """Whatever a `<value>` holds, where no type is declared for it."""
    return _read_any(value, depth, _UNDECLARED)


def refuse_stray_text(root: Element, texts: Texts) -> None:
    """Raise INVALID_REQUEST if a document, of which so many texts were read, has text where elements belong."""
    if _count_texts(root) == texts[0]:
        return
    refuse_text_between(root.iter())


def refuse_text_between(elements: Iterable[Element]) -> None:
    """Raise INVALID_REQUEST if one of these elements holds text where elements belong."""
    for element in elements:
        if len(element) or element.tag in _CONTAINERS:
            between = (element.text, *(each.tail for each in element))
            if any(text and text.strip(" \t\r\n") for text in between):
                raise INVALID_REQUEST(f"A <{_local(element)}> holds text where only elements belong")


def _local(element: Element) -> str:
    return etree.QName(element).localname[:40]


def _only_child(value: Element) -> Element | None:
    if len(value) > 1:
        raise INVALID_REQUEST("A <value> holds more than one element")
    return value[0] if len(value) else None


def _read_any(value: Element, depth: int, scalars: Conversions) -> Any:
    child = _only_child(value)
    if child is None:
        return scalars["string"](value.text)
    if child.tag == "array":
        return [_read_any(each, depth + 1, scalars) for each in _items(child, depth)]
    if child.tag == "struct":
        return _collect(child, depth, lambda _name, each: _read_any(each, depth + 1, scalars))
    convert = scalars.get(child.tag)
    if convert is None:
        return Unreadable(f"of a type that XML-RPC does not have: {_local(child)!r}")
    if len(child):
        raise INVALID_REQUEST(f"A <{_local(child)}> holds elements")
    return convert(child.text)


def _refuse_deep(depth: int) -> None:
    if depth >= limits.DEPTH:
        raise INVALID_REQUEST(f"Arrays and structs nest deeper than {limits.DEPTH}")


def _items(array: Element, depth: int) -> list[Element]:
    """The `<value>` elements of an `<array>`."""
    _refuse_deep(depth)
    if len(array) != 1 or array[0].tag != "data":
        raise INVALID_REQUEST("An <array> holds one <data> and nothing else")
    data = array[0]
    if any(each.tag != "value" for each in data):
        raise INVALID_REQUEST("The <data> of an <array> holds <value> elements and nothing else")
    return list(data)


def _collect(struct: Element, depth: int, read: Callable[[str, Element], Any]) -> dict[str, Any]:
    """The members of a `<struct>`; one that comes twice is Unreadable."""
    _refuse_deep(depth)
    members: dict[str, Any] = {}
    for member in struct:
        name, value = _open_member(member)
        members[name] = DUPLICATE if name in members else read(name, value)
    return members


def _open_member(member: Element) -> tuple[str, Element]:
    if member.tag != "member" or [each.tag for each in member] != ["name", "value"] or len(member[0]):
        raise INVALID_REQUEST("A <struct> holds <member> elements of one <name> and one <value> each")
    return member[0].text or "", member[1]


def open_members(value: Element) -> list[tuple[str, Element]] | None:
    """The names and `<value>` elements of a `<struct>`'s members, or None for another value."""
    struct = _only_child(value)
    if struct is None or struct.tag != "struct":
        return None
    return [_open_member(member) for member in struct]


def open_array(value: Element) -> list[Element] | None:
    """The `<value>` elements of an `<array>`'s items, or None for another value."""
    array = _only_child(value)
    return _items(array, 0) if array is not None and array.tag == "array" else None


def _scalar_reader(scalars: Conversions, depth: int) -> Read:
    def read(value: Element, texts: Texts) -> Any:
        if len(value) == 1:
            child = value[0]
            convert = scalars.get(child.tag)
            if convert is not None and not len(child):
                content = child.text
                texts[0] += content is not None
                return convert(content)
        return _read_any(value, depth, scalars)

    return read


def _list_reader(item: Type, depth: int, *, secret: bool) -> Read:
    read_item = compile_reader(item, depth + 1, secret=secret)

    def careful(value: Element, texts: Texts) -> Any:
        child = _only_child(value)
        if child is None or child.tag != "array":
            return _read_any(value, depth, _UNDECLARED)
        return [read_item(each, texts) for each in _items(child, depth)]

    if isinstance(item, Scalar | Choice):
        return _scalars_reader(conversions(item, secret=secret), careful)
    table = _scalar_members(item.fields, secret=secret) if isinstance(item, StructOf) else None
    return careful if table is None else _rows_reader(table, careful)


def _data(value: Element) -> Element | None:
    """The `<data>` of a `<value>` that holds an `<array>` in its usual form."""
    if len(value) != 1 or len(value[0]) != 1 or value[0].tag != "array" or value[0][0].tag != "data":
        return None
    return value[0][0]


def _scalars_reader(scalars: Conversions, careful: Read) -> Read:
    def read(value: Element, texts: Texts) -> Any:
        data = _data(value)
        if data is None or not len(data):
            return careful(value, texts)
        nodes = list(data.iterdescendants())
        values, kinds = nodes[0::2], nodes[1::2]
        # As many values as <data> has children, each with one child, are all there is: the scalars are leaves.
        if (
            len(nodes) != 2 * len(data)
            or set(map(len, values)) != {1}
            or {each.tag for each in values} != {"value"}
        ):
            return careful(value, texts)
        (tag, *others) = {each.tag for each in kinds}
        convert = scalars.get(tag)
        if others or convert is None:
            return careful(value, texts)
        contents = [each.text for each in kinds]
        texts[0] += len(contents) - contents.count(None)
        return list(map(convert, contents))

    return read


def _rows_reader(table: Mapping[Any, Conversions], careful: Read) -> Read:
    def read(value: Element, texts: Texts) -> Any:
        data = _data(value)
        if data is None or not len(data):
            return careful(value, texts)
        rows = _read_rows(list(data.iterdescendants()), len(data), table, texts)
        return careful(value, texts) if rows is None else rows

    return read


def _read_rows(
    nodes: list[Element], count: int, table: Mapping[Any, Conversions], texts: Texts
) -> list[dict[str, Any]] | None:
    """The rows in `nodes`: `count` values, each a struct of scalars, in document order; None in any other case.

    The child counts of values, structs and members are compared; if they add up to all nodes, names and scalars are
    leaves and everything stands where it is read.
    """
    stream = iter(nodes)
    quadruples = zip(stream, stream, stream, stream, strict=False)
    rows: list[dict[Any, Any]] = []
    members = empty = 0
    try:
        for value, struct in zip(stream, stream, strict=False):
            if value.tag != "value" or struct.tag != "struct" or len(value) != 1:
                return None
            size = len(struct)
            row: dict[Any, Any] = {}
            for member, name, inner, scalar in islice(quadruples, size):
                if (
                    member.tag != "member"
                    or name.tag != "name"
                    or inner.tag != "value"
                    or len(member) != 2
                    or len(inner) != 1
                ):
                    return None
                key, content = name.text, scalar.text
                if content is None:
                    empty += 1
                row[key] = table[key][scalar.tag](content)
            if len(row) != size:
                return None
            members += size
            rows.append(row)
    except KeyError:  # a member or a type that is not expected
        return None
    if len(rows) != count or len(nodes) != 2 * count + 4 * members:
        return None
    texts[0] += 2 * members - empty
    return rows


def _scalar_members(fields: Sequence[Field], *, secret: bool) -> dict[Any, Conversions] | None:
    """How to read each member, or None if not all are scalars."""
    table: dict[Any, Conversions] = {}
    for field in fields:
        if not isinstance(field.type, Scalar | Choice):
            return None
        table[field.name] = conversions(field.type, secret=secret or field.param.secret)
    return table


def _careful_members(fields: Sequence[Field], depth: int, *, secret: bool) -> Read:
    readers = {
        field.name: compile_reader(field.type, depth + 1, secret=secret or field.param.secret)
        for field in fields
    }

    def read(value: Element, texts: Texts) -> Any:
        struct = _only_child(value)
        if struct is None or struct.tag != "struct":
            return _read_any(value, depth, _UNDECLARED)

        def read_member(name: str, each: Element) -> Any:
            texts[0] += name != ""
            known = readers.get(name)
            return known(each, texts) if known else read_undeclared(each, depth + 1)

        return _collect(struct, depth, read_member)

    return read
