"""Query and form as PHP reads them, which clients for Moodle rely on (PHP manual, "Variables From External Sources").

Both are merged and the form wins; the last of two equal names wins; bracket keys are any text, and `[]` appends.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway import forms, limits
from gateway.faults import INVALID_REQUEST
from gateway.forms import Pair
from gateway.multipart import MULTIPART, read_fields
from gateway.protocol import FORM, Request

ARRAY = "Array"
"""What PHP makes of an array where a text is wanted."""

_KEY = re.compile(r"\[([^\]]*)\]")
_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")
_MANGLED = str.maketrans({".": "_", " ": "_"})


def query_pairs(request: Request) -> list[Pair]:
    """The pairs of the query. Raises INVALID_REQUEST, TOO_LARGE."""
    return forms.split(request.query.encode("ascii", "replace")) if request.query else []


def body_pairs(request: Request) -> list[Pair]:
    """The pairs of a form, either kind; a body of any other type is not read. Raises INVALID_REQUEST, TOO_LARGE."""
    if request.media_type == FORM:
        return forms.split(request.body)
    return read_fields(request) if request.media_type == MULTIPART else []


class Parameters:
    """The parameters of a request, flat as they came, until `nested` builds them up."""

    def __init__(self, *sources: Iterable[Pair]) -> None:
        """A later source wins over an earlier one."""
        self._sources = [list(source) for source in sources]

    def take(self, *names: str) -> dict[str, str]:
        """Take these parameters out, and give the texts of those that came; an array is the text `Array`."""
        taken: dict[str, str] = {}
        for source in self._sources:
            for name, value in source:
                base, bracket, _ = name.partition("[")
                if base in names:
                    taken[base] = ARRAY if bracket else value
        self._sources = [
            [pair for pair in source if pair[0].partition("[")[0] not in names] for source in self._sources
        ]
        return taken

    def nested(self) -> dict[str, Any]:
        """Nested dicts of texts. Raises INVALID_REQUEST for brackets nested deeper than the limit."""
        values: dict[str, Any] = {}
        for source in self._sources:
            values |= nest(source)
        return values


class _Array(dict[str, Any]):
    """A PHP array under construction, which knows its next free index."""

    __slots__ = ("free",)

    def __init__(self) -> None:
        super().__init__()
        self.free = 0

    def place(self, key: str) -> str:
        """The key under which a value goes: an empty one is the next free index."""
        if not key:
            key = str(self.free)
        if _INDEX.fullmatch(key):
            self.free = max(self.free, int(key) + 1)
        return key


def nest(pairs: Iterable[Pair]) -> dict[str, Any]:
    """`a[0][b]=x` is {"a": {"0": {"b": "x"}}}; dots and blanks of outer names become `_`, nameless pairs are dropped.

    Raises INVALID_REQUEST for brackets nested deeper than the limit.
    """
    root = _Array()
    for name, value in pairs:
        keys = list(_keys(name))
        if not keys[0]:
            continue
        if len(keys) > limits.DEPTH:
            raise INVALID_REQUEST(f"Brackets nest deeper than {limits.DEPTH}")
        node = root
        for key in keys[:-1]:
            key = node.place(key)
            inner = node.get(key)
            if not isinstance(inner, _Array):
                inner = node[key] = _Array()
            node = inner
        node[node.place(keys[-1])] = value
    return root


def _keys(name: str) -> Iterator[str]:
    """The outer name and what stands in the brackets that follow it; what follows the last bracket is dropped."""
    start = name.find("[", 1)
    if start < 0 or "]" not in name[start:]:
        yield name.lstrip(" ").translate(_MANGLED).replace("[", "_")
        return
    yield name[:start].lstrip(" ").translate(_MANGLED)
    while found := _KEY.match(name, start):
        yield found[1]
        start = found.end()


def flatten(values: Mapping[str, Any]) -> Iterator[Pair]:
    """JSON-like values by name as the pairs of a form: what a client sends. Empty lists and null cannot be said."""
    for name, value in values.items():
        yield from _flatten(name, value)


def _flatten(name: str, value: Any) -> Iterator[Pair]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in items:
            yield from _flatten(f"{name}[{key}]", each)
    elif value is not None:
        yield name, str(int(value) if isinstance(value, bool) else value)
