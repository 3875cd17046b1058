"""XML-RPC as clients for Moodle speak it: `/webservice/xmlrpc/server.php` and `simpleserver.php`.

The envelope is that of the modern face. Credentials come in the query; a value is taken by its text, whatever its
element (Moodle 3.1 and later); the errorcode is the last part of a faultString.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from gateway.faults import Refusal
from gateway.moodle.access import HEADERS, query_credentials, routes, with_token
from gateway.moodle.clean import compile_clean
from gateway.protocol import Answer, Call, Credentials, Face, Outgoing, Request, Site
from gateway.registry import Function
from protocols.xmlrpc.codec import XmlRpcCodec
from protocols.xmlrpc.envelope import CONTENT_TYPE
from protocols.xmlrpc.faults import moodle_fault_string, write_fault
from protocols.xmlrpc.multicall import write_answers
from protocols.xmlrpc.protocol import XmlRpc


class MoodleXmlRpcCodec(XmlRpcCodec):
    """One function: positional parameters, held to clean and compare."""

    def __init__(self, function: Function) -> None:
        super().__init__(function)
        self._clean = compile_clean(function.signature.parameters)

    def bind(self, call: Call) -> dict[str, Any]:
        """See XmlRpcCodec; digits are the int that they say, and a struct is a list whose keys do not count."""
        return self._clean(super().bind(call))


class MoodleXmlRpc(XmlRpc):
    """The XML-RPC adapter for clients of Moodle."""

    face: ClassVar[Face] = "moodle"
    routes = routes("xmlrpc", frozenset({"POST"}))

    def find_credentials(self, request: Request) -> Credentials:
        """The credentials in the query; no header counts. Raises INVALID_REQUEST, TOO_LARGE."""
        return query_credentials(request)

    def compile(self, function: Function, site: Site) -> MoodleXmlRpcCodec:
        """The codec of one function."""
        return MoodleXmlRpcCodec(function)

    def write_fault(self, refusal: Refusal) -> bytes:
        """The `<value>` of a fault, as Moodle writes it."""
        return write_fault(refusal, moodle_fault_string)

    def write_answers(self, answers: Sequence[Answer]) -> bytes:
        """The `<value>` that answers a multicall: Moodle's results stand in the array as they are."""
        return write_answers(answers, self.write_fault, wrapped=False)

    def headers(self, refusals: Sequence[Refusal]) -> dict[str, str]:
        """Moodle's, and the longest time that any refusal asks to wait."""
        return {**HEADERS, **super().headers(refusals)}

    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """A POST with positional parameters, the token in the query."""
        outgoing = super().sample(function, values, "", site)
        address = with_token(self.routes[0].path, token)
        return replace(outgoing, path=address, headers={"Content-Type": CONTENT_TYPE})


PROTOCOL = MoodleXmlRpc()
