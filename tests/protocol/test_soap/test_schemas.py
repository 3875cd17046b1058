"""Every WSDL is valid by the schemas of WSDL 1.1, its SOAP 1.1 and 1.2 bindings, and XML Schema; nothing is fetched."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from gateway import Function

from .descriptions import DOCUMENTS, FLAVOURS, describe, random_functions
from .documents import WSDL
from .wcf import RECOMMENDED
from .world import XSD

_PARSER = etree.XMLParser(no_network=True)
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "descriptions.xsd", _PARSER))


def check(document: bytes) -> None:
    """Fail unless a document is valid, and the schema inside it is one that compiles."""
    root = etree.fromstring(document)
    SCHEMA.assertValid(root)
    inner = root.find(f"{{{WSDL}}}types/{{{XSD}}}schema")
    etree.XMLSchema(etree.fromstring(etree.tostring(inner)))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_wsdl_is_valid(name: str) -> None:
    check(DOCUMENTS[name])


@pytest.mark.parametrize("flavour", FLAVOURS)
@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(function=random_functions)
def test_the_wsdl_of_a_random_signature_is_valid(flavour: str, function: Function) -> None:
    check(describe([function], flavour))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<wsdl:portType ", b'<wsdl:portType colour="red" '),
        (b"<wsdl:types>", b"<wsdl:typos/><wsdl:types>"),
        (b'use="literal"', b'use="litteral"'),
        (b'transport="http://schemas.xmlsoap.org/soap/http"', b"colour=''"),
        (b'location="', b'place="'),
        (b'minOccurs="0"', b'minOccurs="few"'),
        (b"<xsd:sequence>", b'<xsd:sequence name="x">'),
        (b'nillable="true"', b'nillable="yes"'),
        (b'type="tns:Pref"', b'type="tns:Pre"'),
    ],
)
def test_what_is_not_valid_is_seen(old: bytes, new: bytes) -> None:
    assert old in RECOMMENDED
    with pytest.raises((etree.DocumentInvalid, etree.XMLSchemaParseError)):
        check(RECOMMENDED.replace(old, new, 1))
