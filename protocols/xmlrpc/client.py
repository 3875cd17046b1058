"""The client's side: the request that calls a function, and the result in an answer."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gateway import xml
from gateway.faults import INVALID_REQUEST, Fault
from gateway.protocol import Outgoing, RemoteFault
from gateway.registry import Function
from gateway.validation import NATIVE_TYPES
from protocols.xmlrpc.envelope import CONTENT_TYPE, DECLARATION, PATH, read_params
from protocols.xmlrpc.faults import remote_fault
from protocols.xmlrpc.reader import compile_reader, read_undeclared, refuse_stray_text
from protocols.xmlrpc.writer import write_plain


def write_request(function: Function, values: Mapping[str, Any], token: str) -> Outgoing:
    """The request that calls a function by position; `values` may hold Structs or dicts by wire name.

    A parameter that is missing or None before one that is given is nil.
    """
    plain = msgspec.to_builtins(dict(values), builtin_types=NATIVE_TYPES)
    positional = [plain.get(each.name) for each in function.signature.parameters]
    while positional and positional[-1] is None:
        positional.pop()
    params = "".join(f"<param>{write_plain(each)}</param>" for each in positional)
    call = f"<methodCall><methodName>{function.name}</methodName><params>{params}</params></methodCall>"
    headers = {"Content-Type": CONTENT_TYPE, "Authorization": f"Bearer {token}"}
    return Outgoing("POST", PATH, headers, f"{DECLARATION}{call}".encode())


def read_response(function: Function, status: int, body: bytes) -> Any:
    """The result, as plain Python values; None of a void function. Raises RemoteFault, also for what is no XML-RPC."""
    try:
        return _read_result(function, body)
    except Fault as fault:
        raise RemoteFault("", "", f"HTTP {status}: the answer is not XML-RPC", fault.cause) from None


def _read_result(function: Function, body: bytes) -> Any:
    root = xml.parse(body)
    if root.tag != "methodResponse" or len(root) != 1:
        raise INVALID_REQUEST("The body is not a <methodResponse> of one element")
    (content,) = root
    if content.tag == "fault" and len(content) == 1:
        raise _remote_fault(read_undeclared(content[0]))
    values = read_params(content) if content.tag == "params" else []
    if len(values) != 1:
        raise INVALID_REQUEST("The <methodResponse> holds neither one value nor a <fault>")
    texts = [0]
    result = function.signature.result
    value = compile_reader(result.type)(values[0], texts) if result else read_undeclared(values[0])
    refuse_stray_text(root, texts)
    return value


def _remote_fault(fault: Any) -> RemoteFault:
    if not isinstance(fault, dict) or not isinstance(fault.get("faultString"), str):
        raise INVALID_REQUEST("The <fault> holds no faultString")
    return remote_fault(fault["faultString"])
