"""How a test makes each check fail: for one caller, or for the whole site.

Used by the rows of the conformance table, by the test of the order and by the access matrix.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway import administration
from gateway.store import AuthorisedUser, Token
from tests.support.site import Site

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ELSEWHERE = "192.0.2.0/24"
"""Addresses that nobody has (RFC 5737); calls come from 127.0.0.1."""
UNKNOWN_TOKEN = "0123456789abcdef0123456789abcdef"


@dataclass
class Subject:
    """A caller whose user, service and token are nobody else's, and the call that is made for him.

    At first he may call everything, and calls `test_void`, which needs no arguments.
    """

    site: Site
    name: str
    token: str | None
    function: str = "test_void"

    def user(self, **columns: Any) -> None:
        """Change his account."""
        self.site.change_user(self.name, **columns)

    def service(self, **columns: Any) -> None:
        """Change his service."""
        self.site.change_service(self.name, **columns)

    def prohibit(self, *capabilities: str) -> None:
        """Give him a role that prohibits capabilities, whatever his other roles allow."""
        self.site.grant(self.name, capabilities, permission=-1000)

    def restrict(self, **entry: Any) -> None:
        """Restrict his service to listed users; he is listed only if an `entry` is given, changed if he was."""
        self.service(restricted=True)
        if not entry:
            return
        with self.site.write() as db:
            user, service = _find(db, self.name)
            found = db.query(AuthorisedUser).filter_by(user_id=user, service_id=service).one_or_none()
            listed = found or AuthorisedUser(user_id=user, service_id=service)
            for name, value in entry.items():
                setattr(listed, name, value)
            db.add(listed)
            db.commit()


def _find(db: Session, name: str) -> tuple[int, int]:
    return administration.find_user(db, name).id, administration.find_service(db, name).id


def make_subject(site: Site, name: str, functions: frozenset[str] | None = None) -> Subject:
    """A caller who may call everything (or these functions), by any protocol."""
    site.add_user(name)
    site.add_service(name, site.gateway.registry.functions.keys() if functions is None else functions)
    site.grant(name, site.capabilities())
    return Subject(site, name, site.add_token(name, name))


@dataclass(frozen=True)
class Cause:
    """How one check is made to fail: `apply` changes a Subject, `settings` the site."""

    apply: Callable[[Subject], None] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


def _unknown_token(subject: Subject) -> None:
    subject.token = UNKNOWN_TOKEN


def _change_token(**columns: Any) -> Callable[[Subject], None]:
    def apply(subject: Subject) -> None:
        with subject.site.write() as db:
            user, _ = _find(db, subject.name)
        subject.site.change(Token, {"user_id": user}, **columns)

    return apply


def _may_not_use_protocols(subject: Subject) -> None:
    subject.prohibit(*(f"webservice/{name}:use" for name in subject.site.protocols))


def _no_function(subject: Subject) -> None:
    subject.function = ""


def _unknown_function(subject: Subject) -> None:
    subject.function = "test_nowhere"


def _needs_capability(subject: Subject) -> None:
    subject.service(required_capability="test/tea:pour")
    subject.prohibit("test/tea:pour")


def _empty_service(subject: Subject) -> None:
    with subject.site.write() as db:
        administration.set_functions(db, administration.find_service(db, subject.name), ())
        db.commit()


def _lacks_required(subject: Subject) -> None:
    subject.function = "test_requires"
    subject.prohibit("test/tea:drink")


CAUSES: Mapping[str, Cause] = {
    "1": Cause(settings={"webservices": "false"}),
    "2": Cause(settings={"protocols": ""}),
    "4t": Cause(_unknown_token),
    "5t": Cause(_change_token(valid_until=LONG_AGO)),
    "7t": Cause(_change_token(ip_restriction=ELSEWHERE)),
    "8": Cause(settings={"maintenance": "true"}),
    "10": Cause(lambda subject: subject.user(confirmed=False)),
    "11": Cause(lambda subject: subject.user(suspended=True)),
    "14": Cause(_may_not_use_protocols),
    "15": Cause(_no_function),
    "16": Cause(_unknown_function),
    "17": Cause(lambda subject: subject.service(enabled=False)),
    "18": Cause(_needs_capability),
    "19": Cause(lambda subject: subject.restrict()),
    "20": Cause(lambda subject: subject.restrict(valid_until=LONG_AGO)),
    "21": Cause(lambda subject: subject.restrict(ip_restriction=ELSEWHERE)),
    "22": Cause(_empty_service),
    "25": Cause(_lacks_required),
    "9": Cause(lambda subject: subject.user(deleted=True)),  # the last: nobody finds the deleted by name
}


def make_fail(subject: Subject, *numbers: str) -> dict[str, str]:
    """Make these checks fail for a Subject; the settings that the site needs besides."""
    settings: dict[str, str] = {}
    for number in sorted(numbers, key=list(CAUSES).index):
        cause = CAUSES[number]
        if cause.apply is not None:
            cause.apply(subject)
        settings |= cause.settings
    return settings


@contextmanager
def site_settings(site: Site, values: Mapping[str, str]) -> Iterator[None]:
    """Settings of the whole site, for a while."""
    usual = {"webservices": "true", "protocols": ",".join(site.protocols), "maintenance": "false"}
    usual |= {"debug": "normal", "debugusers": ""}
    for name, value in values.items():
        site.set(name, value)
    try:
        yield
    finally:
        for name in values:
            site.set(name, usual[name])
