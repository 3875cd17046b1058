"""Login sessions: begun with a password, ended by logout, by time, or by a new password; each lets one token live.

The token is of no service: who comes with it may use what he may use with his password (checks 17 to 22). Its secret is
the id that the client shows with every call. Clients such as Flex get that id before anybody logs in, and take no other
one later; so it is ours to make, 128 random bits with a proof, and it counts for nothing until a login takes it over.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, or_, select, update
from sqlalchemy.orm import Session

from gateway import access, limits
from gateway.access import Stage
from gateway.credentials import (
    TOKEN_PREFIX,
    digest,
    is_client_id,
    make_client_id,
    make_token,
)
from gateway.facts import Facts, FactsSource
from gateway.faults import INVALID_REQUEST
from gateway.protocol import Login, Logout, SessionQuery
from gateway.store import LoginSession, Token


class Sessions:
    """Begins and ends logins for callers who passed the checks; `key` is the site key."""

    def __init__(self, engine: Engine, facts: FactsSource, key: bytes) -> None:
        self._engine = engine.execution_options(effect="write")
        self._facts = facts
        self._key = key

    def answer(self, facts: Facts, query: SessionQuery) -> str:
        """The client's id, after what the query asks for; raises Fault.

        Logging in passes checks 1 to 14, anything else 1 and 2 only: it shows nothing, and who knows the id may end
        what it stands for.
        """
        if isinstance(query, Login):
            access.enforce(facts, Stage.QUERY)
            return self._begin(facts, query.client)
        access.enforce(facts, Stage.ANONYMOUS_QUERY)
        if isinstance(query, Logout) and query.client is not None:
            self._end(facts, query.client)
        return self.own(query.client)

    def is_own(self, client: str) -> bool:
        """Whether we made a client's id."""
        return is_client_id(self._key, client)

    def own(self, client: str | None) -> str:
        """The id that a client shows if we made it, else a new one; a refusal tells it too."""
        return client if client is not None and self.is_own(client) else make_client_id(self._key)

    def _begin(self, facts: Facts, client: str | None) -> str:
        if facts.method != "password":
            raise INVALID_REQUEST("A token does not log in: send user name and password")
        assert facts.identity is not None  # noqa: S101  (check 7p passed)
        secret, user = self.own(client), facts.identity.user.id
        with Session(self._engine) as db:
            _sweep(db, facts, user, secret)
            until = facts.now + timedelta(hours=facts.settings.session_hours)
            # Its own secret is nobody's: this login is shown by its token alone.
            session = LoginSession(
                digest=digest(make_token()), user_id=user, expires_at=until, created_at=facts.now
            )
            db.add(session)
            db.flush()
            db.add(_token(secret, session))
            db.commit()
        self._facts.wake()
        return secret

    def _end(self, facts: Facts, client: str) -> None:
        if not self.is_own(client) or self._facts.identity(digest(client)) is None:
            return
        with Session(self._engine) as db:
            end(db, facts.now, LoginSession.id.in_(_of(client)))
            db.commit()
        self._facts.wake()
        if facts.prefix == client[:TOKEN_PREFIX]:
            facts.identity = None  # for what follows in the same message


def _token(secret: str, session: LoginSession) -> Token:
    return Token(
        digest=digest(secret),
        prefix=secret[:TOKEN_PREFIX],
        kind="session",
        user_id=session.user_id,
        creator_id=session.user_id,
        session_id=session.id,
        created_at=session.created_at,
    )


def _of(client: str) -> Any:
    return select(Token.session_id).where(Token.digest == digest(client), Token.kind == "session")


def _sweep(db: Session, facts: Facts, user: int, client: str) -> None:
    """Delete the login that a client's id stood for until now, and those of a user that nobody asks for any more.

    These are logins that ended before the call log begins, and the oldest of too many.
    """
    newest = select(LoginSession.id).where(LoginSession.user_id == user)
    newest = newest.order_by(LoginSession.created_at.desc(), LoginSession.id.desc()).limit(
        limits.SESSIONS - 1
    )
    begin = facts.now - timedelta(days=facts.settings.call_log_days)
    old = or_(LoginSession.expires_at < begin, LoginSession.id.not_in(newest))
    db.execute(delete(LoginSession).where(LoginSession.user_id == user, old))
    db.execute(delete(LoginSession).where(LoginSession.id.in_(_of(client))))


def end(db: Session, now: datetime, which: Any) -> int:
    """End logins that last: how many. Their rows stay, so that check 6t can say when."""
    ended = db.execute(
        update(LoginSession).where(which, LoginSession.expires_at > now).values(expires_at=now)
    )
    count: int = ended.rowcount  # type: ignore[attr-defined]
    return count
