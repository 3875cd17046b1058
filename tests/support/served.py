"""A gateway served by granian on a free port of the loopback interface, in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gateway import Component
from gateway.serve import Application, wsgi
from tests.support.site import COMPONENTS, SITE_KEY, Site

START_SECONDS = 30.0


def factory(components: Sequence[Component] = COMPONENTS) -> Application:
    """What the server process loads: the shipped components and the test component."""
    from gateway import store
    from gateway.assembly import Gateway
    from gateway.plugins import find_protocols

    engine = store.create(os.environ["GATEWAY_DATABASE"])
    gateway = Gateway(
        engine,
        components,
        find_protocols(),
        site_key=SITE_KEY,
        public_url=os.environ["GATEWAY_URL"],
        poll_seconds=0.0,
    )
    return wsgi(gateway)


@contextmanager
def served(site: Site, folder: Path, factory: str = f"{__name__}:factory") -> Iterator[str]:
    """Serve a site's database; the address without a slash at the end. `factory` is what the server process loads."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "GATEWAY_DATABASE": site.url, "GATEWAY_URL": url}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws"]
    command += [
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--blocking-threads",
        "4",
        factory,
    ]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait(url, process, folder / "server.log")
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1).close()  # noqa: S310  (our own address)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")
