"""The plain pages: what answers where, whether the database does, what Adobe's player asks for, the users' picture."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import text

from gateway import crossdomain, picture
from gateway.protocol import Reply, Request

if TYPE_CHECKING:
    from gateway.assembly import Gateway

_TEXT = "text/plain; charset=utf-8"
_ALLOW = "GET, HEAD, OPTIONS"


def pages(gateway: "Gateway") -> dict[str, Callable[[Request], Reply]]:
    """The pages by path."""

    def front(request: Request) -> Reply:
        return _page(request, 200, "\n".join(_addresses(gateway)))

    def health(request: Request) -> Reply:
        try:
            with gateway.engine.connect() as connection:
                connection.execute(text("SELECT value FROM generation"))
        except Exception:  # whatever keeps the database from answering
            return _page(request, 503, "the database does not answer")
        return _page(request, 200, "ok")

    def policy(request: Request) -> Reply:
        domains = gateway.facts.settings.flash_domains
        if not domains:
            return _page(request, 404, "No domain may call from Flash here")
        headers = {
            "Content-Type": crossdomain.MEDIA_TYPE,
            crossdomain.HEADER: crossdomain.MASTER_ONLY,
        }
        return _answer(request, Reply(200, headers, crossdomain.write_policy(domains)))

    pictures = {path: _picture(pixels) for path, pixels in picture.PIXELS.items()}
    return {"/": front, "/healthz": health, crossdomain.PATH: policy, **pictures}


def _picture(pixels: int) -> Callable[[Request], Reply]:
    """What answers with the users' picture; caches may keep it for a day."""

    def page(request: Request) -> Reply:
        headers = {"Content-Type": "image/png", "Cache-Control": "public, max-age=86400"}
        return _answer(request, Reply(200, headers, picture.draw(pixels)))

    return page


def _page(request: Request, status: int, body: str) -> Reply:
    return _answer(request, Reply(status, {"Content-Type": _TEXT}, f"{body}\n".encode()))


def _answer(request: Request, reply: Reply) -> Reply:
    """The reply to a GET; HEAD was made one already."""
    if request.method == "OPTIONS":
        return Reply(204, {"Allow": _ALLOW}, b"")
    if request.method != "GET":
        return Reply(405, {"Content-Type": _TEXT, "Allow": _ALLOW}, b"Only GET and HEAD are answered here.\n")
    return reply


def _addresses(gateway: "Gateway") -> list[str]:
    site = gateway.site()
    enabled = gateway.facts.settings.protocols if gateway.facts.settings.webservices else frozenset()
    lines = [f"{site.name}: web services", ""]
    for protocol in gateway.faces:
        state = "" if protocol.name in enabled else "  (disabled)"
        for route in protocol.routes:
            path = f"{route.path}/FUNCTION" if route.below and not route.secret else route.path
            lines.append(f"{protocol.title:<10} {site.url}{path}{state}")
    return [*lines, "", f"{'Health':<10} {site.url}/healthz"]
