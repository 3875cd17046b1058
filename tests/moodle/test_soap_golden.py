"""Exchanges with Moodle's SOAP address, byte for byte, in golden/; `pytest --golden FILE` writes the answers anew.

The requests that say so in their User-Agent were written by PHP 8.2's SoapClient.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.credentials import digest
from gateway.store import Token
from tests.support.golden import Exchange, exchanges
from tests.support.site import USER, Site

FOLDER = Path(__file__).parent / "golden"
EXCHANGES = exchanges(FOLDER)
TOKEN = "0123456789abcdef0123456789abcdef"
FUNCTIONS = ("test_declared_fault", "test_optional", "test_people", "test_tree", "test_void")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose token, clock and request id are those in the files."""
    site = Site(
        tmp_path_factory.mktemp("golden"),
        settings={"public_url": "https://moodle.example.org"},
        clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC),
        request_ids=lambda: "0123456789ab00000001",
    )
    site.add_service("golden", FUNCTIONS)
    secret = site.add_token(USER, "golden")
    site.change(Token, {"prefix": secret[:8]}, digest=digest(TOKEN), prefix=TOKEN[:8])
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


def test_every_kind_of_answer_is_among_them() -> None:
    answers = [each.answer.read_bytes() for each in EXCHANGES]
    for part in (b"MOODLE:error", b">Receiver<", b"SOAP-ENV:Server", b"SOAP-ENV:Client", b"<definitions "):
        assert any(part in each for each in answers)
    assert sum(b"application/soap+xml" in each for each in answers) >= 2
    assert sum(b"User-Agent: PHP-SOAP/" in each.request for each in EXCHANGES) >= 6


def test_no_file_is_without_its_other_half() -> None:
    names = {each.name for each in EXCHANGES}
    assert {each.name for each in FOLDER.iterdir()} == {
        f"{name}.{half}" for name in names for half in ("request", "response")
    }
