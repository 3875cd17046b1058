"""The README is run: its function is put into local/, and its four clients call it, as a new user would."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.process import free_port

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"<!-- run: (\S+) -->\n```python\n(.*?)```", re.DOTALL)
BLOCKS = dict(BLOCK.findall((ROOT / "README.md").read_text()))
CLIENTS = {"call_rest.py": "REST", "call_soap.py": "SOAP", "call_xmlrpc.py": "XML-RPC", "call_amf.py": "AMF"}
GATEWAY = [sys.executable, "-c", "from gateway.cli import main; main()"]


def run(folder: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONWARNINGS": ""}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An installation with the README's plugin, served."""
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
            wait(f"http://127.0.0.1:{port}/healthz", folder / "log")
            yield folder
        finally:
            os.killpg(server.pid, signal.SIGINT)  # Ctrl-C: the terminal signals the whole group
            assert server.wait(timeout=8) == 0
    assert "refused to gracefully stop" not in (folder / "log").read_text()
    assert json.loads((folder / "var/demo.json").read_text())["token"] not in (folder / "log").read_text()


def wait(url: str, log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310  (our own address)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(log.read_text())


def test_the_readme_has_the_plugin_and_four_clients() -> None:
    assert set(BLOCKS) == {"local/hello/__init__.py", *CLIENTS}


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
