"""The one XML parser factory, and the one way to write text into XML.

No DTD, no entities, no network, UTF-8 only, bounded: SOAP 1.1 section 3 forbids a DTD, XML-RPC needs none, and what
is refused cannot expand.
"""

import re
import threading
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

import msgspec
from lxml import etree

from gateway import limits
from gateway.faults import INVALID_REQUEST, TOO_LARGE
from gateway.folding import MARK, Shape, fold

Element = etree._Element
Write = Callable[[Any], str]

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that XML 1.0 forbids (production 2, Char)."""

_ENCODING = re.compile(rb"""^<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_USUAL = tuple(
    f"<?xml version='1.0'{encoding}?>".replace("'", mark).encode()
    for mark in ("'", '"')
    for encoding in (" encoding='UTF-8'", " encoding='utf-8'", "")
)
"""How nearly every document begins that says what it is."""

_CHUNK, _LOOKAHEAD, _STRIDE = 4000, 240, 30
"""libxml2 2.14 reads so many bytes at once, and does not look for more while it has so many left (and a few more)."""

_LONG_BLANK = re.compile(rb"(?<![ \t\r\n])[ \t\r\n]{%d}" % _LOOKAHEAD)
_BLANK_SAMPLES = b" " * (_LOOKAHEAD // _STRIDE)
_TO_SPACES = bytes.maketrans(b"\t\r\n", b"   ")
_NUL, _EXCLAMATION, _HASH = b"\0!#"
"""Bytes that few documents hold; looking for one as an int is five times as fast."""

_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))
_SURROGATES = re.compile(
    rb"&#(x[dD][89abAB][0-9a-fA-F]{2}|5[5-7]\d{3});&#(x[dD][c-fC-F][0-9a-fA-F]{2}|5[5-7]\d{3});"
)
_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
    "recover": False,
    "encoding": "utf-8",
}


def parse(body: bytes) -> Element:
    """The root element of an XML document.

    Raises the fault INVALID_REQUEST for what is no well-formed UTF-8 XML without a DTD, TOO_LARGE for too many tags.
    Comments and processing instructions are dropped, so that they cannot cut a text in two; white space between
    elements may be dropped, too.
    """
    body = _admit(body)
    return _parse(body, _parser_of(body))


class Records(NamedTuple):
    """Alike records of which only the first is in the tree, in `parent`.

    `columns` are the texts in all of them, for each leaf of the first in document order.
    """

    parent: Element
    columns: list[list[str]]


def parse_folded(body: bytes, shape: Shape) -> tuple[Element, Records | None]:
    """As `parse`, with many alike records kept out of the tree, if the document holds such (see `gateway.folding`)."""
    body = _admit(body)
    parser = _parser_of(body)
    folded = fold(body, shape) if parser is _parsers.dropping else None
    root = _try_parse(folded.body, parser) if folded else None
    marks = list(root.iter(MARK)) if root is not None else []
    parent = marks[0].getparent() if len(marks) == 1 else None
    if folded is None or root is None or parent is None:
        return _parse(body, parser), None
    parent.remove(marks[0])
    return root, Records(parent, folded.columns)


def _admit(body: bytes) -> bytes:
    """A body that may be parsed, without byte order mark. Raises INVALID_REQUEST, TOO_LARGE."""
    # UTF-16 and its like would hide a DOCTYPE from the search below.
    if _NUL in body or not body.startswith(b"<"):
        body = _without_mark(body)
    if body.startswith(b"<?xml") and not body.startswith(_USUAL):
        _refuse_other_encodings(body)
    if _EXCLAMATION in body and (b"<!DOCTYPE" in body or b"<!ENTITY" in body):
        raise INVALID_REQUEST("A document type declaration (DOCTYPE, ENTITY) is not allowed")
    if len(body) > limits.XML_TAGS and body.count(b"<") > limits.XML_TAGS:
        raise TOO_LARGE(f"The body holds more than {limits.XML_TAGS} tags")
    return _SURROGATES.sub(_join_surrogates, body) if _HASH in body and b"&#" in body else body


class _Parsers(threading.local):
    """Two parsers a thread: sharing one would serialise the threads, and a new one for each body costs 1.7 us."""

    def __init__(self) -> None:
        self.keeping: etree.XMLParser = etree.XMLParser(**_OPTIONS)
        self.dropping: etree.XMLParser = etree.XMLParser(remove_blank_text=True, **_OPTIONS)


_parsers = _Parsers()


def _parser_of(body: bytes) -> etree.XMLParser:
    """The parser that drops blank texts, where it may: it keeps those of leaves, unless a comment or CDATA follows."""
    if (_EXCLAMATION in body and b"<!" in body) or (len(body) > _CHUNK and _holds_long_blank(body)):
        return _parsers.keeping
    declared = body.find(b"?>") + 1 if body.startswith(b"<?") else 0
    instructed = body.find(b"?", declared) >= 0 and body.find(b"<?", declared) >= 0
    return _parsers.keeping if instructed else _parsers.dropping


def _holds_long_blank(body: bytes) -> bool:
    """Whether libxml2 might drop the text of a leaf: one of so much white space, up to the end of what it looks at."""
    samples = body[::_STRIDE].translate(_TO_SPACES)
    return _BLANK_SAMPLES in samples and _LONG_BLANK.search(body) is not None


def _parse(body: bytes, parser: etree.XMLParser) -> Element:
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise INVALID_REQUEST(f"The body is not well-formed XML: {error.msg}") from None
    except ValueError as error:
        raise INVALID_REQUEST(f"The body is not XML: {error}") from None


def _try_parse(body: bytes, parser: etree.XMLParser) -> Element | None:
    """None for what is not well-formed: what is wrong with a folded document is to be said of the whole one."""
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return None


def _without_mark(body: bytes) -> bytes:
    """The document behind a byte order mark of UTF-8; other marks, and NUL, are of other encodings."""
    if _NUL in body or body.startswith((b"\xff\xfe", b"\xfe\xff", b"+/v")):
        raise INVALID_REQUEST("The body is not UTF-8: UTF-16 and other encodings are not read")
    return body.removeprefix(b"\xef\xbb\xbf")


def _refuse_other_encodings(body: bytes) -> None:
    declared = _ENCODING.match(body)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise INVALID_REQUEST(
            f"The body declares the encoding {declared[1].decode('ascii')}: only UTF-8 is read"
        )


def _join_surrogates(match: re.Match[bytes]) -> bytes:
    """Axis 1.4 writes a character beyond U+FFFF as two surrogate references, which no XML parser takes."""
    high, low = (
        int(b"0" + each if each.startswith(b"x") else each, 16 if b"x" in each else 10)
        for each in match.groups()
    )
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return match[0]
    return b"&#%d;" % (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def escape(text: str) -> str:
    """Text for an element: markup escaped, CR kept (`&#13;`), illegal characters as U+FFFD."""
    if text.isprintable():
        if "&" not in text and "<" not in text and ">" not in text:
            return text
    else:
        text = ILLEGAL.sub("\ufffd", text)
    for character, written in _ESCAPES:
        if character in text:
            text = text.replace(character, written)
    return text


def escape_attribute(text: str) -> str:
    """Text for an attribute in double quotes."""
    return escape(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


class _Content(Enum):
    """What the texts of a result need on their way into XML, beside `&amp;`."""

    NOTHING = 0
    ESCAPING = 1
    REPLACING = 2


def _scan(value: Any) -> tuple[_Content, bytes]:
    """Look at all texts of a result (Structs, lists, scalars) at once: one pass at C speed instead of one for each.

    msgspec's JSON, which is given back as well, escapes every control character with a backslash and refuses lone
    surrogates, and 0xEF leads U+FFFE and U+FFFF, so a few one-byte searches tell.
    """
    try:
        data = msgspec.json.encode(value)
    except (UnicodeEncodeError, TypeError, ValueError, OverflowError):
        return _Content.REPLACING, b""
    backslash = b"\\" in data
    if b"\xef" in data or (backslash and (b"\\u" in data or b"\\b" in data or b"\\f" in data)):
        return _Content.REPLACING, data
    if b"<" in data or b">" in data or (backslash and b"\\r" in data):
        return _Content.ESCAPING, data
    return _Content.NOTHING, data


_ASCII = bytes(range(128))


def _to_utf8(text: str, data: bytes) -> bytes:
    """A text in UTF-8; beyond ASCII it holds no other characters than `data`, which is UTF-8 and shorter.

    CPython's encoder looks at every character as soon as one is not ASCII. A few of U+00C4 to U+00FF are faster as
    Latin-1, which is what such texts are in memory, each replaced by its two bytes: none of these is among U+00C4 to
    U+00FF again (C3, then 84 to BF).
    """
    if data.isascii():
        return text.encode()
    others = set(data.translate(None, _ASCII).decode())
    if len(others) > 8 or min(others) < "\u00c4" or max(others) > "\u00ff":
        return text.encode()
    written = text.encode("latin-1")
    for each in others:
        written = written.replace(each.encode("latin-1"), each.encode())
    return written


MARKS = str.maketrans("<>", "\x01\x02")
"""Turns generated source that writes tags into source that writes marks, for `writer`."""

_UNMARK = bytes.maketrans(b"\x01\x02", b"<>")


def writer(plain: Write, marked: Write, careful: Write) -> Callable[[Any], bytes]:
    """The fastest way to write a result as UTF-8: the same writer compiled three times.

    `plain` writes every text as it is, so that only an `&`, which no tag holds, may be escaped in the whole answer. So
    does `marked`, with U+0001 and U+0002 for the `<` and `>` of its tags: everything is escaped at once (no text holds
    these two then: they are illegal, and would have been seen). `careful` escapes each text.
    """

    def write(value: Any) -> bytes:
        content, data = _scan(value)
        if content is _Content.NOTHING:
            return _to_utf8(plain(value), data).replace(b"&", b"&amp;")
        if content is _Content.REPLACING:
            return careful(value).encode()
        written = _to_utf8(marked(value), data)
        for character, escaped in _ESCAPES:  # in bytes: ten times as fast as in text
            written = written.replace(character.encode(), escaped.encode())
        return written.translate(_UNMARK)

    return write
