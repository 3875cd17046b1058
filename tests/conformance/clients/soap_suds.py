"""suds (suds-community), made from the served WSDL; a token goes in a SOAP header, a password in a UsernameToken."""

import base64
import contextlib
import io
from collections.abc import Mapping
from typing import Any

import suds
import suds.client
import suds.wsse
from suds.sax.element import Element
from suds.sudsobject import Object
from suds.transport import Reply, Request, TransportError
from suds.transport.http import HttpTransport

from tests.conformance.clients.base import Caller, Exchange, FaultSeen, Result, Seen, base64_text, rewrite
from tests.conformance.clients.soap import NAMESPACE, Soap, envelope


class _Transport(HttpTransport):
    """The client's own, which keeps a copy of each answer."""

    def __init__(self, last: Exchange) -> None:
        super().__init__()
        self.last = last

    def send(self, request: Request) -> Reply:
        try:
            reply = super().send(request)
        except TransportError as error:
            with error.fp:
                body = error.fp.read()
            self.last.keep(error.httpcode, error.fp.headers, body)
            error.fp = io.BytesIO(body)
            raise
        self.last.keep(reply.code, reply.headers, reply.message)
        return reply


class Suds(Soap):
    """Loads the WSDL with the token it is made with; calls with the token of each call."""

    name = "suds"

    def __init__(self, url: str, token: str) -> None:
        super().__init__()
        self.transport = _Transport(self.last)
        address = f"{url}/soap?wsdl&wstoken={token}"
        self.client = suds.client.Client(address, transport=self.transport, cache=None)
        self.known = {method for port in self.client.sd[0].ports for method, _ in port[1]}

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        if function not in self.known:  # the WSDL has no such function: what remains is to write it by hand
            return self.send(function, "", caller)
        self.client.set_options(soapheaders=_headers(caller))
        method = getattr(self.client.service, function)
        binding = method.method.binding.input
        typed = {name: element.resolve() for name, element, _ in binding.param_defs(method.method)}
        values = rewrite(self.expects(dict(arguments)), {bytes: base64_text})
        values = {name: _typed(typed[name], value) for name, value in values.items()}
        return self._seen(lambda: method(**values))

    def send(self, function: str, raw: str, caller: Caller) -> Seen:
        known = getattr(self.client.service, function if function in self.known else "test_void")
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NAMESPACE}#{function}"'}
        header = "".join(each.str() for each in _headers(caller))
        request = Request(str(known.method.location), envelope(function, raw, header))
        request.headers = headers
        with contextlib.suppress(TransportError):  # a fault, which was kept
            self.transport.send(request)
        answer = {"reply": self.last.body, "status": self.last.status}
        return self._seen(lambda: known(__inject=answer))

    def fit(self, expected: Any, seen: Any) -> Any:
        """Octets are texts."""
        if isinstance(expected, bytes) and isinstance(seen, str):
            return base64.b64decode(seen, validate=True)
        return super().fit(expected, seen)

    def members(self, seen: Any) -> Mapping[str, Any] | None:
        return dict(seen) if isinstance(seen, Object) else None

    def _seen(self, call: Any) -> Seen:
        try:
            return Result(call())
        except suds.WebFault as fault:
            detail = fault.fault.detail.apiFault
            problems = _list(detail.problems.Problem) if getattr(detail, "problems", None) else []
            return FaultSeen(
                detail.exception,
                detail.errorcode,
                fault.fault.faultstring,
                getattr(detail, "cause", None) or "",
                {each.path: each.problem for each in problems},
                detail.request_id,
                self.last.status,
            )


def _headers(caller: Caller) -> list[Element]:
    """The SOAP headers that show who calls."""
    if caller.username is not None:
        security = suds.wsse.Security()
        security.tokens.append(suds.wsse.UsernameToken(caller.username, caller.password))
        return [security.xml()]
    if caller.token is not None:
        return [Element("wstoken", ns=("m", NAMESPACE)).setText(caller.token)]
    return []


def _list(found: Any) -> list[Any]:
    """One of something that may repeat comes alone, as a fault's detail is read without its type."""
    return found if isinstance(found, list) else [found]


def _typed(node: Any, value: Any) -> Any:
    """A value as suds takes it: a list goes inside of its array type, under the name of the items."""
    children = [child for child, _ in node.children()] if hasattr(node, "children") else []
    if isinstance(value, list) and children:
        return {children[0].name: [_typed(children[0].resolve(), each) for each in value]}
    if isinstance(value, dict):
        types = {child.name: child.resolve() for child in children}
        return {name: _typed(types[name], each) for name, each in value.items()}
    return value
