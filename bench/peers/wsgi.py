"""Requests to a WSGI application in process: the environ that a server would make, and the whole answer."""

import io
from typing import Any


def environ(method: str, **more: Any) -> dict[str, Any]:
    """What an application may rely on (PEP 3333), and what else is given."""
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        **more,
    }


def post(app: Any, body: bytes, content_type: str, **more: Any) -> tuple[str, bytes]:
    """POST a body: the status line and the answer."""
    given = {
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    return run(app, environ("POST", **given, **more))


def run(app: Any, request: dict[str, Any]) -> tuple[str, bytes]:
    """Send a request: the status line and the answer."""
    statuses: list[str] = []
    answer = b"".join(app(request, lambda status, _headers: statuses.append(status)))
    return statuses[0], answer
