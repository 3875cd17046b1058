"""Builds a client, runs it against a gateway, and judges what it printed."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tomllib
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.access.causes import PASSWORD
from tests.interop.cases import BY_NAME, Case, carried
from tests.interop.clients import HERE, WORK, Client
from tests.interop.compare import compare_fault, compare_value
from tests.interop.gateway import BAD_TOKEN, ORIGIN, Gateway
from tests.support.site import USER

BUILD_SECONDS = 180.0
RUN_SECONDS = 120.0
PUBLIC_URL = "http://gateway.example"
"""The address in the WSDL that stubs are made from: a real one would give every run stubs of its own."""


class ClientError(Exception):
    """A client that could not be built or run; the text is what it said."""


@dataclass(frozen=True)
class Cannot:
    """What one client cannot do, why, and the test that shows it is the client.

    `sees` is what the client prints instead, as JSON: a value, or a fault's message; "" where it prints `cannot`.
    """

    client: str
    case: str
    reason: str
    evidence: str
    sees: str = ""


def read_cannots() -> Sequence[Cannot]:
    """The lines of client_cannot.toml, one a client and case."""
    lines = tomllib.loads((HERE / "client_cannot.toml").read_text("utf-8")).get("cannot", [])
    return [
        Cannot(
            client=client,
            case=case,
            **{key: line[key] for key in ("reason", "evidence", "sees") if key in line},
        )
        for line in lines
        for client in line["clients"]
        for case in line["cases"]
    ]


CANNOTS: Mapping[tuple[str, str], Cannot] = {(each.client, each.case): each for each in read_cannots()}

Line = Mapping[str, Any]
"""What a client printed of one case."""


@dataclass(frozen=True)
class Cell:
    """One client and case: `ok`, `cannot` or `FAIL`, and what there is to say."""

    verdict: str
    why: str = ""


def judge(client: Client, case: Case, line: Line | None) -> Cell:
    """The cell of a line; a client that cannot, but does, fails as well."""
    wrong = "nothing was printed" if line is None else _difference(client, case, line)
    known = CANNOTS.get((client.name, case.name))
    if known is None:
        return Cell("ok") if wrong is None else Cell("FAIL", wrong)
    if wrong is None:
        return Cell("FAIL", f"client_cannot.toml says that it cannot ({known.reason}), but it can")
    if line is None or not _is_known(known, line):
        return Cell("FAIL", f"{wrong}; client_cannot.toml says that it sees {known.sees or 'nothing'}")
    return Cell("cannot", known.reason)


def _is_known(known: Cannot, line: Line) -> bool:
    if "cannot" in line or not known.sees:
        return "cannot" in line and not known.sees
    seen = line["fault"].get("message") if "fault" in line else line["value"]
    return bool(seen == json.loads(known.sees))


def _difference(client: Client, case: Case, line: Line) -> str | None:
    if "cannot" in line:
        return f"the client says that it cannot: {line['cannot']}"
    if case.fault is None:
        if "fault" in line:
            return f"a fault came: {line['fault']}"
        return compare_value(carried(case.value, client.protocol), line["value"], client.name)
    if "fault" not in line:
        return f"no fault came, but {line['value']!r}"
    if line.get("typed", False) != client.typed_faults:
        return f"the fault came {'with' if line.get('typed') else 'without'} a type of its own"
    return compare_fault(case.fault, line["fault"])


def fetch_wsdl(gateway: Gateway, soap: str) -> bytes:
    """The WSDL as the gateway serves it, but with an address that is the same on every run."""
    with urllib.request.urlopen(_wsdl_url(gateway, soap), timeout=20) as answer:  # noqa: S310  (our own address)
        served: bytes = answer.read()
    return served.replace(gateway.url.encode(), PUBLIC_URL.encode())


def _wsdl_url(gateway: Gateway, soap: str) -> str:
    return f"{gateway.url}/soap?wsdl&soap={soap}&wstoken={gateway.token}"


def build(client: Client, gateway: Gateway) -> Path:
    """The folder with the client's stubs and program, made if there is none of this WSDL and these sources."""
    wsdl = fetch_wsdl(gateway, client.soap) if client.protocol == "soap" else b""
    folder = WORK / "build" / client.name / _digest(client, wsdl)
    if (folder / "built").exists():
        return folder
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "gateway.wsdl").write_bytes(wsdl)
    if client.build:
        _shell(client, client.build, folder, {}, BUILD_SECONDS)
    (folder / "built").touch()
    return folder


def _digest(client: Client, wsdl: bytes) -> str:
    """Of the WSDL and of the client's sources, also those in other folders that its script names."""
    found = hashlib.sha256(wsdl)
    others = sorted(set(re.findall(r"/\.\./([\w-]+)", client.build)))
    for folder in (client.folder, *(client.folder.parent / name for name in others)):
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


def run(client: Client, folder: Path, gateway: Gateway) -> Mapping[str, Line]:
    """Call all cases; what was printed, by case. Raises ClientError, also for lines of no case."""
    environment = {
        "GATEWAY_URL": gateway.url,
        "GATEWAY_TOKEN": gateway.token,
        "GATEWAY_BAD_TOKEN": BAD_TOKEN,
        "GATEWAY_USER": USER,
        "GATEWAY_PASSWORD": PASSWORD,
        "GATEWAY_ORIGIN": ORIGIN,
        "GATEWAY_WSDL": _wsdl_url(gateway, client.soap),
    }
    printed = _shell(client, client.run, folder, environment, RUN_SECONDS)
    lines = [json.loads(each) for each in printed.splitlines() if each.startswith("{")]
    strangers = {each["case"] for each in lines} - BY_NAME.keys()
    if strangers:
        raise ClientError(
            f"{client.name} calls cases that cases.py does not have: {', '.join(sorted(strangers))}"
        )
    return {each["case"]: each for each in lines}


def signatures(client: Client, folder: Path) -> str:
    """The generated methods, one a line, sorted."""
    printed = _shell(client, client.signatures, folder, {}, RUN_SECONDS)
    methods = (re.sub(r"\s+", " ", each).strip() for each in printed.splitlines() if "(" in each)
    return "".join(f"{each}\n" for each in sorted(methods))


def _shell(client: Client, script: str, folder: Path, more: Mapping[str, str], seconds: float) -> str:
    """What a script printed. It and what it started end in time."""
    process = subprocess.Popen(
        ["sh", "-ec", script],
        cwd=folder,
        env={**os.environ, **client.environment(), **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=seconds)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise ClientError(f"{client.name} took more than {seconds:.0f} s") from None
        raise
    if process.returncode:
        said = re.sub(rb"^\{.*\n", b"", output, flags=re.MULTILINE) + errors
        text = said.decode(errors="replace")[-3000:]
        raise ClientError(f"{client.name} ended with {process.returncode}:\n{text}")
    return output.decode()
