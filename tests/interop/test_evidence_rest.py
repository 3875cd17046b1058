"""What the gateway sends and takes over REST where a client cannot; client_cannot.toml names these tests."""

from collections.abc import Iterator

import pytest

from tests.interop import component
from tests.support.site import Site
from tests.support.wire import JSON


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("evidence"), (component.component,))
    yield site
    site.close()


def _result(site: Site, name: str, value: str) -> str:
    answer = site.post(f"/rest/{name}", f'{{"value": {value}}}'.encode(), JSON)
    assert answer.status == 200, answer.body
    return answer.body.decode()


@pytest.mark.parametrize("digits", ["9007199254740993", "9223372036854775807"])
def test_a_number_keeps_its_digits(site: Site, digits: str) -> None:
    assert _result(site, "interop_echo_int", digits) == digits


def test_zero_keeps_its_sign(site: Site) -> None:
    assert _result(site, "interop_echo_double", "-0.0") == "-0.0"
