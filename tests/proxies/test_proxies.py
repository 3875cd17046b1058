"""What docs/how-to/reverse-proxy.md promises of each proxy's configuration."""

import contextlib
import json
import socket
import time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import limits
from gateway.store import CallRecord
from tests.proxies.page import CONFIGURATIONS, HOST, SETTINGS
from tests.proxies.stand import NO_ANSWER, Answer, Stand
from tests.support.wire import CONTENT_TYPES, NAMES, path_of

CLAIMED = "203.0.113.9"
"""What a client says of itself."""

SPOOFS = (
    {"X-Forwarded-For": CLAIMED},
    {"X_Forwarded_For": CLAIMED},
    {"x_forwarded-for": CLAIMED},
    {"X-Forwarded_For": CLAIMED},
    {"Forwarded": f"for={CLAIMED}"},
    {"Forwarded": f'for={CLAIMED};by="'},
    {"X-Real-IP": CLAIMED, "X-Client-IP": CLAIMED, "Client-IP": CLAIMED, "True-Client-IP": CLAIMED},
    {"X-Forwarded-For": f"{CLAIMED}, 127.0.0.1", "Forwarded": f"for={CLAIMED}, for=127.0.0.1"},
    {"Connection": "close, Forwarded, X-Forwarded-For", "X_Forwarded_For": CLAIMED},
)


def _has_ipv6() -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as listener:
        listener.bind(("::1", 0))
        return True
    return False


SOURCES = ["127.0.0.2", "127.0.0.3", *(["::1"] if _has_ipv6() else [])]


@pytest.fixture(params=["forwarded", "x-forwarded-for"])
def header(request: pytest.FixtureRequest, stand: Stand) -> str:
    """Either header that the configurations set, in force."""
    stand.site.set("proxy_header", request.param)
    return str(request.param)


def recorded(stand: Stand, answer: Answer) -> str:
    """The address in the call log's record of an answer; the server writes it within a second."""
    request_id = {name.lower(): value for name, value in answer.headers.items()}["x-request-id"]
    statement = select(CallRecord.address).where(CallRecord.request_id.startswith(request_id))
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with Session(stand.site.engine) as db:
            found = db.scalars(statement).first()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no record of {request_id}")


def head_of(stand: Stand, path: str, content_type: str, length: int, *more: str) -> bytes:
    """What precedes a body, with the site's token."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}", f"Authorization: Bearer {stand.site.token}", *more]
    lines += [f"Content-Type: {content_type}", f"Content-Length: {length}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode()


def test_the_page_has_three_configurations_and_the_settings() -> None:
    assert sorted(CONFIGURATIONS) == ["caddy", "haproxy", "nginx"]
    assert SETTINGS == {
        "public_url": "https://api.example.org",
        "trusted_proxies": "127.0.0.1",
        "proxy_header": "forwarded",
    }


@pytest.mark.parametrize("protocol", NAMES)
def test_every_protocol_is_called(proxy: Stand, protocol: str) -> None:
    answer = proxy.call(protocol, "hello")
    assert answer.status == 200, answer
    assert b"hello|None|absent|7|absent" in answer.body


def test_a_wsdl_names_the_public_url(proxy: Stand) -> None:
    answer = proxy.send("GET", "/soap?wsdl", headers={"Host": "api.example.org"})
    assert answer.status == 200
    assert b'location="https://api.example.org/soap"' in answer.body


@pytest.mark.parametrize("source", SOURCES)
def test_the_clients_address_decides_and_is_recorded(proxy: Stand, header: str, source: str) -> None:
    other = next(each for each in SOURCES if each != source)
    token = proxy.site.add_token(ip_restriction=source)
    admitted, refused = (proxy.call("rest", token=token, source=each) for each in (source, other))
    assert (admitted.status, refused.status) == (200, 403)
    assert (recorded(proxy, admitted), recorded(proxy, refused)) == (source, other)


@pytest.mark.parametrize("spoof", SPOOFS, ids=str)
def test_a_client_does_not_choose_its_address(proxy: Stand, header: str, spoof: dict[str, str]) -> None:
    token = proxy.site.add_token(ip_restriction=CLAIMED)
    answer = proxy.call("rest", headers=spoof, token=token)
    assert answer.status == 403
    assert f"admits only {CLAIMED}, not 127.0.0.2" in json.loads(answer.body)["cause"]
    assert recorded(proxy, answer) == "127.0.0.2"


def test_the_twin_counts_where_nobody_drops_it(stand: Stand) -> None:
    """What the proxies keep out: WSGI takes an underscore for a hyphen. `Forwarded` has no such twin."""
    token = stand.site.add_token(ip_restriction=CLAIMED)
    stand.site.set("proxy_header", "x-forwarded-for")
    both = {"X-Forwarded-For": "127.0.0.2", "X_Forwarded_For": CLAIMED}
    assert stand.call("rest", headers=both, token=token, source="127.0.0.1").status == 200
    stand.site.set("proxy_header", "forwarded")
    both = {"Forwarded": "for=127.0.0.2", "Forwarded_": f"for={CLAIMED}", "_Forwarded": f"for={CLAIMED}"}
    assert stand.call("rest", headers=both, token=token, source="127.0.0.1").status == 403


@pytest.mark.parametrize("protocol", NAMES)
def test_a_fault_comes_back_in_the_protocols_form(proxy: Stand, protocol: str) -> None:
    assert b"invalidtoken" in proxy.call(protocol, token="0" * 32).body


OWN_ANSWERS = {
    "nginx": b"<title>413 Request",
    "haproxy": b"<h1>413 Payload",
    "caddy": b"larger than 4194304 bytes",
}
"""What the page says of a body that announces too much."""


@pytest.mark.parametrize("protocol", NAMES)
def test_a_body_that_says_it_is_over_the_limit_gets_the_proxys_answer(proxy: Stand, protocol: str) -> None:
    """Before it has come: only as much as fills HAProxy's buffer is sent."""
    head = head_of(proxy, path_of(protocol, "test_optional"), CONTENT_TYPES[protocol], limits.BODY_BYTES + 1)
    with proxy.connect("127.0.0.2") as connection, connection.makefile("rb") as answer:
        connection.sendall((head + bytes(20_000))[:16_384])  # one TLS record
        assert b" 413 " in answer.readline()
        assert OWN_ANSWERS[proxy.name] in answer.read(1000)


def send_chunked(stand: Stand, body: bytes, size: int = 1000) -> Answer:
    """One call of test_optional over REST, its body in chunks of this size."""
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])
    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    return stand.send("POST", "/rest/test_optional", chunked, headers)


@pytest.mark.parametrize("length", [5, 50_000, 1_000_000])
def test_a_chunked_body_passes_whole(proxy: Stand, length: int) -> None:
    answer = send_chunked(proxy, b'{"a": "' + b"x" * length + b'"}')
    assert answer.status == 200
    assert answer.body.count(b"x") == length


@pytest.mark.parametrize("more", [0, 200_000, 2_000_000])
def test_a_chunked_body_over_the_limit_is_refused(proxy: Stand, more: int) -> None:
    """A client that goes on sending may lose the answer, as TCP has it; nothing is ever run."""
    answer = send_chunked(proxy, b'{"a": "' + b"x" * (limits.BODY_BYTES + more) + b'"}', 100_000)
    assert answer.status in (413, NO_ANSWER)


def test_a_body_at_the_limit_passes(proxy: Stand) -> None:
    text = "x" * (limits.BODY_BYTES - len(b'{"a": ""}'))
    answer = proxy.call("rest", text)
    assert answer.status == 200, answer.body[:200]
    assert len(answer.body) > limits.BODY_BYTES - 100


def test_continue_is_said_before_the_body_is_sent(proxy: Stand) -> None:
    body = b'{"a": "hello"}'
    head = head_of(proxy, "/rest/test_optional", "application/json", len(body), "Expect: 100-continue")
    with proxy.connect("127.0.0.2") as connection, connection.makefile("rb") as answer:
        connection.sendall(head)
        assert answer.readline() == b"HTTP/1.1 100 Continue\r\n"
        connection.sendall(body)
        rest = answer.read()
    assert b" 200 OK\r\n" in rest
    assert b"hello|None|absent|7|absent" in rest


def test_bodies_that_do_not_come_hold_no_thread_of_the_gateway(proxy: Stand) -> None:
    head = head_of(proxy, "/rest/test_optional", "application/json", 1000)
    with contextlib.ExitStack() as stack:
        for _ in range(12):  # three times as many as the gateway has threads
            connection = stack.enter_context(proxy.connect("127.0.0.2"))
            connection.sendall(head + b"{")
        time.sleep(0.5)
        started = time.monotonic()
        assert proxy.call("rest").status == 200
        assert time.monotonic() - started < 5


def test_no_log_of_the_proxy_holds_a_query(proxy: Stand) -> None:
    answer = proxy.send("GET", f"/rest/test_void?text=marked&wstoken={proxy.site.token}", token="")
    assert answer.status == 200
    time.sleep(0.2)
    logged = "".join(each.read_text("utf-8", "replace") for each in proxy.folder.glob("*.log"))
    assert "marked" not in logged
    assert proxy.site.token not in logged
