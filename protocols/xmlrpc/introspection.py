"""The methods `system.*`: what can be called, with which types, and what it does.

`listMethods`, `methodSignature` and `methodHelp` are those of xmlrpc.usefulinc.com/doc/reserved.html, `getCapabilities`
that of groups.yahoo.com/group/xml-rpc/message/2897.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gateway.faults import INVALID_PARAMETER, UNKNOWN_FUNCTION, Problem
from gateway.protocol import Query
from gateway.registry import Function
from protocols.xmlrpc.envelope import Arguments
from protocols.xmlrpc.help import help_of, signatures_of
from protocols.xmlrpc.reader import read_undeclared, refuse_text_between
from protocols.xmlrpc.writer import write_plain

MULTICALL = "system.multicall"

_CAPABILITIES = {
    "xmlrpc": {"specUrl": "http://www.xmlrpc.com/spec", "specVersion": 1},
    "introspection": {"specUrl": "http://xmlrpc.usefulinc.com/doc/reserved.html", "specVersion": 1},
    MULTICALL: {"specUrl": "http://www.xmlrpc.com/discuss/msgReader$1208", "specVersion": 1},
    "nil": {"specUrl": "http://www.ontosys.com/xml-rpc/extensions.php", "specVersion": 20010518},
}
"""Not among them is `faults_interop`: fault codes are Moodle's, made of the errorcode."""


Functions = Mapping[str, Function]


class _Method(NamedTuple):
    """A method of the gateway's own: its types (the result's first), its help, and what it answers to which name."""

    types: list[str]
    help: str
    answer: Callable[[Functions, str], Any]


def _list(functions: Functions, _name: str) -> list[str]:
    return [*_METHODS, *functions]


def _signature(functions: Functions, name: str) -> list[list[str]]:
    own = _METHODS.get(name)
    return [own.types] if own is not None else signatures_of(_find(functions, name))


def _help(functions: Functions, name: str) -> str:
    own = _METHODS.get(name)
    return own.help if own is not None else help_of(_find(functions, name))


def _find(functions: Functions, name: str) -> Function:
    found = functions.get(name)
    if found is None:
        raise UNKNOWN_FUNCTION(f"No function that this caller may call is called {name[:200]}")
    return found


_METHODS: Mapping[str, _Method] = {
    "system.listMethods": _Method(
        ["array"], "The names of all methods that this caller may call, these of the gateway first.", _list
    ),
    "system.methodSignature": _Method(
        ["array", "string"],
        "The signatures of a method: the type of its result, then those of its parameters.",
        _signature,
    ),
    "system.methodHelp": _Method(["string", "string"], "What a method does, as text.", _help),
    "system.getCapabilities": _Method(
        ["struct"], "Which specifications the gateway follows.", lambda *_: _CAPABILITIES
    ),
    MULTICALL: _Method(
        ["array", "array"],
        "Calls several methods, in order. Takes an array of structs of methodName and params (an array); gives for "
        "each an array of its one result, or the struct of its fault. Each call is authorised, limited and logged as "
        "one that came alone. A multicall inside of a multicall is not run.",
        lambda *_: [],
    ),
}
"""The one Query of a multicall is that of none: the calls of others are Calls (multicall.py)."""


def find_query(name: str, arguments: Arguments) -> Query | None:
    """The Query of a method `system.*`, or None for another name. Raises INVALID_REQUEST for text between elements.

    Its option `method` is the name that was asked for, `problem` what is wrong with the parameters.
    """
    method = _METHODS.get(name)
    if method is None:
        return None
    if arguments.problem:
        return Query(name, {"problem": arguments.problem})
    refuse_text_between(arguments.root.iter())
    values = [read_undeclared(each) for each in arguments.values]
    wanted = len(method.types) - 1
    if len(values) != wanted or not all(isinstance(each, str) for each in values):
        expected = "one string, the name of a method" if wanted else "no parameters"
        return Query(name, {"problem": f"{name} takes {expected}"})
    return Query(name, {"method": values[0]} if values else {})


def answer_query(query: Query, functions: Sequence[Function]) -> bytes:
    """The `<value>` that answers a Query, from the functions that its caller may call.

    Raises INVALID_PARAMETER for wrong parameters, UNKNOWN_FUNCTION for a name that is none of theirs.
    """
    problem = query.options.get("problem")
    if problem is not None:
        raise INVALID_PARAMETER(problem, problems=[Problem(path="params", problem=problem)])
    known = {each.name: each for each in functions}
    return write_plain(_METHODS[query.name].answer(known, query.options.get("method", ""))).encode()
