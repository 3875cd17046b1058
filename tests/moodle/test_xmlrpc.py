"""The XML-RPC address of clients for Moodle, called by xmlrpc.client's own marshaller through `handle()`."""

import hashlib
import xmlrpc.client
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from gateway.web import Response
from tests.access.causes import site_settings
from tests.moodle.calls import PASSWORD
from tests.moodle.test_rest import HEADERS
from tests.support.site import USER, Site

SERVER = "/webservice/xmlrpc/server.php"
SIMPLE = "/webservice/xmlrpc/simpleserver.php"
CODES = {
    "accessexception": 23000021,
    "invalidtoken": 89159464,
    "invalidparameter": 29039061,
    "invalidresponse": 28260048,
    "missingusername": 14186099,
    "missingpassword": 54878928,
    "wrongusernamepassword": 29778048,
    "sitemaintenance": 13798712,
    "wsaccessuserunconfirmed": 22297092,
    "nopermissions": 10340380,
    "invalidrecord": 23604497,
    "codingerror": 26045186,
    "restrictedcontextexception": 13269391,
    "requireloginerror": 25860963,
    "invalidrecordunknown": 20203844,
    "invaliduser": 16251974,
    "invalidcourseid": 29866087,
    "errorcoursecontextnotvalid": 29604996,
    "erroroptionalparamarray": 32877907,
    "shortnametaken": 11533099,
}
"""Fault codes that Moodle was seen to send."""


def send(
    site: Site,
    body: bytes | str,
    query: Mapping[str, str] | None = None,
    path: str = SERVER,
    content_type: str = "text/xml",
) -> Response:
    """The answer to a body, with the site's token unless another query is given."""
    data = body.encode() if isinstance(body, str) else body
    shown = {"wstoken": site.token} if query is None else query
    headers = {"content-type": content_type, "content-length": str(len(data))}
    return site.gateway.handle("POST", path, urlencode(shown), headers, data)


def call(site: Site, function: str, *arguments: Any, **how: Any) -> Any:
    """What xmlrpc.client makes of the answer. Raises Fault."""
    answer = send(site, xmlrpc.client.dumps(arguments, function, allow_none=True), **how)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    (value,), _ = xmlrpc.client.loads(answer.body, use_builtin_types=True)
    return value


def fault(site: Site, function: str, *arguments: Any, **how: Any) -> xmlrpc.client.Fault:
    """The fault that comes back."""
    with pytest.raises(xmlrpc.client.Fault) as raised:
        call(site, function, *arguments, **how)
    return raised.value


def test_parameters_are_positional_and_those_at_the_end_may_be_left_out(moodle: Site) -> None:
    assert call(moodle, "test_echo", 7, "tea") == "tea 7"
    assert call(moodle, "test_optional", "x") == "x|None|absent|7|absent"
    assert call(moodle, "test_optional", "x", 3) == "x|3|absent|7|absent"
    assert call(moodle, "test_optional", "x", 3, "c", 8, [1]) == "x|3|c|8|[1]"


@pytest.mark.parametrize(
    "arguments", [(7,), (7, "tea", "more"), ("seven", "tea"), ("05", "tea"), ([7], "tea")]
)
def test_arguments_that_do_not_fit(moodle: Site, arguments: tuple[Any, ...]) -> None:
    assert fault(moodle, "test_echo", *arguments).faultCode == CODES["invalidparameter"]


PERSON = {"id": 1, "username": "ann", "firstname": "A", "lastname": "N", "suspended": True}


@pytest.mark.parametrize("people", [[PERSON], {"a": PERSON}, [PERSON | {"id": "1", "suspended": 1}]])
def test_a_value_is_taken_by_its_text(moodle: Site, people: Any) -> None:
    assert call(moodle, "test_people", people) == [PERSON]


@pytest.mark.parametrize("number", [7, "7", 7.0])
@pytest.mark.parametrize(("given", "text"), [("tea", "tea"), (5, "5"), (1.5, "1.5"), (2.0, "2")])
def test_scalars_of_another_type(moodle: Site, number: Any, given: Any, text: str) -> None:
    assert call(moodle, "test_echo", number, given) == f"{text} 7"


def test_a_boolean_for_an_integer(moodle: Site) -> None:
    assert call(moodle, "test_echo", True, "tea") == "tea 1"


@pytest.mark.parametrize("text", ["05", " 5", "5.0", "", "1e3"])
def test_texts_that_are_no_integer(moodle: Site, text: str) -> None:
    assert fault(moodle, "test_people", [PERSON | {"id": text}]).faultCode == CODES["invalidparameter"]


def test_an_untyped_value_is_a_text(moodle: Site) -> None:
    params = "<param><value>7</value></param><param><value>tea</value></param>"
    body = f"<methodCall><methodName>test_echo</methodName><params>{params}</params></methodCall>"
    assert b"<string>tea 7</string>" in send(moodle, body).body


def test_results(moodle: Site) -> None:
    assert call(moodle, "core_user_get_users_by_field", "id", ["999"]) == []
    assert call(moodle, "test_void") is None
    assert call(moodle, "test_requires") is True
    (person,) = call(moodle, "test_people", [PERSON])
    assert list(person) == ["id", "username", "firstname", "lastname", "suspended"]


def test_any_content_type_is_read(moodle: Site) -> None:
    for content_type in ("application/x-www-form-urlencoded", "application/xml", "text/plain", ""):
        assert call(moodle, "test_echo", 7, "tea", content_type=content_type) == "tea 7"


# Faults


@pytest.mark.parametrize(("errorcode", "code"), CODES.items())
def test_the_fault_code_is_made_of_the_errorcode(errorcode: str, code: int) -> None:
    from protocols.xmlrpc.faults import fault_code

    assert fault_code(errorcode) == code
    assert code == int(str(int(hashlib.md5(errorcode.encode()).hexdigest(), 16))[:8])  # noqa: S324


@pytest.mark.parametrize(("level", "shown"), [("none", False), ("normal", True)])
def test_the_errorcode_is_the_last_part(moodle: Site, level: str, shown: bool) -> None:
    with site_settings(moodle, {"debug": level}):
        found = fault(moodle, "test_echo", "x", "tea")
    assert found.faultCode == CODES["invalidparameter"]
    message, *parts = found.faultString.split(" | ")
    assert message == "Invalid parameter value detected"
    assert parts[-1] == "ERRORCODE: invalidparameter"
    assert [each.partition(": ")[0] for each in parts[:-1]] == (["DEBUG INFO"] if shown else [])


@pytest.mark.parametrize(
    "body", [b"", b"<methodCall>", b"<methodCall/>", b"no XML", b"<!DOCTYPE a><methodCall/>"]
)
def test_what_cannot_be_read(moodle: Site, body: bytes) -> None:
    answer = send(moodle, body)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert b"ERRORCODE: invalidrequest" in answer.body


@pytest.mark.parametrize(
    ("path", "query", "errorcode"),
    [
        (SERVER, {}, "invalidtoken"),
        (SERVER, {"wstoken": "0" * 32}, "invalidtoken"),
        (SIMPLE, {}, "missingusername"),
        (SIMPLE, {"wsusername": USER}, "missingpassword"),
        (SIMPLE, {"wsusername": USER, "wspassword": "wrong"}, "wrongusernamepassword"),
    ],
)
def test_credentials_that_are_refused(moodle: Site, path: str, query: dict[str, str], errorcode: str) -> None:
    assert fault(moodle, "test_void", path=path, query=query).faultCode == CODES[errorcode]


def test_user_name_and_password(moodle: Site) -> None:
    query = {"wsusername": USER, "wspassword": PASSWORD}
    assert call(moodle, "test_echo", 7, "tea", path=SIMPLE, query=query) == "tea 7"


def test_a_header_is_no_credential(moodle: Site) -> None:
    body = xmlrpc.client.dumps((), "test_void").encode()
    headers = {"content-type": "text/xml", "content-length": str(len(body))}
    headers["authorization"] = f"Bearer {moodle.token}"
    assert b"ERRORCODE: invalidtoken" in moodle.gateway.handle("POST", SERVER, "", headers, body).body


# Introspection and multicall


def test_introspection(moodle: Site) -> None:
    methods = call(moodle, "system.listMethods")
    assert {"system.listMethods", "system.methodHelp", "system.methodSignature", "system.multicall"} < set(
        methods
    )
    assert "core_user_get_users_by_field" in methods
    assert "test_outside" not in methods
    assert "authentication" not in call(moodle, "system.methodHelp", "test_echo").lower()
    assert call(moodle, "system.methodSignature", "test_echo") == [["string", "int", "string"]]


def test_the_results_of_a_multicall_stand_in_the_array_as_they_are(moodle: Site) -> None:
    calls = [
        {"methodName": "test_echo", "params": [7, "tea"]},
        {"methodName": "test_echo", "params": ["x", "tea"]},
        {"methodName": "core_user_get_users_by_field", "params": ["id", ["999"]]},
    ]
    echo, wrong, nobody = call(moodle, "system.multicall", calls)
    assert (echo, nobody) == ("tea 7", [])
    assert wrong["faultCode"] == CODES["invalidparameter"]
    assert wrong["faultString"].endswith(" | ERRORCODE: invalidparameter")


def test_sample_and_read(moodle: Site) -> None:
    """The client's side of the face speaks with its server's side."""
    (face,) = (each for each in moodle.gateway.faces if (each.name, each.face) == ("xmlrpc", "moodle"))
    function = moodle.gateway.registry.functions["test_people"]
    outgoing = face.sample(function, {"people": [PERSON]}, moodle.token, moodle.gateway.site())
    path, _, query = outgoing.path.partition("?")
    headers = {"content-type": "text/xml", "content-length": str(len(outgoing.body))}
    answer = moodle.gateway.handle(outgoing.method, path, query, headers, outgoing.body)
    assert face.read(function, answer.status, answer.headers, answer.body, moodle.gateway.site()) == [PERSON]
