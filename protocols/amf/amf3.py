"""AMF3 values to plain Python values, under limits (Action Message Format, AMF 3, January 2013).

None, bool, int, float, str, bytes, list, dict and datetime are all that comes out, and Typed for a Flex message. Class
names are never looked up, byte arrays not inflated, XML stays text. Of the classes that write themselves
(externalizable) only Flex's collections are read, which write one value each.
"""

import struct
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple

from msgspec import field

from gateway.types import Unreadable
from protocols.amf.values import CHUNK, AmfError, References, read_instant, read_object

UNDEFINED: Final = 0x00
NULL: Final = 0x01
FALSE: Final = 0x02
TRUE: Final = 0x03
INTEGER: Final = 0x04
DOUBLE: Final = 0x05
STRING: Final = 0x06
XML_DOCUMENT: Final = 0x07
DATE: Final = 0x08
ARRAY: Final = 0x09
OBJECT: Final = 0x0A
XML: Final = 0x0B
BYTE_ARRAY: Final = 0x0C
VECTOR_INT: Final = 0x0D
VECTOR_UINT: Final = 0x0E
VECTOR_DOUBLE: Final = 0x0F
VECTOR_OBJECT: Final = 0x10
DICTIONARY: Final = 0x11

COLLECTIONS = frozenset(
    f"flex.messaging.io.{name}" for name in ("ArrayCollection", "ArrayList", "ObjectProxy")
)

_NO_NAME: Final = 0x01
"""An empty text where a name is expected: no members (more) by name."""

_double = struct.Struct(">d").unpack_from


class Traits(NamedTuple):
    """What the objects of a class have in common: its name, the names of its sealed members, and how it goes on."""

    name: str
    sealed: tuple[str, ...] = ()
    dynamic: bool = False
    external: bool = False


Reader = Callable[["Amf3Decoder", int, int], tuple[Any, int]]
"""Takes the offset behind the marker and the depth of what it reads; returns the value and the offset behind it."""


def _in_full(read: Callable[["Amf3Decoder", int, int, int], tuple[Any, int]]) -> Reader:
    """The reader of a kind that is there in full, a size or count in front, or as a reference to an object before."""

    def read_either(decoder: "Amf3Decoder", at: int, depth: int) -> tuple[Any, int]:
        head, at = decoder._number(at)
        if head & 1:
            return read(decoder, head >> 1, at, depth)
        return decoder._refer(head >> 1, depth), at

    return read_either


class Amf3Decoder(References):
    """Reads the AMF3 values of one header or body, which share three tables: texts, objects and traits.

    Truncation shows as in amf0.Decoder.
    """

    _texts: list[str] = field(default_factory=list)
    _known: dict[int, str] = field(default_factory=dict)
    """Short texts by the byte that refers to them."""
    _traits: list[Traits] = field(default_factory=list)
    _common: dict[int, Traits] = field(default_factory=dict)
    """Traits by the byte that refers to them."""

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        """The value at `at`, and the offset behind it."""
        return READERS[self._data[at]](self, at + 1, depth)

    def _number(self, at: int) -> tuple[int, int]:
        """A U29: seven bits in each of up to three bytes that say that more follow, eight in a fourth."""
        data = self._data
        byte = data[at]
        if byte < 0x80:
            return byte, at + 1
        number = byte & 0x7F
        for _ in range(2):
            at += 1
            byte = data[at]
            number = number << 7 | byte & 0x7F
            if byte < 0x80:
                return number, at + 1
        return number << 8 | data[at + 1], at + 2

    def _text(self, at: int, _depth: int = 0) -> tuple[str, int]:
        """A text, with no marker before it."""
        head = self._data[at]
        if head & 0x81 == 1:  # new and short
            at += 1
        else:
            known = self._known.get(head)
            if known is not None:
                return known, at + 1
            head, at = self._number(at)
            if not head & 1:
                return self._known_text(head), at
        end = at + (head >> 1)
        text = self._data[at:end].decode()
        if text:
            self._texts.append(text)
        return text, end

    def _known_text(self, head: int) -> str:
        """The text that a reference names; a long one counts for more than one value."""
        index = head >> 1
        if index >= len(self._texts):
            raise AmfError(f"reference {index} names no text")
        text = self._texts[index]
        if len(text) >= CHUNK:
            self._budget.spend(len(text) // CHUNK)
        elif head < 0x80:
            self._known[head] = text
        return text

    def _nothing(self, at: int, _depth: int) -> tuple[None, int]:
        return None, at

    def _false(self, at: int, _depth: int) -> tuple[bool, int]:
        return False, at

    def _true(self, at: int, _depth: int) -> tuple[bool, int]:
        return True, at

    def _integer(self, at: int, _depth: int) -> tuple[int, int]:
        number = self._data[at]
        if number < 0x80:
            return number, at + 1
        number, at = self._number(at)
        return number - (number >> 28 << 29), at  # the highest of 29 bits is the sign

    def _real(self, at: int, _depth: int) -> tuple[float, int]:
        return _double(self._data, at)[0], at + 8

    @_in_full
    def _byte_array(self, size: int, at: int, _depth: int) -> tuple[bytes, int]:
        end = at + size
        value = self._data[at:end]
        self._objects.append(value)
        return value, end

    @_in_full
    def _xml(self, size: int, at: int, _depth: int) -> tuple[str, int]:
        end = at + size
        value = self._data[at:end].decode()
        self._objects.append(value)
        return value, end

    @_in_full
    def _date(self, _size: int, at: int, _depth: int) -> tuple[datetime | Unreadable, int]:
        value = read_instant(_double(self._data, at)[0])
        self._objects.append(value)
        return value, at + 8

    @_in_full
    def _array(self, count: int, at: int, depth: int) -> tuple[list[Any] | dict[str, Any], int]:
        """A list; with members by name, or holes in it, what Flash sends is an object with its indices for names."""
        slot = self._open(depth)
        members: dict[str, Any] = {}
        if self._data[at] == _NO_NAME:
            at += 1
        else:
            at = self._read_members(members, at, depth + 1)
        self._declare(count, at, "an array")
        items, at = self._items(count, at, depth + 1) if count else ([], at)
        value: list[Any] | dict[str, Any] = items
        if members:
            self._budget.spend(len(members))
            members.update((str(index), item) for index, item in enumerate(items))
            value = members
        self._objects[slot] = value
        return value, at

    def _items(self, count: int, at: int, depth: int) -> tuple[list[Any], int]:
        """So many values in a row, which the caller checks and counts."""
        data, texts = self._data, self._texts
        items: list[Any] = []
        while count:  # see amf0.Decoder
            count -= 1
            marker = data[at]
            if (
                marker == STRING and (head := data[at + 1]) & 0x81 == 1
            ):  # a text, new and short: written out for speed
                start = at + 2
                at = start + (head >> 1)
                item: Any = data[start:at].decode()
                if item:
                    texts.append(item)
            else:
                item, at = READERS[marker](self, at + 1, depth)
            items.append(item)
        return items, at

    def _read_members(self, members: dict[str, Any], at: int, depth: int) -> int:
        """Read members by name up to an empty name; returns the offset behind it. The caller counts them."""
        data, known, texts = self._data, self._known, self._texts
        while True:
            name = known.get(data[at])
            if name is not None:
                at += 1
            else:
                name, at = self._text(at)
                if not name:
                    break
            marker = data[at]
            if marker == STRING and (head := data[at + 1]) & 0x81 == 1:  # as above
                start = at + 2
                at = start + (head >> 1)
                text = members[name] = data[start:at].decode()
                if text:
                    texts.append(text)
            else:
                members[name], at = READERS[marker](self, at + 1, depth)
        return at

    def _object(self, at: int, depth: int) -> tuple[Any, int]:
        head = self._data[at]
        at += 1
        traits = self._common.get(head)
        if traits is None:
            if head >= 0x80:
                head, at = self._number(at - 1)
            if not head & 1:
                return self._refer(head >> 1, depth), at
            traits, at = self._read_traits(head, at)
        name, sealed, dynamic, external = traits
        if external:
            return self._external(name, at, depth)
        slot = self._open(depth)
        members: dict[str, Any] = {}
        if sealed:
            values, at = self._items(len(sealed), at, depth + 1)
            members = dict(zip(sealed, values, strict=True))
        if dynamic and self._data[at] == _NO_NAME:
            at += 1
        elif dynamic:
            at = self._read_members(members, at, depth + 1)
        if members:
            self._budget.spend(len(members))
        value = self._objects[slot] = read_object(name, members) if name else members
        return value, at

    def _read_traits(self, head: int, at: int) -> tuple[Traits, int]:
        """The traits of an object, whose head holds their flags: by reference, or as they are (section 3.12)."""
        if not head & 2:
            if head >> 2 >= len(self._traits):
                raise AmfError(f"reference {head >> 2} names no traits")
            return self._traits[head >> 2], at
        name, at = self._text(at)
        if head & 4:
            traits = Traits(name, external=True)
        else:
            names, at = self._names(head >> 4, at)
            traits = Traits(name, names, dynamic=bool(head & 8))
        reference = len(self._traits) << 2 | 1
        if reference < 0x80:
            self._common[reference] = traits
        self._traits.append(traits)
        return traits, at

    def _names(self, count: int, at: int) -> tuple[tuple[str, ...], int]:
        self._declare(count, at, "an object")
        names = []
        for _ in range(count):
            name, at = self._text(at)
            names.append(name)
        return tuple(names), at

    def _external(self, name: str, at: int, depth: int) -> tuple[Any, int]:
        """A Flex collection is the one value it writes."""
        if name not in COLLECTIONS:
            raise AmfError("an object is externalizable: only its own class could read it")
        slot = self._open(depth)
        value, at = self.value(at, depth + 1)
        self._objects[slot] = value
        return value, at

    def _numbers(self, count: int, at: int, depth: int, code: str, size: int) -> tuple[list[Any], int]:
        """A Vector of numbers, a list of them; the byte before the items says that its length is fixed."""
        at += 1
        self._declare(count, at, "a Vector", size)
        slot = self._open(depth)
        value = self._objects[slot] = list(struct.unpack_from(f">{count}{code}", self._data, at))
        return value, at + count * size

    @_in_full
    def _vector(self, count: int, at: int, depth: int) -> tuple[list[Any], int]:
        """A Vector of anything else, a list; the class it is declared with is skipped."""
        slot = self._open(depth)
        _, at = self._text(at + 1)
        self._declare(count, at, "a Vector")
        items, at = self._items(count, at, depth + 1)
        self._objects[slot] = items
        return items, at

    @_in_full
    def _dictionary(self, count: int, at: int, depth: int) -> tuple[dict[str, Any], int]:
        """A Dictionary is an object; the byte before its pairs says that its keys are weak."""
        slot = self._open(depth)
        at += 1
        self._declare(count, at, "a Dictionary", 2)
        members: dict[str, Any] = {}
        for _ in range(count):
            key, at = self.value(at, depth + 1)
            if type(key) is not str and type(key) is not int:
                raise AmfError("a key of a Dictionary is neither text nor an integer")
            members[str(key)], at = self.value(at, depth + 1)
        self._objects[slot] = members
        return members, at

    def _unknown(self, at: int, _depth: int) -> tuple[Any, int]:
        raise AmfError(f"marker 0x{self._data[at - 1]:02x} at offset {at - 1} is no AMF3 value")


_KNOWN: dict[int, Reader] = {
    UNDEFINED: Amf3Decoder._nothing,
    NULL: Amf3Decoder._nothing,
    FALSE: Amf3Decoder._false,
    TRUE: Amf3Decoder._true,
    INTEGER: Amf3Decoder._integer,
    DOUBLE: Amf3Decoder._real,
    STRING: Amf3Decoder._text,
    XML_DOCUMENT: Amf3Decoder._xml,
    DATE: Amf3Decoder._date,
    ARRAY: Amf3Decoder._array,
    OBJECT: Amf3Decoder._object,
    XML: Amf3Decoder._xml,
    BYTE_ARRAY: Amf3Decoder._byte_array,
    VECTOR_INT: _in_full(partial(Amf3Decoder._numbers, code="i", size=4)),
    VECTOR_UINT: _in_full(partial(Amf3Decoder._numbers, code="I", size=4)),
    VECTOR_DOUBLE: _in_full(partial(Amf3Decoder._numbers, code="d", size=8)),
    VECTOR_OBJECT: Amf3Decoder._vector,
    DICTIONARY: Amf3Decoder._dictionary,
}
READERS = tuple(_KNOWN.get(marker, Amf3Decoder._unknown) for marker in range(256))
