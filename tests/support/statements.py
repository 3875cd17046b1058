"""Statements that reach a site's database: those of another process, and how many a call costs."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import event

from tests.support.site import Site


def elsewhere(site: Site, *statements: str) -> None:
    """What another process writes, in SQL of its own."""
    with closing(sqlite3.connect(site.url.removeprefix("sqlite:///"))) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(site.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(site.engine, "before_cursor_execute", note)


def selects(statements: list[str]) -> int:
    """How many of them read, transactions aside."""
    return sum(each.lstrip().upper().startswith("SELECT") for each in statements)
