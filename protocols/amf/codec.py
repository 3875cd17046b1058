"""One function on AMF: its arguments bound, its result encoded; and the same seen from a client."""

from collections.abc import Mapping
from typing import Any

from gateway.protocol import Call, Codec
from gateway.registry import Function
from gateway.signature import StructOf
from gateway.types import ABSENT
from protocols.amf.packet import Place
from protocols.amf.reader import as_list, compile_arguments, compile_reader
from protocols.amf.writer import NULL, Writer, compile_writer, write_array_head
from protocols.amf.writer3 import compile_writer3

_SURPLUS = 1_000
"""How many surplus arguments are named: enough to be reported, not enough to cost a hundred times their bytes."""


class AmfCodec(Codec):
    """The server's side of one function."""

    def __init__(self, function: Function) -> None:
        signature = function.signature
        self._names = tuple(field.name for field in signature.parameters)
        self._known = frozenset(self._names)
        first = signature.parameters[0].type if signature.parameters else None
        self._first = (
            frozenset(each.name for each in first.fields) if isinstance(first, StructOf) else frozenset()
        )
        self._read = compile_arguments(signature.parameters, self._place, f"the arguments of {function.name}")
        name = f"the result of {function.name}"
        self._write = compile_writer(signature.result, name)
        self._write3 = compile_writer3(signature.result, name)

    def encode(self, result: Any, call: Call) -> bytes:
        """A checked result in the version of AMF that its call came in."""
        place: Place = call.position
        return self._write3(result, place.traits) if place.amf3 else self._write(result)

    def bind(self, call: Call) -> dict[str, Any]:
        """The plain arguments by wire name, each read as its parameter's type says.

        By position: a Strict Array, an object with the keys "0" to "n-1" (an ECMA array), or a single value; a Null
        body is no argument. By name: a sole argument that is an object, not empty, whose members are all parameters;
        but if the first parameter is itself a Struct that has all these members, the object is that parameter (XML-RPC
        does the same). Surplus positional values go under `param N`, which validation reports as unknown.
        """
        arguments: dict[str, Any] = self._read(call.arguments)
        return arguments

    def _place(self, body: Any) -> dict[str, Any]:
        arguments = body if type(body) is list else _positional(body)
        if len(arguments) == 1:
            sole = arguments[0]
            if type(sole) is dict and sole and sole.keys() <= self._known and not sole.keys() <= self._first:
                return sole.copy()
        names = self._names
        values = dict(zip(names, arguments, strict=False))
        for position in range(len(names), min(len(arguments), len(names) + _SURPLUS)):
            values[f"param {position + 1}"] = arguments[position]
        return values


def _positional(body: Any) -> list[Any]:
    if type(body) is dict:
        items = as_list(body)
        return items if type(items) is list else [body]
    return [] if body is None else [body]


class AmfClient:
    """The client's side of one function: a writer for each parameter, a reader for the result."""

    def __init__(self, function: Function) -> None:
        signature = function.signature
        self._writers = [
            (field.name, compile_writer(field, f"{field.name} of {function.name}"))
            for field in signature.parameters
        ]
        result = signature.result
        self._read = compile_reader(result.type, f"the result of {function.name}") if result else None

    def arguments(self, values: Mapping[str, Any]) -> bytes:
        """The Strict Array of positional arguments; what is not given, or ABSENT, goes as Null."""
        items = [_argument(writer, values.get(name)) for name, writer in self._writers]
        return write_array_head(len(items)) + b"".join(items)

    def result(self, value: Any) -> Any:
        """The plain value of a result."""
        return value if self._read is None else self._read(value)


def _argument(writer: Writer, value: Any) -> bytes:
    return NULL if value is None or value is ABSENT else writer(value)
