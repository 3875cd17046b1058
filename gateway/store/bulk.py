"""Many rows into one table at a time, without SQLAlchemy's work for each of them."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert


class BulkInsert:
    """Writes rows as tuples of Python values; made once for an engine and a table.

    `columns` are those written, in the table's order; the others get their defaults from the database.

    The statement and what its types make of values are those that SQLAlchemy compiles; it would ask for both again for
    each row, which was more than a quarter of what a record of the call log costs.
    """

    def __init__(self, engine: Engine, table: Table, columns: Sequence[str]) -> None:
        dialect = engine.dialect
        compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
        if compiled.positiontup != list(columns):
            raise ValueError(f"the columns of {table.name} are {compiled.positiontup}, in this order")
        self._statement = str(compiled)
        processors = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
        self._processors: list[tuple[int, Callable[[Any], Any]]] = [
            (n, each) for n, each in enumerate(processors) if each is not None
        ]

    def write(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Insert the rows; raises what SQLAlchemy's own insert would."""
        connection.exec_driver_sql(self._statement, [self._parameters(row) for row in rows])

    def _parameters(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for n, process in self._processors:
            values[n] = process(values[n])
        return tuple(values)
