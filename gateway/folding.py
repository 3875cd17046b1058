"""Long lists of alike records, taken out of an XML document before it is parsed.

A tree of thousands of elements costs far more than the texts in it. So where records follow one another that are the
same, character for character, but for the texts in their leaves, all but the first are taken out: what libxml2 says of
the first one's tags and namespaces holds for all. Their texts are held to the rules of XML here. What is not as plain
as that (a comment, an attribute, a member left out of one record, a list in each) is parsed as ever.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from gateway.source import compile_source

SPACE = r"[ \t\n]*"
NAME = "[A-Za-z0-9_.:-]+"
LEAF = rf"<(?P<leaf>{NAME})(?: ?/>|>[^<]*</(?P=leaf)>)"
MARK = "{urn:manifold:fold}fold"
"""The element that stands before the record that is left."""

_MARK = '<fold xmlns="urn:manifold:fold"/>'
_SHORTEST, _FEWEST = 2500, 8
"""Shorter bodies, and fewer records, are parsed as fast whole."""

_WIDEST = 100
"""So many leaves are a record's at most."""

_PER_LEAF, _PER_CHARACTER = 200, 4
"""What the records must hold, in characters, for each leaf of one and for each character of its tags.

To make a pattern of them takes 65 us a leaf and 2 us a character, so nobody makes us spend more than 0.5 us on a byte.
"""

_CONTROLS = bytes({*range(32)} - {9, 10})
"""What XML 1.0 does not allow (production 2), and CR, of which a parser makes a line feed (section 2.11)."""

_REFERENCES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
"""XML's own (section 4.6); the first may make others, and is resolved last."""


class Shape:
    """How a protocol writes records.

    `between` matches the end of one record and the beginning of the next, in the groups `closing` and `opening`.
    `record` matches one: an element whose tags are all seen to match (its leaves are written `LEAF`, or without
    markup). `constant` names the leaves whose text is the same in all records.
    """

    def __init__(self, between: str, record: str, constant: str = "") -> None:
        self.between, self.record = re.compile(between), re.compile(record)
        self.leaf = re.compile(rf"<(?!{constant}>)({NAME})(?: ?/>|>([^<]*)</\1>)")


class Folded(NamedTuple):
    """A document with the first of many records, and for each of its leaves the texts in all of them."""

    body: bytes
    columns: list[list[str]]


def fold(body: bytes, shape: Shape) -> Folded | None:
    """Fold a document without comments, CDATA sections and processing instructions; None if that cannot be done."""
    if len(body) < _SHORTEST:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    place = _find(text, shape)
    if place is None:
        return None
    start, end, stop = place
    columns = _read(text[start:stop], text[start:end], shape)
    if columns is None:
        return None
    return Folded(f"{text[:start]}{_MARK}{text[start:end]}{text[stop:]}".encode(), columns)


def _find(text: str, shape: Shape) -> tuple[int, int, int] | None:
    """Where the first of the records begins and ends, and the last one ends, if there are enough of them."""
    found = shape.between.search(text)
    if found is None or text.count(found[0]) + 1 < _FEWEST:
        return None
    start, end = text.rfind(found["opening"], 0, found.start()), found.end("closing")
    last = text.rindex(found[0]) + len(found[0])
    stop = text.find(found["closing"], last) + len(found["closing"])
    return (start, end, stop) if start >= 0 and last < stop else None


def _read(records: str, first: str, shape: Shape) -> list[list[str]] | None:
    """The columns of records that are like the first; None if one is not, or a text needs a parser."""
    if shape.record.fullmatch(first) is None:
        return None
    gap, *rest = shape.leaf.split(first)
    leaves, gaps = tuple(rest[::3]), (gap, *rest[2::3])
    cost = _PER_LEAF * len(leaves) + _PER_CHARACTER * sum(map(len, gaps))
    if len(leaves) > _WIDEST or cost > len(records):
        return None
    pattern = _compile(leaves, gaps)
    parts, stride = pattern.split(records), pattern.groups + 1
    if stride == 1 or "".join(parts[::stride]).strip(" \t\n"):
        return None
    columns = [column for n in range(1, stride) if (column := _texts(parts[n::stride])) is not None]
    return columns if len(columns) == pattern.groups else None


@lru_cache(maxsize=128)
def _compile(leaves: tuple[str, ...], gaps: tuple[str, ...]) -> re.Pattern[str]:
    """What matches records of these leaves; their texts are groups."""
    names = [name.replace(".", r"\.") for name in leaves]
    groups = [f"<{name}(?: ?/>|>([^<]*)</{name}>)" for name in names]
    between = map(re.escape, gaps[1:])
    return re.compile(re.escape(gaps[0]) + "".join(chain.from_iterable(zip(groups, between, strict=True))))


def _texts(found: list[Any]) -> list[str] | None:
    """The texts of one leaf in all records, as a parser reads them; None if it takes a parser to tell."""
    if not all(found):
        found = [each or "" for each in found]  # the group of an empty element is None
    joined = "".join(found)
    if not _is_legal(joined):
        return None
    if "&" not in joined:
        return found
    resolved = _resolve("\0".join(found))  # a character that is no longer in any text
    return None if resolved is None else resolved.split("\0")


def _is_legal(text: str) -> bool:
    """Whether XML 1.0 allows what a text holds, references aside (productions 2 and 14)."""
    data = text.encode()
    if len(data.translate(None, _CONTROLS)) != len(data):
        return False
    return "]]>" not in text and "\ufffe" not in text and "\uffff" not in text


def _resolve(text: str) -> str | None:
    """A text with the characters that its references name; None if there are others than XML's own."""
    left, held = text.count("&"), []
    for reference, character in _REFERENCES.items():
        if left and (count := text.count(reference)):
            left -= count
            held.append((reference, character))
    for reference, character in reversed(held):
        text = text.replace(reference, character)
    return None if left else text


def rows_of(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Columns as dicts; the names are members' of Structs. Twice as fast as making a dict of each row."""
    rows: list[dict[str, Any]] = _compile_rows(tuple(names))(*columns)
    return rows


@lru_cache(maxsize=128)
def _compile_rows(names: tuple[str, ...]) -> Any:
    values = "".join(f"v{n}, " for n in range(len(names)))
    members = ", ".join(f"'{name}': v{n}" for n, name in enumerate(names))
    lines = ["def rows(*columns):", f"    return [{{{members}}} for {values} in zip(*columns)]"]
    return compile_source("rows of columns", lines, {})["rows"]
