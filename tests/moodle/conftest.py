"""A site in this process that all tests of a module share, and what clients for Moodle send it."""

from collections.abc import Iterator

import pytest

from tests.moodle.calls import PASSWORD
from tests.support.site import Site


@pytest.fixture(scope="module")
def moodle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that takes passwords, at debug level normal; settings that a test changes are its own to restore."""
    from gateway.credentials import hash_password
    from tests.support.site import USER

    site = Site(tmp_path_factory.mktemp("moodle"))
    site.set("passwords", "true")
    site.change_user(USER, password_hash=hash_password(PASSWORD))
    yield site
    site.close()
