"""Names on the SOAP wire: namespaces, and the XSD name of every type."""

import re
from functools import cache

from gateway.faults import Problem
from gateway.registry import Function
from gateway.signature import (
    Choice,
    Kind,
    ListOf,
    Scalar,
    SignatureError,
    StructOf,
    Type,
    camel_case,
)

XSI = "http://www.w3.org/2001/XMLSchema-instance"
NIL = f"{{{XSI}}}nil"
WHITE_SPACE = " \t\r\n"
"""White space as XML knows it (XML 1.0, production 3)."""

ISO_DATE = "IsoDate"
"""The type of a calendar day: one `xsd:date` would cost every .NET client its plain methods."""
FAULT_ELEMENT = "apiFault"
FAULT_TYPE = "ApiFaultDetail"
FAULT_MESSAGE = "ApiFault"

_XSD: dict[Kind, str] = {
    Kind.BOOL: "boolean",
    Kind.INT: "long",
    Kind.INT32: "int",
    Kind.FLOAT: "double",
    Kind.DECIMAL: "decimal",
    Kind.STR: "string",
    Kind.BYTES: "base64Binary",
    Kind.DATETIME: "dateTime",
    Kind.DATE: ISO_DATE,
}
_REFERENCES = (Kind.STR, Kind.BYTES, Kind.DATE)
_TYPE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_PARTS = ("", "PortType", "Service", "Soap11", "Soap12", "Soap11Binding", "Soap12Binding")
"""What follows the site's name in the names of the WSDL's own parts."""


def type_name(node: Type) -> str:
    """The local name of a type, which is also the name of a list's item elements."""
    match node:
        case Scalar():
            return _XSD[node.kind]
        case ListOf():
            item = type_name(node.item)
            return f"ArrayOf{item[0].upper()}{item[1:]}"
        case Choice() | StructOf():
            return node.name


def qualified(node: Type) -> str:
    """The type as a WSDL refers to it: `xsd:long`, `tns:ArrayOfLong`."""
    prefix = "xsd" if isinstance(node, Scalar) and node.kind is not Kind.DATE else "tns"
    return f"{prefix}:{type_name(node)}"


def is_value_type(node: Type) -> bool:
    """Whether .NET holds it as a value type, which is never null unless the schema says nillable."""
    return isinstance(node, Choice) or (isinstance(node, Scalar) and node.kind not in _REFERENCES)


def check_names(function: Function, wsdl_name: str) -> None:
    """Refuse (SignatureError) names that SOAP needs for itself, so that no WSDL ever holds one name twice."""
    taken = _taken(wsdl_name)
    if _is_taken(function.name, taken):
        raise SignatureError(f"function {function.name}: SOAP needs that name: call the function otherwise")
    for node in function.signature.types():
        if isinstance(node, StructOf | Choice) and (
            not _TYPE_NAME.fullmatch(node.name) or _is_taken(node.name, taken) or _is_foreign_problem(node)
        ):
            raise SignatureError(
                f"function {function.name}: a type cannot be called {node.name} in SOAP: "
                f"give it another name, `class ...(Struct, name=...)`"
            )


@cache
def _taken(wsdl_name: str) -> frozenset[str]:
    names = (*_XSD.values(), FAULT_ELEMENT, FAULT_TYPE, FAULT_MESSAGE, *(wsdl_name + each for each in _PARTS))
    return frozenset(map(_key, names))


def _is_taken(name: str, taken: frozenset[str]) -> bool:
    return _key(name) in taken or _key(name).startswith("arrayof")


def _key(name: str) -> str:
    """A name as Java and .NET tell it from others."""
    return camel_case(name).lower()


def _is_foreign_problem(node: StructOf | Choice) -> bool:
    """`Problem` is the gateway's, in every fault."""
    return node.name == Problem.__name__ and (isinstance(node, Choice) or node.python is not Problem)
