"""Unmodified clients that were written for Moodle: what each does step by step, and what it must get.

Their folders are described as those of the other clients are (clients.py). A program prints one JSON object a step:
`{"step": NAME, "value": ...}` or `{"step": NAME, "fault": {...}}` with what its library shows of a fault.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.access.causes import PASSWORD, PASSWORD_HASH, open_widely
from tests.interop.clients import MOODLE_CLIENTS, Client
from tests.support.served import served
from tests.support.site import SERVICE, USER, Site

WEAK = "weak"
"""A user who may use the protocols and nothing else."""
TOKEN = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Fault:
    """A fault, as far as a client shows it; `debuginfo` is a pattern."""

    errorcode: str
    exception: str = "moodle_exception"
    debuginfo: str = ""


PERSON = ("Jane", "O'Neil é")
_PARAMETER, _MISSING = "invalid_parameter_exception", "dml_missing_record_exception"

STEPS: Mapping[str, Any] = {
    "token": TOKEN,
    "token-wrong": Fault("usernamenotfound"),
    "site-info": [USER, True],
    "create": ["{name}.jane"],
    "read": ["{name}.jane", *PERSON, "{name}.jane@example.org"],
    "search": [" ".join(PERSON), 1],
    "update": None,
    "read-again": ["Jane", "Roe", "Perth"],
    "delete": None,
    "gone": [],
    "fault-token": Fault("invalidtoken", debuginfo="^No token begins with 00000000"),
    "fault-function": Fault("invalidrecord", _MISSING, "core_no_such_function"),
    "fault-access": Fault(
        "accessexception", "webservice_access_exception", "test_outside is not in the service"
    ),
    "fault-parameter": Fault("invalidparameter", _PARAMETER, r"^users\[0\]\.email: "),
    "fault-capability": Fault("nopermissions", "required_capability_exception", "moodle/user:delete"),
    "fault-of-the-function": Fault("invaliduser", _MISSING, "^No user has the id"),
}
"""In order: value or Fault."""


@dataclass(frozen=True)
class Gateway:
    """Where it answers, and the token of somebody who may do next to nothing."""

    url: str
    weak_token: str


@contextmanager
def serve(folder: Path) -> Iterator[Gateway]:
    """Serve a site whose caller gets a token with a password, at debug level normal."""
    site = Site(folder)
    try:
        site.change_user(USER, password_hash=PASSWORD_HASH)
        site.add_user(WEAK)
        site.grant(WEAK, [f"webservice/{name}:use" for name in ("rest", "soap", "xmlrpc")])
        weak_token = site.add_token(WEAK)
        open_widely(site)
        with served(site, folder) as url:
            yield Gateway(url, weak_token)
    finally:
        site.close()


def run(client: Client, gateway: Gateway) -> Mapping[str, Mapping[str, Any]]:
    """What a client printed, by step. Fails when its program does."""
    environment = {
        **os.environ,
        **client.environment(),
        "GATEWAY_URL": gateway.url,
        "GATEWAY_USER": USER,
        "GATEWAY_PASSWORD": PASSWORD,
        "GATEWAY_SERVICE": SERVICE,
        "GATEWAY_WEAK_TOKEN": gateway.weak_token,
    }
    command = ["sh", "-ec", client.run]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["step"]: line for line in lines}


def assert_step(client: Client, expected: Any, line: Mapping[str, Any]) -> None:
    """A line says what the step must give; of a fault it may leave out what the client does not show."""
    if isinstance(expected, Fault):
        seen = line["fault"]
        assert seen.get("errorcode", expected.errorcode) == expected.errorcode
        assert seen.get("exception", expected.exception) == expected.exception
        assert seen.get("message") or seen.get("error")
        assert re.search(expected.debuginfo, seen.get("debuginfo") or "") or "debuginfo" not in seen
        return
    assert "fault" not in line, line
    if isinstance(expected, re.Pattern):
        assert expected.fullmatch(line["value"])
    else:
        assert line["value"] == _named(expected, client.name)


def _named(expected: Any, name: str) -> Any:
    if isinstance(expected, list):
        return [_named(each, name) for each in expected]
    return expected.replace("{name}", name) if isinstance(expected, str) else expected


PRESENT: Sequence[Client] = [each for each in MOODLE_CLIENTS if os.environ.get("INTEROP") and each.is_there()]
MISSING: Sequence[Client] = [each for each in MOODLE_CLIENTS if each not in PRESENT]
