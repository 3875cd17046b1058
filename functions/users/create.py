"""core_user_create_users: a batch of new users, all or none."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.problems import refuse
from functions.users.capabilities import CREATE
from functions.users.profiles import DEFAULTS, UserProfile
from functions.users.rules import (
    CALENDAR_TYPES,
    DEFAULT_CALENDAR_TYPE,
    problems_of_batch,
    problems_with_others,
)
from functions.users.structs import PROFILE_MEMBERS, CreatedUser, NewUser
from gateway import ABSENT, WRITE, Invocation, Param, Problem, function
from gateway.credentials import hash_password
from gateway.store import User

BATCH: Final = 500
"""How many users one call creates: hashing as many passwords takes about half a minute."""


@function("core_user_create_users", effect=WRITE, requires=[CREATE])
def create_users(
    call: Invocation, users: Annotated[list[NewUser], Param("The users to create", max_length=BATCH)]
) -> list[CreatedUser]:
    """Create users, confirmed, with a password of their own; all of them or, when anything is wrong, none.

    Everything wrong in the batch is reported at once (`invalidparameter`, with paths): a user name or e-mail address
    that somebody has, or two of the batch share; an authentication method or a language that he cannot have; a
    password weaker than the policy. An unknown calendar type becomes the site's, silently.
    """
    refuse(problems_of_batch(users))
    new = [None] * len(users)
    refuse(problems_with_others(call.db, users, new))
    # Hashing takes long, and SQLite has one writer: let others write meanwhile. Nothing was written yet, and the
    # transaction that writes looks again.
    call.db.rollback()
    hashes = [hash_password(user.password) for user in users]
    refuse(problems_with_others(call.db, users, new))
    return _insert(call.db, users, [_account(call, *each) for each in zip(users, hashes, strict=True)])


def _account(call: Invocation, user: NewUser, password_hash: str) -> dict[str, Any]:
    return {
        "username": user.username,
        "password_hash": password_hash,
        "auth": user.auth,
        "confirmed": True,
        "firstname": user.firstname,
        "lastname": user.lastname,
        "email": user.email,
        "idnumber": user.idnumber,
        "lang": user.lang,
        "password_changed_at": call.now,
        "created_at": call.now,
    }


def _insert(db: Session, users: Sequence[NewUser], accounts: list[dict[str, Any]]) -> list[CreatedUser]:
    """Two statements, however many users."""
    if not users:
        return []
    try:
        rows = db.execute(insert(User).returning(User.username, User.id), accounts)
    except IntegrityError:
        # Where transactions do not exclude one another, somebody may have been faster since the last look.
        refuse([Problem(path="users", problem="one of the user names has just been taken")])
        raise
    ids = {row.username: row.id for row in rows}
    db.execute(insert(UserProfile), [_profile(ids[user.username], user) for user in users])
    return [CreatedUser(id=ids[user.username], username=user.username) for user in users]


def _profile(user_id: int, user: NewUser) -> dict[str, Any]:
    given = {name: getattr(user, name) for name in PROFILE_MEMBERS}
    known = user.calendartype in CALENDAR_TYPES
    return {
        **DEFAULTS,
        **{name: value for name, value in given.items() if value is not ABSENT},
        "calendartype": user.calendartype if known else DEFAULT_CALENDAR_TYPE,
        "user_id": user_id,
    }
