"""A served gateway, a proxy in front of it, and a client that chooses its own address."""

import contextlib
import http.client
import os
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.proxies.page import HOST, SETTINGS, Place, configuration
from tests.support.process import free_port, make_certificate, wait_until
from tests.support.served import served
from tests.support.site import Site
from tests.support.wire import CONTENT_TYPES, path_of, text_call

TIMEOUT = 20.0
NO_ANSWER = 0
"""The status of an Answer when the connection was closed without one."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Stand:
    """Where requests go: a gateway, or a proxy in front of it (`context` is then its TLS)."""

    name: str
    site: Site
    folder: Path
    port: int
    context: ssl.SSLContext | None = None

    def connect(self, source: str) -> socket.socket:
        """A connection from this address of the loopback interface."""
        target = "::1" if ":" in source else "127.0.0.1"
        plain = socket.create_connection((target, self.port), TIMEOUT, (source, 0))
        return self.context.wrap_socket(plain, server_hostname=HOST) if self.context else plain

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        token: str | None = None,
        source: str = "127.0.0.2",
    ) -> Answer:
        """One request on a connection of its own, with the site's token as Bearer (or another; empty: none)."""
        secret = self.site.token if token is None else token
        given = {"Authorization": f"Bearer {secret}"} if secret else {}
        connection = http.client.HTTPConnection(HOST)
        connection.sock = self.connect(source)
        try:
            with contextlib.suppress(
                ConnectionError, ssl.SSLError
            ):  # refused before the body was sent: the answer may be there
                connection.request(method, path, body or None, given | dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        except (ConnectionError, ssl.SSLError):
            return Answer(NO_ANSWER, {}, b"")
        finally:
            connection.close()

    def call(
        self,
        protocol: str,
        text: str = "hello",
        headers: Mapping[str, str] | None = None,
        *,
        token: str | None = None,
        source: str = "127.0.0.2",
    ) -> Answer:
        """Call test_optional, which says its first argument."""
        body = text_call(protocol, "test_optional", a=text)
        given = {"Content-Type": CONTENT_TYPES[protocol]} | dict(headers or {})
        return self.send("POST", path_of(protocol, "test_optional"), body, given, token=token, source=source)


@contextmanager
def standing(folder: Path) -> Iterator[Stand]:
    """Serve a gateway with the page's settings, and make a certificate."""
    site = Site(folder)
    for name, value in SETTINGS.items():
        site.set(name, value)
    certificate, key = make_certificate(folder, HOST)
    (folder / "both.pem").write_text(certificate.read_text() + key.read_text())
    try:
        with served(site, folder) as url:
            yield Stand("gateway", site, folder, int(url.rpartition(":")[2]))
    finally:
        site.close()


@contextmanager
def proxied(gateway: Stand, name: str, folder: Path) -> Iterator[Stand]:
    """Run a proxy of the page in front of a gateway."""
    port = free_port()
    place = Place(port, f"127.0.0.1:{gateway.port}", folder, gateway.folder)
    command, environment = _COMMANDS[name](folder, configuration(name, place))
    context = ssl.create_default_context(cafile=str(gateway.folder / "certificate.pem"))
    stand = replace(gateway, name=name, folder=folder, port=port, context=context)
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
        try:
            wait_until(lambda: stand.send("GET", "/healthz").status == 200, process, folder / "output.log")
            yield stand
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=TIMEOUT)


def _nginx(folder: Path, configuration: str) -> tuple[list[str], dict[str, str]]:
    """A site's file is included by the main one, which Debian brings."""
    temporary = "".join(
        f"{each}_temp_path {folder};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "site.conf").write_text(configuration)
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ {temporary} access_log off; include {folder}/site.conf; }}\n"
    )
    return ["nginx", "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"], {}


def _haproxy(folder: Path, configuration: str) -> tuple[list[str], dict[str, str]]:
    (folder / "haproxy.cfg").write_text(f"{configuration}\n")
    return ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")], {}


def _caddy(folder: Path, configuration: str) -> tuple[list[str], dict[str, str]]:
    (folder / "Caddyfile").write_text(f"{configuration}\n")
    homes = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")], homes


_COMMANDS: Mapping[str, Callable[[Path, str], tuple[list[str], dict[str, str]]]] = {
    "nginx": _nginx,
    "haproxy": _haproxy,
    "caddy": _caddy,
}
