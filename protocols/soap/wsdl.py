"""The WSDL 1.1 document of a set of functions (W3C Note of 2001-03-15; XML Schema 1.0).

Its shape is the one that Microsoft's, Java's, PHP's, C++'s and Python's clients were tried with: it stays inside of
.NET's DataContract subset; each small step out of that turns every method of a client into request objects.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from string import Template

from gateway.faults import INVALID_REQUEST
from gateway.protocol import Site, choose
from gateway.registry import Function
from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type, walk_type
from gateway.xml import escape, escape_attribute
from protocols.soap.fault import DETAIL
from protocols.soap.names import FAULT_MESSAGE, is_value_type, qualified, type_name

_PREFIXES = {"11": "soap", "12": "soap12"}
"""The flavours, with the prefix of their binding's elements; SOAP 1.2 has its own document, or Axis reads neither."""


def write_wsdl(functions: Sequence[Function], site: Site, address: str, options: Mapping[str, str]) -> bytes:
    """The document, in UTF-8. `options`: `soap` is 11 or 12, `functions` names those to show, between commas.

    Raises INVALID_REQUEST for another version, and for names of which none is among `functions`.
    """
    flavour = options.get("soap") or "11"
    if flavour not in _PREFIXES:
        raise INVALID_REQUEST("The WSDL comes as soap=11 or soap=12")
    shown = choose(functions, options.get("functions", ""))
    prefix = _PREFIXES[flavour]
    values = {
        "service": site.wsdl_name,
        "namespace": escape_attribute(site.namespace),
        "address": escape_attribute(address),
        "types": "\n".join(_types(shown)),
        "elements": "\n".join(map(_elements, shown)),
        "messages": "\n".join(map(_messages, shown)),
        "operations": "\n".join(map(_operation, shown)),
        "bindings": "\n".join(_binding(each, prefix, escape_attribute(site.namespace)) for each in shown),
    }
    return _template(flavour).substitute(values).encode()


@cache
def _template(flavour: str) -> Template:
    return Template(resources.files("wsdl_templates").joinpath(f"soap{flavour}.xml").read_text("utf-8"))


def _types(functions: Iterable[Function]) -> Iterator[str]:
    """Every named type once, inner before outer; those of the fault always."""
    nodes = [*walk_type(DETAIL), *(node for each in functions for node in each.signature.types())]
    named: dict[str, Type] = {}
    for node in nodes:
        if not isinstance(node, Scalar) or node.kind is Kind.DATE:
            named.setdefault(type_name(node), node)
    return map(_type, named.values())


def _type(node: Type) -> str:
    name = type_name(node)
    match node:
        case StructOf():
            return _sequence(f'xsd:complexType name="{name}"', map(_member, node.fields))
        case ListOf():
            return _sequence(
                f'xsd:complexType name="{name}"',
                [_element(type_name(node.item), node.item, 'minOccurs="0" maxOccurs="unbounded"')],
            )
        case Choice():
            facets = [f'<xsd:enumeration value="{escape_attribute(each)}"/>' for each in node.members]
        case Scalar():
            facets = ['<xsd:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}"/>']
    return (
        f'<xsd:simpleType name="{name}"><xsd:restriction base="xsd:string">{"".join(facets)}'
        f"</xsd:restriction></xsd:simpleType>"
    )


def _sequence(opening: str, elements: Iterable[str]) -> str:
    return f"<{opening}><xsd:sequence>{''.join(elements)}</xsd:sequence></xsd:complexType>"


def _element(name: str, node: Type, occurs: str) -> str:
    return f'<xsd:element name="{name}" type="{qualified(node)}"{" " if occurs else ""}{occurs}/>'


def _member(field: Field) -> str:
    """Never both minOccurs=0 and nillable: JAXB would wrap the value. A nillable value type is `int?` in .NET."""
    nothing = 'nillable="true"' if is_value_type(field.type) else 'minOccurs="0"'
    return _element(field.name, field.type, nothing if field.optional else "")


def _parameter(field: Field) -> str:
    """A reference type that is not nillable would give .NET a request object; that it is required, the server says."""
    if field.optional:
        return _element(field.name, field.type, 'minOccurs="0" nillable="true"')
    return _element(field.name, field.type, "" if is_value_type(field.type) else 'nillable="true"')


def _result(name: str, field: Field) -> str:
    plain = is_value_type(field.type) and field.state is not State.NULLABLE
    return _element(f"{name}Result", field.type, "" if plain else 'nillable="true"')


def _elements(function: Function) -> str:
    """The two messages' elements; their types are anonymous, so that they can clash with none."""
    signature = function.signature
    result = [_result(function.name, signature.result)] if signature.result else []
    return "\n".join(
        f'<xsd:element name="{name}">{_sequence("xsd:complexType", elements)}</xsd:element>'
        for name, elements in (
            (function.name, map(_parameter, signature.parameters)),
            (f"{function.name}Response", result),
        )
    )


def _messages(function: Function) -> str:
    """One part each, called `parameters`: by that name .NET knows the wrapped style."""
    name = function.name
    return "\n".join(
        f'<wsdl:message name="{message}"><wsdl:part name="parameters" element="tns:{element}"/></wsdl:message>'
        for message, element in ((f"{name}Request", name), (f"{name}Response", f"{name}Response"))
    )


def _operation(function: Function) -> str:
    name = function.name
    return (
        f'<wsdl:operation name="{name}"><wsdl:documentation>{escape(_documentation(function))}</wsdl:documentation>'
        f'<wsdl:input message="tns:{name}Request"/><wsdl:output message="tns:{name}Response"/>'
        f'<wsdl:fault name="{FAULT_MESSAGE}" message="tns:{FAULT_MESSAGE}"/></wsdl:operation>'
    )


def _documentation(function: Function) -> str:
    """What the function does, what the parameters mean, and the function's own faults."""
    parts = [function.documentation]
    parts += [
        f"{each.name}: {each.param.description}"
        for each in function.signature.parameters
        if each.param.description
    ]
    parts += [f"Fault {each.errorcode}: {each.message}" for each in function.raises]
    return "\n".join(filter(None, parts))


def _binding(function: Function, prefix: str, namespace: str) -> str:
    """soapAction is unique for WCF and proxies; the server does not look at it."""
    body = f'<{prefix}:body use="literal"/>'
    return (
        f'<wsdl:operation name="{function.name}">'
        f'<{prefix}:operation soapAction="{namespace}#{function.name}" style="document"/>'
        f"<wsdl:input>{body}</wsdl:input><wsdl:output>{body}</wsdl:output>"
        f'<wsdl:fault name="{FAULT_MESSAGE}"><{prefix}:fault name="{FAULT_MESSAGE}" use="literal"/></wsdl:fault>'
        f"</wsdl:operation>"
    )
