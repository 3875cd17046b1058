"""From a packet's body to the Call or Query that it is, and from an answer to the body that brings it."""

from typing import Any

from gateway.protocol import Answer, Call, Query, SessionQuery
from protocols.amf import flex, writer, writer3
from protocols.amf.introspection import QUERIES
from protocols.amf.packet import AMF3, NO_RESPONSE, RESULT, STATUS, Body, Place, switch_to_amf3
from protocols.amf.status import StatusWriter
from protocols.amf.values import Typed

_NO_TARGET = ("", "null")


def read_item(body: Body, version: int) -> Call | Query:
    """What a body of a packet of this version asks for; its arguments are still unread."""
    message = body.message
    if message is None:
        place = Place(body.response, body.amf3 or version == AMF3)
        return _read_target(None if body.target in _NO_TARGET else body.target, body.value, place)
    place = flex.place_message(message, body.response)
    if not flex.is_call(message):
        return flex.read_command(message, place)
    return _read_target(flex.target_of(message), message.members.get("body"), place)


def _read_target(target: str | None, arguments: Any, place: Place) -> Call | Query:
    """The function is what follows the last dot: clients put the name of a service or class before it."""
    if target is None:
        return Call(None, arguments, place)
    if target in QUERIES:
        return Query(target, position=place)
    return Call(target.rpartition(".")[2], arguments, place)


def write_answer(answer: Answer, status: StatusWriter) -> tuple[str, bytes, bytes]:
    """The target, response URI and value of the body that brings an answer, a fault (`status`) among them."""
    place: Place = answer.item.position
    refusal, value = answer.refusal, answer.payload
    if place.message is not None:
        value = _message(answer, place.message, status)
    elif refusal is not None:
        value = status.amf3(refusal) if place.amf3 else status.amf0(refusal)
    elif isinstance(answer.item, Query):
        value = writer3.write_plain(value) if place.amf3 else writer.write_plain(value)
    outcome = RESULT if refusal is None else STATUS
    return place.uri + outcome, NO_RESPONSE, switch_to_amf3(value) if place.amf3 else value


def _message(answer: Answer, message: Typed, status: StatusWriter) -> bytes:
    """The Flex message that answers one."""
    item, payload = answer.item, answer.payload
    if answer.refusal is not None:
        logging_in = flex.is_login(message)
        return flex.write_error(message, answer.refusal, status, client=payload, logging_in=logging_in)
    if isinstance(item, SessionQuery):
        return flex.write_acknowledgement(message, answer.request_id, writer3.NULL, payload)
    result = writer3.write_plain(payload) if isinstance(item, Query) else payload
    return flex.write_acknowledgement(message, answer.request_id, result)
