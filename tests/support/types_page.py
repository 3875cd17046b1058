"""Reads docs/reference/types.md: its tables, and the Python values in their cells."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from gateway import Int32
from gateway.protocol import Request
from tests.support import amf3
from tests.support.wire import FORM, amf_call, request_of, soap_call, xmlrpc_call

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "types.md"
PROTOCOLS = {
    "SOAP": "soap",
    "XML-RPC": "xmlrpc",
    "JSON": "rest",
    "form": "rest",
    "AMF0": "amf",
    "AMF3": "amf",
}
"""What the page's columns are called, and the protocols they belong to."""

_SCOPE = {
    "Decimal": Decimal,
    "Int32": Int32,
    "Literal": Literal,
    "UTC": UTC,
    "date": date,
    "datetime": datetime,
}


def rows(section: str) -> Iterator[dict[str, str]]:
    """The rows of the table in a section, by column; code cells without their backticks."""
    text = PAGE.read_text("utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    lines = [line.strip()[1:-1].split("|") for line in text.splitlines() if line.startswith("|")]
    head, _, *body = [[re.sub("^`(.*)`$", r"\1", cell.strip()) for cell in line] for line in lines]
    for line in body:
        yield dict(zip(head, line, strict=True))


def python(source: str) -> Any:
    """A Python literal of the page, or one of its types."""
    return eval(source, dict(_SCOPE))  # noqa: S307  (our own page)


def call(protocol: str, name: str, *values: str) -> Request:
    """A call of a function with one parameter `value`, each value as the page's column of this name writes it."""
    if protocol == "SOAP":
        body = soap_call(name, "".join(f"<value>{each}</value>" for each in values))
    elif protocol == "XML-RPC":
        body = xmlrpc_call(name, *values)
    elif protocol == "JSON":
        body = "".join(["{", *(f'"value": {each}' for each in values), "}"]).encode()
    elif protocol == "form":
        body = "&".join(f"value={quote(each)}" for each in values).encode()
    elif protocol == "AMF0":
        body = amf_call(name, *map(bytes.fromhex, values))
    else:
        body = amf3.packet(*map(bytes.fromhex, values), name=name)
    return request_of(PROTOCOLS[protocol], name, body, FORM if protocol == "form" else None)
