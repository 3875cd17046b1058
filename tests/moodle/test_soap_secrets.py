"""A password in the path of SOAP's `simpleserver.php` is nowhere to be read, whatever becomes of the request."""

import logging
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.credentials import hash_password
from gateway.serve import wsgi
from gateway.store import Base
from tests.moodle.soap import SIMPLE, called
from tests.support.served import served
from tests.support.site import USER, Site

SECRETS = ("Corr3ct-horse", "pä&ßwxyz", "wr0ng-one")
PASSWORD = SECRETS[1]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site at the highest debug level whose user has a password beyond ASCII."""
    site = Site(tmp_path, settings={"passwords": "true"})
    site.set("debug", "developer")
    site.change_user(USER, password_hash=hash_password(PASSWORD))
    yield site
    site.close()


def over_wsgi(site: Site, path: str, body: bytes, method: str = "POST", query: str = "") -> tuple[str, bytes]:
    """Status and body of an answer of the WSGI application, to a path as it stands in a request line."""
    seen: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": BytesIO(body),
    }
    (answer,) = wsgi(site.gateway)(environ, lambda status, _: seen.append(status))
    return seen[0], answer


def test_a_password_beyond_ascii(site: Site) -> None:
    status, body = over_wsgi(site, f"{SIMPLE}/{USER}/{quote(PASSWORD)}", called("test_requires"))
    assert status == "200 OK"
    assert b"true" in body


PATHS = [
    SIMPLE,
    SIMPLE.upper(),
    f"/moodle{SIMPLE}",
    f"/{SIMPLE}",
    SIMPLE.replace("soap", "rest"),
    "/simpleserver.php",
]


@pytest.mark.parametrize("password", SECRETS)
@pytest.mark.parametrize("path", PATHS)
def test_no_log_and_no_answer_holds_it(
    site: Site, caplog: pytest.LogCaptureFixture, path: str, password: str
) -> None:
    caplog.set_level(logging.DEBUG)
    whole = f"{path}/{USER}/{quote(password)}"
    answers = [
        over_wsgi(site, f"{whole}{more}", body, method)[1]
        for more in ("", "/", "/more")
        for body in (called("test_void"), called("test_raises", "<a>kay</a>"), called("test_nowhere"), b"<a")
        for method in ("POST", "PUT", "GET", "OPTIONS")
    ]
    site.gateway.log.flush()
    with Session(site.engine) as db:
        rows = [
            repr(tuple(row)) for table in Base.metadata.sorted_tables for row in db.execute(select(table))
        ]
    texts = [*(each.decode() for each in answers), *rows, caplog.text]
    for secret in (password, quote(password), password.encode().decode("latin-1")):
        assert not [text for text in texts if secret in text]
    assert path.lower() in caplog.text.lower()


def test_the_served_gateway_logs_the_path_without_it(site: Site, tmp_path: Path) -> None:
    """The file to which its server process writes."""
    import urllib.request

    with served(site, tmp_path, "tests.moodle.test_soap_secrets:logging_factory") as url:
        address = f"{url}{SIMPLE}/{USER}/{quote(PASSWORD)}?wsdl=1"
        with urllib.request.urlopen(address) as answer:  # noqa: S310  (our own address)
            document = answer.read()
    assert f"{SIMPLE}/{USER}/{quote(PASSWORD)}".encode() in document
    log = (tmp_path / "server.log").read_text()
    assert f"'GET {SIMPLE}' HTTP/1.1 200" in log
    for secret in (PASSWORD, quote(PASSWORD), USER):
        assert secret not in log


def logging_factory() -> Any:
    """What the server process loads: a gateway whose log goes where `gateway serve` writes it."""
    from tests.support.served import factory

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return factory()
