"""Who calls, as the headers of a packet and its Flex messages say it."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from gateway.credentials import find_credentials
from gateway.faults import INVALID_REQUEST
from gateway.protocol import Credentials, Request
from protocols.amf import flex
from protocols.amf.packet import Packet

TOKEN_HEADER: Final = "wstoken"  # noqa: S105  (the name of a packet header)
CREDENTIALS_HEADER: Final = "Credentials"
_DEBUG_HEADER: Final = "amf_server_debug"
"""What the debugging player adds and demands: it asks for traces, of which there are none."""

_UNDERSTOOD = frozenset({TOKEN_HEADER, CREDENTIALS_HEADER, _DEBUG_HEADER})


def credentials_of(request: Request, packet: Packet) -> Credentials:
    """The credentials of a packet: what its HTTP request, its headers and its Flex messages show.

    The id of a Flex client counts with its calls alone: it must be able to ping and to log in after its login ended.
    Raises INVALID_REQUEST for two different ones, for what cannot be read, and for a header that must be understood
    and is not.
    """
    messages = packet.messages
    if not (packet.headers or messages):
        return find_credentials(request)
    for name in packet.demanded:
        if name not in _UNDERSTOOD:
            raise INVALID_REQUEST(f"The header {name[:50]} must be understood, and is not")
    logins = [flex.credentials_of(each) for each in messages if flex.is_login(each)]
    found = find_credentials(request, *_in_headers(packet.headers), *logins)
    clients = {flex.client_of(each) for each in messages if flex.is_call(each)} - {None}
    if len(clients) > 1:
        raise INVALID_REQUEST("The packet carries the ids of two different Flex clients")
    return Credentials(found.token, found.username, found.password, clients.pop() if clients else None)


def _in_headers(headers: Iterable[tuple[str, Any]]) -> Iterator[Credentials]:
    """The token in a header `wstoken`, and what NetConnection.setCredentials puts into the header `Credentials`."""
    for name, value in headers:
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
