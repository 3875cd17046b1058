"""Readers, compiled from types: an lxml element to a plain Python value.

For the server they read parameters, for the client results. They accept what real clients send (children in any order,
qualified or not, xsi:type, pretty-printing) and lose nothing silently: what does not fit is `Unreadable` in its place,
what is not declared stays under its name.

Null is `xsi:nil` on an element without content; an empty element of a type whose texts cannot be empty means the same
where the member is optional.
"""

from collections.abc import Callable, Sequence
from typing import Any

from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.source import compile_source
from gateway.types import Unreadable
from gateway.xml import Element
from protocols.soap.lexical import BOOLEANS, FAST_DIGITS, LEXICALS, quote
from protocols.soap.names import NIL, WHITE_SPACE, type_name

Reader = Callable[[Element], Any]

_MIXED = "text where only elements belong"
_NESTED = "an element where a value belongs"
_TWICE = "given more than once"


def compile_members(fields: Sequence[Field], namespace: str, title: str) -> Reader:
    """The reader of an element whose children are these members: a dict by wire name, or Unreadable."""
    return _members(fields, namespace, title, secret=False)


def _members(fields: Sequence[Field], namespace: str, title: str, secret: bool) -> Reader:
    readers = _readers(fields, namespace, title, secret)
    general = _general(fields, readers, namespace)
    return _straight(fields, readers, general, namespace, title) if fields else general


def _readers(fields: Sequence[Field], namespace: str, title: str, secret: bool) -> list[Reader]:
    return [
        _reader(each.type, namespace, f"{title} {each.name}", each.optional, secret or each.param.secret)
        for each in fields
    ]


def _reader(node: Type, namespace: str, title: str, optional: bool, secret: bool) -> Reader:
    match node:
        case Scalar():
            return _scalar(node.kind, optional, secret)
        case Choice():
            return _choice(optional)
        case ListOf():
            return _list(node, namespace, title, secret)
        case StructOf():
            return _struct(node, namespace, title, optional, secret)


def is_nil(element: Element) -> bool:
    """Whether `xsi:nil` says that it is null."""
    return element.get(NIL, "").strip(WHITE_SPACE) in ("true", "1")


def _scalar(kind: Kind, optional: bool, secret: bool) -> Reader:
    convert, problem = LEXICALS[kind]
    keeps_empty = kind in (Kind.STR, Kind.BYTES)

    def read(element: Element) -> Any:
        text = element.text or ""
        if len(element):
            return Unreadable(_NESTED)
        if not text.strip(WHITE_SPACE) and (is_nil(element) or (optional and not keeps_empty)):
            return None
        try:
            return convert(text)
        except ValueError:
            return Unreadable(problem if secret else f"{problem}: {quote(text)}")

    return read


def _choice(optional: bool) -> Reader:
    """Membership is for validation; no member is empty."""

    def read(element: Element) -> Any:
        if len(element):
            return Unreadable(_NESTED)
        if not element.text and (optional or is_nil(element)):
            return None
        return element.text or ""

    return read


def _list(node: ListOf, namespace: str, title: str, secret: bool) -> Reader:
    name = type_name(node.item)
    item = _reader(node.item, namespace, f"{title} {name}", False, secret)
    plain_text = isinstance(node.item, Scalar) and node.item.kind is Kind.STR
    tags = (f"{{{namespace}}}{name}", name)
    misnamed = Unreadable(f"not an item: items are called {name}")

    def read(element: Element) -> Any:
        if _has_text(element.text):
            return Unreadable(_MIXED)
        values: list[Any] = []
        for child in element:
            if _has_text(child.tail):
                return Unreadable(_MIXED)
            if child.tag not in tags:
                values.append(misnamed)
            elif plain_text and (text := child.text) and not len(child):
                values.append(text)
            else:
                values.append(item(child))
        return None if not values and is_nil(element) else values

    return read


def _struct(node: StructOf, namespace: str, title: str, optional: bool, secret: bool) -> Reader:
    members = _members(node.fields, namespace, title, secret)
    empty_is_null = optional and any(each.state is State.REQUIRED for each in node.fields)

    def read(element: Element) -> Any:
        values = members(element)
        if not values and not len(element) and (empty_is_null or is_nil(element)):
            return None
        return values

    return read


def _has_text(text: str | None) -> bool:
    return text is not None and bool(text.strip(WHITE_SPACE))


def _general(fields: Sequence[Field], readers: Sequence[Reader], namespace: str) -> Reader:
    """Reads members in any order, and finds all that is wrong."""
    prefix = f"{{{namespace}}}"
    known: dict[str, tuple[str, Reader]] = {}
    for field, reader in zip(fields, readers, strict=True):
        known[field.name] = known[prefix + field.name] = (field.name, reader)

    def read(element: Element) -> Any:
        if _has_text(element.text):
            return Unreadable(_MIXED)
        values: dict[str, Any] = {}
        for child in element:
            if _has_text(child.tail):
                return Unreadable(_MIXED)
            tag: Any = child.tag
            name, reader = known.get(tag) or (tag.removeprefix(prefix), _unknown)
            values[name] = Unreadable(_TWICE) if name in values else reader(child)
        return values

    return read


def _unknown(element: Element) -> Any:
    """Whatever it holds, it is reported under its name."""
    return element.text or ""


def _straight(
    fields: Sequence[Field], readers: Sequence[Reader], general: Reader, namespace: str, title: str
) -> Reader:
    """Reads the members when they all come, in order and qualified, as generated clients send them; else `general`."""
    count = len(fields)
    constants: dict[str, Any] = {"general": general, "booleans": BOOLEANS, "has_text": _has_text}
    lines = ["def read(element):", f"    if len(element) != {count}:", "        return general(element)"]
    lines += [f"    {''.join(f'e{n}, ' for n in range(count))} = element", "    if ("]
    lines += ["        ((text := element.text) is not None and has_text(text))"]
    for n, (field, reader) in enumerate(zip(fields, readers, strict=True)):
        constants |= {f"tag{n}": f"{{{namespace}}}{field.name}", f"read{n}": reader}
        lines += [f"        or e{n}.tag != tag{n} or ((text := e{n}.tail) is not None and has_text(text))"]
    lines += ["    ):", "        return general(element)"]
    for n, field in enumerate(fields):
        lines += _straight_member(n, field.type)
    members = ", ".join(f"'{field.name}': v{n}" for n, field in enumerate(fields))
    lines += [f"    return {{{members}}}"]
    read: Reader = compile_source(f"soap reader of {title}", lines, constants)["read"]
    return read


def _straight_member(n: int, node: Type) -> list[str]:
    """The source that reads the n-th child into its variable: the commonest form at once, else its own reader."""
    kind = node.kind if isinstance(node, Scalar) else None
    if kind in (Kind.INT, Kind.INT32):
        test = f"text is not None and text.isascii() and text.isdigit() and len(text) <= {FAST_DIGITS}"
        value = "int(text)"
    elif kind is Kind.BOOL:
        test, value = "text in booleans", "booleans[text]"
    elif kind is Kind.STR:
        test, value = "text", "text"
    else:
        return [f"    v{n} = read{n}(e{n})"]
    return [
        f"    text = e{n}.text",
        f"    v{n} = {value} if {test} and not len(e{n}) else read{n}(e{n})",
    ]
