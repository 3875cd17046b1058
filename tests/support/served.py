"""A gateway served by granian on a free port of the loopback interface, in a process of its own."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gateway import Component
from gateway.serve import Application, wsgi
from tests.support.process import free_port, wait_until
from tests.support.site import COMPONENTS, SITE_KEY, Site


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
            wait_until(lambda: _is_up(url), process, folder / "server.log")
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def _is_up(url: str) -> bool:
    urllib.request.urlopen(f"{url}/healthz", timeout=1).close()  # noqa: S310  (our own address)
    return True
