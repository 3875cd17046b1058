"""What the WS-I Basic Profile 1.1 says of messages and of who takes them; basic_profile.toml has the numbers."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from gateway.protocol import RemoteFault
from gateway.store import User
from gateway.web import Response
from protocols.soap import PROTOCOL
from tests.support import component as support
from tests.support.site import Site

from . import world
from .documents import WSDL
from .world import FUNCTIONS, NAMESPACE, SITE, SOAP11, TEXT_XML, XSD, XSI, call, envelope

USERS = '<users><User><id i:nil="true"/><username>a &amp; b</username><tags><string/></tags></User></users>'
RESULTS = {
    "text": call("echo_string", "<v>a &lt; b&#13;😀</v>"),
    "structs": call("core_user_create_users", USERS),
    "null": call("echo_user", '<v i:nil="true"/>'),
    "empty list": call("echo_ints", "<v/>"),
    "table": call("echo_table", "<v><ArrayOfInt><int>1</int></ArrayOfInt><ArrayOfInt/></v>"),
    "instant": call("echo_datetime", "<v>2026-03-01T12:00:00+01:00</v>"),
    "void": call("do_void"),
}
FAULTS = {
    "problems": call("needs", "<number>x</number>"),
    "unknown function": call("no_such_function"),
    "unknown parameter": call("do_void", "<w/>"),
    "two calls": call("do_void") * 2,
    "not well-formed": "<a>",
}
UNKNOWN_HEADER = '<x:a xmlns:x="urn:x" s:mustUnderstand="1"/>'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with the functions of this folder's tests, under their namespace."""
    components = [world.COMPONENT, support.component]
    site = Site(tmp_path_factory.mktemp("profile"), components, settings={"namespace": NAMESPACE})
    yield site
    site.close()


def send(site: Site, body: bytes) -> Response:
    """What the gateway answers to a message of a client that was made from the WSDL."""
    return site.post("/soap", body, TEXT_XML["content-type"], headers={"soapaction": f'"{NAMESPACE}#any"'})


@pytest.fixture(params=[*RESULTS, *FAULTS])
def answer(request: pytest.FixtureRequest, site: Site) -> Response:
    """What the gateway answers to a call, good or bad."""
    return send(site, envelope((RESULTS | FAULTS)[request.param]))


@pytest.fixture(params=FAULTS)
def fault(request: pytest.FixtureRequest, site: Site) -> Any:
    """The Fault that a bad call is answered with."""
    (found,) = etree.fromstring(send(site, envelope(FAULTS[request.param])).body).iter(f"{{{SOAP11}}}Fault")
    return found


def code(response: Response) -> str:
    return etree.fromstring(response.body).findtext(".//faultcode") or ""


REQUEST = PROTOCOL.sample(FUNCTIONS["optional"], {"a": "x"}, "secret", SITE)


# What we send


def check_structure(body: bytes) -> None:
    root = etree.fromstring(body)
    assert root.tag == f"{{{SOAP11}}}Envelope"
    assert [each.tag for each in root] == [f"{{{SOAP11}}}Body"]
    (child,) = root[0]
    assert etree.QName(child).namespace in (NAMESPACE, SOAP11)


def test_our_envelopes_have_the_structure_of_soap_1_1(answer: Response) -> None:
    check_structure(answer.body)
    check_structure(REQUEST.body)


def test_our_envelopes_use_no_attribute_of_soap(answer: Response) -> None:
    for body in (answer.body, REQUEST.body):
        used = {name for each in etree.fromstring(body).iter() for name in each.attrib}
        assert used <= {f"{{{XSI}}}nil"}


def test_our_envelopes_are_plain_xml_1_0_in_utf_8(answer: Response) -> None:
    for headers, body in ((answer.headers, answer.body), (REQUEST.headers, REQUEST.body)):
        assert headers["Content-Type"] == "text/xml; charset=utf-8"
        assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope ')
        assert body.decode("utf-8")
        assert not re.search(rb"<\?(?!xml version)|<!", body)


def test_our_faults_have_the_structure_of_soap_1_1(fault: Any) -> None:
    assert [each.tag for each in fault] == ["faultcode", "faultstring", "detail"]
    prefix, _, name = fault[0].text.partition(":")
    assert fault.nsmap[prefix] == SOAP11
    assert name in ("VersionMismatch", "MustUnderstand", "Client", "Server")


def test_our_bodies_are_valid_by_the_description(site: Site, answer: Response) -> None:
    document = site.gateway.handle("GET", "/soap", "wsdl", {"authorization": f"Bearer {site.token}"}).body
    inner = etree.fromstring(document).find(f"{{{WSDL}}}types/{{{XSD}}}schema")
    schema = etree.XMLSchema(etree.fromstring(etree.tostring(inner)))
    (child,) = etree.fromstring(answer.body)[0]
    (described,) = child.find("detail") if child.tag == f"{{{SOAP11}}}Fault" else [child]
    schema.assertValid(described)


def test_our_requests_are_posted_with_a_quoted_soapaction() -> None:
    root = etree.fromstring(world.wsdl())
    (bound,) = root.xpath("//w:binding/w:operation[@name='optional']/*[@soapAction]", namespaces={"w": WSDL})
    assert REQUEST.method == "POST"
    assert REQUEST.headers["SOAPAction"] == f'"{bound.get("soapAction")}"'


def test_a_fault_is_http_500_and_a_result_http_200(site: Site) -> None:
    for name, content in (RESULTS | FAULTS).items():
        response = send(site, envelope(content))
        assert response.status == (500 if name in FAULTS else 200)
        assert (b"<soap:Fault>" in response.body) is (name in FAULTS)


def test_no_cookie_is_set(answer: Response) -> None:
    assert "set-cookie" not in {name.lower() for name in answer.headers}


# What we take


def test_an_xml_declaration_and_a_byte_order_mark_are_taken(site: Site) -> None:
    plain = envelope(call("echo_string", "<v>é</v>"))
    expected = send(site, plain).body
    for opening in (b'<?xml version="1.0"?>', b'<?xml version="1.0" encoding="utf-8"?>\n', b"\xef\xbb\xbf"):
        assert send(site, opening + plain).body == expected


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("<x/>", "soap:Client"),
        ("<Envelope/>", "soap:Client"),
        ('<s:Body xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>', "soap:Client"),
        ('<s:Envelope xmlns:s="urn:other"><s:Body/></s:Envelope>', "soap:VersionMismatch"),
    ],
)
def test_another_root_than_an_envelope_is_a_fault(site: Site, root: str, expected: str) -> None:
    response = send(site, root.encode())
    assert response.status == 500
    assert code(response) == expected


def test_a_type_attribute_is_neither_asked_for_nor_believed(site: Site) -> None:
    bare = send(site, envelope(call("echo_string", "<v>5</v>"))).body
    typed = f'<v i:type="d:int" xmlns:d="{XSD}">5</v>'
    assert send(site, envelope(call("echo_string", typed))).body == bare


def test_mandatory_headers_come_before_the_call(site: Site) -> None:
    good = call("test_write", "<username>new.user</username>")
    before = site.count(User)
    assert code(send(site, envelope(good, UNKNOWN_HEADER))) == "soap:MustUnderstand"
    assert site.count(User) == before
    assert send(site, envelope(good)).status == 200
    assert site.count(User) == before + 1


def test_what_does_not_fit_is_blamed_in_the_profiles_order(site: Site) -> None:
    wrong = call("echo_int", "<v>x</v>")
    everything = envelope(wrong, UNKNOWN_HEADER, "urn:another:soap")
    assert code(send(site, everything)) == "soap:VersionMismatch"
    assert code(send(site, envelope(wrong, UNKNOWN_HEADER))) == "soap:MustUnderstand"
    assert code(send(site, envelope(wrong))) == "soap:Client"


@pytest.mark.parametrize("method", ["M-POST", "PUT", "DELETE", "GET"])
def test_a_request_by_another_method_is_a_fault(site: Site, method: str) -> None:
    headers = TEXT_XML | {"authorization": f"Bearer {site.token}"}
    response = site.gateway.handle(method, "/soap", "", headers, envelope(call("do_void")))
    assert response.status == 500
    assert b"<errorcode>methodnotallowed</errorcode>" in response.body
    assert response.headers["Allow"]


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    "detail",
    ["", "<detail/>", '<detail a="1" xmlns:x="urn:x" x:b="2"><c/><x:d>text</x:d><c>more</c></detail>'],
)
def test_faults_of_others_are_understood(status: int, detail: str) -> None:
    body = envelope(
        f'<s:Fault><faultcode>s:Server</faultcode><faultstring xml:lang="de">Nein</faultstring>{detail}</s:Fault>'
    )
    with pytest.raises(RemoteFault) as raised:
        PROTOCOL.read(FUNCTIONS["optional"], status, {}, body, SITE)
    assert raised.value.message == "Nein"


@pytest.mark.parametrize("url", ["http://ws.example.org", "https://ws.example.org"])
def test_the_address_is_http_or_https_as_configured(site: Site, url: str) -> None:
    site.set("public_url", url)
    document = site.gateway.handle("GET", "/soap", "wsdl", {"authorization": f"Bearer {site.token}"}).body
    assert f'location="{url}/soap"'.encode() in document
