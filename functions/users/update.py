"""core_user_update_users: a batch of changed users, all or none."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.chunks import chunks
from functions.problems import refuse
from functions.users.capabilities import UPDATE
from functions.users.profiles import DEFAULTS, UserProfile
from functions.users.rules import (
    CALENDAR_TYPES,
    DEFAULT_CALENDAR_TYPE,
    problem,
    problems_of_batch,
    problems_with_others,
    repeated,
)
from functions.users.structs import ACCOUNT_MEMBERS, PROFILE_MEMBERS, ChangedUser
from gateway import ABSENT, IDEMPOTENT, Invocation, Param, Problem, function
from gateway.administration.settings import get_settings
from gateway.administration.users import end_tokens
from gateway.credentials import hash_password
from gateway.store import User

BATCH: Final = 500
"""How many users one call changes: hashing as many passwords takes about half a minute."""

KEEPING_PASSWORDS: Final = frozenset({"manual", "webservice"})
"""The authentication methods whose passwords are kept here; any other leaves a new password aside, as in Moodle."""

Accounts = Mapping[int, Row[int, str, bool]]
"""Id, authentication method and whether he is an administrator, by id."""


@function("core_user_update_users", effect=IDEMPOTENT, requires=[UPDATE])
def update_users(
    call: Invocation, users: Annotated[list[ChangedUser], Param("The users to change", max_length=BATCH)]
) -> None:
    """Change users: only what is sent changes; all of them or, when anything is wrong, none.

    Everything wrong in the batch is reported at once (`invalidparameter`, with paths), as for new users. An id that
    is nobody's, or is there twice, is wrong; so is that of a site administrator, unless the caller is one. A password
    is left aside where another system keeps the passwords of the user's authentication method.
    """
    refuse(repeated("id", [user.id for user in users]))
    accounts = _accounts(call.db, users)
    changed = [_without_own_auth(user, accounts) for user in users]
    refuse(problems_of_batch(changed))
    ids = [user.id for user in users]
    refuse(_problems(call, changed, accounts, ids))
    # Hashing takes long, and SQLite has one writer: let others write meanwhile. Nothing was written yet, and the
    # transaction that writes looks again.
    call.db.rollback()
    hashes = {user.id: hash_password(user.password) for user in users if user.password is not ABSENT}
    refuse(_problems(call, changed, _accounts(call.db, users), ids))
    _change(call, users, hashes)


def _accounts(db: Session, users: Sequence[ChangedUser]) -> Accounts:
    columns = select(User.id, User.auth, User.administrator).where(User.deleted.is_(False))
    rows: dict[int, Any] = {}
    for chunk in chunks([user.id for user in users]):
        rows |= {row.id: row for row in db.execute(columns.where(User.id.in_(chunk)))}
    return rows


def _without_own_auth(user: ChangedUser, accounts: Accounts) -> ChangedUser:
    """The user, unless somebody repeats the method that the account has, which may be one that is not given here."""
    account = accounts.get(user.id)
    if account is None or user.auth != account.auth:
        return user
    return ChangedUser(**{name: getattr(user, name) for name in user.__struct_fields__ if name != "auth"})


def _problems(
    call: Invocation, users: Sequence[ChangedUser], accounts: Accounts, ids: Sequence[int]
) -> Iterator[Problem]:
    for index, user in enumerate(users):
        account = accounts.get(user.id)
        if account is None:
            yield problem(index, "id", "no user has this id")
        elif account.administrator and not call.caller.administrator:
            yield problem(index, "id", "is a site administrator, whom only site administrators change")
    yield from problems_with_others(call.db, users, ids)


def _change(call: Invocation, users: Sequence[ChangedUser], hashes: Mapping[int, str]) -> None:
    db, ends_tokens = call.db, get_settings(call.db).password_change_ends_tokens
    accounts = _accounts(db, users)
    _add_profiles(db, [user.id for user in users])
    try:
        for user in users:
            columns = _given(user, ACCOUNT_MEMBERS)
            if user.id in hashes and columns.get("auth", accounts[user.id].auth) in KEEPING_PASSWORDS:
                columns |= _password(call, hashes[user.id])
                if ends_tokens:
                    end_tokens(db, user.id, call.now)
            if columns:
                db.execute(update(User).where(User.id == user.id).values(**columns))
            if profile := _profile(user):
                db.execute(update(UserProfile).where(UserProfile.user_id == user.id).values(**profile))
    except IntegrityError:
        # Where transactions do not exclude one another, somebody may have been faster since the last look.
        refuse([Problem(path="users", problem="one of the user names has just been taken")])
        raise


def _given(user: ChangedUser, names: Sequence[str]) -> dict[str, Any]:
    members = ((name, getattr(user, name)) for name in names)
    return {name: value for name, value in members if value is not ABSENT}


def _password(call: Invocation, password_hash: str) -> dict[str, Any]:
    return {
        "password_hash": password_hash,
        "password_changed_at": call.now,
        "password_expires_at": None,
        "force_password_change": False,
    }


def _profile(user: ChangedUser) -> dict[str, Any]:
    columns = _given(user, PROFILE_MEMBERS)
    if user.calendartype is not ABSENT:
        known = user.calendartype in CALENDAR_TYPES
        columns["calendartype"] = user.calendartype if known else DEFAULT_CALENDAR_TYPE
    return columns


def _add_profiles(db: Session, ids: Sequence[int]) -> None:
    """A profile for everybody who has none yet."""
    existing: set[int] = set()
    for chunk in chunks(ids):
        existing.update(db.scalars(select(UserProfile.user_id).where(UserProfile.user_id.in_(chunk))))
    missing = [{**DEFAULTS, "user_id": each} for each in ids if each not in existing]
    if missing:
        db.execute(insert(UserProfile), missing)
