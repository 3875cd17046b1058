"""Every modern face of every protocol, in bytes by hand: calls with either kind of credential, faults that come back.

Credentials go in the protocol's own way where it has one: a header of the envelope, or the form; else in Authorization.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from struct import pack
from typing import Any
from urllib.parse import urlencode

from lxml import etree

from gateway.assembly import Gateway
from gateway.protocol import Credentials, Protocol
from gateway.web import Response
from tests.access.causes import PEER, Subject, authorization
from tests.support import wire
from tests.support.wire import AMF, FORM, JSON, NAMESPACE, XML, Seen, messaging, pyamf, remoting

SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
_SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
_SOAP12_XML = "application/soap+xml"
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


@dataclass(frozen=True)
class Sent:
    """A request; `query` is raw."""

    path: str
    content_type: str
    body: bytes
    headers: Mapping[str, str]
    query: str = ""


@dataclass(frozen=True)
class Face:
    """One way to call: what it sends for a function without arguments, and how it reads a fault.

    `status` is the HTTP status of all its faults (None: each fault's own), `asking` of those that ask for a credential,
    `statuses` those of the checks that differ. `adapter` names the face. `tells_request` says whether its faults hold
    the request id, `tells_class` whether the exception. `result` reads a result in the adapter's place, where the
    answer names its request or has another form than the adapter asks for.
    """

    name: str
    protocol: str
    content_type: str
    sent: Callable[[str, Credentials], Sent]
    fault: Callable[[bytes], Seen]
    status: int | None = None
    asking: int | None = None
    statuses: Mapping[str, int] = field(default_factory=dict)
    adapter: str = "modern"
    tells_request: bool = True
    tells_class: bool = True
    result: Callable[[bytes], Any] | None = None

    def send(self, subject: Subject) -> Response:
        """The answer to the subject's call."""
        return deliver(subject.site.gateway, self.sent(subject.function, subject.credentials))

    def fault_status(self, own: int, *, asks: bool, number: str) -> int:
        """The HTTP status of a check's fault that has this one of its own."""
        return self.statuses.get(number) or (self.asking if asks else self.status) or own

    def reader(self, gateway: Gateway) -> Protocol:
        """The adapter that reads its answers."""
        return next(each for each in gateway.faces if (each.name, each.face) == (self.protocol, self.adapter))


def deliver(gateway: Gateway, sent: Sent, peer: str = PEER) -> Response:
    """The answer of a gateway to a request."""
    headers = {"content-type": sent.content_type, "content-length": str(len(sent.body)), **sent.headers}
    return gateway.handle("POST", sent.path, sent.query, headers, sent.body, peer)


def _in_header(credentials: Credentials) -> dict[str, str]:
    value = authorization(credentials)
    return {"authorization": value} if value else {}


def _json(function: str, credentials: Credentials) -> Sent:
    return Sent(f"/rest/{function}", JSON, b"{}", _in_header(credentials))


def _form(function: str, credentials: Credentials) -> Sent:
    named = zip(("wstoken", "wsusername", "wspassword"), _parts(credentials), strict=True)
    pairs = [(name, value) for name, value in named if value is not None]
    return Sent(f"/rest/{function}", FORM, urlencode(pairs).encode(), {})


def _parts(credentials: Credentials) -> tuple[str | None, ...]:
    return credentials.token, credentials.username, credentials.password


def _soap11(function: str, credentials: Credentials) -> Sent:
    return Sent("/soap", XML, _envelope(function, credentials), {"soapaction": '""'})


def _soap12(function: str, credentials: Credentials) -> Sent:
    body = _envelope(function, credentials).replace(_SOAP11.encode(), SOAP12.encode())
    return Sent("/soap", _SOAP12_XML, body, {})


def _envelope(function: str, credentials: Credentials) -> bytes:
    if credentials.token:
        header = f'<wstoken xmlns="{NAMESPACE}">{credentials.token}</wstoken>'
    else:
        header = username_token(credentials) if credentials.is_password else ""
    return wire.envelope(f'<{function} xmlns="{NAMESPACE}"/>', header)


def username_token(credentials: Credentials, attributes: str = "", more: str = "") -> str:
    """A Security header; `attributes` are the Password's, `more` stands beside the token."""
    return (
        f'<w:Security xmlns:w="{_WSSE}" s:mustUnderstand="1">{more}<w:UsernameToken>'
        f"<w:Username>{credentials.username}</w:Username>"
        f"<w:Password{attributes}>{credentials.password}</w:Password></w:UsernameToken></w:Security>"
    )


def _xmlrpc(function: str, credentials: Credentials) -> Sent:
    return Sent("/xmlrpc", XML, wire.xmlrpc_call(function), _in_header(credentials))


def _amf(function: str, credentials: Credentials) -> Sent:
    return Sent("/amf", AMF, wire.amf_call(function, headers=amf_headers(credentials)), {})


def _amf3(function: str, credentials: Credentials) -> Sent:
    """The same from a client that reads AMF3: the version of its packets says so."""
    return Sent("/amf", AMF, b"\0\3" + _amf(function, credentials).body[2:], {})


def _flex(function: str, credentials: Credentials) -> Sent:
    """A RemotingMessage, in the packet of a call that is not one."""
    message = messaging.RemotingMessage(operation=function, destination="api", body=[], messageId="M-1")
    value = pyamf.encode(message, encoding=pyamf.AMF3).getvalue()
    plain = _amf(function, credentials).body
    start = plain.index(wire.utf(function) + wire.utf("/1"))
    body = wire.utf("null") + wire.utf("/1") + bytes(4) + wire.amf_array(b"\x11" + value)
    return Sent("/amf", AMF, b"\0\3" + plain[2:start] + body, {})


def _flex_result(body: bytes) -> Any:
    ((_, answer),) = remoting.decode(body)
    assert isinstance(answer.body, messaging.AcknowledgeMessage)
    return answer.body.body


def packet(function: str, calls: int, credentials: Credentials) -> Sent:
    """An AMF packet of several calls without arguments."""
    one = _amf(function, credentials).body
    target = wire.utf(function)
    bodies = [target + wire.utf(f"/{number}") + bytes(4) + wire.amf_array() for number in range(calls)]
    return Sent("/amf", AMF, one[: one.index(target) - 2] + pack(">H", calls) + b"".join(bodies), {})


def amf_headers(credentials: Credentials) -> dict[str, bytes]:
    """The headers of a packet that show who calls."""
    if credentials.token:
        return {"wstoken": wire.amf_text(credentials.token)}
    if not credentials.is_password:
        return {}
    members = {"userid": credentials.username or "", "password": credentials.password or ""}
    written = b"".join(wire.utf(name) + wire.amf_text(value) for name, value in members.items())
    return {"Credentials": b"\x03" + written + b"\0\0\x09"}


def _soap12_fault(body: bytes) -> Seen:
    """The 1.2 layout as that of 1.1."""
    fault = etree.fromstring(body).find(f"{{{SOAP12}}}Body/{{{SOAP12}}}Fault")
    assert fault is not None
    reason = fault.findtext(f"{{{SOAP12}}}Reason/{{{SOAP12}}}Text")
    detail = fault.find(f"{{{SOAP12}}}Detail")
    assert detail is not None
    as_of_11 = etree.tostring(detail[0], encoding="unicode")
    seen = wire.fault_in(
        "soap", wire.envelope(f"<s:Fault><faultstring/><detail>{as_of_11}</detail></s:Fault>")
    )
    return replace(seen, message=reason or "")


def _fault_of(protocol: str) -> Callable[[bytes], Seen]:
    return lambda body: wire.fault_in(protocol, body)


FACES: Sequence[Face] = (
    Face("rest json", "rest", JSON, _json, _fault_of("rest")),
    Face("rest form", "rest", FORM, _form, _fault_of("rest")),
    Face("soap 1.1", "soap", XML, _soap11, _fault_of("soap"), 500, 401),
    Face("soap 1.2", "soap", _SOAP12_XML, _soap12, _soap12_fault, 500, 401),
    Face("xmlrpc", "xmlrpc", XML, _xmlrpc, _fault_of("xmlrpc"), 200, 200),
    Face("amf", "amf", AMF, _amf, _fault_of("amf"), 200, 200),
    Face("amf3", "amf", AMF, _amf3, _fault_of("amf"), 200, 200),
    Face("flex", "amf", AMF, _flex, wire.flex_fault, 200, 200, result=_flex_result),
)
BY_NAME: Mapping[str, Face] = {face.name: face for face in FACES}
