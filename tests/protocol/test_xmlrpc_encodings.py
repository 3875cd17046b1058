"""Which encodings a request may come in, and which of three declarations counts (RFC 7303 section 3)."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_LE
from typing import Any

import pytest

from gateway.faults import INVALID_REQUEST, Fault
from gateway.protocol import Request
from protocols.xmlrpc.encoding import to_utf8
from tests.support.wire import Wired, declare

NAME = "test_echo"
CALLED = Wired("xmlrpc", declare({"value": str}, str))
BOTH = "é"
LATIN, UTF8 = BOTH.encode("latin-1"), BOTH.encode()
AS_LATIN = UTF8.decode("latin-1")
"""What the bytes of UTF-8 say to who takes them for ISO-8859-1."""


def body(text: bytes, declared: str | None = None) -> bytes:
    head = f'<?xml version="1.0" encoding="{declared}"?>'.encode() if declared else b""
    return (
        head
        + b"<methodCall><methodName>test_echo</methodName><params><param><value><string>"
        + text
        + b"</string></value></param></params></methodCall>"
    )


def received(data: bytes, charset: str | None = None) -> Any:
    content_type = f"text/xml; charset={charset}" if charset is not None else "text/xml"
    return CALLED.arguments(Request("POST", "/xmlrpc", "", {"content-type": content_type}, data))[0]


@pytest.mark.parametrize(
    ("data", "charset", "expected"),
    [
        (body(UTF8), None, BOTH),
        (body(UTF8, "UTF-8"), None, BOTH),
        (body(UTF8, "utf8"), "UTF-8", BOTH),
        (body(UTF8), '"utf-8"', BOTH),
        (body(UTF8), "", BOTH),
        (body(LATIN, "ISO-8859-1"), None, BOTH),
        (body(LATIN, "iso-8859-1"), None, BOTH),
        (body(LATIN, "latin1"), None, BOTH),
        (b"<?xml version='1.0' encoding = 'ISO-8859-1' standalone='yes' ?>" + body(LATIN), None, BOTH),
        (body(LATIN), "ISO-8859-1", BOTH),
        (body(LATIN), '"iso-8859-1"', BOTH),
        (body(b"plain &#233;", "US-ASCII"), None, "plain é"),
        (body(b"plain &#233;"), "us-ascii", "plain é"),
        (body(b"&#233;&#8364;", "ISO-8859-1"), None, "é€"),
        # The charset counts more than the declaration,
        (body(UTF8, "ISO-8859-1"), "utf-8", BOTH),
        (body(LATIN, "UTF-8"), "iso-8859-1", BOTH),
        (body(UTF8, "windows-1252"), "utf-8", BOTH),
        (body(UTF8, "ISO-8859-1"), None, AS_LATIN),
        # and the mark more than either.
        (BOM_UTF8 + body(UTF8), None, BOTH),
        (BOM_UTF8 + body(UTF8, "ISO-8859-1"), None, BOTH),
        (BOM_UTF8 + body(UTF8), "iso-8859-1", BOTH),
        (BOM_UTF8 + body(UTF8, "US-ASCII"), "iso-8859-1", BOTH),
    ],
)  # fmt: skip
def test_what_is_read(data: bytes, charset: str | None, expected: str) -> None:
    assert received(data, charset) == expected


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (body(UTF8, "US-ASCII"), None),
        (body(LATIN), "us-ascii"),
        (body(LATIN), None),
        (body(LATIN, "UTF-8"), None),
        (body(LATIN, "ISO-8859-1"), "utf-8"),
        (BOM_UTF8 + body(LATIN, "ISO-8859-1"), "iso-8859-1"),
        (body(UTF8, "windows-1252"), None),
        (body(b"a", "EBCDIC-CP-US"), None),
        (body(b"a", "UTF-7"), None),
        (body(b"+ADw-"), "utf-7"),
        (body(b"a", "utf-16"), None),
        (body(b"a"), "utf-16"),
        (body(b"a"), "x" * 5000),
        (body(b"a", "UTF-16").decode().encode("utf-16"), None),
        (body(b"a").decode().encode("utf-16-le"), None),
        (body(b"a").decode().encode("utf-16-be"), "utf-16"),
        (body(b"a").decode().encode("utf-16-le"), "iso-8859-1"),
        (BOM_UTF16_LE + body(b"a"), "iso-8859-1"),
        (BOM_UTF16_BE + body(b"a"), "iso-8859-1"),
        (BOM_UTF32_LE + body(b"a").decode().encode("utf-32-le"), None),
        (b"+/v8-" + body(b"a"), None),
        (body(b"a").decode().encode("cp037"), None),
        (body(b"a", "ISO-8859-1").replace(b"?>", b" bogus?>"), None),
    ],
)
def test_what_is_refused(data: bytes, charset: str | None) -> None:
    with pytest.raises(Fault) as refused:
        received(data, charset)
    assert refused.value.kind is INVALID_REQUEST
    assert len(refused.value.cause) < 300


@pytest.mark.parametrize("encoding", ["UTF-8", "US-ASCII", "ISO-8859-1", "UTF-16"])
@pytest.mark.parametrize("charset", ["utf-8", "us-ascii", "iso-8859-1", None])
def test_no_encoding_hides_a_doctype(encoding: str, charset: str | None) -> None:
    """UTF-7 and UTF-16 would hide one from whoever looks for its bytes."""
    data = body(b"a", encoding).replace(
        b"<methodCall>", b"<!DOCTYPE methodCall [<!ENTITY a 'b'>]><methodCall>"
    )
    with pytest.raises(Fault) as refused:
        received(data, charset)
    assert refused.value.kind is INVALID_REQUEST


def test_utf_8_is_not_copied() -> None:
    data = body(UTF8, "UTF-8")
    assert to_utf8(data, "text/xml") is data
    assert to_utf8(data, "text/xml; charset=utf-8") is data


def test_an_answer_is_utf_8_whatever_the_request_was() -> None:
    request = Request("POST", "/xmlrpc", "", {"content-type": "text/xml"}, body(LATIN, "ISO-8859-1"))
    reply = CALLED.reply(request, BOTH)
    assert UTF8 in reply.body
    assert reply.headers["Content-Type"] == "text/xml; charset=utf-8"
