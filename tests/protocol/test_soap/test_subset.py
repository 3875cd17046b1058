"""Every WSDL stays in the subset that Microsoft's generator makes plain methods of, and each rule can fail."""

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from gateway import Function

from .descriptions import DOCUMENTS, FLAVOURS, describe, random_functions
from .subset import RULES, Rule, broken
from .wcf import RECOMMENDED

USERNAME = '<xsd:element name="username" type="xsd:string"/>'
FAULT = '<wsdl:fault name="ApiFault"><soap:fault name="ApiFault" use="literal"/></wsdl:fault>'
PORT = '<wsdl:port name="ApiSoap11"'
ENUMERATION = (
    '<xsd:simpleType name="SortOrder"><xsd:restriction base="xsd:string"><xsd:enumeration value="{}"/>'
    '</xsd:restriction></xsd:simpleType><xsd:complexType name="Problem">'
)

MUTATIONS: dict[str, list[tuple[str, str]]] = {
    "only_known_constructs": [
        ("<xsd:sequence>", "<xsd:choice>"),
        ("<xsd:sequence>", "<xsd:all>"),
        (USERNAME, USERNAME + '<xsd:any processContents="lax"/>'),
        ("</xsd:sequence></xsd:complexType>", '</xsd:sequence><xsd:attribute name="a"/></xsd:complexType>'),
        (USERNAME, '<xsd:element name="username" type="xsd:string"><xsd:annotation/></xsd:element>'),
    ],
    "only_known_types": [
        (USERNAME, USERNAME.replace("string", name))
        for name in (
            *("date", "time", "duration", "gYear", "token", "normalizedString", "language", "NMTOKEN", "ID"),
            *("Name", "anySimpleType", "anyType"),
        )
    ],
    "every_element_has_a_type": [(USERNAME, '<xsd:element name="username"/>')],
    "restrictions_of_strings_only": [
        ('<xsd:complexType name="Problem">', ENUMERATION.replace("xsd:string", "xsd:int").format("1"))
    ],
    "no_empty_enumeration_member": [('<xsd:complexType name="Problem">', ENUMERATION.format(""))],
    "elements_are_qualified": [
        (' elementFormDefault="qualified"', ""),
        ('name="username"', 'name="username" form="unqualified"'),
    ],
    "one_schema": [
        ("</xsd:schema>", '</xsd:schema><xsd:schema targetNamespace="urn:b"/>'),
        (
            '<xsd:complexType name="ArrayOfInt">',
            '<xsd:import namespace="urn:b"/><xsd:complexType name="ArrayOfInt">',
        ),
        ('<xsd:schema targetNamespace="urn:moodlelike:1"', '<xsd:schema targetNamespace="urn:b"'),
        ("<wsdl:types>", '<wsdl:import namespace="urn:b" location="b.wsdl"/><wsdl:types>'),
    ],
    "lists_are_arrays": [
        (USERNAME, USERNAME.replace("/>", ' maxOccurs="unbounded"/>')),
        ('<xsd:element name="User" type="tns:User"', '<xsd:element name="item" type="tns:User"'),
        ('"ArrayOfPref"', '"PrefList"'),
        ('name="int" type="xsd:int" minOccurs="0"', 'name="int" type="xsd:int" minOccurs="1"'),
    ],
    "messages_have_one_part_called_parameters": [
        ('name="parameters" element="tns:echo_int"', 'name="echo_int" element="tns:echo_int"'),
        ("</wsdl:message>", '<wsdl:part name="more" element="tns:apiFault"/></wsdl:message>'),
    ],
    "reference_parameters_and_results_are_nillable": [
        ('name="a" type="xsd:string" nillable="true"', 'name="a" type="xsd:string"'),
        (
            'name="echo_stringResult" type="xsd:string" nillable="true"',
            'name="echo_stringResult" type="xsd:string"',
        ),
        (
            'name="users" type="tns:ArrayOfUser" minOccurs="0" nillable="true"',
            'name="users" type="tns:ArrayOfUser"',
        ),
    ],
    "one_result": [
        (
            '<xsd:element name="echo_intResult"',
            '<xsd:element name="more" type="xsd:int"/><xsd:element name="echo_intResult"',
        )
    ],
    "optional_values_are_nillable": [
        ('name="b" type="xsd:int" minOccurs="0" nillable="true"', 'name="b" type="xsd:int" minOccurs="0"'),
        ('name="id" type="xsd:int" nillable="true"', 'name="id" type="xsd:int" minOccurs="0"'),
    ],
    "members_are_not_absent_and_nillable": [
        ('name="id" type="xsd:int" nillable="true"', 'name="id" type="xsd:int" minOccurs="0" nillable="true"')
    ],
    "nillable_members_are_values": [
        ('name="email" type="xsd:string" minOccurs="0"', 'name="email" type="xsd:string" nillable="true"')
    ],
    "operations_are_plain_names": [
        ('<wsdl:operation name="fail">', '<wsdl:operation name="fail-safe">'),
        ('<wsdl:operation name="fail">', '<wsdl:operation name="core.fail">'),
    ],
    "no_type_is_called_like_a_message": [
        ('<xsd:complexType name="Pref">', '<xsd:complexType name="fail">'),
        ('<xsd:complexType name="Pref">', '<xsd:complexType name="failResponse">'),
    ],
    "no_type_is_called_like_the_port_type": [
        ('<xsd:complexType name="Pref">', '<xsd:complexType name="ApiPortType">'),
        ('<xsd:complexType name="Pref">', '<xsd:complexType name="Api">'),
    ],
    "no_declared_header": [
        (
            '<soap:body use="literal"/>',
            '<soap:body use="literal"/><soap:header message="tns:a" part="b" use="literal"/>',
        )
    ],
    "document_literal": [
        ('style="document"', 'style="rpc"'),
        ('use="literal"', 'use="encoded"'),
    ],
    "the_binding_has_the_port_types_faults": [(FAULT, "")],
    "one_service_and_port": [
        (PORT, '<wsdl:port name="ApiSoap12" binding="tns:ApiSoap12Binding"/>' + PORT),
        ('<wsdl:service name="ApiService">', '<wsdl:service name="Other"/><wsdl:service name="ApiService">'),
    ],
}
"""For each rule: what is put in the place of what, at its first occurrence, to break it."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_wsdl_keeps_the_rule(name: str, rule: Rule) -> None:
    assert list(rule(etree.fromstring(DOCUMENTS[name]))) == []


@pytest.mark.parametrize("flavour", FLAVOURS)
@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(function=random_functions)
def test_the_wsdl_of_a_random_signature_keeps_every_rule(flavour: str, function: Function) -> None:
    assert broken(describe([function], flavour)) == []


def test_the_wsdl_that_microsofts_client_was_made_of_keeps_every_rule() -> None:
    assert broken(RECOMMENDED) == []


def test_each_rule_has_a_mutation_that_breaks_it() -> None:
    assert list(MUTATIONS) == [rule.__name__ for rule in RULES]


@pytest.mark.parametrize(
    ("name", "old", "new"), [(name, *each) for name, several in MUTATIONS.items() for each in several]
)
def test_a_rule_fails_on_what_breaks_it(name: str, old: str, new: str) -> None:
    text = RECOMMENDED.decode()
    assert old in text
    changed = text.replace(old, new, 1)
    if new in ("<xsd:choice>", "<xsd:all>"):
        changed = changed.replace("</xsd:sequence>", f"</{new[1:]}", 1)
    (rule,) = (each for each in RULES if each.__name__ == name)
    assert list(rule(etree.fromstring(changed.encode())))
