"""One function behind one protocol, in process; requests built by hand, and answers read by somebody else's code."""

import inspect
import json
import warnings
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from struct import pack
from typing import Any

from lxml import etree

from gateway import READ, Component, Function, function
from gateway.plugins import find_protocols
from gateway.protocol import Answer, Codec, Message, Protocol, Reply, Request, Site, modern
from gateway.settings import Settings
from gateway.validation import Validator

with warnings.catch_warnings():
    # Py3AMF looks for XML libraries at its first unusual value: one of them, defusedxml.lxml, says it is deprecated.
    warnings.filterwarnings("ignore", "defusedxml", DeprecationWarning)
    import pyamf
    import pyamf.xml
    from pyamf import remoting
    from pyamf.flex import messaging

    pyamf.xml.is_xml(None)

NAMES = ("amf", "rest", "soap", "xmlrpc")
"""The protocols that tests speak."""

PROTOCOLS: Mapping[str, Protocol] = modern(find_protocols())
FACES: Mapping[tuple[str, str], Protocol] = {(each.name, each.face): each for each in find_protocols()}
"""All adapters, by protocol and face."""
NAMESPACE = Settings().namespace
SITE = Site("https://gateway.example", "Example", NAMESPACE)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
XML = "text/xml"
AMF = "application/x-amf"
CONTENT_TYPES = {"amf": AMF, "rest": JSON, "soap": XML, "xmlrpc": XML}
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


# Bytes by hand


def path_of(protocol: str, name: str) -> str:
    """Where a function is called."""
    return f"/rest/{name}" if protocol == "rest" else f"/{protocol}"


def envelope(content: str, header: str = "") -> bytes:
    """A SOAP 1.1 message."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return f'<s:Envelope xmlns:s="{_ENVELOPE}">{head}<s:Body>{content}</s:Body></s:Envelope>'.encode()


def soap_call(name: str, members: str = "") -> bytes:
    """A SOAP call; `members` are XML in the site's namespace."""
    return envelope(f'<{name} xmlns="{NAMESPACE}">{members}</{name}>')


def xmlrpc_call(name: str, *values: str) -> bytes:
    """An XML-RPC call; `values` are what stands inside of `<value>`."""
    params = "".join(f"<param><value>{each}</value></param>" for each in values)
    return (
        f'<?xml version="1.0"?><methodCall><methodName>{name}</methodName>'
        f"<params>{params}</params></methodCall>"
    ).encode()


def utf(text: str) -> bytes:
    """A text as AMF's envelope writes it."""
    raw = text.encode()
    return pack(">H", len(raw)) + raw


def amf_text(text: str) -> bytes:
    """An AMF0 String."""
    return b"\x02" + utf(text)


def amf_array(*items: bytes) -> bytes:
    """An AMF0 Strict Array."""
    return pack(">BI", 0x0A, len(items)) + b"".join(items)


def amf_call(name: str, *arguments: bytes, headers: Mapping[str, bytes] | None = None) -> bytes:
    """An AMF packet of one call; `arguments` are AMF0 values."""
    heads = [utf(key) + b"\0" + bytes(4) + value for key, value in (headers or {}).items()]
    body = utf(name) + utf("/1") + bytes(4) + amf_array(*arguments)
    return pack(">HH", 0, len(heads)) + b"".join(heads) + pack(">H", 1) + body


def text_call(protocol: str, name: str, **texts: str) -> bytes:
    """The body of a call whose arguments are texts without markup, in declared order."""
    if protocol == "rest":
        return json.dumps(texts).encode()
    if protocol == "soap":
        return soap_call(name, "".join(f"<{key}>{value}</{key}>" for key, value in texts.items()))
    if protocol == "xmlrpc":
        return xmlrpc_call(name, *(f"<string>{each}</string>" for each in texts.values()))
    return amf_call(name, *map(amf_text, texts.values()))


def request_of(protocol: str, name: str, body: bytes, content_type: str | None = None) -> Request:
    """The POST that carries a body to a function."""
    headers = {"content-type": content_type or CONTENT_TYPES[protocol]}
    tail = name if protocol == "rest" else ""
    return Request("POST", path_of(protocol, name), "", headers, body, tail=tail)


# A function in process


def declare(
    parameters: Mapping[str, Any],
    result: Any,
    defaults: Mapping[str, Any] | None = None,
    name: str = "test_echo",
) -> Function:
    """A registered function of these annotations; it gives back its first argument."""
    given = defaults or {}

    def python(*arguments: Any) -> Any:
        return arguments[0] if arguments else None

    python.__annotations__ = {**parameters, "return": result}
    declared = [
        inspect.Parameter(
            each, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=given.get(each, inspect.Parameter.empty)
        )
        for each in sorted(parameters, key=lambda each: each in given)
    ]
    python.__signature__ = inspect.Signature(declared)  # type: ignore[attr-defined]
    return Component("test", functions=[function(name, effect=READ)(python)]).functions[0]


class Wired:
    """A function behind a protocol: what dispatch does between bytes and values, without database and access."""

    def __init__(
        self, protocol: str, called: Function, validator: Validator | None = None, face: str = "modern"
    ) -> None:
        self.protocol = FACES[protocol, face]
        self.function = called
        self.codec: Codec = self.protocol.compile(called, SITE)
        self.validator = validator or Validator(called.name, called.signature)

    def parse(self, request: Request) -> Message:
        """The message, of exactly one call of this function. Raises Fault."""
        message = self.protocol.parse(request)
        if message.broken is not None:
            raise message.broken
        (item,) = message.items
        assert item.function == self.function.name  # type: ignore[union-attr]
        return message

    def arguments(self, request: Request) -> tuple[Any, ...]:
        """What the function receives. Raises Fault."""
        (item,) = self.parse(request).items
        return self.validator.arguments(self.codec.bind(item))  # type: ignore[arg-type]

    def reply(self, request: Request, result: Any) -> Reply:
        """The answer to a request whose function returned `result`. Raises Fault."""
        message = self.parse(request)
        (call,) = message.items
        payload = self.codec.encode(self.validator.result(result), call)  # type: ignore[arg-type]
        return self.protocol.reply(request, message, [Answer(call, "R1", payload)])


# Faults, read by other libraries


@dataclass(frozen=True)
class Seen:
    """A fault as a client sees it; empty where the answer said nothing."""

    errorcode: str = ""
    exception: str = ""
    message: str = ""
    cause: str = ""
    problems: Sequence[Mapping[str, str]] = field(default=())
    request_id: str = ""


_KEYS = ("errorcode", "exception", "message", "cause", "problems", "request_id")


def fault_in(protocol: str, body: bytes) -> Seen:
    """The fault in an answer of this protocol, read by lxml, xmlrpc.client, json or Py3AMF; fails for any other answer.

    An AMF packet without bodies is a fault without a word.
    """
    readers = {"soap": _soap_fault, "xmlrpc": _xmlrpc_fault, "rest": _rest_fault, "amf": _amf_fault}
    return readers[protocol](body)


def _soap_fault(body: bytes) -> Seen:
    (fault,) = etree.fromstring(body).iterfind("*/*")
    assert fault.tag == f"{{{_ENVELOPE}}}Fault", fault.tag
    (detail,) = fault.iterfind("detail/*")
    space = detail.tag.removesuffix("apiFault")
    texts = {each.tag.removeprefix(space): each.text or "" for each in detail}
    problems = [
        {each.tag.removeprefix(space): each.text or "" for each in one}
        for one in detail.iterfind(f"{space}problems/*")
    ]
    return Seen(
        texts["errorcode"],
        texts["exception"],
        fault.findtext("faultstring") or "",
        texts.get("cause", ""),
        problems,
        texts["request_id"],
    )


def _xmlrpc_fault(body: bytes) -> Seen:
    try:
        answer = xmlrpc.client.loads(body)
    except xmlrpc.client.Fault as fault:
        assert type(fault.faultCode) is int
        message, *parts = fault.faultString.split(" | ")
        named = dict(part.split(": ", 1) for part in parts)
        return Seen(
            named["ERRORCODE"],
            named["EXCEPTION"],
            message,
            named.get("DEBUG INFO", ""),
            json.loads(named.get("PROBLEMS", "[]")),
            named["REQUEST"],
        )
    raise AssertionError(f"no fault but {answer}")


def _rest_fault(body: bytes) -> Seen:
    found = json.loads(body)
    assert found["title"] == found["message"]
    return Seen(*(found[key] for key in _KEYS))


def flex_fault(body: bytes) -> Seen:
    """The fault in an answer that holds one Flex message, which must be an ErrorMessage; read by Py3AMF."""
    ((_, answer),) = remoting.decode(body)
    assert answer.status == remoting.STATUS_ERROR
    message = answer.body
    assert isinstance(message, messaging.ErrorMessage)
    found = message.extendedData
    assert (message.faultString, message.faultDetail) == (found["message"], found["cause"])
    return Seen(*(found[key] for key in _KEYS))


def _amf_fault(body: bytes) -> Seen:
    answers = [answer for _, answer in remoting.decode(body)]
    if not answers:
        return Seen()
    assert all(each.status == remoting.STATUS_ERROR for each in answers)
    # As a fault, Py3AMF keeps Flash's keys only; as a result, all of them.
    found = next(iter(remoting.decode(body.replace(b"/onStatus", b"/onResult"))))[1].body
    fault = answers[0].body
    assert (fault.code, fault.type, fault.description, fault.details) == tuple(
        found[key] for key in ("errorcode", "exception", "message", "cause")
    )
    return Seen(*(found[key] for key in _KEYS))
