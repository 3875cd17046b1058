"""Microsoft's client, held by what it was tried with: the WSDL that made it, and every request that it sent."""

import re
from collections.abc import Iterator

import pytest
from lxml import etree

from tests.support.site import Site

from .documents import description, message
from .wcf import CAPTURES, NAMESPACE, RECOMMENDED, WSDL_NAME, component
from .world import SOAP11, SOAP12

VERSIONS = {"mixr": SOAP11, "mixr12": SOAP12}
INFINITE = re.compile(r">-?(?:INF|NaN)<")
NULL_ITEM = re.compile(r'<string [^>]*nil="true"')
DETAIL = ["exception", "errorcode", "cause", "problems", "request_id"]
"""The members of the typed detail, in the schema's order: out of it, the client loses the type."""


def _operation(capture: dict[str, str]) -> str:
    return re.search(r"#(\w+)", capture["soapaction"] or capture["content_type"])[1]  # type: ignore[index]


def _is_answered(capture: dict[str, str]) -> bool:
    """Whether our answer is a result: types.md refuses numbers that are not finite, and null items."""
    return (
        capture["status"] == 200
        and not INFINITE.search(capture["request"])
        and not NULL_ITEM.search(capture["request"])
    )


ANSWERED = [each for each in CAPTURES if _is_answered(each)]
REFUSED = [each for each in CAPTURES if not _is_answered(each)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that serves these functions under the names of the recommended WSDL."""
    names = {"namespace": NAMESPACE, "wsdl_name": WSDL_NAME}
    site = Site(tmp_path_factory.mktemp("wcf"), [component], settings=names)
    yield site
    site.close()


def send(site: Site, capture: dict[str, str]):
    """What the gateway answers to the request as it was sent."""
    headers = {"soapaction": capture["soapaction"]} if capture["soapaction"] else {}
    return site.post("/soap", capture["request"].encode(), capture["content_type"], headers=headers)


def test_the_captures_are_all_there() -> None:
    assert len(CAPTURES) == 144
    assert (len(ANSWERED), len(REFUSED)) == (123, 21)


@pytest.mark.parametrize("query", ["wsdl", "wsdl&soap=12"])
def test_the_wsdl_is_the_one_that_made_the_client_but_for_order_prefixes_and_address(
    site: Site, query: str
) -> None:
    headers = {"authorization": f"Bearer {site.token}"}
    served = site.gateway.handle("GET", "/soap", query, headers).body
    recommended = RECOMMENDED
    if "12" in query:
        recommended = recommended.replace(b"<soap:", b"<soap12:").replace(b"Soap11", b"Soap12")
    assert description(served, without={"address"}) == description(recommended, without={"address"})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b' nillable="true"', b""),
        (
            b'name="type" type="xsd:string"/><xsd:element name="value"',
            b'name="value" type="xsd:string"/><xsd:element name="type"',
        ),
        (b'soapAction="urn:moodlelike:1#fail"', b'soapAction="urn:moodlelike:1#fails"'),
        (b'name="parameters"', b'name="body"'),
        (b'type="tns:User"', b'type="xsd:User"'),
        (b"Doc of fail", b""),
    ],
)
def test_the_comparison_of_wsdls_sees_a_change(old: bytes, new: bytes) -> None:
    assert old in RECOMMENDED
    assert description(RECOMMENDED.replace(old, new, 1)) != description(RECOMMENDED)


@pytest.mark.parametrize("capture", ANSWERED, ids=_operation)
def test_what_the_client_sent_is_answered_as_the_client_understood_it(
    site: Site, capture: dict[str, str]
) -> None:
    reply = send(site, capture)
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith(capture["content_type"].partition(";")[0])
    assert message(reply.body) == message(capture["response"].encode())


@pytest.mark.parametrize("capture", REFUSED, ids=_operation)
def test_what_cannot_be_answered_is_the_typed_fault(site: Site, capture: dict[str, str]) -> None:
    reply = send(site, capture)
    assert reply.status == 500
    (fault,) = etree.fromstring(reply.body).iter(f"{{{VERSIONS[capture['wsdl']]}}}Fault")
    (typed,) = fault.iter(f"{{{NAMESPACE}}}apiFault")
    members = [etree.QName(each).localname for each in typed]
    assert members == [name for name in DETAIL if name in members]
    assert {"exception", "errorcode", "request_id"} <= set(members)
    if _operation(capture) == "fail":
        assert "bad thing <&>" in "".join(fault.itertext())
