"""What both versions of AMF share: the one error, values that plain Python lacks, and what a packet may hold."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from gateway import limits
from gateway.types import Unreadable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXACT = 2**53
"""Up to here a double holds every integer."""

TRUNCATED = (IndexError, struct.error)
"""What reading beyond the end of the bytes raises."""

MESSAGES: Final = "flex.messaging.messages."
"""The package of the only classes whose names are kept: what Flex puts around a call."""

CHUNK: Final = 64
"""As many characters of a text that is named again count as one value more: what reads it looks at each."""

_OPEN: Final = object()


class AmfError(ValueError):
    """Bytes that are no AMF packet, or pass a limit; the text says why."""


class Typed(msgspec.Struct):
    """A Flex message as it came: the name of its class, which is text and names nothing here, and its members."""

    name: str
    members: dict[str, Any]


def read_object(name: str, members: dict[str, Any]) -> dict[str, Any] | Typed:
    """An object that came under a class name: its members, for that says nothing unless it is a Flex message."""
    return Typed(name, members) if name.startswith(MESSAGES) else members


def read_instant(milliseconds: float) -> datetime | Unreadable:
    """The instant so many milliseconds after 1970."""
    try:
        return EPOCH + timedelta(milliseconds=milliseconds)
    except (ValueError, OverflowError):
        return Unreadable(f"not a date of the years 1 to 9999: {milliseconds}")


class Budget(msgspec.Struct):
    """How many values a packet may still hold, and what those of its containers weigh that a reference named.

    Weights are kept by id, so beside the value: no other may come to have that id.
    """

    left: int = limits.NODES
    weights: dict[int, tuple[Any, int, int]] = {}

    def spend(self, count: int) -> None:
        """Count values; raises AmfError when they are too many."""
        self.left -= count
        if self.left < 0:
            raise AmfError(f"the packet holds more than {limits.NODES} values")

    def weigh(self, value: Any) -> tuple[int, int]:
        """What a reference to a value that was read adds to it, and how deep that nests.

        All values in a container, references counted as what they name, and a value more for every CHUNK of a text.
        A few references to references name billions of values, so each container is counted once and remembered.
        """
        kind = type(value)
        if kind in _TEXTS:
            return len(value) // CHUNK, 0
        if kind not in _CONTAINERS:
            return 0, 0
        known = self.weights.get(id(value))
        if known is None:
            inner = value if kind is list else members_of(value).values()
            weights = [self.weigh(each) for each in inner if type(each) in _HEAVY]
            weight = len(inner) + sum(each for each, _ in weights)
            height = 1 + max((each for _, each in weights), default=0)
            known = self.weights[id(value)] = (value, weight, height)
        return known[1:]


_TEXTS = (str, bytes)
_CONTAINERS = (list, dict, Typed)
_HEAVY = _TEXTS + _CONTAINERS


def members_of(value: Any) -> dict[str, Any]:
    """The members of an object, whether its class name was kept or not."""
    return value.members if type(value) is Typed else value


class References(msgspec.Struct):
    """The table of the objects in one header or body, which both decoders count as Flash Player does."""

    _data: bytes
    _budget: Budget
    _objects: list[Any] = []

    def _open(self, depth: int) -> int:
        """Enter a container: its place in the table, which names it once it is read."""
        if depth > limits.DEPTH:
            raise AmfError(f"values are nested deeper than {limits.DEPTH}")
        objects = self._objects
        objects.append(_OPEN)
        return len(objects) - 1

    def _refer(self, index: int, depth: int) -> Any:
        """What a reference names, counted in full."""
        if index >= len(self._objects):
            raise AmfError(f"reference {index} names nothing")
        value = self._objects[index]
        if value is _OPEN:
            raise AmfError(f"reference {index} names what contains it")
        weight, height = self._budget.weigh(value)
        if depth + height - 1 > limits.DEPTH:
            raise AmfError(f"values are nested deeper than {limits.DEPTH}")
        self._budget.spend(weight)
        return value

    def _declare(self, count: int, at: int, what: str, size: int = 1) -> None:
        """Count values that are declared, of at least `size` bytes each; refuse more than can be there."""
        if count * size > len(self._data) - at:
            raise AmfError(f"{what} says it holds {count} items, more than there are bytes left")
        self._budget.spend(count)
