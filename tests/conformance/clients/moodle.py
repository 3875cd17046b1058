"""Clients at Moodle's addresses, as scripts for Moodle call them.

httpx with forms that ask for JSON, xmlrpc.client, and SOAP as PHP's SoapClient writes it; that one itself takes the
steps of tests/interop/moodle.py.
"""

import xmlrpc.client
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from gateway.web import Response
from tests.access.moodle_faces import IN_THE_ENGINE
from tests.conformance.clients.amf import Amf, RemotingService
from tests.conformance.clients.base import TEXTS, Caller, Client, FaultSeen, Result, Seen, places, rewrite
from tests.conformance.clients.rest import form_fields
from tests.conformance.clients.xmlrpc import XmlRpc
from tests.moodle import soap


def _door(protocol: str, caller: Caller) -> str:
    """The address for this kind of credential."""
    return f"/webservice/{protocol}/{'server' if caller.username is None else 'simpleserver'}.php"


def _shown(caller: Caller) -> dict[str, str]:
    """What the caller shows, as parameters."""
    if caller.username is not None:
        return {"wsusername": caller.username, "wspassword": caller.password}
    return {} if caller.token is None else {"wstoken": caller.token}


class MoodleRest(Client):
    """A form in, JSON out. Null and empty lists cannot be said: they are left out."""

    name = "moodle-rest"
    protocol = "rest"
    fault_statuses = (200, 200)
    tells = frozenset({"exception"})

    def __init__(self, url: str) -> None:
        super().__init__()
        self.http = httpx.Client(base_url=url, timeout=30)

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        fields = form_fields(rewrite(dict(arguments), TEXTS), empty_lists=False)
        return self.send(function, urlencode(list(fields)), caller)

    def send(self, function: str, raw: str, caller: Caller) -> Seen:
        reserved = _shown(caller) | {"wsfunction": function, "moodlewsrestformat": "json"}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = f"{urlencode(reserved)}&{raw}"
        return self._read(self.http.post(_door("rest", caller), content=body, headers=headers))

    def expects(self, value: Any) -> Any:
        return rewrite(value, TEXTS)

    def fault_status(self, own: int, caller: Caller, check: str | None) -> int:  # noqa: ARG002
        return own if check in ("1", "2") else 200

    def close(self) -> None:
        self.http.close()

    def _read(self, response: httpx.Response) -> Seen:
        self.last.keep(response.status_code, response.headers, response.content)
        assert response.headers["content-type"] == "application/json"
        body = response.json()
        if not (isinstance(body, dict) and "exception" in body):
            assert response.status_code == 200
            return Result(body)
        self.fault = body
        return FaultSeen(
            body["exception"],
            body["errorcode"],
            body["message"],
            body.get("debuginfo", ""),
            {},
            "",
            response.status_code,
        )


class MoodleSoap(Client):
    """PHP's messages over httpx, read with lxml: lists are arrays, structures Maps, parts come by name or position."""

    name = "moodle-soap"
    protocol = "soap"
    tells = frozenset()

    def __init__(self, url: str) -> None:
        super().__init__()
        self.http = httpx.Client(base_url=url, timeout=30)

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        prefix = "param" if places(arguments) else ""
        parts = [soap.part(f"{prefix}{name}", value) for name, value in self.expects(dict(arguments)).items()]
        return self.send(function, "".join(parts), caller)

    def send(self, function: str, raw: str, caller: Caller) -> Seen:
        address = f"{_door('soap', caller)}?{urlencode(_shown(caller))}"
        headers = {"content-type": "text/xml; charset=utf-8"}
        response = self.http.post(address, content=soap.called(function, raw), headers=headers)
        self.last.keep(response.status_code, response.headers, response.content)
        answer = Response(response.status_code, dict(response.headers), response.content)
        if b":Fault>" not in response.content:
            return Result(soap.result(answer))
        self.fault = soap.fault(answer)
        errorcode, cause = self.fault["faultactor"], self.fault.get("detail", "")
        message = self.fault["faultstring"].removesuffix(f" | ERRORCODE: {errorcode}")
        return FaultSeen("", errorcode, message.removesuffix(f" - {cause}"), cause, {}, "", answer.status)

    def expects(self, value: Any) -> Any:
        return rewrite(value, TEXTS)

    def fault_status(self, own: int, caller: Caller, check: str | None) -> int:  # noqa: ARG002
        before_the_engine = caller.shows_nothing or (check is not None and check not in IN_THE_ENGINE)
        return 200 if before_the_engine else 500

    def close(self) -> None:
        self.http.close()


class MoodleAmf(Amf):
    """Py3AMF, with the credentials in the address and functions of Moodle's virtual class."""

    name = "moodle-amf"
    tells = frozenset({"exception"})

    def service(self, caller: Caller) -> Any:
        return RemotingService(self.address(caller), opener=self._open, amf_version=self.version)

    def target(self, function: str) -> str:
        return f"webservices_virtual_class_000000.{function}"

    def address(self, caller: Caller) -> str:
        return f"{self.url.removesuffix('/amf')}{_door('amf', caller)}?{urlencode(_shown(caller))}"

    def compare(self, fault: Any, status: Mapping[str, Any]) -> None:
        assert (fault.description, status["line"], status["code"]) == (status["description"], 0, 0)

    def _fault(self, status: Mapping[str, Any]) -> FaultSeen:
        exception, errorcode, cause = status["exception"], status["errorcode"], status["detail"]
        return FaultSeen(exception, errorcode, status["description"], cause, {}, "", self.last.status)


class MoodleXmlRpc(XmlRpc):
    """The standard library's client, with the credentials in the address."""

    name = "moodle-xmlrpc"
    tells = frozenset()

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        values = self.expects(dict(arguments))
        positional = list(values.values()) if places(arguments) else [values] if values else []
        return self.send(function, xmlrpc.client.dumps(tuple(positional), function, allow_none=True), caller)

    def address(self, caller: Caller) -> str:
        return f"{_door('xmlrpc', caller)}?{urlencode(_shown(caller))}"
