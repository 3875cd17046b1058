"""The client's side: the request that calls a function, and the result in an answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway import xml
from gateway.faults import Fault
from gateway.protocol import Outgoing, RemoteFault, Site
from gateway.registry import Function
from gateway.xml import escape_attribute
from protocols.soap.envelope import SOAP11, Envelope, read_envelope
from protocols.soap.fault import read_fault
from protocols.soap.reader import compile_members
from protocols.soap.writer import compile_mapping

_AS_THEY_ARE = (bytes, bytearray, datetime, date, Decimal)


def write_request(
    function: Function, values: Mapping[str, Any], token: str, site: Site, path: str
) -> Outgoing:
    """The SOAP 1.1 request that calls a function; `values` may hold Structs or dicts by wire name.

    Values that are missing or None are left out.
    """
    write = compile_mapping(function.signature.parameters, f"{function.name}'s request")
    members = write(msgspec.to_builtins(dict(values), builtin_types=_AS_THEY_ARE))
    call = f'<{function.name} xmlns="{escape_attribute(site.namespace)}">{members}</{function.name}>'
    headers = {
        "Content-Type": SOAP11.content_type,
        "SOAPAction": f'"{site.namespace}#{function.name}"',
        "Authorization": f"Bearer {token}",
    }
    return Outgoing("POST", path, headers, SOAP11.wrap(call.encode()))


def read_response(function: Function, status: int, body: bytes, site: Site) -> Any:
    """The result, as plain Python values; None of a void function. Raises RemoteFault, also for what is no SOAP."""
    envelope = _open(status, body)
    if envelope.child.tag == envelope.version.tag("Fault"):
        raise read_fault(envelope.version, envelope.child, site.namespace)
    result = function.signature.result
    fields = [replace(result, name=f"{function.name}Result")] if result else []
    read = compile_members(fields, site.namespace, f"{function.name}'s response")
    values = read(envelope.child)
    if not isinstance(values, dict) or envelope.child.tag != f"{{{site.namespace}}}{function.name}Response":
        raise RemoteFault("", "", f"HTTP {status}: the answer is not {function.name}Response")
    return values.get(f"{function.name}Result")


def _open(status: int, body: bytes) -> Envelope:
    try:
        return read_envelope(xml.parse(body))
    except Fault as fault:
        raise RemoteFault("", "", f"HTTP {status}: the answer is not SOAP", fault.cause) from None
