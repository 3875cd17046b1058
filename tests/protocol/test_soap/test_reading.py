"""What real clients send, and what is read from it; nothing is lost silently."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from gateway.types import Unreadable

from .world import NAMESPACE, XSI, arguments, bind, call, envelope, problems

NIL = f'xmlns:i="{XSI}" i:nil="true"'


@pytest.mark.parametrize(
    "members",
    [
        "<a>x</a><b>5</b><c>y</c>",
        "<c>y</c><b>5</b><a>x</a>",
        f'<p:a xmlns:p="{NAMESPACE}">x</p:a><q:b xmlns:q="{NAMESPACE}">5</q:b><c xmlns="">y</c>',
        '<a xmlns="">x</a><b xmlns="">5</b><c xmlns="">y</c>',
        "\n  <a>x</a>\n  <b> 5 </b>\n\t<c>y</c>\r\n",
        f'<a xmlns:i="{XSI}" xmlns:d="urn:d" i:type="d:string">x</a><b i:type="d:int" '
        f'xmlns:i="{XSI}" xmlns:d="urn:d">5</b><c>y</c>',
        "<!-- c --><a><!-- c -->x<?pi?></a><b>5</b><c>y</c>",
        "<a>x</a><b>+05</b><c><![CDATA[y]]></c>",
    ],
)
def test_rule_17_any_order_prefix_or_layout_is_the_same_call(members: str) -> None:
    assert arguments("optional", members) == ("x", 5, "y")


@pytest.mark.parametrize(
    "nothing", ["", f"<b {NIL}/>", f"<b {NIL}></b>", f"<b {NIL}> </b>", "<b/>", "<b> </b>"]
)
def test_rule_17_nil_absence_and_an_empty_optional_number_are_the_same(nothing: str) -> None:
    assert arguments("optional", f"<a>x</a>{nothing}")[1] is None


@pytest.mark.parametrize("value", ["1", "true", " true "])
def test_nil_has_every_form_of_a_boolean(value: str) -> None:
    assert bind(envelope(call("echo_string", f'<v xmlns:i="{XSI}" i:nil="{value}"/>'))) == {"v": None}


@pytest.mark.parametrize("value", ["0", "false"])
def test_nil_that_is_false_is_an_empty_text(value: str) -> None:
    assert bind(envelope(call("echo_string", f'<v xmlns:i="{XSI}" i:nil="{value}"/>'))) == {"v": ""}


def test_an_empty_text_octets_or_list_is_a_value() -> None:
    assert bind(envelope(call("echo_string", "<v/>"))) == {"v": ""}
    assert bind(envelope(call("echo_bytes", "<v/>"))) == {"v": b""}
    assert bind(envelope(call("echo_ints", "<v/>"))) == {"v": []}
    assert bind(envelope(call("echo_ints", f"<v {NIL}/>"))) == {"v": None}


def test_an_empty_optional_struct_choice_or_day_is_absent() -> None:
    for name in ("echo_user", "echo_colour", "echo_date", "echo_datetime"):
        assert bind(envelope(call(name, "<v/>"))) == {"v": None}


def test_white_space_of_a_text_is_kept() -> None:
    assert bind(envelope(call("echo_string", "<v>  a&#13;\tb\n </v>"))) == {"v": "  a\r\tb\n "}
    assert bind(envelope(call("echo_string", "<v>  </v>"))) == {"v": "  "}


def test_rule_18_an_unknown_child_is_reported() -> None:
    assert problems("optional", "<a>x</a><d>1</d>").keys() == {"d"}
    assert problems(
        "core_user_create_users", "<users><User><id>1</id><username>a</username><x/></User></users>"
    ).keys() == {"users[0].x"}


def test_rule_18_a_child_of_another_namespace_is_not_ours() -> None:
    assert problems("optional", '<a>x</a><b xmlns="urn:other">5</b>').keys() == {"{urn:other}b"}


def test_rule_18_a_child_given_twice_is_reported() -> None:
    assert "more than once" in problems("optional", "<a>x</a><a>x</a>")["a"]
    assert "more than once" in problems("optional", '<a>x</a><a xmlns="">x</a><a>y</a>')["a"]


@pytest.mark.parametrize("name", ["int", "string", "bytes", "datetime", "colour", "bool"])
def test_rule_18_an_element_in_a_scalar_is_reported(name: str) -> None:
    for members in ("<v><x/></v>", "<v>1<x/></v>", "<v>1<x/>2</v>"):
        assert "element where a value belongs" in problems(f"echo_{name}", members)["v"]


def test_rule_18_text_in_a_struct_or_list_is_reported() -> None:
    mixed = "text where only elements belong"
    assert mixed in problems("echo_user", "<v>x<username>a</username></v>")["v"]
    assert mixed in problems("echo_user", "<v><id>1</id>x<username>a</username></v>")["v"]
    assert mixed in problems("echo_user", "<v><id>1</id><username>a</username><tags>x</tags></v>")["v.tags"]
    assert mixed in problems("echo_ints", "<v><int>1</int>x</v>")["v"]


def test_rule_18_text_between_the_members_of_a_complete_struct_is_reported() -> None:
    user = "<Pref>{}<type>a</type>{}<value>b</value>{}</Pref>"
    for texts in (("x", "", ""), ("", "x", ""), ("", "", "x"), ("\xa0", "", "")):
        found = problems(
            "echo_user", f"<v><username>a</username><preferences>{user.format(*texts)}</preferences></v>"
        )
        assert list(found) == ["v.preferences[0]"]


def test_rule_8_items_are_named_like_their_type() -> None:
    assert arguments("echo_ints", "<v><int>1</int><int>2</int></v>") == ([1, 2],)
    assert arguments(
        "echo_ints", '<v xmlns:p="urn:moodlelike:1"><p:int>1</p:int><int xmlns="">2</int></v>'
    ) == ([1, 2],)
    assert arguments("echo_table", "<v><ArrayOfInt><int>1</int></ArrayOfInt><ArrayOfInt/></v>") == (
        [[1], []],
    )
    assert arguments("echo_dates", "<v><IsoDate>2026-03-01</IsoDate></v>") == ([date(2026, 3, 1)],)
    assert "called int" in problems("echo_ints", "<v><int>1</int><item>2</item></v>")["v[1]"]


def test_an_item_is_never_null() -> None:
    assert list(problems("echo_ints", f"<v><int>1</int><int {NIL}/></v>")) == ["v[1]"]
    assert list(problems("echo_strings", f"<v><string {NIL}/></v>")) == ["v[0]"]


def test_all_problems_come_at_once_with_their_paths() -> None:
    users = (
        "<User><id>zz</id><username>a</username></User>"
        "<User><id>1</id></User>"
        "<User><username>a</username><suspended>maybe</suspended><email>e</email><nick/></User>"
    )
    found = problems("core_user_create_users", f"<users>{users}</users>")
    assert found.keys() == {"users[0].id", "users[1].username", "users[2].suspended", "users[2].nick"}
    assert found["users[0].id"] == "not an integer: 'zz'"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("bool", " 1 ", True),
        ("bool", "false", False),
        ("int", " +05 ", 5),
        ("long", "-9223372036854775808", -(2**63)),
        ("double", ".5", 0.5),
        ("double", "1e3", 1000.0),
        ("double", "-1.5E-2", -0.015),
        ("decimal", "+1.50", Decimal("1.50")),
        ("string", "a&#13;b", "a\rb"),
        ("bytes", " AP 8= ", b"\x00\xff"),
        ("datetime", "2026-03-01T12:00:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("datetime", "2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("datetime", "2026-03-01T12:00:00.1234567Z", datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)),
        ("date", "2026-03-01", date(2026, 3, 1)),
    ],
)
def test_texts_that_are_read(name: str, text: str, value: object) -> None:
    (found,) = arguments(f"echo_{name}", f"<v>{text}</v>")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bool", "yes"),
        ("bool", "True"),
        ("int", "5.0"),
        ("int", "1_000"),
        ("int", "٣"),
        ("int", "2147483648"),
        ("int", "9" * 41),
        ("long", "9223372036854775808"),
        ("double", "INF"),
        ("double", "NaN"),
        ("double", "nan"),
        ("double", "infinity"),
        ("double", "1_0.5"),
        ("double", "0x10"),
        ("decimal", "1e3"),
        ("decimal", "NaN"),
        ("bytes", "A"),
        ("bytes", "AP8"),
        ("bytes", "AP\xa08="),
        ("bytes", "AP-_"),
        ("datetime", "2026-03-01"),
        ("datetime", "2026-02-30T12:00:00Z"),
        ("datetime", "2026-03-01T24:00:00Z"),
        ("datetime", "2026-03-01T12:00:60Z"),
        ("datetime", "2026-03-01 12:00:00Z"),
        ("datetime", "2026-03-01T12:00:00+14:01"),
        ("datetime", "12026-03-01T12:00:00Z"),
        ("datetime", "-0001-03-01T12:00:00Z"),
        ("datetime", "0000-03-01T12:00:00Z"),
        ("datetime", "0001-01-01T00:00:00+14:00"),
        ("date", "2026-02-30"),
        ("date", "2026-03-01Z"),
        ("date", "20260301"),
        ("colour", "blue"),
        ("colour", "RED"),
    ],
)
def test_texts_that_are_refused(name: str, text: str) -> None:
    assert list(problems(f"echo_{name}", f"<v>{text}</v>")) == ["v"]


def test_a_problem_quotes_little_and_a_secret_not_at_all() -> None:
    quoted = problems("echo_int", f"<v>{'z' * 5000}</v>")["v"]
    assert "zzz" in quoted
    assert len(quoted) < 80
    assert problems("sign_in", "<pin>12e4</pin>") == {"pin": "not an integer"}


def test_empty_values_of_required_parameters_are_problems() -> None:
    members = "<number/><flag/><text/><octets/><day/><values/><user/><colour/>"
    assert problems("needs", members).keys() == {"number", "flag", "day", "user.username", "colour"}


def test_missing_parameters_are_left_out() -> None:
    assert bind(envelope(call("needs"))) == {}
    assert bind(envelope(call("do_void"))) == {}


def test_what_cannot_be_read_keeps_its_place() -> None:
    assert bind(envelope(call("echo_ints", "<v><int>1</int><int>x</int></v>"))) == {
        "v": [1, Unreadable("not an integer: 'x'")]
    }
