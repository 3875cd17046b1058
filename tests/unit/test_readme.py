"""The README and the tutorial are run as a new user would: their functions put into local/, and called."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.console import Step, matches, steps
from tests.support.process import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"<!-- run: (\S+) -->\n```python\n(.*?)```", re.DOTALL)
README, TUTORIAL = ((ROOT / page).read_text() for page in ("README.md", "docs/tutorial/functions.md"))
BLOCKS = dict(BLOCK.findall(README + TUTORIAL))
PLUGINS = {"local/hello/__init__.py", "local/shop/__init__.py"}
CLIENTS = {"call_rest.py": "REST", "call_soap.py": "SOAP", "call_xmlrpc.py": "XML-RPC", "call_amf.py": "AMF"}
GATEWAY = [sys.executable, "-c", "from gateway.cli import main; main()"]


def run(folder: Path, *command: str, ok: bool = True) -> str:
    environment = {**os.environ, "PYTHONWARNINGS": ""}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode == 0) is ok, done.stderr
    return done.stdout if ok else done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An installation with the plugins of both pages, served."""
    folder = tmp_path_factory.mktemp("readme")
    for name, text in BLOCKS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    port = free_port()
    run(folder, *GATEWAY, "init")
    run(folder, *GATEWAY, "demo", "--url", f"http://127.0.0.1:{port}")
    with (folder / "log").open("wb") as log:
        command = [*GATEWAY, "serve", "--port", str(port)]
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_until(lambda: is_up(port), server, folder / "log")
            yield folder
        finally:
            os.killpg(server.pid, signal.SIGINT)  # Ctrl-C: the terminal signals the whole group
            assert server.wait(timeout=8) == 0
    assert "refused to gracefully stop" not in (folder / "log").read_text()
    assert json.loads((folder / "var/demo.json").read_text())["token"] not in (folder / "log").read_text()


def is_up(port: int) -> bool:
    urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
    return True


def test_the_pages_have_two_plugins_and_four_clients() -> None:
    assert set(BLOCKS) == PLUGINS | set(CLIENTS)


@pytest.mark.parametrize("step", steps(TUTORIAL), ids=lambda step: step.command)
def test_a_command_of_the_tutorial_prints_what_the_page_shows(folder: Path, step: Step) -> None:
    program, *words = shlex.split(step.command)
    assert program == "gateway"
    output = run(folder, *GATEWAY, *words, ok=not step.printed[0].startswith("Error"))
    assert matches(output, step.printed), output


def test_the_tutorials_own_fault_says_why(folder: Path) -> None:
    guests = json.dumps({"guests": [{"name": f"guest{number}"} for number in range(21)]})
    assert "outoftea" in run(folder, *GATEWAY, "call", "shop_pour_tea", "--json", guests, ok=False)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_of_the_readme_calls_the_function(folder: Path, client: str) -> None:
    assert run(folder, sys.executable, client) == f"Hello, {CLIENTS[client]}!\n"


@pytest.mark.parametrize("protocol", ["rest", "soap", "xmlrpc", "amf"])
def test_the_command_calls_the_function(folder: Path, protocol: str) -> None:
    answer = run(folder, *GATEWAY, "call", "hello_greet", "name=you", "times=2", "--protocol", protocol)
    assert json.loads(answer) == [{"text": "Hello, you!", "letters": 3}] * 2


def test_demo_json_is_for_its_owner_only(folder: Path) -> None:
    file = folder / "var/demo.json"
    assert file.stat().st_mode & 0o777 == 0o600
    content = json.loads(file.read_text())
    assert set(content) == {"url", "admin", "user", "service", "token"}
    assert set(content["admin"]) == set(content["user"]) == {"username", "password"}
