"""The envelope of AMF remoting: a version, headers, and bodies that each call or answer (AMF0, section 4)."""

import struct
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from gateway import limits
from protocols.amf.amf0 import AVM_PLUS, Decoder
from protocols.amf.reader import as_list
from protocols.amf.values import TRUNCATED, AmfError, Budget, Typed

AMF3: Final = 3
VERSIONS = (0, AMF3)
"""What the client speaks, AMF0 or AMF3; either envelope holds AMF0 values, and AMF3 behind a marker of AMF0."""

RESULT: Final = "/onResult"
STATUS: Final = "/onStatus"
MEDIA_TYPE: Final = "application/x-amf"

_AVM_PLUS = bytes([AVM_PLUS])
_LONGEST_URI = 0xFFFF - len(STATUS)
_HEADERS, _BODIES = 4, 6
"""Where the headers of a packet begin, and where its bodies do if it has no headers."""

_read_head = struct.Struct(">HHH").unpack_from
_read_count = struct.Struct(">H").unpack_from
_head = struct.Struct(">HHH").pack
_short = struct.Struct(">H").pack
_long = struct.Struct(">I").pack


class Body(msgspec.Struct):
    """One call or answer: `response` is the URI under which the client waits for the answer.

    `amf3` says that the value is in AMF3, wholly or in part: whoever sent it reads that too. `message` is the Flex
    message that the value is, or is the only argument of.
    """

    target: str
    response: str
    value: Any = None
    amf3: bool = False
    message: Typed | None = None


class Place(msgspec.Struct, frozen=True):
    """Where the answer to a body goes: its response URI, and whether its value is to be AMF3.

    `traits` says how many AMF3 traits come before the result, in what is put around it; `message` is the Flex message
    that is answered, with another one.
    """

    uri: str
    amf3: bool = False
    traits: int = 0
    message: Typed | None = None


class Packet(msgspec.Struct):
    """A packet, as far as it could be read: `error` says why the rest could not.

    `messages` are the Flex messages in its bodies; `demanded` the names of the headers that must be understood (AMF0,
    section 4.1).
    """

    version: int = 0
    headers: list[tuple[str, Any]] = []
    bodies: list[Body] = []
    messages: list[Typed] = []
    error: AmfError | None = None
    demanded: list[str] = []


def read_packet(data: bytes) -> Packet:
    """The headers and bodies of a packet, plain values in them.

    Declared lengths are not looked at: clients send 0, 1 and ffffffff. When a body cannot be read, those before it
    and its own response URI still stand, and `error` is set. Raises AmfError when no response URI was reached.
    """
    packet = Packet()
    try:
        _read_into(packet, data)
    except TRUNCATED:
        packet.error = AmfError("it ends in the middle of a value")
    except UnicodeDecodeError:
        packet.error = AmfError("a text is not UTF-8")
    except AmfError as error:
        packet.error = error
    if packet.error is not None and not packet.bodies:
        raise packet.error
    return packet


def _read_into(packet: Packet, data: bytes) -> None:
    """The version, the number of headers, the headers, the number of bodies (here at once if none are), the bodies."""
    packet.version, headers, bodies = _read_head(data)
    if packet.version not in VERSIONS:
        raise AmfError(f"version {packet.version} is neither AMF0 (0) nor AMF3 (3)")
    budget = Budget()
    at = _BODIES
    if headers:
        at = _read_headers(packet, headers, budget, data)
        (bodies,) = _read_count(data, at)
        at += 2
    at = _read_bodies(packet, bodies, budget, data, at)
    if at != len(data):
        raise AmfError(f"bytes after the last body: {len(data) - at}")


def _read_headers(packet: Packet, count: int, budget: Budget, data: bytes) -> int:
    """Name, must-understand, length and value of each header; the offset behind them."""
    if count > limits.ENVELOPE_CALLS:
        raise _too_many(count, "headers")
    at = _HEADERS
    while len(packet.headers) < count:
        name, at = _read_text(data, at)
        if data[at]:
            packet.demanded.append(name)
        value, at = Decoder(data, budget).value(at + 5)
        packet.headers.append((name, value))
    return at


def _read_bodies(packet: Packet, count: int, budget: Budget, data: bytes, at: int) -> int:
    """Target, response URI, length and value of each body; the offset behind them."""
    if count > limits.ENVELOPE_CALLS:
        raise _too_many(count, "bodies")
    while len(packet.bodies) < count:
        target, response, at = _read_uris(data, at)
        body = Body(target, response)
        packet.bodies.append(body)
        decoder = Decoder(data, budget)
        body.value, at = decoder.value(at + 4)
        body.amf3 = decoder.amf3 is not None
        message = _find_message(body.value)
        if message is not None:
            body.message = message
            packet.messages.append(message)
    return at


def _too_many(count: int, what: str) -> AmfError:
    return AmfError(f"it says it holds {count} {what}, more than {limits.ENVELOPE_CALLS}")


def _read_text(data: bytes, at: int) -> tuple[str, int]:
    """U16 length, UTF-8; and the offset behind it."""
    start = at + 2
    end = start + (data[at] << 8 | data[at + 1])
    return data[start:end].decode(), end


def _read_uris(data: bytes, at: int) -> tuple[str, str, int]:
    """The target and the response URI of a body, each as `_read_text` has them; and the offset behind them."""
    start = at + 2
    at = start + (data[at] << 8 | data[at + 1])
    target = data[start:at].decode()
    start = at + 2
    at = start + (data[at] << 8 | data[at + 1])
    if at > len(data):
        raise IndexError
    if at - start > _LONGEST_URI:
        raise AmfError(f"a response URI is longer than {_LONGEST_URI} bytes")
    return target, data[start:at].decode(), at


def _find_message(value: Any) -> Typed | None:
    """The Flex message that a value is, or is the only argument of."""
    if type(value) is dict:
        value = as_list(value)
    if type(value) is list:
        if len(value) != 1:
            return None
        value = value[0]
    return value if type(value) is Typed else None


def switch_to_amf3(value: bytes) -> bytes:
    """An AMF3 value as one of AMF0, which is what an envelope holds."""
    return _AVM_PLUS + value


def write_packet(version: int, bodies: Sequence[tuple[str, bytes, bytes]]) -> bytes:
    """A packet without headers: of each body its target, response URI (`utf`) and AMF0 value."""
    parts = [_head(version, 0, len(bodies))]
    for target, response, value in bodies:
        raw = target.encode()
        parts += (_short(len(raw)), raw, response, _long(len(value)), value)
    return b"".join(parts)


def utf(text: str) -> bytes:
    """U16 length, UTF-8."""
    raw = text.encode()
    return _short(len(raw)) + raw


NO_RESPONSE: Final = utf("null")
"""The response URI of a body that nobody is to answer."""
