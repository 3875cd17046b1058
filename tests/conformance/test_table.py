"""Every row of the table, through every client, against a served gateway."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Any

import pytest

from gateway import READ
from gateway.store import User
from tests.access.causes import site_settings
from tests.conformance.clients.base import Caller, Client, Result, Seen
from tests.conformance.compare import assert_fault, assert_value
from tests.conformance.data import BY_NUMBER, KNOWN_FAILURES, NORMAL, ROWS, Row
from tests.conformance.world import CLIENTS, READERS, World, settings_of
from tests.support.site import COMPONENTS

SHOWING = {"normal", "all", "developer"}
WRITING = {each.name for component in COMPONENTS for each in component.functions if each.effect is not READ}


def _cases() -> Iterator[Any]:
    for row in ROWS:
        for client, protocol in CLIENTS.items():
            if row.not_on.keys() & {client, protocol} or (client in READERS and row.function in WRITING):
                continue
            reason = KNOWN_FAILURES.get((row.name, client))
            marks = [pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True)] if reason else []
            for level in row.levels():
                yield pytest.param(row, client, level, id=f"{row.name}-{client}-{level}", marks=marks)


@pytest.mark.parametrize(("row", "name", "level"), list(_cases()))
def test_row(request: pytest.FixtureRequest, row: Row, name: str, level: str) -> None:
    settings = {**settings_of(row.check), **row.settings, **({} if level == NORMAL else {"debug": level})}
    world: World = request.getfixturevalue(_site(row, settings))
    client = world.clients[name]
    function, caller = _caller(world, row)
    if row.check == "24":
        assert isinstance(client.call(function, {}, caller), Result)
    users = world.site.count(User)
    with site_settings(world.site, settings) if settings else nullcontext():
        seen = _call(client, row, function, caller)
    if row.fault is None:
        assert_value(client, row.value, seen)
    else:
        assert_fault(client, row.fault, seen, caller, shown=_shown(row, level), check=row.check)
    assert world.site.count(User) == users, "something was written"


def _site(row: Row, settings: Mapping[str, str]) -> str:
    if row.by == "password":
        return "emptied"
    return "adjustable" if settings else "ordinary"


def _caller(world: World, row: Row) -> tuple[str, Caller]:
    if row.check is None:
        return row.function, world.caller(row.caller)
    subject = world.refused(row.check, row.by)
    if row.by == "password":
        return subject.function, Caller(username=subject.username, password=subject.password)
    return subject.function, Caller(subject.token)


def _call(client: Client, row: Row, function: str, caller: Caller) -> Seen:
    raw = row.raw.get(client.name, row.raw.get(client.protocol))
    return client.call(function, row.arguments, caller) if raw is None else client.send(function, raw, caller)


def _shown(row: Row, level: str) -> bool:
    return level in SHOWING or "debugusers" in row.settings


def test_the_table_is_sound() -> None:
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names) >= 40
    assert {row.check for row in ROWS} >= BY_NUMBER.keys()
    for row in ROWS:
        assert row.raw.keys() | row.not_on.keys() <= CLIENTS.keys() | set(CLIENTS.values()), row.name
        assert all(row.not_on.values()), row.name


def test_known_failures_name_rows_and_clients() -> None:
    rows: Mapping[str, Row] = {row.name: row for row in ROWS}
    for row, client in KNOWN_FAILURES:
        assert row in rows
        assert client in CLIENTS
