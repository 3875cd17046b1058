"""has_capability against an uncached oracle, over random trees, roles and changes."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway.capabilities import (
    ALLOW,
    PREVENT,
    PROHIBIT,
    ContextError,
    assign_role,
    create_context,
    delete_context,
    move_context,
    set_permission,
    unassign_role,
)
from gateway.invocation import SYSTEM_CONTEXT
from gateway.store import Context
from tests.access.places import DRINK, POLL, POUR, World
from tests.support.site import Site


def oracle(database: sqlite3.Connection, user: int, capability: str, context: int) -> bool:
    """has_capability, written from Moodle's text over plain rows: it knows no path, only parents."""
    line, at = [], context
    while at is not None:
        (parent,) = database.execute("SELECT parent_id FROM contexts WHERE id = ?", [at]).fetchone()
        line.append(at)
        at = parent
    (name,) = database.execute("SELECT username FROM users WHERE id = ?", [user]).fetchone()
    implied = "guest" if name == "guest" else "user"
    roles = {row[0] for row in database.execute("SELECT id FROM roles WHERE shortname = ?", [implied])}
    for role, where in database.execute(
        "SELECT role_id, context_id FROM role_assignments WHERE user_id = ?", [user]
    ):
        if where in line:
            roles.add(role)
    allowed = False
    for role in roles:
        decided = None
        for place in line:
            row = database.execute(
                "SELECT permission FROM role_capabilities WHERE role_id = ? AND context_id = ? AND capability = ?",
                [role, place, capability],
            ).fetchone()
            if row is not None and row[0] == PROHIBIT:
                return False
            if row is not None and decided is None:
                decided = row[0]
        allowed = allowed or decided == ALLOW
    return allowed


@pytest.fixture
def world(site: Site) -> World:
    """Contexts, roles and users on a site of its own."""
    return World(site)


class Administration(RuleBasedStateMachine):
    """Random trees, roles and changes; half of the changes come as SQL from another connection."""

    site: Site
    world: World

    @initialize()
    def begin(self) -> None:
        """Take the system context, three users and their roles; nothing else is left from the example before."""
        self.made = 0
        self.world.forget()
        with self.world.changing() as db:
            db.execute(delete(Context).where(Context.id != SYSTEM_CONTEXT))

    def write(self, statement: str, *values: Any) -> None:
        """One statement of another process."""
        with closing(sqlite3.connect(self.site.url.removeprefix("sqlite:///"))) as database:
            database.execute("PRAGMA foreign_keys = ON")
            database.execute(statement, values)
            database.commit()
        self.world.clock.now += POLL

    def pick(self, number: int, *, below_system: bool = False) -> int | None:
        """Some context's id, None if there is none."""
        with Session(self.site.engine) as db:
            ids = db.scalars(select(Context.id).order_by(Context.id)).all()[below_system:]
        return ids[number % len(ids)] if ids else None

    numbers = st.integers(0, 99)
    users = st.sampled_from(["ann", "bob", "guest"])
    roles = st.sampled_from(["one", "two", "user", "guest"])
    permissions = st.sampled_from([ALLOW, ALLOW, PREVENT, PROHIBIT])
    capabilities = st.sampled_from([DRINK, POUR])

    @rule(number=numbers)
    def create(self, number: int) -> None:
        """Add a context."""
        self.made += 1
        with self.world.changing() as db:
            create_context(db, "course", self.made, db.get_one(Context, self.pick(number)))

    @precondition(lambda self: self.made > 1)
    @rule(number=numbers, other=numbers)
    def move(self, number: int, other: int) -> None:
        """Move a context, unless that is refused."""
        context = self.pick(number, below_system=True)
        if context is None:
            return
        with self.world.changing() as db:
            try:
                move_context(db, db.get_one(Context, context), db.get_one(Context, self.pick(other)))
            except ContextError:
                db.rollback()

    @precondition(lambda self: self.made > 2)
    @rule(number=numbers)
    def delete(self, number: int) -> None:
        """Delete a context and what it holds."""
        context = self.pick(number, below_system=True)
        if context is not None:
            with self.world.changing() as db:
                delete_context(db, db.get_one(Context, context))

    @rule(user=users, role=roles, number=numbers, elsewhere=st.booleans())
    def assign(self, user: str, role: str, number: int, elsewhere: bool) -> None:
        """Assign a role in a context."""
        row = self.world.roles[role], self.world.users[user], self.pick(number)
        if elsewhere:
            columns = "role_id, user_id, context_id, created_at"
            self.write(f"INSERT OR IGNORE INTO role_assignments ({columns}) VALUES (?, ?, ?, '2026')", *row)  # noqa: S608
        else:
            with self.world.changing() as db:
                assign_role(db, *row)

    @rule(user=users, role=roles, number=numbers, elsewhere=st.booleans())
    def unassign(self, user: str, role: str, number: int, elsewhere: bool) -> None:
        """Take a role away: in one context, or (in bulk) from everybody."""
        if elsewhere:
            self.write("DELETE FROM role_assignments WHERE role_id = ?", self.world.roles[role])
        else:
            with self.world.changing() as db:
                unassign_role(db, self.world.roles[role], self.world.users[user], self.pick(number))

    @rule(role=roles, capability=capabilities, permission=permissions, number=numbers)
    def say(self, role: str, capability: str, permission: int, number: int) -> None:
        """Define or override a permission."""
        with self.world.changing() as db:
            set_permission(db, self.world.roles[role], capability, permission, self.pick(number))

    @rule(role=roles, capability=capabilities, permission=permissions)
    def say_in_bulk(self, role: str, capability: str, permission: int) -> None:
        """Change what a role says of a capability, wherever it says something."""
        self.write(
            "UPDATE role_capabilities SET permission = ? WHERE role_id = ? AND capability = ?",
            *(permission, self.world.roles[role], capability),
        )

    @rule(role=roles, capability=capabilities, number=numbers)
    def say_nothing(self, role: str, capability: str, number: int) -> None:
        """Take a permission away."""
        with self.world.changing() as db:
            set_permission(db, self.world.roles[role], capability, None, self.pick(number))

    @invariant()
    def every_path_follows_from_the_parents(self) -> None:
        """What creating and moving keep up: rights at a context hang on its path."""
        with Session(self.site.engine) as db:
            contexts = {each.id: each for each in db.scalars(select(Context))}
        for each in contexts.values():
            above = contexts[each.parent_id].path if each.parent_id is not None else ""
            assert each.path == f"{above}/{each.id}"

    @invariant()
    def the_cache_says_what_the_oracle_says(self) -> None:
        """For every user, context and capability: at first use, and again from the cache."""
        with closing(sqlite3.connect(self.site.url.removeprefix("sqlite:///"))) as database:
            places = [row[0] for row in database.execute("SELECT id FROM contexts")]
            for user in self.world.users.values():
                for place in places:
                    for capability in (DRINK, POUR):
                        expected = oracle(database, user, capability, place)
                        assert self.world.capabilities.has(user, False, capability, place) == expected


def test_has_capability_against_an_uncached_oracle(world: World) -> None:
    class Here(Administration):
        site = world.site

    Here.world = world
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
