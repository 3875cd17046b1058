"""What stands around the values of requests and answers."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.faults import INVALID_REQUEST
from gateway.xml import Element

PATH = "/xmlrpc"
CONTENT_TYPE = "text/xml; charset=utf-8"


DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Arguments(NamedTuple):
    """The unread arguments of a call: the `<value>` of each parameter, and the element that holds the whole call.

    `texts` says how many texts of that element were read already, `problem` what makes the arguments no arguments.
    """

    root: Element
    values: Sequence[Element]
    texts: int = 1
    problem: str = ""


def read_params(params: Element) -> list[Element]:
    """The `<value>` of each `<param>`."""
    for param in params:
        if param.tag != "param" or len(param) != 1 or param[0].tag != "value":
            raise INVALID_REQUEST("The <params> holds <param> elements of one <value> each and nothing else")
    return [param[0] for param in params]
