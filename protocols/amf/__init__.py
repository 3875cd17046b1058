"""AMF remoting over HTTP, for Flash, Flex and AIR clients: AMF0 values in a packet of calls."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from gateway.credentials import find_credentials
from gateway.faults import INVALID_REQUEST, Fault, Refusal
from gateway.protocol import (
    Answer,
    Call,
    Credentials,
    Message,
    Outgoing,
    Protocol,
    RemoteFault,
    Reply,
    Request,
    Route,
    Site,
)
from gateway.registry import Function
from protocols.amf.codec import AmfClient, AmfCodec
from protocols.amf.packet import (
    AMF3,
    MEDIA_TYPE,
    RESULT,
    STATUS,
    Body,
    Packet,
    Place,
    read_packet,
    switch_to_amf3,
    write_packet,
)
from protocols.amf.status import read_status, write_status
from protocols.amf.values import AmfError

__all__ = ["PROTOCOL", "Amf"]

PATH = "/amf"
TOKEN_HEADER = "wstoken"  # noqa: S105  (the name of a packet header)
CREDENTIALS_HEADER = "Credentials"
_NO_TARGET = ("", "null")


class Amf(Protocol):
    """AMF0 on `/amf`: every body of a packet is one call, answered under its own response URI."""

    name = "amf"
    title = "AMF"
    routes = (Route(PATH, frozenset({"POST"}), frozenset({MEDIA_TYPE})),)

    def parse(self, request: Request) -> Message:
        """One Call for each body, placed by its response URI. Raises INVALID_REQUEST when none could be read.

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
            credentials = find_credentials(request, *_credentials(packet))
        except Fault as fault:
            credentials, broken = Credentials(), broken or fault
        calls = [
            Call(_function_name(body), body.value, Place(body.response, body.amf3 or packet.version == AMF3))
            for body in packet.bodies
        ]
        return Message(calls, credentials, len(calls) > 1, packet.version, broken)

    def compile(self, function: Function, site: Site) -> AmfCodec:
        """The codec of one function."""
        return AmfCodec(function)

    def reply(self, request: Request, message: Message, answers: Sequence[Answer]) -> Reply:
        """The packet of all answers, faults among them: Flash calls no Responder unless the status is 200."""
        body = write_packet(message.state, [_answer(each) for each in answers])
        refusals = [each.refusal for each in answers if each.refusal is not None]
        return Reply(200, _headers(refusals), body)

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """An empty packet under the refusal's HTTP status: nobody waits for an answer that could be named."""
        return Reply(refusal.status, _headers([refusal]), write_packet(0, ()))

    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """A packet of one call with positional arguments."""
        body = write_packet(0, [(function.name, "/1", _client(function).arguments(values))])
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


def _function_name(body: Body) -> str | None:
    """What follows the last dot of the target: clients put a service or class name before it."""
    return None if body.target in _NO_TARGET else body.target.rpartition(".")[2]


def _credentials(packet: Packet) -> Iterator[Credentials]:
    """The token in a header `wstoken`, and what NetConnection.setCredentials puts into the header `Credentials`."""
    for name, value in packet.headers:
        if name == TOKEN_HEADER:
            yield Credentials(_text(name, value))
        elif name == CREDENTIALS_HEADER and value:
            if not isinstance(value, dict):
                raise INVALID_REQUEST(f"The header {CREDENTIALS_HEADER} is no object")
            username, password = (_text(name, value.get(key)) for key in ("userid", "password"))
            yield Credentials(username=username, password=password)


def _text(header: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise INVALID_REQUEST(f"The header {header} holds no text")
    return value


def _answer(answer: Answer) -> tuple[str, str, bytes]:
    """Target, response URI and value of an answer's body."""
    place: Place = answer.item.position
    if answer.refusal is not None:
        return place.uri + STATUS, "null", write_status(answer.refusal)
    payload = switch_to_amf3(answer.payload) if place.amf3 else answer.payload
    return place.uri + RESULT, "null", payload


def _headers(refusals: Sequence[Refusal]) -> dict[str, str]:
    """The content type, and the longest time that any refusal asks to wait."""
    headers = {"Content-Type": MEDIA_TYPE}
    if refusals:
        waits = [each.retry_after for each in refusals if each.retry_after is not None]
        if waits:
            headers["Retry-After"] = str(max(waits))
    return headers


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
