"""The WSDL as the gateway serves it: to whom, in which parts, kept under which key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.web import Response
from tests.support.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site of its own: these tests change settings and services."""
    site = Site(tmp_path)
    yield site
    site.close()


def get(site: Site, query: str = "wsdl", **headers: str) -> Response:
    """What a GET answers, with the site's token unless `authorization` is given."""
    given = {"authorization": f"Bearer {site.token}"} | headers
    return site.gateway.handle("GET", "/soap", query, {k: v for k, v in given.items() if v}, peer="127.0.0.1")


def test_the_names_in_it_stay_as_they_were_at_the_start_because_codecs_hold_them(site: Site) -> None:
    before = get(site).body
    site.set("namespace", "urn:example:api")
    site.set("wsdl_name", "Example")
    site.set("public_url", "https://ws.example.org")
    after = get(site).body
    assert b'location="http://127.0.0.1:8080/soap"' in before
    assert after == before.replace(b"http://127.0.0.1:8080/soap", b"https://ws.example.org/soap")
