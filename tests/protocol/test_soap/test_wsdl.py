"""The WSDL, held mechanically to the rules that real generators taught."""

import pytest
from lxml import etree

from gateway import READ, Component, Struct, function
from gateway.faults import INVALID_REQUEST, Fault, Problem
from gateway.protocol import Answer, Site
from gateway.signature import SignatureError
from protocols.soap import PROTOCOL

from .world import COMPONENT, FUNCTIONS, NAMESPACE, SITE, XSD, get, wsdl

W = "http://schemas.xmlsoap.org/wsdl/"
BINDINGS = {"11": "http://schemas.xmlsoap.org/wsdl/soap/", "12": "http://schemas.xmlsoap.org/wsdl/soap12/"}
ROOT = etree.fromstring(wsdl())
SCHEMA = ROOT.find(f"{{{W}}}types/{{{XSD}}}schema")


def _all(parent, *path: str):
    """Elements at a path of local names, in WSDL's namespace or XSD's by their initial."""
    return parent.findall("/".join(f"{{{W if name[0] == 'w' else XSD}}}{name[1:]}" for name in path))


def _members(name: str) -> dict[str, dict[str, str]]:
    """The attributes of a type's or a wrapper's elements, by name, in order."""
    (found,) = SCHEMA.xpath(f"x:*[@name='{name}']", namespaces={"x": XSD})
    elements = found.iter(f"{{{XSD}}}element")
    attributes = [dict(each.attrib) for each in elements if each is not found]
    return {each.pop("name"): each for each in attributes}


def test_rule_1_one_schema_no_import_qualified_one_service_one_port() -> None:
    assert len(ROOT.findall(f".//{{{XSD}}}schema")) == 1
    assert not list(ROOT.iter(f"{{{XSD}}}import", f"{{{XSD}}}include", f"{{{W}}}import"))
    assert SCHEMA.get("elementFormDefault") == "qualified"
    assert len(_all(ROOT, "wservice", "wport")) == 1
    (binding,) = ROOT.iter(f"{{{BINDINGS['11']}}}binding")
    assert binding.get("style") == "document"
    assert {each.get("use") for each in ROOT.iter(f"{{{BINDINGS['11']}}}body")} == {"literal"}


def test_rule_2_each_message_has_one_part_called_parameters() -> None:
    messages = {each.get("name"): [dict(part.attrib) for part in each] for each in _all(ROOT, "wmessage")}
    assert messages.pop("ApiFault") == [{"name": "fault", "element": "tns:apiFault"}]
    assert messages == {
        name + kind: [{"name": "parameters", "element": f"tns:{name}{kind.removesuffix('Request')}"}]
        for name in FUNCTIONS
        for kind in ("Request", "Response")
    }


def test_rule_3_wrappers_are_anonymous_sequences_in_the_signatures_order() -> None:
    for name, each in FUNCTIONS.items():
        (wrapper,) = SCHEMA.xpath(f"x:element[@name='{name}']", namespaces={"x": XSD})
        assert dict(wrapper.attrib) == {"name": name}
        assert [etree.QName(child).localname for child in wrapper.iterdescendants()][:2] == [
            "complexType",
            "sequence",
        ]
        assert list(_members(name)) == [field.name for field in each.signature.parameters]
    assert _members("do_voidResponse") == {}


def test_rules_4_and_5_the_matrix_of_parameters() -> None:
    assert _members("needs") == {
        "number": {"type": "xsd:long"},
        "flag": {"type": "xsd:boolean"},
        "text": {"type": "xsd:string", "nillable": "true"},
        "octets": {"type": "xsd:base64Binary", "nillable": "true"},
        "day": {"type": "tns:IsoDate", "nillable": "true"},
        "values": {"type": "tns:ArrayOfArrayOfInt", "nillable": "true"},
        "user": {"type": "tns:User", "nillable": "true"},
        "colour": {"type": "tns:CoreExampleColour"},
    }
    for name in ("int", "string", "ints", "user", "colour", "datetime"):
        assert _members(f"echo_{name}")["v"].items() >= {"minOccurs": "0", "nillable": "true"}.items()


def test_rule_6_the_matrix_of_members() -> None:
    optional = {name: each for name, each in _members("Everything").items() if "_" in name}
    required = {name: each for name, each in _members("Everything").items() if "_" not in name}
    assert all(each.keys() == {"type"} for each in required.values())
    assert required.keys() == {
        "flag",
        "count",
        "small",
        "ratio",
        "price",
        "text",
        "octets",
        "instant",
        "day",
        "colour",
        "word",
        "list",
        "pref",
    }
    by_value = {name for name, each in optional.items() if each.get("nillable") == "true"}
    by_reference = {name for name, each in optional.items() if each.get("minOccurs") == "0"}
    assert by_value == {
        "maybe_flag",
        "maybe_count",
        "maybe_colour",
        "null_ratio",
        "null_price",
        "null_instant",
        "null_word",
        "default_count",
    }
    assert by_reference == optional.keys() - by_value


def test_rule_7_results() -> None:
    assert _members("needsResponse") == {"needsResult": {"type": "xsd:long"}}
    assert _members("echo_intResponse") == {"echo_intResult": {"type": "xsd:int", "nillable": "true"}}
    assert _members("echo_plainResponse") == {"echo_plainResult": {"type": "xsd:string", "nillable": "true"}}
    assert _members("echo_tableResponse")["echo_tableResult"]["nillable"] == "true"


def test_rules_8_and_9_lists_are_arrays_whose_items_are_named_like_their_type() -> None:
    repeated = SCHEMA.xpath("//x:element[@maxOccurs]", namespaces={"x": XSD})
    for each in repeated:
        array = each.getparent().getparent()
        assert each.get("type").partition(":")[2] == each.get("name")
        assert array.get("name") == f"ArrayOf{each.get('name')[0].upper()}{each.get('name')[1:]}"
        assert (each.get("minOccurs"), each.get("maxOccurs")) == ("0", "unbounded")
        assert len(each.getparent()) == 1
    assert {
        "ArrayOfInt",
        "ArrayOfArrayOfInt",
        "ArrayOfString",
        "ArrayOfIsoDate",
        "ArrayOfBase64Binary",
        "ArrayOfUser",
    } <= {each.getparent().getparent().get("name") for each in repeated}


def test_rules_10_and_24_the_schema_stays_in_the_data_contract_subset() -> None:
    local_names = {etree.QName(each).localname for each in SCHEMA.iter()}
    assert local_names == {
        "schema",
        "element",
        "complexType",
        "sequence",
        "simpleType",
        "restriction",
        "enumeration",
        "pattern",
    }
    used = {
        each.get("type") or each.get("base")
        for each in SCHEMA.iter(f"{{{XSD}}}element", f"{{{XSD}}}restriction")
    }
    assert {each for each in used if each and each.startswith("xsd:")} == {
        "xsd:int",
        "xsd:long",
        "xsd:double",
        "xsd:decimal",
        "xsd:boolean",
        "xsd:string",
        "xsd:dateTime",
        "xsd:base64Binary",
    }
    assert {each.get("base") for each in SCHEMA.iter(f"{{{XSD}}}restriction")} == {"xsd:string"}
    assert all(each.get("value") for each in SCHEMA.iter(f"{{{XSD}}}enumeration"))
    assert not list(ROOT.iter(f"{{{BINDINGS['11']}}}header"))


def test_rule_11_one_fault_for_every_operation() -> None:
    assert list(_members("ApiFaultDetail").items()) == [
        ("exception", {"type": "xsd:string"}),
        ("errorcode", {"type": "xsd:string"}),
        ("cause", {"type": "xsd:string", "minOccurs": "0"}),
        ("problems", {"type": "tns:ArrayOfProblem", "minOccurs": "0"}),
        ("request_id", {"type": "xsd:string"}),
    ]
    for operation in _all(ROOT, "wportType", "woperation"):
        (fault,) = _all(operation, "wfault")
        assert dict(fault.attrib) == {"name": "ApiFault", "message": "tns:ApiFault"}
    for operation in _all(ROOT, "wbinding", "woperation"):
        (fault,) = _all(operation, "wfault")
        (inner,) = fault
        assert (fault.get("name"), inner.get("name"), inner.get("use")) == ("ApiFault", "ApiFault", "literal")


def test_rule_13_every_soapaction_is_unique() -> None:
    actions = [each.get("soapAction") for each in ROOT.iter(f"{{{BINDINGS['11']}}}operation")]
    assert sorted(actions) == sorted(f"{NAMESPACE}#{name}" for name in FUNCTIONS)


@pytest.mark.parametrize(
    ("query", "flavour"), [("wsdl", "11"), ("wsdl&soap=11", "11"), ("WSDL=1&soap=12", "12")]
)
def test_rules_14_and_15_one_version_a_document(query: str, flavour: str) -> None:
    root = etree.fromstring(wsdl(query))
    namespaces = {etree.QName(each).namespace for each in root.iter()}
    assert namespaces == {W, XSD, BINDINGS[flavour]}
    assert set(root.nsmap.values()) == {NAMESPACE, *namespaces}


def test_another_version_is_refused() -> None:
    with pytest.raises(Fault) as raised:
        wsdl("wsdl&soap=1.3")
    assert raised.value.kind is INVALID_REQUEST


def test_rule_16_the_address_is_the_configured_one_and_holds_no_credential() -> None:
    (address,) = ROOT.iter(f"{{{BINDINGS['11']}}}address")
    assert address.get("location") == f"{SITE.url}/soap"
    assert b"s3cret" not in wsdl("wsdl&wstoken=s3cret")
    slashed = etree.fromstring(wsdl(site=Site("https://a.example/", "A", NAMESPACE)))
    assert next(slashed.iter(f"{{{BINDINGS['11']}}}address")).get("location") == "https://a.example/soap"


def test_rule_23_no_name_comes_twice_whatever_its_case() -> None:
    names = [each.get("name").replace("_", "").lower() for each in SCHEMA]
    assert len(names) == len(set(names))
    assert not {"manifold", "manifoldporttype", "manifoldservice"} & set(names)
    assert "message" not in _members("ApiFaultDetail")


def _component(struct: type | None = None, name: str = "f") -> Component:
    def python(v):
        return None

    python.__annotations__ = {"v": struct or int, "return": None}
    return Component("core_x", functions=[function(name, effect=READ)(python)])


@pytest.mark.parametrize(
    "name",
    ["Long", "string", "IsoDate", "ApiFaultDetail", "ArrayOfUser", "ManifoldPortType", "Problem", "a b", "É"],
)
def test_rule_23_a_type_that_takes_a_name_of_soap_is_refused(name: str) -> None:
    class Taken(Struct, name=name):
        a: int

    with pytest.raises(SignatureError, match="give it another name"):
        PROTOCOL.compile(_component(Taken).functions[0], SITE)


@pytest.mark.parametrize("name", ["api_fault", "manifold_service", "iso_date"])
def test_rule_23_a_function_that_takes_a_name_of_soap_is_refused(name: str) -> None:
    with pytest.raises(SignatureError, match="call the function otherwise"):
        PROTOCOL.compile(_component(name=name).functions[0], SITE)


def test_the_gateways_own_problem_may_be_used() -> None:
    component = _component(list[Problem])
    assert PROTOCOL.compile(component.functions[0], SITE)
    root = etree.fromstring(
        PROTOCOL.describe(PROTOCOL.parse(get("wsdl")).items[0], component.functions, SITE)
    )
    assert len(root.xpath("//*[@name='Problem' and not(@type)]")) == 1


def test_rule_26_only_the_functions_asked_for_and_their_types() -> None:
    root = etree.fromstring(wsdl("wsdl&functions=optional,%20do_void,unknown"))
    assert [each.get("name") for each in _all(root, "wportType", "woperation")] == ["do_void", "optional"]
    assert {each.get("name") for each in root.iter(f"{{{XSD}}}complexType", f"{{{XSD}}}simpleType")} == {
        None,
        "Problem",
        "ArrayOfProblem",
        "ApiFaultDetail",
    }
    with pytest.raises(Fault) as raised:
        wsdl("wsdl&functions=unknown")
    assert raised.value.kind is INVALID_REQUEST


def test_documentation_is_the_docstring_the_parameters_and_the_faults_escaped() -> None:
    texts = {
        each.get("name"): each.findtext(f"{{{W}}}documentation")
        for each in _all(ROOT, "wportType", "woperation")
    }
    assert texts["core_user_create_users"] == (
        "Create users; <b>markup</b> & text.\nusers: Who to create & how\nFault nosuchuser: No user has that id <here>"
    )
    assert texts["echo_int"] == ""


def test_every_text_is_escaped() -> None:
    hostile = Site('https://x.example/"><y a="', "N", "urn:a&b'c")
    root = etree.fromstring(wsdl(site=hostile))
    assert root.get("targetNamespace") == hostile.namespace
    assert not list(root.iter("y"))
    assert b'value="green &amp; blue"' in wsdl()
    assert b'value="b&lt;c"' in wsdl()


def test_the_document_does_not_depend_on_the_order_of_the_functions() -> None:
    (item,) = PROTOCOL.parse(get("wsdl")).items
    assert PROTOCOL.describe(item, COMPONENT.functions, SITE) == PROTOCOL.describe(
        item, COMPONENT.functions[::-1], SITE
    )


def test_the_wsdl_is_served_as_xml() -> None:
    request = get("wsdl")
    message = PROTOCOL.parse(request)
    reply = PROTOCOL.reply(request, message, [Answer(message.items[0], "R1", wsdl())])
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert reply.body == wsdl()
