"""Sites to attack: one that stands for a whole module, and those of tests/access with passwords and a clock."""

import time
from collections.abc import Iterator

import pytest

from tests.access.conftest import bank, clock, jane, timed
from tests.support.site import Site

__all__ = ["bank", "clock", "jane", "timed"]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site for calls that change nothing."""
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.close()


@pytest.fixture
def soon() -> Iterator[None]:
    """No replay takes long: what they guard against took minutes."""
    started = time.process_time()
    yield
    assert time.process_time() - started < 20
