"""The generation of policy, polled, and what was loaded under it.

Database triggers raise one number, the generation, in the transaction of whoever changes what access decisions rest
on: bulk SQL and other processes count, and a rollback does not. A cache is right as long as that number stands still.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine, select

from gateway.store import Generation

POLL_SECONDS = 1.0
CACHE_ENTRIES = 10_000
Key = TypeVar("Key")
Value = TypeVar("Value")

_GENERATION = select(Generation.value)


@dataclass(frozen=True, slots=True)
class _Poll:
    """What a poll found, when it began, and after which `wake`."""

    generation: int
    at: float
    woken: object


class Generations:
    """The generation as it was at most `poll_seconds` ago; safe to share between threads.

    Those seconds are the bound on how long a change by another process goes unseen; `wake` shortens it for this one.
    `clock` gives monotonic seconds.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        poll_seconds: float = POLL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.engine = engine
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._woken = object()
        self._poll: _Poll | None = None

    def current(self) -> int:
        """The generation; one statement if the last poll is too old, else none."""
        poll, woken, now = self._poll, self._woken, self._clock()
        if poll is not None and poll.woken is woken and 0 <= now - poll.at < self._poll_seconds:
            return poll.generation
        with self.engine.connect() as connection:
            generation = read_generation(connection)
        # With the time and the `wake` from before reading: what changed meanwhile is seen by the next poll.
        self._poll = _Poll(generation, now, woken)
        return generation

    def wake(self) -> None:
        """Poll at the next use: this process has just written."""
        self._woken = object()


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Key, Value]):
    generation: int
    entries: dict[Key, Value]


class GenerationCache(Generic[Key, Value]):
    """Values by key, each kept only while the generation stands under which it was loaded; thread-safe.

    `load` reads a value through a connection whose snapshot holds the generation as well. A None is not kept: new
    users, tokens and contexts raise no generation.
    """

    def __init__(self, generations: Generations, load: Callable[[Connection, Key], Value]) -> None:
        self._generations = generations
        self._load = load
        self._kept: _Kept[Key, Value] | None = None

    def get(self, key: Key) -> Value:
        """The value, loaded if it is not known under the present generation."""
        kept = self._kept
        if kept is None or kept.generation != self._generations.current():
            kept = self._under_present()
        value = kept.entries.get(key)
        return self._read(kept, key) if value is None else value

    def renew(self, key: Key) -> Value:
        """The value, loaded even if it is known, and kept in place of what was."""
        return self._read(self._under_present(), key)

    def _under_present(self) -> _Kept[Key, Value]:
        generation = self._generations.current()
        kept = self._kept
        if kept is None or kept.generation != generation:
            kept = self._kept = _Kept(generation, {})
        return kept

    def _read(self, kept: _Kept[Key, Value], key: Key) -> Value:
        with self._generations.engine.connect() as connection:
            generation = read_generation(connection)
            value = self._load(connection, key)
        if generation != kept.generation:
            self._generations.wake()
        elif value is not None:
            if len(kept.entries) >= CACHE_ENTRIES:
                kept.entries.clear()
            kept.entries[key] = value
        return value


def read_generation(connection: Connection) -> int:
    """The generation in the snapshot of a connection."""
    return connection.execute(_GENERATION).scalar_one()
