"""XML documents compared as what they mean: without prefixes, and without order where the schema knows none."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from .world import XSD

Tree = tuple[Any, ...]
WSDL = "http://schemas.xmlsoap.org/wsdl/"
REFERENCES = frozenset({"type", "element", "base", "message", "binding"})
"""The attributes of WSDL and XSD whose values are qualified names."""

_UNORDERED = frozenset(
    {f"{{{WSDL}}}{name}" for name in ("definitions", "portType", "binding")} | {f"{{{XSD}}}schema"}
)


def description(document: bytes, *, without: Collection[str] = ()) -> Tree:
    """A WSDL as a tree to compare: names expanded, top-level components sorted, elements in `without` left out."""
    return _describe(etree.fromstring(document), without)


def _describe(element: Any, without: Collection[str]) -> Tree:
    attributes = {
        name: expand(element, value) if name in REFERENCES else value
        for name, value in element.attrib.items()
    }
    children = [_describe(each, without) for each in element if etree.QName(each).localname not in without]
    if element.tag in _UNORDERED:
        children.sort(key=repr)
    return (element.tag, sorted(attributes.items()), (element.text or "").strip(), *children)


def expand(element: Any, name: str) -> str:
    """A qualified name in an attribute as `{namespace}local`."""
    prefix, _, local = name.rpartition(":")
    return f"{{{element.nsmap.get(prefix or None, '')}}}{local}"


def message(document: bytes) -> Tree:
    """A message as a tree to compare: datetimes as instants (without a zone, UTC), an empty text as none."""
    return _message(etree.fromstring(document))


def _message(element: Any) -> Tree:
    text = element.text or ""
    return (element.tag, sorted(element.attrib.items()), _instant(text) or text, *map(_message, element))


def _instant(text: str) -> datetime | None:
    if not text[:4].isdigit() or "T" not in text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
