"""What is checked of new and changed users beyond their types: rules that need no database, and those that do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from functions.chunks import chunks
from functions.problems import quote
from gateway import ABSENT, Maybe, Problem
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


class Described(Protocol):
    """A user as a caller describes him, new or changed; what does not change is ABSENT."""

    @property
    def username(self) -> Maybe[str]: ...
    @property
    def password(self) -> Maybe[str]: ...
    @property
    def email(self) -> Maybe[str]: ...
    @property
    def auth(self) -> Maybe[str]: ...
    @property
    def lang(self) -> Maybe[str]: ...


def problems_of_batch(users: Sequence[Described]) -> Iterator[Problem]:
    """What is wrong with the users in themselves, or between them."""
    for index, user in enumerate(users):
        if user.auth is not ABSENT and user.auth not in AUTHENTICATION_METHODS:
            yield problem(
                index, "auth", f"{quote(user.auth)} is none of {', '.join(sorted(AUTHENTICATION_METHODS))}"
            )
        if user.lang is not ABSENT and user.lang not in LANGUAGES:
            yield problem(index, "lang", f"the language {quote(user.lang)} is not installed")
        if user.email == "":
            yield problem(index, "email", "is empty")
        if user.password is not ABSENT and (weakness := weakness_of(user.password)):
            yield problem(index, "password", weakness)
    yield from repeated("username", [user.username for user in users])
    yield from repeated("email", [_folded(user) for user in users])


def _folded(user: Described) -> Maybe[str]:
    """The e-mail address, as addresses are compared: without regard to case (they are ASCII)."""
    return user.email if user.email is ABSENT else user.email.lower()


def weakness_of(password: str) -> str | None:
    """What a password lacks under Moodle's default policy, in words that do not quote it; None if nothing."""
    lacks = [] if len(password) >= PASSWORD_LENGTH else [f"{PASSWORD_LENGTH} characters"]
    lacks += [need for need, is_met_by in _PASSWORD_NEEDS if not any(map(is_met_by, password))]
    return f"must have at least {', '.join(lacks)}" if lacks else None


def repeated(member: str, values: Iterable[Maybe[str | int]]) -> Iterator[Problem]:
    """Values of a member that two users of the batch have."""
    first: dict[Maybe[str | int], int] = {}
    for index, value in enumerate(values):
        earlier = first.setdefault(value, index)
        if value is not ABSENT and value != "" and earlier != index:
            yield problem(index, member, f"{quote(str(value))} is that of users[{earlier}] as well")


def problems_with_others(
    db: Session, users: Sequence[Described], ids: Sequence[int | None]
) -> Iterator[Problem]:
    """User names and e-mail addresses that somebody else has; `ids` are the users' own (None: new).

    A deleted user keeps the user name, which records show, but not the e-mail address.
    """
    usernames = _owners(db, User.username.expression, [user.username for user in users])
    addresses = _owners(
        db, func.lower(User.email), [_folded(user) for user in users], User.deleted.is_(False)
    )
    for index, (user, own) in enumerate(zip(users, ids, strict=True)):
        if usernames.get(user.username, own) != own:
            yield problem(index, "username", f"{quote(str(user.username))} is taken")
        if addresses.get(_folded(user), own) != own:
            yield problem(index, "email", f"{quote(str(user.email))} is already used")


def _owners(
    db: Session, column: ColumnElement[str], values: Iterable[Maybe[str]], *conditions: ColumnElement[bool]
) -> dict[Maybe[str], int]:
    """Whose each of the values is, as far as it is somebody's."""
    found: dict[Maybe[str], int] = {}
    for chunk in chunks(sorted({each for each in values if each is not ABSENT})):
        rows = db.execute(select(column, User.id).where(column.in_(chunk), *conditions))
        found.update((value, owner) for value, owner in rows)
    return found


def problem(index: int, member: str, what: str) -> Problem:
    """What is wrong with a member of one user."""
    return Problem(path=f"users[{index}].{member}", problem=what)
