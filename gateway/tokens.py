"""Tokens that users get with their password: derived from the site key, so that the same can be handed out again."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, func, select
from sqlalchemy.orm import Session

from gateway.addresses import admits
from gateway.credentials import TOKEN_PREFIX, derive_token, digest
from gateway.facts import Facts, FactsSource
from gateway.faults import FaultKind
from gateway.store import Token

CANNOT_CREATE = FaultKind(
    "cannotcreatetoken", "You are not allowed to create a token for this service", status=403
)
MOBILE_SERVICE = "moodle_mobile_app"
"""The service for which every authenticated user may have a token (Moodle 2.7, login/token.php)."""


class TokenIssuer:
    """Hands out tokens for callers who passed the checks; `key` is the site key."""

    def __init__(self, engine: Engine, facts: FactsSource, key: bytes) -> None:
        self._engine = engine.execution_options(effect="write")
        self._facts = facts
        self._key = key

    def hand_out(self, facts: Facts) -> tuple[str, datetime | None]:
        """The newest valid token of the user for the service in question, or a new one; and when it expires.

        Raises CANNOT_CREATE when there is none and the user may not make one.
        """
        assert facts.identity is not None  # noqa: S101  (the checks passed)
        assert facts.service is not None  # noqa: S101  (the checks passed)
        user, service = facts.identity.user.id, facts.service.id
        with Session(self._engine) as db:
            for token in self._valid(db, facts, user, service):
                secret = derive_token(self._key, user, service, token.serial)
                if digest(secret) == token.digest:  # not after the site key was changed
                    return secret, token.valid_until
            if not _may_create(facts):
                cause = f"The user {facts.identity.user.username} lacks the capability moodle/webservice:createtoken"
                raise CANNOT_CREATE(cause if not facts.identity.user.administrator else _FOR_ADMINISTRATORS)
            secret, token = add_derived(db, self._key, user, service, facts.now, facts.settings.token_days)
            until = token.valid_until
            db.commit()
        self._facts.wake()
        return secret, until

    def _valid(self, db: Session, facts: Facts, user: int, service: int) -> list[Token]:
        statement = select(Token).where(_derived(user, service), Token.revoked_at.is_(None))
        return [
            token
            for token in db.scalars(statement.order_by(Token.serial.desc()))
            if (token.valid_until is None or token.valid_until > facts.now)
            and admits(token.ip_restriction, facts.address)
        ]


_FOR_ADMINISTRATORS = "Administrators get no tokens with their password: make one with `gateway token create`"


def _may_create(facts: Facts) -> bool:
    """Moodle's rule: the mobile service has a capability of its own; administrators do not get tokens this way."""
    assert facts.identity is not None  # noqa: S101  (the checks passed)
    assert facts.service is not None  # noqa: S101  (the checks passed)
    if facts.service.shortname == MOBILE_SERVICE and facts.identity.can(
        "moodle/webservice:createmobiletoken"
    ):
        return True
    return not facts.identity.user.administrator and facts.identity.can("moodle/webservice:createtoken")


def _derived(user: int, service: int) -> ColumnElement[bool]:
    return and_(Token.user_id == user, Token.service_id == service, Token.kind == "derived")


def add_derived(
    db: Session, key: bytes, user: int, service: int, now: datetime, days: int
) -> tuple[str, Token]:
    """A new derived token under the next serial, which no earlier one had: the secret, and its row."""
    serial = (db.scalar(select(func.max(Token.serial)).where(_derived(user, service))) or 0) + 1
    secret = derive_token(key, user, service, serial)
    token = Token(
        digest=digest(secret),
        prefix=secret[:TOKEN_PREFIX],
        kind="derived",
        serial=serial,
        user_id=user,
        service_id=service,
        creator_id=user,
        valid_until=now + timedelta(days=days),
    )
    db.add(token)
    db.flush()
    return secret, token
