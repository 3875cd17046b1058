"""A served gateway with the shipped components only."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.plugins import find_components
from gateway.serve import Application
from tests.support.served import factory as make
from tests.support.served import served
from tests.support.site import Site


def factory() -> Application:
    """What the server process loads."""
    return make(find_components(None))


@contextmanager
def serve(folder: Path) -> Iterator[tuple[Site, str]]:
    """A site whose one token may call every shipped function, and its address."""
    site = Site(folder, find_components(None))
    site.set("throttle_address", "100000 per 15 minutes")  # wrong tokens are among what is tried
    try:
        with served(site, folder, f"{__name__}:factory") as url:
            yield site, url
    finally:
        site.close()


def fetch(url: str, token: str) -> bytes:
    """What a GET with a token answers."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310  (our own)
    with urllib.request.urlopen(request) as response:  # noqa: S310
        content: bytes = response.read()
        return content
