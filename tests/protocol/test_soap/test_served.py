"""SOAP over a socket: what HTTP adds that `handle()` does not see."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from tests.support.served import served
from tests.support.site import Site
from tests.support.wire import soap_call

WAIT = 20.0
"""Seconds until a test gives up; .NET gives up waiting for a 100 after one, and sends the body unasked."""

BODY = soap_call("test_void", "<text>x</text>")


@dataclass(frozen=True)
class Address:
    """Where a gateway is served, and the token that opens it."""

    host: str
    port: int
    token: str

    def connect(self) -> socket.socket:
        """A connection to it."""
        return socket.create_connection((self.host, self.port), timeout=WAIT)

    def head(self, length: int, *lines: str) -> bytes:
        """The head of a POST to /soap whose body has this length."""
        return "\r\n".join(
            [
                "POST /soap HTTP/1.1",
                f"Host: {self.host}:{self.port}",
                f"Authorization: Bearer {self.token}",
                "Content-Type: text/xml; charset=utf-8",
                f"Content-Length: {length}",
                *lines,
                "\r\n",
            ]
        ).encode()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """A served gateway."""
    folder = tmp_path_factory.mktemp("served")
    site = Site(folder)
    with served(site, folder) as url:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        yield Address(parts.hostname, parts.port, site.token)
    site.close()


def read_until(connection: socket.socket, end: bytes) -> bytes:
    """What comes, up to `end` or the connection's end."""
    data = b""
    while end not in data and (part := connection.recv(65_536)):
        data += part
    return data


def test_an_answer_comes_by_http_1_1(address: Address) -> None:
    with address.connect() as connection:
        connection.sendall(address.head(len(BODY)) + BODY)
        answer = read_until(connection, b"Envelope>")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"test_voidResponse" in answer


def test_expect_100_continue_is_answered_before_the_body_comes(address: Address) -> None:
    with address.connect() as connection:
        connection.sendall(address.head(len(BODY), "Expect: 100-continue"))
        first = read_until(connection, b"\r\n\r\n")
        assert first == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        answer = read_until(connection, b"Envelope>")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"test_voidResponse" in answer


def test_a_body_that_would_be_too_large_is_refused_before_it_comes(address: Address) -> None:
    with address.connect() as connection:
        connection.sendall(address.head(50_000_000, "Expect: 100-continue"))
        answer = read_until(connection, b"Envelope>")
    assert answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n").startswith(
        b"HTTP/1.1 500 Internal Server Error\r\n"
    )
    assert b"<errorcode>requesttoolarge</errorcode>" in answer


def test_a_client_that_does_not_wait_for_the_100_is_answered_too(address: Address) -> None:
    with address.connect() as connection:
        connection.sendall(address.head(len(BODY), "Expect: 100-continue") + BODY)
        answer = read_until(connection, b"Envelope>")
    assert b"HTTP/1.1 200 OK\r\n" in answer
    assert b"test_voidResponse" in answer
