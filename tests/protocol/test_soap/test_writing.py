"""Results on the wire: golden texts, and the WSDL's own schema as the judge."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.types import ABSENT
from protocols.soap import PROTOCOL

from .world import FUNCTIONS, NAMESPACE, SITE, SOAP11, SOAP12, Colour, Everything, Pref, User, answer, schema

FULL = MappingProxyType(
    {
        "flag": True,
        "count": -(2**63),
        "small": 5,
        "ratio": 1e300,
        "price": Decimal("1E+3"),
        "text": "a<b>&c\r\n\x01",
        "octets": b"\x00\xff",
        "instant": datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
        "day": date(2026, 3, 1),
        "colour": Colour.GREEN,
        "word": "b<c",
        "list_": [1, 2],
        "pref": Pref(type="t", value="v"),
    }
)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("bool", True, "true"),
        ("bool", False, "false"),
        ("int", -2147483648, "-2147483648"),
        ("long", 9007199254740993, "9007199254740993"),
        ("double", 1.5, "1.5"),
        ("double", 1e300, "1e+300"),
        ("decimal", Decimal("1.50"), "1.50"),
        ("decimal", Decimal("1E+3"), "1000"),
        ("string", "a<b>&c", "a&lt;b&gt;&amp;c"),
        ("string", "a\r\nb", "a&#13;\nb"),
        ("string", "a\x01b\ud800\ufffe", "a\ufffdb\ufffd\ufffd"),
        ("string", "", ""),
        ("bytes", b"\x00\xff", "AP8="),
        ("bytes", b"", ""),
        ("datetime", datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC), "2026-03-01T12:00:00.123456Z"),
        ("datetime", datetime(1, 3, 1, 12, tzinfo=UTC), "0001-03-01T12:00:00Z"),
        ("date", date(2026, 3, 1), "2026-03-01"),
        ("colour", Colour.GREEN, "green &amp; blue"),
        ("ints", [1, 2], "<int>1</int><int>2</int>"),
        ("ints", [], ""),
        ("strings", ["a", "<"], "<string>a</string><string>&lt;</string>"),
        ("dates", [date(2026, 3, 1)], "<IsoDate>2026-03-01</IsoDate>"),
        ("table", [[1], []], "<ArrayOfInt><int>1</int></ArrayOfInt><ArrayOfInt></ArrayOfInt>"),
    ],
)
def test_rules_7_8_19_golden_results(name: str, value: object, text: str) -> None:
    body = answer(f"echo_{name}", value).body.decode()
    assert f"><echo_{name}Result>{text}</echo_{name}Result></echo_{name}Response>" in body


@pytest.mark.parametrize("name", ["int", "string", "user", "ints", "colour", "datetime"])
def test_rule_7_a_result_of_none_is_nil(name: str) -> None:
    assert f'<echo_{name}Result xsi:nil="true"/>' in answer(f"echo_{name}", None).body.decode()


def test_rule_3_a_void_function_gives_an_empty_response() -> None:
    assert f'<do_voidResponse xmlns="{NAMESPACE}"/>'.encode() in answer("do_void", None).body


def test_rules_6_21_25_members_in_order_with_optional_values_nil_and_references_left_out() -> None:
    body = answer("echo_user", User(id=None, username="jane")).body.decode()
    assert (
        '<echo_userResult><id xsi:nil="true"/><username>jane</username><suspended xsi:nil="true"/></echo_userResult>'
        in body
    )
    full = User(
        id=1, username="a&b", email="e", suspended=False, preferences=[Pref(type="t", value="v")], tags=[]
    )
    assert (
        "<echo_userResult><id>1</id><username>a&amp;b</username><email>e</email><suspended>false</suspended>"
        "<preferences><Pref><type>t</type><value>v</value></Pref></preferences><tags></tags></echo_userResult>"
        in answer("echo_user", full).body.decode()
    )


@pytest.mark.parametrize("text", ["plain", "a<b", "quote\"'", "tab\t", "\uff01\ufffd", "\x7f\x85\u2028"])
def test_texts_are_the_same_with_and_without_anything_to_escape(text: str) -> None:
    rows = [User(id=1, username=text, tags=[text])]
    reply = answer("core_user_create_users", rows)
    found = PROTOCOL.read(FUNCTIONS["core_user_create_users"], 200, {}, reply.body, SITE)
    assert found == [{"id": 1, "username": text, "suspended": None, "tags": [text]}]


def test_rule_25_nothing_but_the_declaration_precedes_the_envelope() -> None:
    for version in (SOAP11, SOAP12):
        body = answer("echo_int", 1, version).body
        assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope ')


def test_every_type_in_every_state_is_what_the_wsdl_says() -> None:
    oracle = schema()
    full = Everything(
        **FULL,
        maybe_flag=False,
        maybe_count=1,
        maybe_text="t",
        maybe_octets=b"o",
        maybe_day=date(1, 1, 1),
        maybe_colour=Colour.RED,
        maybe_list=[Pref(type="<", value=">")],
        maybe_pref=Pref(type="t", value="v"),
        null_ratio=-0.0,
        null_price=Decimal("-1.50"),
        null_instant=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        null_word="x",
        null_text="",
        null_list=[b"", b"x"],
    )
    for value in (Everything(**FULL), full):
        oracle.assertValid(etree.fromstring(answer("echo_everything", value).body)[0][0])


def test_what_the_client_sends_is_what_the_wsdl_says_and_comes_back() -> None:
    function = FUNCTIONS["echo_everything"]
    for extra in (
        {},
        {"maybe_list": [Pref(type="<", value="")], "null_list": [b"x"], "maybe_colour": Colour.RED},
    ):
        value = Everything(**FULL, **extra)
        body = PROTOCOL.sample(function, {"v": value}, "t", SITE).body
        schema().assertValid(etree.fromstring(body)[0][0])
        reply = answer("echo_everything", value)
        found = PROTOCOL.read(function, reply.status, reply.headers, reply.body, SITE)
        assert found["list"] == [1, 2]
        assert found["colour"] == "green & blue"
        assert found["text"] == "a<b>&c\r\n\ufffd"
        assert found["instant"] == FULL["instant"]
        assert found["maybe_flag"] is None
        assert found["default_count"] == 7
        assert ("maybe_list" in found) == bool(extra)


def test_the_client_leaves_out_what_is_missing_or_none() -> None:
    body = PROTOCOL.sample(FUNCTIONS["optional"], {"a": "x", "c": None}, "t", SITE).body
    assert b"><a>x</a></optional>" in body
    nested = PROTOCOL.sample(FUNCTIONS["echo_user"], {"v": {"username": "x"}}, "t", SITE).body
    assert b'<v><id xsi:nil="true"/><username>x</username><suspended xsi:nil="true"/></v>' in nested


_TEXTS = st.text(max_size=20)


@st.composite
def _users(draw: st.DrawFn) -> User:
    return User(
        id=draw(st.none() | st.integers(-(2**31), 2**31 - 1)),
        username=draw(_TEXTS),
        email=draw(st.just(ABSENT) | _TEXTS),
        suspended=draw(st.just(ABSENT) | st.booleans()),
        preferences=draw(st.just(ABSENT) | st.lists(st.builds(Pref, type=_TEXTS, value=_TEXTS), max_size=3)),
        tags=draw(st.none() | st.lists(_TEXTS, max_size=3)),
    )


_SCHEMA = schema()


@settings(max_examples=100, deadline=None)
@given(st.lists(_users(), max_size=3))
def test_any_result_is_what_the_wsdl_says(users: list[User]) -> None:
    body = answer("core_user_create_users", users).body
    _SCHEMA.assertValid(etree.fromstring(body)[0][0])
    found = PROTOCOL.read(FUNCTIONS["core_user_create_users"], 200, {}, body, SITE)
    assert [each["id"] for each in found] == [each.id for each in users]
    assert [len(each["username"]) for each in found] == [len(each.username) for each in users]
