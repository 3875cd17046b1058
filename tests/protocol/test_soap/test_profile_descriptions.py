"""What the WS-I Basic Profile 1.1 says of descriptions, over our WSDLs for SOAP 1.1: basic_profile.toml has numbers."""

import re
from typing import Any

import pytest
from lxml import etree

from .descriptions import DOCUMENTS
from .documents import REFERENCES, WSDL, expand
from .world import XSD

BINDING = "http://schemas.xmlsoap.org/wsdl/soap/"
HTTP = "http://schemas.xmlsoap.org/soap/http"
NAMES = [name for name in DOCUMENTS if name.endswith("-11")]


@pytest.fixture(params=NAMES)
def document(request: pytest.FixtureRequest) -> bytes:
    """A WSDL, as it is served."""
    return DOCUMENTS[request.param]


@pytest.fixture
def root(document: bytes) -> Any:
    """Its root."""
    return etree.fromstring(document)


def w(name: str) -> str:
    return f"{{{WSDL}}}{name}"


def x(name: str) -> str:
    return f"{{{XSD}}}{name}"


def s(name: str) -> str:
    return f"{{{BINDING}}}{name}"


def named(parent: Any, path: str) -> dict[str, Any]:
    """The elements at a path, by name; each name once."""
    found = parent.findall(path)
    assert len({each.get("name") for each in found}) == len(found)
    return {each.get("name"): each for each in found}


def test_nothing_is_imported(root: Any) -> None:
    assert not list(root.iter(w("import"), x("import"), x("include"), x("redefine")))


def test_the_types_come_first(root: Any) -> None:
    assert root[0].tag == w("types")


def test_the_description_is_plain_xml_1_0_in_utf_8(document: bytes) -> None:
    assert document.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<wsdl:definitions ')
    assert document.decode("utf-8")
    assert b"xmlns:xml=" not in document
    assert not re.search(rb"<\?(?!xml version)|<!", document)


def test_the_only_extension_is_the_soap_binding(root: Any) -> None:
    namespaces = {etree.QName(each).namespace for each in root.iter()}
    assert namespaces == {WSDL, XSD, BINDING}
    assert not [each for each in root.iter() if w("required") in each.attrib or w("arrayType") in each.attrib]


def test_every_name_refers_to_what_is_there(root: Any) -> None:
    namespace = root.get("targetNamespace")
    (schema,) = root.iter(x("schema"))
    assert schema.get("targetNamespace") == namespace
    defined = {f"{{{namespace}}}{each.get('name')}" for each in (*schema, *root)}
    for each in root.iter():
        for name in REFERENCES & set(each.attrib):
            used = expand(each, each.get(name))
            assert used in defined or used.startswith(f"{{{XSD}}}")


def test_each_message_has_one_part_with_a_global_element(root: Any) -> None:
    elements = named(root, f"{w('types')}/{x('schema')}/{x('element')}")
    for message in named(root, w("message")).values():
        (part,) = message
        assert set(part.attrib) == {"name", "element"}
        assert expand(part, part.get("element")).rpartition("}")[2] in elements
    used = {each.get("message") for each in root.find(w("portType")).iter() if each.get("message")}
    assert used == {f"tns:{name}" for name in named(root, w("message"))}
    assert not [each for each in root.iter(s("body")) if "parts" in each.attrib]


def test_operations_are_request_and_response_with_names_of_their_own(root: Any) -> None:
    operations = named(root, f"{w('portType')}/{w('operation')}")
    inputs = set()
    for each in operations.values():
        tags = [child.tag for child in each if child.tag != w("documentation")]
        assert tags == [w("input"), w("output"), w("fault")]
        assert "parameterOrder" not in each.attrib
        inputs.add(each.find(w("input")).get("message"))
    assert len(inputs) == len(operations) > 0


def test_the_binding_is_document_literal_over_http(root: Any) -> None:
    (binding,) = root.iter(w("binding"))
    assert dict(binding[0].attrib) == {"style": "document", "transport": HTTP}
    assert binding[0].tag == s("binding")
    assert {each.get("style") for each in binding.iter(s("operation"))} == {"document"}
    for each in binding.iter(s("body"), s("fault")):
        assert each.get("use") == "literal"
        assert "namespace" not in each.attrib
    assert not list(binding.iter(s("header"), s("headerfault")))


def test_the_binding_matches_the_port_type(root: Any) -> None:
    abstract = named(root, f"{w('portType')}/{w('operation')}")
    bound = named(root, f"{w('binding')}/{w('operation')}")
    assert abstract.keys() == bound.keys()
    for name, operation in bound.items():
        faults = named(operation, w("fault"))
        assert faults.keys() == named(abstract[name], w("fault")).keys() == {"ApiFault"}
        for fault in faults.values():
            (inner,) = fault
            assert (inner.tag, inner.get("name")) == (s("fault"), fault.get("name"))
