"""zeep, made from the served WSDL; a token goes in the Authorization header, a password in a UsernameToken."""

from collections.abc import Mapping
from typing import Any, ClassVar

import requests
import zeep
import zeep.exceptions
from lxml import etree
from zeep.wsse.username import UsernameToken
from zeep.xsd.valueobjects import CompoundValue

from tests.conformance.clients.base import Caller, FaultSeen, Result, Seen
from tests.conformance.clients.soap import NAMESPACE, SOAP11, SOAP12, Soap, envelope


class Zeep(Soap):
    """Loads the WSDL with the token it is made with; calls with the token of each call."""

    name = "zeep"
    version: ClassVar[str] = SOAP11
    wsdl: ClassVar[str] = "/soap?wsdl"
    content_type: ClassVar[str] = "text/xml; charset=utf-8"

    def __init__(self, url: str, token: str) -> None:
        super().__init__()
        self.session = requests.Session()
        self.session.hooks["response"].append(self._keep)
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.client = zeep.Client(f"{url}{self.wsdl}", transport=zeep.Transport(session=self.session))
        self.binding = self.client.service._binding
        self.address = self.client.service._binding_options["address"]

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        operation = self.binding._operations.get(function)
        if operation is None:  # the WSDL has no such function: what remains is to write it by hand
            return self.send(function, "", caller)
        self._authorise(caller)
        typed = {name: element.type for name, element in operation.input.body.type.elements}
        values = {name: _typed(typed[name], value) for name, value in self.expects(dict(arguments)).items()}
        return self._seen(lambda: getattr(self.client.service, function)(**values))

    def send(self, function: str, raw: str, caller: Caller) -> Seen:
        self._authorise(caller)
        operation = self.binding._operations.get(function)
        headers = {"Content-Type": self.content_type, "SOAPAction": f'"{NAMESPACE}#{function}"'}
        message = envelope(function, raw, version=self.version)
        if self.client.wsse is not None:
            signed, headers = self.client.wsse.apply(etree.fromstring(message), headers)
            message = etree.tostring(signed)
        response = self.client.transport.post(self.address, message, headers)
        return self._seen(lambda: self.binding.process_reply(self.client, operation, response))

    def members(self, seen: Any) -> Mapping[str, Any] | None:
        return dict(seen.__values__) if isinstance(seen, CompoundValue) else None

    def close(self) -> None:
        self.session.close()

    def _authorise(self, caller: Caller) -> None:
        self.session.headers.pop("Authorization", None)
        self.client.wsse = None
        if caller.username is not None:
            self.client.wsse = UsernameToken(caller.username, caller.password)
        else:
            self.session.headers.update(caller.authorization)

    def _keep(self, response: requests.Response, **_: Any) -> None:
        self.last.keep(response.status_code, response.headers, response.content)

    def _seen(self, call: Any) -> Seen:
        try:
            return Result(call())
        except zeep.exceptions.Fault as fault:
            element = self.client.get_element(f"{{{NAMESPACE}}}apiFault")
            detail = element.parse(fault.detail[0], self.client.wsdl.types)
            problems = detail.problems.Problem if detail.problems else []
            return FaultSeen(
                detail.exception,
                detail.errorcode,
                fault.message,
                detail.cause or "",
                {each.path: each.problem for each in problems},
                detail.request_id,
                self.last.status,
            )


class Zeep12(Zeep):
    """The same over SOAP 1.2, from the WSDL of that version."""

    name = "zeep-soap12"
    version = SOAP12
    wsdl = "/soap?wsdl&soap=12"
    content_type = "application/soap+xml; charset=utf-8"


def _typed(node: Any, value: Any) -> Any:
    """A value as zeep takes it: a list goes inside of its array type, under the name of the items."""
    if isinstance(value, list) and hasattr(node, "elements"):
        ((name, item),) = node.elements
        return {name: [_typed(item.type, each) for each in value]}
    if isinstance(value, dict):
        types = {name: element.type for name, element in node.elements}
        return {name: _typed(types[name], each) for name, each in value.items()}
    return value
