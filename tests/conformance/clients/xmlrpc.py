"""xmlrpc.client of the standard library, with `allow_none` and `use_builtin_types` as its users set them."""

import hashlib
import http.client
import re
import xmlrpc.client
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from tests.conformance.clients.base import (
    Caller,
    Client,
    Exchange,
    FaultSeen,
    Forms,
    Result,
    Seen,
    naive_utc,
    places,
    rewrite,
)

_PARTS = {"PROBLEMS": "problems", "DEBUG INFO": "cause", "EXCEPTION": "exception"}
_PARTS |= {"REQUEST": "request_id", "ERRORCODE": "errorcode"}
_PART = re.compile("(" + "|".join(_PARTS) + "): (.*)", re.DOTALL)


class _Transport(xmlrpc.client.Transport):
    """The client's own, which keeps a copy of each answer and sends credentials."""

    def __init__(self, last: Exchange) -> None:
        super().__init__(use_builtin_types=True)
        self.last = last
        self.caller = Caller()

    def send_headers(self, connection: http.client.HTTPConnection, headers: Any) -> None:
        super().send_headers(connection, [*headers, *self.caller.authorization.items()])

    def parse_response(self, response: Any) -> Any:
        packed = response.getheader("Content-Encoding", "") == "gzip"  # as the client's own does
        body = (xmlrpc.client.GzipDecodedResponse(response) if packed else response).read()
        self.last.keep(response.status, dict(response.getheaders()), body)
        parser, unmarshaller = self.getparser()
        parser.feed(body)
        parser.close()
        return unmarshaller.close()


class XmlRpc(Client):
    """The standard library's client."""

    name = "xmlrpc.client"
    protocol = "xmlrpc"
    fault_statuses = (200, 200)

    def __init__(self, url: str) -> None:
        super().__init__()
        self.host = url.removeprefix("http://")
        self.transport = _Transport(self.last)
        self.server = xmlrpc.client.ServerProxy(
            f"{url}/xmlrpc", self.transport, allow_none=True, use_builtin_types=True
        )

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        values = self.expects(dict(arguments))
        positional = list(values.values()) if places(arguments) else [values] if values else []
        self.transport.caller = caller
        try:
            return Result(getattr(self.server, function)(*positional))
        except xmlrpc.client.Fault as fault:
            return self._fault(fault)

    def send(self, function: str, raw: str, caller: Caller) -> Seen:  # noqa: ARG002  (`raw` names it)
        self.transport.caller = Caller() if "?" in (address := self.address(caller)) else caller
        try:
            return Result(self.transport.request(self.host, address, raw.encode())[0])
        except xmlrpc.client.Fault as fault:
            return self._fault(fault)

    def address(self, caller: Caller) -> str:  # noqa: ARG002  (who calls is in a header)
        """Where this caller calls."""
        return "/xmlrpc"

    def expects(self, value: Any) -> Any:
        forms: Forms = {
            Decimal: str,
            date: date.isoformat,
            datetime: lambda each: naive_utc(each).replace(microsecond=0),
        }
        return rewrite(value, forms)

    def close(self) -> None:
        self.transport.close()

    def _fault(self, fault: xmlrpc.client.Fault) -> FaultSeen:
        message, *parts = fault.faultString.split(" | ")
        found = dict.fromkeys(_PARTS.values(), "")
        for part in parts:
            matched = _PART.fullmatch(part)
            assert matched, f"an unknown part: {part}"
            found[_PARTS[matched[1]]] = matched[2]
        assert fault.faultCode == _code(found["errorcode"])
        problems = msgspec.json.decode(found["problems"] or "[]")
        return FaultSeen(
            found["exception"],
            found["errorcode"],
            message,
            found["cause"],
            {each["path"]: each["problem"] for each in problems},
            found["request_id"],
            self.last.status,
        )


def _code(errorcode: str) -> int:
    """Moodle's: the first 8 decimal digits of the MD5."""
    return int(str(int(hashlib.md5(errorcode.encode()).hexdigest(), 16))[:8])  # noqa: S324  (no secret)
