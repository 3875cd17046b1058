"""Reads docs/reference/types.md: its tables, and the Python values in their cells."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from gateway import Int32

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "types.md"
PROTOCOLS = {"SOAP": "soap", "XML-RPC": "xmlrpc", "JSON": "rest", "form": "rest", "AMF0": "amf"}
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
