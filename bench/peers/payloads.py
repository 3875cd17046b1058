"""The request bodies of each workload, made by independent clients: always the same bytes.

The function's name on the wire is the workload's unless `function` says otherwise (`core_bench_echo`, ...).
"""

import json
import xmlrpc.client
from typing import Any
from xml.sax.saxutils import escape

from bench.peers.quiet import importing_pyamf
from bench.peers.workloads import ARGUMENTS, NAMESPACE, Workload

with importing_pyamf():
    import pyamf
    from pyamf import remoting

SOAP_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


def soap(workload: Workload, namespace: str = NAMESPACE, function: str = "", struct: str = "User") -> bytes:
    """A document/literal wrapped SOAP 1.1 request; list items are named after their type, `struct` or string."""
    wrapper = function or workload
    body = "".join(_element(name, value, struct) for name, value in ARGUMENTS[workload].items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP_ENVELOPE}"><soap:Body>'
        f'<{wrapper} xmlns="{escape(namespace)}">{body}</{wrapper}></soap:Body></soap:Envelope>'
    ).encode()


def _element(name: str, value: Any, struct: str) -> str:
    return f"<{name}>{_content(value, struct)}</{name}>"


def _content(value: Any, struct: str) -> str:
    if isinstance(value, list):
        return "".join(
            _element(struct if isinstance(item, dict) else "string", item, struct) for item in value
        )
    if isinstance(value, dict):
        return "".join(_element(key, member, struct) for key, member in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))


def xmlrpc_call(workload: Workload, function: str = "") -> bytes:
    """A methodCall with positional parameters, as the standard library's client sends it."""
    return xmlrpc.client.dumps(tuple(ARGUMENTS[workload].values()), function or workload).encode()


User = tuple[str, str]
"""A name and a password."""


def amf0(workload: Workload, function: str = "", user: User | None = None) -> bytes:
    """A packet of one AMF0 remoting call, as Py3AMF's client sends it; the response URI is /1.

    The `user` is who its header Credentials shows.
    """
    return _amf(pyamf.AMF0, workload, function, user)


def amf3(workload: Workload, function: str = "", user: User | None = None) -> bytes:
    """The same in AMF3."""
    return _amf(pyamf.AMF3, workload, function, user)


def _amf(version: int, workload: Workload, function: str, user: User | None) -> bytes:
    packet = remoting.Envelope(version)
    if user is not None:
        packet.headers["Credentials"] = dict(zip(("userid", "password"), user, strict=True))
        packet.headers.set_required("Credentials", True)
    packet["/1"] = remoting.Request(function or workload, list(ARGUMENTS[workload].values()), packet)
    return bytes(remoting.encode(packet).getvalue())


def json_body(workload: Workload) -> bytes:
    """The arguments as one JSON object; the function is named by the path."""
    return json.dumps(ARGUMENTS[workload], ensure_ascii=False).encode()
