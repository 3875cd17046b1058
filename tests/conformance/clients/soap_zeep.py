"""zeep, made from the served WSDL; the token goes in the Authorization header."""

from collections.abc import Mapping
from typing import Any

import requests
import zeep
import zeep.exceptions
from zeep.xsd.valueobjects import CompoundValue

from tests.conformance.clients.base import FaultSeen, Result, Seen
from tests.conformance.clients.soap import NAMESPACE, Soap, envelope


class Zeep(Soap):
    """Loads the WSDL with the token it is made with; calls with the token of each call."""

    name = "zeep"

    def __init__(self, url: str, token: str) -> None:
        super().__init__()
        self.session = requests.Session()
        self.session.hooks["response"].append(self._keep)
        self._authorise(token)
        self.client = zeep.Client(f"{url}/soap?wsdl", transport=zeep.Transport(session=self.session))
        self.binding = self.client.service._binding
        self.address = self.client.service._binding_options["address"]

    def call(self, function: str, arguments: Mapping[str, Any], token: str | None) -> Seen:
        operation = self.binding._operations.get(function)
        if operation is None:  # the WSDL has no such function: what remains is to write it by hand
            return self.send(function, "", token)
        self._authorise(token)
        typed = {name: element.type for name, element in operation.input.body.type.elements}
        values = {name: _typed(typed[name], value) for name, value in self.expects(dict(arguments)).items()}
        return self._seen(lambda: getattr(self.client.service, function)(**values))

    def send(self, function: str, raw: str, token: str | None) -> Seen:
        self._authorise(token)
        operation = self.binding._operations.get(function)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NAMESPACE}#{function}"'}
        response = self.client.transport.post(self.address, envelope(function, raw), headers)
        return self._seen(lambda: self.binding.process_reply(self.client, operation, response))

    def members(self, seen: Any) -> Mapping[str, Any] | None:
        return dict(seen.__values__) if isinstance(seen, CompoundValue) else None

    def close(self) -> None:
        self.session.close()

    def _authorise(self, token: str | None) -> None:
        self.session.headers.pop("Authorization", None)
        if token is not None:
            self.session.headers["Authorization"] = f"Bearer {token}"

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


def _typed(node: Any, value: Any) -> Any:
    """A value as zeep takes it: a list goes inside of its array type, under the name of the items."""
    if isinstance(value, list) and hasattr(node, "elements"):
        ((name, item),) = node.elements
        return {name: [_typed(item.type, each) for each in value]}
    if isinstance(value, dict):
        types = {name: element.type for name, element in node.elements}
        return {name: _typed(types[name], each) for name, each in value.items()}
    return value
