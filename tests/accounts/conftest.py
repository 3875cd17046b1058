"""Sites whose accounts a directory keeps. A real one runs on `make accounts` only, which sets ACCOUNTS."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.assembly import Gateway
from gateway.plugins import find_backends, find_protocols
from gateway.protocol import Credentials
from gateway.store import User
from gateway.web import Response
from tests.access.bank import JSON_FACE, call
from tests.access.faces import BY_NAME, deliver
from tests.accounts.openldap import BASE, PASSWORD, missing_programs
from tests.support.site import COMPONENTS, SITE_KEY, Site
from tests.support.wire import Seen

REAL = bool(os.environ.get("ACCOUNTS"))
collect_ignore = [] if REAL else ["test_openldap.py", "test_openldap_refusals.py"]


def pytest_sessionstart() -> None:
    """Say what is missing, and fail: a skipped test looks like a passed one."""
    if REAL and (missing := missing_programs()):
        pytest.exit(
            f"{', '.join(missing)} not found: apt-get install --no-install-recommends slapd openssl",
            returncode=1,
        )


@dataclass(frozen=True)
class Office:
    """A site with accounts of the backend ldap, as an installation finds it."""

    site: Site

    def configure(self, **settings: object) -> None:
        """Change settings `ldap_...`, named without their beginning."""
        for name, value in settings.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            self.site.set(f"ldap_{name}", text)

    def employ(self, *usernames: str) -> None:
        """Make accounts that may call everything."""
        for username in usernames:
            self.site.add_user(username, auth="ldap")
            self.site.grant(username, self.site.capabilities())

    def call(self, username: str, password: str = PASSWORD, face: str = JSON_FACE.name) -> Response:
        """The answer to a call with user name and password: Basic, on REST."""
        return call(self.site.gateway, Credentials(username=username, password=password), face=BY_NAME[face])

    def refusal(self, username: str, password: str = PASSWORD) -> Seen:
        """The fault of such a call."""
        return JSON_FACE.fault(self.call(username, password).body)

    def with_token(self, token: str) -> Response:
        """The answer to a call with a token."""
        return deliver(self.site.gateway, JSON_FACE.sent("test_void", Credentials(token)))

    def user(self, username: str) -> User:
        """The account as it is now."""
        with Session(self.site.engine) as db:
            return db.scalars(select(User).where(User.username == username)).one()


@pytest.fixture
def open_office(tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """Makes the office: `settings` are those of the directory, named without `ldap_`."""
    site = Site(tmp_path)
    site.gateway.log.close()
    site.gateway = Gateway(
        site.engine,
        COMPONENTS,
        find_protocols(),
        site_key=SITE_KEY,
        backends=find_backends(),
        poll_seconds=0.0,
    )
    site.set("passwords", "true")
    site.set("auth", "manual,webservice,ldap")

    def make(**settings: Any) -> Office:
        office = Office(site)
        office.configure(**{"base": BASE, **settings})
        return office

    yield make
    site.close()
