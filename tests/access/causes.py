"""How a test makes each check fail: for one caller, by token or by password, or for the whole site.

Used by the rows of the conformance table, by the test of the order and by the access matrix.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from argon2 import PasswordHasher
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway import administration
from gateway.protocol import Credentials
from gateway.settings import Settings
from gateway.store import AuthorisedUser, ServiceFunction, Setting, Token
from gateway.throttle import FailedCredentials, Throttled
from tests.support.site import Site

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ELSEWHERE = "192.0.2.0/24"
"""Addresses that nobody has (RFC 5737); calls come from 127.0.0.1."""
UNKNOWN_TOKEN = "0123456789abcdef0123456789abcdef"
PEER = "127.0.0.1"
PASSWORD, WRONG_PASSWORD = "Corr3ct-horse", "Wr0ng-battery"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""Verified in no time: a hash says what it costs."""
ONCE, FREELY = "1 per 15 minutes", "1000000 per 15 minutes"
THROTTLES = ("throttle_login", "throttle_address", "throttle_account")

Method = Literal["token", "password"]
METHODS: tuple[Method, ...] = ("token", "password")


def authorization(credentials: Credentials) -> str:
    """The HTTP header that shows credentials; empty for none."""
    if credentials.is_password:
        pair = f"{credentials.username}:{credentials.password}"
        return f"Basic {b64encode(pair.encode()).decode()}"
    return f"Bearer {credentials.token}" if credentials.token else ""


@dataclass
class Subject:
    """A caller whose user, service and token are nobody else's, and the call that is made for him.

    At first he may call everything, and calls `test_void`, which needs no arguments. `limited` is the rate limit that
    he has used up.
    """

    site: Site
    name: str
    token: str | None
    method: Method = "token"
    username: str = ""
    password: str = PASSWORD
    function: str = "test_void"
    limited: Throttled | None = None

    @property
    def credentials(self) -> Credentials:
        """What he shows."""
        if self.method == "token":
            return Credentials(self.token)
        return Credentials(username=self.username, password=self.password)

    @property
    def authorization(self) -> str:
        """The header that shows it; empty for nothing."""
        return authorization(self.credentials)

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


def make_subject(site: Site, name: str, method: Method = "token") -> Subject:
    """A caller who may call everything, by any protocol.

    Who comes with a password may use any service that takes him: no other service holds a function from now on.
    """
    site.add_user(name, password_hash=PASSWORD_HASH)
    site.add_service(name, ())
    subject = Subject(site, name, site.add_token(name, name), method, name)
    hold_functions(subject)
    site.grant(name, site.capabilities())
    return subject


def hold_functions(subject: Subject) -> None:
    """Put every function into the subject's service, and into no other if he comes with a password."""
    with subject.site.write() as db:
        if subject.method == "password":
            db.execute(delete(ServiceFunction))
        service = administration.find_service(db, subject.name)
        administration.set_functions(db, service, subject.site.gateway.registry.functions)
        db.commit()


@dataclass(frozen=True)
class Cause:
    """How one check is made to fail: `apply` changes a Subject, `settings` the site."""

    apply: Callable[[Subject], None] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


def _show(**credentials: str) -> Callable[[Subject], None]:
    def apply(subject: Subject) -> None:
        for name, value in credentials.items():
            setattr(subject, name, value)

    return apply


def _fail_once(subject: Subject) -> None:
    """Wrong credentials came from his address, and his token, if he has one, is wrong as well."""
    subject.token = UNKNOWN_TOKEN
    FailedCredentials(subject.site.engine).hit(Settings(throttle_address=ONCE), PEER, None)


def _spend(subject: Subject) -> None:
    """He makes the one call a minute that he may make."""
    subject.user(rate_limit=1)
    headers = {"authorization": subject.authorization, "content-type": "application/json"}
    subject.site.gateway.handle("POST", "/rest/test_void", "", headers, b"{}", PEER)
    subject.limited = Throttled("1 call a minute of the user", 60)


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


def _removed_function(subject: Subject) -> None:
    subject.function = "test_removed"


def _lacks_required(subject: Subject) -> None:
    subject.function = "test_requires"
    subject.prohibit("test/tea:drink")


CAUSES: Mapping[str, Cause] = {
    "24": Cause(_spend),  # the first: his one call must succeed
    "1": Cause(settings={"webservices": "false"}),
    "2": Cause(settings={"protocols": ""}),
    "3": Cause(_fail_once, settings={"throttle_address": ONCE}),
    "4t": Cause(_show(token=UNKNOWN_TOKEN)),
    "5t": Cause(_change_token(valid_until=LONG_AGO)),
    "6t": Cause(_change_token(kind="session")),
    "7t": Cause(_change_token(ip_restriction=ELSEWHERE)),
    "4p": Cause(settings={"passwords": "false"}),
    "5p": Cause(_show(username="")),
    "6p": Cause(_show(password="")),
    "7p": Cause(_show(password=WRONG_PASSWORD)),
    "8": Cause(settings={"maintenance": "true"}),
    "10": Cause(lambda subject: subject.user(confirmed=False)),
    "11": Cause(lambda subject: subject.user(suspended=True)),
    "12": Cause(lambda subject: subject.user(force_password_change=True)),
    "13": Cause(lambda subject: subject.user(auth="nologin")),
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
    "23": Cause(_removed_function),  # after 25: this function requires the same
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


def open_widely(site: Site) -> None:
    """Let callers come with passwords, and any number of wrong credentials from one address."""
    for name, value in _OPEN.items():
        site.set(name, value)


_OPEN = {"passwords": "true", **dict.fromkeys(THROTTLES, FREELY)}


@contextmanager
def site_settings(site: Site, values: Mapping[str, str]) -> Iterator[None]:
    """Settings of the whole site, for a while; then as they were."""
    chosen = Setting.name.in_(values)
    with Session(site.engine) as db:
        before = [(row.name, row.value) for row in db.scalars(select(Setting).where(chosen))]
    with site.write() as db:
        for name, value in values.items():
            administration.set_setting(db, name, value)
        db.commit()
    try:
        yield
    finally:
        with site.write() as db:
            db.execute(delete(Setting).where(chosen))
            db.add_all(Setting(name=name, value=value) for name, value in before)
            db.commit()
