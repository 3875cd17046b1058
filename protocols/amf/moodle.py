"""AMF as clients for Moodle speak it: `/webservice/amf/server.php` and `simpleserver.php` (Moodle 2.7, webservice/amf).

Packets and Flex messages are those of the modern face. Credentials come in the query; functions are those of one class,
as MethodDescriptor.getMethods says; faults have Moodle's keys.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

from gateway.faults import Refusal
from gateway.moodle.access import HEADERS, query_credentials, routes, with_token
from gateway.moodle.clean import compile_clean
from gateway.protocol import (
    Call,
    Credentials,
    Face,
    Message,
    Outgoing,
    Ping,
    Query,
    Request,
    SessionQuery,
    Site,
)
from gateway.registry import Function
from protocols.amf import Amf
from protocols.amf.codec import AmfCodec
from protocols.amf.introspection import QUERIES, list_parameters
from protocols.amf.packet import MEDIA_TYPE, Packet
from protocols.amf.status import MOODLE_STATUS_OBJECT, StatusWriter

VIRTUAL_CLASS: Final = "webservices_virtual_class_000000"
"""What clients for Moodle call functions by; what stands before the last dot is not looked at."""


def _list_methods(functions: Sequence[Function]) -> dict[str, Any]:
    methods = {each.name: {"docs": each.doc, "params": list_parameters(each)} for each in functions}
    return {VIRTUAL_CLASS: {"docs": "The functions that this caller may call.", "methods": methods}}


_QUERIES: Mapping[str, Callable[[Sequence[Function]], Any]] = {
    **QUERIES,
    "MethodDescriptor.getMethods": _list_methods,
    "MethodDescriptor.getClasses": lambda _functions: [VIRTUAL_CLASS],
}


class MoodleAmfCodec(AmfCodec):
    """One function: positional arguments, held to clean and compare."""

    def __init__(self, function: Function) -> None:
        super().__init__(function)
        self._clean = compile_clean(function.signature.parameters)

    def bind(self, call: Call) -> dict[str, Any]:
        """See AmfCodec; digits are the int that they say, and the keys of an array do not count."""
        return self._clean(super().bind(call))


def _as_ping(item: Call | Query) -> Call | Query:
    if not isinstance(item, SessionQuery):
        return item
    return Ping(item.name, position=item.position, client=item.client)


class MoodleAmf(Amf):
    """The AMF adapter for clients of Moodle."""

    face: ClassVar[Face] = "moodle"
    routes = routes("amf", frozenset({"POST"}))
    status: ClassVar[StatusWriter] = MOODLE_STATUS_OBJECT

    def parse(self, request: Request) -> Message:
        """See Amf; a Flex login and logout are pings, for the credentials come in the query of every request."""
        message = super().parse(request)
        message.items = [_as_ping(each) for each in message.items]
        return message

    def find_credentials(self, request: Request, packet: Packet) -> Credentials:
        """The credentials in the query; no header counts, neither of HTTP nor of the packet."""
        return query_credentials(request)

    def compile(self, function: Function, site: Site) -> MoodleAmfCodec:
        """The codec of one function."""
        return MoodleAmfCodec(function)

    def describe(self, query: Query, functions: Sequence[Function], site: Site) -> Any:
        """The plain value that answers a method of MethodDescriptor."""
        return _QUERIES[query.name](functions)

    def headers(self, refusals: Sequence[Refusal]) -> dict[str, str]:
        """Moodle's, and the longest time that any refusal asks to wait."""
        return {**HEADERS, **super().headers(refusals)}

    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """A packet of one call with positional arguments, the token in the query."""
        outgoing = super().sample(function, values, "", site)
        address = with_token(self.routes[0].path, token)
        return replace(outgoing, path=address, headers={"Content-Type": MEDIA_TYPE})


PROTOCOL = MoodleAmf()
