"""What is checked of new users beyond their types: the rules that need no database, and those that do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from functions.chunks import chunks
from functions.problems import quote
from functions.users.structs import NewUser
from gateway import Problem
from gateway.store import User

AUTHENTICATION_METHODS: Final = frozenset({"manual", "nologin"})
"""What new users may be given; Moodle never allows `mnet` and `webservice` here."""

LANGUAGES: Final = frozenset({"en"})
CALENDAR_TYPES: Final = frozenset({"gregorian"})
DEFAULT_CALENDAR_TYPE: Final = "gregorian"

PASSWORD_LENGTH: Final = 8
_PASSWORD_NEEDS: Final[Sequence[tuple[str, Callable[[str], bool]]]] = (
    ("a digit", str.isdecimal),
    ("a lower-case letter", str.islower),
    ("an upper-case letter", str.isupper),
    ("another character", lambda each: not (each.isdecimal() or each.islower() or each.isupper())),
)


def problems_of_batch(users: Sequence[NewUser]) -> Iterator[Problem]:
    """What is wrong with the users in themselves, or between them."""
    yield from _problems_of_each(users)
    yield from _repeated("username", [user.username for user in users])
    yield from _repeated("email", [user.email.lower() for user in users])


def _problems_of_each(users: Sequence[NewUser]) -> Iterator[Problem]:
    for index, user in enumerate(users):
        if user.auth not in AUTHENTICATION_METHODS:
            yield _problem(index, "auth", f"the authentication method {quote(user.auth)} is not installed")
        if user.lang not in LANGUAGES:
            yield _problem(index, "lang", f"the language {quote(user.lang)} is not installed")
        if not user.email:
            yield _problem(index, "email", "is empty")
        if weakness := weakness_of(user.password):
            yield _problem(index, "password", weakness)


def weakness_of(password: str) -> str | None:
    """What a password lacks under Moodle's default policy, in words that do not quote it; None if nothing."""
    lacks = [] if len(password) >= PASSWORD_LENGTH else [f"{PASSWORD_LENGTH} characters"]
    lacks += [need for need, is_met_by in _PASSWORD_NEEDS if not any(map(is_met_by, password))]
    return f"must have at least {', '.join(lacks)}" if lacks else None


def _repeated(member: str, values: Iterable[str]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        earlier = first.setdefault(value, index)
        if value and earlier != index:
            yield _problem(index, member, f"{quote(value)} is that of users[{earlier}] as well")


def problems_with_others(db: Session, users: Sequence[NewUser]) -> Iterator[Problem]:
    """User names and e-mail addresses that somebody has already.

    A deleted user keeps the user name, which records show, but not the e-mail address. Addresses are compared
    without regard to case (they are ASCII).
    """
    usernames = _existing(db, User.username.expression, {user.username for user in users})
    address = func.lower(User.email)
    addresses = _existing(db, address, {user.email.lower() for user in users}, User.deleted.is_(False))
    for index, user in enumerate(users):
        if user.username in usernames:
            yield _problem(index, "username", f"{quote(user.username)} is taken")
        if user.email.lower() in addresses:
            yield _problem(index, "email", f"{quote(user.email)} is already used")


def _existing(
    db: Session, column: ColumnElement[str], values: set[str], *conditions: ColumnElement[bool]
) -> set[str]:
    found: set[str] = set()
    for chunk in chunks(sorted(values)):
        found.update(db.scalars(select(column).where(column.in_(chunk), *conditions)))
    return found


def _problem(index: int, member: str, problem: str) -> Problem:
    return Problem(path=f"users[{index}].{member}", problem=problem)
