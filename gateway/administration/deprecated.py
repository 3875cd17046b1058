"""Who still calls what will go: from the call log, as far back as it reaches."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.registry import Function
from gateway.store import CallRecord, Token, User

Row = dict[str, Any]


def list_deprecated(db: Session, functions: Iterable[Function]) -> list[Row]:
    """Each deprecated function with each user and token that called it, how often and when last; or with nobody.

    Refused calls count: a client that calls a removed function still needs its author's hand.
    """
    deprecated = {each.name: each for each in functions if each.deprecated is not None}
    statement = (
        select(
            CallRecord.function, User.username, Token.id, Token.prefix, func.count(), func.max(CallRecord.at)
        )
        .outerjoin(User, User.id == CallRecord.user_id)
        .outerjoin(Token, Token.id == CallRecord.token_id)
        .where(CallRecord.function.in_(deprecated))
        .group_by(CallRecord.function, User.username, Token.id, Token.prefix)
        .order_by(CallRecord.function, func.max(CallRecord.at).desc())
    )
    callers: dict[str | None, list[Row]] = {name: [] for name in deprecated}
    for name, user, token_id, prefix, count, last in db.execute(statement):
        token = f"{prefix}... (id {token_id})" if token_id is not None else None
        callers[name].append({"user": user, "token": token, "calls": count, "last": last})
    nobody: Row = {"user": None, "token": None, "calls": 0, "last": None}
    return [
        _described(each) | row
        for name, each in sorted(deprecated.items())
        for row in callers[name] or [nobody]
    ]


def _described(function: Function) -> Row:
    deprecated = function.deprecated
    assert deprecated is not None  # noqa: S101  (only such are listed)
    return {
        "function": function.name,
        "since": deprecated.since,
        "removal": deprecated.removal,
        "replacement": deprecated.replacement,
    }
