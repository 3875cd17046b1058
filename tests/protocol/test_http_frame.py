"""What HTTP adds around every protocol: length, content type, method, path, headers, and what no bug may break."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from gateway import limits, picture
from gateway.store import User
from gateway.web import Response
from tests.support.refusals import ARGUMENT, WRITE, check, expected_status, good, send
from tests.support.site import Site
from tests.support.wire import (
    AMF,
    CONTENT_TYPES,
    FORM,
    JSON,
    NAMES,
    NAMESPACE,
    PROTOCOLS,
    XML,
    Seen,
    amf_call,
    amf_text,
    envelope,
    fault_in,
    path_of,
)

# Before the protocol looks at it: length, content type, method, path


class Stream(io.BytesIO):
    """A body that comes in pieces; `taken` counts what was read of it."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(min(size or 0, 1000) if size and size > 0 else 1000)
        self.taken += len(part)
        return part


def stream(
    site: Site, protocol: str, body: bytes, content_type: str | None = None, **headers: str
) -> Response:
    given = {"content-type": content_type or CONTENT_TYPES[protocol], "authorization": f"Bearer {site.token}"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return site.gateway.handle("POST", path_of(protocol, WRITE), "", given, Stream(body), "127.0.0.1")


@pytest.mark.parametrize("protocol", NAMES)
def test_a_body_over_the_limit(standing: Site, protocol: str) -> None:
    body = bytes(limits.BODY_BYTES + 1)
    check(standing, protocol, send(standing, protocol, body), "requesttoolarge", named=False)


@pytest.mark.parametrize("protocol", NAMES)
def test_a_chunked_body_over_the_limit_is_not_read_to_its_end(standing: Site, protocol: str) -> None:
    body = Stream(bytes(2 * limits.BODY_BYTES))
    headers = {"content-type": CONTENT_TYPES[protocol], "transfer-encoding": "chunked"}
    response = standing.gateway.handle("POST", path_of(protocol, WRITE), "", headers, body)
    check(standing, protocol, response, "requesttoolarge", named=False)
    assert body.taken == limits.BODY_BYTES + 1


@pytest.mark.parametrize("protocol", NAMES)
def test_the_limit_is_a_setting(site: Site, protocol: str) -> None:
    site.set("max_body_bytes", "20")
    check(site, protocol, send(site, protocol, good(protocol)), "requesttoolarge", named=False)


@pytest.mark.parametrize("protocol", NAMES)
def test_a_chunked_body_inside_the_limit_is_read(site: Site, protocol: str) -> None:
    assert stream(site, protocol, good(protocol), transfer_encoding="chunked").status == 200
    assert site.count(User) == 2


@pytest.mark.parametrize("protocol", NAMES)
def test_a_body_that_was_cut_off(standing: Site, protocol: str) -> None:
    """A server that hands on a cut-off body says so only by its length."""
    body = good(protocol)
    seen = check(
        standing,
        protocol,
        stream(standing, protocol, body, content_length=str(len(body) + 1)),
        "invalidrequest",
        named=False,
    )
    assert protocol == "amf" or "cut off" in seen.cause


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize(
    ("length", "errorcode"),
    [
        *[(length, "invalidrequest") for length in ("-1", "+5", "x", "1e3", "0x10", "5, 5", "٥", " ")],
        *[(length, "requesttoolarge") for length in ("99999999999", "9" * 5000)],
    ],
)
def test_a_content_length_that_is_none(standing: Site, protocol: str, length: str, errorcode: str) -> None:
    response = stream(standing, protocol, good(protocol), content_length=length)
    check(standing, protocol, response, errorcode, named=False)


@pytest.mark.parametrize("protocol", NAMES)
def test_a_body_longer_than_it_says_is_refused(standing: Site, protocol: str) -> None:
    """What two readers would cut differently is how requests are smuggled."""
    body = good(protocol)
    response = stream(standing, protocol, body + b"garbage", content_length=str(len(body)))
    check(standing, protocol, response, "requesttoolarge", named=False)


def test_a_chunked_form_must_say_its_length(standing: Site) -> None:
    response = stream(standing, "rest", b"username=new.user", FORM, transfer_encoding="chunked")
    check(standing, "rest", response, "lengthrequired")


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "", "multipart/form-data; boundary=x", "application/octet-stream", "x" * 500],
)
def test_a_wrong_content_type(standing: Site, protocol: str, content_type: str) -> None:
    response = standing.post(path_of(protocol, WRITE), good(protocol), content_type)
    check(standing, protocol, response, "unsupportedmediatype", named=False)


@pytest.mark.parametrize("protocol", NAMES)
def test_the_content_type_of_another_protocol(standing: Site, protocol: str) -> None:
    other = JSON if protocol != "rest" else XML
    check(
        standing,
        protocol,
        send(standing, protocol, good(protocol), other),
        "unsupportedmediatype",
        named=False,
    )


@pytest.mark.parametrize(
    ("protocol", "content_type"),
    [
        ("rest", "Application/JSON; charset=utf-8"),
        ("soap", "TEXT/XML;charset=UTF-8"),
        ("xmlrpc", "text/xml ; charset=utf-8"),
        ("amf", "application/X-AMF"),
    ],
)
def test_a_content_type_is_compared_without_case_and_parameters(
    site: Site, protocol: str, content_type: str
) -> None:
    assert send(site, protocol, good(protocol), content_type).status == 200


ALLOWED = {
    "amf": "OPTIONS, POST",
    "rest": "GET, HEAD, OPTIONS, POST",
    "soap": "GET, HEAD, OPTIONS, POST",
    "xmlrpc": "OPTIONS, POST",
}


@pytest.mark.parametrize(
    ("protocol", "method", "allowed"),
    [
        *[(protocol, method, None) for protocol in NAMES for method in ("PUT", "DELETE", "TRACE", "x" * 99)],
        *[(protocol, "GET", None) for protocol in ("amf", "soap", "xmlrpc")],
        ("rest", "GET", "OPTIONS, POST"),
        ("rest", "HEAD", "OPTIONS, POST"),
        ("xmlrpc", "HEAD", None),
    ],
)
def test_a_wrong_method_says_which_are_right(
    standing: Site, protocol: str, method: str, allowed: str | None
) -> None:
    """A GET on a REST function that writes is refused by dispatch, with the one method that would do."""
    headers = {"authorization": f"Bearer {standing.token}"}
    response = standing.gateway.handle(method, path_of(protocol, WRITE), f"{ARGUMENT}=new.user", headers)
    assert response.headers["Allow"] == (allowed or ALLOWED[protocol])
    if method == "HEAD":
        assert (response.status, response.body) == (expected_status(protocol, "methodnotallowed"), b"")
    else:
        check(standing, protocol, response, "methodnotallowed", named=False)


@pytest.mark.parametrize("protocol", NAMES)
def test_options_says_which_methods_there_are(standing: Site, protocol: str) -> None:
    """Without a credential: who asks knows the address already (RFC 9110 section 9.3.7)."""
    response = standing.gateway.handle("OPTIONS", path_of(protocol, WRITE))
    assert (response.status, response.body) == (204, b"")
    assert response.headers["Allow"] == ALLOWED[protocol]
    assert "Content-Length" not in response.headers
    other = standing.gateway.handle("OPTIONS", "/nowhere")
    assert other.status == 404


@pytest.mark.parametrize(("path", "query"), [("/rest/test_echo", "number=5&text=a"), ("/soap", "wsdl")])
def test_head_is_a_get_without_its_body(standing: Site, path: str, query: str) -> None:
    headers = {"authorization": f"Bearer {standing.token}", "accept-encoding": "gzip"}
    get = standing.gateway.handle("GET", path, query, headers)
    head = standing.gateway.handle("HEAD", path, query, headers)
    assert (head.status, head.body) == (get.status, b"") == (200, b"")
    ours = {name: value for name, value in head.headers.items() if name != "X-Request-Id"}
    assert ours == {name: value for name, value in get.headers.items() if name != "X-Request-Id"}
    assert int(ours["Content-Length"]) == len(get.body) > 0
    refused = standing.gateway.handle("HEAD", path, query)
    assert (refused.status, refused.body) == (401, b"")
    assert "WWW-Authenticate" in refused.headers


@pytest.mark.parametrize(
    "path", ["/nowhere", "/soapy", "/restful", "/soap/x", "/amf/", "//soap", "/%73oap", "x" * 5000, ""]
)
@pytest.mark.parametrize(
    ("content_type", "protocol"),
    [(JSON, "rest"), (FORM, "rest"), (AMF, "amf"), ("", "rest"), ("image/png", "rest")],
)
def test_an_unknown_path_is_answered_as_the_content_type_says(
    standing: Site, path: str, content_type: str, protocol: str
) -> None:
    response = standing.post(path, good(protocol), content_type)
    check(standing, protocol, response, "notfound", named=False)


@pytest.mark.parametrize("path", ["/rest", "/rest/"])
def test_rest_without_a_function(standing: Site, path: str) -> None:
    response = standing.post(path, good("rest"), JSON)
    seen = fault_in("rest", response.body)
    assert (response.status, seen.errorcode, seen.cause) == (
        404,
        "invalidparameter",
        "The call names no function",
    )
    assert standing.count(User) == 1


def test_an_unknown_path_with_xml_is_answered_in_xml(standing: Site) -> None:
    response = standing.post("/nowhere", good("soap"), XML)
    assert response.headers["Content-Type"].startswith(XML)
    assert b"notfound" in response.body


# What the framework adds, whatever happens


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/", "/healthz", *picture.PIXELS])
def test_pages(standing: Site, method: str, path: str) -> None:
    response = standing.gateway.handle(method, path)
    assert response.status == 200
    whole = standing.gateway.handle("GET", path).body
    assert response.body == (b"" if method == "HEAD" else whole)
    assert response.headers["Content-Length"] == str(len(whole))
    for other, status in (("POST", 405), ("OPTIONS", 204)):
        response = standing.gateway.handle(other, path)
        assert (response.status, response.headers["Allow"]) == (status, "GET, HEAD, OPTIONS")


def _answers(site: Site) -> Iterator[Response]:
    yield site.gateway.handle("GET", "/")
    yield site.gateway.handle("GET", "/nowhere")
    yield site.gateway.handle("PUT", "/soap")
    for protocol in NAMES:
        yield send(site, protocol, good(protocol).replace(b"new.user", protocol.encode()))
        yield send(site, protocol, b"")
        yield send(site, protocol, good(protocol), "text/plain")


def test_every_answer_has_its_headers(site: Site) -> None:
    seen = set()
    for response in _answers(site):
        headers = response.headers
        seen.add(headers["X-Request-Id"])
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Length"] == str(len(response.body))
        assert "Set-Cookie" not in headers
        assert "Server" not in headers
    assert len(seen) == len(list(_answers(site)))


def test_a_wsdl_is_revalidated(standing: Site) -> None:
    headers = {"authorization": f"Bearer {standing.token}"}
    first = standing.gateway.handle("GET", "/soap", "wsdl", headers)
    assert first.status == 200
    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    for value in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = standing.gateway.handle("GET", "/soap", "wsdl", {**headers, "if-none-match": value})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == tag
        assert "Content-Length" not in again.headers
    assert (
        standing.gateway.handle("GET", "/soap", "wsdl", {**headers, "if-none-match": '"other"'}).status == 200
    )
    other = standing.gateway.handle("GET", "/soap", "wsdl&functions=test_echo", headers)
    assert other.headers["ETag"] != tag
    assert standing.gateway.handle("GET", "/soap", "wsdl", {"if-none-match": tag}).status == 401


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize("step", ["parse", "reply"])
def test_a_bug_in_a_protocol_is_still_a_fault_of_it(
    site: Site,
    protocol: str,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("the secret is swordfish")

    monkeypatch.setattr(type(PROTOCOLS[protocol]), step, fail)
    with caplog.at_level(logging.ERROR, "gateway"):
        response = send(site, protocol, good(protocol, "test_echo"))
    assert response.status == expected_status(protocol, "codingerror", named=False)
    seen = fault_in(protocol, response.body)
    assert protocol == "amf" or (seen.errorcode, seen.exception) == ("codingerror", "coding_exception")
    assert b"swordfish" not in response.body
    assert "swordfish" in caplog.text
    assert response.headers["X-Request-Id"] in caplog.text


@pytest.mark.parametrize("protocol", NAMES)
def test_a_bug_in_the_writing_of_faults_is_an_empty_500(
    standing: Site, protocol: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("no")

    monkeypatch.setattr(type(PROTOCOLS[protocol]), "refuse", fail)
    with caplog.at_level(logging.CRITICAL):
        response = send(standing, protocol, good(protocol), "text/plain")
    assert (response.status, response.body) == (500, b"Internal error\n")
    assert response.headers["X-Request-Id"]


# Credentials


def test_two_different_credentials_are_refused(site: Site) -> None:
    def read(protocol: str, body: bytes, query: str = "") -> Response:
        path = path_of(protocol, WRITE) + query
        return site.post(path, body, CONTENT_TYPES[protocol])

    other = "0" * 32
    header = f'<wstoken xmlns="{NAMESPACE}">{other}</wstoken>'
    call = f'<{WRITE} xmlns="{NAMESPACE}"><username>x</username></{WRITE}>'
    in_packet = amf_call(WRITE, amf_text("x"), headers={"wstoken": amf_text(other)})
    answers = {
        "soap": [read("soap", envelope(call, header))],
        "amf": [read("amf", in_packet)],
        "rest": [site.post("/rest/test_write", f"username=x&wstoken={other}".encode(), FORM)],
        "xmlrpc": [],
    }
    for protocol, responses in answers.items():
        for response in [*responses, read(protocol, good(protocol), f"?wstoken={other}")]:
            assert response.status in (expected_status(protocol, "invalidrequest"), 400)
            assert other.encode() not in response.body
            seen = fault_in(protocol, response.body)
            assert seen in (Seen(),) or "two different credentials" in seen.cause
    assert site.count(User) == 1
    assert read("rest", good("rest"), f"?wstoken={site.token}").status == 200
