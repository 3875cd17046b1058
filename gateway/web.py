"""HTTP without a server: handle(method, path, query, headers, body, peer) -> (status, headers, body); routing.

Before check 1, in this order: path, method, length (411, 413), content type (415), what parse cannot read (400).
Whatever happens, the client gets what its protocol can read; the outermost frame catches everything.
"""

import hashlib
import itertools
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from typing import Protocol as Interface

from gateway.dispatch import Dispatcher
from gateway.faults import (
    CODING_ERROR,
    INVALID_REQUEST,
    LENGTH_REQUIRED,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    Fault,
)
from gateway.protocol import FORM, Protocol, Query, Reply, Request, Route

_CHUNK = 65_536
_log = logging.getLogger("gateway.web")

Page = Callable[[Request], Reply]


class Readable(Interface):
    """A body still to be read, as WSGI gives it."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


class Response(NamedTuple):
    """Status, headers and body of an HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Web:
    """Routes requests to protocols and pages. Safe to share between threads."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        protocols: Sequence[Protocol],
        pages: Mapping[str, Page],
        max_body_bytes: Callable[[], int],
    ) -> None:
        self._dispatcher = dispatcher
        self._pages = pages
        self._max_body_bytes = max_body_bytes
        self._exact = {route.path: (protocol, route) for protocol in protocols for route in protocol.routes}
        self._below = [(p, r) for p, r in self._exact.values() if r.below]
        self._by_media_type = {
            media_type: (protocol, route)
            for protocol, route in reversed(list(self._exact.values()))
            for media_type in route.media_types
        }
        self._fallback = self._by_media_type.get("application/json") or next(iter(self._exact.values()))
        # Process-random and counted: unique without a system call for each request.
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)

    def handle(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | Readable = b"",
        peer: str = "",
    ) -> Response:
        """Answer one HTTP request. `headers` have lower-case names; `query` is raw; never raises."""
        request_id = f"{self._prefix}{next(self._numbers):08x}"
        try:
            reply = self._handle(method, path, query, headers or {}, body, peer, request_id)
        except Exception as error:  # the outermost frame
            _log.exception("request %s failed outside its call", request_id)
            reply = self._last_resort(path, error, request_id)
        return Response(reply.status, _finish(reply, request_id), b"" if method == "HEAD" else reply.body)

    def _handle(
        self,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        body: bytes | Readable,
        peer: str,
        request_id: str,
    ) -> Reply:
        page = self._pages.get(path)
        if page is not None:
            return page(Request(method, path, query, headers, b"", peer))
        found = self._find(path)
        protocol, route, tail = found or (*self._for_media_type(headers), "")
        data = b""
        try:
            if found is None:
                raise NOT_FOUND(f"No protocol answers at {path[:200]}")
            data = self._read(method, path, headers, route, body)
            request = Request(method, path, query, headers, data, peer, route.face, tail)
            message = protocol.parse(request)
        except Fault as fault:
            request = Request(method, path, query, headers, data, peer, route.face, tail)
            reply = self._dispatcher.refuse(protocol, request, fault, request_id)
            if fault.kind is METHOD_NOT_ALLOWED:
                reply.headers.setdefault("Allow", ", ".join(sorted(route.methods)))
            return reply
        reply = self._dispatcher.handle(protocol, request, message, request_id)
        if reply.status == 200 and isinstance(message.items[0], Query):
            return _revalidate(request, reply)
        return reply

    def _find(self, path: str) -> tuple[Protocol, Route, str] | None:
        exact = self._exact.get(path)
        if exact is not None:
            return *exact, ""
        for protocol, route in self._below:
            if path.startswith(route.path + "/"):
                return protocol, route, path[len(route.path) + 1 :]
        return None

    def _for_media_type(self, headers: Mapping[str, str]) -> tuple[Protocol, Route]:
        return self._by_media_type.get(_media_type(headers), self._fallback)

    def _read(
        self, method: str, path: str, headers: Mapping[str, str], route: Route, body: bytes | Readable
    ) -> bytes:
        """The body, if method, length and content type are in order."""
        if method not in route.methods:
            raise METHOD_NOT_ALLOWED(f"{path[:200]} does not take {method[:20]}")
        media_type = _media_type(headers)
        data = _read_body(headers, media_type, body, self._max_body_bytes())
        if data and media_type not in route.media_types:
            taken = ", ".join(sorted(route.media_types))
            raise UNSUPPORTED_MEDIA_TYPE(
                f"The content type is {media_type[:100] or 'missing'}; taken are {taken}"
            )
        return data

    def _last_resort(self, path: str, error: Exception, request_id: str) -> Reply:
        """A fault in the protocol's own form if it can still be written, else an empty 500."""
        protocol, route, tail = self._find(path) or (*self._fallback, "")
        fault = CODING_ERROR(f"{type(error).__name__} was raised outside the call")
        fault.__cause__ = error
        try:
            request = Request("POST", path, "", {}, b"", "", route.face, tail)
            return self._dispatcher.refuse(protocol, request, fault, request_id)
        except Exception:  # nothing may escape from here
            _log.exception("request %s: not even the fault could be written", request_id)
            return Reply(500, {"Content-Type": "text/plain; charset=utf-8"}, b"Internal error\n")


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _read_body(headers: Mapping[str, str], media_type: str, body: bytes | Readable, limit: int) -> bytes:
    """The whole body, inside the limit. Raises LENGTH_REQUIRED, TOO_LARGE or INVALID_REQUEST."""
    declared = headers.get("content-length", "")
    if not declared:
        if media_type == FORM and headers.get("transfer-encoding"):
            raise LENGTH_REQUIRED(
                "A form must say its length: a form that was cut off reads like a whole one"
            )
        return _read_chunks(body, limit)
    if not declared.isascii() or not declared.isdigit():
        raise INVALID_REQUEST("Content-Length is not a number")
    if len(declared) > 19 or int(declared) > limit:
        raise TOO_LARGE(f"The body is larger than {limit} bytes")
    length = int(declared)
    data = _read_chunks(body, length)
    if len(data) < length:
        raise INVALID_REQUEST(f"The body was cut off: {len(data)} of {length} bytes came")
    return data


def _read_chunks(body: bytes | Readable, limit: int) -> bytes:
    if isinstance(body, bytes):
        if len(body) > limit:
            raise TOO_LARGE(f"The body is larger than {limit} bytes")
        return body
    parts: list[bytes] = []
    size = 0
    while part := body.read(min(_CHUNK, limit - size + 1)):
        size += len(part)
        if size > limit:
            raise TOO_LARGE(f"The body is larger than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


def _revalidate(request: Request, reply: Reply) -> Reply:
    """A document with an ETag, or 304 for who has it (RFC 9110 section 13.1.2)."""
    tag = f'"{hashlib.sha256(reply.body).hexdigest()[:32]}"'
    headers = {**reply.headers, "ETag": tag, "Cache-Control": "private, no-cache"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    return Reply(304, headers, b"") if tag in known or "*" in known else Reply(200, headers, reply.body)


def _finish(reply: Reply, request_id: str) -> dict[str, str]:
    headers = reply.headers
    headers["X-Request-Id"] = request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Cache-Control", "no-store")
    if reply.status != 304:
        headers["Content-Length"] = str(len(reply.body))
    return headers
