"""Py3AMF's RemotingService, its class loader refusing: it would import the module that an alias names."""

import io
import warnings
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from email.message import Message
from typing import Any
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

with warnings.catch_warnings():
    # Py3AMF looks for XML libraries at its first unusual value: one of them, defusedxml.lxml, says it is deprecated.
    warnings.filterwarnings("ignore", "defusedxml", DeprecationWarning)
    import pyamf
    import pyamf.xml
    from pyamf import remoting
    from pyamf.remoting.client import RemotingService

    pyamf.xml.is_xml(None)

EXACT = 2**53
"""Beyond it a double holds no odd integer: they travel as text."""


def _refuse(alias: str) -> None:
    raise pyamf.UnknownClassAlias(alias)


pyamf.register_class_loader(_refuse)


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

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = f"{url}/amf"

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        service = RemotingService(self.url, opener=self._open, amf_version=pyamf.AMF0)
        if caller.username is not None:
            service.setCredentials(caller.username, caller.password)
        elif caller.token is not None:
            service.addHeader("wstoken", caller.token)
        values = self.expects(dict(arguments))
        positional = list(values.values()) if places(arguments) else [values] if values else []
        request = service.addRequest(function, *positional)
        return self._read(service.execute_single(request))

    def send(self, function: str, raw: str, caller: Caller) -> Seen:  # noqa: ARG002  (`raw` names it)
        headers = {"Content-Type": remoting.CONTENT_TYPE, **caller.authorization}
        answer = self._open(Request(self.url, bytes.fromhex(raw), headers))  # noqa: S310  (our own address)
        ((_, response),) = remoting.decode(answer.getvalue())
        return self._read(response)

    def expects(self, value: Any) -> Any:
        forms: Forms = {
            bytes: base64_text,
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
        fault, status = response.body, _first_value(self.last.body)
        self.fault = fault
        assert (fault.level, fault.code, fault.type) == ("error", status["errorcode"], status["exception"])
        assert (fault.description, fault.details) == (status["message"], status["cause"])
        return FaultSeen(
            status["exception"],
            status["errorcode"],
            status["message"],
            status["cause"],
            {each["path"]: each["problem"] for each in status["problems"]},
            status["request_id"],
            self.last.status,
        )


def _first_value(packet: bytes) -> Any:
    """The value in a packet's first body: of a fault the client keeps Flash's five keys only (losses.toml)."""
    at = 6
    for _ in ("target", "response"):
        at += 2 + int.from_bytes(packet[at : at + 2], "big")
    return next(pyamf.decode(packet[at + 4 :], encoding=pyamf.AMF0))


def _milliseconds(instant: datetime) -> datetime:
    return naive_utc(instant).replace(microsecond=instant.microsecond // 1000 * 1000)


def _integer(number: int) -> Any:
    return number if abs(number) <= EXACT else str(number)
