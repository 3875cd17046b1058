"""HTTP without a server: handle(method, path, query, headers, body, peer) -> (status, headers, body); routing.

Before check 1, in this order: path, method, length (411, 413), content type (415), what parse cannot read (400).
Whatever happens, the client gets what its protocol can read; the outermost frame catches everything.
"""

import hashlib
import itertools
import logging
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from typing import Protocol as Interface

from gateway import cors, crossdomain, encoding
from gateway.dispatch import Dispatcher
from gateway.endpoints import Endpoint
from gateway.facts import Facts, FactsSource, utc_now
from gateway.faults import (
    INVALID_REQUEST,
    LENGTH_REQUIRED,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    TOO_LARGE,
    UNSUPPORTED_ENCODING,
    UNSUPPORTED_MEDIA_TYPE,
    Fault,
)
from gateway.peer import client_address
from gateway.protocol import ANY, FORM, NO_STORE, Protocol, Query, Reply, Request, Route, media_type_of

_CHUNK = 65_536
_LOGGED = 200
"""So many characters of a path are shown."""
_log = logging.getLogger("gateway.web")

Page = Callable[[Request], Reply]
RequestIds = Callable[[], str]
"""Gives each request its id."""


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


def count_requests() -> RequestIds:
    """Ids for the requests of this process: random at the start and counted, unique without a system call for each."""
    prefix, numbers = secrets.token_hex(6), itertools.count(1)
    return lambda: f"{prefix}{next(numbers):08x}"


class Web:
    """Routes requests to protocols and pages. Safe to share between threads."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        protocols: Sequence[Protocol],
        endpoints: Sequence[Endpoint],
        pages: Mapping[str, Page],
        facts: FactsSource,
        request_ids: RequestIds,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._dispatcher = dispatcher
        self._pages = pages
        self._facts = facts
        self._clock = clock
        served = [(protocol, route) for protocol in protocols for route in protocol.routes]
        self._exact: dict[str, tuple[Protocol | Endpoint, Route, str]] = {
            route.path: (protocol, route, "") for protocol, route in served
        }
        self._exact |= {endpoint.route.path: (endpoint, endpoint.route, "") for endpoint in endpoints}
        self._below = [(f"{route.path}/", protocol, route) for protocol, route in served if route.below]
        self._by_media_type = {
            media_type: (protocol, route)
            for protocol, route in reversed(served)
            if protocol.face == "modern"
            for media_type in route.media_types
        }
        self._fallback = self._by_media_type.get("application/json") or served[0]
        self._next_id = request_ids
        self._before_secret = _any_of([route.path.rpartition("/")[2] for _, route in served if route.secret])

    def handle(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | Readable = b"",
        peer: str = "",
    ) -> Response:
        """Answer one HTTP request; never raises.

        `headers` have lower-case names, `query` is raw, `peer` is the address at the socket's other end.
        """
        request_id = self._next_id()
        given = headers or {}
        asked = "GET" if method == "HEAD" else method
        try:
            reply = self._handle(asked, path, query, given, body, peer, request_id)
        except Exception as error:  # the outermost frame
            reply = self._last_resort(path, given, error, request_id)
        reply = encoding.encode(reply, given)
        return Response(reply.status, _finish(reply, request_id), b"" if method == "HEAD" else reply.body)

    def loggable(self, path: str) -> str:
        """The path as a log or a fault may hold it: cut off where credentials follow, at a wrong address, too."""
        found = self._before_secret.search(path)
        return path[: min(found.end(), _LOGGED) if found else _LOGGED]

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
            # No address: /healthz answers without the database, which knows the trusted proxies.
            return page(Request(method, path, query, headers, b""))
        settings = self._facts.settings
        client = client_address(peer, headers, settings.trusted_proxies, settings.proxy_header)
        found = self._find(path)
        if method == "OPTIONS" and found is not None:
            return self._say_methods(found[1], headers)
        server, route, tail = found or (*self._for_media_type(headers), "")
        facts = Facts(settings, self._clock(), client, server.name)
        data = b""
        try:
            if found is None:
                raise NOT_FOUND(f"No protocol answers at {self.loggable(path)}")
            data = _read(method, headers, route, body, settings.max_body_bytes)
            request = Request(method, path, query, headers, data, client, tail)
            if isinstance(server, Endpoint):
                return self._dispatcher.serve(server, request, facts, request_id)
            message = server.parse(request)
        except Fault as fault:
            request = Request(method, path, query, headers, data, client, tail)
            reply = self._dispatcher.refuse(server, request, fault, facts, request_id)
            if fault.kind is METHOD_NOT_ALLOWED:
                reply.headers.setdefault("Allow", route.allow)
            elif fault.kind is UNSUPPORTED_ENCODING:
                reply.headers["Accept-Encoding"] = encoding.ACCEPTED
            return reply
        reply = self._dispatcher.handle(server, request, message, facts, request_id)
        if method == "GET" and reply.status == 200 and isinstance(message.items[0], Query):
            return _revalidate(request, reply)
        return reply

    def _say_methods(self, route: Route, headers: Mapping[str, str]) -> Reply:
        """What an address takes; to a browser, whether a script may send it. Neither comes with a credential."""
        reply = Reply(204, {"Allow": route.allow}, b"")
        cors.answer_preflight(reply.headers, headers, route.allow, self._facts.origins())
        return reply

    def _find(self, path: str) -> tuple[Protocol | Endpoint, Route, str] | None:
        exact = self._exact.get(path)
        if exact is not None:
            return exact
        for start, protocol, route in self._below:
            if path.startswith(start):
                return protocol, route, path[len(start) :]
        return None

    def _for_media_type(self, headers: Mapping[str, str]) -> tuple[Protocol, Route]:
        return self._by_media_type.get(media_type_of(headers), self._fallback)

    def _last_resort(self, path: str, headers: Mapping[str, str], error: Exception, request_id: str) -> Reply:
        """A fault in the protocol's own form if it can still be written, else an empty 500."""
        server, _, tail = self._find(path) or (*self._fallback, "")
        fault = self._dispatcher.unexpected(error, request_id)
        try:
            request = Request("POST", path, "", headers, b"", "", tail)
            facts = Facts(self._facts.settings, self._clock(), "", server.name)
            return self._dispatcher.refuse(server, request, fault, facts, request_id)
        except Exception:  # nothing may escape from here
            _log.exception("request %s: not even the fault could be written", request_id)
            return Reply(500, {"Content-Type": "text/plain; charset=utf-8"}, b"Internal error\n")


def _any_of(names: Sequence[str]) -> re.Pattern[str]:
    """Finds one of these names in any letter case; finds nothing without names."""
    return re.compile("|".join(map(re.escape, names)) or "(?!)", re.IGNORECASE)


def _read(method: str, headers: Mapping[str, str], route: Route, body: bytes | Readable, limit: int) -> bytes:
    """The body, if method, length and content type are in order."""
    if method not in route.methods:
        raise METHOD_NOT_ALLOWED(f"{route.path} does not take {method[:20]}")
    media_type = media_type_of(headers)
    data = _read_body(headers, media_type, body, limit)
    if data and media_type not in route.media_types and ANY not in route.media_types:
        taken = ", ".join(sorted(route.media_types))
        raise UNSUPPORTED_MEDIA_TYPE(
            f"The content type is {media_type[:100] or 'missing'}; taken are {taken}"
        )
    return encoding.decode(data, headers, limit) if data and headers.get("content-encoding") else data


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
    length = int(declared) if len(declared) < 20 else limit + 1
    if length > limit:
        raise TOO_LARGE(f"The body is larger than {limit} bytes")
    data = _read_chunks(body, length, length)
    if len(data) < length:
        raise INVALID_REQUEST(f"The body was cut off: {len(data)} of {length} bytes came")
    return data


def _read_chunks(body: bytes | Readable, limit: int, length: int | None = None) -> bytes:
    """The body, up to its declared length: what stands in one piece is not asked for more, nor copied."""
    if isinstance(body, bytes):
        if len(body) > limit:
            raise TOO_LARGE(f"The body is larger than {limit} bytes")
        return body
    parts: list[bytes] = []
    size = 0
    while size != length and (part := body.read(min(_CHUNK, limit - size + 1))):
        size += len(part)
        if size > limit:
            raise TOO_LARGE(f"The body is larger than {limit} bytes")
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _revalidate(request: Request, reply: Reply) -> Reply:
    """A document with an ETag, or 304 for who has it (RFC 9110 section 13.1.2).

    The tag is weak: it stands for the document with and without a content coding. One that nobody may store has none.
    """
    if reply.headers.get("Cache-Control") == NO_STORE:
        return reply
    tag = f'W/"{hashlib.sha256(reply.body).hexdigest()[:32]}"'
    headers = {**reply.headers, "ETag": tag, "Cache-Control": "private, no-cache"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    return Reply(304, headers, b"") if tag[2:] in known or "*" in known else Reply(200, headers, reply.body)


def _finish(reply: Reply, request_id: str) -> dict[str, str]:
    headers = reply.headers
    headers["X-Request-Id"] = request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Cache-Control", NO_STORE)
    headers.setdefault(crossdomain.HEADER, crossdomain.NO_POLICY)
    if reply.status not in (204, 304):  # RFC 9110 section 8.6
        headers["Content-Length"] = str(len(reply.body))
    return headers
