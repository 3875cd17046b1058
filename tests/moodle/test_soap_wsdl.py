"""The WSDL of the address for clients of Moodle: its shape, whom it shows what, and whose credentials it repeats."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree

from tests.moodle.calls import PASSWORD
from tests.moodle.soap import SERVER, SIMPLE, XSD, fault, send
from tests.support.site import USER, Site

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
CLASS = "webservices_virtual_class_000000"
BASE = "http://127.0.0.1:8080"


def get(site: Site, query: Mapping[str, str], path: str = SERVER) -> Any:
    """The document."""
    answer = send(site, b"", {**query, "wsdl": "1"}, path, "GET")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    return etree.fromstring(answer.body)


def address(document: Any) -> str:
    (found,) = document.iter(f"{SOAP}address")
    location: str = found.get("location")
    return location


@pytest.fixture(scope="module")
def document(moodle: Site) -> Any:
    return get(moodle, {"wstoken": moodle.token})


def test_the_shape_is_that_of_moodle(document: Any) -> None:
    assert document.get("name") == CLASS
    assert document.get("targetNamespace") == document.nsmap["tns"] == "urn:manifold:api"
    order = [str(each.tag).removeprefix(WSDL) for each in document]
    assert order[:4] == ["types", "portType", "binding", "service"]
    assert set(order[4:]) == {"message"}
    port_type, binding, service = document[1], document[2], document[3]
    assert [each.get("name") for each in (port_type, binding, service)] == [
        f"{CLASS}{part}" for part in ("Port", "Binding", "Service")
    ]
    style = binding.find(f"{SOAP}binding")
    assert (style.get("style"), style.get("transport")) == ("rpc", "http://schemas.xmlsoap.org/soap/http")
    for body in document.iter(f"{SOAP}body"):
        assert body.get("use") == "encoded"
        assert body.get("encodingStyle") == "http://schemas.xmlsoap.org/soap/encoding/"
        assert body.get("namespace") == "urn:manifold:api"


def test_an_operation(document: Any) -> None:
    (operation,) = document.iterfind(f"{WSDL}portType/{WSDL}operation[@name='test_tree']")
    assert operation.findtext(f"{WSDL}documentation") == "How many leaves the tree has."
    assert operation.find(f"{WSDL}input").get("message") == "tns:test_treeIn"
    assert operation.find(f"{WSDL}output").get("message") == "tns:test_treeOut"
    (action,) = document.iterfind(f"{WSDL}binding/{WSDL}operation[@name='test_tree']/{SOAP}operation")
    assert action.get("soapAction") == "urn:manifold:api#test_tree"


def parts(document: Any, message: str) -> list[tuple[str, str]]:
    (found,) = document.iterfind(f"{WSDL}message[@name='{message}']")
    return [(each.get("name"), each.get("type")) for each in found]


def test_parts(document: Any) -> None:
    assert parts(document, "test_echoIn") == [("number", "xsd:int"), ("text", "xsd:string")]
    assert parts(document, "test_echoOut") == [("return", "xsd:string")]
    assert parts(document, "test_treeIn") == [("tree", "tns:TestTreeValue"), ("note", "xsd:string")]
    assert parts(document, "test_peopleOut") == [("return", "soap-enc:Array")]
    assert parts(document, "test_voidOut") == []


def test_members(document: Any) -> None:
    (struct,) = document.iterfind(f".//{{{XSD}}}complexType[@name='TestEverythingValue']")
    members = {each.get("name"): each for each in struct[0]}
    assert members["flag"].get("type") == members["small"].get("type") == "xsd:int"
    assert members["ratio"].get("type") == "xsd:float"
    assert members["instant"].get("type") == members["data"].get("type") == "xsd:string"
    assert members["numbers"].get("type") == members["leaves"].get("type") == "soap-enc:Array"
    assert members["leaf"].get("type") == "tns:TestLeaf"
    assert dict(members["maybe_text"].attrib).items() >= {("minOccurs", "0")}
    assert dict(members["null_text"].attrib).items() >= {("minOccurs", "0"), ("nillable", "true")}
    assert "minOccurs" not in members["text"].attrib


def test_every_name_that_is_referred_to_is_there_once(document: Any) -> None:
    types = [each.get("name") for each in document.iter(f"{{{XSD}}}complexType")]
    assert len(set(types)) == len(types)
    named = {each.get("type") for each in document.iter(f"{{{XSD}}}element", f"{WSDL}part")}
    assert {each.removeprefix("tns:") for each in named if each.startswith("tns:")} == set(types)
    messages = [each.get("name") for each in document.iter(f"{WSDL}message")]
    assert len(set(messages)) == len(messages)
    used = {each.get("message") for each in document.iter(f"{WSDL}input", f"{WSDL}output")} - {None}
    assert used == {f"tns:{each}" for each in messages}


def test_functions_are_those_that_the_caller_may_call(document: Any) -> None:
    shown = {each.get("name") for each in document.iterfind(f"{WSDL}portType/{WSDL}operation")}
    assert "test_echo" in shown
    assert "test_outside" not in shown


# The address


def test_the_address_repeats_what_this_caller_sent(moodle: Site) -> None:
    other = moodle.add_token()
    password = {"wsusername": USER, "wspassword": PASSWORD}
    assert address(get(moodle, {"wstoken": moodle.token})) == f"{BASE}{SERVER}?wstoken={moodle.token}"
    assert address(get(moodle, {"wstoken": other, "x": "y"})) == f"{BASE}{SERVER}?wstoken={other}"
    assert address(get(moodle, password, SIMPLE)) == f"{BASE}{SIMPLE}?wsusername={USER}&wspassword={PASSWORD}"
    in_path = f"{SIMPLE}/{USER}/{PASSWORD}"
    assert address(get(moodle, {}, in_path)) == f"{BASE}{in_path}"


def test_nothing_else_in_the_document_does(moodle: Site) -> None:
    answer = send(moodle, b"", {"wstoken": moodle.token, "wsdl": "1"}, method="GET")
    assert answer.body.count(moodle.token.encode()) == 1


def test_the_address_is_escaped(tmp_path: Any) -> None:
    from gateway.credentials import hash_password

    name, password = 'o"<b>&', "p %/<&\"'é"
    site = Site(tmp_path, settings={"passwords": "true"})
    site.add_user(name, password_hash=hash_password(password))
    site.grant(name, site.capabilities())
    try:
        shown = {"wsusername": name, "wspassword": password}
        found = address(get(site, shown, SIMPLE))
        assert found == f"{BASE}{SIMPLE}?wsusername={quote(name)}&wspassword={quote(password, '')}".replace(
            "%20", "+"
        )
        plain = "p<é&"
        site.change_user(name, password_hash=hash_password(plain))
        assert (
            address(get(site, {}, f"{SIMPLE}/{name}/{plain}"))
            == f"{BASE}{SIMPLE}/{quote(name)}/{quote(plain)}"
        )
    finally:
        site.close()


# Refusals


def test_a_refusal_is_of_kind_a(moodle: Site) -> None:
    answer = send(moodle, b"", {"wstoken": "0" * 32, "wsdl": "1"}, method="GET")
    assert answer.status == 200
    assert fault(answer)["faultcode"] == "MOODLE:error"
    assert fault(answer)["faultactor"] == "invalidtoken"
    moodle.change_service(enabled=False)
    try:
        answer = send(moodle, b"", {"wstoken": moodle.token, "wsdl": "1"}, method="GET")
    finally:
        moodle.change_service(enabled=True)
    assert (answer.status, fault(answer)["faultcode"]) == (200, "MOODLE:error")


def test_without_a_credential_public_services_are_shown(moodle: Site) -> None:
    nobody = {"wsdl": "yes"}
    assert fault(send(moodle, b"", nobody, method="GET"))["faultactor"] == "invalidtoken"
    moodle.add_service("public", ["test_echo"], public=True)
    try:
        shown = get(moodle, {})
    finally:
        moodle.change_service("public", enabled=False)
    assert [each.get("name") for each in shown.iterfind(f"{WSDL}portType/{WSDL}operation")] == ["test_echo"]
    assert address(shown) == f"{BASE}{SERVER}"
