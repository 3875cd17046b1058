"""The clients as their folders describe them: what each needs, how it is built and run (README.md)."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORK = ROOT / "var" / "interop"
"""Where packages that are not the system's, stubs and programs land; git ignores it."""


@dataclass(frozen=True)
class Client:
    """One client, or a variant of it. `check`, `build`, `run` and `signatures` are shell scripts.

    `typed_faults`: faults arrive as an exception type of the generated code. `old_stubs`: the program made for this
    release is also run against the next one. `signatures` prints the generated methods.
    """

    name: str
    title: str
    protocol: str
    folder: Path
    run: str
    check: str = "true"
    build: str = ""
    signatures: str = ""
    soap: str = "11"
    typed_faults: bool = False
    old_stubs: bool = False
    packages: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def needs(self) -> str:
        """Its packages, in words."""
        return "; ".join(f"{manager}: {' '.join(names)}" for manager, names in self.packages.items())

    def is_there(self) -> bool:
        """Whether what it needs is installed."""
        command = ["sh", "-ec", self.check]
        environment = {**os.environ, **self.environment()}
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0

    def environment(self) -> dict[str, str]:
        """What its scripts may read beside the gateway's own variables."""
        return {
            "CLIENT": str(self.folder),
            "INTEROP": str(WORK),
            "PYTHON": sys.executable,
            "GATEWAY_NAME": self.name,
            "GATEWAY_SOAP": self.soap,
        }


def _read(folder: Path) -> list[Client]:
    """A client and its variants, which replace some of its keys."""
    described: dict[str, Any] = tomllib.loads((folder / "client.toml").read_text("utf-8"))
    variants: list[dict[str, Any]] = described.pop("variant", [])
    client = Client(folder=folder, **described)
    return [client, *(replace(client, signatures="", **each) for each in variants)]


def load(place: str) -> list[Client]:
    """All clients of a folder, in the order of their folders' names."""
    folders = sorted(each.parent for each in HERE.glob(f"{place}/*/client.toml"))
    return [client for folder in folders for client in _read(folder)]


CLIENTS: Sequence[Client] = load("clients")
MOODLE_CLIENTS: Sequence[Client] = load("moodle_clients")
"""Those that were written for Moodle, and take the steps of moodle.py."""
