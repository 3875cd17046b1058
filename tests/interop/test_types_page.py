"""Every line of docs/reference/types.md about what is read, sent by curl to a served gateway in exactly these bytes."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.faults import INVALID_PARAMETER
from gateway.protocol import RemoteFault, Request
from tests.interop.cases import PAGE_TYPES, carried
from tests.interop.clients import Client
from tests.interop.component import component
from tests.interop.gateway import Gateway
from tests.interop.lab import PRESENT, Lab
from tests.support.types_page import PROTOCOLS, call, python, rows
from tests.support.wire import PROTOCOLS as SPOKEN
from tests.support.wire import SITE

ECHOES = {
    PAGE_TYPES[each.name]: each
    for each in component.functions
    if each.name in PAGE_TYPES and each.signature.parameters
}
"""By the type as the page writes it: the function that gives back what it was given."""


def _lines() -> Iterator[Any]:
    for row in rows("What is read"):
        yield pytest.param(*row.values(), id=" ".join(row.values()))


@pytest.mark.parametrize(
    "client", [each for each in PRESENT if each.name == "curl"], ids=lambda each: each.name
)
@pytest.mark.parametrize(("kind", "protocol", "wire", "outcome"), list(_lines()))
def test_line(
    lab: Lab, tmp_path: Path, client: Client, kind: str, protocol: str, wire: str, outcome: str
) -> None:
    request = call(protocol, ECHOES[kind].name, wire)
    for sent in (request, _query(request)) if protocol == "form" else (request,):
        seen = _outcome(lab.gateway, sent, kind, PROTOCOLS[protocol], tmp_path / "answer")
        if outcome == "problem":
            assert isinstance(seen, RemoteFault)
            assert seen.errorcode == INVALID_PARAMETER.errorcode
            assert [each["path"] for each in seen.problems] == ["value"]
        else:
            assert repr(seen) == repr(carried(python(outcome), PROTOCOLS[protocol]))


def _query(form: Request) -> Request:
    """The same call as a query."""
    return msgspec.structs.replace(form, method="GET", query=form.body.decode(), body=b"", headers={})


def _outcome(gateway: Gateway, sent: Request, kind: str, protocol: str, file: Path) -> Any:
    """The result, or the RemoteFault, that the protocol's own client side reads in curl's answer."""
    headers = {"Authorization": f"Bearer {gateway.token}", **sent.headers}
    command = ["curl", "--silent", "--show-error", "--output", str(file), "--write-out", "%{http_code}"]
    command += [word for name, value in headers.items() for word in ("--header", f"{name}: {value}")]
    command += ["--data-binary", "@-"] if sent.method == "POST" else []
    url = f"{gateway.url}{sent.path}{'?' if sent.query else ''}{sent.query}"
    done = subprocess.run([*command, url], input=sent.body, capture_output=True, check=True, timeout=60)
    try:
        return SPOKEN[protocol].read(ECHOES[kind], int(done.stdout), {}, file.read_bytes(), SITE)
    except RemoteFault as fault:
        return fault
