"""Migrations: bring the tables of the core and of each component to the newest version.

Each component has a branch of its own in Alembic's sense: a label and a folder of version files (how they are
written: `gateway.store.migrations`). Alembic keeps no row for a revision that another one depends on, and could not
tell a removed component's row from a newer program's. So between upgrades the version table holds one row for each
branch, and the revisions' names tell the branch.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from gateway.store.engine import is_busy
from gateway.store.errors import StoreError

CORE: Final = "core"

_ENVIRONMENT: Final = Path(__file__).parent / "migrations"
_VERSIONS: Final = sa.table("alembic_version", sa.column("version_num", sa.String))
_PATIENCE_MS: Final = 60_000  # for another process's upgrade, which may rebuild large tables
_one_at_a_time: Final = threading.Lock()  # Alembic's `op` and `context` are one for the whole process


def upgrade(engine: Engine, branches: Mapping[str, str | Path]) -> None:
    """Bring the core and each component branch to its head, all in one transaction or not at all.

    Foreign keys are off meanwhile (rebuilding a table would delete the rows that refer to it) and checked at the
    end. Processes that start together upgrade one after the other. Rows of components that are not in `branches`
    stay as they are. There is no way back but a backup.

    Args:
        engine: made by `gateway.store.create`.
        branches: component label -> folder with its version files.

    Raises:
        StoreError: version files are missing or wrongly named, the database was made by a newer program, rows
            refer to rows that do not exist, or another process kept the database for a minute.
    """
    config = _config(branches)
    with _one_at_a_time, _sentences():
        script = _script(config, branches)
        if _is_behind(engine, script):
            with _exclusive(engine) as connection:
                _upgrade(connection, config, script, {CORE, *branches})


def current(engine: Engine) -> set[str]:
    """Give the revisions that the database is at: one for each branch; none for an empty database."""
    with engine.connect().execution_options(effect="read") as connection:
        return _revisions(connection)


def pending(engine: Engine, branches: Mapping[str, str | Path]) -> bool:
    """Tell whether `upgrade` would have something to do. It reads the version files and one small table.

    Raises:
        StoreError: version files are missing or wrongly named.
    """
    with _sentences():
        return _is_behind(engine, _script(_config(branches), branches))


def _config(branches: Mapping[str, str | Path]) -> Config:
    if CORE in branches:
        raise StoreError(f"No component's tables can be labelled {CORE}: that is the gateway's own label.")
    for label, folder in branches.items():
        if not Path(folder).is_dir():
            raise StoreError(f"The migrations of {label} are missing: there is no folder {folder}.")
    config = Config()
    folders = [_ENVIRONMENT / "versions", *branches.values()]
    _set(config, "script_location", str(_ENVIRONMENT))
    _set(config, "version_locations", "\n".join(str(folder) for folder in folders))
    _set(config, "path_separator", "newline")
    return config


def _set(config: Config, name: str, value: str) -> None:
    config.set_main_option(name, value.replace("%", "%%"))  # Config interpolates


def _script(config: Config, branches: Iterable[str]) -> ScriptDirectory:
    """Read the version files, and hold them to the rule of names."""
    script = ScriptDirectory.from_config(config)
    labels = {CORE, *branches}
    for version in _versions(script):
        if _label(version.revision) not in labels:
            raise StoreError(
                f"The revision {version.revision} ({version.path}) must be named LABEL_NUMBER after its branch."
            )
    return script


def _versions(script: ScriptDirectory) -> list[Script]:
    try:
        return list(script.walk_revisions())
    except KeyError as error:  # Alembic's only sign of it
        raise StoreError(f"A migration builds on {error.args[0]}, which no component here has.") from error


def _label(revision: str) -> str:
    return revision.rpartition("_")[0]


def _revisions(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


def _is_behind(engine: Engine, script: ScriptDirectory) -> bool:
    return not current(engine).issuperset(script.get_heads())


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn what an administrator can mend into a StoreError."""
    try:
        yield
    except (CommandError, RevisionError) as error:
        raise StoreError(f"The migrations do not fit together: {error}.") from error
    except OperationalError as error:
        if is_busy(error):
            raise StoreError(
                "The database cannot be upgraded now: another process is writing to it."
            ) from error
        raise


@contextmanager
def _exclusive(engine: Engine) -> Iterator[Connection]:
    """Open a write transaction without foreign keys, on a connection that the pool does not get back."""
    with engine.connect().execution_options(effect="write") as connection:
        driver = cast(sqlite3.Connection, connection.connection.driver_connection)
        connection.detach()
        driver.execute("PRAGMA foreign_keys = OFF")  # inside a transaction it would do nothing
        driver.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        with connection.begin():
            yield connection


def _upgrade(connection: Connection, config: Config, script: ScriptDirectory, labels: set[str]) -> None:
    """Run what is missing by now: another process may have been faster."""
    rows = _revisions(connection)
    known = {version.revision for version in _versions(script)}
    removed = rows - known
    if newer := sorted(row for row in removed if _label(row) in labels):
        raise StoreError(f"The database was made by a newer program: this one does not know {newer[0]}.")
    _write_revisions(connection, rows, _without_implied(script, rows & known))
    config.attributes["connection"] = connection
    command.upgrade(config, "heads")
    _write_revisions(connection, _revisions(connection), {*script.get_heads(), *removed})
    _check_foreign_keys(connection)


def _without_implied(script: ScriptDirectory, rows: set[str]) -> set[str]:
    """Drop the revisions that others in `rows` come after or depend on: Alembic takes them for a contradiction."""
    implied = {
        version.revision
        for row in rows
        for version in script.iterate_revisions(row, "base")
        if version.revision != row
    }
    return rows - implied


def _write_revisions(connection: Connection, old: set[str], new: set[str]) -> None:
    for revision in old - new:
        connection.execute(sa.delete(_VERSIONS).where(_VERSIONS.c.version_num == revision))
    for revision in new - old:
        connection.execute(sa.insert(_VERSIONS).values(version_num=revision))


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        table, _row, target, _key = broken[0]
        raise StoreError(
            f"The database was not upgraded: {len(broken)} rows refer to rows that do not exist, "
            f"the first from {table} to {target}."
        )
