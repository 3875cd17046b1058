"""A backend that counts what it is asked, and a clock that tests move."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from gateway.accounts import Account, Verdict
from gateway.accounts.local import Manual
from gateway.assembly import Gateway
from gateway.protocol import Credentials
from gateway.web import Response
from tests.access.causes import PEER, Subject
from tests.access.faces import BY_NAME, Face, deliver
from tests.support.wire import Seen

JSON_FACE = BY_NAME["rest json"]


class Clock:
    """An instant that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        """Go on by days, hours, minutes or seconds; back if they are negative."""
        self.now += timedelta(**span)


class Bank(Manual):
    """`manual`, counting: whose passwords it was asked for, and how many at once. `pause` are seconds for each.

    Where there is no hash it answers without the one that costs as much as usual.
    """

    name: ClassVar[str] = "manual"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.peak = 0
        self.pause = 0.0
        self.verdict: Verdict | None = None
        self._running = 0
        self._lock = threading.Lock()

    def verify(self, account: Account, password: str) -> Verdict:
        """What `manual` says, or `verdict`."""
        with self._lock:
            self._running += 1
            self.asked.append(account.username)
            self.peak = max(self.peak, self._running)
        try:
            time.sleep(self.pause)
            if account.password_hash is None:
                return Verdict(False)
            return self.verdict or super().verify(account, password)
        finally:
            with self._lock:
                self._running -= 1


def with_password(subject: Subject, password: str) -> Credentials:
    """The subject's name, with this password."""
    return Credentials(username=subject.name, password=password)


def call(
    gateway: Gateway,
    credentials: Credentials,
    *,
    function: str = "test_void",
    face: Face = JSON_FACE,
    peer: str = PEER,
) -> Response:
    """The answer to a call with credentials."""
    return deliver(gateway, face.sent(function, credentials), peer)


def refusal(gateway: Gateway, credentials: Credentials, *, peer: str = PEER, face: Face = JSON_FACE) -> Seen:
    """The fault that a call gets; fails if it gets a result."""
    return face.fault(call(gateway, credentials, peer=peer, face=face).body)


def succeeds(gateway: Gateway, credentials: Credentials, *, peer: str = PEER) -> bool:
    """Whether a call gets a result."""
    return call(gateway, credentials, peer=peer).status == 200


def outcome(gateway: Gateway, credentials: Credentials, *, peer: str = PEER) -> str:
    """The errorcode of a call, or "ok"."""
    response = call(gateway, credentials, peer=peer)
    return "ok" if response.status == 200 else JSON_FACE.fault(response.body).errorcode
