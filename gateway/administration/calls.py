"""The call log as rows for tables and JSON."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.administration.listing import Row
from gateway.administration.users import find_user
from gateway.store import CallRecord, Token, User

OK = "ok"
"""The outcome of a call that was answered; any other is an errorcode."""


def list_calls(
    db: Session, most: int, *, user: str | None = None, function: str | None = None, faults: bool = False
) -> list[Row]:
    """The newest calls, newest first: those of a user, of a function, and with `faults` those that ended in one.

    Raises AdministrationError when there is no such user. A function may be one that is not registered (any more).
    """
    statement = (
        select(CallRecord, User.username, Token.prefix)
        .outerjoin(User, User.id == CallRecord.user_id)
        .outerjoin(Token, Token.id == CallRecord.token_id)
        .order_by(CallRecord.id.desc())
        .limit(most)
    )
    if user is not None:
        statement = statement.where(CallRecord.user_id == find_user(db, user).id)
    if function is not None:
        statement = statement.where(CallRecord.function == function)
    if faults:
        statement = statement.where(CallRecord.outcome != OK)
    return [_row(*found) for found in db.execute(statement)]


def _row(record: CallRecord, username: str | None, prefix: str | None) -> Row:
    return {
        "at": record.at,
        "request_id": record.request_id,
        "protocol": record.protocol,
        "function": record.function,
        "user": username,
        "token": None if prefix is None else f"{prefix}... (id {record.token_id})",
        "address": record.address,
        "outcome": record.outcome,
        "check": record.check_number,
        "milliseconds": record.duration_us / 1000,
    }
