"""Typical exchanges, byte for byte: golden/ holds them; `pytest --golden FILE` writes the answers anew."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.credentials import digest, hash_password
from gateway.store import Token
from protocols.soap import PROTOCOL
from tests.support import component as support
from tests.support.golden import Exchange, exchanges
from tests.support.site import Site

from . import world
from .world import FUNCTIONS, NAMESPACE, SITE

FOLDER = Path(__file__).parent / "golden"
EXCHANGES = exchanges(FOLDER)
TOKEN = "0123456789abcdef0123456789abcdef"
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose token, password, clock and request id are those in the files."""
    site = Site(
        tmp_path_factory.mktemp("golden"),
        [world.COMPONENT, support.component],
        settings={"namespace": NAMESPACE, "passwords": "true", "public_url": "https://ws.example.org"},
        clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC),
        request_ids=lambda: "0123456789ab00000001",
    )
    site.change(Token, digest=digest(TOKEN), prefix=TOKEN[:8])
    site.add_user("jane", password_hash=hash_password(PASSWORD))
    site.grant("jane", site.capabilities())
    yield site
    site.close()


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda each: each.name)
def test_the_answer_is_the_one_in_the_file(
    site: Site, exchange: Exchange, request: pytest.FixtureRequest
) -> None:
    answer = exchange.send(site)
    if request.config.getoption("--golden"):
        exchange.answer.write_bytes(answer)
    assert answer == exchange.answer.read_bytes()


def test_both_versions_and_every_kind_of_answer_are_among_them() -> None:
    assert len(EXCHANGES) >= 12
    openings = {each.answer.read_bytes()[:12] for each in EXCHANGES}
    assert openings == {b"HTTP/1.1 200", b"HTTP/1.1 401", b"HTTP/1.1 500"}
    types = [each.answer.read_bytes().partition(b"\r\n\r\n")[0] for each in EXCHANGES]
    assert sum(b"application/soap+xml" in each for each in types) >= 4


def test_no_file_is_without_its_other_half() -> None:
    names = {each.name for each in EXCHANGES}
    assert {each.name for each in FOLDER.iterdir()} == {
        f"{name}.{half}" for name in names for half in ("request", "response")
    }


def test_our_own_client_sends_such_a_request() -> None:
    (exchange,) = (each for each in EXCHANGES if each.name == "optional-parameters-11")
    outgoing = PROTOCOL.sample(FUNCTIONS["optional"], {"a": "x < y & z"}, TOKEN, SITE)
    head, _, body = exchange.request.partition(b"\r\n\r\n")
    assert outgoing.body == body
    for name, value in outgoing.headers.items():
        assert f"{name}: {value}".encode() in head.split(b"\r\n")
