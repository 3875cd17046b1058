"""Judging passwords: bounded in memory, the same time for every wrong answer, right ones remembered for a minute."""

import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping

import msgspec

from gateway.accounts import Account, Backend, Verdict

REMEMBER_SECONDS = 60.0
_ENTRIES = 10_000
WRONG = Verdict(False)
_NOBODY = Account(0, "", "manual", None)
"""Judged in place of an account that there is not."""


class Passwords:
    """Verifies passwords with the backends; safe to share between threads. `clock` gives seconds.

    A right password is remembered under a process-random HMAC that includes the stored hash, so that a new password
    ends it.
    """

    turn: threading.BoundedSemaphore
    """To be held while verifying: `concurrent` callers at once, as each Argon2id hash takes 64 MiB (RFC 9106)."""
    remote_turn: threading.BoundedSemaphore
    """The same for accounts of remote backends, for which no other account shall wait."""

    def __init__(
        self,
        backends: Mapping[str, Backend],
        *,
        concurrent: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.backends = backends
        concurrent = concurrent or max(1, os.cpu_count() or 1)
        self.turn = threading.BoundedSemaphore(concurrent)
        self.remote_turn = threading.BoundedSemaphore(concurrent)
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._right: dict[bytes, tuple[float, Verdict]] = {}

    def recall(self, account: Account, password: str) -> Verdict | None:
        """The verdict on a password that was right within the last minute; None if it must be verified."""
        return self._recall(self._name(account, password))

    def turn_of(self, account: Account | None) -> threading.BoundedSemaphore:
        """What to hold while verifying a password of this account."""
        backend = self.backends.get(account.auth) if account is not None else None
        return self.remote_turn if backend is not None and backend.remote else self.turn

    def verify(self, account: Account | None, password: str) -> Verdict:
        """Whether the password is right. An unknown user costs as much time as a wrong password.

        Raises AUTHENTICATION_UNAVAILABLE when the account's backend cannot judge it now.
        """
        backend = self.backends.get(account.auth) if account is not None else None
        if account is None or backend is None:
            return self._reject(password)
        name = self._name(account, password)
        remembered = self._recall(name)  # verified by somebody else while this one waited for his turn
        if remembered is not None:
            return remembered
        verdict = backend.verify(account, password)
        if verdict.right:
            self._remember(name, verdict)
            return verdict
        if not backend.remote:
            return WRONG
        with self.turn:
            return self._reject(password)

    def _reject(self, password: str) -> Verdict:
        """Take as long as a wrong password of a local account."""
        self.backends[_NOBODY.auth].verify(_NOBODY, password)
        return WRONG

    def _recall(self, name: bytes) -> Verdict | None:
        until, verdict = self._right.get(name, (0.0, None))
        # A clock that was set back must not make a minute longer.
        return verdict if 0 < until - self._clock() <= REMEMBER_SECONDS else None

    def _name(self, account: Account, password: str) -> bytes:
        parts = (str(account.id), account.auth, account.password_hash or "", password)
        message = b"".join(
            len(part).to_bytes(4) + part for part in (each.encode("utf-8", "replace") for each in parts)
        )
        return hmac.digest(self._key, message, hashlib.sha256)

    def _remember(self, name: bytes, verdict: Verdict) -> None:
        if len(self._right) >= _ENTRIES:
            self._right.clear()
        # The profile was taken over when the password was verified.
        self._right[name] = (self._clock() + REMEMBER_SECONDS, msgspec.structs.replace(verdict, profile={}))
