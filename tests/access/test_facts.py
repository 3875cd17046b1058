"""The cache of Facts: what it sees of other writers and when, what it asks the database, and its race."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event

from gateway.credentials import digest
from gateway.facts import FactsSource, Identity
from gateway.store import Token, User
from tests.access.causes import UNKNOWN_TOKEN
from tests.support.site import SERVICE, USER, Site
from tests.support.statements import counted, elsewhere, selects

POLL = 1.0
WAIT = 20.0
"""Seconds after which a thread that should have come is given up."""


class Clock:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def source(site: Site, clock: Clock) -> FactsSource:
    """A cache of its own beside the site's."""
    return FactsSource(site.engine, poll_seconds=POLL, clock=clock)


def who(source: FactsSource, site: Site) -> Identity:
    """The site's caller."""
    identity = source.identity(digest(site.token))
    assert identity is not None
    return identity


CHANGES: list[tuple[str, Callable[[Identity | None], Any], Any, Any]] = [
    ("UPDATE users SET suspended = 1", lambda i: i and i.user.suspended, False, True),
    ("UPDATE users SET deleted = 1 WHERE username = 'caller'", lambda i: i and i.user.deleted, False, True),
    ("UPDATE users SET confirmed = 0", lambda i: i and i.user.confirmed, True, False),
    ("UPDATE users SET administrator = 1", lambda i: i and i.can("anything/at:all"), False, True),
    ("UPDATE services SET enabled = 0", lambda i: i and i.service.enabled, True, False),
    ("UPDATE services SET restricted = 1", lambda i: i and i.service.restricted, False, True),
    ("DELETE FROM service_functions", lambda i: i and bool(i.service.functions), True, False),
    ("UPDATE tokens SET ip_restriction = '10.'", lambda i: i and i.token.ip_restriction, None, "10."),
    ("DELETE FROM tokens", lambda i: i is None, False, True),
    ("DELETE FROM role_capabilities", lambda i: i and i.can("test/tea:drink"), True, False),
    ("UPDATE role_capabilities SET permission = -1", lambda i: i and i.can("test/tea:drink"), True, False),
    ("DELETE FROM role_assignments", lambda i: i and i.can("test/tea:drink"), True, False),
    ("DELETE FROM roles", lambda i: i and i.can("test/tea:drink"), True, False),
    (
        "INSERT INTO authorised_users (service_id, user_id, created_at) "
        "SELECT services.id, users.id, '2026-01-01 00:00:00' FROM services, users "
        "WHERE services.shortname = 'tests' AND users.username = 'caller'",
        lambda i: i is not None and i.service.membership is not None,
        False,
        True,
    ),
]


@pytest.mark.parametrize(("statement", "look", "before", "after"), CHANGES, ids=[each[0] for each in CHANGES])
def test_what_another_process_changes_is_seen_after_the_poll(
    site: Site,
    source: FactsSource,
    clock: Clock,
    statement: str,
    look: Callable[[Identity | None], Any],
    before: Any,
    after: Any,
) -> None:
    token = digest(site.token)
    assert look(source.identity(token)) == before
    elsewhere(site, "PRAGMA foreign_keys = ON", statement)
    clock.now += POLL / 2
    assert look(source.identity(token)) == before
    clock.now += POLL / 2
    assert look(source.identity(token)) == after


def test_settings_of_another_process_are_seen_after_the_poll(
    site: Site, source: FactsSource, clock: Clock
) -> None:
    assert source.settings.webservices
    elsewhere(site, "UPDATE settings SET value = 'false' WHERE name = 'webservices'")
    assert source.settings.webservices
    clock.now += POLL
    assert not source.settings.webservices


def test_public_functions_are_seen_after_the_poll(site: Site, source: FactsSource, clock: Clock) -> None:
    assert source.public_functions() == {}
    elsewhere(site, "UPDATE services SET public = 1 WHERE shortname = 'tests'")
    clock.now += POLL
    assert source.public_functions()[SERVICE] >= {"test_echo"}


def test_who_has_just_written_need_not_wait(site: Site, source: FactsSource) -> None:
    assert not who(source, site).user.suspended
    elsewhere(site, "UPDATE users SET suspended = 1")
    source.wake()
    assert who(source, site).user.suspended


def test_a_clock_that_goes_back_does_not_freeze_the_cache(
    site: Site, source: FactsSource, clock: Clock
) -> None:
    assert not who(source, site).user.suspended
    elsewhere(site, "UPDATE users SET suspended = 1")
    clock.now -= 500
    assert who(source, site).user.suspended


def test_a_change_that_is_rolled_back_changes_nothing(site: Site, source: FactsSource, clock: Clock) -> None:
    who(source, site)
    with closing(sqlite3.connect(site.url.removeprefix("sqlite:///"))) as database:
        database.execute("UPDATE users SET suspended = 1")
        database.rollback()
    clock.now += POLL
    with counted(site) as statements:
        assert not who(source, site).user.suspended
    assert selects(statements) == 1  # the generation


def test_last_access_does_not_invalidate(site: Site, source: FactsSource, clock: Clock) -> None:
    who(source, site)
    elsewhere(
        site,
        "UPDATE users SET last_access = '2026-01-01 00:00:00'",
        "UPDATE tokens SET last_access = '2026-01-01 00:00:00'",
    )
    clock.now += POLL
    with counted(site) as statements:
        who(source, site)
    assert selects(statements) == 1  # the generation


def test_a_hit_asks_nothing_and_a_poll_one_thing(site: Site, source: FactsSource, clock: Clock) -> None:
    who(source, site)
    with counted(site) as statements:
        for _ in range(10):
            who(source, site)
    assert statements == []
    clock.now += POLL
    with counted(site) as statements:
        for _ in range(10):
            who(source, site)
    assert selects(statements) == 1


def test_a_load_asks_the_same_however_much_there_is(site: Site, source: FactsSource) -> None:
    assert source.settings.webservices
    with counted(site) as few:
        who(source, site)
    site.add_user("rich")
    site.add_service("large", [f"test_many_{number}" for number in range(300)])
    for number in range(10):
        site.grant("rich", [f"test/many:{number}_{each}" for each in range(20)])
    token = site.add_token("rich", "large")
    source.wake()
    assert source.settings.webservices
    with counted(site) as many:
        identity = source.identity(digest(token))
    assert identity is not None
    assert len(identity.service.functions) == 300
    assert len(identity.capabilities) >= 200
    assert selects(many) == selects(few) == 4


def test_an_unknown_token_is_not_remembered(site: Site, source: FactsSource) -> None:
    """A token made a moment later works at once, though a new token raises no generation."""
    assert source.identity(digest(UNKNOWN_TOKEN)) is None
    site.add_token()
    site.change(Token, {"id": site.count(Token)}, digest=digest(UNKNOWN_TOKEN))
    assert source.identity(digest(UNKNOWN_TOKEN)) is not None


def test_facts_loaded_before_a_change_are_not_kept_after_it(
    site: Site, source: FactsSource, clock: Clock
) -> None:
    """The race: one thread has read, another changes policy and a third renews the cache, then the first goes on."""
    assert source.settings.webservices
    reading, changed = threading.Event(), threading.Event()
    loaded: list[Identity | None] = []

    def hold(*arguments: Any) -> None:
        if threading.current_thread() is slow and "FROM service_functions" in arguments[2]:
            reading.set()
            assert changed.wait(WAIT)

    slow = threading.Thread(target=lambda: loaded.append(source.identity(digest(site.token))))
    event.listen(site.engine, "before_cursor_execute", hold)
    try:
        slow.start()
        assert reading.wait(WAIT)
        site.change(User, {"username": USER}, suspended=True)
        clock.now += POLL
        assert source.settings.webservices  # this thread renews the cache, under the new generation
        changed.set()
        slow.join(WAIT)
    finally:
        changed.set()
        event.remove(site.engine, "before_cursor_execute", hold)
    assert [each and each.user.suspended for each in loaded] == [False]  # its call began before the change
    assert who(source, site).user.suspended
