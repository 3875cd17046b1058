"""Past vulnerabilities of SOAP servers and of the XML readers behind them, replayed through the whole gateway."""

import socket
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path

import pytest
from lxml import etree

from gateway import READ, Component, function
from gateway.credentials import hash_password
from gateway.protocol import Query
from gateway.protocol import Site as Described
from gateway.web import Response
from protocols.soap import PROTOCOL
from tests.protocol.test_soap.attacks import ATTACKS
from tests.support.site import Site
from tests.support.wire import NAMESPACE, XML, envelope, fault_in, soap_call

pytestmark = pytest.mark.usefixtures("soon")

SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{WSS}wssecurity-secext-1.0.xsd"
DIGEST = f"{WSS}username-token-profile-1.0#PasswordDigest"
PASSWORD = "correct horse"
VOID = f'<test_void xmlns="{NAMESPACE}"/>'


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site for calls that change nothing; jane may call with her password."""
    site = Site(tmp_path_factory.mktemp("site"), settings={"passwords": "true"})
    site.add_user("jane", password_hash=hash_password(PASSWORD))
    site.grant("jane", site.capabilities())
    yield site
    site.close()


def post(site: Site, body: bytes, content_type: str = XML, token: str | None = None) -> Response:
    return site.post("/soap", body, content_type, token=token)


def errorcode(response: Response) -> str:
    return fault_in("soap", response.body).errorcode


def text_call(markup: str) -> bytes:
    return soap_call("test_void", f"<text>{markup}</text>")


# The reader of XML


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_body_is_one_typed_fault(standing: Site, attack: str) -> None:
    response = post(standing, ATTACKS[attack])
    assert response.status == 500
    assert errorcode(response) in ("invalidrequest", "requesttoolarge")
    assert b"root:" not in response.body


@pytest.mark.parametrize("media_type", ["text/xml", "application/xml", "application/soap+xml; charset=utf-8"])
def test_cve_2016_8739_every_content_type_has_the_one_careful_reader(standing: Site, media_type: str) -> None:
    body = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + text_call("&x;")
    response = post(standing, body, media_type)
    assert response.status == 500
    assert b"document type declaration" in response.body
    assert b"root:" not in response.body


@contextmanager
def listener() -> Iterator[tuple[str, socket.socket]]:
    """An address that nobody may visit, and the socket that would notice."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x", server


_XINCLUDE = '<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text" href="{0}"/>'
_XOP = '<i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="{0}"/>'
_LOCATION = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:x {0}"'
_ADDRESSING = '<{1} xmlns="http://www.w3.org/2005/08/addressing"><Address>{0}</Address></{1}>'
REFERENCES = {
    "CVE-2011-3600 external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "{0}">]>' + text_call("&x;").decode(),
    "parameter entity": '<!DOCTYPE a [<!ENTITY % x SYSTEM "{0}"> %x;]>' + text_call("a").decode(),
    "external DTD": '<!DOCTYPE a SYSTEM "{0}">' + text_call("a").decode(),
    "XInclude": text_call(_XINCLUDE).decode(),
    "CVE-2024-28752 XOP": soap_call("test_bytes", f"<data>{_XOP}</data>").decode(),
    "schemaLocation": soap_call("test_void", f"<text {_LOCATION}>a</text>").decode(),
    "noNamespaceSchemaLocation": soap_call(
        "test_void", f"<text {_LOCATION.replace('schemaL', 'noNamespaceSchemaL')}>a</text>"
    ).decode(),
    "GHSA-5m3j-pxh7-455p stylesheet": '<?xml-stylesheet type="text/xsl" href="{0}"?>'
    + text_call("a").decode(),
    "href": soap_call("test_void", '<text href="{0}"/>').decode(),
    "WS-Addressing ReplyTo": envelope(VOID, _ADDRESSING.replace("{1}", "ReplyTo")).decode(),
    "WS-Addressing FaultTo": envelope("<no_such/>", _ADDRESSING.replace("{1}", "FaultTo")).decode(),
}


FLOODS = (
    " ".join(f'a{number}=""' for number in range(200_000)),
    " ".join(f'xmlns:n{number}="u:{number}"' for number in range(20_000)),
)
"""Attributes and namespaces, more than anybody needs (CVE-2013-2160)."""


def assert_nothing_is_fetched(ask: Callable[[bytes], Response], reference: str, folder: Path) -> None:
    """That a message which refers to an address and to a file, sent by `ask`, reaches neither."""
    secret = folder / "secret"
    secret.write_text("swordfish")
    with listener() as (url, server):
        for target in (url, secret.as_uri()):
            response = ask(REFERENCES[reference].replace("{0}", target).encode())
            assert response.status in (200, 500)
            assert b"swordfish" not in response.body
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("reference", REFERENCES)
def test_nothing_that_a_message_refers_to_is_fetched(standing: Site, tmp_path: Path, reference: str) -> None:
    assert_nothing_is_fetched(lambda body: post(standing, body), reference, tmp_path)


def test_cve_2013_2160_floods_of_attributes_and_namespaces_cost_linear_time(standing: Site) -> None:
    for flood in FLOODS:
        assert post(standing, soap_call("test_void", f"<text {flood}>a</text>")).status == 200


def test_an_array_type_reserves_nothing(standing: Site) -> None:
    typed = (
        '<people xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" e:arrayType="xsd:int[2147483647]" '
        'e:offset="[2147483646]"/>'
    )
    assert post(standing, soap_call("test_people", typed)).status == 200


def test_multi_references_are_not_followed_so_they_cannot_loop(standing: Site) -> None:
    loop = '<people href="#a" id="a"><TestPerson href="#a" id="b"/></people>'
    assert errorcode(post(standing, soap_call("test_people", loop))) == "invalidparameter"


def test_cve_2025_23184_no_temporary_file_is_made(
    standing: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    text = "a" * 3_000_000
    assert post(standing, soap_call("test_bytes", f"<data>{text}</data>")).status == 200
    assert post(standing, text_call(f"{text}<b/>")).status == 500
    assert list(tmp_path.iterdir()) == []


# Signatures, digests, and where a credential may stand


def username_token(password: str, kind: str = "") -> str:
    type_ = f' Type="{kind}"' if kind else ""
    return (
        f'<w:UsernameToken xmlns:w="{WSSE}"><w:Username>jane</w:Username>'
        f"<w:Password{type_}>{password}</w:Password></w:UsernameToken>"
    )


def security(content: str, more: str = "") -> str:
    return f'<w:Security xmlns:w="{WSSE}"{more}>{content}</w:Security>'


def test_a_user_name_token_opens_as_clear_text_in_its_own_place(standing: Site) -> None:
    assert post(standing, envelope(VOID, security(username_token(PASSWORD))), token="").status == 200
    assert errorcode(post(standing, envelope(VOID, security(username_token("x"))), token="")) == (
        "wrongusernamepassword"
    )


def test_a_password_digest_cannot_be_replayed_because_none_is_taken(standing: Site) -> None:
    nonce, created = b"nonce", "2026-03-01T12:00:00Z"
    digest = b64encode(sha1(nonce + created.encode() + PASSWORD.encode()).digest()).decode()  # noqa: S324
    header = security(username_token(digest, DIGEST))
    for _ in range(2):
        assert errorcode(post(standing, envelope(VOID, header), token="")) == "invalidrequest"


@pytest.mark.parametrize(
    "body",
    [
        envelope(VOID, f"<x>{security(username_token(PASSWORD))}</x>"),
        envelope(VOID, security(f"<x>{username_token(PASSWORD)}</x>")),
        envelope(VOID, username_token(PASSWORD)),
        envelope(f'<test_void xmlns="{NAMESPACE}">{security(username_token(PASSWORD))}</test_void>'),
        envelope(VOID, '<wstoken xmlns="urn:another">{token}</wstoken>'),
        envelope(VOID, '<x><wstoken xmlns="">{token}</wstoken></x>'),
    ],
    ids=[
        "wrapped header",
        "wrapped token",
        "no Security",
        "in the Body",
        "another namespace",
        "wrapped wstoken",
    ],
)
def test_cve_2012_4418_a_credential_that_was_moved_is_none(standing: Site, body: bytes) -> None:
    response = post(standing, body.replace(b"{token}", standing.token.encode()), token="")
    assert (response.status, errorcode(response)) == (401, "invalidtoken")


def test_cve_2012_5351_a_signature_vouches_for_nobody(standing: Site) -> None:
    signature = '<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"><d:SignedInfo/></d:Signature>'
    assertion = '<a:Assertion xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="x">jane</a:Assertion>'
    for content in (signature, assertion, assertion + signature):
        response = post(standing, envelope(VOID, security(content)), token="")
        assert (response.status, errorcode(response)) == (401, "invalidtoken")


def test_cve_2012_4418_a_second_body_or_call_is_refused_whole(standing: Site) -> None:
    wrapped = envelope(VOID, f'<x>{VOID}</x><s:Body xmlns:s="{SOAP12}">{VOID}</s:Body>')
    assert post(standing, wrapped).status == 200  # a header that nobody needs to understand
    for body in (
        envelope(VOID + VOID),
        envelope(VOID).replace(b"</s:Envelope>", b"<s:Body/></s:Envelope>"),
        envelope(VOID).replace(b"<s:Body>", b"<s:Body/><s:Body>"),
    ):
        assert errorcode(post(standing, body)) == "invalidrequest"


# What we say


@function("x_hostile", effect=READ)
def hostile(value: str = "") -> str:
    """</wsdl:documentation><script>alert(1)</script> ]]> &x; <!-- -->"""
    return value


def test_cve_2014_1202_a_wsdl_holds_no_text_that_was_not_escaped_and_no_default() -> None:
    component = Component("x", functions=[hostile])
    site = Described('https://x.example/"><script>', "</wsdl:documentation>", "urn:x")
    document: bytes = PROTOCOL.describe(Query("wsdl"), component.functions, site)
    assert b"<script" not in document
    root = etree.fromstring(document)
    assert "<script>alert(1)</script> ]]>" in "".join(root.itertext())
    assert not [each for each in root.iter() if "default" in each.attrib or "fixed" in each.attrib]


@pytest.mark.parametrize(
    "name", ["wsdl&functions", "wsdl&service", "wsdl&soap", "stylesheet", "wsdl&<script>"]
)
def test_cve_2019_17573_nothing_of_a_query_comes_back_as_markup(standing: Site, name: str) -> None:
    query = f'{name}=<script>alert(1)</script>"%3Cscript%3E'
    headers = {"authorization": f"Bearer {standing.token}"}
    response = standing.gateway.handle("GET", "/soap", query, headers)
    assert b"<script" not in response.body
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/soap/", "/soap/services", "/soap/../soap/", "/soap/..%2f..", "/soap//etc/passwd", "/soap/x?wsdl"],
)
def test_cve_2022_46363_below_the_address_there_is_nothing_to_list(standing: Site, path: str) -> None:
    headers = {"authorization": f"Bearer {standing.token}", "content-type": XML}
    response = standing.gateway.handle("GET", path, "wsdl", headers)
    assert response.status == 500
    assert errorcode(response) == "notfound"


@pytest.mark.parametrize(
    ("content_type", "version"),
    [
        ('multipart/related; type="application/xop+xml"; start-info="text/xml"; boundary=b', "text/xml"),
        (
            'multipart/related; type="application/xop+xml"; start-info="application/soap+xml"; boundary=b',
            "application/soap+xml",
        ),
        ("multipart/form-data; boundary=b", "text/xml"),
    ],
)
def test_attachments_are_a_clear_fault_in_the_version_that_they_hold(
    standing: Site, content_type: str, version: str
) -> None:
    response = post(standing, b"--b\r\n\r\n" + text_call("a") + b"\r\n--b--", content_type)
    assert response.status == 500
    assert response.headers["Content-Type"] == f"{version}; charset=utf-8"
    assert b"<errorcode>unsupportedmediatype</errorcode>" in response.body
    assert b"taken are application/soap+xml, application/xml, text/xml" in response.body
