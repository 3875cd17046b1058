"""core_user_get_users_by_field: users by a field that tells them apart."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, RowMapping, func
from sqlalchemy.orm import Session

from functions.chunks import chunks
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
from functions.users.structs import UserDetail
from functions.users.visibility import viewer_of
from gateway import READ, Invocation, Param, Problem, Word, function
from gateway.store import User
from gateway.words import Email

VALUES: Final = 10_000
"""How many values one call looks for."""

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_EMAIL: Word = get_args(Email)[1]


def is_integer(text: str) -> bool:
    """Whether a cast to a 64-bit integer keeps the text as it is (PARAM_INT)."""
    return _INTEGER.fullmatch(text) is not None and -(2**63) <= int(text) < 2**63


def _is_any(_text: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Search:
    """How one field is searched: the column, how a value is read, and what a value must be."""

    column: ColumnElement[Any]
    read: Callable[[str], Any] = str
    accepts: Callable[[str], object] = _is_any
    problem: str = ""


_SEARCHES: Final[Mapping[str, _Search]] = {
    "id": _Search(User.id.expression, int, is_integer, "not an integer"),
    "idnumber": _Search(User.idnumber.expression),
    "username": _Search(User.username.expression),
    "email": _Search(func.lower(User.email), str.lower, _EMAIL.test, _EMAIL.problem),
}


@function(
    "core_user_get_users_by_field",
    effect=READ,
    uses=[UPDATE, VIEW_DETAILS, VIEW_HIDDEN, VIEW_IDENTITY, VIEW_FULL_NAMES, USE_EMAIL],
)
def get_users_by_field(
    call: Invocation,
    field: Annotated[
        Literal["id", "idnumber", "username", "email"], Param("The field to search", example="username")
    ],
    values: Annotated[list[str], Param("Its values", max_length=VALUES, example=["jane.doe"])],
) -> list[UserDetail]:
    """Find users by a field that tells them apart; in the order of their ids.

    Values that match nobody, or somebody whom (or whose field) the caller may not see, are left out. An empty value
    matches nobody. An e-mail address matches whatever its case. Values that the field cannot hold are
    `invalidparameter`, with their paths.
    """
    search = _SEARCHES[field]
    refuse(_problems(search, values))
    viewer = viewer_of(call)
    found = []
    for row in _records(call.db, search, values):
        shown = viewer.sees(row["id"], row["maildisplay"])
        if field in shown:
            found.append(detail(row, shown, call.site))
    return found


def _problems(search: _Search, values: Sequence[str]) -> Iterator[Problem]:
    for index, value in enumerate(values):
        if not search.accepts(value):
            yield Problem(path=f"values[{index}]", problem=f"{quote(value)} is {search.problem}")


def _records(db: Session, search: _Search, values: Sequence[str]) -> list[RowMapping]:
    wanted = {search.read(value) for value in values if value}
    rows: list[RowMapping] = []
    for chunk in chunks(wanted):
        rows += db.execute(SELECT_RECORDS.where(search.column.in_(chunk))).mappings()
    return sorted(rows, key=lambda row: int(row["id"]))
