"""A site in this process that many callers share; each test makes its own callers."""

from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import delete

from gateway.accounts.local import BACKENDS
from gateway.store import Counter
from tests.access.bank import Bank, Clock
from tests.access.causes import Subject, make_subject, open_widely
from tests.support.site import Site

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site at debug level normal, open to passwords; settings that a test changes are its own to restore."""
    site = Site(tmp_path_factory.mktemp("crowd"))
    open_widely(site)
    yield site
    site.close()


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of `timed`."""
    return Clock()


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Site]:
    """A site that takes passwords, on a clock that tests move; its limits are the usual ones."""
    site = Site(tmp_path_factory.mktemp("timed"), clock=clock)
    site.set("passwords", "true")
    yield site
    site.close()


@pytest.fixture
def bank(timed: Site, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """The backend of the accounts of `timed`, new for each test."""
    bank = Bank()
    monkeypatch.setattr(timed.gateway.passwords, "backends", {**BACKENDS, bank.name: bank})
    return bank


@pytest.fixture
def jane(timed: Site) -> Subject:
    """Somebody new on `timed`, who may call everything with his password; nobody has failed with his yet."""
    with timed.write() as db:
        db.execute(delete(Counter))
        db.commit()
    return make_subject(timed, f"jane.{next(_NUMBERS)}", "password")
