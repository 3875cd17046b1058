"""Py3AMF, its class loader refusing: it would import the module that an alias names.

Its RemotingService in both encodings, and its classes of Flex messages as a Flex client sends them.
"""

import io
import warnings
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from email.message import Message
from typing import Any, ClassVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.conformance.clients.base import (
    Caller,
    Client,
    FaultSeen,
    Forms,
    Result,
    Seen,
    base64_text,
    naive_utc,
    places,
    rewrite,
)
from tests.support.flex import FlexClient, FlexFault
from tests.support.wire import pyamf, remoting

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "defusedxml", DeprecationWarning)
    from pyamf.amf3 import ByteArray
    from pyamf.remoting.client import RemotingService

EXACT = 2**53
"""Beyond it a double holds no odd integer: they travel as text."""


class _Answer(io.BytesIO):
    """An answer that was read and closed, as urllib gives it."""

    def __init__(self, headers: Message, body: bytes) -> None:
        super().__init__(body)
        self.headers = headers

    def info(self) -> Message:
        return self.headers


class Amf(Client):
    """Py3AMF; the token goes in the packet header `wstoken`, user name and password in its own header."""

    name = "pyamf"
    protocol = "amf"
    fault_statuses = (200, 200)
    version: ClassVar[int] = pyamf.AMF0
    octets: ClassVar[Callable[[bytes], Any]] = staticmethod(base64_text)
    """The form of octets."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = f"{url}/amf"

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        service = self.service(caller)
        request = service.addRequest(self.target(function), *self._positional(arguments))
        return self._read(service.execute_single(request))

    def service(self, caller: Caller) -> RemotingService:
        """The client's own, with the credentials in headers of the packet."""
        service = RemotingService(self.address(caller), opener=self._open, amf_version=self.version)
        if caller.username is not None:
            service.setCredentials(caller.username, caller.password)
        elif caller.token is not None:
            service.addHeader("wstoken", caller.token)
        return service

    def target(self, function: str) -> str:
        """What the client calls a function."""
        return function

    def _positional(self, arguments: Mapping[str, Any]) -> list[Any]:
        values = self.expects(dict(arguments))
        return list(values.values()) if places(arguments) else [values] if values else []

    def send(self, function: str, raw: str, caller: Caller) -> Seen:  # noqa: ARG002  (`raw` names it)
        headers = {"Content-Type": remoting.CONTENT_TYPE, **caller.authorization}
        answer = self._open(Request(self.address(caller), bytes.fromhex(raw), headers))  # noqa: S310  (our own)
        ((_, response),) = remoting.decode(answer.getvalue())
        return self._read(response)

    def address(self, caller: Caller) -> str:  # noqa: ARG002  (Moodle's holds the credentials)
        """Where the client calls."""
        return self.url

    def expects(self, value: Any) -> Any:
        forms: Forms = {
            bytes: self.octets,
            Decimal: str,
            date: date.isoformat,
            datetime: _milliseconds,
            int: _integer,
        }
        return rewrite(value, forms)

    def plain(self, seen: Any) -> Any:
        return vars(seen) if isinstance(seen, remoting.BaseFault) else seen

    def _open(self, request: Request) -> _Answer:
        try:
            with urlopen(request, timeout=30) as response:  # noqa: S310  (our own address)
                headers, body = response.headers, response.read()
                self.last.keep(response.status, dict(headers), body)
        except HTTPError as error:
            with error:
                self.last.keep(error.code, dict(error.headers), error.read())
            raise
        return _Answer(headers, body)

    def _read(self, response: remoting.Response) -> Seen:
        if response.status == remoting.STATUS_OK:
            return Result(response.body)
        assert response.status == remoting.STATUS_ERROR
        self.fault = response.body
        status = first_value(self.last.body)
        self.compare(response.body, status)
        return self._fault(status)

    def compare(self, fault: Any, status: Mapping[str, Any]) -> None:
        """The client keeps Flash's five keys only (losses.toml), which say the same as the others."""
        assert (fault.level, fault.code, fault.type) == ("error", status["errorcode"], status["exception"])
        assert (fault.description, fault.details) == (status["message"], status["cause"])

    def _fault(self, status: Mapping[str, Any]) -> FaultSeen:
        return FaultSeen(
            status["exception"],
            status["errorcode"],
            status["message"],
            status["cause"],
            {each["path"]: each["problem"] for each in status["problems"]},
            status["request_id"],
            self.last.status,
        )


class Amf3(Amf):
    """The same in AMF3, which has octets of its own."""

    name = "pyamf3"
    version = pyamf.AMF3
    octets = ByteArray


class Flex(Amf3):
    """A Flex client; who has a password pings and logs in with it, a token goes in the packet header."""

    name = "flex"

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        client = FlexClient(self._post, [("wstoken", caller.token)] if caller.token is not None else [])
        try:
            if caller.username is not None:
                client.ping()
                client.log_in(caller.username, caller.password)
            return Result(client.call(function, *self._positional(arguments)))
        except FlexFault as fault:
            self.fault = fault.message
            status = fault.message.extendedData
            assert (fault.message.faultString, fault.message.faultDetail) == (
                status["message"],
                status["cause"],
            )
            return self._fault(status)

    def _post(self, body: bytes) -> bytes:
        request = Request(self.url, body, {"Content-Type": remoting.CONTENT_TYPE})  # noqa: S310  (our own address)
        return self._open(request).getvalue()


def first_value(packet: bytes) -> Any:
    """The value in a packet's first body."""
    at = 6
    for _ in ("target", "response"):
        at += 2 + int.from_bytes(packet[at : at + 2], "big")
    return next(pyamf.decode(packet[at + 4 :], encoding=pyamf.AMF0))


def _milliseconds(instant: datetime) -> datetime:
    return naive_utc(instant).replace(microsecond=instant.microsecond // 1000 * 1000)


def _integer(number: int) -> Any:
    return number if abs(number) <= EXACT else str(number)
