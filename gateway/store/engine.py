"""The engine: how connections to the database are made, and how their transactions begin."""

import os
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from gateway.store.errors import StoreError

WRITING_EFFECTS: Final = frozenset({"write", "idempotent"})

# The foreign keys and the journal are properties of the connection, not of the file, hence on every connect.
# recursive_triggers: without it INSERT OR REPLACE deletes a row unseen by the triggers that raise the generation.
_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
)


def create(url: str, *, busy_timeout: float = 5.0, new: bool = True) -> Engine:
    """Make the engine for `url`, and the database file (mode 0600, in a folder of mode 0700) if there is none.

    A transaction begins with BEGIN IMMEDIATE when the execution option `effect` is "write" or "idempotent", so
    that it reads nothing another writer is about to change; else with BEGIN. `engine.execution_options(effect=
    "write")` shares the pool. The isolation level AUTOCOMMIT is not for this engine: it would bring back the
    driver's own transactions.

    Args:
        url: `sqlite:///PATH`; a relative path starts at the working directory.
        busy_timeout: seconds that a statement waits for another writer; see `is_busy`.
        new: whether the file may be made; else it must be there.

    Raises:
        StoreError: the URL is not such a URL, or the file cannot be made, or is not there.
    """
    parsed = _parse(url)
    path = Path(parsed.database or "")
    if new:
        _make_file(path)
    elif not path.exists():
        raise StoreError(
            f"There is no database {path}: run `gateway init`, or go to the folder where it was run"
        )
    engine = create_engine(
        parsed,
        # No transactions of the driver's own making: a SELECT would not begin one, and updates would get lost.
        connect_args={"isolation_level": None, "timeout": busy_timeout},
        hide_parameters=True,
        # As many connections as threads (0 is no limit), and the last used first: its page cache is warm.
        poolclass=QueuePool,
        pool_size=0,
        pool_use_lifo=True,
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def is_busy(error: BaseException) -> bool:
    """Tell whether `error`, of SQLAlchemy or of the driver, says that another connection holds SQLite's lock."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, sqlite3.Error):
        return False
    code: int = getattr(cause, "sqlite_errorcode", 0)  # absent from errors that the driver itself makes
    return code & 0xFF == sqlite3.SQLITE_BUSY  # the low byte is the primary code (sqlite.org/rescode.html)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("The database URL cannot be read: write sqlite:///PATH.") from None
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise StoreError(f"The database {parsed.drivername} is not supported: write sqlite:///PATH.")
    if parsed.query or (parsed.database or "").startswith("file:"):
        raise StoreError("A SQLite URL takes no options: write sqlite:///PATH.")
    if parsed.database in (None, "", ":memory:"):
        raise StoreError(
            "An in-memory database is refused, since each thread would see its own: name a file."
        )
    return parsed


def _make_file(path: Path) -> None:
    """Make an empty database before SQLite does: SQLite would leave the mode to the umask."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"The database file {path} cannot be used: {error.strerror}.") from error


def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("effect") in WRITING_EFFECTS
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
