"""The envelope of AMF remoting: a version, headers, and bodies that each call or answer (AMF0, section 4)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway import limits
from protocols.amf.amf0 import AVM_PLUS, Decoder
from protocols.amf.values import TRUNCATED, AmfError, Typed

AMF3: Final = 3
VERSIONS = (0, AMF3)
"""What the client speaks, AMF0 or AMF3; either envelope holds AMF0 values, and AMF3 behind a marker of AMF0."""

RESULT: Final = "/onResult"
STATUS: Final = "/onStatus"
MEDIA_TYPE: Final = "application/x-amf"

_AVM_PLUS = bytes([AVM_PLUS])
_LONGEST_URI = 0xFFFF - len(STATUS)
_head = struct.Struct(">HHH").pack


@dataclass(slots=True)
class Body:
    """One call or answer: `response` is the URI under which the client waits for the answer.

    `amf3` says that the value is in AMF3, wholly or in part: whoever sent it reads that too.
    """

    target: str
    response: str
    value: Any = None
    amf3: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the answer to a body goes: its response URI, and whether its value is to be AMF3.

    `traits` says how many AMF3 traits come before the result, in what is put around it; `message` is the Flex message
    that is answered, with another one.
    """

    uri: str
    amf3: bool = False
    traits: int = 0
    message: Typed | None = None


@dataclass(slots=True)
class Packet:
    """A packet, as far as it could be read: `error` says why the rest could not.

    `demanded` are the names of the headers that must be understood (AMF0, section 4.1).
    """

    version: int
    headers: list[tuple[str, Any]]
    bodies: list[Body]
    error: AmfError | None = None
    demanded: list[str] = field(default_factory=list)


def read_packet(data: bytes) -> Packet:
    """The headers and bodies of a packet, plain values in them.

    Declared lengths are not looked at: clients send 0, 1 and ffffffff. When a body cannot be read, those before it
    and its own response URI still stand, and `error` is set. Raises AmfError when no response URI was reached.
    """
    packet = Packet(0, [], [])
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
    """Headers are name, must-understand, length and value; bodies target, response URI, length and value."""
    packet.version = data[0] << 8 | data[1]
    if packet.version not in VERSIONS:
        raise AmfError(f"version {packet.version} is neither AMF0 (0) nor AMF3 (3)")
    decoder = Decoder(data)
    count, at = _read_count(data, 2, "headers")
    for _ in range(count):
        name, at = _read_text(data, at)
        if data[at]:
            packet.demanded.append(name)
        value, at = decoder.value(at + 5)
        packet.headers.append((name, value))
    count, at = _read_count(data, at, "bodies")
    for _ in range(count):
        target, at = _read_text(data, at)
        start = at + 2
        response, at = _read_text(data, at)
        if at > len(data):
            raise IndexError
        if at - start > _LONGEST_URI:
            raise AmfError(f"a response URI is longer than {_LONGEST_URI} bytes")
        body = Body(target, response)
        packet.bodies.append(body)
        body.value, at = decoder.value(at + 4)
        body.amf3 = decoder.is_amf3
    if at != len(data):
        raise AmfError(f"bytes after the last body: {len(data) - at}")


def _read_text(data: bytes, at: int) -> tuple[str, int]:
    """U16 length, UTF-8; and the offset behind it."""
    start = at + 2
    end = start + (data[at] << 8 | data[at + 1])
    return data[start:end].decode(), end


def _read_count(data: bytes, at: int, what: str) -> tuple[int, int]:
    """U16; and the offset behind it."""
    count = data[at] << 8 | data[at + 1]
    if count > limits.ENVELOPE_CALLS:
        raise AmfError(f"it says it holds {count} {what}, more than {limits.ENVELOPE_CALLS}")
    return count, at + 2


def switch_to_amf3(value: bytes) -> bytes:
    """An AMF3 value as one of AMF0, which is what an envelope holds."""
    return _AVM_PLUS + value


def write_packet(version: int, bodies: Sequence[tuple[str, str, bytes]]) -> bytes:
    """A packet without headers: of each body its target, response URI and AMF0 value."""
    parts = [_head(version, 0, len(bodies))]
    for target, response, value in bodies:
        parts += (_utf(target), _utf(response), len(value).to_bytes(4, "big"), value)
    return b"".join(parts)


def _utf(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw
