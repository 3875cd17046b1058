"""One function on XML-RPC."""

from collections.abc import Sequence
from typing import Any

from gateway import xml
from gateway.faults import INVALID_REQUEST
from gateway.protocol import Call, Codec
from gateway.registry import Function
from gateway.signature import StructOf
from gateway.xml import Element
from protocols.xmlrpc.envelope import Arguments, read_call
from protocols.xmlrpc.reader import (
    Texts,
    compile_members,
    compile_reader,
    open_members,
    read_undeclared,
    refuse_stray_text,
)
from protocols.xmlrpc.records import Lists
from protocols.xmlrpc.writer import compile_writer


class XmlRpcCodec(Codec):
    """Reads the parameters of a function, by position or by name, and writes its result.

    Parameters are positional. One struct alone may name them instead, when all its members are parameters; if the
    first parameter is itself a Struct that has all these members, the struct is that parameter.
    """

    def __init__(self, function: Function) -> None:
        parameters = function.signature.parameters
        self._readers = [
            (each.name, compile_reader(each.type, secret=each.param.secret)) for each in parameters
        ]
        self._read_named = compile_members(parameters)
        self._lists = Lists(parameters)
        self._names = {each.name for each in parameters}
        first = parameters[0].type if parameters else None
        self._first = {each.name for each in first.fields} if isinstance(first, StructOf) else None
        self._write = compile_writer(function.signature.result, function.name)

    def bind(self, call: Call) -> dict[str, Any]:
        """See Codec. Parameters beyond the signature's are called `param 3`; nil at the end is absent."""
        arguments: Arguments = call.arguments
        if arguments.problem:
            raise INVALID_REQUEST(arguments.problem)
        bound = self._read(arguments)
        records = arguments.records
        if records and not self._lists.put(records, arguments.values, bound):
            return self._read(read_call(xml.parse(arguments.body))[1])
        return bound

    def encode(self, result: Any, call: Call) -> bytes:
        """The result's `<value>` element."""
        return self._write(result)

    def _read(self, arguments: Arguments) -> dict[str, Any]:
        texts: Texts = [arguments.texts]
        bound = self._bind(arguments.values, texts)
        refuse_stray_text(arguments.root, texts)
        return bound

    def _bind(self, values: Sequence[Element], texts: Texts) -> dict[str, Any]:
        if len(values) == 1 and self._is_named(values[0]):
            named: dict[str, Any] = self._read_named(values[0], texts)
            return named
        bound = {name: read(value, texts) for (name, read), value in zip(self._readers, values, strict=False)}
        if len(values) <= len(self._readers):
            return bound
        surplus = [read_undeclared(each) for each in values[len(self._readers) :]]
        while surplus and surplus[-1] is None:
            surplus.pop()
        for position, value in enumerate(surplus, len(self._readers) + 1):
            bound[f"param {position}"] = value
        return bound

    def _is_named(self, value: Element) -> bool:
        members = open_members(value)
        if members is None:
            return False
        names = [name for name, _ in members]
        if not self._names.issuperset(names):
            return False
        return self._first is None or not self._first.issuperset(names)
