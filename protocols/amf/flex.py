"""Flex messages (flex.messaging.messages): what Flex, AIR and Royale clients put around a call and its answer.

A client pings first, or logs in at once; the answer tells it an id (the header DSId), which it shows with every message
from then on. It takes no other id later, so a login counts under the one that the ping told (gateway/sessions.py).
Names of members, headers and fault codes, and the numbers of operations, are those of Apache BlazeDS, the server that
these clients were made for (its package flex.messaging.messages).
"""

import binascii
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from gateway.faults import INVALID_REQUEST, Refusal
from gateway.protocol import Credentials, Login, Logout, Ping, Query, SessionQuery
from protocols.amf import writer3
from protocols.amf.packet import Place
from protocols.amf.status import StatusWriter, details_of
from protocols.amf.values import MESSAGES, Typed

CLIENT_HEADER: Final = "DSId"
NO_CLIENT: Final = "nil"
"""What a client shows that has no id yet."""

LOGIN: Final = 8

_COMMAND: Final = f"{MESSAGES}CommandMessage"
_CALL: Final = f"{MESSAGES}RemotingMessage"
_TALK: Mapping[int, tuple[str, type[SessionQuery]]] = {
    5: ("flex.ping", Ping),
    LOGIN: ("flex.login", Login),
    9: ("flex.logout", Logout),
    12: ("flex.disconnect", Logout),
    13: ("flex.connect", Ping),
}
"""The operations of a CommandMessage that are answered; who disconnects has gone, so his login ends."""
_PUSH: Mapping[int, str] = {0: "subscribe", 1: "unsubscribe", 2: "poll", 11: "multi-subscribe"}


def place_message(message: Typed, uri: str) -> Place:
    """Where the answer goes: in AMF3, which every Flex client reads, into a message, whose traits come first."""
    return Place(uri, amf3=True, traits=1, message=message)


def is_call(message: Typed) -> bool:
    """Whether a message calls a function."""
    return message.name == _CALL


def target_of(message: Typed) -> str:
    """What is called: `source.operation`; without a source `operation` if it is whole, else `destination.operation`."""
    source, operation, destination = (_text(message, each) for each in ("source", "operation", "destination"))
    if "." in operation and not source:
        return operation
    return f"{source or destination}.{operation}"


def is_login(message: Typed) -> bool:
    """Whether a message begins a session."""
    return _operation(message) == LOGIN


def read_command(message: Typed, place: Place) -> Query:
    """What a message asks for that calls nothing; `broken` if it is nothing that is offered."""
    operation = _operation(message)
    if operation in _TALK:
        name, kind = _TALK[operation]
        return kind(name, position=place, client=client_of(message))
    what = _PUSH.get(operation) or message.name.removeprefix(MESSAGES)[:50]
    refusal = f"Flex's {what} is not offered: this gateway answers calls, and sends nothing by itself"
    return Query("flex", position=place, broken=INVALID_REQUEST(refusal, message=refusal))


def _operation(message: Typed) -> int:
    """The number of a command's operation; -1 for what is none."""
    operation: Any = message.members.get("operation") if message.name == _COMMAND else None
    return int(operation) if type(operation) in (int, float) and operation in range(32) else -1


def client_of(message: Typed) -> str | None:
    """The id that a client shows; None if it has none yet."""
    client = _header(message, CLIENT_HEADER)
    return client if type(client) is str and client != NO_CLIENT else None


def credentials_of(message: Typed) -> Credentials:
    """The user name and password in the body of a login: base64 of `name:password`. Raises INVALID_REQUEST.

    Of which charset the octets are a client says or not; Flex's own encoder takes the low octet of each character,
    ISO-8859-1, unless it is told otherwise.
    """
    try:
        octets = binascii.a2b_base64("".join(_text(message, "body").split()), strict_mode=True)
    except ValueError:
        raise INVALID_REQUEST("The user name and password of the login are not base64") from None
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("iso-8859-1")
    username, _, password = text.partition(":")
    return Credentials(username=username, password=password)


def write_acknowledgement(message: Typed, request_id: str, result: bytes, client: str | None = None) -> bytes:
    """The AcknowledgeMessage that brings a result in AMF3; a `client` is the id that it tells."""
    return _write("AcknowledgeMessage", {"body": result}, message, request_id, client)


def write_error(
    message: Typed, refusal: Refusal, status: StatusWriter, *, client: str | None, logging_in: bool
) -> bytes:
    """The ErrorMessage of a refusal; `extendedData` is the `status` object that clients without Flex get.

    A client whose first message was a login that failed takes the id from here (`client`), or never.
    """
    members = {
        "extendedData": status.amf3(refusal, 1),
        "faultCode": writer3.write_text(_fault_code(refusal, logging_in)),
        "faultString": writer3.write_text(refusal.message),
        "faultDetail": writer3.write_text(details_of(refusal)),
        "rootCause": writer3.NULL,
        "body": writer3.NULL,
    }
    return _write("ErrorMessage", members, message, refusal.request_id, client)


def _write(
    kind: str, members: dict[str, bytes], message: Typed, request_id: str, client: str | None
) -> bytes:
    """A message of this kind in AMF3, `members` first; who sent `message` finds its own id in it."""
    headers = {CLIENT_HEADER: writer3.write_text(client)} if client is not None else {}
    agent = _text(message, "clientId") or _make_id("client", request_id)
    members |= {
        "clientId": writer3.write_text(agent),
        "correlationId": writer3.write_text(_text(message, "messageId")),
        "destination": writer3.NULL,
        "headers": writer3.write_object(headers),
        "messageId": writer3.write_text(_make_id("message", request_id)),
        "timeToLive": writer3.write_integer(0),
        "timestamp": writer3.write_integer(0),
    }
    return writer3.write_typed(f"{MESSAGES}{kind}", members)


def _fault_code(refusal: Refusal, logging_in: bool) -> str:
    """BlazeDS's code: Client.Authentication tells a client that it must log in, and is connected all the same."""
    if refusal.status == 401 or (refusal.status == 403 and logging_in):
        return "Client.Authentication"
    if refusal.errorcode == INVALID_REQUEST.errorcode:
        return "Client.Message.Encoding"
    return {403: "Client.Authorization", 404: "Server.ResourceUnavailable"}.get(
        refusal.status, "Server.Processing"
    )


def _make_id(kind: str, request_id: str) -> str:
    """An id as Flex forms them, made of the request id: no other message has it."""
    return str(UUID(bytes=sha256(f"{kind}:{request_id}".encode()).digest()[:16])).upper()


def _text(message: Typed, name: str) -> str:
    value = message.members.get(name)
    return value if type(value) is str else ""


def _header(message: Typed, name: str) -> Any:
    headers = message.members.get("headers")
    return headers.get(name) if type(headers) is dict else None
