"""Accounts: made, changed, given passwords, deleted."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from gateway import credentials, sessions
from gateway.accounts import Backend
from gateway.accounts.local import Manual
from gateway.administration.errors import AdministrationError, check_length, check_word, unknown
from gateway.administration.settings import get_settings
from gateway.store import LoginSession, Token, User, utcnow
from gateway.words import Email, Username

_LONGEST_NAME = 100
_CHANGEABLE = frozenset(
    {"auth", "confirmed", "suspended", "force_password_change", "administrator", "rate_limit"}
    | {"firstname", "lastname", "email", "idnumber"}
)


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """An account to be made."""

    username: str
    auth: str = "manual"
    firstname: str = ""
    lastname: str = ""
    email: str = ""
    administrator: bool = False
    rate_limit: int | None = None
    """Calls a minute; None: no limit of his own."""


def find_user(db: Session, username: str) -> User:
    """The account of that name, if it is not deleted. Raises AdministrationError."""
    user = db.scalar(select(User).where(User.username == username, User.deleted.is_(False)))
    if user is None:
        raise unknown("user", username, _near_names(db, username))
    return user


def _near_names(db: Session, username: str) -> Collection[str]:
    """Names with the same beginning or end: a site may have a hundred thousand users."""
    alike = or_(
        User.username.startswith(username[:2], autoescape=True),
        User.username.endswith(username[-3:], autoescape=True),
    )
    return db.scalars(select(User.username).where(alike, User.deleted.is_(False)).limit(500)).all()


def create_user(
    db: Session, new: NewUser, backends: Mapping[str, Backend], password: str | None = None
) -> User:
    """A confirmed account; without a `password` nobody can come with one.

    Raises AdministrationError: the name is taken (deleted accounts keep theirs) or malformed, the e-mail address is
    malformed, there is no such authentication backend, or the password is empty or kept elsewhere.
    """
    check_word("user name", new.username, Username)
    _check(new.auth, new.email, [new.firstname, new.lastname], backends)
    user = User(**msgspec.structs.asdict(new))
    if password is not None:
        user.password_hash = _hash(password)
        user.password_changed_at = utcnow()
        _refuse_elsewhere(backends, user)
    other = db.scalar(select(User).where(User.username == new.username))
    if other is not None:
        state = "belonged to a user who was deleted" if other.deleted else "is taken"
        raise AdministrationError(f"the user name {new.username} {state}")
    db.add(user)
    db.flush()
    return user


def _check(auth: str, email: str, names: Collection[str], backends: Mapping[str, Backend]) -> None:
    if auth not in backends:
        raise unknown("authentication backend", auth, backends)
    check_word("e-mail address", email, Email, empty=True)
    for name in filter(None, names):
        check_length("name", name, _LONGEST_NAME)


def change_user(db: Session, username: str, backends: Mapping[str, Backend], **columns: Any) -> User:
    """Change what is named: auth, confirmed, suspended, force_password_change, administrator, rate_limit, names, email.

    Raises AdministrationError, and TypeError for a column that is not changed this way.
    """
    if unknown_columns := columns.keys() - _CHANGEABLE:
        raise TypeError(f"not to be changed: {', '.join(sorted(unknown_columns))}")
    user = find_user(db, username)
    for name, value in columns.items():
        setattr(user, name, value)
    _check(user.auth, user.email, [user.firstname, user.lastname], backends)
    db.flush()
    return user


def set_password(
    db: Session, username: str, password: str, backends: Mapping[str, Backend], now: datetime
) -> int:
    """Give a user a password; how many tokens that ended.

    It counts as changed by himself: no change is due any more, and its age starts anew. The tokens that he got with
    the old one end if the setting `password_change_ends_tokens` says so; tokens of administrators stay. Raises
    AdministrationError when the password is empty, or kept elsewhere than in this database.
    """
    password_hash = _hash(password)  # before the first statement: while it lasts, others may write
    user = find_user(db, username)
    _refuse_elsewhere(backends, user)
    user.password_hash = password_hash
    user.password_changed_at, user.password_expires_at = now, None
    user.force_password_change = False
    db.flush()
    return end_tokens(db, user.id, now) if get_settings(db).password_change_ends_tokens else 0


def _hash(password: str) -> str:
    if not password:
        raise AdministrationError("the password is empty")
    return credentials.hash_password(password)


def _refuse_elsewhere(backends: Mapping[str, Backend], user: User) -> None:
    if not isinstance(backends.get(user.auth), Manual):
        raise AdministrationError(
            f"the password of {user.username} is not kept here: change it where the backend {user.auth} has it"
        )


def keeps_password(backends: Mapping[str, Backend], auth: str) -> bool:
    """Whether accounts of a backend have a password in this database that somebody may come with."""
    backend = backends.get(auth)
    return isinstance(backend, Manual) and backend.may_call


def end_tokens(db: Session, user_id: int, now: datetime) -> int:
    """Revoke the tokens that a user got with his password, and end his logins; how many of both."""
    return _revoke(db, user_id, now, Token.kind == "derived") + _end_logins(db, user_id, now)


def _end_logins(db: Session, user_id: int, now: datetime) -> int:
    return sessions.end(db, now, LoginSession.user_id == user_id)


def delete_user(db: Session, username: str, now: datetime) -> int:
    """Mark an account as deleted, and revoke its tokens; how many. Its name stays taken. Raises AdministrationError."""
    user = find_user(db, username)
    user.deleted = True
    db.flush()
    _end_logins(db, user.id, now)
    return _revoke(db, user.id, now)


def _revoke(db: Session, user_id: int, now: datetime, *which: Any) -> int:
    """Set `revoked_at`: the rows stay, so that a derived token's serial is never used again."""
    ids = db.scalars(
        select(Token.id).where(Token.user_id == user_id, Token.revoked_at.is_(None), *which)
    ).all()
    db.execute(update(Token).where(Token.id.in_(ids)).values(revoked_at=now))
    return len(ids)
