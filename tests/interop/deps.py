"""Installs what the clients need: says first what and how big, and does nothing where everything is there.

`python -m tests.interop.deps` (make interop-deps). Debian's packages need root; npm's and Maven's land in var/interop,
through their tools' own caches; pip's come with the extra `test`.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from tests.interop.clients import CLIENTS, MOODLE_CLIENTS, WORK, Client

APT = ["apt-get", "install", "-y", "--no-install-recommends", "--no-upgrade", "-o", "DPkg::Lock::Timeout=600"]


def main() -> int:
    """Exit status 0 when every client is there afterwards, 1 otherwise."""
    missing = _missing()
    if not missing:
        print("Everything is there that the clients of tests/interop need.")
        return 0
    for line in _plan(missing):
        print(line, flush=True)
    for manager, install in INSTALLERS.items():
        packages = _packages(missing, manager)
        if packages:
            install(packages)
    left = _missing()
    for client in left:
        print(f"still missing: {client.title}, which needs {client.needs}", file=sys.stderr)
    return 1 if left else 0


def _missing() -> list[Client]:
    return [client for client in (*CLIENTS, *MOODLE_CLIENTS) if not client.is_there()]


def _packages(clients: Iterable[Client], manager: str) -> list[str]:
    return sorted({each for client in clients for each in client.packages.get(manager, ())})


def _plan(missing: Sequence[Client]) -> Iterable[str]:
    """What is about to be installed, one line a package manager."""
    yield f"Missing: {', '.join(client.name for client in missing)}"
    for manager in INSTALLERS:
        packages = _packages(missing, manager)
        if packages:
            yield f"{manager}: {' '.join(packages)} ({SIZES[manager](packages)})"


def _apt_size(packages: Sequence[str]) -> str:
    """As apt says it. The list of packages is brought up to date for that."""
    _run([*_as_root(), "apt-get", "update", "-qq", "-o", "DPkg::Lock::Timeout=600"])
    command = ["apt-get", "install", "--assume-no", "--no-install-recommends", "--no-upgrade", *packages]
    said = subprocess.run(command, capture_output=True, text=True, check=False, env=_english()).stdout
    lines = re.findall(r"^(?:Need to get|After this operation|\d+ upgraded).*$", said, re.MULTILINE)
    return " ".join(lines) or "size unknown"


def _npm_size(packages: Sequence[str]) -> str:
    return f"about 55 MB in {WORK / 'npm'}"


def _maven_size(packages: Sequence[str]) -> str:
    return f"about 13 MB in {WORK}, as much and Maven's own plugins in ~/.m2"


def _pip_size(packages: Sequence[str]) -> str:
    return "about 3 MB in the virtual environment"


def _apt(packages: Sequence[str]) -> None:
    _run([*_as_root(), *APT, *packages])


def _npm(packages: Sequence[str]) -> None:
    _run(["npm", "install", "--no-fund", "--no-audit", "--prefix", str(WORK / "npm"), *packages])


def _maven(packages: Sequence[str]) -> None:
    """Each is a client's folder that holds a pom.xml; its dependencies are copied to var/interop/NAME."""
    for name in packages:
        pom = Path(__file__).parent / "clients" / name / "pom.xml"
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={WORK / name}"]
        _run(["mvn", "-q", "-B", "-f", str(pom), *goal])


def _pip(packages: Sequence[str]) -> None:
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])


def _venv_size(packages: Sequence[str]) -> str:
    return f"about 20 MB each in {WORK}"


def _venv(packages: Sequence[str]) -> None:
    """Each into a virtual environment of its own, var/interop/NAME: what it needs must not rule what we need."""
    for package in packages:
        folder = WORK / package.partition("==")[0]
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", package])


INSTALLERS: Mapping[str, Callable[[Sequence[str]], None]] = {
    "apt": _apt,
    "npm": _npm,
    "maven": _maven,
    "pip": _pip,
    "venv": _venv,
}
"""In this order: apt may bring npm and mvn."""
SIZES: Mapping[str, Callable[[Sequence[str]], str]] = {
    "apt": _apt_size,
    "npm": _npm_size,
    "maven": _maven_size,
    "pip": _pip_size,
    "venv": _venv_size,
}


def _run(command: Sequence[str]) -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    subprocess.run(command, check=True, env={**_english(), "DEBIAN_FRONTEND": "noninteractive"})


def _as_root() -> list[str]:
    return [] if os.geteuid() == 0 else ["sudo"]


def _english() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C"}


if __name__ == "__main__":
    sys.exit(main())
