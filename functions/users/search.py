"""core_user_get_users: users by criteria that all must match."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from sqlalchemy import ColumnElement, RowMapping, func
from sqlalchemy.orm import Session

from functions.notices import Notice
from functions.problems import quote, refuse
from functions.users.capabilities import (
    UPDATE,
    USE_EMAIL,
    VIEW_DETAILS,
    VIEW_FULL_NAMES,
    VIEW_HIDDEN,
    VIEW_IDENTITY,
)
from functions.users.details import SELECT_RECORDS, detail
from functions.users.find import is_integer
from functions.users.structs import UserDetail
from functions.users.visibility import Viewer, viewer_of
from gateway import ABSENT, READ, FaultKind, Invocation, Maybe, Param, Problem, Struct, function
from gateway.store import User
from gateway.words import Alpha

RESULTS: Final = 10_000
"""How many users one call gives."""

KEY_ALREADY_SET: Final = FaultKind("keyalreadyset", "A key can only be searched for once", status=400)

_EXACT: Final[Mapping[str, ColumnElement[Any]]] = {
    "id": User.id.expression,
    "idnumber": User.idnumber.expression,
    "username": User.username.expression,
    "auth": User.auth.expression,
}
_LIKE: Final[Mapping[str, ColumnElement[Any]]] = {
    "firstname": User.firstname.expression,
    "lastname": User.lastname.expression,
    "email": User.email.expression,
}


class Criterion(Struct):
    """A key and the value that it must have."""

    key: Annotated[
        Alpha, Param("id, lastname, firstname, idnumber, username, email or auth", example="email")
    ]
    value: Annotated[
        str,
        Param(
            "The value; for email, firstname and lastname % stands for any text",
            max_length=255,
            example="%@example.org",
        ),
    ]


class FoundUsers(Struct):
    """The users that were found, and what was left aside."""

    users: list[UserDetail]
    warnings: Maybe[list[Notice]] = ABSENT


@function(
    "core_user_get_users",
    effect=READ,
    uses=[UPDATE, VIEW_DETAILS, VIEW_HIDDEN, VIEW_IDENTITY, VIEW_FULL_NAMES, USE_EMAIL],
    raises=[KEY_ALREADY_SET],
)
def get_users(
    call: Invocation,
    criteria: Annotated[list[Criterion], Param("What all must match; none: everybody", max_length=20)],
) -> FoundUsers:
    """Find users by criteria that all must match; in the order of their ids.

    `email`, `firstname` and `lastname` match in any case, and % and _ stand for any text and any character; the other
    keys match exactly. Users whom the caller may not see, or one of whose searched members he may not see, are left
    out. An unknown key is a warning (`invalidfieldparameter`) and is left aside; so is what comes after 10,000 users
    (`toomanyusers`). The same key twice is `keyalreadyset`.
    """
    keys = [each.key for each in criteria]
    for key in keys:
        if keys.count(key) > 1:
            raise KEY_ALREADY_SET(f"The key {key} comes more than once")
    refuse(_problems(criteria))
    known = [each for each in criteria if each.key in _EXACT or each.key in _LIKE]
    warnings = [_unknown(each.key) for each in criteria if each not in known]
    viewer = viewer_of(call)
    users: list[UserDetail] = []
    for row, shown in _visible(call.db, known, viewer):
        if len(users) == RESULTS:
            warnings.append(_TOO_MANY)
            break
        users.append(detail(row, shown, call.site))
    return FoundUsers(users=users, warnings=warnings)


def _problems(criteria: Sequence[Criterion]) -> Iterator[Problem]:
    for index, each in enumerate(criteria):
        if each.key == "id" and not is_integer(each.value):
            yield Problem(path=f"criteria[{index}].value", problem=f"{quote(each.value)} is not an integer")


def _unknown(key: str) -> Notice:
    return Notice(
        item=key,
        warningcode="invalidfieldparameter",
        message=f"The search key {quote(key)} is not supported and was left aside",
    )


_TOO_MANY: Final = Notice(
    item="users",
    warningcode="toomanyusers",
    message=f"More than {RESULTS} users match: only the first are given",
)


def _visible(
    db: Session, criteria: Sequence[Criterion], viewer: Viewer
) -> Iterator[tuple[RowMapping, frozenset[str]]]:
    """The records that match, each with what of it is shown."""
    searched = {each.key for each in criteria}
    statement = SELECT_RECORDS.where(*map(_condition, criteria)).order_by(User.id)
    if not viewer.of_others:
        statement = statement.where(User.id == viewer.user_id)
    for row in db.execute(statement.execution_options(yield_per=1000)).mappings():
        shown = viewer.sees(row["id"], row["maildisplay"])
        if shown and searched <= shown:
            yield row, shown


def _condition(criterion: Criterion) -> ColumnElement[Any]:
    if criterion.key in _LIKE:
        return func.lower(_LIKE[criterion.key]).like(func.lower(criterion.value))
    return _EXACT[criterion.key] == (int(criterion.value) if criterion.key == "id" else criterion.value)
