"""The protocol: where XML-RPC answers, what its envelope is, and how a call travels through it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from gateway.credentials import find_credentials
from gateway.faults import Refusal
from gateway.protocol import (
    Answer,
    Call,
    Credentials,
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
from protocols.xmlrpc import client
from protocols.xmlrpc.codec import XmlRpcCodec
from protocols.xmlrpc.encoding import to_utf8
from protocols.xmlrpc.envelope import CONTENT_TYPE, DECLARATION, PATH
from protocols.xmlrpc.faults import write_fault
from protocols.xmlrpc.introspection import MULTICALL, answer_query, find_query
from protocols.xmlrpc.multicall import read_calls, write_answers
from protocols.xmlrpc.records import read_folded_call

_HEAD = f"{DECLARATION}<methodResponse>"
_TAIL = "</methodResponse>"

_OPENING = f"{_HEAD}<params><param>".encode()
_CLOSING = f"</param></params>{_TAIL}".encode()
_FAULT_OPENING = f"{_HEAD}<fault>".encode()
_FAULT_CLOSING = f"</fault>{_TAIL}".encode()


class XmlRpc(Protocol):
    """The modern face of XML-RPC: `/xmlrpc`, the token as a Bearer token or in the query."""

    name = "xmlrpc"
    title = "XML-RPC"
    routes: ClassVar[tuple[Route, ...]] = (
        Route(PATH, frozenset({"POST"}), frozenset({"text/xml", "application/xml"})),
    )

    def parse(self, request: Request) -> Message:
        """The one call of a `<methodCall>`, or those of a `system.multicall`; an empty methodName names no function."""
        body = to_utf8(request.body, request.headers.get("content-type", ""))
        name, arguments = read_folded_call(body)
        credentials = self.find_credentials(request)
        if name == MULTICALL:
            calls = read_calls(arguments.root, arguments.values)
            return Message(calls or [Query(MULTICALL)], credentials, several=bool(calls))
        return Message([find_query(name, arguments) or Call(name or None, arguments)], credentials)

    def find_credentials(self, request: Request) -> Credentials:
        """Who calls. Raises INVALID_REQUEST."""
        return find_credentials(request)

    def compile(self, function: Function, site: Site) -> XmlRpcCodec:
        """The codec of one function."""
        return XmlRpcCodec(function)

    def reply(self, request: Request, message: Message, answers: Sequence[Answer]) -> Reply:
        """The `<methodResponse>`: HTTP 200, for a fault as well."""
        refusals = [each.refusal for each in answers if each.refusal is not None]
        if message.several:
            return Reply(200, self.headers(refusals), _OPENING + self.write_answers(answers) + _CLOSING)
        (answer,) = answers
        if answer.refusal is not None:
            return self.refuse(request, answer.refusal)
        return Reply(200, self.headers(()), _OPENING + answer.payload + _CLOSING)

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """A `<fault>`, HTTP 200."""
        fault = self.write_fault(refusal)
        return Reply(200, self.headers([refusal]), _FAULT_OPENING + fault + _FAULT_CLOSING)

    def write_fault(self, refusal: Refusal) -> bytes:
        """The `<value>` of a fault."""
        return write_fault(refusal)

    def write_answers(self, answers: Sequence[Answer]) -> bytes:
        """The `<value>` that answers a multicall: an array of one result, or the struct of a fault, for each."""
        return write_answers(answers, self.write_fault)

    def headers(self, refusals: Sequence[Refusal]) -> dict[str, str]:
        """The content type, and the longest time that any refusal asks to wait."""
        headers = {"Content-Type": CONTENT_TYPE}
        waits = [each.retry_after for each in refusals if each.retry_after is not None]
        if waits:
            headers["Retry-After"] = str(max(waits))
        return headers

    def describe(self, query: Query, functions: Sequence[Function], site: Site) -> bytes:
        """The `<value>` that answers an introspection method. Raises UNKNOWN_FUNCTION, INVALID_PARAMETER."""
        return answer_query(query, functions)

    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """A POST with positional parameters."""
        return client.write_request(function, values, token)

    def read(
        self, function: Function, status: int, headers: Mapping[str, str], body: bytes, site: Site
    ) -> Any:
        """The result, instants aware; None of a void function. Raises RemoteFault, also for what is no XML-RPC."""
        return client.read_response(function, status, body)
