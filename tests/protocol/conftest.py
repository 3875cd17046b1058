"""One site for all tests of a module that change nothing in it."""

from collections.abc import Iterator

import pytest

from tests.support.site import Site


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site for calls that are refused: setting one up costs a hundred times as much."""
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.close()
