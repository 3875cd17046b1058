"""The REST address of clients for Moodle: parameters, formats, answers and faults, in bytes through `handle()`."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from lxml import etree

from gateway.store import User
from tests.access.causes import LONG_AGO, site_settings
from tests.moodle.calls import PASSWORD, SERVER, SIMPLE, call, fault, result, send, simple
from tests.support.site import USER, Site
from tests.support.wire import FORM

ECHO = {"number": "7", "text": "tea"}
HEADERS = {
    "Cache-Control": "private, must-revalidate, pre-check=0, post-check=0, max-age=0",
    "Expires": "Thu, 01 Jan 1970 00:00:00 GMT",
    "Pragma": "no-cache",
    "Accept-Ranges": "none",
}
BOUNDARY = "----x"
JSON, XML = "application/json", "application/xml; charset=utf-8"


def multipart(*fields: tuple[str, str], file: str = "") -> bytes:
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields]
    if file:
        parts.append(f'Content-Disposition: form-data; name="{file}"; filename="a.txt"\r\n\r\nx')
    return "".join(f"--{BOUNDARY}\r\n{part}\r\n" for part in parts).encode() + f"--{BOUNDARY}--\r\n".encode()


# Parameters


def test_a_form_a_query_and_both(moodle: Site) -> None:
    reserved = {"wstoken": moodle.token, "wsfunction": "test_echo", "moodlewsrestformat": "json"}
    assert result(send(moodle, reserved | ECHO)) == "tea 7"
    assert result(send(moodle, query=reserved | ECHO, method="GET")) == "tea 7"
    assert result(send(moodle, ECHO, query=reserved)) == "tea 7"
    assert result(send(moodle, {"number": "8"}, query=reserved | ECHO)) == "tea 8"


def test_the_last_of_two_equal_names_wins(moodle: Site) -> None:
    assert result(call(moodle, "test_echo", [("number", "1"), *ECHO.items()])) == "tea 7"
    token = [("wstoken", "0" * 32), ("wstoken", moodle.token), ("wsfunction", "test_void")]
    assert result(send(moodle, [*token, ("moodlewsrestformat", "json")])) is None


def test_a_multipart_form(moodle: Site) -> None:
    fields = {"wstoken": moodle.token, "wsfunction": "test_echo", "moodlewsrestformat": "json"} | ECHO
    body = multipart(*fields.items(), file="avatar")
    answer = send(moodle, body=body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
    assert result(answer) == "tea 7"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", multipart(("a", "b"))),
        (f"multipart/form-data; boundary={BOUNDARY}", multipart(("a", "b"))[:-4]),
        (f"multipart/form-data; boundary={BOUNDARY}", multipart(("a", "b")).replace(b"name=", b"nom=")),
        (f"multipart/form-data; boundary={BOUNDARY}", multipart(("a", "b")).replace(b"\r\n\r\n", b"\r\n")),
        (f"multipart/form-data; boundary={BOUNDARY}", b"nothing"),
        (FORM, b"a=%ff"),
        (FORM, b"&".join([b"a"] * 60_000)),
    ],
)
def test_a_form_that_cannot_be_read_is_a_fault_in_the_form_of_the_query(
    moodle: Site, content_type: str, body: bytes
) -> None:
    answer = send(moodle, body=body, content_type=content_type, query={"moodlewsrestformat": "json"})
    assert fault(answer)["errorcode"] in ("invalidrequest", "requesttoolarge")


@pytest.mark.parametrize(
    ("content_type", "body", "answered"),
    [
        (FORM, b"a=%ff&moodlewsrestformat=json", JSON),
        (FORM, b"moodlewsrestformat=json&a=%ff&moodlewsrestformat=xml", XML),
        (FORM, b"xmoodlewsrestformat=json&a=%ff", XML),
        ("multipart/form-data", multipart(("moodlewsrestformat", "json")), JSON),
        ("multipart/form-data", multipart(("moodlewsrestformat", "xml")), XML),
    ],
)
def test_the_form_that_a_broken_body_asks_for(
    moodle: Site, content_type: str, body: bytes, answered: str
) -> None:
    answer = send(moodle, body=body, content_type=content_type)
    assert answer.headers["Content-Type"] == answered
    assert b"invalidrequest" in answer.body


def test_a_body_that_is_no_form_is_not_read(moodle: Site) -> None:
    reserved = {"wstoken": moodle.token, "wsfunction": "test_echo", "moodlewsrestformat": "json"}
    for content_type in ("application/json", "text/plain", ""):
        answer = send(moodle, query=reserved | ECHO, body=b'{"number": 8}', content_type=content_type)
        assert result(answer) == "tea 7"
        answer = send(moodle, query=reserved, body=json.dumps(ECHO).encode(), content_type=content_type)
        assert fault(answer)["errorcode"] == "invalidparameter"


def test_a_get_may_write(moodle: Site) -> None:
    reserved = {"wstoken": moodle.token, "wsfunction": "test_write", "moodlewsrestformat": "json"}
    before = moodle.count(User)
    assert result(send(moodle, query=reserved | {"username": "by.get"}, method="GET")) > 0
    assert moodle.count(User) == before + 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(moodle: Site, method: str) -> None:
    reserved = {"wstoken": moodle.token, "wsfunction": "test_void", "moodlewsrestformat": "json"}
    answer = send(moodle, query=reserved, method=method)
    assert fault(answer)["errorcode"] == "methodnotallowed"
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "name", ["wstoken", "wsusername", "other", "moodlewssettingother", "moodlewsrestform"]
)
def test_any_other_name_is_unexpected(moodle: Site, name: str) -> None:
    # wstoken is reserved at server.php only, wsusername at simpleserver.php only.
    answer = (
        simple(moodle, "test_void", wstoken="x")
        if name == "wstoken"
        else call(moodle, "test_void", {name: "x"})
    )
    found = fault(answer)
    assert found["errorcode"] == "invalidparameter"
    assert found["debuginfo"] == f"{name}: is not a known name here"


@pytest.mark.parametrize("name", ["raw", "fileurl", "filter", "lang", "timezone"])
def test_call_settings_are_taken_and_change_nothing(moodle: Site, name: str) -> None:
    assert result(call(moodle, "test_echo", ECHO | {f"moodlewssetting{name}": "whatever"})) == "tea 7"


LISTS: list[tuple[str, Sequence[tuple[str, str]], list[int]]] = [
    ("indexes", [("e[0]", "1"), ("e[1]", "2")], [1, 2]),
    ("any keys, in order of arrival", [("e[k]", "1"), ("e[a]", "2")], [1, 2]),
    ("sparse indexes", [("e[9]", "1"), ("e[2]", "2")], [1, 2]),
    ("appended", [("e[]", "1"), ("e[]", "2")], [1, 2]),
    ("appended behind an index", [("e[1]", "1"), ("e[]", "2")], [1, 2]),
    ("the same key again", [("e[0]", "1"), ("e[0]", "2")], [2]),
    ("a list after a text", [("e", "1"), ("e[]", "2")], [2]),
    ("what follows the last bracket", [("e[0]x", "1")], [1]),
]


@pytest.mark.parametrize(("pairs", "expected"), [row[1:] for row in LISTS], ids=[row[0] for row in LISTS])
def test_lists(moodle: Site, pairs: Sequence[tuple[str, str]], expected: list[int]) -> None:
    found = result(call(moodle, "test_optional", [("a", "x"), *pairs]))
    assert found == f"x|None|absent|7|{expected}"


def test_what_is_not_said_has_its_default(moodle: Site) -> None:
    assert result(call(moodle, "test_optional", {"a": "x"})) == "x|None|absent|7|absent"
    assert result(call(moodle, "test_optional", {"a": "x", "c": "", "d": "8"})) == "x|None||8|absent"


@pytest.mark.parametrize(
    "pairs",
    [
        {"tree": "x"},
        {"tree[title]": "t"},
        {"tree[title]": "t", "tree[branches]": ""},
        {"tree[title]": "t", "tree[branches][0][label]": "x"},
        {"tree[title][x]": "t", "tree[branches][0][label]": "x"},
        {"tree.title": "t"},
        {},
    ],
)
def test_what_is_no_such_structure_is_an_invalid_parameter(moodle: Site, pairs: dict[str, str]) -> None:
    found = fault(call(moodle, "test_tree", pairs))
    assert (found["exception"], found["errorcode"]) == ("invalid_parameter_exception", "invalidparameter")


def test_dots_and_blanks_of_outer_names_are_underscores(moodle: Site) -> None:
    found = fault(call(moodle, "test_void", {"a.b c": "x", "d.e[f.g]": "y", "h[i": "z", "": "n"}))
    assert found["debuginfo"] == "; ".join(
        f"{name}: is not a known name here" for name in ("a_b_c", "d_e", "h_i")
    )


def test_brackets_are_bounded(moodle: Site) -> None:
    assert fault(call(moodle, "test_void", {"a" + "[0]" * 65: "x"}))["errorcode"] == "invalidrequest"


# Values: clean and compare


@pytest.mark.parametrize("text", ["0", "7", "-7", "9223372036854775807"])
def test_integers(moodle: Site, text: str) -> None:
    assert result(call(moodle, "test_echo", {"number": text, "text": "n"})) == f"n {text}"


@pytest.mark.parametrize(
    "text", ["", " 7", "7 ", "05", "00", "-0", "+7", "7.0", "1e3", "0x1A", "9223372036854775808", "seven"]
)
def test_what_is_no_integer(moodle: Site, text: str) -> None:
    found = fault(call(moodle, "test_echo", {"number": text, "text": "n"}))
    assert found["errorcode"] == "invalidparameter"
    assert found["debuginfo"].startswith("number: ")


PERSON = {"id": "1", "username": "ann", "firstname": "A", "lastname": "N"}


def person(**members: str) -> dict[str, str]:
    return {f"people[x][{name}]": value for name, value in (PERSON | members).items()}


@pytest.mark.parametrize(("text", "value"), [("1", True), ("0", False), ("true", True), ("false", False)])
def test_booleans(moodle: Site, text: str, value: bool) -> None:
    (found,) = result(call(moodle, "test_people", person(suspended=text)))
    assert found["suspended"] is value


@pytest.mark.parametrize("text", ["", "2", "on", "yes", "True", " 1"])
def test_what_is_no_boolean(moodle: Site, text: str) -> None:
    assert fault(call(moodle, "test_people", person(suspended=text)))["errorcode"] == "invalidparameter"


EVERYTHING = {
    "flag": "1", "number": "5", "small": "-5", "ratio": ".5", "amount": "1.50", "text": "a/b é <&\"'>", "data": "AP8=",
    "instant": "2026-03-01T12:00:00Z", "day": "2026-03-01", "choice": "low", "color": "red", "texts[]": "x",
    "numbers[a]": "1", "grid[0][0]": "1", "leaf[name]": "ann", "leaves[0][name]": "bob",
}  # fmt: skip


def everything(**members: str) -> dict[str, str]:
    return {f"value[{name.partition('[')[0]}]{name.partition('[')[1]}{name.partition('[')[2]}": text
            for name, text in (EVERYTHING | members).items()}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"), [(".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-1.50", -1.5), ("+1", 1.0), ("7", 7.0)]
)
def test_floats(moodle: Site, text: str, value: float) -> None:
    assert result(call(moodle, "test_everything", everything(ratio=text)))["ratio"] == value


@pytest.mark.parametrize("text", ["", "1,5", "NaN", "INF", " 1", "1e", "0x1"])
def test_what_is_no_float(moodle: Site, text: str) -> None:
    found = fault(call(moodle, "test_everything", everything(ratio=text)))
    assert found["debuginfo"].startswith("value.ratio: ")


# Answers


def test_json_has_the_declared_keys_in_order_and_leaves_out_what_is_absent(moodle: Site) -> None:
    answer = call(moodle, "test_everything", everything(maybe_text="m"))
    value = result(answer)
    scalars = [
        "flag",
        "number",
        "small",
        "ratio",
        "amount",
        "text",
        "data",
        "instant",
        "day",
        "choice",
        "color",
    ]
    lists = ["texts", "numbers", "grid"]
    assert list(value) == [
        *scalars,
        *lists,
        "leaf",
        "leaves",
        "maybe_text",
        "null_text",
        "null_number",
        "default_text",
    ]
    assert value["text"] == "a/b é <&\"'>"
    assert (value["flag"], value["null_text"], value["default_text"]) == (True, None, "default")
    assert (value["leaf"], value["grid"]) == ({"name": "ann"}, [[1]])


def test_json_of_nothing(moodle: Site) -> None:
    assert call(moodle, "test_void").body == b"null"
    assert call(moodle, "test_null").body == b"null"
    assert call(moodle, "core_user_get_users_by_field", {"field": "id", "values[]": "999"}).body == b"[]"


def test_xml_writes_all_declared_keys_in_order_and_null_for_what_is_absent(moodle: Site) -> None:
    answer = call(moodle, "test_people", person(suspended="1"), "xml")
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n<MULTIPLE>\n<SINGLE>\n'
        '<KEY name="id"><VALUE>1</VALUE>\n</KEY>\n'
        '<KEY name="username"><VALUE>ann</VALUE>\n</KEY>\n'
        '<KEY name="firstname"><VALUE>A</VALUE>\n</KEY>\n'
        '<KEY name="lastname"><VALUE>N</VALUE>\n</KEY>\n'
        '<KEY name="email"><VALUE null="null"/>\n</KEY>\n'
        '<KEY name="suspended"><VALUE>1</VALUE>\n</KEY>\n'
        "</SINGLE>\n</MULTIPLE>\n</RESPONSE>\n"
    )


@pytest.mark.parametrize(
    ("function", "content"),
    [
        ("test_void", ""),
        ("test_null", '<VALUE null="null"/>\n'),
        ("test_count", None),
        ("test_illegal_text", "<VALUE>a\ufffdb\ufffd&#13;\n&lt;&amp;&gt;</VALUE>\n"),
        ("test_requires", "<VALUE>1</VALUE>\n"),
    ],
)
def test_xml_of_scalars_and_nothing(moodle: Site, function: str, content: str | None) -> None:
    opening, closing = '<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n', "</RESPONSE>\n"
    body = call(moodle, function, form="xml").body.decode()
    expected = f"<VALUE>{moodle.count(User)}</VALUE>\n" if content is None else content
    assert body == f"{opening}{expected}{closing}"


def test_xml_of_empty_lists_and_structures(moodle: Site) -> None:
    answer = call(moodle, "core_user_get_users_by_field", {"field": "id", "values[]": "999"}, "xml")
    assert answer.body.endswith(b"<RESPONSE>\n<MULTIPLE>\n</MULTIPLE>\n</RESPONSE>\n")


def read_xml(node: Any) -> Any:
    """What Moodle's own sample clients make of the XML."""
    if node.tag == "VALUE":
        return None if node.get("null") == "null" else node.text or ""
    if node.tag == "MULTIPLE":
        return [read_xml(each) for each in node]
    assert node.tag == "SINGLE"
    return {key.get("name"): read_xml(key[0]) for key in node}


@pytest.mark.parametrize(
    "text",
    ["plain", "a/b é <&\"'>", "a\r\nb", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")],
)
def test_xml_and_json_say_the_same(moodle: Site, text: str) -> None:
    pairs = everything(text=text, maybe_text=text)
    in_json = result(call(moodle, "test_everything", pairs))
    (node,) = etree.fromstring(call(moodle, "test_everything", pairs, "xml").body)
    in_xml = read_xml(node)
    assert list(in_xml)[: len(EVERYTHING)] == list(in_json)[: len(EVERYTHING)]
    assert in_xml["text"] == in_json["text"] == in_xml["maybe_text"] == text
    assert (in_xml["flag"], in_xml["ratio"], in_xml["amount"], in_xml["data"]) == ("1", "0.5", "1.50", "AP8=")
    assert (in_xml["instant"], in_xml["day"]) == (in_json["instant"], in_json["day"])
    assert (in_xml["choice"], in_xml["color"], in_xml["grid"]) == ("low", "red", [["1"]])
    assert in_xml["leaf"] == {"name": "ann", "weight": None}


@pytest.mark.parametrize("form", ["xml", "", "JSON", "Json", "yaml"])
def test_any_other_format_is_xml(moodle: Site, form: str) -> None:
    answer = call(moodle, "test_void", form=form)
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="response.xml"'


def test_a_format_that_is_an_array_is_xml(moodle: Site) -> None:
    pairs = {"wstoken": moodle.token, "wsfunction": "test_void", "moodlewsrestformat[]": "json"}
    assert send(moodle, pairs).headers["Content-Type"] == "application/xml; charset=utf-8"


def test_the_headers_of_both_formats(moodle: Site) -> None:
    for form in ("json", "xml"):
        for function in ("test_void", "test_unknown"):
            headers = call(moodle, function, form=form).headers
            assert {name: headers[name] for name in HEADERS} == HEADERS


# Faults


def test_a_fault_in_xml(moodle: Site) -> None:
    body = call(moodle, "test_echo", {"number": '<&">', "text": "t"}, "xml").body
    assert body.startswith(
        b'<?xml version="1.0" encoding="UTF-8" ?>\n<EXCEPTION class="invalid_parameter_exception">\n'
        b"<ERRORCODE>invalidparameter</ERRORCODE>\n<MESSAGE>Invalid parameter value detected</MESSAGE>\n<DEBUGINFO>"
    )
    root = etree.fromstring(body)
    assert [each.tag for each in root] == ["ERRORCODE", "MESSAGE", "DEBUGINFO"]
    assert "'<&\">'" in (root.findtext("DEBUGINFO") or "")


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    ("level", "shown"),
    [("none", False), ("minimal", False), ("normal", True), ("all", True), ("developer", True)],
)
def test_debuginfo_comes_from_normal_on(moodle: Site, level: str, shown: bool, form: str) -> None:
    with site_settings(moodle, {"debug": level}):
        body = call(moodle, "test_echo", {"number": "x", "text": "t"}, form).body
    assert (b"number: " in body) is shown
    assert (b"debuginfo" in body.lower()) is shown


def test_debuginfo_comes_for_the_users_of_debugusers(moodle: Site) -> None:
    with site_settings(moodle, {"debug": "none", "debugusers": USER}):
        assert "debuginfo" in fault(call(moodle, "test_raises", {"username": "x"}))
        assert "debuginfo" not in fault(
            send(moodle, {"wsfunction": "test_void", "moodlewsrestformat": "json"})
        )


def test_a_traceback_is_for_developers(moodle: Site) -> None:
    with site_settings(moodle, {"debug": "developer"}):
        assert "swordfish" in fault(call(moodle, "test_raises", {"username": "x"}))["debuginfo"]
    found = fault(call(moodle, "test_raises", {"username": "x"}))
    assert (found["exception"], found["errorcode"]) == ("coding_exception", "codingerror")
    assert "swordfish" not in found["debuginfo"]


@pytest.mark.parametrize(
    ("function", "pairs", "exception", "errorcode"),
    [
        ("test_unknown", {}, "dml_missing_record_exception", "invalidrecord"),
        ("Test_void", {}, "dml_missing_record_exception", "invalidrecord"),
        (" test_void", {}, "dml_missing_record_exception", "invalidrecord"),
        ("", {}, "invalid_parameter_exception", "invalidparameter"),
        ("test_outside", {}, "webservice_access_exception", "accessexception"),
        ("test_wrong_result", {"username": "w"}, "invalid_response_exception", "invalidresponse"),
        ("test_declared_fault", {"username": "w"}, "moodle_exception", "teaiscold"),
    ],
)
def test_faults(moodle: Site, function: str, pairs: dict[str, str], exception: str, errorcode: str) -> None:
    found = fault(call(moodle, function, pairs))
    assert (found["exception"], found["errorcode"]) == (exception, errorcode)


@pytest.mark.parametrize(
    ("function", "pairs", "name"),
    [
        ("test_unknown", {}, "dml_missing_record_exception"),
        ("test_outside", {}, "webservice_access_exception"),
        ("", {}, "core\\exception\\invalid_parameter_exception"),
        ("test_declared_fault", {"username": "w"}, "core\\exception\\moodle_exception"),
    ],
)
def test_the_class_names_of_moodle_4_5(moodle: Site, function: str, pairs: dict[str, str], name: str) -> None:
    with site_settings(moodle, {"moodle_namespaces": "true"}):
        assert fault(call(moodle, function, pairs))["exception"] == name
        assert f'class="{name}"' in call(moodle, function, pairs, "xml").body.decode()


def test_a_token_that_is_missing_unknown_or_an_array(moodle: Site) -> None:
    for pairs in ({}, {"wstoken": ""}, {"wstoken": "0" * 32}, {"wstoken[]": "x"}, {"wstoken": "é" * 9}):
        found = fault(send(moodle, pairs | {"wsfunction": "test_void", "moodlewsrestformat": "json"}))
        assert (found["exception"], found["errorcode"]) == ("moodle_exception", "invalidtoken")


def test_an_expired_token_stays_expired(moodle: Site) -> None:
    token = moodle.add_token(valid_until=LONG_AGO)
    for _ in range(2):
        found = fault(
            send(moodle, {"wstoken": token, "wsfunction": "test_void", "moodlewsrestformat": "json"})
        )
        assert (found["exception"], found["errorcode"]) == ("webservice_access_exception", "accessexception")


def test_a_function_that_is_an_array(moodle: Site) -> None:
    pairs = {"wstoken": moodle.token, "wsfunction[]": "test_void", "moodlewsrestformat": "json"}
    assert fault(send(moodle, pairs))["errorcode"] == "invalidrecord"


@pytest.mark.parametrize("path", [SERVER, SIMPLE])
@pytest.mark.parametrize("settings", [{"webservices": "false"}, {"protocols": "soap"}])
def test_403_where_web_services_or_the_protocol_are_off(
    moodle: Site, settings: dict[str, str], path: str
) -> None:
    with site_settings(moodle, settings):
        pairs = {"wstoken": moodle.token, "wsfunction": "test_void", "moodlewsrestformat": "json"}
        assert fault(send(moodle, pairs, path=path), 403)["errorcode"] == "accessexception"


# User name and password


def test_simpleserver(moodle: Site) -> None:
    assert result(simple(moodle, "test_echo", **ECHO)) == "tea 7"
    query = {"wsusername": USER, "wspassword": PASSWORD, "wsfunction": "test_void"}
    assert send(moodle, query=query, path=SIMPLE, method="GET").body.endswith(b"<RESPONSE>\n</RESPONSE>\n")


@pytest.mark.parametrize(
    ("pairs", "errorcode"),
    [
        ({}, "missingusername"),
        ({"wsusername": "", "wspassword": "x"}, "missingusername"),
        ({"wsusername": USER}, "missingpassword"),
        ({"wsusername": USER, "wspassword": ""}, "missingpassword"),
        ({"wsusername": USER, "wspassword": "wrong"}, "wrongusernamepassword"),
        ({"wsusername": "nobody", "wspassword": PASSWORD}, "wrongusernamepassword"),
    ],
)
def test_simpleserver_refuses(moodle: Site, pairs: dict[str, str], errorcode: str) -> None:
    shown = pairs | {"wsfunction": "test_void", "moodlewsrestformat": "json"}
    found = fault(send(moodle, shown, path=SIMPLE))
    assert (found["exception"], found["errorcode"]) == ("moodle_exception", errorcode)


def test_simpleserver_where_passwords_are_off(moodle: Site) -> None:
    with site_settings(moodle, {"passwords": "false"}):
        found = fault(simple(moodle, "test_void"))
    assert (found["exception"], found["errorcode"]) == ("webservice_access_exception", "accessexception")


def test_headers_and_cookies_are_no_credentials(moodle: Site) -> None:
    headers = {"authorization": f"Bearer {moodle.token}", "cookie": f"wstoken={moodle.token}"}
    query = "wsfunction=test_void&moodlewsrestformat=json"
    answer = moodle.gateway.handle("GET", SERVER, query, headers)
    assert fault(answer)["errorcode"] == "invalidtoken"


def test_no_answer_repeats_a_secret(moodle: Site) -> None:
    with site_settings(moodle, {"debug": "developer"}):
        for form in ("json", "xml"):
            body = call(moodle, "test_secret", {"password": "swordfish-123"}, form).body
            assert b"swordfish" not in body
            pairs = {
                "wsusername": USER,
                "wspassword": "swordfish",
                "wsfunction": "x",
                "moodlewsrestformat": form,
            }
            assert b"swordfish" not in send(moodle, pairs, path=SIMPLE).body


def test_sample_and_read(moodle: Site) -> None:
    """The client's side of the face speaks with its server's side."""
    (face,) = (each for each in moodle.gateway.faces if (each.name, each.face) == ("rest", "moodle"))
    function = moodle.gateway.registry.functions["test_people"]
    people = [{"id": 1, "username": "ann", "firstname": "A", "lastname": "N", "suspended": True}]
    outgoing = face.sample(function, {"people": people}, moodle.token, moodle.gateway.site())
    headers = {"content-type": FORM, "content-length": str(len(outgoing.body))}
    answer = moodle.gateway.handle(outgoing.method, outgoing.path, "", headers, outgoing.body)
    read = face.read(function, answer.status, answer.headers, answer.body, moodle.gateway.site())
    assert read == people
