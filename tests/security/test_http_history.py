"""Past vulnerabilities of HTTP, forms and JSON in web frameworks, replayed; framing against the real server."""

import json
import socket
import tempfile
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from gateway.store import User
from gateway.web import Response
from tests.support.served import served
from tests.support.site import Site
from tests.support.wire import FORM, JSON, NAMES, path_of

WRITE = "/rest/test_write"
BODY = b'{"username": "new.user"}'


@pytest.fixture(scope="module")
def address(standing: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The same site, served: host and port."""
    with served(standing, tmp_path_factory.mktemp("served")) as url:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        yield parts.hostname, parts.port


def post(site: Site, path: str, body: bytes, content_type: str, **headers: str) -> Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.post(path, body, content_type, headers=given)


def errorcode(response: Response) -> str:
    return str(json.loads(response.body)["errorcode"])


# Bodies


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize(
    "part",
    [
        pytest.param(b'Content-Disposition: form-data; name="a"\r\n\r\n', id="CVE-2023-25577 many parts"),
        pytest.param(b"Content-Disposition: form-data\r\n\r\n" + b"x" * 90, id="CVE-2024-47874 no file name"),
        pytest.param(
            b'Content-Disposition: form-data; name="a"; filename="b"\r\n\r\n', id="CVE-2025-54121 files"
        ),
    ],
)
def test_multipart_is_never_read(
    standing: Site, protocol: str, part: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one part of 20,000, and no file is made of any."""

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("SpooledTemporaryFile", "TemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, fail)
    body = b"--x\r\n" + b"\r\n--x\r\n".join([part] * 20_000) + b"\r\n--x--\r\n"
    started = time.process_time()
    response = post(standing, path_of(protocol, "test_void"), body, "multipart/form-data; boundary=x")
    assert time.process_time() - started < 1
    assert b"unsupportedmediatype" in response.body or protocol == "amf"
    assert standing.count(User) == 1


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize(
    "content_type",
    [
        'application/x-www-form-urlencoded; !="' + "\\" * 50_000,
        "multipart/form-data; " + 'a="' * 30_000,
        "text/xml; charset=" + " " * 60_000 + "x",
        "application/json" + ";" * 60_000,
        "a/" * 30_000,
    ],
)
def test_cve_2024_24762_no_content_type_is_slow(standing: Site, protocol: str, content_type: str) -> None:
    started = time.process_time()
    response = post(standing, path_of(protocol, "test_void"), b"<", content_type)
    assert time.process_time() - started < 1
    assert response.status >= 200
    assert response.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "nan", "1e999", "-1e999", "0x10", "1_000", "+1"]
)
def test_numbers_that_json_has_not_are_refused(standing: Site, text: str) -> None:
    body = f'{{"people": [{{"id": {text}, "username": "a", "firstname": "", "lastname": ""}}]}}'.encode()
    response = post(standing, "/rest/test_people", body, JSON)
    assert (response.status, errorcode(response)) in ((400, "invalidrequest"), (400, "invalidparameter"))


def test_of_two_members_with_one_name_the_last_counts(standing: Site) -> None:
    """As in every browser (ECMA-262, JSON.parse): what a filter in front reads must be what is called."""
    response = post(standing, "/rest/test_echo", b'{"number": 1, "text": "first", "text": "last"}', JSON)
    assert json.loads(response.body) == "last 1"
    response = post(standing, "/rest/test_echo", b"number=1&text=first&text=last", FORM)
    assert json.loads(response.body)["problems"] == [{"path": "text", "problem": "given more than once"}]


@pytest.mark.parametrize("index", ["999999999", "99999999999999999999", "-1", "1e9", "٣", "0x1", ""])
def test_an_index_makes_no_list_of_its_length(standing: Site, index: str) -> None:
    """`values[999999999]` is one item, or a problem."""
    started = time.process_time()
    body = f"instants[{index}]=2026-03-01T12:00:00Z".encode()
    response = post(standing, "/rest/test_instants", body, FORM)
    assert time.process_time() - started < 1
    if response.status == 200:
        assert json.loads(response.body) == ["2026-03-01T12:00:00Z"]
    else:
        assert errorcode(response) == "invalidparameter"


# Methods, types, paths


@pytest.mark.parametrize(
    "headers",
    [
        {"x-http-method-override": "POST"},
        {"x-method-override": "POST"},
        {"x-http-method": "POST"},
        {"x-original-url": WRITE, "x-rewrite-url": WRITE},
    ],
)
def test_no_header_overrides_method_or_path(standing: Site, headers: dict[str, str]) -> None:
    headers |= {"authorization": f"Bearer {standing.token}"}
    query = "username=new.user&_method=POST"
    response = standing.gateway.handle("GET", WRITE, query, headers)
    assert (response.status, errorcode(response)) == (405, "methodnotallowed")
    assert standing.gateway.handle("GET", "/rest/test_void", "", headers).status == 200
    assert standing.count(User) == 1


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/plain; application/json",
        "application/jsonp",
        "json",
        "text/json",
        "*/*",
        "application/*",
    ],
)
def test_a_body_is_read_as_what_it_says_it_is_or_not_at_all(standing: Site, content_type: str) -> None:
    """`text/plain` is what pages of other sites may send without a preflight."""
    assert errorcode(post(standing, WRITE, BODY, content_type)) == "unsupportedmediatype"
    assert standing.count(User) == 1


def test_json_in_the_clothes_of_a_form_is_a_form(standing: Site) -> None:
    response = post(standing, WRITE, BODY, FORM)
    assert (response.status, errorcode(response)) == (400, "invalidparameter")
    assert standing.count(User) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/rest/../soap",
        "/rest/%2e%2e/soap",
        "/rest//test_void",
        "/rest/test_void/",
        "/rest/test_void%00",
        "/rest/x/y",
        "/REST/test_void",
        "/rest/test_void;a=b",
        "/rest/test_void%3Fwstoken=x",
        "/rest\\test_void",
        "/rest/.",
        "/./rest",
    ],
)
def test_a_path_is_what_it_says(standing: Site, path: str) -> None:
    """No dot, slash or case is read away: a proxy that guards /rest/x guards all there is of it."""
    response = post(standing, path, b"", JSON)
    assert response.status == 404
    assert errorcode(response) in ("notfound", "invalidrecord")


def test_forged_hosts_poison_no_openapi_document(standing: Site) -> None:
    headers = {"authorization": f"Bearer {standing.token}", "host": "evil.example"}
    headers |= {
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "gopher",
        "forwarded": "host=evil.example",
    }
    response = standing.gateway.handle("GET", "/openapi.json", "", headers)
    assert response.status == 200
    assert b"evil.example" not in response.body
    assert "evil.example" not in str(response.headers)


@pytest.mark.parametrize("text", ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\r\n\r\n<script>", "\x85X-Evil: 1"])
def test_nothing_that_came_splits_a_header(standing: Site, text: str) -> None:
    """Neither an origin, nor a function's name, nor a language of the caller gets into a header."""
    headers = {"authorization": f"Bearer {standing.token}", "origin": text, "accept-encoding": text}
    for method in ("GET", "OPTIONS", text):
        response = standing.gateway.handle(method, f"/rest/{text}", text, headers)
        assert "Evil" not in str(response.headers)
        assert not any("\n" in value or "\r" in value for value in response.headers.values())


# Framing, against the server that is shipped


def talk(address: tuple[str, int], *parts: bytes) -> bytes:
    """What comes back for these bytes, until the server closes or falls silent."""
    answer = b""
    with socket.create_connection(address, timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
        connection.settimeout(1.5)
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except (TimeoutError, ConnectionResetError):
            pass
    return answer


def request(site: Site, headers: str, body: bytes, path: str = WRITE) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {site.token}\r\n"
    return f"{head}Content-Type: application/json\r\n{headers}\r\n".encode() + body


def smuggled(site: Site) -> bytes:
    """A whole request, hidden behind the end of another's body as somebody might see it."""
    return request(site, f"Content-Length: {len(BODY)}\r\n", BODY)


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n",
        "Content-Length: 5\r\nTransfer-Encoding : chunked\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked, identity\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: identity, chunked\r\n",
        "Content-Length: 5\r\nTransfer-Encoding:\x0bchunked\r\n",
        "Content-Length: 5\r\nContent-Length: 0\r\n",
        "Content-Length: 5, 0\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 0x5\r\n",
    ],
)
def test_cve_2024_1135_and_cve_2024_6827_no_request_is_smuggled(
    standing: Site, address: tuple[str, int], headers: str
) -> None:
    """Length and encoding that disagree: whatever is read of it, the bytes behind it are no request that is run."""
    talk(address, request(standing, headers, b"0\r\n\r\n") + smuggled(standing))
    assert standing.count(User) == 1


@pytest.mark.parametrize("ending", [b"xx", b"\n\n", b"\r\r", b"\x00\x00", b""])
def test_cve_2025_43859_nothing_is_run_behind_a_chunk_that_ends_wrongly(
    standing: Site, address: tuple[str, int], ending: bytes
) -> None:
    """h11 took any two bytes for a chunk's end and read on. The server hands on what came before, and hangs up."""
    body = b"2\r\n{}" + ending + b"0\r\n\r\n" + smuggled(standing)
    answer = talk(address, request(standing, "Transfer-Encoding: chunked\r\n", body, "/rest/test_void"))
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert standing.count(User) == 1


def test_a_slow_head_is_cut_off_and_others_are_served(standing: Site, address: tuple[str, int]) -> None:
    """Slow loris: 50 heads that never end keep nobody from being answered."""
    connections = [socket.create_connection(address, timeout=10) for _ in range(50)]
    try:
        for each in connections:
            each.sendall(b"POST /rest/test_void HTTP/1.1\r\nHost: a\r\n")
        answer = talk(
            address, request(standing, "Content-Length: 2\r\nConnection: close\r\n", b"{}", "/rest/test_void")
        )
        assert answer.startswith(b"HTTP/1.1 200")
    finally:
        for each in connections:
            each.close()
