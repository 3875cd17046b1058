"""AMF0 values to plain Python values, under limits (Action Message Format, AMF 0, December 2007).

None, bool, float, str, list, dict and datetime are all that comes out: class names on the wire are skipped, never
looked up; XML documents stay text.
"""

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway import limits
from gateway.types import Unreadable

NUMBER: Final = 0x00
BOOLEAN: Final = 0x01
STRING: Final = 0x02
OBJECT: Final = 0x03
NULL: Final = 0x05
UNDEFINED: Final = 0x06
REFERENCE: Final = 0x07
ECMA_ARRAY: Final = 0x08
OBJECT_END: Final = 0x09
STRICT_ARRAY: Final = 0x0A
DATE: Final = 0x0B
LONG_STRING: Final = 0x0C
UNSUPPORTED: Final = 0x0D
XML_DOCUMENT: Final = 0x0F
TYPED_OBJECT: Final = 0x10
AVM_PLUS: Final = 0x11

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXACT = 2**53
"""Up to here a double holds every integer."""

TRUNCATED = (IndexError, struct.error)
"""What reading beyond the end of the bytes raises."""

_double = struct.Struct(">d").unpack_from
_OPEN: Final = object()
_CONTAINERS = (list, dict)


class AmfError(ValueError):
    """Bytes that are no AMF packet, or pass a limit; the text says why."""


class Decoder:
    """Reads the values of one packet, which share its budget of values (limits.NODES).

    Every reader takes the offset behind the marker and the depth of what it reads, and returns the value and the
    offset behind it. Nothing checks lengths on the way: truncation shows as one of TRUNCATED, or as an offset beyond
    the end that `value` looks at once; a text that is not UTF-8 as UnicodeDecodeError.
    """

    __slots__ = ("_data", "_left", "_references", "_weights")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = limits.NODES
        self._references: list[Any] = []
        self._weights: dict[int, tuple[int, int]] = {}

    def value(self, at: int) -> tuple[Any, int]:
        """The value of a header or body at `at`, and the offset behind it; its table of references is its own.

        Raises AmfError, one of TRUNCATED, or UnicodeDecodeError.
        """
        self._references = []
        self._weights = {}  # by id, so only while the table of references keeps the values alive
        data = self._data
        value, at = _READERS[data[at]](self, at + 1, 1)
        if at > len(data):
            raise IndexError
        return value, at

    def _number(self, at: int, _depth: int) -> tuple[float, int]:
        return _double(self._data, at)[0], at + 8

    def _boolean(self, at: int, _depth: int) -> tuple[bool, int]:
        return self._data[at] != 0, at + 1

    def _string(self, at: int, _depth: int) -> tuple[str, int]:
        data = self._data
        start = at + 2
        end = start + (data[at] << 8 | data[at + 1])
        return data[start:end].decode(), end

    def _long_string(self, at: int, _depth: int) -> tuple[str, int]:
        start = at + 4
        end = start + self._count(at)
        return self._data[start:end].decode(), end

    def _nothing(self, at: int, _depth: int) -> tuple[None, int]:
        return None, at

    def _date(self, at: int, _depth: int) -> tuple[datetime | Unreadable, int]:
        """Milliseconds since 1970 in UTC; the time zone behind them is reserved (section 2.13) and ignored."""
        (milliseconds,) = _double(self._data, at)
        value: datetime | Unreadable
        try:
            value = EPOCH + timedelta(milliseconds=milliseconds)
        except (ValueError, OverflowError):
            value = Unreadable(f"not a date of the years 1 to 9999: {milliseconds}")
        self._references.append(value)
        return value, at + 10

    def _xml_document(self, at: int, depth: int) -> tuple[str, int]:
        text, at = self._long_string(at, depth)
        self._references.append(text)
        return text, at

    def _strict_array(self, at: int, depth: int) -> tuple[list[Any], int]:
        count = self._count(at)
        at += 4
        data = self._data
        if count > len(data) - at:
            raise AmfError(f"an array says it holds {count} items, more than there are bytes left")
        slot = self._open(depth)
        self._spend(count)
        items: list[Any] = []
        depth += 1
        for _ in range(count):
            marker = data[at]
            if marker == STRING:  # written out for its speed: most values are texts
                start = at + 3
                at = start + (data[at + 1] << 8 | data[at + 2])
                items.append(data[start:at].decode())
            else:
                item, at = _READERS[marker](self, at + 1, depth)
                items.append(item)
        self._references[slot] = items
        return items, at

    def _object(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        slot = self._open(depth)
        data = self._data
        members: dict[str, Any] = {}
        depth += 1
        while True:
            start = at + 2
            at = start + (data[at] << 8 | data[at + 1])
            if at == start and data[at] == OBJECT_END:
                break
            name = data[start:at].decode()
            marker = data[at]
            if marker == STRING:  # as above
                start = at + 3
                at = start + (data[at + 1] << 8 | data[at + 2])
                members[name] = data[start:at].decode()
            else:
                members[name], at = _READERS[marker](self, at + 1, depth)
        self._spend(len(members))
        self._references[slot] = members
        return members, at + 1

    def _ecma_array(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        """The count is what the client thinks its length is (a sparse or associative array lies): not looked at."""
        return self._object(at + 4, depth)

    def _typed_object(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        _, at = self._string(at, depth)
        return self._object(at, depth)

    def _reference(self, at: int, depth: int) -> tuple[Any, int]:
        """Entry 0 is the array of arguments; objects, arrays, Dates and XML count, as Flash Player counts them."""
        index = self._data[at] << 8 | self._data[at + 1]
        if index >= len(self._references):
            raise AmfError(f"reference {index} names nothing")
        value = self._references[index]
        if value is _OPEN:
            raise AmfError(f"reference {index} names what contains it")
        if type(value) in _CONTAINERS:
            weight, height = self._weigh(value)
            if depth + height - 1 > limits.DEPTH:
                raise AmfError(f"values are nested deeper than {limits.DEPTH}")
            self._spend(weight)
        return value, at + 2

    def _avm_plus(self, _at: int, _depth: int) -> tuple[Any, int]:
        raise AmfError("AMF3 is not read yet: use object encoding AMF0")

    def _unknown(self, at: int, _depth: int) -> tuple[Any, int]:
        raise AmfError(f"marker 0x{self._data[at - 1]:02x} at offset {at - 1} is no value")

    def _count(self, at: int) -> int:
        data = self._data
        return data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]

    def _open(self, depth: int) -> int:
        """Enter a container: its place in the table of references, which names it once it is read."""
        if depth > limits.DEPTH:
            raise AmfError(f"values are nested deeper than {limits.DEPTH}")
        self._references.append(_OPEN)
        return len(self._references) - 1

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise AmfError(f"the packet holds more than {limits.NODES} values")

    def _weigh(self, value: Any) -> tuple[int, int]:
        """How many values a read container holds, references counted as what they name, and how deep it nests.

        A few references to references name billions of values, so each container is counted once and remembered.
        """
        known = self._weights.get(id(value))
        if known is None:
            inner = value.values() if type(value) is dict else value
            weights = [self._weigh(each) for each in inner if type(each) in _CONTAINERS]
            weight = len(value) + sum(each for each, _ in weights)
            known = self._weights[id(value)] = (weight, 1 + max((each for _, each in weights), default=0))
        return known


_KNOWN: dict[int, Callable[[Decoder, int, int], tuple[Any, int]]] = {
    NUMBER: Decoder._number,
    BOOLEAN: Decoder._boolean,
    STRING: Decoder._string,
    OBJECT: Decoder._object,
    NULL: Decoder._nothing,
    UNDEFINED: Decoder._nothing,
    REFERENCE: Decoder._reference,
    ECMA_ARRAY: Decoder._ecma_array,
    STRICT_ARRAY: Decoder._strict_array,
    DATE: Decoder._date,
    LONG_STRING: Decoder._long_string,
    UNSUPPORTED: Decoder._nothing,
    XML_DOCUMENT: Decoder._xml_document,
    TYPED_OBJECT: Decoder._typed_object,
    AVM_PLUS: Decoder._avm_plus,
}
_READERS = tuple(_KNOWN.get(marker, Decoder._unknown) for marker in range(256))
