"""What stands around the values of requests and answers."""

from collections.abc import Sequence

import msgspec

from gateway.faults import INVALID_REQUEST
from gateway.xml import Element, Records

PATH = "/xmlrpc"
CONTENT_TYPE = "text/xml; charset=utf-8"


DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PARTS = (["methodName", "params"], ["methodName"])


class Arguments(msgspec.Struct, frozen=True):
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
    values = []
    for param in params:
        value = param[0] if len(param) == 1 else param
        if param.tag != "param" or value.tag != "value":
            raise INVALID_REQUEST("The <params> holds <param> elements of one <value> each and nothing else")
        values.append(value)
    return values


def read_call(root: Element) -> tuple[str, Arguments]:
    """The name and the arguments of a `<methodCall>`. Raises INVALID_REQUEST."""
    parts = list(root)
    if root.tag != "methodCall" or [each.tag for each in parts] not in _PARTS:
        raise INVALID_REQUEST("The body is not a <methodCall> of one <methodName> and one <params>")
    name, *params = parts
    if len(name):
        raise INVALID_REQUEST("The <methodName> holds elements")
    return name.text or "", Arguments(root, read_params(params[0]) if params else [])
