"""Fixtures of all tests: each test has a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import Site


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--golden` writes the answers in golden files anew, to be read before they are committed."""
    parser.addoption("--golden", action="store_true", help="write golden answers anew")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A gateway in this process with a user, a service and a token."""
    site = Site(tmp_path)
    yield site
    site.close()
