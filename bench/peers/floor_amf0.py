"""A floor, no product: an AMF0 packet of one call, plain values only, in straight pure Python.

It knows the five markers that the workloads need and nothing of references, typed objects, headers or limits.
"""

from collections.abc import Callable
from struct import pack, unpack_from
from typing import Any

from bench.peers import workloads

NAME = "straight-line prototype"
NUMBER, BOOLEAN, STRING, OBJECT, ARRAY = 0x00, 0x01, 0x02, 0x03, 0x0A
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "echo": workloads.echo,
    "names": workloads.names,
    "store": workloads.store,
}


def handle(body: bytes) -> bytes:
    """Answer one packet."""
    target, at = _string(body, 6)  # after the version, no headers, one body
    uri, at = _string(body, at)
    arguments, _ = _value(body, at + 4)
    answer = bytearray(b"\0\0\0\0\0\1")
    answer += _text(uri + "/onResult") + _text("null") + b"\0\0\0\0"
    _write(answer, FUNCTIONS[target](*arguments))
    return bytes(answer)


def _string(body: bytes, at: int) -> tuple[str, int]:
    start = at + 2
    end = start + (body[at] << 8 | body[at + 1])
    return body[start:end].decode(), end


def _value(body: bytes, at: int) -> tuple[Any, int]:
    marker, at = body[at], at + 1
    if marker == STRING:
        return _string(body, at)
    if marker == NUMBER:
        (number,) = unpack_from(">d", body, at)
        return (int(number) if number.is_integer() else number), at + 8
    if marker == BOOLEAN:
        return body[at] == 1, at + 1
    return _object(body, at) if marker == OBJECT else _array(body, at)


def _object(body: bytes, at: int) -> tuple[dict[str, Any], int]:
    members = {}
    while body[at] or body[at + 1]:
        name, at = _string(body, at)
        members[name], at = _value(body, at)
    return members, at + 3


def _array(body: bytes, at: int) -> tuple[list[Any], int]:
    (count,) = unpack_from(">I", body, at)
    at += 4
    items = []
    for _ in range(count):
        item, at = _value(body, at)
        items.append(item)
    return items, at


def _text(text: str) -> bytes:
    raw = text.encode()
    return pack(">H", len(raw)) + raw


def _write(answer: bytearray, value: Any) -> None:
    if isinstance(value, str):
        answer += b"\x02" + _text(value)
    elif isinstance(value, bool):
        answer += b"\x01\x01" if value else b"\x01\x00"
    elif isinstance(value, int):
        answer += pack(">Bd", NUMBER, value)
    elif isinstance(value, dict):
        answer += b"\x03"
        for name, member in value.items():
            answer += _text(name)
            _write(answer, member)
        answer += b"\0\0\x09"
    else:
        answer += pack(">BI", ARRAY, len(value))
        for item in value:
            _write(answer, item)
