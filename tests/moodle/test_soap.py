"""The SOAP address of clients for Moodle: calls in every form that PHP reads, answers as PHP writes them, faults."""

import pytest

from gateway.protocol import Request
from gateway.web import Response
from tests.access.causes import site_settings
from tests.moodle.calls import PASSWORD
from tests.moodle.soap import (
    ENC12,
    SERVER,
    SIMPLE,
    SOAP11,
    SOAP12,
    call,
    called,
    fault,
    message,
    part,
    result,
    send,
)
from tests.moodle.test_rest import HEADERS
from tests.support.site import USER, Site
from tests.support.wire import Wired, declare

PERSON = {"id": 1, "username": "ann", "firstname": "A", "lastname": "N", "suspended": True}
PERSON_XML = (
    "<id>1</id><username>ann</username><firstname>A</firstname><lastname>N</lastname><suspended>1</suspended>"
)


# Parts


@pytest.mark.parametrize(
    "parts",
    [
        "<number>7</number><text>tea</text>",
        "<text>tea</text><number>7</number>",
        "<param0>7</param0><param1>tea</param1>",
        "<text1>7</text1><number1>tea</number1>",
        "<item>7</item><item>tea</item>",
        '<ns1:number xsi:type="xsd:int">7</ns1:number><ns1:text xsi:type="xsd:string">tea</ns1:text>',
        "\n <a>7</a>\n <b>tea</b>\n",
    ],
)
def test_parts_come_by_name_else_by_position(moodle: Site, parts: str) -> None:
    assert call(moodle, "test_echo", parts) == "tea 7"


def test_parts_at_the_end_may_be_left_out_or_nil(moodle: Site) -> None:
    nil = '<x xsi:nil="true"/>'
    assert call(moodle, "test_optional", "<x>x</x>") == "x|None|absent|7|absent"
    assert call(moodle, "test_optional", f"<x>x</x>{nil * 4}") == "x|None|absent|7|absent"
    assert call(moodle, "test_optional", f"<x>x</x>{nil * 8}") == "x|None|absent|7|absent"
    assert call(moodle, "test_optional", "<d>8</d><a>x</a>") == "x|None|absent|8|absent"
    assert call(moodle, "test_void") is None


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ("<number>7</number>", "text: "),
        ("<number>7</number><text>t</text><more>x</more>", "more: "),
        ("<a>7</a><b>tea</b><c>x</c>", "param 3: "),
        ("<number>7</number><number>8</number><text>t</text>", "number: given more than once"),
        ("<number>seven</number><text>t</text>", "number: not an integer: 'seven'"),
        ("<number><a>7</a></number><text>t</text>", "number: "),
    ],
)
def test_parts_that_do_not_fit(moodle: Site, parts: str, why: str) -> None:
    answer = send(moodle, called("test_echo", parts))
    assert answer.status == 500
    found = fault(answer)
    assert (found["faultcode"], found["faultactor"]) == ("Receiver", "invalidparameter")
    assert found["detail"].startswith(why)


@pytest.mark.parametrize("version", [SOAP11, SOAP12])
@pytest.mark.parametrize(
    "body",
    [
        "<test_echo><a>7</a><b>tea</b></test_echo>",
        '<x:test_echo xmlns:x="urn:another"><a>7</a><b>tea</b></x:test_echo>',
        "<ns1:TEST_Echo><a>7</a><b>tea</b></ns1:TEST_Echo>",
    ],
)
def test_only_the_name_of_the_operation_counts(moodle: Site, body: str, version: str) -> None:
    for headers in (
        {"content_type": "text/plain"},
        {"content_type": ""},
        {"soapaction": '"urn:x#test_void"'},
    ):
        assert result(send(moodle, message(body, version), **headers)) == "tea 7"


# Values


@pytest.mark.parametrize(
    "people",
    [
        part("people", [PERSON]),
        part("people", [PERSON | {"id": "1", "suspended": 1}]),
        part("people", {"a": PERSON}),
        f'<people SOAP-ENC:arrayType="ns2:Map[1]">{part("x", PERSON)}</people>',
        f'<people SOAP-ENC:arrayType="xsd:ur-type[1]"><anything>{PERSON_XML}</anything></people>',
        f'<people enc:itemType="xsd:anyType" enc:arraySize="1"><item>{PERSON_XML}</item></people>',
        f'<people xsi:type="SOAP-ENC:Array"><item xsi:type="SOAP-ENC:Struct">{PERSON_XML}</item></people>',
        f'<people xsi:type="SOAP-ENC:Array"><item xsi:type="ns1:anything">{PERSON_XML}</item></people>',
        f"<people><item>{PERSON_XML}</item></people>",
    ],
)
def test_lists_and_what_has_keys(moodle: Site, people: str) -> None:
    assert call(moodle, "test_people", people) == [PERSON]


def test_the_type_of_an_array_is_that_of_its_items(moodle: Site) -> None:
    map_of_ann = part("item", PERSON).replace(' xsi:type="ns2:Map"', "", 1)
    assert call(moodle, "test_people", f'<p SOAP-ENC:arrayType="ns2:Map[1]">{map_of_ann}</p>') == [PERSON]


def test_a_list_without_a_mark_repeats_one_name(moodle: Site) -> None:
    two = f"<item>{PERSON_XML}</item>" * 2
    assert call(moodle, "test_people", f"<people>{two}</people>") == [PERSON, PERSON]


@pytest.mark.parametrize(
    "empty",
    [
        '<people SOAP-ENC:arrayType="xsd:ur-type[0]" xsi:type="SOAP-ENC:Array"/>',
        '<people enc:itemType="xsd:anyType" enc:arraySize="0" xsi:type="enc:Array"/>',
        '<people xsi:type="ns2:Map"/>',
    ],
)
def test_empty_lists(moodle: Site, empty: str) -> None:
    assert call(moodle, "test_people", empty) == []


def test_an_empty_element_is_an_empty_text(moodle: Site) -> None:
    assert call(moodle, "test_optional", "<a/>") == "|None|absent|7|absent"
    assert call(moodle, "test_optional", '<a xsi:type="xsd:string"/>') == "|None|absent|7|absent"
    assert fault(send(moodle, called("test_people", "<people/>")))["faultactor"] == "invalidparameter"


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        ("<n>7</n>", "<t>5</t>", "5 7"),
        ('<n xsi:type="xsd:int"> +07 </n>', '<t xsi:type="xsd:int">5</t>', "5 7"),
        ('<n xsi:type="xsd:float">7.0</n>', '<t xsi:type="xsd:double">1.5</t>', "1.5 7"),
        ('<n xsi:type="xsd:boolean">true</n>', '<t xsi:type="xsd:string"> a </t>', " a  1"),
        ('<n xsi:type="xsd:string">7</n>', "<t><![CDATA[<b>]]></t>", "<b> 7"),
        ('<n xsi:type="xsd:long">9007199254740993</n>', "<t>x</t>", "x 9007199254740993"),
    ],
)
def test_scalars_are_taken_by_their_text(moodle: Site, number: str, text: str, expected: str) -> None:
    assert call(moodle, "test_echo", number + text) == expected


@pytest.mark.parametrize("text", ["05", " 5", "5.0", "", "1e3", "true"])
def test_texts_that_are_no_integer(moodle: Site, text: str) -> None:
    answer = send(moodle, called("test_echo", f"<n>{text}</n><t>tea</t>"))
    assert fault(answer)["faultactor"] == "invalidparameter"


@pytest.mark.parametrize(
    "people",
    [
        '<people SOAP-ENC:arrayType="xsd:ur-type[2,2]"/>',
        '<people SOAP-ENC:arrayType="xsd:ur-type[9]" SOAP-ENC:offset="[2]"/>',
        '<people SOAP-ENC:arrayType="xsd:ur-type[9]"><item SOAP-ENC:position="[2]"/></people>',
        '<people xsi:type="ns2:Map"><item><key>a</key></item></people>',
        '<people xsi:type="ns2:Map"><item><key>a</key><value/><value/></item></people>',
        '<people xsi:type="ns2:Map"><item><key xsi:nil="1"/><value/></item></people>',
        "<people>text<item/></people>",
        "<people><item/>text</people>",
        '<people xsi:type="SOAP-ENC:Array">text<item/></people>',
    ],
)
def test_what_cannot_be_read_is_a_problem_of_the_part(moodle: Site, people: str) -> None:
    found = fault(send(moodle, called("test_people", people)))
    assert found["faultactor"] == "invalidparameter"
    assert found["detail"].startswith("people: ")


def test_keys_that_come_twice(moodle: Site) -> None:
    twice = part("people", [PERSON]).replace(">firstname<", ">lastname<")
    assert (
        "people[0].lastname: given more than once"
        in fault(send(moodle, called("test_people", twice)))["detail"]
    )


def test_a_secret_is_not_quoted(moodle: Site) -> None:
    for value in ("s3cret-7" * 9, ["s3cret-7"], {"a": "s3cret-7"}):
        answer = send(moodle, called("test_secret", part("password", value)))
        assert fault(answer)["faultactor"] == "invalidparameter"
        assert b"s3cret-7" not in answer.body


# Answers


def test_results(moodle: Site) -> None:
    assert call(moodle, "test_people", part("people", [PERSON, PERSON])) == [PERSON, PERSON]
    assert call(moodle, "core_user_get_users_by_field", part("field", "id") + part("values", ["999"])) == []
    assert call(moodle, "test_null") is None
    assert call(moodle, "test_requires") is True
    info = call(moodle, "core_webservice_get_site_info")
    assert info["username"] == USER
    assert "core_user_get_users" in [each["name"] for each in info["functions"]]


PEOPLE11 = """<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="urn:manifold:api" \
xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xmlns:ns2="http://xml.apache.org/xml-soap" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" \
SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><SOAP-ENV:Body><ns1:test_peopleResponse>\
<return SOAP-ENC:arrayType="ns2:Map[1]" xsi:type="SOAP-ENC:Array"><item xsi:type="ns2:Map">\
<item><key xsi:type="xsd:string">id</key><value xsi:type="xsd:int">1</value></item>\
<item><key xsi:type="xsd:string">username</key><value xsi:type="xsd:string">ann</value></item>\
<item><key xsi:type="xsd:string">firstname</key><value xsi:type="xsd:string">a &lt;&amp;&gt; "é"&#13;
</value></item>\
<item><key xsi:type="xsd:string">lastname</key><value xsi:type="xsd:string">N</value></item>\
<item><key xsi:type="xsd:string">suspended</key><value xsi:type="xsd:boolean">true</value></item>\
</item></return></ns1:test_peopleResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>
"""
"""As PHP's SoapServer writes it, but for the order of the namespaces."""


def test_an_answer_is_written_as_php_writes_it(moodle: Site) -> None:
    person = part("people", [PERSON | {"firstname": 'a <&> "é"\r\n'}])
    answer = send(moodle, called("test_people", person))
    assert answer.body.decode() == PEOPLE11
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_an_answer_is_in_the_version_of_the_call(moodle: Site) -> None:
    answer = send(moodle, called("test_people", part("people", [PERSON]), SOAP12))
    assert answer.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
    assert b'<return enc:itemType="ns2:Map" enc:arraySize="1" xsi:type="enc:Array">' in answer.body
    assert b"<rpc:result>return</rpc:result><return " in answer.body
    assert f'env:encodingStyle="{ENC12}"'.encode() in answer.body
    assert result(answer) == [PERSON]
    assert result(send(moodle, called("test_void", "", SOAP12))) is None


@pytest.mark.parametrize("number", [0, -(2**31), 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1])
def test_an_integer_beyond_32_bits_is_a_long(number: int) -> None:
    function = declare({"numbers": list[int]}, list[int])
    request = Request("POST", SERVER, "", {}, called(function.name, part("numbers", [7, number])))
    answer = Wired("soap", function, face="moodle").reply(request, [7, number]).body
    kind = "int" if -(2**31) <= number < 2**31 else "long"
    assert f'arrayType="xsd:{kind}[2]"'.encode() in answer
    assert f'<item xsi:type="xsd:{kind}">{number}</item>'.encode() in answer
    assert result(Response(200, {}, answer)) == [7, number]


# Credentials


@pytest.mark.parametrize(
    ("path", "query", "errorcode"),
    [
        (SERVER, {}, "invalidtoken"),
        (SERVER, {"wstoken": "0" * 32}, "invalidtoken"),
        (SERVER, {"wsusername": USER, "wspassword": PASSWORD}, "invalidtoken"),
        (SIMPLE, {}, "missingusername"),
        (SIMPLE, {"wsusername": USER}, "missingpassword"),
        (SIMPLE, {"wsusername": USER, "wspassword": "wrong"}, "wrongusernamepassword"),
        (f"{SIMPLE}/{USER}/wrong", {}, "wrongusernamepassword"),
        (f"{SIMPLE}/{USER}", {}, "missingusername"),
        (f"{SIMPLE}/{USER}/{PASSWORD}/more", {}, "missingusername"),
        (f"{SIMPLE}/{USER}/", {}, "missingusername"),
        (f"{SIMPLE}/", {"wstoken": "TOKEN"}, "missingusername"),
        (SIMPLE, {"wstoken": "TOKEN"}, "missingusername"),
    ],
)
def test_credentials_that_are_refused(moodle: Site, path: str, query: dict[str, str], errorcode: str) -> None:
    shown = {name: moodle.token if value == "TOKEN" else value for name, value in query.items()}
    answer = send(moodle, called("test_void"), shown, path)
    assert answer.status == 200
    assert fault(answer)["faultactor"] == errorcode


def test_user_name_and_password(moodle: Site) -> None:
    shown = {"wsusername": USER, "wspassword": PASSWORD}
    echo = called("test_echo", "<n>7</n><t>tea</t>")
    assert result(send(moodle, echo, shown, SIMPLE)) == "tea 7"
    assert result(send(moodle, echo, {}, f"{SIMPLE}/{USER}/{PASSWORD}")) == "tea 7"
    assert result(send(moodle, echo, {"wsusername": USER}, f"{SIMPLE}/{USER}/{PASSWORD}")) == "tea 7"
    assert result(send(moodle, echo, shown, f"{SIMPLE}/x/y")) == "tea 7"


def test_neither_headers_nor_the_envelope_hold_credentials(moodle: Site) -> None:
    bearer = send(moodle, called("test_void"), {}, authorization=f"Bearer {moodle.token}")
    assert fault(bearer)["faultactor"] == "invalidtoken"
    header = message("<test_void/>", header=f"<wstoken>{moodle.token}</wstoken>")
    assert fault(send(moodle, header, {}))["faultactor"] == "invalidtoken"


# Faults


def _a(site: Site) -> Response:
    return send(site, called("test_void"), {"wstoken": "0" * 32})


def _b(site: Site) -> Response:
    return send(site, called("test_declared_fault", "<username>kay</username>"))


def _c(site: Site) -> Response:
    return send(site, called("test_outside"))


_XML, _TEXT_XML = "application/xml; charset=utf-8", "text/xml; charset=utf-8"
KINDS = {
    "a": (_a, 200, _XML, "MOODLE:error", "Invalid token - token not found", "invalidtoken"),
    "b": (_b, 500, _TEXT_XML, "Receiver", "The tea is cold", "teaiscold"),
    "c": (_c, 500, _TEXT_XML, "SOAP-ENV:Server", "Function 'test_outside' doesn't exist", "accessexception"),
}


@pytest.mark.parametrize(("level", "shown"), [("none", False), ("minimal", False), ("normal", True)])
@pytest.mark.parametrize("kind", KINDS)
def test_the_three_kinds_of_fault(moodle: Site, kind: str, level: str, shown: bool) -> None:
    raised, status, content_type, code, text, errorcode = KINDS[kind]
    with site_settings(moodle, {"debug": level}):
        answer = raised(moodle)
    assert (answer.status, answer.headers["Content-Type"]) == (status, content_type)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert (answer.headers.get("Content-Disposition") == 'inline; filename="response.xml"') is (kind == "a")
    found = fault(answer)
    why = found.get("detail", "")
    assert bool(why) is shown
    dashed = f"{text} - {why}" if kind == "a" and shown else text
    assert (found["faultcode"], found["faultactor"]) == (code, errorcode)
    assert found["faultstring"] == f"{dashed} | ERRORCODE: {errorcode}"


def test_a_fault_of_every_kind_is_escaped(moodle: Site) -> None:
    parts = "<number>&lt;b&gt;&amp;</number><text>t</text>"
    assert "'<b>&'" in fault(send(moodle, called("test_echo", parts)))["detail"]
    assert fault(send(moodle, message("<b:a&lt;/>")))["faultactor"] == "invalidrequest"
    assert "'té_st'" in fault(send(moodle, called("té_st")))["faultstring"]


@pytest.mark.parametrize(
    ("body", "code", "errorcode"),
    [
        (b"", "SOAP-ENV:Client", "invalidrequest"),
        (b"<a", "SOAP-ENV:Client", "invalidrequest"),
        (b"<a/>", "SOAP-ENV:Client", "invalidrequest"),
        (message(""), "SOAP-ENV:Client", "invalidrequest"),
        (message("<test_void/><test_void/>"), "SOAP-ENV:Client", "invalidrequest"),
        (message('<test_void id="a"/>'), "SOAP-ENV:Client", "invalidrequest"),
        (message("<test_void>text</test_void>"), "SOAP-ENV:Client", "invalidrequest"),
        (message("<test_void/>", "urn:soap-3"), "SOAP-ENV:VersionMismatch", "invalidrequest"),
        (
            message("<test_void/>", header='<x e:mustUnderstand="1"/>'),
            "SOAP-ENV:MustUnderstand",
            "invalidrequest",
        ),
        (message("<test_nowhere/>"), "SOAP-ENV:Server", "invalidrecord"),
    ],
)
def test_what_the_engine_refuses(moodle: Site, body: bytes, code: str, errorcode: str) -> None:
    answer = send(moodle, body)
    found = fault(answer)
    assert (answer.status, found["faultcode"], found["faultactor"]) == (500, code, errorcode)


@pytest.mark.parametrize("query", [{}, {"wsdl": ""}, {"wsdl": "0"}, {"wsdl": "no"}])
def test_a_get_that_asks_for_no_wsdl(moodle: Site, query: dict[str, str]) -> None:
    answer = send(moodle, b"", {"wstoken": moodle.token} | query, method="GET")
    assert (answer.status, fault(answer)["faultactor"]) == (500, "methodnotallowed")
    assert fault(answer)["faultcode"] == "SOAP-ENV:Client"


def test_sample_and_read(moodle: Site) -> None:
    """The client's side of the face speaks with its server's side."""
    (face,) = (each for each in moodle.gateway.faces if (each.name, each.face) == ("soap", "moodle"))
    function, site = moodle.gateway.registry.functions["test_people"], moodle.gateway.site()
    outgoing = face.sample(function, {"people": [PERSON | {"firstname": "<&>"}]}, moodle.token, site)
    path, _, query = outgoing.path.partition("?")
    headers = {"content-type": "text/xml", "content-length": str(len(outgoing.body))}
    answer = moodle.gateway.handle(outgoing.method, path, query, headers, outgoing.body)
    read = face.read(function, answer.status, answer.headers, answer.body, site)
    assert read == [PERSON | {"firstname": "<&>"}]
