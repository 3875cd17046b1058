"""HTTP manners of the server that is shipped: what `handle()` answers reaches a client as it is."""

import gzip
import json
from collections.abc import Iterator

import httpx
import pytest

from gateway import limits
from tests.support.served import served
from tests.support.site import Site

ECHO = {"number": 5, "text": "x" * 5000}
APP = "https://app.example.org"


@pytest.fixture(scope="module")
def client(standing: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """httpx, with a token, before a served site whose service lists APP."""
    standing.change_service(cors_origins=[APP])
    with served(standing, tmp_path_factory.mktemp("served")) as url:
        headers = {"authorization": f"Bearer {standing.token}"}
        with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
            yield client


def test_answers_are_gzip_for_who_takes_it(client: httpx.Client) -> None:
    packed = client.post("/rest/test_echo", json=ECHO)
    plain = client.post("/rest/test_echo", json=ECHO, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < 1000 < int(plain.headers["content-length"])
    assert packed.json() == plain.json() == f"{ECHO['text']} 5"


def test_bodies_are_taken_as_gzip(client: httpx.Client) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    good = client.post("/rest/test_echo", content=gzip.compress(json.dumps(ECHO).encode()), headers=headers)
    assert good.json() == f"{ECHO['text']} 5"
    bomb = client.post(
        "/rest/test_echo", content=gzip.compress(bytes(limits.BODY_BYTES + 1)), headers=headers
    )
    assert (bomb.status_code, bomb.json()["errorcode"]) == (413, "requesttoolarge")
    other = client.post("/rest/test_echo", content=b"x", headers={**headers, "content-encoding": "br"})
    assert (other.status_code, other.headers["accept-encoding"]) == (415, "gzip, identity")


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/soap?wsdl", "/openapi.json", "/rest/test_void", "/nowhere"]
)
def test_head_is_get_without_a_body(client: httpx.Client, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    for name in ("content-length", "content-type", "etag"):
        assert head.headers.get(name) == get.headers.get(name)
    assert client.get("/healthz").text == "ok\n"  # the connection is still in step


@pytest.mark.parametrize(
    "path", ["/", "/soap", "/xmlrpc", "/amf", "/token", "/openapi.json", "/rest/test_void"]
)
def test_options_needs_no_body_and_no_credential(client: httpx.Client, path: str) -> None:
    asked = {"origin": APP, "access-control-request-method": "POST", "authorization": ""}
    answer = client.options(path, headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "OPTIONS" in answer.headers["allow"]
    assert "content-length" not in answer.headers
    assert answer.headers.get("access-control-allow-origin") == (None if path == "/" else APP)


def test_a_document_is_revalidated(client: httpx.Client) -> None:
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"if-none-match": first.headers["etag"], "origin": APP})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["access-control-allow-origin"] == APP
