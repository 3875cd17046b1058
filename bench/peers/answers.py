"""Reads the answer of any peer of a protocol into plain values, to be compared with `workloads.ANSWERS`."""

import json
import xmlrpc.client
from collections.abc import Callable
from typing import Any

from lxml import etree

from bench.peers.quiet import importing_pyamf
from bench.peers.workloads import Workload

with importing_pyamf():
    from pyamf import remoting

MEMBERS: dict[str, Callable[[str], Any]] = {"id": int, "suspended": lambda text: text == "true"}


def soap(workload: Workload, body: bytes) -> Any:
    """The value in a SOAP answer, whatever the response element and its items are called."""
    result = etree.fromstring(body)[-1][0][0]
    if workload == "names":
        return [_user(row) for row in result]
    return int(result.text or "") if workload == "store" else result.text


def _user(row: etree._Element) -> dict[str, Any]:
    pairs = ((etree.QName(member).localname, member.text or "") for member in row)
    return {name: MEMBERS.get(name, str)(text) for name, text in pairs}


def xmlrpc_response(_workload: Workload, body: bytes) -> Any:
    """The value in a methodResponse; a fault raises xmlrpc.client.Fault."""
    return xmlrpc.client.loads(body)[0][0]


def amf(workload: Workload, body: bytes) -> Any:
    """The value in the first body of a packet, its objects as dicts."""
    response = remoting.decode(body)["/1"].body
    if workload == "names":
        return [dict(row) for row in response]
    return int(response) if workload == "store" else response


def json_body(_workload: Workload, body: bytes) -> Any:
    """The value of a JSON answer."""
    return json.loads(body)
