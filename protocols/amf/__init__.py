"""AMF remoting over HTTP, for Flash, Flex and AIR clients: packets of calls in AMF0 or AMF3, and Flex messages."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from gateway.faults import INVALID_REQUEST, Fault, Refusal
from gateway.protocol import (
    Answer,
    Credentials,
    Message,
    Outgoing,
    Protocol,
    Query,
    RemoteFault,
    Reply,
    Request,
    Route,
    Site,
)
from gateway.registry import Function
from protocols.amf.codec import AmfClient, AmfCodec
from protocols.amf.headers import credentials_of
from protocols.amf.introspection import QUERIES
from protocols.amf.packet import MEDIA_TYPE, RESULT, Body, Packet, read_packet, utf, write_packet
from protocols.amf.remoting import read_item, write_answer
from protocols.amf.status import STATUS_OBJECT, StatusWriter, read_status
from protocols.amf.values import AmfError

__all__ = ["PROTOCOL", "Amf"]

PATH = "/amf"


class Amf(Protocol):
    """AMF on `/amf`: every body of a packet is one call, answered under its own response URI."""

    name = "amf"
    title = "AMF"
    routes: ClassVar[tuple[Route, ...]] = (Route(PATH, frozenset({"POST"}), frozenset({MEDIA_TYPE})),)
    status: ClassVar[StatusWriter] = STATUS_OBJECT

    def parse(self, request: Request) -> Message:
        """One Call or Query for each body, placed by its response URI. Raises INVALID_REQUEST when none could be read.

        What stops a packet after a response URI was read is the Message's `broken`, so that each call is answered.
        """
        try:
            packet = read_packet(request.body)
        except AmfError as error:
            raise _unreadable(error) from None
        if not packet.bodies:
            raise INVALID_REQUEST("The AMF packet holds no call")
        broken = None if packet.error is None else _unreadable(packet.error)
        try:
            credentials = self.find_credentials(request, packet)
        except Fault as fault:
            credentials, broken = Credentials(), broken or fault
        items = [read_item(body, packet.version) for body in packet.bodies]
        return Message(items, credentials, len(items) > 1, packet.version, broken)

    def find_credentials(self, request: Request, packet: Packet) -> Credentials:
        """Who calls. Raises INVALID_REQUEST."""
        return credentials_of(request, packet)

    def compile(self, function: Function, site: Site) -> AmfCodec:
        """The codec of one function."""
        return AmfCodec(function)

    def reply(self, request: Request, message: Message, answers: Sequence[Answer]) -> Reply:
        """The packet of all answers, faults among them: Flash calls no Responder unless the status is 200."""
        bodies, refusals = [], []
        for each in answers:
            bodies.append(write_answer(each, self.status))
            if each.refusal is not None:
                refusals.append(each.refusal)
        return Reply(200, self.headers(refusals), write_packet(message.state, bodies))

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """An empty packet under the refusal's HTTP status: nobody waits for an answer that could be named."""
        return Reply(refusal.status, self.headers([refusal]), write_packet(0, ()))

    def headers(self, refusals: Sequence[Refusal]) -> dict[str, str]:
        """The content type, and the longest time that any refusal asks to wait."""
        headers = {"Content-Type": MEDIA_TYPE}
        if refusals:
            waits = [each.retry_after for each in refusals if each.retry_after is not None]
            if waits:
                headers["Retry-After"] = str(max(waits))
        return headers

    def describe(self, query: Query, functions: Sequence[Function], site: Site) -> Any:
        """The plain value that answers a method of MethodDescriptor."""
        return QUERIES[query.name](functions)

    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """A packet of one call with positional arguments."""
        body = write_packet(0, [(function.name, utf("/1"), _client(function).arguments(values))])
        headers = {"Content-Type": MEDIA_TYPE, "Authorization": f"Bearer {token}"}
        return Outgoing("POST", PATH, headers, body)

    def read(
        self,
        function: Function,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        site: Site,
    ) -> Any:
        """The result in the first body of an answer, as plain Python values. Raises RemoteFault."""
        answer = _first_body(status, body)
        if answer.target.endswith(RESULT):
            return _client(function).result(answer.value)
        raise read_status(answer.value)


@lru_cache(maxsize=256)
def _client(function: Function) -> AmfClient:
    return AmfClient(function)


def _unreadable(error: AmfError) -> Fault:
    return INVALID_REQUEST(f"The body is no AMF packet that can be read: {error}")


def _first_body(status: int, body: bytes) -> Body:
    """The answer in a packet; raises RemoteFault where there is none (an empty packet, an HTML page)."""
    try:
        packet = read_packet(body)
    except AmfError as error:
        raise RemoteFault("", "", f"HTTP status {status}, and the answer is no AMF packet: {error}") from None
    if packet.error is not None:
        raise RemoteFault("", "", f"The answer is cut or damaged: {packet.error}")
    if not packet.bodies:
        raise RemoteFault("", "", f"HTTP status {status}, and the AMF packet holds no answer")
    return packet.bodies[0]


PROTOCOL = Amf()
