"""The served gateway that clients call: the shipped functions, the cases' functions, demo users."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from functions.users.demo import load_demo
from gateway import Component
from gateway.serve import Application
from tests.access.causes import PASSWORD_HASH, open_widely
from tests.interop import component, newer
from tests.support import served
from tests.support.site import USER, Site

BAD_TOKEN = "0" * 32
ORIGIN = "http://flash.example"
"""The origin whose pages may call: Flash's programs come from it, not from the gateway's own (CORS)."""


@dataclass(frozen=True)
class Gateway:
    """Where it answers, and the token of a user who may call everything."""

    url: str
    token: str


def _components(interop: Component) -> tuple[Component, ...]:
    return (*component.SHIPPED, interop)


def factory() -> Application:
    """What the server process loads."""
    return served.factory(_components(component.component))


def newer_factory() -> Application:
    """What the server process of the next release loads."""
    return served.factory(_components(newer.component))


def prepare(site: Site) -> None:
    """Demo users; the caller has a password beside his token, and may err as often as there are clients."""
    with site.write() as db:
        load_demo(db)
        db.commit()
    site.change_user(USER, password_hash=PASSWORD_HASH)
    site.change_service(cors_origins=[ORIGIN])
    open_widely(site)


@contextmanager
def serve(folder: Path, *, release: str = "this") -> Iterator[Gateway]:
    """Serve it on a database in this folder; `release` is "this" or "next"."""
    interop, made_by = {"this": (component, factory), "next": (newer, newer_factory)}[release]
    folder.mkdir(parents=True, exist_ok=True)
    site = Site(folder, _components(interop.component))
    try:
        prepare(site)
        with served.served(site, folder, f"{__name__}:{made_by.__name__}") as url:
            yield Gateway(url, site.token)
    finally:
        site.close()
