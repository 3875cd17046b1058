"""Forms: bracketed names (`users[0][username]=x`) to nested values, read by a Signature.

A body is split into flat pairs under limits; nesting and typing happen after the caller was authorised.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from gateway import limits
from gateway.faults import INVALID_REQUEST, TOO_LARGE
from gateway.signature import Choice, Field, ListOf, Scalar, StructOf, Type
from gateway.text import READERS
from gateway.types import Unreadable

Pair = tuple[str, str]
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_TWICE = Unreadable("given more than once")
_BOTH = Unreadable("given both as a value and with brackets")


def split(text: bytes) -> list[Pair]:
    """The pairs of an application/x-www-form-urlencoded text (URL Standard, section 5.1), order kept.

    Raises INVALID_REQUEST for what is not UTF-8, TOO_LARGE for too many pairs.
    """
    if text.count(b"&") >= limits.FORM_PAIRS:
        raise TOO_LARGE(f"The form holds more than {limits.FORM_PAIRS} values")
    pairs = []
    try:
        for part in text.split(b"&"):
            if part:
                name, _, value = part.partition(b"=")
                pairs.append((_decode(name), _decode(value)))
    except UnicodeDecodeError:
        raise INVALID_REQUEST("The form is not UTF-8") from None
    return pairs


def _decode(part: bytes) -> str:
    if b"+" in part:
        part = part.replace(b"+", b" ")
    return (unquote_to_bytes(part) if b"%" in part else part).decode("utf-8")


def nest(pairs: Iterable[Pair]) -> dict[str, Any]:
    """Nested dicts of texts: `a[0][b]=x` is {"a": {"0": {"b": "x"}}}; `a[]=x` takes the next free number.

    What contradicts itself becomes Unreadable; a name with unbalanced brackets stays one plain name. Raises
    INVALID_REQUEST for brackets nested deeper than the limit.
    """
    root: dict[str, Any] = {}
    for name, value in pairs:
        found = _NAME.fullmatch(name)
        keys = [found[1], *found[2][1:-1].split("][")] if found and found[2] else [name]
        if len(keys) > limits.DEPTH:
            raise INVALID_REQUEST(f"Brackets nest deeper than {limits.DEPTH}")
        _put(root, keys, value)
    return root


def _put(node: dict[str, Any], keys: list[str], value: str) -> None:
    *outer, last = keys
    for key in outer:
        inner = node.setdefault(key or str(len(node)), {})
        if not isinstance(inner, dict):
            node[key] = _BOTH
            return
        node = inner
    last = last or str(len(node))
    if last in node:
        node[last] = _BOTH if isinstance(node[last], dict) else _TWICE
    else:
        node[last] = value


def reader(fields: tuple[Field, ...], *, secret: bool = False) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A function that turns nested texts into Python values by wire name, compiled from the fields.

    Problems quote no value of a secret field, nor any if all are `secret`.
    """
    readers = {field.name: _reader(field.type, secret=secret or field.param.secret) for field in fields}

    def read(values: dict[str, Any]) -> dict[str, Any]:
        return {name: readers[name](value) if name in readers else value for name, value in values.items()}

    return read


def _reader(node: Type, *, secret: bool = False) -> Callable[[Any], Any]:
    match node:
        case Scalar(kind=kind):
            return _scalar_reader(READERS[kind], secret=secret)
        case Choice():
            return _as_it_is
        case ListOf(item=item):
            return _list_reader(_reader(item, secret=secret))
        case StructOf(fields=fields):
            members = reader(fields, secret=secret)
            return lambda value: members(value) if isinstance(value, dict) else value


def _as_it_is(value: Any) -> Any:
    return value


def _scalar_reader(read: Callable[[str], Any], *, secret: bool) -> Callable[[Any], Any]:
    def read_scalar(value: Any) -> Any:
        result = read(value) if isinstance(value, str) else value
        if secret and isinstance(result, Unreadable):
            return Unreadable(result.problem.partition(":")[0])
        return result

    return read_scalar


def _list_reader(read_item: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read_list(value: Any) -> Any:
        if value == "":
            return []
        if not isinstance(value, dict):
            return value
        if not all(key.isascii() and key.isdigit() and len(key) < 10 for key in value):
            return Unreadable("a list needs numbers in brackets: name[0], name[1], ...")
        return [read_item(value[key]) for key in sorted(value, key=int)]

    return read_list
