"""What the gateway sends and takes over AMF where a client cannot: lines of client_cannot.toml name tests of these."""

from collections.abc import Iterator
from datetime import UTC, datetime
from struct import pack
from typing import Any

import pytest

from tests.interop import component
from tests.support.site import Site
from tests.support.wire import AMF, amf_array, amf_call, amf_text, pyamf, utf

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() * 1000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("evidence"), (component.component,))
    yield site
    site.close()


def _date(milliseconds: float, zone: int = 0) -> bytes:
    """An AMF0 Date; the zone, in minutes, is reserved and says nothing (AMF0, section 2.13)."""
    return pack(">Bdh", 0x0B, milliseconds, zone)


def _answer(site: Site, name: str, *arguments: bytes, ending: str = "/onResult") -> bytes:
    """The AMF0 value of the answer's only body."""
    answer = site.post("/amf", amf_call(name, *arguments), AMF)
    head = pack(">HHH", 0, 0, 1) + utf(f"/1{ending}") + utf("null")
    assert (answer.status, answer.body[: len(head)]) == (200, head)
    return answer.body[len(head) + 4 :]


@pytest.mark.parametrize("zone", [0, 120, -330])
def test_a_date_is_an_instant_in_utc(site: Site, zone: int) -> None:
    assert _answer(site, "interop_echo_instant", _date(NOON, zone)) == _date(NOON)


def test_minus_zero_stays(site: Site) -> None:
    number = pack(">Bd", 0x00, -0.0)
    assert _answer(site, "interop_echo_double", number) == number


def test_text_is_utf_8(site: Site) -> None:
    """Not "modified" UTF-8 (AMF0, section 1.3.1): a character beyond U+FFFF is four bytes, never two surrogates."""
    emoji = b"\x02\x00\x04\xf0\x9f\x98\x80"
    surrogates = b"\x02\x00\x06\xed\xa0\xbd\xed\xb8\x80"
    assert _answer(site, "interop_echo_text", emoji) == emoji
    assert _fault(site, "interop_echo_text", surrogates)["errorcode"] == "invalidrequest"


def test_a_status_holds_all_that_a_fault_holds(site: Site) -> None:
    members = (("username", "Bad Name"), ("email", "nowhere"))
    account = b"\x03" + b"".join(utf(name) + amf_text(value) for name, value in members) + b"\0\0\x09"
    status = _fault(site, "interop_accounts", amf_array(account))
    assert [each["path"] for each in status["problems"]] == ["accounts[0].username", "accounts[0].email"]
    assert (status["errorcode"], bool(status["request_id"])) == ("invalidparameter", True)


def _fault(site: Site, name: str, *arguments: bytes) -> dict[str, Any]:
    """The status object that answers a call, read by Py3AMF."""
    value = _answer(site, name, *arguments, ending="/onStatus")
    (status,) = pyamf.decode(value, encoding=pyamf.AMF0)
    return dict(status)
