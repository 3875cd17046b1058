"""docs/how-to/checklists.md is run as it stands: each checklist on a fresh database, to its first successful call.

`gateway` runs in this process, `curl` becomes a request to a gateway on the same database; what a command prints is
compared with the page, where `...` stands for anything.
"""

import json
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

import pytest

from tests.support.command import invoke, request
from tests.support.console import matches, steps

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/checklists.md").read_text()
INTRODUCTION, SYSTEM, USERS = re.split(r"^## .*$", PAGE, flags=re.MULTILINE)
CHECKLISTS = {"system": INTRODUCTION + SYSTEM, "users": USERS}


@dataclass
class Shell:
    """As much of a shell as the page needs: variables, `NAME=$(...)`, one pipe into python3."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, command: str) -> str:
        """What a command shows on the terminal."""
        assigned = re.fullmatch(r"([A-Z]+)=\$\((.*)\)", command)
        output, errors = self._run(assigned[2] if assigned else command)
        if assigned:
            self.variables[assigned[1]] = output.strip()
            output = ""
        return errors + output

    def _run(self, command: str) -> tuple[str, str]:
        first, pipe, second = command.partition(" | ")
        program, *words = shlex.split(re.sub(r"\$([A-Z]+)", lambda found: self.variables[found[1]], first))
        output, errors = self._gateway(words) if program == "gateway" else (self._curl(words), "")
        if pipe:
            reader, *script = shlex.split(second)
            assert reader == "python3"
            done = subprocess.run(
                [sys.executable, *script], input=output, capture_output=True, text=True, check=True
            )
            output = done.stdout
        return output, errors

    def _gateway(self, words: list[str]) -> tuple[str, str]:
        asks = "soap" in words  # the page shows what a refusal looks like
        result = invoke(self.folder, *words, ok=not asks)
        return result.stdout, result.stderr

    def _curl(self, words: list[str]) -> str:
        headers, fields, url = {}, [], ""
        remaining = iter(words)
        for word in remaining:
            if word == "-H":
                name, _, value = next(remaining).partition(": ")
                headers[name.lower()] = value
            elif word == "-d":
                fields.append(next(remaining))
            elif word == "--data-urlencode":
                name, _, value = next(remaining).partition("=")
                fields.append(f"{name}={quote_plus(value)}")
            elif word != "-s":
                url = word
        response = request(
            self.folder,
            urlsplit(url).path,
            "&".join(fields).encode(),
            token=headers.get("authorization", "").removeprefix("Bearer "),
            content_type=headers.get("content-type", "application/x-www-form-urlencoded"),
            method="POST" if fields else "GET",
        )
        assert response.status == 200, response.body
        return response.body.decode()


@pytest.mark.parametrize("name", CHECKLISTS)
def test_a_checklist_leads_to_a_successful_call(name: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    output = ""
    for step in steps(CHECKLISTS[name]):
        output = shell.run(step.command)
        assert matches(output, step.printed), f"{step.command}\n{output}"
    answer = json.loads(output)
    assert answer["username"] == {"system": "erp", "users": "jane"}[name]
    assert [each["name"] for each in answer["functions"]][-1:] == ["core_webservice_get_site_info"]


def test_the_checklists_have_moodles_steps() -> None:
    bold = re.compile(r"^\*\*([0-9]+)\. ", re.MULTILINE)
    assert [int(each) for each in bold.findall(SYSTEM)] == list(range(1, 11))
    assert [int(each) for each in bold.findall(USERS)] == list(range(1, 7))


def test_an_output_that_differs_is_noticed() -> None:
    assert matches("one\ntwo\nthree\n", ["one", "...", "th...e"])
    assert not matches("one\ntwo\nthree\n", ["one", "three"])
    assert not matches("The user is made.\n", ["The user is gone."])
    assert not matches("an output\n", [])
