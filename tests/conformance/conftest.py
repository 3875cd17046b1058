"""Served sites for the whole run: one that nobody changes, and others for rows that do."""

from collections.abc import Iterator

import pytest

from tests.conformance.world import World, serve


@pytest.fixture(scope="session")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A site at debug level normal, everything enabled."""
    with serve(tmp_path_factory.mktemp("ordinary") / "site") as world:
        yield world


@pytest.fixture(scope="session")
def adjustable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A site whose settings a row may change for its call."""
    with serve(tmp_path_factory.mktemp("adjustable") / "site") as world:
        yield world


@pytest.fixture(scope="session")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A site for callers with a password: no service holds a function but that of whoever calls."""
    with serve(tmp_path_factory.mktemp("emptied") / "site") as world:
        assert world.clients  # made while the WSDL still has functions
        yield world
