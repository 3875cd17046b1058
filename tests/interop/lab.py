"""Runs every client that is there, two at a time, and keeps what they printed for the tests and the table."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.interop.cases import Case, cases_of
from tests.interop.clients import CLIENTS, Client
from tests.interop.gateway import Gateway
from tests.interop.runner import Cell, Line, build, run

REQUIRE_ALL = os.environ.get("INTEROP_REQUIRE") == "all"
"""Whether a client that is missing is a failure."""

_NAMES = os.environ.get("INTEROP_CLIENTS", "").split()
"""The clients to run, if not all."""

PRESENT: Sequence[Client] = [
    each
    for each in CLIENTS
    if os.environ.get("INTEROP") and (each.name in _NAMES or not _NAMES) and each.is_there()
]
MISSING: Sequence[Client] = [
    each for each in CLIENTS if each not in PRESENT and (each.name in _NAMES or not _NAMES)
]


@dataclass
class Lab:
    """One run of all clients. `built` and `printed` wait for their client, and raise ClientError as it did."""

    gateway: Gateway
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(os.cpu_count()))
    _built: dict[str, Future[Path]] = field(default_factory=dict)
    _printed: dict[str, Future[Mapping[str, Line]]] = field(default_factory=dict)

    def start(self, clients: Sequence[Client]) -> None:
        """Build and run these, in the background."""
        for client in clients:
            self._built[client.name] = built = Future[Path]()
            self._printed[client.name] = self.pool.submit(self._work, client, built)

    def _work(self, client: Client, built: "Future[Path]") -> Mapping[str, Line]:
        try:
            folder = build(client, self.gateway)
        except BaseException as error:
            built.set_exception(error)
            raise
        built.set_result(folder)
        return run(client, folder, self.gateway)

    def built(self, client: Client) -> Path:
        """The folder of its stubs and program."""
        return self._built[client.name].result()

    def printed(self, client: Client) -> Mapping[str, Line]:
        """What it printed, by case."""
        return self._printed[client.name].result()


def tables(cells: Mapping[tuple[str, str], Cell]) -> str:
    """One table a protocol: clients by cases, in Markdown; `-` for what did not run."""
    protocols: dict[str, list[str]] = {}
    for client in sorted((*PRESENT, *MISSING), key=CLIENTS.index):
        protocols.setdefault(client.protocol, []).append(client.name)
    return "\n\n".join(
        f"## {protocol}\n{_table(cells, cases_of(protocol), names)}" for protocol, names in protocols.items()
    )


def _table(cells: Mapping[tuple[str, str], Cell], cases: Sequence[Case], names: Sequence[str]) -> str:
    rows = [["case", *names], ["---"] * (len(names) + 1)]
    for case in cases:
        rows.append([case.name, *(_mark(cells.get((name, case.name))) for name in names)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    )


def _mark(cell: Cell | None) -> str:
    return "-" if cell is None else cell.verdict


def legend(cells: Mapping[tuple[str, str], Cell]) -> str:
    """What is missing, and why clients cannot: one line a reason."""
    lines = [f"missing: {each.name} ({each.title}); needs {each.needs}" for each in MISSING]
    reasons: dict[str, list[str]] = {}
    for (client, case), cell in cells.items():
        if cell.verdict == "cannot":
            reasons.setdefault(cell.why, []).append(f"{client}/{case}")
    lines += [f"client cannot: {', '.join(where)}: {why}" for why, where in reasons.items()]
    lines += [
        f"FAIL: {client}/{case}: {cell.why.splitlines()[0]}"
        for (client, case), cell in cells.items()
        if cell.verdict == "FAIL"
    ]
    return "\n".join(lines)
