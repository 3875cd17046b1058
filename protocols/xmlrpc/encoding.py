"""The character encodings that a request may come in: UTF-8, and US-ASCII and ISO-8859-1 where they are declared.

The one XML parser reads UTF-8 only; everything else is turned into it first, or refused.
"""

import re
from codecs import BOM_UTF8
from functools import lru_cache

from gateway.faults import INVALID_REQUEST

_CODECS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("us-ascii", "ascii", "iso646-us", "ansi_x3.4-1968"), "ascii"),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1"), "iso-8859-1"),
}
"""Python's codecs by the names that the IANA registry and clients use for them, in lower case."""

_CHARSET = re.compile(r""";[ \t]*charset=(?:"([^"]{0,100})"|([^\s;"]{0,100}))""", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,100})["']""")


def to_utf8(body: bytes, content_type: str) -> bytes:
    """An XML document in UTF-8. Raises INVALID_REQUEST for other encodings, and for bytes that are not of theirs.

    A byte order mark counts more than the content type's charset, and that more than the XML declaration (RFC 7303
    section 3); with none of them it is UTF-8. A byte order mark of UTF-16 is left to the parser, which refuses it.
    """
    marked = body.startswith(BOM_UTF8)
    body = body.removeprefix(BOM_UTF8)
    declared = _DECLARED.match(body) if body.startswith(b"<?xml") else None
    named = declared[1].decode("ascii") if declared else "utf-8"
    codec = _codec("utf-8" if marked else _charset(content_type) or named)
    if declared is not None and _CODECS.get(named.lower()) != "utf-8":
        body = body[: declared.start(1)] + b"UTF-8" + body[declared.end(1) :]
    return body if codec == "utf-8" else _transcode(body, codec)


@lru_cache(maxsize=64)
def _charset(content_type: str) -> str:
    """The content type's charset; empty if it names none."""
    found = _CHARSET.search(content_type)
    return (found[1] or found[2] or "") if found else ""


def _codec(name: str) -> str:
    codec = _CODECS.get(name.lower())
    if codec is None:
        raise INVALID_REQUEST(
            f"The body is in the encoding {name[:40]}: UTF-8, US-ASCII and ISO-8859-1 are read"
        )
    return codec


def _transcode(body: bytes, codec: str) -> bytes:
    try:
        return body.decode(codec).encode()
    except UnicodeDecodeError as error:
        raise INVALID_REQUEST(
            f"The body is not what it declares: byte {error.start} is not {codec.upper()}"
        ) from None
