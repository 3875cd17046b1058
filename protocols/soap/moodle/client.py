"""The client's side: the request that calls a function, and the result in an answer."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gateway import plain
from gateway.faults import Fault
from gateway.moodle.access import with_token
from gateway.moodle.clean import compile_clean
from gateway.protocol import Outgoing, RemoteFault, Site
from gateway.registry import Function
from gateway.xml import Element, escape, escape_attribute
from protocols.soap.envelope import SOAP11
from protocols.soap.moodle.envelope import APACHE, ENCODING11, XSD, Arguments, read_call
from protocols.soap.moodle.fault import DASH, ERRORCODE
from protocols.soap.moodle.values import read_value
from protocols.soap.names import WHITE_SPACE, XSI

_TYPES = {bool: "boolean", int: "int", float: "double", str: "string"}


def write_request(
    function: Function, values: Mapping[str, Any], token: str, site: Site, path: str
) -> Outgoing:
    """The request that calls a function with its parts by name; values that are missing or None are left out."""
    given = msgspec.to_builtins(plain.clean(dict(values)))
    parts = "".join(_write(name, value) for name, value in given.items() if value is not None)
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP11.namespace}" '
        f'xmlns:ns1="{escape_attribute(site.namespace)}" xmlns:xsd="{XSD}" xmlns:xsi="{XSI}" '
        f'xmlns:ns2="{APACHE}" xmlns:SOAP-ENC="{ENCODING11}" SOAP-ENV:encodingStyle="{ENCODING11}">'
        f"<SOAP-ENV:Body><ns1:{function.name}>{parts}</ns1:{function.name}></SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    )
    headers = {
        "Content-Type": SOAP11.content_type,
        "SOAPAction": f'"{site.namespace}#{function.name}"',
    }
    return Outgoing("POST", with_token(path, token), headers, body.encode())


def _write(name: str, value: Any) -> str:
    match value:
        case None:
            return f'<{name} xsi:nil="true"/>'
        case dict():
            entries = "".join(
                f"<item>{_write('key', key)}{_write('value', each)}</item>" for key, each in value.items()
            )
            return f'<{name} xsi:type="ns2:Map">{entries}</{name}>'
        case list():
            items = "".join(_write("item", each) for each in value)
            array_type = f'SOAP-ENC:arrayType="xsd:anyType[{len(value)}]" xsi:type="SOAP-ENC:Array"'
            return f"<{name} {array_type}>{items}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f'<{name} xsi:type="xsd:{_TYPES[type(value)]}">{text}</{name}>'


def read_response(function: Function, status: int, body: bytes) -> Any:
    """The result, as plain Python values; None of a void function. Raises RemoteFault, also for what is no SOAP."""
    try:
        answer = read_call(body)
        if answer.call.tag == SOAP11.tag("Fault"):
            raise _remote_fault(answer.call)
        return _read_result(function, answer)
    except Fault as fault:
        raise RemoteFault("", "", f"HTTP {status}: the answer is not SOAP", fault.cause) from None


def _read_result(function: Function, answer: Arguments) -> Any:
    found = [each for each in answer.call if each.tag == "return"]
    if len(found) != 1 or answer.name != f"{function.name}response":
        raise RemoteFault("", "", f"The answer is not {function.name}Response")
    result, value = function.signature.result, read_value(answer, found[0])
    return compile_clean((result,))({result.name: value})[result.name] if result else value


def _remote_fault(fault: Element) -> RemoteFault:
    """What a fault says; no kind names the exception, and kind A has the reason in its text, too."""
    texts = (fault.findtext(name, "") for name in ("faultstring", "faultactor", "detail"))
    text, errorcode, cause = (each.strip(WHITE_SPACE) for each in texts)
    message = text.removesuffix(f"{ERRORCODE}{errorcode}").removesuffix(f"{DASH}{cause}")
    return RemoteFault("", errorcode, message, cause)
