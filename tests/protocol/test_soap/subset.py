"""What a WSDL may not hold, or Microsoft's generator leaves its DataContract serializer or its plain methods.

Each rule was found by running dotnet-svcutil 8.0.0: where one is broken, either one operation gets request objects, or
every operation of the client does, or values get lost. A rule says what is wrong with a document, by names.
"""

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from .documents import WSDL, expand
from .world import XSD

Rule = Callable[[Any], Iterator[str]]

RULES: list[Rule] = []
"""All rules, in order."""

_CONSTRUCTS = {"schema", "element", "complexType", "sequence", "simpleType", "restriction", "enumeration"}
_FACETS = {"pattern", "length", "minLength", "maxLength"}
_VALUE_TYPES = {f"{{{XSD}}}{name}" for name in ("boolean", "int", "long", "double", "decimal", "dateTime")}
_REFERENCE_TYPES = {f"{{{XSD}}}{name}" for name in ("string", "base64Binary")}


def rule(check: Rule) -> Rule:
    """Add a rule to those that every document is held to."""
    RULES.append(check)
    return check


@rule
def only_known_constructs(root: Any) -> Iterator[str]:
    """No all, choice, any, attribute, group, extension, union, annotation: one of them falls the whole client."""
    for each in _schema(root).iter():
        if _local(each) not in _CONSTRUCTS | _FACETS:
            yield f"xsd:{_local(each)}"


@rule
def only_known_types(root: Any) -> Iterator[str]:
    """No xsd:date, time, duration, gYear, token, NMTOKEN, ID, anySimpleType: one field falls the whole client."""
    for each in _schema(root).iter():
        for name in ("type", "base", "itemType", "ref"):
            used = expand(each, each.get(name, ""))
            if used.startswith(f"{{{XSD}}}") and used not in _VALUE_TYPES | _REFERENCE_TYPES:
                yield f"{_name(each)} is {used}"


@rule
def every_element_has_a_type(root: Any) -> Iterator[str]:
    """An element without a type is anyType, which throws on answers without xsi:type; only wrappers are anonymous."""
    for each in _schema(root).iter(_x("element")):
        if each.get("type") is None and (each.getparent() is not _schema(root) or not len(each)):
            yield _name(each)


@rule
def restrictions_of_strings_only(root: Any) -> Iterator[str]:
    """A named simple type is a restriction of xsd:string: enumeration, pattern or length."""
    for each in _schema(root).iter(_x("simpleType")):
        (inner,) = each
        if expand(inner, inner.get("base", "")) != f"{{{XSD}}}string":
            yield _name(each)


@rule
def no_empty_enumeration_member(root: Any) -> Iterator[str]:
    """A member "" breaks the client when it calls."""
    for each in _schema(root).iter(_x("enumeration")):
        if not each.get("value"):
            yield _name(each.getparent().getparent())


@rule
def elements_are_qualified(root: Any) -> Iterator[str]:
    """An unqualified form, of the schema or of one element, falls the whole client."""
    if _schema(root).get("elementFormDefault") != "qualified":
        yield "the schema"
    for each in _schema(root).iter(_x("element")):
        if each.get("form", "qualified") != "qualified":
            yield _name(each)


@rule
def one_schema(root: Any) -> Iterator[str]:
    """One schema in the document's own namespace, nothing imported."""
    found = list(root.iter(_x("schema")))
    if len(found) != 1 or found[0].get("targetNamespace") != root.get("targetNamespace"):
        yield f"{len(found)} schemas"
    for each in root.iter(_w("import"), _x("import"), _x("include"), _x("redefine")):
        yield _local(each)


@rule
def lists_are_arrays(root: Any) -> Iterator[str]:
    """What repeats is the one element of a type ArrayOfX and is named like its type: bare, `User[]` is lost."""
    for each in _schema(root).iter(_x("element")):
        if each.get("maxOccurs", "1") == "1":
            continue
        array = each.getparent().getparent()
        item = each.get("type", "").rpartition(":")[2]
        expected = f"ArrayOf{item[:1].upper()}{item[1:]}"
        alone = len(each.getparent()) == 1 and each.get("minOccurs") == "0"
        if array.get("name") != expected or each.get("name") != item or not alone:
            yield f"{_name(each)} of {_name(array)}"


@rule
def messages_have_one_part_called_parameters(root: Any) -> Iterator[str]:
    """Another name, or a second part, falls the whole client."""
    for each in root.iter(_w("message")):
        parts = [part.get("name") for part in each]
        if parts != ["parameters"] and not _is_fault_message(root, each):
            yield f"{_name(each)}: {parts}"


@rule
def reference_parameters_and_results_are_nillable(root: Any) -> Iterator[str]:
    """A text, octets, a list or a struct that is not nillable gives its operation request objects."""
    for wrapper in _wrappers(root):
        for each in wrapper.iter(_x("element")):
            if each is not wrapper and not _is_value(root, each) and each.get("nillable") != "true":
                yield f"{_name(each)} of {_name(wrapper)}"


@rule
def one_result(root: Any) -> Iterator[str]:
    """Two elements in a response give its operation request objects."""
    for wrapper in _wrappers(root):
        if _name(wrapper).endswith("Response") and len(list(wrapper.iter(_x("element")))) > 2:
            yield _name(wrapper)


@rule
def optional_values_are_nillable(root: Any) -> Iterator[str]:
    """A number, instant or enumeration that may be absent and is not nillable is sent as 0, or as the first member."""
    for each in _schema(root).iter(_x("element")):
        repeats = each.get("maxOccurs", "1") != "1"
        absent = each.get("minOccurs") == "0" and each.get("nillable") != "true"
        if absent and not repeats and _is_value(root, each):
            yield _name(each)


@rule
def members_are_not_absent_and_nillable(root: Any) -> Iterator[str]:
    """Both at once in a struct make JAXBElement in Java; a struct says nil for values, leaves out references."""
    for each in _members(root):
        if each.get("minOccurs") == "0" and each.get("nillable") == "true":
            yield _name(each)


@rule
def nillable_members_are_values(root: Any) -> Iterator[str]:
    """A reference that may be absent is left out, never nil: .NET writes and expects it so."""
    for each in _members(root):
        if each.get("nillable") == "true" and not _is_value(root, each):
            yield _name(each)


@rule
def operations_are_plain_names(root: Any) -> Iterator[str]:
    """A `-` or `.` in its name gives an operation request objects."""
    for each in root.iter(_w("operation")):
        name = _name(each)
        if not (name.isascii() and name[0].isalpha() and name.replace("_", "").isalnum()):
            yield name


@rule
def no_type_is_called_like_a_message(root: Any) -> Iterator[str]:
    """A type named like an operation, or like its response, falls the whole client."""
    messages = {each.get("name") for each in _wrappers(root)}
    for each in _types(root):
        if each.get("name") in messages:
            yield _name(each)


@rule
def no_type_is_called_like_the_port_type(root: Any) -> Iterator[str]:
    """Such a type renames the client's class."""
    taken = {_name(each) for each in root.iter(_w("portType"), _w("service"), _w("binding"), _w("port"))}
    for each in _types(root):
        if each.get("name") in taken | {root.get("name")}:
            yield _name(each)


@rule
def no_declared_header(root: Any) -> Iterator[str]:
    """A soap:header in the binding falls the whole client."""
    for each in root.iter():
        if _local(each) in ("header", "headerfault"):
            yield _local(each)


@rule
def document_literal(root: Any) -> Iterator[str]:
    """rpc and encoded styles lose null, or throw at the first call."""
    for each in root.iter():
        if each.get("style", "document") != "document" or each.get("use", "literal") != "literal":
            yield _local(each)


@rule
def the_binding_has_the_port_types_faults(root: Any) -> Iterator[str]:
    """A fault of the portType that the binding lacks: the generator makes no endpoint at all."""
    faults = [
        {
            _name(operation): [_name(each) for each in operation.iter(_w("fault"))]
            for operation in parent.iterchildren(_w("operation"))
        }
        for parent in root.iter(_w("portType"), _w("binding"))
    ]
    if faults[0] != faults[1] or not all(faults[0].values()):
        yield f"{faults[0]} and {faults[1]}"


@rule
def one_service_and_port(root: Any) -> Iterator[str]:
    """A second port, or a second version of SOAP in one document, costs Axis and wsdl.exe everything."""
    for name in ("service", "port", "binding", "portType"):
        if len(list(root.iter(_w(name)))) != 1:
            yield name


def broken(document: bytes) -> list[str]:
    """Everything that any rule finds wrong with a document."""
    root = etree.fromstring(document)
    return [f"{check.__name__}: {each}" for check in RULES for each in check(root)]


def _x(name: str) -> str:
    return f"{{{XSD}}}{name}"


def _w(name: str) -> str:
    return f"{{{WSDL}}}{name}"


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)


def _name(element: Any) -> str:
    return element.get("name") or _local(element)


def _schema(root: Any) -> Any:
    return next(root.iter(_x("schema")))


def _wrappers(root: Any) -> list[Any]:
    """The elements of the messages."""
    return [each for each in _schema(root) if _local(each) == "element" and each.get("type") is None]


def _types(root: Any) -> list[Any]:
    return [each for each in _schema(root) if _local(each) in ("complexType", "simpleType")]


def _members(root: Any) -> list[Any]:
    """The elements of named types."""
    named = [each for each in _types(root) if _local(each) == "complexType"]
    return [each for parent in named for each in parent.iter(_x("element"))]


def _is_value(root: Any, element: Any) -> bool:
    """Whether .NET holds the element's type as a value type: a number, an instant, a boolean, an enumeration."""
    used = expand(element, element.get("type", ""))
    if used.startswith(f"{{{XSD}}}"):
        return used in _VALUE_TYPES
    name = used.rpartition("}")[2]
    return any(each.get("name") == name and list(each.iter(_x("enumeration"))) for each in _types(root))


def _is_fault_message(root: Any, message: Any) -> bool:
    used = {each.get("message", "").rpartition(":")[2] for each in root.iter(_w("fault"))}
    return message.get("name") in used
