"""A site in this process that many callers share; each test makes its own callers."""

from collections.abc import Iterator

import pytest

from tests.access.causes import open_widely
from tests.support.site import Site


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site at debug level normal, open to passwords; settings that a test changes are its own to restore."""
    site = Site(tmp_path_factory.mktemp("crowd"))
    open_widely(site)
    yield site
    site.close()
