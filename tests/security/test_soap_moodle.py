"""The same past vulnerabilities at the SOAP address of clients for Moodle, which follows references.

What references may cost is in tests/moodle/test_soap_references.py.
"""

from pathlib import Path

import pytest
from lxml import etree

from gateway import Component
from gateway.protocol import Query
from gateway.protocol import Site as Described
from protocols.soap.moodle import PROTOCOL
from tests.moodle.soap import SERVER, call, called, fault, message, send
from tests.protocol.test_soap.attacks import ATTACKS
from tests.security.test_soap import FLOODS, REFERENCES, assert_nothing_is_fetched, hostile
from tests.support.site import Site

pytestmark = pytest.mark.usefixtures("soon")


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_body_is_one_fault(standing: Site, attack: str) -> None:
    answer = send(standing, ATTACKS[attack])
    assert answer.status == 500
    assert fault(answer)["faultactor"] in ("invalidrequest", "requesttoolarge")
    assert b"root:" not in answer.body


@pytest.mark.parametrize("reference", REFERENCES)
def test_nothing_that_a_message_refers_to_is_fetched(standing: Site, tmp_path: Path, reference: str) -> None:
    assert_nothing_is_fetched(lambda body: send(standing, body), reference, tmp_path)


def test_cve_2013_2160_floods_of_attributes_and_namespaces_cost_linear_time(standing: Site) -> None:
    for flood in FLOODS:
        for typed in ("", 'xsi:type="xsd:string"'):
            assert call(standing, "test_void", f"<text {typed} {flood}>a</text>") is None


def test_an_array_type_reserves_nothing(standing: Site) -> None:
    size = 'SOAP-ENC:arrayType="xsd:int[2147483647]" xsi:type="SOAP-ENC:Array"'
    assert call(standing, "test_people", f"<people {size}/>") == []
    assert call(standing, "test_people", '<people enc:itemType="xsd:int" enc:arraySize="2147483647"/>') == []


def test_ids_and_references_by_the_thousand_cost_linear_time(standing: Site) -> None:
    """One element for each reference, none of which anything else names."""
    items = "".join(f'<item href="#n{number}"/>' for number in range(40_000))
    beside = "".join(f'<multiRef id="n{number}">7</multiRef>' for number in range(40_000))
    parts = f'<people xsi:type="SOAP-ENC:Array">{items}</people>'
    answer = send(standing, message(f"<ns1:test_people>{parts}</ns1:test_people>{beside}"))
    assert fault(answer)["faultactor"] == "invalidparameter"


@pytest.mark.parametrize("action", ['"urn:manifold:api#test_void"', "test_void", '"#test_void"'])
def test_cve_2012_3451_the_action_decides_nothing(standing: Site, action: str) -> None:
    answer = send(standing, called("test_outside"), soapaction=action)
    assert fault(answer)["faultactor"] == "accessexception"


def test_cve_2014_1202_a_wsdl_holds_no_text_that_was_not_escaped() -> None:
    component = Component("x", functions=[hostile])
    site = Described('https://x.example/"><script>', "</documentation>", "urn:x")
    document: bytes = PROTOCOL.describe(Query("wsdl"), component.functions, site)
    assert b"<script" not in document


@pytest.mark.parametrize("name", ["wstoken", "x", "wsdl"])
def test_cve_2019_17573_nothing_of_a_query_comes_back_as_markup(standing: Site, name: str) -> None:
    text = "<script>alert(1)</script>\"><x/>&'\r\n"
    query = {"wstoken": standing.token, "wsdl": "1", name: text}
    answer = send(standing, b"", query, SERVER, "GET")
    assert b"<script" not in answer.body
    assert b"<x/>" not in answer.body
    assert etree.fromstring(answer.body) is not None
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_token_of_another_caller_comes_out_of_the_cache(standing: Site) -> None:
    """The document is kept for all who may call the same functions, the address for nobody."""
    first, second = standing.token, standing.add_token()
    for token, other in ((first, second), (second, first), (first, second)):
        body = send(standing, b"", {"wstoken": token, "wsdl": "1"}, method="GET").body
        assert token.encode() in body
        assert other.encode() not in body
