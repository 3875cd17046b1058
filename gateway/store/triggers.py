"""Triggers that raise the generation when something changes that an access decision may rest on.

They run in the writer's own transaction, so that bulk SQL and other processes count, and a rollback does not.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Watch:
    """Which changes of one table raise the generation.

    Attributes:
        insert: an INSERT counts. False where no cached Facts can know of a new row.
        update: the columns that decide; or True, all columns; or False, none.
        delete: a DELETE counts.
    """

    insert: bool = True
    update: tuple[str, ...] | bool = True
    delete: bool = True


def create_triggers(connection: Connection, watched: Mapping[str, Watch]) -> None:
    """Create the triggers of each table in `watched`, in place of those it has.

    A migration calls it with `op.get_bind()` after every batch operation on a watched table: a batch operation
    builds the table anew, and the triggers go with the old one. Triggers of the core and of components are alike.
    """
    drop_triggers(connection, watched)
    for table, watch in watched.items():
        for event, condition in _events(watch):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {_name(table, event)} AFTER {condition} ON {table} "  # noqa: S608 (names of ours)
                "BEGIN UPDATE generation SET value = value + 1; END"
            )


def drop_triggers(connection: Connection, tables: Iterable[str]) -> None:
    """Drop the triggers that `create_triggers` made on `tables`, as far as they exist."""
    for table in tables:
        for event in ("insert", "update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {_name(table, event)}")


def _name(table: str, event: str) -> str:
    return f"generation_{table}_{event}"


def _events(watch: Watch) -> Iterator[tuple[str, str]]:
    """Yield (event, what stands after AFTER) for each trigger that `watch` asks for."""
    if watch.insert:
        yield "insert", "INSERT"
    if watch.update is True:
        yield "update", "UPDATE"
    elif watch.update:
        yield "update", f"UPDATE OF {', '.join(watch.update)}"
    if watch.delete:
        yield "delete", "DELETE"
