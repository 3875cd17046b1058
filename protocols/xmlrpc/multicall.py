"""`system.multicall`: several calls in one request (Eric Kidd's proposal, xmlrpc.com/discuss/msgReader$1208).

Each is authorised, run, answered and logged as one that came alone. What is wrong with one of them is its own fault; a
multicall inside of a multicall is one.
"""

from collections.abc import Callable, Iterable, Sequence

from gateway import limits
from gateway.faults import INVALID_REQUEST, Refusal
from gateway.protocol import Answer, Call, Query
from gateway.xml import Element
from protocols.xmlrpc.envelope import Arguments
from protocols.xmlrpc.introspection import MULTICALL, find_query
from protocols.xmlrpc.reader import open_array, open_members, read_undeclared, refuse_text_between

_NO_PARAMS = "The params of a call inside of a multicall are no array"
_MORE = "A call inside of a multicall has members besides methodName and params"
_INNER = "A multicall inside of a multicall is not run"


def read_calls(root: Element, values: Sequence[Element]) -> list[Call | Query]:
    """The calls in a multicall's one parameter, in order. Raises INVALID_REQUEST if it is no array, or too long."""
    items = open_array(values[0]) if len(values) == 1 else None
    if items is None:
        raise INVALID_REQUEST(f"{MULTICALL} takes one array of structs with methodName and params")
    if len(items) > limits.ENVELOPE_CALLS:
        raise INVALID_REQUEST(f"{MULTICALL} holds more than {limits.ENVELOPE_CALLS} calls")
    array = values[0][0]
    refuse_text_between((root, *root, *root[1], values[0], array, array[0]))
    return [_read_call(each) for each in items]


def _read_call(item: Element) -> Call | Query:
    members = open_members(item)
    if members is None:
        return Call(None)
    values = dict(members)
    method, params = values.get("methodName"), values.get("params")
    name = read_undeclared(method) if method is not None else None
    if not isinstance(name, str) or not name:
        return Call(None)
    arguments = _read_arguments(item, name, params, len(members))
    return find_query(name, arguments) or Call(name, arguments)


def _read_arguments(item: Element, name: str, params: Element | None, members: int) -> Arguments:
    inner = open_array(params) if params is not None else []
    problem = ""
    if name == MULTICALL:
        problem = _INNER
    elif members > (1 if params is None else 2):
        problem = _MORE
    elif inner is None:
        problem = _NO_PARAMS
    # Read are the names of the members, and the method's.
    return Arguments(item, inner or (), members + 1, problem)


def write_answers(
    answers: Sequence[Answer], write_fault: Callable[[Refusal], bytes], *, wrapped: bool = True
) -> bytes:
    """The `<value>` of all answers: for each the struct of a fault, or its result, `wrapped` in an array of one."""
    results = (
        write_fault(each.refusal)
        if each.refusal is not None
        else write_array((each.payload,))
        if wrapped
        else each.payload
        for each in answers
    )
    return write_array(results)


def write_array(values: Iterable[bytes]) -> bytes:
    """The `<value>` of an array of written values."""
    return b"<value><array><data>" + b"".join(values) + b"</data></array></value>"
