"""Real proxies run on `make proxies` only, which sets PROXIES."""

import os
from collections.abc import Iterator

import pytest

from tests.proxies.page import CONFIGURATIONS
from tests.proxies.stand import Stand, proxied, standing

collect_ignore = [] if os.environ.get("PROXIES") else ["test_proxies.py"]


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A served gateway that trusts a proxy on 127.0.0.1, and a certificate."""
    with standing(tmp_path_factory.mktemp("gateway")) as stand:
        yield stand


@pytest.fixture(scope="session", params=sorted(CONFIGURATIONS))
def proxy(
    request: pytest.FixtureRequest, stand: Stand, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stand]:
    """The same gateway behind each proxy."""
    with proxied(stand, request.param, tmp_path_factory.mktemp(request.param)) as proxy:
        yield proxy
