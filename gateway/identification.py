"""Who calls: credentials to Facts, once for each message, failures counted, a password hashed only when it may be."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Engine, bindparam, select, update

from gateway import access
from gateway.access import Denial, Stage
from gateway.accounts import PROFILE, Account, Backend, Verdict
from gateway.credentials import TOKEN_PREFIX, digest
from gateway.facts import Facts, FactsSource, Identity
from gateway.faults import INVALID_REQUEST
from gateway.passwords import WRONG, Passwords
from gateway.protocol import Credentials
from gateway.sessions import Sessions
from gateway.store import User
from gateway.throttle import FailedCredentials

_USER = update(User).where(User.id == bindparam("row"))
_PROFILE = select(*(getattr(User, column) for column in PROFILE)).where(User.id == bindparam("row"))
_SAME_DATE = timedelta(minutes=1)
"""Directories count in seconds from now: dates that lie closer together are the same date, told twice."""


class Identification:
    """Turns credentials into Facts; safe to share between threads."""

    def __init__(
        self,
        engine: Engine,
        facts: FactsSource,
        passwords: Passwords,
        failures: FailedCredentials,
        sessions: Sessions,
    ) -> None:
        self._read = engine
        self._write = engine.execution_options(effect="write")
        self._facts = facts
        self._passwords = passwords
        self._failures = failures
        self._sessions = sessions

    def identify(self, facts: Facts, credentials: Credentials) -> None:
        """Put into the Facts of a message who comes with these credentials.

        Raises AUTHENTICATION_UNAVAILABLE, or INVALID_REQUEST for a login that lasts beside another credential.
        """
        token, with_password = credentials.token, credentials.is_password
        if credentials.client is not None and self._sessions.is_own(credentials.client):
            self._by_login(facts, credentials.client, alone=not with_password and not token)
        if with_password:
            self.by_password(facts, credentials, Stage.BEFORE_PASSWORD)
        elif token:
            self._by_token(facts, token)

    def _by_login(self, facts: Facts, client: str, *, alone: bool) -> None:
        """Who is logged in under a client's id; nobody if another credential came, which must not meet a login."""
        self._find(facts, client)
        if facts.identity is not None and not alone and access.lasts(facts):
            raise INVALID_REQUEST("The request carries two different credentials: a login, and another one")
        if facts.identity is None or not alone:
            facts.identity, facts.prefix = None, None

    def _find(self, facts: Facts, secret: str) -> None:
        """Put into the Facts whom a secret stands for.

        That of a login may be another user's a moment later: what the cache holds of it does not count until the next
        poll, as it does of other tokens. When it came last raises no generation: that is read anew before it decides.
        """
        name = digest(secret)
        facts.prefix = secret[:TOKEN_PREFIX]
        facts.identity = identity = self._facts.identity(name)
        if identity is None:
            return
        if _is_login(identity):
            self._facts.wake()
            facts.identity = self._facts.identity(name)
            if facts.identity is not None and not access.lasts(facts):
                facts.identity = self._facts.identity_now(name)
        look_at_backend(facts, self._passwords.backends)

    def _by_token(self, facts: Facts, token: str) -> None:
        self._find(facts, token)
        if facts.identity is None:
            facts.throttled = self._failures.look(facts.settings, facts.address, None)
            if facts.throttled is None:
                self._failures.hit(facts.settings, facts.address, None)

    def by_password(self, facts: Facts, credentials: Credentials, stage: Stage) -> None:
        """Put into the Facts who comes with a password; it is verified only if the checks of `stage` pass.

        Raises AUTHENTICATION_UNAVAILABLE when it cannot be verified now, which counts as no failure.
        """
        facts.method = "password"
        facts.username, password = credentials.username or "", credentials.password or ""
        facts.password_given = bool(password)
        facts.throttled = self._failures.look(facts.settings, facts.address, facts.username)
        try:
            access.enforce(facts, stage)
        except Denial:  # each call of the message will fail at the same check
            return
        login = self._facts.login(facts.username)
        account = login.account if login is not None else None
        verdict = self._passwords.recall(account, password) if account is not None else None
        if verdict is None:
            verdict = self._verify(facts, account, password)
        if login is None or not verdict.right:
            return
        self._keep_profile(login.identity.user.id, verdict.profile)
        facts.identity = self._with_expiry(login.identity, verdict, facts.now)
        look_at_backend(facts, self._passwords.backends)

    def _verify(self, facts: Facts, account: Account | None, password: str) -> Verdict:
        """Judge a password when its turn has come, unless others failed too often meanwhile; count a failure."""
        with self._passwords.turn_of(account):
            facts.throttled = self._failures.look(facts.settings, facts.address, facts.username)
            if facts.throttled is not None:
                return WRONG
            verdict = self._passwords.verify(account, password)
            if not verdict.right:
                self._failures.hit(facts.settings, facts.address, facts.username)
        return verdict

    def _with_expiry(self, identity: Identity, verdict: Verdict, now: datetime) -> Identity:
        """The user, and what the backend says of his password: callers with a token of his are held to it as well."""
        user = identity.user
        due = verdict.expired or verdict.reset
        expires_at = now - timedelta(seconds=1) if due else verdict.expires_at
        if _is_another_date(user.password_expires_at, expires_at, now):
            self._change(user.id, {"password_expires_at": expires_at})
            self._facts.wake()
            user = msgspec.structs.replace(user, password_expires_at=expires_at)
        if verdict.reset:
            user = msgspec.structs.replace(user, force_password_change=True)
        return msgspec.structs.replace(identity, user=user)

    def _keep_profile(self, user_id: int, profile: Mapping[str, str]) -> None:
        """Bring what the backend knows of the person into his account, where it differs."""
        if not profile:
            return
        with self._read.connect() as connection:
            held = connection.execute(_PROFILE, {"row": user_id}).one()._asdict()
        changed = {name: profile[name] for name in PROFILE if profile.get(name, held[name]) != held[name]}
        if changed:
            self._change(user_id, changed)

    def _change(self, user_id: int, values: Mapping[str, Any]) -> None:
        with self._write.begin() as connection:
            connection.execute(_USER.values(**values), {"row": user_id})


def _is_login(identity: Identity) -> bool:
    return identity.token is not None and identity.token.kind == "session"


def _is_another_date(held: datetime | None, told: datetime | None, now: datetime) -> bool:
    if held is None or told is None:
        return held is not told
    return abs(told - held) >= _SAME_DATE and max(told, held) >= now


def look_at_backend(facts: Facts, backends: Mapping[str, Backend]) -> None:
    """Put into the Facts what the backend of the user's account lets it do."""
    if facts.identity is not None:
        backend = backends.get(facts.identity.user.auth)
        facts.may_call = backend is not None and backend.may_call
        facts.may_log_in = backend is not None and backend.may_log_in
