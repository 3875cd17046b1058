"""SOAP messages as PHP's SoapClient writes them for Moodle, made by hand; and their answers, read with lxml alone."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from lxml import etree

from gateway.web import Response
from tests.support.site import Site

SERVER = "/webservice/soap/server.php"
SIMPLE = "/webservice/soap/simpleserver.php"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
ENC11 = "http://schemas.xmlsoap.org/soap/encoding/"
ENC12 = "http://www.w3.org/2003/05/soap-encoding"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
APACHE = "http://xml.apache.org/xml-soap"
_TYPES = {bool: "boolean", int: "int", float: "float", str: "string"}
_READ: Mapping[str, Any] = {"string": str, "int": int, "long": int, "float": float, "boolean": "true".__eq__}


def message(body: str, version: str = SOAP11, header: str = "") -> bytes:
    """An envelope with PHP's prefixes."""
    spaces = {"e": version, "ns1": "http://example.org/any", "ns2": APACHE, "xsi": XSI, "xsd": XSD}
    spaces |= {"SOAP-ENC": ENC11, "enc": ENC12}
    declared = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    head = f"<e:Header>{header}</e:Header>" if header else ""
    return f"<e:Envelope{declared}>{head}<e:Body>{body}</e:Body></e:Envelope>".encode()


def part(name: str, value: Any) -> str:
    """A value as PHP writes it: what has keys is a Map, a list says what it holds."""
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, dict):
        items = "".join(
            f"<item>{part('key', key)}{part('value', each)}</item>" for key, each in value.items()
        )
        return f'<{name} xsi:type="ns2:Map">{items}</{name}>'
    if isinstance(value, list):
        kind = f'SOAP-ENC:arrayType="xsd:ur-type[{len(value)}]" xsi:type="SOAP-ENC:Array"'
        return f"<{name} {kind}>{''.join(part('item', each) for each in value)}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else escape(str(value), {"\r": "&#13;"})
    return f'<{name} xsi:type="xsd:{_TYPES[type(value)]}">{text}</{name}>'


def called(function: str, parts: str = "", version: str = SOAP11) -> bytes:
    """A call with these parts."""
    return message(f"<ns1:{function}>{parts}</ns1:{function}>", version)


def send(
    site: Site,
    body: bytes,
    query: Mapping[str, str] | None = None,
    path: str = SERVER,
    method: str = "POST",
    **headers: str,
) -> Response:
    """The answer to a body, with the site's token unless another query is given."""
    shown = {"wstoken": site.token} if query is None else query
    given = {"content-type": "text/xml; charset=utf-8", "content-length": str(len(body))}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return site.gateway.handle(method, path, urlencode(shown), given, body, "127.0.0.1")


def call(site: Site, function: str, parts: str = "") -> Any:
    """The result of a call with these parts."""
    return result(send(site, called(function, parts)))


def result(answer: Response) -> Any:
    """What an answer gives, which is no fault."""
    assert answer.status == 200, answer.body
    (response,) = etree.fromstring(answer.body).iterfind("*/*")
    *before, value = response
    assert str(response.tag).endswith("Response")
    assert [each.text for each in before] in ([], ["return"])
    assert value.tag == "return"
    return read(value)


def read(element: Any) -> Any:
    """A value by the type that it says it has."""
    if element.get(f"{{{XSI}}}nil") == "true":
        assert not len(element)
        return None
    prefix, _, kind = element.get(f"{{{XSI}}}type").partition(":")
    space = element.nsmap[prefix]
    if kind == "Map":
        assert space == APACHE
        return {read(key): read(value) for key, value in element}
    if kind == "Array":
        assert space in (ENC11, ENC12)
        return _items(element, [(each.get(f"{{{XSI}}}type"), read(each)) for each in element])
    assert space == XSD
    assert not len(element)
    return _READ[kind](element.text or "")


def _items(array: Any, items: list[tuple[str, Any]]) -> list[Any]:
    """The items of an array that declares their number and type rightly."""
    declared = array.get(f"{{{ENC11}}}arrayType")
    if declared is None:
        declared = f"{array.get(f'{{{ENC12}}}itemType')}[{array.get(f'{{{ENC12}}}arraySize')}]"
    kind, _, size = declared.partition("[")
    assert size == f"{len(items)}]"
    assert {each for each, _ in items} <= {kind, "xsd:int" if kind == "xsd:long" else kind}
    assert items or kind in ("xsd:ur-type", "xsd:anyType")
    return [value for _, value in items]


def fault(answer: Response) -> dict[str, str]:
    """The members of a fault, in their order."""
    (found,) = etree.fromstring(answer.body).iterfind("*/*")
    assert found.tag == f"{{{SOAP11}}}Fault"
    members = {str(each.tag): each.text or "" for each in found}
    assert list(members)[:3] == ["faultcode", "faultstring", "faultactor"]
    assert members["faultstring"].endswith(f" | ERRORCODE: {members['faultactor']}")
    assert list(members)[3:] in ([], ["detail"])
    return members
