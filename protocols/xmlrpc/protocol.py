"""The protocol: where XML-RPC answers, what its envelope is, and how a call travels through it."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway import xml
from gateway.credentials import find_credentials
from gateway.faults import INVALID_REQUEST, Refusal
from gateway.protocol import Answer, Call, Message, Outgoing, Protocol, Reply, Request, Route, Site
from gateway.registry import Function
from protocols.xmlrpc import client
from protocols.xmlrpc.codec import Arguments, XmlRpcCodec
from protocols.xmlrpc.encoding import to_utf8
from protocols.xmlrpc.envelope import CONTENT_TYPE, DECLARATION, PATH, read_params
from protocols.xmlrpc.faults import fault_code, fault_string
from protocols.xmlrpc.writer import write_plain

_HEAD = f"{DECLARATION}<methodResponse>"
_TAIL = "</methodResponse>"

_OPENING = f"{_HEAD}<params><param>".encode()
_CLOSING = f"</param></params>{_TAIL}".encode()


class XmlRpc(Protocol):
    """The modern face of XML-RPC: `/xmlrpc`, the token as a Bearer token or in the query."""

    name = "xmlrpc"
    title = "XML-RPC"
    routes = (Route(PATH, frozenset({"POST"}), frozenset({"text/xml", "application/xml"})),)

    def parse(self, request: Request) -> Message:
        """The one call of a `<methodCall>`; an empty methodName names no function."""
        root = xml.parse(to_utf8(request.body, request.headers.get("content-type", "")))
        tags = [each.tag for each in root]
        if root.tag != "methodCall" or tags not in (["methodName"], ["methodName", "params"]):
            raise INVALID_REQUEST("The body is not a <methodCall> of one <methodName> and one <params>")
        if len(root[0]):
            raise INVALID_REQUEST("The <methodName> holds elements")
        values = read_params(root[1]) if len(root) == 2 else []
        return Message([Call(root[0].text, Arguments(root, values))], find_credentials(request))

    def compile(self, function: Function, site: Site) -> XmlRpcCodec:
        """The codec of one function."""
        return XmlRpcCodec(function)

    def reply(self, request: Request, message: Message, answers: Sequence[Answer]) -> Reply:
        """The `<methodResponse>`: HTTP 200, for a fault as well."""
        (answer,) = answers
        if answer.refusal is not None:
            return self.refuse(request, answer.refusal)
        return Reply(200, {"Content-Type": CONTENT_TYPE}, _OPENING + answer.payload + _CLOSING)

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """A `<fault>`, HTTP 200."""
        fault = {"faultCode": fault_code(refusal.errorcode), "faultString": fault_string(refusal)}
        headers = {"Content-Type": CONTENT_TYPE}
        if refusal.retry_after is not None:
            headers["Retry-After"] = str(refusal.retry_after)
        return Reply(200, headers, f"{_HEAD}<fault>{write_plain(fault)}</fault>{_TAIL}".encode())

    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """A POST with positional parameters."""
        return client.write_request(function, values, token)

    def read(
        self, function: Function, status: int, headers: Mapping[str, str], body: bytes, site: Site
    ) -> Any:
        """The result, instants aware; None of a void function. Raises RemoteFault, also for what is no XML-RPC."""
        return client.read_response(function, status, body)
