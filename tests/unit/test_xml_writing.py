"""The three ways to write a result as XML give the same bytes, whatever its texts hold."""

from enum import Enum
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import Struct
from gateway.xml import _to_utf8
from protocols.xmlrpc.writer import _Source
from tests.support.wire import Wired, declare, request_of, xmlrpc_call


class Sign(Enum):
    """Choices with markup of each kind."""

    PLAIN = "plain"
    AND = "a & b &amp;"
    TAG = "<b>"
    ACCENT = "é"


class Row(Struct):
    """Texts in every position."""

    text: str
    sign: Sign
    word: Literal["x", "y&z", "ß"]
    texts: list[str]


ROWS = Wired("xmlrpc", declare({}, list[Row]))
careful = _Source().compile(ROWS.function.signature.result, "careful")  # type: ignore[arg-type]
REQUEST = request_of("xmlrpc", "test_echo", xmlrpc_call("test_echo"))

ALPHABETS = (
    "ab ",
    "ab&",
    "ab<>&",
    "é&a",
    "ÀÃÄÿ&",
    "Ã¤Ä",
    "\u0080¿äöü&<",
    "€äa&",
    "a\r&",
    "a\x01ä",
    "äöüßéèñçøå&",
)
ANY_TEXT = st.one_of(*(st.text(each, max_size=8) for each in ALPHABETS), st.text(max_size=8))


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.builds(
            Row,
            text=ANY_TEXT,
            sign=st.sampled_from(Sign),
            word=st.sampled_from(["x", "y&z", "ß"]),
            texts=st.lists(ANY_TEXT, max_size=3),
        ),
        max_size=3,
    )
)
def test_the_fast_ways_write_what_the_careful_one_does(rows: list[Row]) -> None:
    assert careful(rows).encode() in ROWS.reply(REQUEST, rows).body


@settings(max_examples=500, deadline=None)
@given(st.one_of(*(st.text(each, max_size=30) for each in ALPHABETS), st.text(max_size=30)))
def test_every_way_to_utf_8_is_utf_8(text: str) -> None:
    try:
        expected = text.encode()
    except UnicodeEncodeError:  # a lone surrogate goes the careful way
        return
    assert _to_utf8(f"<tag>{text}</tag>", expected) == f"<tag>{text}</tag>".encode()


@pytest.mark.parametrize("character", [chr(each) for each in range(0x80, 0x180)])
def test_no_byte_of_one_character_is_taken_for_another(character: str) -> None:
    for other in ("ä", "ÿ", "Ä", "Ã", "\u0084", "€"):
        text: Any = f"{character}{other}{character}&{other}"
        assert _to_utf8(text, text.encode()) == text.encode()
