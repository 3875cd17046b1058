"""The adapter: SOAP 1.1 and 1.2 on one address, document/literal wrapped."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import msgspec

from gateway import limits, xml
from gateway.credentials import find_credentials
from gateway.faults import INVALID_REQUEST, METHOD_NOT_ALLOWED, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, Refusal
from gateway.protocol import (
    Answer,
    Call,
    Codec,
    Message,
    Outgoing,
    Protocol,
    Query,
    Reply,
    Request,
    Route,
    Site,
)
from gateway.registry import Function
from gateway.xml import Element, Records, escape_attribute
from protocols.soap.client import read_response, write_request
from protocols.soap.envelope import SOAP11, SOAP12, Envelope, Version, read_envelope, version_of
from protocols.soap.fault import write_fault
from protocols.soap.names import check_names
from protocols.soap.reader import compile_members
from protocols.soap.records import RECORDS, Lists
from protocols.soap.writer import Part, compile_parts
from protocols.soap.wsdl import write_wsdl

PATH = "/soap"
MEDIA_TYPES = frozenset({SOAP11.media_type, SOAP12.media_type, "application/xml"})
WSDL = "wsdl"
OPTIONS = ("soap", "functions", "service")
"""What a request for the WSDL may choose."""
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2}){1,500}")


class Manner(msgspec.Struct, frozen=True):
    """How a message is to be answered: in its version of SOAP, faults in its namespace.

    A fault may come before anybody knows the site, so the namespace is the caller's own: that of the call's element,
    else of the SOAPAction (`namespace#function`). Every client made from a WSDL of this site sends the site's.
    """

    version: Version
    namespace: str


class Arguments(msgspec.Struct, frozen=True):
    """A call that is not read yet: its element, the records that were kept out of it, and the whole body."""

    element: Element
    records: Records | None
    body: bytes


class SoapCodec(Codec):
    """One function in SOAP."""

    def __init__(self, function: Function, site: Site) -> None:
        check_names(function, site.wsdl_name)
        name, signature = function.name, function.signature
        self.name = name
        self.tags = (f"{{{site.namespace}}}{name}", name)
        self.read = compile_members(signature.parameters, site.namespace, f"{name}'s parameters")
        self.lists = Lists(signature.parameters, site.namespace)
        opening = f'<{name}Response xmlns="{escape_attribute(site.namespace)}"'
        self.opening, self.closing = f"{opening}>".encode(), f"</{name}Response>".encode()
        self.void = f"{opening}/>".encode()
        result = signature.result
        self.write = (
            compile_parts(replace(result, name=f"{name}Result"), f"{name}'s result") if result else None
        )

    def bind(self, call: Call) -> dict[str, Any]:
        """The children of the call's element. Raises INVALID_REQUEST for one of another namespace, or with text."""
        arguments: Arguments = call.arguments
        element = arguments.element
        if element.tag not in self.tags:
            raise INVALID_REQUEST(f"The call {self.name} is not in this site's namespace, {self.tags[0]}")
        values = self.read(element)
        if arguments.records and not self.lists.put(arguments.records, element, values):
            values = self.read(read_envelope(xml.parse(arguments.body)).child)
        if not isinstance(values, dict):
            raise INVALID_REQUEST(f"The call {self.name} holds {values.problem}")
        return values

    def encode(self, result: Any, call: Call) -> Sequence[Part]:
        """The response element, in parts."""
        if self.write is None:
            return [self.void]
        return [self.opening, *self.write(result), self.closing]


class Soap(Protocol):
    """SOAP. The Body's one child names the function; SOAPAction decides nothing.

    A token comes as `Authorization: Bearer`, as a header element `wstoken` (in the call's namespace, or in none), or as
    `wstoken` in the query.
    """

    name: ClassVar[str] = "soap"
    title: ClassVar[str] = "SOAP"
    documents: ClassVar[frozenset[str]] = frozenset({WSDL})
    routes: ClassVar[tuple[Route, ...]] = (Route(PATH, frozenset({"GET", "POST"}), MEDIA_TYPES),)

    def parse(self, request: Request) -> Message:
        """A Call from a POST, the Query `wsdl` from a GET that has `wsdl` in its query, in any letter case."""
        if request.method == "POST":
            return _parse_call(request)
        query = _read_query(request.query)
        if WSDL not in query:
            raise METHOD_NOT_ALLOWED("Calls are POSTed here; a GET takes ?wsdl")
        options = {name: value for name in OPTIONS if (value := query.get(name))}
        return Message([Query(WSDL, options)], find_credentials(request))

    def compile(self, function: Function, site: Site) -> SoapCodec:
        """The codec of one function. Raises SignatureError for names that SOAP needs for itself."""
        return SoapCodec(function, site)

    def reply(self, request: Request, message: Message, answers: Sequence[Answer]) -> Reply:
        """HTTP 200 with the response or the WSDL, or a fault."""
        (answer,) = answers
        manner = message.state or _manner_of(request)
        if answer.refusal is not None:
            return _fault(manner, answer.refusal)
        if isinstance(answer.item, Query):
            return Reply(200, {"Content-Type": SOAP11.content_type}, answer.payload)
        version = manner.version
        return Reply(200, {"Content-Type": version.content_type}, version.wrap(*answer.payload))

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """A fault, in the version that the content type names."""
        return _fault(_manner_of(request), refusal)

    def describe(self, query: Query, functions: Sequence[Function], site: Site) -> bytes:
        """The WSDL. Options: `soap` (11 or 12), `functions` (names between commas). Raises INVALID_REQUEST."""
        return write_wsdl(functions, site, f"{site.url.rstrip('/')}{PATH}", query.options)

    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """A SOAP 1.1 request. Structs among the values may be dicts by wire name."""
        return write_request(function, values, token, site, PATH)

    def read(
        self,
        function: Function,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        site: Site,
    ) -> Any:
        """The result in an answer. Raises RemoteFault for a fault, and for what is no SOAP message."""
        return read_response(function, status, body, site)


def _parse_call(request: Request) -> Message:
    _check_content_type(request.headers.get("content-type", ""))
    envelope, records = _open(request.body)
    namespace, _, name = str(envelope.child.tag).rpartition("}")
    return Message(
        [Call(name, Arguments(envelope.child, records, request.body))],
        find_credentials(request, *envelope.credentials),
        state=Manner(envelope.version, namespace[1:] or _action_namespace(request)),
    )


def _open(body: bytes) -> tuple[Envelope, Records | None]:
    """The envelope, and what was kept out of its call; what else is in it is read whole before it is judged."""
    root, records = xml.parse_folded(body, RECORDS)
    envelope = read_envelope(root)
    if records is None or envelope.child in records.parent.iterancestors():
        return envelope, records
    return read_envelope(xml.parse(body)), None


@lru_cache(maxsize=64)
def _check_content_type(header: str) -> None:
    charset = _parameter(header, "charset").lower()
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise UNSUPPORTED_MEDIA_TYPE(f"The charset {charset[:40]} is not read: send UTF-8")


def _parameter(header: str, name: str) -> str:
    """A parameter of a content type, "" without it (RFC 9110, section 8.3.1)."""
    for each in header.split(";")[1:]:
        key, _, value = each.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"')
    return ""


def _action_namespace(request: Request) -> str:
    """The namespace in the SOAPAction, or in SOAP 1.2's `action`, where either is `namespace#function`."""
    header = request.headers
    action = header.get("soapaction", "").strip().strip('"') or _parameter(
        header.get("content-type", ""), "action"
    )
    namespace = action.rpartition("#")[0]
    return namespace if _URI.fullmatch(namespace) else ""


def _manner_of(request: Request) -> Manner:
    return Manner(
        version_of(request.headers.get("content-type", ""), request.body), _action_namespace(request)
    )


def _read_query(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=limits.FORM_PAIRS)
    except ValueError:
        raise TOO_LARGE(f"The query holds more than {limits.FORM_PAIRS} pairs") from None
    return {name.lower(): value for name, value in pairs}


def _fault(manner: Manner, refusal: Refusal) -> Reply:
    """HTTP 500 whatever the cause, since every other status costs .NET the fault; 401 only to ask for a credential."""
    headers = {"Content-Type": manner.version.content_type}
    if refusal.challenge:
        headers["WWW-Authenticate"] = refusal.challenge
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    body = write_fault(manner.version, manner.namespace, refusal)
    return Reply(401 if refusal.challenge else 500, headers, body)
