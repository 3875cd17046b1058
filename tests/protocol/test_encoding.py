"""gzip: answers where Accept-Encoding asks for it, bodies under Content-Encoding, and bombs."""

import gzip
import io
import zlib

import pytest

from gateway import encoding, limits
from gateway.protocol import Reply
from gateway.store import User
from tests.support.refusals import WRITE, check, good, send
from tests.support.site import Site
from tests.support.wire import CONTENT_TYPES, NAMES, path_of, text_call

# Answers


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("identity;q=0.5, gzip;q=0.5", True),
        ("gzip ; q = 1.000", True),
        ("", False),
        ("identity", False),
        ("deflate", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("identity, gzip;q=0.5", False),
        ("gzip;q=nan", False),
        ("gzip;q=1e9", False),
        ("gzip;level=9", False),
        ("notgzip", False),
        ("gzip" + "," * 300, False),
    ],
)
def test_accept_encoding(accepted: str, taken: bool) -> None:
    """RFC 9110 section 12.5.3."""
    reply = encoding.encode(Reply(200, {}, b"x" * encoding.MINIMUM), {"accept-encoding": accepted})
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert (reply.headers.get("Content-Encoding") == "gzip") is taken
    assert (gzip.decompress(reply.body) if taken else reply.body) == b"x" * encoding.MINIMUM


def test_a_small_answer_stays_as_it_is() -> None:
    reply = Reply(200, {}, b"x" * (encoding.MINIMUM - 1))
    assert encoding.encode(reply, {"accept-encoding": "gzip"}) is reply
    assert reply.headers == {}


@pytest.mark.parametrize("protocol", NAMES)
def test_answers_of_every_protocol_go_as_gzip(standing: Site, protocol: str) -> None:
    path, body = path_of(protocol, "test_optional"), text_call(protocol, "test_optional", a="long" * 500)
    plain = standing.post(path, body, CONTENT_TYPES[protocol])
    packed = standing.post(path, body, CONTENT_TYPES[protocol], headers={"accept-encoding": "gzip"})
    assert packed.status == plain.status == 200
    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["Content-Length"] == str(len(packed.body))
    assert len(packed.body) < len(plain.body)
    assert gzip.decompress(packed.body) == plain.body


def test_one_tag_for_a_document_and_its_gzip(standing: Site) -> None:
    headers = {"authorization": f"Bearer {standing.token}"}
    plain = standing.gateway.handle("GET", "/soap", "wsdl", headers)
    packed = standing.gateway.handle("GET", "/soap", "wsdl", {**headers, "accept-encoding": "gzip"})
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] == plain.headers["ETag"]
    known = {**headers, "if-none-match": packed.headers["ETag"], "accept-encoding": "gzip"}
    assert standing.gateway.handle("GET", "/soap", "wsdl", known).status == 304


# Bodies


def members(*parts: bytes) -> bytes:
    return b"".join(gzip.compress(part) for part in parts)


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZip", " gzip "])
def test_bodies_come_as_gzip(site: Site, protocol: str, coding: str) -> None:
    response = send(site, protocol, gzip.compress(good(protocol)), content_encoding=coding)
    assert response.status == 200
    assert site.count(User) == 2


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize("coding", ["", "identity"])
def test_a_body_without_coding(site: Site, protocol: str, coding: str) -> None:
    assert send(site, protocol, good(protocol), content_encoding=coding).status == 200


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "gzip, identity", "x" * 500, "gzip\x00"])
def test_other_codings_are_refused(standing: Site, protocol: str, coding: str) -> None:
    """Accept-Encoding in the answer says what is taken (RFC 9110 section 12.5.3, RFC 7694)."""
    body = gzip.compress(gzip.compress(good(protocol)))
    response = send(standing, protocol, body, content_encoding=coding)
    check(standing, protocol, response, "unsupportedencoding", named=False)
    assert response.headers["Accept-Encoding"] == "gzip, identity"


def test_only_a_coding_gets_accept_encoding(standing: Site) -> None:
    """A 415 for another reason must not carry it (RFC 9110 section 12.5.3)."""
    assert "Accept-Encoding" not in send(standing, "rest", good("rest"), "text/plain").headers


@pytest.mark.parametrize("protocol", NAMES)
def test_bomb_in_gzip(standing: Site, protocol: str) -> None:
    """GHSA-r2pg-w96p-pcpj, CVE-2013-1753: the inflated size is what the limit counts."""
    body = gzip.compress(bytes(limits.BODY_BYTES + 1))
    assert len(body) < 10_000
    response = send(standing, protocol, body, content_encoding="gzip")
    check(standing, protocol, response, "requesttoolarge", named=False)


def test_a_bomb_is_not_inflated_to_its_end(standing: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gigabyte that would come of a megabyte: no more of it than the limit is ever made."""
    made = []
    real = zlib.decompressobj

    class Counting:
        def __init__(self, *arguments: int) -> None:
            self.stream = real(*arguments)

        def decompress(self, data: bytes, most: int) -> bytes:
            part = self.stream.decompress(data, most)
            made.append(len(part))
            return part

    compressor, packed = zlib.compressobj(9, zlib.DEFLATED, 31), io.BytesIO()
    block = bytes(1 << 20)
    for _ in range(256):
        packed.write(compressor.compress(block))
    packed.write(compressor.flush())
    monkeypatch.setattr("gateway.encoding.zlib.decompressobj", Counting)
    response = send(standing, "rest", packed.getvalue(), content_encoding="gzip")
    check(standing, "rest", response, "requesttoolarge")
    assert sum(made) == limits.BODY_BYTES + 1


def test_the_limit_holds_for_both_sizes(site: Site) -> None:
    """As it came, and inflated: gzip of little is more than it."""
    body = good("rest")
    packed = gzip.compress(body)
    assert len(packed) > len(body)
    site.set("max_body_bytes", str(len(packed)))
    assert send(site, "rest", packed, content_encoding="gzip").status == 200
    site.set("max_body_bytes", str(len(body)))
    response = send(site, "rest", packed, content_encoding="gzip")
    assert response.status == 413


BODY = good("rest")
BROKEN = {
    "plain": BODY,
    "header only": b"\x1f\x8b",
    "cut off in its length": gzip.compress(BODY)[:-1],
    "cut off in its data": gzip.compress(BODY)[:-9],
    "followed by a byte": gzip.compress(BODY) + b"x",
    "two members": members(BODY, b" "),
    "many empty members": members(*[b""] * 50_000),
    "zlib": zlib.compress(BODY),
    "wrong checksum": gzip.compress(BODY)[:-8] + bytes(4) + gzip.compress(BODY)[-4:],
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_gzip(standing: Site, name: str) -> None:
    check(standing, "rest", send(standing, "rest", BROKEN[name], content_encoding="gzip"), "invalidrequest")


@pytest.mark.parametrize("protocol", NAMES)
def test_the_content_type_is_looked_at_first(standing: Site, protocol: str) -> None:
    body = gzip.compress(bytes(limits.BODY_BYTES + 1))
    path = path_of(protocol, WRITE)
    response = standing.post(path, body, "text/plain", headers={"content-encoding": "gzip"})
    check(standing, protocol, response, "unsupportedmediatype", named=False)
