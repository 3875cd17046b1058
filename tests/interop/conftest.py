"""Real clients run on `make interop` only, which sets INTEROP; what is in process runs with all other tests."""

import os
from collections.abc import Iterator

import pytest

from tests.interop.clients import CLIENTS, WORK
from tests.interop.gateway import serve
from tests.interop.lab import PRESENT, Lab, legend, tables
from tests.interop.runner import Cell

CELLS: pytest.StashKey[dict[tuple[str, str], Cell]] = pytest.StashKey()

NEED_CLIENTS = (
    "test_clients.py",
    "test_moodle_clients.py",
    "test_next_release.py",
    "test_signatures.py",
    "test_types_page.py",
)

collect_ignore = [] if os.environ.get("INTEROP") else list(NEED_CLIENTS)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """All clients that are there, running against one served gateway."""
    with serve(tmp_path_factory.mktemp("interop")) as gateway:
        lab = Lab(gateway)
        lab.start(PRESENT)
        yield lab
        lab.pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def cells(request: pytest.FixtureRequest) -> dict[tuple[str, str], Cell]:
    """The table's cells so far, by client and case."""
    return request.config.stash.setdefault(CELLS, {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, and keep it in var/interop/table.md."""
    cells = config.stash.get(CELLS, {})
    if not cells:
        return
    text = f"{tables(cells)}\n\n{legend(cells)}\n"
    WORK.mkdir(parents=True, exist_ok=True)
    (WORK / "table.md").write_text(text, "utf-8")
    terminalreporter.section(f"interop: {len(PRESENT)} of {len(CLIENTS)} clients")
    terminalreporter.write_line(text)
