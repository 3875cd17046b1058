"""What stands around the values of requests and answers."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.faults import INVALID_REQUEST
from gateway.xml import Element, Records

PATH = "/xmlrpc"
CONTENT_TYPE = "text/xml; charset=utf-8"


DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Arguments(NamedTuple):
    """The unread arguments of a call: the `<value>` of each parameter, and the element that holds the whole call.

    `texts` says how many texts of that element were read already, `problem` what makes the arguments no arguments.
    `records` are what was kept out of the element, `body` is the whole document.
    """

    root: Element
    values: Sequence[Element]
    texts: int = 1
    problem: str = ""
    records: Records | None = None
    body: bytes = b""


def read_params(params: Element) -> list[Element]:
    """The `<value>` of each `<param>`."""
    for param in params:
        if param.tag != "param" or len(param) != 1 or param[0].tag != "value":
            raise INVALID_REQUEST("The <params> holds <param> elements of one <value> each and nothing else")
    return [param[0] for param in params]


def read_call(root: Element) -> tuple[str, Arguments]:
    """The name and the arguments of a `<methodCall>`. Raises INVALID_REQUEST."""
    tags = [each.tag for each in root]
    if root.tag != "methodCall" or tags not in (["methodName"], ["methodName", "params"]):
        raise INVALID_REQUEST("The body is not a <methodCall> of one <methodName> and one <params>")
    if len(root[0]):
        raise INVALID_REQUEST("The <methodName> holds elements")
    return root[0].text or "", Arguments(root, read_params(root[1]) if len(root) == 2 else [])
