"""Who calls: credentials to Facts, once for each message, failures counted, a password hashed only when it may be."""

from datetime import datetime

import msgspec
from sqlalchemy import Engine, bindparam, update

from gateway import access
from gateway.access import Denial, Stage
from gateway.accounts import Verdict
from gateway.credentials import TOKEN_PREFIX, digest
from gateway.facts import Facts, FactsSource, Identity
from gateway.passwords import Passwords
from gateway.protocol import Credentials
from gateway.store import User
from gateway.throttle import FailedCredentials

_EXPIRY = update(User).where(User.id == bindparam("row")).values(password_expires_at=bindparam("at"))


class Identification:
    """Turns credentials into Facts; safe to share between threads."""

    def __init__(
        self, engine: Engine, facts: FactsSource, passwords: Passwords, failures: FailedCredentials
    ) -> None:
        self._engine = engine.execution_options(effect="write")
        self._facts = facts
        self._passwords = passwords
        self._failures = failures

    def identify(self, protocol: str, address: str, credentials: Credentials, now: datetime) -> Facts:
        """The Facts of a message, its functions still to be named."""
        facts = Facts(self._facts.settings, now, address, protocol)
        if credentials.is_password:
            self.by_password(facts, credentials, Stage.BEFORE_PASSWORD)
        elif credentials.token:
            self._by_token(facts, credentials.token)
            self._look_at_backend(facts)
        return facts

    def _by_token(self, facts: Facts, token: str) -> None:
        facts.prefix = token[:TOKEN_PREFIX]
        facts.identity = self._facts.identity(digest(token))
        if facts.identity is None:
            facts.throttled = self._failures.look(facts.settings, facts.address, None)
            if facts.throttled is None:
                self._failures.hit(facts.settings, facts.address, None)

    def by_password(self, facts: Facts, credentials: Credentials, stage: Stage) -> None:
        """Put into the Facts who comes with a password; it is hashed only if the checks of `stage` pass."""
        facts.method = "password"
        facts.username, password = credentials.username or "", credentials.password or ""
        facts.password_given = bool(password)
        facts.throttled = self._failures.look(facts.settings, facts.address, facts.username)
        try:
            access.enforce(facts, stage)
        except Denial:  # each call of the message will fail at the same check
            return
        login = self._facts.login(facts.username)
        verdict = self._passwords.verify(login.account if login else None, password)
        if login is None or not verdict.right:
            self._failures.hit(facts.settings, facts.address, facts.username)
            return
        facts.identity = self._with_expiry(login.identity, verdict)
        self._look_at_backend(facts)

    def _look_at_backend(self, facts: Facts) -> None:
        if facts.identity is not None:
            backend = self._passwords.backends.get(facts.identity.user.auth)
            facts.may_call = backend is not None and backend.may_call
            facts.may_log_in = backend is not None and backend.may_log_in

    def _with_expiry(self, identity: Identity, verdict: Verdict) -> Identity:
        """Keep what the backend says of the password's expiry, for callers with a token of this user too."""
        user = identity.user
        if verdict.expires_at == user.password_expires_at:
            return identity
        with self._engine.begin() as connection:
            connection.execute(_EXPIRY, {"row": user.id, "at": verdict.expires_at})
        self._facts.wake()
        changed = msgspec.structs.replace(user, password_expires_at=verdict.expires_at)
        return msgspec.structs.replace(identity, user=changed)
