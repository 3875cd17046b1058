"""The call log: one writer thread takes records and last access, in batches, at most a second late.

An insert per call would make every call wait for every other writer of an SQLite database. A record that cannot be
written is lost with a line in the error log; it never changes an answer.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Engine, bindparam, delete, select, update

from gateway.store import BulkInsert, CallRecord, Token, User

FLUSH_SECONDS = 0.5
CAPACITY = 100_000
_BATCH = 1000
_log = logging.getLogger("gateway.calllog")


class Record(msgspec.Struct):
    """One call, as the log keeps it; `facts` only of a refused call."""

    request_id: str
    at: datetime
    protocol: str
    function: str | None
    user_id: int | None
    token_id: int | None
    service_id: int | None
    address: str
    seconds: float
    outcome: str = "ok"
    exception: str | None = None
    check_number: str | None = None
    cause: str | None = None
    facts: dict[str, Any] | None = None


_COLUMNS = (
    *("request_id", "at", "protocol", "function", "user_id", "token_id", "service_id", "address"),
    *("outcome", "exception", "check", "cause", "duration_us", "facts"),
)
_TOUCH_TOKEN = update(Token).where(Token.id == bindparam("row")).values(last_access=bindparam("at"))
_TOUCH_USER = update(User).where(User.id == bindparam("row")).values(last_access=bindparam("at"))


class CallLog:
    """Takes records from any thread; `close` writes what is left. Started lazily, so that a fork has its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(effect="write")
        self._insert = BulkInsert(engine, CallRecord.metadata.tables[CallRecord.__tablename__], _COLUMNS)
        self._queue: deque[Record] = deque(maxlen=CAPACITY)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def write(self, record: Record) -> None:
        """Hand over a record; returns at once, and raises nothing: the call may be committed already."""
        self._queue.append(record)
        if self._thread is None:
            try:
                self._start()
            except RuntimeError:  # the system has no thread left; a later call tries again
                _log.exception("the writer of the call log cannot be started")

    def flush(self) -> None:
        """Write everything that is waiting, now."""
        with self._lock:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(_BATCH, len(self._queue)))]
                self._write_batch(batch)

    def close(self) -> None:
        """Stop the writer thread after a last flush."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self.flush()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="calllog", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            self.flush()

    def _write_batch(self, batch: list[Record]) -> None:
        # A login that ended because nobody used it must not begin again when somebody tries.
        lasting = (each for each in batch if each.check_number != "6t")
        tokens = {each.token_id: each.at for each in lasting if each.token_id is not None}
        users = {each.user_id: each.at for each in batch if each.user_id is not None and each.outcome == "ok"}
        try:
            with self._engine.begin() as connection:
                self._insert.write(connection, [_row(each) for each in batch])
                for statement, rows in ((_TOUCH_TOKEN, tokens), (_TOUCH_USER, users)):
                    if rows:
                        connection.execute(statement, [{"row": row, "at": at} for row, at in rows.items()])
        except Exception:  # whatever it is, calls go on
            _log.exception("%d records of calls were lost", len(batch))


def _row(record: Record) -> tuple[Any, ...]:
    """A record's values in the order of _COLUMNS."""
    return (
        *(record.request_id, record.at, record.protocol, record.function),
        *(record.user_id, record.token_id, record.service_id, record.address[:45]),
        *(record.outcome, record.exception, record.check_number, record.cause),
        *(int(record.seconds * 1e6), record.facts),
    )


def prune(engine: Engine, now: datetime, days: int, progress: Callable[[int], None] = lambda _: None) -> int:
    """Delete records older than `days`; the number deleted. Slices keep every other writer's wait short."""
    oldest = select(CallRecord.id).where(CallRecord.at < now - timedelta(days=days)).limit(_BATCH)
    statement = delete(CallRecord).where(CallRecord.id.in_(oldest))
    deleted = 0
    while True:
        with engine.execution_options(effect="write").begin() as connection:
            count = connection.execute(statement).rowcount
        deleted += count
        progress(deleted)
        if count < _BATCH:
            return deleted
