"""has_capability: Moodle's rule, and the cache over it, which is right after every change."""

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event, text, update

from gateway.capabilities import ALLOW, PREVENT, PROHIBIT, assign_role, set_permission, unassign_role
from gateway.capabilities.rule import resolve
from gateway.credentials import digest
from gateway.generation import GenerationCache
from gateway.invocation import SYSTEM_CONTEXT
from gateway.store import RoleAssignment, User
from tests.access.places import DRINK, POLL, POUR, World, counted
from tests.support.site import Site


@pytest.fixture
def world(site: Site) -> World:
    """A small tree of contexts on a site of its own."""
    return World(site)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same for tests that change roles only, and forget them first."""
    site = Site(tmp_path_factory.mktemp("shared"))
    yield World(site)
    site.close()


# Moodle's rule, as a table. Where ann is assigned what; what her roles say and where; where she holds it.

Assigned = Sequence[tuple[str, str]]
Said = Sequence[tuple[str, int, str]]
EVERYWHERE = {"system", "science", "physics", "arts"}
IN_SCIENCE = {"science", "physics"}

RULES: dict[str, tuple[Assigned, Said, set[str]]] = {
    "nothing said": ([("one", "system")], [], set()),
    "a role that nobody assigned": ([], [("one", ALLOW, "system")], set()),
    "allowed in system": ([("one", "system")], [("one", ALLOW, "system")], EVERYWHERE),
    "assigned in a category counts there and below": (
        [("one", "science")],
        [("one", ALLOW, "system")],
        IN_SCIENCE,
    ),
    "assigned in a course": ([("one", "physics")], [("one", ALLOW, "system")], {"physics"}),
    "assigned in a course, said in its category": (
        [("one", "physics")],
        [("one", ALLOW, "science")],
        {"physics"},
    ),
    "said elsewhere": ([("one", "physics")], [("one", ALLOW, "arts")], set()),
    "allowed by an override only": ([("one", "system")], [("one", ALLOW, "science")], IN_SCIENCE),
    "prevented by an override": (
        [("one", "system")],
        [("one", ALLOW, "system"), ("one", PREVENT, "science")],
        {"system", "arts"},
    ),
    "the nearest override counts": (
        [("one", "system")],
        [("one", ALLOW, "system"), ("one", PREVENT, "science"), ("one", ALLOW, "physics")],
        {"system", "arts", "physics"},
    ),
    "a nearer prevent than the assignment": (
        [("one", "science")],
        [("one", ALLOW, "system"), ("one", PREVENT, "physics")],
        {"science"},
    ),
    "prevent in one role does not defeat allow in another": (
        [("one", "system"), ("two", "system")],
        [("one", PREVENT, "system"), ("two", ALLOW, "system")],
        EVERYWHERE,
    ),
    "not even when the prevent is nearer": (
        [("one", "system"), ("two", "system")],
        [("one", PREVENT, "physics"), ("two", ALLOW, "system")],
        EVERYWHERE,
    ),
    "prevent alone": ([("one", "system")], [("one", PREVENT, "system")], set()),
    "prohibit defeats another role": (
        [("one", "system"), ("two", "system")],
        [("one", PROHIBIT, "system"), ("two", ALLOW, "system")],
        set(),
    ),
    "prohibit defeats a nearer allow of the same role": (
        [("one", "system")],
        [("one", PROHIBIT, "system"), ("one", ALLOW, "physics")],
        set(),
    ),
    "prohibit below leaves what is above": (
        [("one", "system")],
        [("one", ALLOW, "system"), ("one", PROHIBIT, "science")],
        {"system", "arts"},
    ),
    "prohibit between allows": (
        [("one", "system")],
        [("one", ALLOW, "system"), ("one", PROHIBIT, "science"), ("one", ALLOW, "physics")],
        {"system", "arts"},
    ),
    "prohibit of a role that is assigned below": (
        [("one", "physics"), ("two", "system")],
        [("one", PROHIBIT, "system"), ("two", ALLOW, "system")],
        {"system", "science", "arts"},
    ),
    "prohibit of a role that is not hers": (
        [("two", "system")],
        [("one", PROHIBIT, "system"), ("two", ALLOW, "system")],
        EVERYWHERE,
    ),
    "everybody is an authenticated user": ([], [("user", ALLOW, "system")], EVERYWHERE),
    "an override of what everybody may": (
        [],
        [("user", ALLOW, "system"), ("user", PREVENT, "science")],
        {"system", "arts"},
    ),
    "what everybody is prohibited": (
        [("one", "system")],
        [("one", ALLOW, "system"), ("user", PROHIBIT, "science")],
        {"system", "arts"},
    ),
    "a guest's rights are not hers": ([], [("guest", ALLOW, "system")], set()),
}


@pytest.mark.parametrize(("assigned", "said", "held"), RULES.values(), ids=RULES)
def test_moodles_rule(shared: World, assigned: Assigned, said: Said, held: set[str]) -> None:
    shared.forget()
    for role, place in assigned:
        shared.assign("ann", role, place)
    for role, permission, place in said:
        shared.say(role, permission, place)
    assert {place for place in shared.places if shared.has("ann", place)} == held
    assert not any(shared.has("ann", place, POUR) for place in shared.places)


def test_the_guest_is_a_guest_and_no_authenticated_user(world: World) -> None:
    world.say("user", ALLOW)
    world.say("guest", ALLOW, capability=POUR)
    held = {
        (user, what) for user in world.users for what in (DRINK, POUR) if world.has(user, "physics", what)
    }
    assert held == {("ann", DRINK), ("bob", DRINK), ("guest", POUR)}


def test_who_becomes_the_guest_loses_what_users_may(world: World) -> None:
    world.say("user", ALLOW)
    assert world.has("ann")
    with world.changing() as db:
        db.execute(update(User).where(User.username == "guest").values(username="former"))
        db.execute(update(User).where(User.username == "ann").values(username="guest"))
    assert not world.has("ann")
    assert world.has("guest")


def test_administrators_hold_everything_everywhere(world: World) -> None:
    world.assign("ann", "one")
    world.say("one", PROHIBIT)
    assert world.capabilities.has(world.users["ann"], True, DRINK, world.places["physics"])
    assert world.capabilities.has(world.users["ann"], True, "undeclared/thing:do", 4711)


def test_nobody_holds_anything_where_there_is_no_context_or_no_user(world: World) -> None:
    world.say("user", ALLOW)
    assert not world.capabilities.has(world.users["ann"], False, DRINK, 4711)
    assert world.capabilities.held(world.users["ann"], 4711) is None
    assert not world.capabilities.has(4711, False, DRINK, world.places["physics"])


def test_the_system_capabilities_of_a_token_are_those_of_the_rule(world: World) -> None:
    world.say("user", ALLOW)
    world.assign("ann", "one")
    world.say("one", ALLOW, capability=POUR)
    world.say("one", ALLOW, "science", "test/tea:spill")
    identity = world.site.gateway.facts.identity(digest(world.site.add_token("ann")))
    assert identity is not None
    assert identity.capabilities == world.capabilities.held(world.users["ann"], SYSTEM_CONTEXT)
    assert identity.capabilities >= {DRINK, POUR}
    assert "test/tea:spill" not in identity.capabilities


# The cache: right after every change, and what it asks of the database.

SEEN: dict[str, tuple[str, bool, bool]] = {
    "another connection assigns": (
        "INSERT INTO role_assignments (role_id, user_id, context_id, created_at) "
        "SELECT roles.id, users.id, 1, '2026-01-01' FROM roles, users WHERE shortname = 'one' AND username = 'bob'",
        False,
        True,
    ),
    "unassigns": ("DELETE FROM role_assignments", True, False),
    "moves an assignment": (
        "UPDATE role_assignments SET context_id = "
        "(SELECT id FROM contexts WHERE level = 'category' AND instance_id = 2)",
        True,
        False,
    ),
    "overrides": (
        "INSERT INTO role_capabilities SELECT id, 'test/tea:drink', "
        "(SELECT id FROM contexts WHERE level = 'course'), -1 FROM roles",
        True,
        False,
    ),
    "changes a permission": ("UPDATE role_capabilities SET permission = -1000", True, False),
    "removes a permission": ("DELETE FROM role_capabilities", True, False),
    "deletes a role": ("DELETE FROM roles", True, False),
    "moves a context": (
        "UPDATE contexts SET path = '/1/' || id, parent_id = 1 WHERE level = 'course'",
        True,
        False,
    ),
    "deletes a context": ("DELETE FROM contexts WHERE level = 'course'", True, False),
    "deletes a user's row": ("DELETE FROM users WHERE username = 'ann'", True, False),
}


@pytest.mark.parametrize(("statement", "before", "after"), SEEN.values(), ids=SEEN)
def test_what_another_connection_changes_is_seen_after_the_poll(
    world: World, statement: str, before: bool, after: bool
) -> None:
    user = "bob" if "'bob'" in statement else "ann"
    world.assign("ann", "one", "science")
    world.say("one", ALLOW)
    assert world.has(user) == before
    with closing(sqlite3.connect(world.site.url.removeprefix("sqlite:///"))) as database:
        database.execute("PRAGMA foreign_keys = ON")
        database.execute(statement)
        database.commit()
    world.clock.now += POLL / 2
    assert world.has(user) == before
    world.clock.now += POLL / 2
    assert world.has(user) == after


def test_who_has_just_written_need_not_wait(world: World) -> None:
    assert not world.has("ann")
    with world.site.write() as db:
        set_permission(db, world.roles["user"], DRINK, ALLOW)
        db.commit()
    assert not world.has("ann")
    world.generations.wake()
    assert world.has("ann")


def test_a_wake_during_a_poll_is_not_lost(world: World) -> None:
    """A poll that read before the change must not count as one that came after it."""
    changed: list[str] = []

    def change(*arguments: Any) -> None:
        if "FROM generation" in arguments[2] and not changed:
            changed.append(arguments[2])
            with world.site.write() as db:
                set_permission(db, world.roles["user"], DRINK, ALLOW)
                db.commit()
            world.generations.wake()

    assert not world.has("ann")
    world.clock.now += POLL
    event.listen(world.site.engine, "after_cursor_execute", change)
    try:
        world.generations.current()
    finally:
        event.remove(world.site.engine, "after_cursor_execute", change)
    assert changed
    assert world.has("ann")


def test_what_was_read_after_a_change_is_not_kept_under_the_generation_before(world: World) -> None:
    """A load finds a newer generation than the poll did: it answers by it, and makes the next use poll."""
    assert not world.has("ann")
    with world.site.write() as db:
        set_permission(db, world.roles["user"], DRINK, ALLOW)
        db.commit()
    assert world.has("bob")
    assert world.has("ann")


def test_a_context_that_is_new_is_seen_at_once(world: World) -> None:
    """Its row raises no generation, so that it was not there is not remembered."""
    world.say("user", ALLOW)
    nobody = max(world.places.values()) + 1
    assert world.capabilities.line(nobody) is None
    with world.site.write() as db:
        statement = text("INSERT INTO contexts VALUES (:id, 'course', 77, 1, '/1/' || :id)")
        db.execute(statement, {"id": nobody})
        db.commit()
    assert world.capabilities.has(world.users["ann"], False, DRINK, nobody)
    line = world.capabilities.line(nobody)
    assert line is not None
    assert [str(place) for place in line] == ["the system context", "the context course 77"]


def test_a_hit_asks_nothing_and_a_poll_one_thing(world: World) -> None:
    world.has("ann")
    world.capabilities.line(world.places["physics"])
    with counted(world.site) as statements:
        for _ in range(10):
            world.has("ann")
            world.capabilities.line(world.places["physics"])
    assert statements == []
    world.clock.now += POLL
    with counted(world.site) as statements:
        for _ in range(10):
            world.has("ann")
    assert len(statements) == 1


def test_a_load_asks_the_same_however_much_there_is(world: World) -> None:
    with counted(world.site) as few:
        world.generations.current()
        world.has("ann", "science")
        world.capabilities.line(world.places["science"])
    above = "physics"
    for number in range(20):
        world.add_place(f"deep{number}", "category", above)
        above = f"deep{number}"
        with world.changing() as db:
            for role in world.roles.values():
                assign_role(db, role, world.users["ann"], world.places[above])
                set_permission(db, role, f"test/many:{number}", ALLOW, world.places[above])
    with counted(world.site) as many:
        assert world.has("ann", above, "test/many:0")
        assert len(world.capabilities.line(world.places[above]) or ()) == 23
    assert len(few) == len(many) == 1 + 3 + 3


def test_equal_rights_are_kept_once(world: World) -> None:
    """Ten thousand entries of a cache must not hold ten thousand sets."""
    world.say("user", ALLOW)
    keys = [(world.users[user], place) for user in ("ann", "bob") for place in world.places.values()]
    held = [world.capabilities.held(*key) for key in keys]
    assert len({id(each) for each in held}) == 1


def test_the_caches_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.generation.CACHE_ENTRIES", 2)
    monkeypatch.setattr("gateway.capabilities.cached._DISTINCT_SETS", 1)
    loads: list[int] = []

    def load(_connection: Any, key: int) -> int:
        loads.append(key)
        return key

    cache = GenerationCache(world.generations, load)
    assert [cache.get(key) for key in (1, 2, 1, 3, 3, 1)] == [1, 2, 1, 3, 3, 1]
    assert loads == [1, 2, 3, 1]
    world.say("one", ALLOW)
    world.assign("bob", "one")
    first = world.capabilities.held(world.users["ann"], world.places["physics"])
    world.capabilities.held(world.users["bob"], world.places["physics"])
    assert world.capabilities.held(world.users["ann"], world.places["arts"]) == first
    assert len(world.capabilities._distinct) == 1


def test_assigning_and_saying_twice_is_as_once(world: World) -> None:
    for _ in range(2):
        world.assign("ann", "one")
        world.say("one", ALLOW)
    assert world.has("ann")
    world.say("one", None)
    assert not world.has("ann")
    world.say("one", ALLOW)
    with world.changing() as db:
        unassign_role(db, world.roles["one"], world.users["ann"])
        unassign_role(db, world.roles["one"], world.users["ann"])
    assert not world.has("ann")
    assert world.site.count(RoleAssignment) == 1  # the site's own caller


@pytest.mark.parametrize("permission", [ALLOW, PREVENT])
def test_the_nearest_counts_in_whatever_order_the_rows_come(permission: int) -> None:
    """A moved context may lie under one with a larger id, so the rows of a line come in any order."""
    far, near = (1, "a/b:c", 1, -permission), (1, "a/b:c", 2, permission)
    middle = (1, "a/b:c", 3, -permission)
    held = frozenset({"a/b:c"} if permission == ALLOW else set())
    for rows in itertools.permutations((far, middle, near)):
        assert resolve(rows, (1, 3, 2)) == held
