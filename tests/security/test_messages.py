"""Past vulnerabilities of XML, SOAP, XML-RPC, AMF and JSON readers, replayed through the whole gateway.

What the protocols' own hostile tests replay against a decoder alone (entities, references, class names) is here only
where the way through the gateway could change the outcome.
"""

import sys
import time
from pathlib import Path
from struct import pack

import pytest

from gateway.store import User
from gateway.web import Response
from tests.support.site import Site
from tests.support.wire import (
    CONTENT_TYPES,
    FORM,
    JSON,
    NAMES,
    NAMESPACE,
    XML,
    amf_array,
    amf_call,
    amf_text,
    envelope,
    fault_in,
    path_of,
    soap_call,
    text_call,
    utf,
    xmlrpc_call,
)

pytestmark = pytest.mark.usefixtures("soon")

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def post(
    site: Site, protocol: str, name: str, body: bytes, content_type: str | None = None, **headers: str
) -> Response:
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    return site.post(path_of(protocol, name), body, content_type or CONTENT_TYPES[protocol], headers=given)


def errorcode(protocol: str, response: Response) -> str:
    return fault_in(protocol, response.body).errorcode


def with_doctype(protocol: str, subset: str, text: str) -> bytes:
    body = text_call(protocol, "test_void", text=text).removeprefix(b'<?xml version="1.0"?>')
    return f"<!DOCTYPE a [{subset}]>".encode() + body


@pytest.mark.parametrize("protocol", ["soap", "xmlrpc"])
@pytest.mark.parametrize(
    ("subset", "text"),
    [
        pytest.param(f'<!ENTITY l0 "lol">{LAUGHS}', "&l9;", id="CVE-2003-1564 billion laughs"),
        pytest.param(f'<!ENTITY a "{"a" * 50_000}">', "&a;" * 50_000, id="CVE-2013-1664 quadratic blow-up"),
        pytest.param('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;", id="CVE-2011-3600 external entity"),
        pytest.param('<!ENTITY a SYSTEM "http://127.0.0.1:1/">', "&a;", id="external entity by HTTP"),
        pytest.param('<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;', "x", id="parameter entity"),
        pytest.param("<!ELEMENT a ANY>", "x", id="an innocent DTD"),
    ],
)
def test_document_types_are_refused(standing: Site, protocol: str, subset: str, text: str) -> None:
    response = post(standing, protocol, "test_void", with_doctype(protocol, subset, text))
    seen = fault_in(protocol, response.body)
    assert seen.errorcode == "invalidrequest"
    assert "DOCTYPE" in seen.cause
    assert b"root:" not in response.body


@pytest.mark.parametrize("protocol", ["soap", "xmlrpc"])
def test_cve_2014_0109_the_number_of_elements_is_limited_before_they_are_parsed(
    standing: Site, protocol: str
) -> None:
    body = text_call(protocol, "test_void", text="x").replace(b"x<", b"<a/>" * 500_000 + b"<")
    assert errorcode(protocol, post(standing, protocol, "test_void", body)) == "requesttoolarge"


@pytest.mark.parametrize("protocol", ["soap", "xmlrpc"])
def test_cve_2023_52425_one_large_token_costs_linear_time(standing: Site, protocol: str) -> None:
    for body in (b"<a " + b'b="' + b"x" * 3_000_000, b"<!--" + b"-" * 3_000_000, b"<" + b"a" * 3_000_000):
        assert errorcode(protocol, post(standing, protocol, "test_void", body)) == "invalidrequest"


def test_cve_2012_3451_the_soapaction_decides_nothing(site: Site) -> None:
    """Only the child of the Body is authorised and run, whatever the header names."""
    void = text_call("soap", "test_void", text="x")
    for action in (f'"{NAMESPACE}#test_write"', '"test_write"', "test_outside", '""', "x" * 5000, "\u0000"):
        assert post(site, "soap", "test_void", void, soapaction=action).status == 200
    write = text_call("soap", "test_outside")
    assert (
        errorcode("soap", post(site, "soap", "x", write, soapaction=f'"{NAMESPACE}#test_void"'))
        == "accessexception"
    )
    assert site.count(User) == 1


def test_cve_2022_46364_an_xop_include_fetches_nothing(standing: Site, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("swordfish")
    for href in (secret.as_uri(), "http://127.0.0.1:1/", "cid:x", str(secret)):
        include = f'<data><i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="{href}"/></data>'
        response = post(standing, "soap", "test_bytes", soap_call("test_bytes", include))
        assert errorcode("soap", response) == "invalidparameter"
        assert b"swordfish" not in response.body


def test_two_calls_in_one_body_run_neither(site: Site) -> None:
    call = f'<test_write xmlns="{NAMESPACE}"><username>a</username></test_write>'
    other = f'<test_void xmlns="{NAMESPACE}"/>'
    for body in (
        envelope(call + other),
        envelope(other + call),
        envelope(other).replace(b"</s:Envelope>", b"<s:Body/></s:Envelope>"),
    ):
        assert errorcode("soap", post(site, "soap", "x", body)) == "invalidrequest"
    assert site.count(User) == 1


def test_cve_2016_5003_serialised_objects_of_xml_rpc_stay_unread(standing: Site) -> None:
    space = "http://ws.apache.org/xmlrpc/namespaces/extensions"
    for value in (
        f'<e:serializable xmlns:e="{space}">rO0ABXQAAXg=</e:serializable>',
        "<serializable>rO0AB</serializable>",
    ):
        response = post(standing, "xmlrpc", "test_void", xmlrpc_call("test_void", value))
        assert errorcode("xmlrpc", response) == "invalidparameter"


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize(
    "name",
    [
        "__class__",
        "test_void.__init__",
        "python",
        "os.system",
        "system.shutdown",
        "system.listMethods.__class__",
        "Test_void",
    ],
)
def test_a_dotted_name_is_a_key_of_the_registry_and_no_attribute(
    standing: Site, protocol: str, name: str
) -> None:
    response = post(standing, protocol, name, text_call(protocol, name))
    assert errorcode(protocol, response) == "invalidrecord"


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\uffffb"])
def test_cve_2017_10804_nul_and_its_like_are_refused_in_texts(site: Site, protocol: str, text: str) -> None:
    """XML parsers refuse them in the document; elsewhere they are a problem of the argument."""
    response = post(site, protocol, "test_write", text_call(protocol, "test_write", username=text))
    assert errorcode(protocol, response) in ("invalidparameter", "invalidrequest")
    assert site.count(User) == 1


@pytest.mark.parametrize("protocol", ["soap", "xmlrpc"])
@pytest.mark.parametrize("reference", ["&#0;", "&#x1;", "&#xFFFF;", "&#xD800;"])
def test_cve_2017_10804_nor_do_references_to_them_pass(standing: Site, protocol: str, reference: str) -> None:
    response = post(standing, protocol, "test_void", text_call(protocol, "test_void", text=f"a{reference}b"))
    assert errorcode(protocol, response) == "invalidrequest"


@pytest.mark.parametrize("protocol", NAMES)
def test_ghsl_2021_115_the_e_mail_word_has_no_slow_text(standing: Site, protocol: str) -> None:
    slow = "a@" + "a" * 60_000
    for text in (slow, slow + "!", "a@" + "a-" * 30_000, "a." * 30_000, "a@" + "a." * 120 + "!"):
        body = (
            text_call(protocol, "test_people", people=text)
            if protocol != "rest"
            else b'{"people": [{"email": "%s"}]}' % text.encode()
        )
        if protocol == "soap":
            body = soap_call(
                "test_people", f"<people><TestPerson><email>{text}</email></TestPerson></people>"
            )
        started = time.process_time()
        response = post(standing, protocol, "test_people", body)
        assert time.process_time() - started < 2
        assert errorcode(protocol, response) == "invalidparameter"


ALIASES = [
    "antigravity",
    "this",
    "flash.Any",
    "tempfile._TemporaryFileCloser",
    "java.lang.Runtime",
    "__main__.Site",
]


@pytest.mark.parametrize("alias", ALIASES)
def test_cve_2011_2092_and_cve_2017_5641_no_class_of_the_request_is_looked_up(
    standing: Site, alias: str
) -> None:
    post(standing, "amf", "test_tree", amf_call("test_tree", b"\x05"))
    before = set(sys.modules)
    planted = (
        b"\x10" + utf(alias) + utf("title") + amf_text("x") + utf("branches") + amf_array() + b"\0\0\x09"
    )
    response = post(standing, "amf", "test_tree", amf_call("test_tree", planted))
    assert b"onResult" in response.body  # it is read as its members
    assert set(sys.modules) == before


def test_cve_2015_3269_xml_inside_amf_stays_text(standing: Site) -> None:
    xml = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    value = b"\x0f" + pack(">I", len(xml)) + xml
    response = post(standing, "amf", "test_echo", amf_call("test_echo", b"\0" + bytes(8), value))
    assert xml in response.body
    assert b"root:" not in response.body


def test_a_reference_bomb_is_refused_in_linear_time(standing: Site) -> None:
    rows = [amf_array()] + [amf_array(*[b"\x07" + pack(">H", level + 1)] * 2) for level in range(1, 40)]
    response = post(standing, "amf", "test_void", amf_call("test_void", amf_array(*rows)))
    assert errorcode("amf", response) == "invalidrequest"


@pytest.mark.parametrize(
    "body",
    [
        b'{"number": %s, "text": "x"}' % (b"9" * 100_000),
        b'{"number": -%s, "text": "x"}' % (b"9" * 100_000),
        b'{"number": 1e400, "text": "x"}',
        b'{"number": 1e9999999999, "text": "x"}',
        b'{"number": 0.%s, "text": "x"}' % (b"9" * 100_000),
        b'{"number": 9223372036854775808, "text": "x"}',
        b'{"number": 18446744073709551616, "text": "x"}',
    ],
)
def test_cve_2020_10735_big_numbers_of_json_are_refused_at_once(standing: Site, body: bytes) -> None:
    started = time.process_time()
    response = post(standing, "rest", "test_echo", body)
    assert time.process_time() - started < 1
    assert errorcode("rest", response) in ("invalidparameter", "invalidrequest")
    assert len(response.body) < 1000


def test_cve_2020_10735_nor_are_those_of_xml_and_forms_slow(standing: Site) -> None:
    digits = "9" * 1_000_000
    number = f"<int>{digits}</int>"
    for protocol, body, content_type in (
        ("soap", soap_call("test_echo", f"<number>{digits}</number><text>x</text>"), XML),
        ("xmlrpc", xmlrpc_call("test_echo", number, "x"), XML),
        (
            "amf",
            amf_call("test_echo", b"\x0c" + pack(">I", len(digits)) + digits.encode(), amf_text("x")),
            None,
        ),
        ("rest", f"number={digits}&text=x".encode(), FORM),
    ):
        started = time.process_time()
        response = post(standing, protocol, "test_echo", body, content_type)
        assert time.process_time() - started < 3
        assert errorcode(protocol, response) == "invalidparameter"
        assert len(response.body) < 3000


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [70, 900, 5_000, 1_000_000])
def test_the_depth_of_json_crashes_nothing(standing: Site, opening: str, depth: int) -> None:
    closing = ("]" if opening == "[" else "}") * depth
    body = f'{{"text": {opening * depth}{"1" if opening != "[" else ""}{closing}}}'.encode()[
        : 4 * 1024 * 1024
    ]
    response = post(standing, "rest", "test_void", body)
    assert errorcode("rest", response) in ("invalidparameter", "invalidrequest")


def test_brackets_neither_nest_nor_count_beyond_the_limits(standing: Site) -> None:
    for name in ("a" + "[b]" * 10_000, "text" + "[]" * 10_000, "[" * 100_000, "a[" * 50_000):
        response = post(standing, "rest", "test_void", f"{name}=1".encode(), FORM)
        assert errorcode("rest", response) in ("invalidparameter", "invalidrequest")
    response = post(standing, "rest", "test_people", b"people[999999999][id]=1", FORM)
    assert errorcode("rest", response) == "invalidparameter"


def test_names_with_one_hash_do_not_slow_a_dict(standing: Site) -> None:
    """Integers as keys collide modulo 2^61 - 1; texts are hashed under a random key, so JSON and forms cannot."""
    keys = [str(number * (2**61 - 1)) for number in range(40_000)]
    body = ("{" + ",".join(f'"{key}":1' for key in keys) + "}").encode()
    started = time.process_time()
    assert errorcode("rest", post(standing, "rest", "test_void", body, JSON)) == "invalidparameter"
    assert time.process_time() - started < 3


@pytest.mark.parametrize("protocol", NAMES)
def test_markup_in_arguments_leaves_as_text(standing: Site, protocol: str) -> None:
    """An answer is never read as a page: its type is not sniffed, and markup in a message is escaped."""
    evil = "<script>alert(1)</script>"
    escaped = evil.replace("<", "&lt;") if protocol in ("soap", "xmlrpc") else evil
    name = "test_write"
    response = post(standing, protocol, name, text_call(protocol, name, username=escaped))
    assert fault_in(protocol, response.body).problems[0]["problem"].startswith(f'"{evil}" is not a user name')
    assert "html" not in response.headers["Content-Type"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
