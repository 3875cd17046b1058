"""Tokens: made, changed, rotated, revoked by an administrator. The secret of a random token is seen once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gateway import addresses, credentials
from gateway.administration.errors import AdministrationError
from gateway.administration.services import find_service
from gateway.administration.settings import get_settings
from gateway.administration.users import find_user
from gateway.store import Token, utcnow
from gateway.tokens import add_derived

_CHANGEABLE = frozenset({"ip_restriction", "valid_until", "rate_limit"})


def create_token(
    db: Session,
    username: str,
    service: str,
    *,
    ip_restriction: str | None = None,
    valid_until: datetime | None = None,
    rate_limit: int | None = None,
) -> tuple[Token, str]:
    """A random token of a user for a service: its row, and the secret, which nobody can see again.

    Raises AdministrationError, or AddressError for a malformed restriction.
    """
    if ip_restriction:
        addresses.check(ip_restriction)
    return _add_random(
        db,
        user_id=find_user(db, username).id,
        service_id=find_service(db, service).id,
        ip_restriction=ip_restriction or None,
        valid_until=valid_until,
        rate_limit=rate_limit,
    )


def _add_random(db: Session, **columns: Any) -> tuple[Token, str]:
    secret = credentials.make_token()
    prefix = secret[: credentials.TOKEN_PREFIX]
    token = Token(digest=credentials.digest(secret), prefix=prefix, kind="random", **columns)
    db.add(token)
    db.flush()
    return token, secret


def find_token(db: Session, name: str) -> Token:
    """A token by its row's id or the first characters of its secret; a revoked one only if no other has the name.

    Raises AdministrationError when no token fits, or several do.
    """
    rows = _find(db, name)
    found = [token for token in rows if token.revoked_at is None] or rows
    if not found:
        raise AdministrationError(f"no token has the id or begins with {name[: credentials.TOKEN_PREFIX]}")
    if len(found) > 1:
        raise AdministrationError(f"{len(found)} tokens match: name one by its id")
    return found[0]


def _find(db: Session, name: str) -> Sequence[Token]:
    by_id = [Token.id == int(name)] if name.isascii() and name.isdigit() and len(name) < 10 else []
    by_prefix = Token.prefix == name[: credentials.TOKEN_PREFIX].lower()
    return db.scalars(select(Token).where(or_(by_prefix, *by_id))).all()


def _find_valid(db: Session, name: str) -> Token:
    token = find_token(db, name)
    if token.revoked_at is not None:
        raise AdministrationError(f"the token {token.prefix}... was revoked")
    return token


def change_token(db: Session, name: str, **columns: Any) -> Token:
    """Change a token's ip_restriction, valid_until or rate_limit (None takes a restriction away).

    Raises AdministrationError, AddressError, or TypeError for another column.
    """
    if unknown_columns := columns.keys() - _CHANGEABLE:
        raise TypeError(f"not to be changed: {', '.join(sorted(unknown_columns))}")
    if columns.get("ip_restriction"):
        addresses.check(columns["ip_restriction"])
    token = _find_valid(db, name)
    for column, value in columns.items():
        setattr(token, column, value)
    db.flush()
    return token


def revoke_token(db: Session, name: str, now: datetime | None = None) -> Token:
    """Make a token count no more, from `now`. Its row stays, so that its serial is never used again.

    Raises AdministrationError, also when it was revoked before.
    """
    token = _find_valid(db, name)
    token.revoked_at = now or utcnow()
    db.flush()
    return token


def rotate_token(
    db: Session, name: str, key: bytes, now: datetime, overlap: timedelta
) -> tuple[Token, Token, str]:
    """Replace a token by another of the same user, service and restrictions: the old, the new, the new secret.

    The old one counts until `overlap` has passed, and no longer than it would have. Of a token that a user gets with
    his password the next serial is made (`key` is the site key): from now on he gets that one. Raises
    AdministrationError.
    """
    old = _find_valid(db, name)
    service_id = old.service_id
    if service_id is None:
        raise AdministrationError(f"the token {old.prefix}... is of a login: it ends with its session")
    if old.valid_until is not None and old.valid_until <= now:
        raise AdministrationError(f"the token {old.prefix}... has expired: make a new one")
    if old.kind == "derived":
        secret, new = add_derived(db, key, old.user_id, service_id, now, get_settings(db).token_days)
        new.ip_restriction, new.rate_limit = old.ip_restriction, old.rate_limit
    else:
        columns = {column: getattr(old, column) for column in _CHANGEABLE}
        new, secret = _add_random(db, user_id=old.user_id, service_id=service_id, **columns)
    _end(old, now, now + overlap)
    db.flush()
    return old, new, secret


def _end(token: Token, now: datetime, at: datetime) -> None:
    if at <= now:
        token.revoked_at = now
    elif token.valid_until is None or token.valid_until > at:
        token.valid_until = at
