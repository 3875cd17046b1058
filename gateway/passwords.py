"""Judging passwords: bounded in memory, the same time for every wrong answer, and remembered for a minute."""

import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from functools import cached_property

from gateway.accounts import Account, Backend, Verdict
from gateway.credentials import hash_password

REMEMBER_SECONDS = 60.0
_ENTRIES = 10_000
_WRONG = Verdict(False)


class Passwords:
    """Verifies passwords with the backends; safe to share between threads.

    At most `concurrent` verifications run at once: each Argon2id hash takes 64 MiB (RFC 9106). A right password
    is remembered under a process-random HMAC that includes the stored hash, so that a new password ends it.
    """

    def __init__(
        self,
        backends: Mapping[str, Backend],
        *,
        concurrent: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.backends = backends
        self._slots = threading.BoundedSemaphore(concurrent or max(1, os.cpu_count() or 1))
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._right: dict[bytes, tuple[float, Verdict]] = {}

    def verify(self, account: Account | None, password: str) -> Verdict:
        """Whether the password is right. An unknown user costs as much time as a wrong password."""
        account = account or self._nobody
        name = self._name(account, password)
        remembered = self._right.get(name)
        if remembered is not None and self._clock() < remembered[0]:
            return remembered[1]
        backend = self.backends.get(account.auth)
        if backend is None:
            account, backend = self._nobody, self.backends[self._nobody.auth]
        with self._slots:
            verdict = backend.verify(account, password)
        if account is self._nobody or not verdict.right:
            return _WRONG
        self._remember(name, verdict)
        return verdict

    def _name(self, account: Account, password: str) -> bytes:
        parts = (str(account.id), account.auth, account.password_hash or "", password)
        message = b"".join(
            len(part).to_bytes(4) + part for part in (each.encode("utf-8", "replace") for each in parts)
        )
        return hmac.digest(self._key, message, hashlib.sha256)

    def _remember(self, name: bytes, verdict: Verdict) -> None:
        if len(self._right) >= _ENTRIES:
            self._right.clear()
        self._right[name] = (self._clock() + REMEMBER_SECONDS, verdict)

    @cached_property
    def _nobody(self) -> Account:
        """An account whose password nobody knows."""
        return Account(0, "", "manual", hash_password(secrets.token_hex(16)))
