"""AMF0 values to plain Python values, under limits (Action Message Format, AMF 0, December 2007).

None, bool, float, str, list, dict and datetime are all that comes out, and what AMF3 adds (amf3.py): class names on
the wire are skipped, never looked up; XML documents stay text.
"""

import struct
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from gateway.types import Unreadable
from protocols.amf.amf3 import READERS, Amf3Decoder
from protocols.amf.values import AmfError, References, Typed, read_instant, read_object

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

_double = struct.Struct(">d").unpack_from
_length = struct.Struct(">I").unpack_from


class Decoder(References):
    """Reads the value of one header or body, whose tables of references are its own; the budget is the packet's.

    Every reader takes the offset behind the marker and the depth of what it reads, and returns the value and the
    offset behind it. Nothing checks lengths on the way: truncation shows as one of TRUNCATED, or as an offset beyond
    the end that `value` looks at once; a text that is not UTF-8 as UnicodeDecodeError.
    """

    amf3: Amf3Decoder | None = None
    """What reads the AMF3 in it, if there is any."""

    def value(self, at: int) -> tuple[Any, int]:
        """The value at `at`, and the offset behind it. Raises AmfError, one of TRUNCATED, or UnicodeDecodeError."""
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
        end = start + _length(self._data, at)[0]
        return self._data[start:end].decode(), end

    def _nothing(self, at: int, _depth: int) -> tuple[None, int]:
        return None, at

    def _date(self, at: int, _depth: int) -> tuple[datetime | Unreadable, int]:
        """Milliseconds since 1970 in UTC; the time zone behind them is reserved (section 2.13) and ignored."""
        value = read_instant(_double(self._data, at)[0])
        self._objects.append(value)
        return value, at + 10

    def _xml_document(self, at: int, depth: int) -> tuple[str, int]:
        text, at = self._long_string(at, depth)
        self._objects.append(text)
        return text, at

    def _strict_array(self, at: int, depth: int) -> tuple[list[Any], int]:
        data = self._data
        (count,) = _length(data, at)
        at += 4
        self._declare(count, at, "an array")
        slot = self._open(depth)
        items: list[Any] = []
        depth += 1
        while count:  # a range costs as much as reading an item
            count -= 1
            marker = data[at]
            if marker == STRING:  # written out for their speed: most values are texts and numbers
                start = at + 3
                at = start + (data[at + 1] << 8 | data[at + 2])
                items.append(data[start:at].decode())
            elif marker == NUMBER:
                items += _double(data, at + 1)
                at += 9
            else:
                item, at = _READERS[marker](self, at + 1, depth)
                items.append(item)
        self._objects[slot] = items
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
            elif marker == NUMBER:
                (members[name],) = _double(data, at + 1)
                at += 9
            else:
                members[name], at = _READERS[marker](self, at + 1, depth)
        self._budget.spend(len(members))
        self._objects[slot] = members
        return members, at + 1

    def _ecma_array(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        """The count is what the client thinks its length is (a sparse or associative array lies): not looked at."""
        return self._object(at + 4, depth)

    def _typed_object(self, at: int, depth: int) -> tuple[dict[str, Any] | Typed, int]:
        name, at = self._string(at, depth)
        slot = len(self._objects)
        members, at = self._object(at, depth)
        value = self._objects[slot] = read_object(name, members)
        return value, at

    def _reference(self, at: int, depth: int) -> tuple[Any, int]:
        """Entry 0 is the array of arguments; objects, arrays, Dates and XML count, as Flash Player counts them."""
        index = self._data[at] << 8 | self._data[at + 1]
        return self._refer(index, depth), at + 2

    def _avm_plus(self, at: int, depth: int) -> tuple[Any, int]:
        """One value in AMF3 (AMF 3, section 4.1); all of one header or body share their tables of references."""
        amf3 = self.amf3
        if amf3 is None:
            amf3 = self.amf3 = Amf3Decoder(self._data, self._budget)
        return READERS[self._data[at]](amf3, at + 1, depth)

    def _unknown(self, at: int, _depth: int) -> tuple[Any, int]:
        raise AmfError(f"marker 0x{self._data[at - 1]:02x} at offset {at - 1} is no value")


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
