"""What the gateway sends and takes over XML-RPC where a client cannot; client_cannot.toml names these tests."""

from collections.abc import Iterator

import pytest

from tests.interop import component
from tests.support.site import Site
from tests.support.wire import XML, xmlrpc_call


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("evidence"), (component.component,))
    yield site
    site.close()


def _result(site: Site, name: str, *values: str) -> str:
    """What stands inside of the answer's `<value>`."""
    answer = site.post("/xmlrpc", xmlrpc_call(name, *values), XML)
    return answer.body.decode().partition("<param><value>")[2].partition("</value></param>")[0]


@pytest.mark.parametrize("digits", ["2147483648", "9007199254740993", "9223372036854775807"])
def test_an_integer_beyond_32_bits_is_taken_and_sent(site: Site, digits: str) -> None:
    assert _result(site, "interop_echo_int", f"<i8>{digits}</i8>") == f"<i8>{digits}</i8>"


def test_a_carriage_return_stays_that_comes_as_a_reference(site: Site) -> None:
    value = "<string>a&#13;\nb</string>"
    assert _result(site, "interop_echo_text", value) == value
    assert _result(site, "interop_echo_text", "<string>a\r\nb</string>") == "<string>a\nb</string>"


def test_zero_keeps_its_sign(site: Site) -> None:
    assert _result(site, "interop_echo_double", "<double>-0.0</double>") == "<double>-0.0</double>"


def test_characters_of_all_planes_are_taken(site: Site) -> None:
    assert _result(site, "interop_echo_text", "<string>a😀b</string>") == "<string>a😀b</string>"


@pytest.mark.parametrize("text", ["20260301T14:00:00+02:00", "20260301T12:00:00"])
def test_an_instant_may_come_in_any_zone_and_in_none(site: Site, text: str) -> None:
    noon = "<dateTime.iso8601>20260301T12:00:00</dateTime.iso8601>"
    value = f"<dateTime.iso8601>{text}</dateTime.iso8601>"
    assert _result(site, "interop_echo_instant", value) == noon


def test_nil_is_taken(site: Site) -> None:
    given = _result(site, "interop_optional", "<string>x</string>", *["<nil/>"] * 4)
    assert given == "<string>x|None|absent|7|absent</string>"
