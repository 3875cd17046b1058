"""SOAP-encoded elements to plain Python values, as PHP's SoapServer reads them, under limits.

`xsi:type` is a hint: what says nothing is a text, or has members. Lists are arrays that say so, or members that all
have one name; Apache's Maps are dicts. References (href and id) are followed, and count as much as what they name.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

from gateway import limits
from gateway.faults import INVALID_REQUEST
from gateway.types import Unreadable
from gateway.xml import Element
from protocols.soap.lexical import read_boolean, read_double, read_integer
from protocols.soap.moodle.envelope import ENCODING11, ENCODING12, IDS, Arguments
from protocols.soap.names import WHITE_SPACE, XSI
from protocols.soap.reader import is_nil

CHUNK: Final = 64
"""As many characters of a text count as one value more: what reads a text that is named again looks at each."""

_TYPE: Final = f"{{{XSI}}}type"
_ARRAY_TYPE: Final = f"{{{ENCODING11}}}arrayType"
_ITEM_TYPE: Final = f"{{{ENCODING12}}}itemType"
_ARRAY_SIZE: Final = f"{{{ENCODING12}}}arraySize"
_OFFSET, _POSITION = f"{{{ENCODING11}}}offset", f"{{{ENCODING11}}}position"
_REF: Final = f"{{{ENCODING12}}}ref"

_ARRAY, _MAP, _PAIR = "Array", "Map", ["key", "value"]
_INTEGERS = (
    *("byte", "short", "int", "long", "integer", "nonNegativeInteger", "positiveInteger"),
    *(
        "unsignedByte",
        "unsignedShort",
        "unsignedInt",
        "unsignedLong",
        "nonPositiveInteger",
        "negativeInteger",
    ),
)
_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "boolean": read_boolean,
    **dict.fromkeys(_INTEGERS, read_integer),
    **dict.fromkeys(("float", "double"), read_double),
}
"""How the text of a type is read; a text that is none stays one, for the Signature to judge."""
_TEXTS = frozenset(
    {
        *("", "string", "normalizedString", "token", "language", "anyType", "anySimpleType", "ur-type"),
        *("base64Binary", "base64", "hexBinary", "decimal", "dateTime", "date", "time", "anyURI"),
    }
)
"""The types whose empty element is an empty text; that of any other type has no members."""
_SIMPLE = _SCALARS.keys() | (_TEXTS - {""})

_MIXED = Unreadable("text where only elements belong")
_TWICE = Unreadable("given more than once")
_NO_MAP = Unreadable("a Map whose items are not a key and a value each")
_SPARSE = Unreadable("an array that is sparse or has more than one dimension")
_DANGLING = Unreadable("a reference to something that is not in the message")


def read_parts(arguments: Arguments, names: Sequence[str]) -> dict[str, Any]:
    """The parts of a call by the names of the parameters: by their own if any is one of these, else by position.

    Parts beyond the parameters are called `param 3`; nil at the end is absent. Raises INVALID_REQUEST for text between
    the parts, for references that go round in a circle, and for more, or deeper nested, values than the limits allow.
    """
    reader = _Reader(arguments.body)
    parts = _children(arguments.call)
    if parts is None:
        raise INVALID_REQUEST("There is text between the parts of the call")
    if any(_local(each) in names for each in parts):
        return reader.members(parts, 1)
    values = [reader.value(each, 1) for each in parts]
    while len(values) > len(names) and values[-1] is None:
        values.pop()
    surplus = [f"param {number}" for number in range(len(names) + 1, len(values) + 1)]
    return dict(zip([*names, *surplus], values, strict=False))


def read_value(arguments: Arguments, element: Element) -> Any:
    """The value of one element of a message. Raises INVALID_REQUEST as `read_parts` does."""
    return _Reader(arguments.body).value(element, 1)


def _local(element: Element) -> str:
    tag: Any = element.tag
    name: str = tag.rpartition("}")[2]
    return name


def _children(element: Element) -> list[Element] | None:
    """The elements in an element, if there is no text between them."""
    children = list(element)
    if _has_text(element.text):
        return None
    for child in children:
        if _has_text(child.tail):
            return None
    return children


def _has_text(text: str | None) -> bool:
    return text is not None and bool(text.strip(WHITE_SPACE))


class _Named(NamedTuple):
    """What a reference names: its value, how many values that is, and how deep they nest."""

    value: Any
    weight: int
    height: int


class _Reader:
    """Reads the values of one message, which share its budget of values (limits.NODES)."""

    def __init__(self, body: Sequence[Element]) -> None:
        self._body = body
        self._named: dict[str, _Named | None] = {}
        self._left = limits.NODES
        self._deepest = 0

    def value(self, element: Element, depth: int, declared: str = "") -> Any:
        """The value of an element at a depth; `declared` is the type that its array names for it."""
        # Asked for one by one: lxml takes quadratic time to list the attributes of an element.
        text, own = element.text or "", element.get(_TYPE)
        kind = (own or declared).rpartition(":")[2]
        if own and kind in _SIMPLE and len(element.attrib) == 1 and not len(element):  # as most scalars come
            self._enter(text, depth)
            return _scalar(text, kind)
        reference = _reference(element)
        if reference is not None:
            return self._refer(reference, depth)
        self._enter(text, depth)
        if is_nil(element):
            return None
        items = _item_type(element)
        if items is not None or kind == _ARRAY:
            return self._array(element, items or "", depth)
        if len(element):
            return self._structure(element, kind, depth)
        return _scalar(text, kind)

    def members(self, children: Sequence[Element], depth: int) -> dict[str, Any]:
        """The values of elements by their names."""
        values: dict[str, Any] = {}
        for child in children:
            name, value = _local(child), self.value(child, depth)
            values[name] = _TWICE if name in values else value
        return values

    def _enter(self, text: str, depth: int) -> None:
        if depth > self._deepest:
            if depth > limits.DEPTH:
                raise INVALID_REQUEST(f"Values are nested deeper than {limits.DEPTH}")
            self._deepest = depth
        self._spend(1 + len(text) // CHUNK)

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise INVALID_REQUEST(f"The message holds more than {limits.NODES} values")

    def _structure(self, element: Element, kind: str, depth: int) -> Any:
        children = _children(element)
        if children is None:
            return _MIXED
        if kind == _MAP:
            return self._map(children, depth)
        if len(children) > 1 and len({each.tag for each in children}) == 1:
            return [self.value(each, depth + 1) for each in children]
        return self.members(children, depth + 1)

    def _map(self, items: Sequence[Element], depth: int) -> Any:
        values: dict[str, Any] = {}
        for item in items:
            pair = _children(item)
            if pair is None or [_local(each) for each in pair] != _PAIR:
                return _NO_MAP
            key, value = (self.value(each, depth + 1) for each in pair)
            if type(key) not in (str, int):
                return _NO_MAP
            name = str(key)
            values[name] = _TWICE if name in values else value
        return values

    def _array(self, element: Element, item_type: str, depth: int) -> Any:
        children = _children(element)
        if children is None:
            return _MIXED
        sparse = element.get(_OFFSET) or any(each.get(_POSITION) for each in children)
        if sparse or _dimensions(element) > 1:
            return _SPARSE
        return [self.value(each, depth + 1, item_type) for each in children]

    def _refer(self, reference: str, depth: int) -> Any:
        """What a reference names, counted in full: once read, it is remembered with its weight and height."""
        name = reference.removeprefix("#")
        if name not in self._named:
            return self._resolve(name, depth)
        known = self._named[name]
        if known is None:
            raise INVALID_REQUEST("A reference names what contains it")
        self._deepest = max(self._deepest, depth + known.height)
        if self._deepest > limits.DEPTH:
            raise INVALID_REQUEST(f"Values are nested deeper than {limits.DEPTH}")
        self._spend(known.weight)
        return known.value

    def _resolve(self, name: str, depth: int) -> Any:
        element = self._targets.get(name)
        if element is None or _reference(element) is not None:
            return _DANGLING
        self._named[name] = None
        left, deepest = self._left, self._deepest
        self._deepest = depth - 1
        value = self.value(element, depth)
        self._named[name] = _Named(value, left - self._left, self._deepest - depth)
        self._deepest = max(deepest, self._deepest)
        return value

    @cached_property
    def _targets(self) -> Mapping[str, Element]:
        """The elements that references may name. Raises INVALID_REQUEST for a name that two have."""
        targets: dict[str, Element] = {}
        for element in (each for child in self._body for each in child.iter()):
            name = element.get(IDS[0]) or element.get(IDS[1])
            if name is not None and targets.setdefault(name, element) is not element:
                raise INVALID_REQUEST("Two elements have one id")
        return targets


def _reference(element: Element) -> str | None:
    reference = element.get("href")
    return element.get(_REF) if reference is None else reference


def _item_type(element: Element) -> str | None:
    """The type that an array names for its items, "" if it names none; None if it is no array."""
    declared = element.get(_ARRAY_TYPE)
    if declared is None:
        return element.get(_ITEM_TYPE, None if element.get(_ARRAY_SIZE) is None else "")
    name = declared.rpartition("[")[0]
    return _ARRAY if name.endswith("]") else name


def _dimensions(element: Element) -> int:
    size = element.get(_ARRAY_TYPE, "").rpartition("[")[2].split(",")
    return max(len(size), len(element.get(_ARRAY_SIZE, "").split()))


def _scalar(text: str, kind: str) -> Any:
    """The value of an element without children."""
    read = _SCALARS.get(kind)
    if read is None:
        return text if kind in _TEXTS or text.strip(WHITE_SPACE) else {}
    try:
        return read(text)
    except ValueError:
        return text
