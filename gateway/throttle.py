"""Throttling: failed credentials for all workers together, rates of calls for each worker by its share.

The library `limits` counts; failed credentials in our own table, so that workers and machines share them.
"""

import threading
import time
from collections.abc import Callable
from functools import lru_cache
from math import ceil

import msgspec
from limits import RateLimitItem, RateLimitItemPerMinute, parse
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Engine, case, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from gateway.settings import Settings
from gateway.store import Counter


class Throttled(msgspec.Struct, frozen=True):
    """What was counted too often (for the cause), and in how many seconds it may be tried again."""

    what: str
    retry_after: int


class TableStorage(Storage):
    """Counters of `limits` in the table `counters`. `clock` gives Unix seconds."""

    STORAGE_SCHEME = None

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._read = engine
        self._write = engine.execution_options(effect="write")
        self._clock = clock

    @property
    def base_exceptions(self) -> type[Exception]:
        """No error is the storage's own: what the database raises passes."""
        return Exception

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and give the new count; a counter that has expired starts anew."""
        now = int(self._clock() * 1000)
        fresh = Counter.expires_at <= now
        until = now + int(expiry * 1000)
        statement = insert(Counter).values(name=key, count=amount, expires_at=until)
        statement = statement.on_conflict_do_update(
            ["name"],
            set_={
                "count": case((fresh, amount), else_=Counter.count + amount),
                "expires_at": case((fresh, until), else_=Counter.expires_at),
            },
        )
        with self._write.begin() as connection:
            count: int = connection.execute(statement.returning(Counter.count)).scalar_one()
        return count

    def get(self, key: str) -> int:
        """The count now; 0 when there is none."""
        now = int(self._clock() * 1000)
        with self._read.connect() as connection:
            statement = select(Counter.count).where(Counter.name == key, Counter.expires_at > now)
            return connection.execute(statement).scalar_one_or_none() or 0

    def get_expiry(self, key: str) -> float:
        """When the counter expires, in Unix seconds; now when there is none."""
        with self._read.connect() as connection:
            until = connection.execute(
                select(Counter.expires_at).where(Counter.name == key)
            ).scalar_one_or_none()
        return until / 1000 if until is not None else self._clock()

    def check(self) -> bool:
        """The table is there: migrations made it."""
        return True

    def reset(self) -> int | None:
        """Forget every counter; how many there were."""
        with self._write.begin() as connection:
            count: int = connection.execute(select(func.count()).select_from(Counter)).scalar_one()
            connection.execute(delete(Counter))
        return count

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._write.begin() as connection:
            connection.execute(delete(Counter).where(Counter.name == key))

    def sweep(self) -> None:
        """Delete what has expired."""
        with self._write.begin() as connection:
            connection.execute(delete(Counter).where(Counter.expires_at <= int(self._clock() * 1000)))


class FailedCredentials:
    """Counts failed credentials: of an account from an address (strict), of an address, of an account (loose).

    The loose count is far above what one address can reach, so that nobody locks another out from one address.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._storage = TableStorage(engine, clock)
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._clock = clock
        self._hits = 0

    def look(self, settings: Settings, address: str, username: str | None) -> Throttled | None:
        """Whether credentials from this address, for this account, are not even tried now."""
        for what, item, names in _counted(settings, address, username):
            if not self._limiter.test(item, *names):
                reset = self._limiter.get_window_stats(item, *names).reset_time
                return Throttled(what, max(1, ceil(reset - self._clock())))
        return None

    def hit(self, settings: Settings, address: str, username: str | None) -> None:
        """Count a failure."""
        for _, item, names in _counted(settings, address, username):
            self._limiter.hit(item, *names)
        self._hits += 1
        if self._hits % 1000 == 0:
            self._storage.sweep()


def _counted(
    settings: Settings, address: str, username: str | None
) -> list[tuple[str, RateLimitItem, tuple[str, ...]]]:
    rows: list[tuple[str, str, tuple[str, ...]]] = [
        (f"from {address}", settings.throttle_address, ("address", address))
    ]
    if username:
        name = username[:100]
        rows += [
            (f"for {name} from {address}", settings.throttle_login, ("login", name, address)),
            (f"for {name}", settings.throttle_account, ("account", name)),
        ]
    return [
        (f"{item.amount} failed attempts in {_span(item)} {what}", item, names)
        for what, text, names in rows
        if (item := read_rate(text))
    ]


def _span(item: RateLimitItem) -> str:
    unit = item.GRANULARITY.name
    return f"{item.multiples} {unit}s" if item.multiples != 1 else f"one {unit}"


class Rates:
    """Counts calls of a token, a service and a user, in this worker; each worker has its share of a limit."""

    def __init__(self, workers: int = 1) -> None:
        self._workers = workers
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()

    def hit(self, limits: list[tuple[str, int, int | None]]) -> Throttled | None:
        """Count a call under each (kind, id, calls a minute); the first limit that is passed, or None.

        A call that is refused by one limit counts under none.
        """
        bounded = [
            (kind, str(key), each, self._share(each)) for kind, key, each in limits if each is not None
        ]
        if not bounded:
            return None
        with self._lock:
            for kind, key, limit, item in bounded:
                if not self._limiter.test(item, kind, key):
                    reset = self._limiter.get_window_stats(item, kind, key).reset_time
                    return Throttled(
                        f"{limit} calls a minute of the {kind}", max(1, ceil(reset - time.time()))
                    )
            for kind, key, _, item in bounded:
                self._limiter.hit(item, kind, key)
        return None

    def _share(self, limit: int) -> RateLimitItem:
        return RateLimitItemPerMinute(max(1, limit // self._workers))


@lru_cache(maxsize=64)
def read_rate(text: str) -> RateLimitItem:
    """A rate in the notation of `limits`, like "5 per 15 minutes". Raises ValueError."""
    return parse(text)
