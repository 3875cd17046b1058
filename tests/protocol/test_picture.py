"""The users' picture: an image where answers of functions say that there is one."""

import json
import zlib
from struct import unpack_from

import pytest

from gateway import picture
from tests.support.site import Site
from tests.support.wire import JSON


def pixels(data: bytes) -> list[bytes]:
    """The rows of a greyscale PNG without filters (ISO/IEC 15948); each chunk's checksum is right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        length, kind = unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        assert unpack_from(">I", data, at + 8 + length) == (zlib.crc32(kind + body),)
        chunks[kind] = body
        at += length + 12
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *rest = unpack_from(">IIBBBBB", chunks[b"IHDR"])
    assert rest == [8, 0, 0, 0, 0]
    rows = zlib.decompress(chunks[b"IDAT"])
    assert len(rows) == height * (width + 1)
    found = [rows[start : start + width + 1] for start in range(0, len(rows), width + 1)]
    assert {row[0] for row in found} == {0}
    return [row[1:] for row in found]


@pytest.mark.parametrize(("path", "size"), picture.PIXELS.items())
def test_it_is_there_without_a_credential_and_may_be_kept(site: Site, path: str, size: int) -> None:
    answer = site.gateway.handle("GET", path, "", {"accept-encoding": "gzip"}, b"", "127.0.0.1")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    rows = pixels(answer.body)
    assert len(rows) == len(rows[0]) == size
    ground, head, shoulders = rows[0][0], rows[size * 2 // 5][size // 2], rows[-1][size // 2]
    assert head == shoulders != ground
    assert all(row == row[::-1] for row in rows)


def test_functions_name_it(site: Site) -> None:
    info = json.loads(site.post("/rest/core_webservice_get_site_info", b"{}", JSON).body)
    assert info["userpictureurl"] == info["siteurl"] + picture.LARGE
