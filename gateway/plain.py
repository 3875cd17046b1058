"""JSON text and JSON-like values to Python values by wire name, compiled from a Signature; and results to JSON."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from gateway.faults import INVALID_REQUEST
from gateway.signature import Field, Kind, ListOf, Scalar, StructOf, Type, walk_type
from gateway.text import READERS
from gateway.types import Unreadable
from gateway.xml import ILLEGAL

Convert = Callable[[Any], Any]

_AS_TEXT = frozenset({Kind.BYTES, Kind.DATETIME, Kind.DATE, Kind.DECIMAL})
_SUSPECT = re.compile(rb"\\[ubf]|\xef\xbf[\xbe\xbf]")
_decode = msgspec.json.Decoder().decode
_decode_exactly = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder().encode


def _kinds(fields: tuple[Field, ...]) -> set[Kind]:
    nodes = (node for field in fields for node in walk_type(field.type))
    return {node.kind for node in nodes if isinstance(node, Scalar)}


def json_reader(fields: tuple[Field, ...]) -> Callable[[bytes], dict[str, Any]]:
    """A function that reads a JSON object (RFC 8259) into Python values by wire name.

    It raises INVALID_REQUEST for what is no JSON object; what a member's text does not say becomes Unreadable.
    """
    decode = _decode_exactly if Kind.DECIMAL in _kinds(fields) else _decode
    read = reader(fields)

    def read_json(body: bytes) -> dict[str, Any]:
        try:
            values = decode(body)
        except (ValueError, RecursionError) as error:
            raise INVALID_REQUEST(f"The body is not JSON that can be read: {error}") from None
        except InvalidOperation:  # an exponent beyond what Decimal holds
            raise INVALID_REQUEST("The body is not JSON that can be read: number out of range") from None
        if not isinstance(values, dict):
            raise INVALID_REQUEST("The body is not a JSON object")
        return read(values) if read is not None else values

    return read_json


def reader(fields: tuple[Field, ...], *, secret: bool = False) -> Convert | None:
    """A function from a dict of JSON-like values to Python values, or None where they already are.

    Problems quote no value of a secret field, nor any if all are `secret`.
    """
    return _members(fields, secret=secret, exact=Kind.DECIMAL in _kinds(fields))


def _members(fields: tuple[Field, ...], *, secret: bool, exact: bool) -> Convert | None:
    """`exact` says that numbers with a point come as Decimal, wherever they stand."""
    compiled = {
        field.name: _reader(field.type, secret=secret or field.param.secret, exact=exact) for field in fields
    }
    readers = {name: convert for name, convert in compiled.items() if convert is not None}
    if not readers:
        return None

    def read(values: dict[str, Any]) -> dict[str, Any]:
        return {name: readers[name](value) if name in readers else value for name, value in values.items()}

    return read


def _reader(node: Type, *, secret: bool, exact: bool) -> Convert | None:
    match node:
        case Scalar(kind=Kind.FLOAT):
            return _as_float if exact else None
        case Scalar(kind=Kind.DECIMAL):
            return _decimal_reader(secret=secret)
        case Scalar(kind=kind) if kind in _AS_TEXT:
            return _text_reader(kind, secret=secret)
        case ListOf(item=item):
            read = _reader(item, secret=secret, exact=exact)
            return None if read is None else lambda value: _each(read, value)
        case StructOf(fields=fields):
            members = _members(fields, secret=secret, exact=exact)
            return (
                None
                if members is None
                else lambda value: members(value) if isinstance(value, dict) else value
            )
        case _:
            return None


def _as_float(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _each(read: Convert, value: Any) -> Any:
    return [read(item) for item in value] if isinstance(value, list) else value


def _text_reader(kind: Kind, *, secret: bool) -> Convert:
    read_text = READERS[kind]

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        result = read_text(value)
        return (
            Unreadable(result.problem.partition(":")[0])
            if secret and isinstance(result, Unreadable)
            else result
        )

    return read


def _decimal_reader(*, secret: bool) -> Convert:
    read_text = _text_reader(Kind.DECIMAL, secret=secret)
    return lambda value: Decimal(value) if type(value) is int else read_text(value)


def json_writer(field: Field | None) -> Callable[[Any], bytes]:
    """A function that writes a checked result as JSON: illegal characters as U+FFFD, decimals without exponent."""
    if field is not None and Kind.DECIMAL in _kinds((field,)):
        return lambda result: _encode(clean(result))

    def write(result: Any) -> bytes:
        try:
            data = _encode(result)
        except UnicodeEncodeError:  # a lone surrogate
            return _encode(clean(result))
        if (b"\\" in data or b"\xef" in data) and _SUSPECT.search(data):
            return _encode(clean(result))
        return data

    return write


def clean(value: Any) -> Any:
    """A result as JSON-like values, every text without the characters that XML 1.0 forbids."""
    if isinstance(value, msgspec.Struct):
        pairs = ((each.encode_name, getattr(value, each.name)) for each in msgspec.structs.fields(value))
        return {name: clean(member) for name, member in pairs if member is not msgspec.UNSET}
    if isinstance(value, dict):
        return {name: clean(member) for name, member in value.items()}
    if isinstance(value, list):
        return [clean(each) for each in value]
    if isinstance(value, str):
        return ILLEGAL.sub("\ufffd", value)
    return format(value, "f") if isinstance(value, Decimal) else value
