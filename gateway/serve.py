"""The gateway as a WSGI application, and granian around it."""

import atexit
import gc
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from gateway.assembly import DEFAULT_URL, Gateway, load

_access = logging.getLogger("gateway.access")
_LINE = "%s %r %s %d %d %.1fms %s"
_REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Headers(Mapping[str, str]):
    """Request headers read from a WSGI environ when asked for: most calls look at three of them."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Environ) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        value: str = self._environ[_key(name)]
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a header by its lower-case name."""
        return self._environ.get(_key(name), default)

    def __iter__(self) -> Iterator[str]:
        for key in self._environ:
            if key.startswith("HTTP_"):
                yield key[5:].replace("_", "-").lower()
            elif key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                yield key.replace("_", "-").lower()

    def __len__(self) -> int:
        return sum(1 for _ in self)


@lru_cache(maxsize=64)  # the gateway asks for a dozen names
def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def wsgi(gateway: Gateway) -> Application:
    """The WSGI application (PEP 3333) around a gateway's `handle`. The access log holds no credentials: no query."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        method, path, peer = environ["REQUEST_METHOD"], _path(environ), environ.get("REMOTE_ADDR", "")
        status, headers, body = gateway.handle(
            method, path, environ.get("QUERY_STRING", ""), Headers(environ), environ["wsgi.input"], peer
        )
        start_response(_REASONS.get(status, f"{status} Unknown"), list(headers.items()))
        if _access.isEnabledFor(logging.INFO):
            version, request_id = environ.get("SERVER_PROTOCOL", ""), headers["X-Request-Id"]
            milliseconds = (time.perf_counter() - started) * 1e3
            request = f"{method} {gateway.loggable(path)}"
            _access.info(_LINE, peer, request, version, status, len(body), milliseconds, request_id)
        return [body]

    return application


def _path(environ: Environ) -> str:
    """The path, decoded; PEP 3333 gives its octets as characters of Latin-1."""
    path: str = environ.get("PATH_INFO", "")
    return path if path.isascii() else path.encode("latin-1", "replace").decode("utf-8", "replace")


def factory() -> Application:
    """The application of one worker process, from the environment that `run` left; nothing is shared."""
    # Ctrl-C in a terminal reaches the whole group, and a worker of granian hangs on a second signal: alone in
    # its group it hears from the main process only.
    os.setpgid(0, 0)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    local = os.environ.get("GATEWAY_LOCAL")
    gateway = load(
        os.environ["GATEWAY_DATABASE"],
        folder=Path(os.environ.get("GATEWAY_FOLDER", "var")),
        local=Path(local) if local else None,
        public_url=os.environ.get("GATEWAY_URL", DEFAULT_URL),
        workers=int(os.environ.get("GATEWAY_WORKERS", "1")),
    )
    atexit.register(gateway.close)
    gc.collect()
    gc.freeze()  # what is there now stays: looking through it again would stop the worker for 60 ms
    return wsgi(gateway)


def url_of(host: str, port: int) -> str:
    """The address of what listens there (RFC 3986, section 3.2.2: one of IPv6 stands in brackets)."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


WORKER_MEGABYTES = 1024
"""A worker that holds more memory is replaced, its calls answered first. libxml2 keeps every element name that a thread
ever saw, so that memory which hostile documents take comes back only with the process."""


def run(
    database: str, *, folder: Path, local: Path, host: str, port: int, workers: int, threads: int
) -> None:
    """Serve until a signal ends it. A header must be complete within 5 seconds; a stopping worker has 10."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    os.environ.update(
        GATEWAY_DATABASE=database,
        GATEWAY_FOLDER=str(folder),
        GATEWAY_LOCAL=str(local),
        GATEWAY_URL=url_of(host, port),
    )
    Granian(
        "gateway.serve:factory",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=threads,
        http1_settings=HTTP1Settings(header_read_timeout=5000),
        workers_kill_timeout=10,
        workers_max_rss=WORKER_MEGABYTES,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
    ).serve()
