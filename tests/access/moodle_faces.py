"""The faces for clients of Moodle, in bytes by hand: credentials in form or query, faults without a request id."""

import json
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from lxml import etree

from gateway.protocol import Credentials
from tests.access.faces import FACES, Face, Sent
from tests.support import wire
from tests.support.wire import AMF, FORM, XML, Seen, remoting

SWITCHED_OFF = {"1": 403, "2": 403}
"""The checks whose faults are no 200 in REST: web services, or the protocol, are off."""
IN_THE_ENGINE = {str(number): 500 for number in range(15, 26)}
"""The checks whose faults are no 200 in SOAP: what PHP's engine says, and what comes from inside of it."""


def door(protocol: str, credentials: Credentials) -> str:
    """The address for this kind of credential."""
    return f"/webservice/{protocol}/{'simpleserver' if credentials.is_password else 'server'}.php"


def shown(credentials: Credentials) -> dict[str, str]:
    """Credentials as parameters."""
    given = {
        "wstoken": credentials.token,
        "wsusername": credentials.username,
        "wspassword": credentials.password,
    }
    return {name: value for name, value in given.items() if value is not None}


def _rest(form: str) -> Callable[[str, Credentials], Sent]:
    def sent(function: str, credentials: Credentials) -> Sent:
        pairs = shown(credentials) | {"wsfunction": function, "moodlewsrestformat": form}
        return Sent(door("rest", credentials), FORM, urlencode(pairs).encode(), {})

    return sent


def json_fault(body: bytes) -> Seen:
    """The fault in a JSON answer."""
    found = json.loads(body)
    return Seen(found["errorcode"], found["exception"], found["message"], found.get("debuginfo", ""))


def xml_fault(body: bytes) -> Seen:
    """The fault in an XML answer."""
    root = etree.fromstring(body)
    assert root.tag == "EXCEPTION"
    texts = {each.tag: each.text or "" for each in root}
    return Seen(texts["ERRORCODE"], root.get("class") or "", texts["MESSAGE"], texts.get("DEBUGINFO", ""))


def _xmlrpc(function: str, credentials: Credentials) -> Sent:
    query = urlencode(shown(credentials))
    return Sent(door("xmlrpc", credentials), XML, wire.xmlrpc_call(function), {}, query)


def xmlrpc_fault(body: bytes) -> Seen:
    """The fault in an XML-RPC answer; Moodle tells no class."""
    try:
        answer = xmlrpc.client.loads(body)
    except xmlrpc.client.Fault as fault:
        message, *parts = fault.faultString.split(" | ")
        named = dict(part.split(": ", 1) for part in parts)
        assert list(named) in (["ERRORCODE"], ["DEBUG INFO", "ERRORCODE"])
        return Seen(named["ERRORCODE"], "", message, named.get("DEBUG INFO", ""))
    raise AssertionError(f"no fault but {answer}")


def _amf(function: str, credentials: Credentials) -> Sent:
    target = f"webservices_virtual_class_000000.{function}" if function else ""
    return Sent(door("amf", credentials), AMF, wire.amf_call(target), {}, urlencode(shown(credentials)))


def amf_fault(body: bytes) -> Seen:
    """The fault in an AMF answer, which has Moodle's keys and two more."""
    ((_, answer),) = remoting.decode(body.replace(b"/onStatus", b"/onResult"))
    assert b"/1/onStatus" in body
    found = answer.body
    assert found.keys() == {"description", "detail", "line", "code", "exception", "errorcode"}
    return Seen(found["errorcode"], found["exception"], found["description"], found["detail"])


def _xml_result(body: bytes) -> None:
    """There is none, which is an empty RESPONSE."""
    assert body == b'<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n</RESPONSE>\n'


def _soap(function: str, credentials: Credentials) -> Sent:
    query = urlencode(shown(credentials))
    return Sent(door("soap", credentials), XML, wire.soap_call(function), {}, query)


def _soap_in_path(function: str, credentials: Credentials) -> Sent:
    """A user name and a password follow the address."""
    if not (credentials.username and credentials.password):
        return _soap(function, credentials)
    path = f"{door('soap', credentials)}/{credentials.username}/{credentials.password}"
    return Sent(path, XML, wire.soap_call(function), {})


def soap_fault(body: bytes) -> Seen:
    """The fault in a SOAP answer, of whichever kind; Moodle tells no class."""
    (fault,) = etree.fromstring(body).iterfind("*/*")
    texts = {each.tag: each.text or "" for each in fault}
    assert list(texts) in (_FAULT, [*_FAULT, "detail"])
    message, errorcode = texts["faultstring"].split(" | ERRORCODE: ")
    assert texts["faultactor"] == errorcode
    cause = texts.get("detail", "")
    if texts["faultcode"] == "MOODLE:error":
        assert message.endswith(f" - {cause}" if cause else "")
        message = message.removesuffix(f" - {cause}")
    else:
        assert texts["faultcode"] in ("Receiver", "SOAP-ENV:Server", "SOAP-ENV:Client")
    return Seen(errorcode, "", message, cause)


_FAULT = ["faultcode", "faultstring", "faultactor"]
_COMMON: Mapping[str, Any] = {"status": 200, "asking": 200, "adapter": "moodle", "tells_request": False}
_SOAP: Mapping[str, Any] = {**_COMMON, "statuses": IN_THE_ENGINE, "tells_class": False}
_REST: Mapping[str, Any] = {**_COMMON, "statuses": SWITCHED_OFF}

MOODLE_FACES: Sequence[Face] = (
    Face("moodle rest json", "rest", FORM, _rest("json"), json_fault, **_REST),
    Face("moodle rest xml", "rest", FORM, _rest("xml"), xml_fault, **_REST, result=_xml_result),
    Face("moodle xmlrpc", "xmlrpc", XML, _xmlrpc, xmlrpc_fault, **_COMMON, tells_class=False),
    Face("moodle amf", "amf", AMF, _amf, amf_fault, **_COMMON),
    Face("moodle soap", "soap", XML, _soap, soap_fault, **_SOAP),
    Face("moodle soap path", "soap", XML, _soap_in_path, soap_fault, **_SOAP),
)
ALL_FACES: Sequence[Face] = (*FACES, *MOODLE_FACES)
