"""What the gateway sends and takes where a client cannot: each line of client_cannot.toml names a test of these."""

from collections.abc import Iterator

import pytest
from lxml import etree

from tests.interop import component
from tests.interop.cases import BY_NAME
from tests.interop.clients import CLIENTS, ROOT
from tests.interop.runner import CANNOTS
from tests.support.site import Site
from tests.support.wire import NAMESPACE, XML, soap_call

_XSD = "http://www.w3.org/2001/XMLSchema"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("evidence"), (component.component,))
    yield site
    site.close()


def _call(site: Site, name: str, members: str) -> str:
    answer = site.post("/soap", soap_call(name, members), XML)
    assert answer.status == 200, answer.body
    return answer.body.decode()


def _result(site: Site, name: str, members: str) -> str:
    """What stands inside of the result's element, which has no attributes."""
    body = _call(site, name, members)
    return body.partition(f"<{name}Result>")[2].partition(f"</{name}Result>")[0]


def test_an_empty_text_is_an_element_that_is_not_nil(site: Site) -> None:
    body = _call(site, "interop_echo_text", "<value></value>")
    assert "<interop_echo_textResult></interop_echo_textResult>" in body


def test_an_empty_text_in_a_list_is_an_element_that_is_not_nil(site: Site) -> None:
    members = "<values><string>a</string><string></string></values>"
    assert _result(site, "interop_echo_texts", members) == "<string>a</string><string></string>"


def test_an_empty_list_is_an_element_that_is_not_nil(site: Site) -> None:
    body = _call(site, "interop_echo_numbers", "<values></values>")
    assert "<interop_echo_numbersResult></interop_echo_numbersResult>" in body


def test_a_text_that_looks_escaped_stays(site: Site) -> None:
    assert _result(site, "interop_echo_text", "<value>&amp;amp;</value>") == "&amp;amp;"


def test_a_carriage_return_stays_that_comes_as_a_reference(site: Site) -> None:
    """One that comes bare is a line feed to every parser (XML 1.0, section 2.11)."""
    assert _result(site, "interop_echo_text", "<value>a&#13;\nb</value>") == "a&#13;\nb"
    assert _result(site, "interop_echo_text", "<value>a\r\nb</value>") == "a\nb"


def test_a_decimal_has_no_exponent(site: Site) -> None:
    """XML Schema Part 2, section 3.2.3."""
    assert _result(site, "interop_echo_decimal", "<value>1000</value>") == "1000"
    answer = site.post("/soap", soap_call("interop_echo_decimal", "<value>1E+3</value>"), XML)
    assert b"<problem>not a decimal number: '1E+3'</problem>" in answer.body


@pytest.mark.parametrize("text", ["2026-03-01T14:00:00.123+02:00", "2026-03-01T06:30:00.123-05:30"])
def test_an_instant_may_come_in_any_zone(site: Site, text: str) -> None:
    assert _result(site, "interop_echo_instant", f"<value>{text}</value>") == "2026-03-01T12:00:00.123000Z"


def test_an_instant_may_come_without_a_zone(site: Site) -> None:
    members = "<value>2026-03-01T12:00:00.123</value>"
    assert _result(site, "interop_echo_instant", members) == "2026-03-01T12:00:00.123000Z"


def test_microseconds_stay(site: Site) -> None:
    members = "<value>2026-03-01T12:00:00.123456Z</value>"
    assert _result(site, "interop_echo_instant", members) == "2026-03-01T12:00:00.123456Z"


def test_the_detail_of_a_fault_is_what_the_wsdl_declares(site: Site) -> None:
    """Held by the schema in the WSDL: one element, its members in order."""
    account = "<InteropAccount><username>Bad Name</username><email>nowhere</email></InteropAccount>"
    answer = site.post("/soap", soap_call("interop_accounts", f"<accounts>{account}</accounts>"), XML)
    assert answer.status == 500
    (detail,) = etree.fromstring(answer.body).iterfind(".//detail/*")
    assert detail.tag == f"{{{NAMESPACE}}}apiFault"
    assert len(detail.findall(f".//{{{NAMESPACE}}}Problem")) == 2
    assert _schema(site).validate(detail)


def _schema(site: Site) -> etree.XMLSchema:
    headers = {"authorization": f"Bearer {site.token}"}
    wsdl = site.gateway.handle("GET", "/soap", "wsdl", headers, b"", "127.0.0.1").body
    found = etree.fromstring(wsdl).find(f".//{{{_XSD}}}schema")
    assert found is not None
    return etree.XMLSchema(etree.fromstring(etree.tostring(found)))


def test_every_excuse_names_a_client_a_case_and_a_test() -> None:
    assert CANNOTS
    names = {each.name for each in CLIENTS}
    for known in CANNOTS.values():
        path, _, test = known.evidence.partition("::")
        assert known.client in names
        assert known.case in BY_NAME
        assert known.reason
        assert f"\ndef {test}(" in (ROOT / path).read_text("utf-8"), known.evidence
