"""Forms as multipart/form-data (RFC 7578): the fields that are no files."""

import re
from collections.abc import Iterator

from gateway import limits
from gateway.faults import INVALID_REQUEST, TOO_LARGE
from gateway.forms import Pair
from gateway.protocol import Request

MULTIPART = "multipart/form-data"

_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_NAME = re.compile(r';\s*name="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_FILE = re.compile(r";\s*filename\*?=", re.IGNORECASE)
_DISPOSITION = b"content-disposition:"


def read_fields(request: Request) -> list[Pair]:
    """The fields of the body, in order; files are left aside.

    Raises INVALID_REQUEST for what is no such body, or not UTF-8; TOO_LARGE for too many parts.
    """
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    if found is None:
        raise INVALID_REQUEST("The content type names no boundary between the parts of the form")
    boundary = b"--" + (found[1] or found[2]).encode("latin-1", "replace")
    if request.body.count(boundary) > limits.FORM_PAIRS:
        raise TOO_LARGE(f"The form holds more than {limits.FORM_PAIRS} values")
    try:
        return list(_fields(request.body, boundary))
    except UnicodeDecodeError:
        raise INVALID_REQUEST("The form is not UTF-8") from None


def _fields(body: bytes, boundary: bytes) -> Iterator[Pair]:
    """The parts stand between boundaries, each at the start of a line; `--` follows the last."""
    parts = (b"\r\n" + body).split(b"\r\n" + boundary)
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise INVALID_REQUEST("The last boundary of the form is missing: it was cut off")
    for part in parts[1:-1]:
        head, blank, content = part.partition(b"\r\n\r\n")
        if not blank:
            raise INVALID_REQUEST("A part of the form has no blank line behind its headers")
        name = _name(head)
        if name is not None:
            yield name, content.decode("utf-8")


def _name(head: bytes) -> str | None:
    """The name of a field; None for a file. Raises INVALID_REQUEST for a part without a name."""
    for line in head.split(b"\r\n"):
        if line.lower().startswith(_DISPOSITION):
            disposition = line.decode("utf-8")
            found = _NAME.search(disposition)
            if found is not None:
                unquoted = re.sub(r"\\(.)", r"\1", found[1])
                return None if _FILE.search(disposition) else unquoted.replace("%22", '"')
    raise INVALID_REQUEST("A part of the form has no name")
