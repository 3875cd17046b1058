"""The rpc/encoded WSDL 1.1 that PHP's clients for Moodle are made from (W3C Note of 2001-03-15, sections 3 and 5).

Names are those of Moodle's document. Mended are: a namespace without credentials, types named after their Structs,
marks of what may be left out, and an output of functions without a result (else clients never read their faults).
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from string import Template

from gateway.protocol import Site
from gateway.registry import Function
from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type
from gateway.xml import escape, escape_attribute

DOOR = b"\x01"
"""Stands in the address for what differs with each caller; no XML holds this character."""
FOLDER = "/webservice/soap/"

_TYPES = {Kind.BOOL: "xsd:int", Kind.INT: "xsd:int", Kind.INT32: "xsd:int", Kind.FLOAT: "xsd:float"}
_ENCODED = 'use="encoded" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'


def write_wsdl(functions: Sequence[Function], site: Site) -> bytes:
    """The document of these functions, in UTF-8; its address ends with DOOR."""
    namespace = escape_attribute(site.namespace)
    shown = sorted(functions, key=lambda each: each.name)
    values = {
        "namespace": namespace,
        "address": f"{escape_attribute(site.url.rstrip('/'))}{FOLDER}{DOOR.decode()}",
        "types": "\n".join(map(_struct, _structs(shown))),
        "operations": "\n".join(map(_operation, shown)),
        "bindings": "\n".join(_binding(each, namespace) for each in shown),
        "messages": "\n".join(map(_messages, shown)),
    }
    return _template().substitute(values).encode()


@cache
def _template() -> Template:
    return Template(resources.files("wsdl_templates").joinpath("moodle.xml").read_text("utf-8"))


def _structs(functions: Sequence[Function]) -> list[StructOf]:
    """The Structs that parts and members name, each once, inner before outer; those in lists nothing names."""
    named: dict[str, StructOf] = {}
    for function in functions:
        signature = function.signature
        for field in (*signature.parameters, *filter(None, (signature.result,))):
            for node in _named(field.type):
                named.setdefault(node.name, node)
    return list(named.values())


def _named(node: Type) -> Iterator[StructOf]:
    if isinstance(node, StructOf):
        for field in node.fields:
            yield from _named(field.type)
        yield node


def _type(node: Type) -> str:
    match node:
        case Scalar(kind=kind):
            return _TYPES.get(kind, "xsd:string")
        case Choice():
            return "xsd:string"
        case ListOf():
            return "soap-enc:Array"
        case StructOf():
            return f"tns:{node.name}"


def _struct(node: StructOf) -> str:
    members = "".join(map(_member, node.fields))
    return f'<xsd:complexType name="{node.name}"><xsd:all>{members}</xsd:all></xsd:complexType>'


def _member(field: Field) -> str:
    """Unless it is marked, PHP's client refuses to send a structure without the member."""
    absent = ' minOccurs="0"' if field.optional else ""
    null = ' nillable="true"' if field.state is State.NULLABLE else ""
    return f'<xsd:element name="{field.name}" type="{_type(field.type)}"{absent}{null}/>'


def _operation(function: Function) -> str:
    name = function.name
    return (
        f'<operation name="{name}"><documentation>{escape(function.documentation)}</documentation>'
        f'<input message="tns:{name}In"/><output message="tns:{name}Out"/></operation>'
    )


def _binding(function: Function, namespace: str) -> str:
    body = f'<soap:body {_ENCODED} namespace="{namespace}"/>'
    return (
        f'<operation name="{function.name}"><soap:operation soapAction="{namespace}#{function.name}"/>'
        f"<input>{body}</input><output>{body}</output></operation>"
    )


def _messages(function: Function) -> str:
    signature = function.signature
    parts = "".join(_part(each.name, each.type) for each in signature.parameters)
    result = _part("return", signature.result.type) if signature.result else ""
    return (
        f'<message name="{function.name}In">{parts}</message>\n'
        f'<message name="{function.name}Out">{result}</message>'
    )


def _part(name: str, node: Type) -> str:
    return f'<part name="{name}" type="{_type(node)}"/>'
