"""One zeep client a server: Spyne's own application, and ours with the bridged component, both in this process."""

import io
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import zeep
import zeep.exceptions
from requests import Response
from zeep.xsd.valueobjects import CompoundValue

from tests.bridges.services import wsgi
from tests.support.site import Site

WSDL = "http://localhost/soap?wsdl"


class _Transport(zeep.Transport):
    """zeep's transport, handed to a callable: method, address, headers, body to status and body."""

    def __init__(self, send: Callable[[str, str, Mapping[str, str], bytes], tuple[int, bytes]]) -> None:
        super().__init__()
        self._send = send

    def load(self, url: str) -> bytes:
        return self._send("GET", url, {}, b"")[1]

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> Response:
        response = Response()
        response.status_code, response._content = self._send("POST", address, headers, message)
        response.headers["Content-Type"] = "text/xml; charset=utf-8"
        return response


class Server:
    """A server as zeep sees it."""

    def __init__(
        self, send: Callable[[str, str, Mapping[str, str], bytes], tuple[int, bytes]], prefix: str
    ) -> None:
        self.prefix = prefix
        self.send = send
        self.wsdl = send("GET", WSDL, {}, b"")[1]
        self.client = zeep.Client(WSDL, transport=_Transport(send))
        self._operations = self.client.service._binding._operations

    def call(self, operation: str, **arguments: Any) -> Any:
        """The result as plain values, or the fault as ("fault", code, message)."""
        name = self.prefix + operation
        typed = dict(self._operations[name].input.body.type.elements)
        values = {
            each: _shape(typed[each].type, value) for each, value in arguments.items() if value is not None
        }
        try:
            return plain(getattr(self.client.service, name)(**values))
        except zeep.exceptions.Fault as fault:
            return ("fault", self._code(fault), fault.message)

    def _code(self, fault: zeep.exceptions.Fault) -> str:
        if fault.detail is not None and len(fault.detail) and fault.detail[0].tag.endswith("}apiFault"):
            return str(next(each.text for each in fault.detail[0] if each.tag.endswith("errorcode")))
        return str(fault.code).rpartition(":")[2]


def _shape(node: Any, value: Any) -> Any:
    """A value as zeep takes it: a list goes inside of its array type, under the name of the items."""
    if isinstance(value, list) and hasattr(node, "elements"):
        ((name, item),) = node.elements
        return {name: [_shape(item.type, each) for each in value]}
    if isinstance(value, dict):
        types = {name: element.type for name, element in node.elements}
        return {name: _shape(types[name], each) for name, each in value.items()}
    return value


def plain(value: Any) -> Any:
    """What zeep gave, as dicts without empty members, and lists."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, CompoundValue):
        return value
    members = {name: plain(each) for name, each in value.__values__.items()}
    if len(value._xsd_type.elements) == 1 and value._xsd_type.elements[0][1].accepts_multiple:
        (items,) = members.values()
        return items or []
    # A list that is not there is [] where it is a repeated element (Spyne), None where it has an element (ours).
    return {name: each for name, each in members.items() if each not in (None, [])}


def spyne_server() -> Server:
    """Spyne's WsgiApplication."""
    served = wsgi()

    def send(method: str, address: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(address)
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
        }
        statuses: list[int] = []
        answer = served(environ, lambda status, _headers, *_rest: statuses.append(int(status[:3])))
        return statuses[0], b"".join(answer)

    return Server(send, "")


def our_server(site: Site, prefix: str) -> Server:
    """A site's `handle()`, with its token."""

    def send(method: str, address: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(address)
        given = {name.lower(): value for name, value in headers.items()}
        given["authorization"] = f"Bearer {site.token}"
        response = site.gateway.handle(method, parts.path, parts.query, given, body, "127.0.0.1")
        return response.status, response.body

    return Server(send, prefix)
