"""schemathesis finds nothing, and had a good answer from every operation."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.openapi.shipped import fetch, serve

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
ROOT = CONFIGURATION.parents[2]
SECONDS = 280


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Run"]:
    """One run over the whole document."""
    folder = tmp_path_factory.mktemp("openapi")
    with serve(folder) as (site, url):
        yield Run(folder, url, site.token)


class Run:
    """What schemathesis said, and what it noted of each answer."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        document, notes = folder / "openapi.json", folder / "notes.ndjson"
        document.write_bytes(fetch(f"{url}/openapi.json", token))
        self.document: Mapping[str, Any] = json.loads(document.read_text())
        command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIGURATION)]
        command += ["run", str(document), "--url", url, "--continue-on-failure", "--no-color"]
        command += ["--report", "ndjson", "--report-ndjson-path", str(notes), "--seed", "1"]
        environment = {**os.environ, "GATEWAY_TOKEN": token, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        self.answers = list(_answers(notes))


def _answers(notes: Path) -> Iterator[tuple[str, int]]:
    """(operation, status) of every answer: `POST /rest/x`, 200."""
    for line in notes.read_text().splitlines():
        event = json.loads(line).get("ScenarioFinished")
        if event is not None:
            recorder = event["recorder"]
            path = recorder["label"].partition(" ")[2]  # of the operation; other methods are tried there too
            for interaction in recorder.get("interactions", {}).values():
                if interaction["response"] is not None:
                    yield f"{interaction['request']['method']} {path}", interaction["response"]["status_code"]


def test_it_finds_nothing(run: Run) -> None:
    print(run.process.stdout)
    assert run.process.returncode == 0, run.process.stdout + run.process.stderr


def test_every_operation_had_a_good_answer(run: Run) -> None:
    """Or else nothing behind the refusals was tried."""
    operations = {
        f"{method.upper()} {path}" for path, methods in run.document["paths"].items() for method in methods
    }
    assert len(operations) >= 5
    assert operations - {operation for operation, status in run.answers if 200 <= status < 300} == set()
