"""A site with a small tree of contexts, roles and users, and a cache of capabilities whose clock the test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from gateway.capabilities import Capabilities, assign_role, create_context, set_permission
from gateway.generation import Generations
from gateway.invocation import SYSTEM_CONTEXT
from gateway.store import Context, Role, RoleAssignment, RoleCapability
from tests.support.site import Site

POLL = 1.0
DRINK, POUR = "test/tea:drink", "test/tea:pour"


class Clock:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class World:
    """Contexts, roles and users of a site, by name; `has` asks a cache whose clock the test moves.

    Contexts: system > science > physics (a course), and system > arts (a category).
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.clock = Clock()
        self.generations = Generations(site.engine, poll_seconds=POLL, clock=self.clock)
        self.capabilities = Capabilities(self.generations)
        self.users = {
            "guest": site.add_user("guest"),
            "ann": site.add_user("ann"),
            "bob": site.add_user("bob"),
        }
        self.places = {"system": SYSTEM_CONTEXT}
        self.roles: dict[str, int] = {}
        for name, level, parent in (
            ("science", "category", "system"),
            ("arts", "category", "system"),
            ("physics", "course", "science"),
        ):
            self.add_place(name, level, parent)
        with site.write() as db:
            for name in ("one", "two"):
                role = Role(shortname=name, name=name, sort_order=50)
                db.add(role)
                db.flush()
                self.roles[name] = role.id
            self.roles |= {role.shortname: role.id for role in db.scalars(select(Role))}
            db.commit()

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """A transaction of another connection, committed; the cache sees it, as after the poll."""
        with self.site.write() as db:
            yield db
            db.commit()
        self.clock.now += POLL

    def forget(self) -> None:
        """Take away every assignment and everything that roles say."""
        with self.changing() as db:
            db.execute(delete(RoleAssignment))
            db.execute(delete(RoleCapability))

    def add_place(self, name: str, level: str, parent: str) -> None:
        """Add a context under another."""
        with self.changing() as db:
            holder = db.get_one(Context, self.places[parent])
            self.places[name] = create_context(db, level, len(self.places), holder).id

    def assign(self, user: str, role: str, place: str = "system") -> None:
        """Assign a role."""
        with self.changing() as db:
            assign_role(db, self.roles[role], self.users[user], self.places[place])

    def say(self, role: str, permission: int | None, place: str = "system", capability: str = DRINK) -> None:
        """Let a role say something of a capability."""
        with self.changing() as db:
            set_permission(db, self.roles[role], capability, permission, self.places[place])

    def has(self, user: str, place: str = "physics", capability: str = DRINK) -> bool:
        """Whether a user holds a capability in a context."""
        return self.capabilities.has(self.users[user], False, capability, self.places[place])


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """The statements that are executed meanwhile, without the beginnings of transactions."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        if not arguments[2].startswith("BEGIN"):
            statements.append(arguments[2])

    event.listen(site.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(site.engine, "before_cursor_execute", note)
