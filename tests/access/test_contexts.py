"""The tree of contexts: made, moved, deleted; levels; and what a call asks of contexts."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.courses import component as courses
from gateway import WRITE, Caller, Component, Fault, Invocation, function
from gateway.capabilities import (
    ALLOW,
    PREVENT,
    Capabilities,
    ContextError,
    ContextGuard,
    create_context,
    delete_context,
    find_context,
    move_context,
    set_permission,
)
from gateway.invocation import SYSTEM_CONTEXT, TransactionSession
from gateway.protocol import Site as Installation
from gateway.registry import ContextLevel, Registry, RegistryError
from gateway.store import Context, Role, RoleAssignment, RoleCapability
from tests.access.places import DRINK, World, counted
from tests.support.site import COMPONENTS, USER, Site


@pytest.fixture
def world(site: Site) -> World:
    """A small tree of contexts on a site of its own."""
    return World(site)


# The tree


def _tree(world: World) -> dict[str, str]:
    """Every context's path in names."""
    names = {str(number): name for name, number in world.places.items()}
    with Session(world.site.engine) as db:
        paths = db.execute(select(Context.id, Context.path)).all()
    return {
        names[str(number)]: "/".join(names[each] for each in path.split("/")[1:]) for number, path in paths
    }


def test_a_context_moves_with_all_that_it_holds_in_two_statements(world: World) -> None:
    for number in range(5):
        world.add_place(f"group{number}", "group", "physics")
    with world.changing() as db:
        science, arts = (db.get_one(Context, world.places[name]) for name in ("science", "arts"))
        physics = db.get_one(Context, world.places["physics"])
        with counted(world.site) as statements:
            move_context(db, science, arts)
        assert len([each for each in statements if not each.startswith("SELECT")]) == 2
        assert (science.parent_id, physics.path) == (arts.id, f"/1/{arts.id}/{science.id}/{physics.id}")
    assert _tree(world) == {
        "system": "system",
        "arts": "system/arts",
        "science": "system/arts/science",
        "physics": "system/arts/science/physics",
        **{f"group{each}": f"system/arts/science/physics/group{each}" for each in range(5)},
    }


def test_a_context_whose_id_begins_alike_is_not_moved_along(world: World) -> None:
    """/1/2 does not hold /1/20."""
    for number in range(30):
        world.add_place(f"other{number}", "course", "system")
    before = _tree(world)
    with world.changing() as db:
        move_context(
            db, db.get_one(Context, world.places["science"]), db.get_one(Context, world.places["arts"])
        )
    changed = {name for name, path in _tree(world).items() if before[name] != path}
    assert changed == {"science", "physics"}


@pytest.mark.parametrize(
    ("context", "parent"), [("science", "physics"), ("science", "science"), ("system", "arts")]
)
def test_a_move_that_would_break_the_tree_is_refused(world: World, context: str, parent: str) -> None:
    before = _tree(world)
    with world.changing() as db, pytest.raises(ContextError):
        move_context(
            db, db.get_one(Context, world.places[context]), db.get_one(Context, world.places[parent])
        )
    assert _tree(world) == before


def test_a_deleted_context_takes_its_subtree_assignments_and_overrides_along(world: World) -> None:
    for place in ("system", "science", "physics", "arts"):
        world.assign("ann", "one", place)
        world.say("one", ALLOW, place)
    with world.changing() as db:
        science = db.get_one(Context, world.places["science"])
        with counted(world.site) as statements:
            delete_context(db, science)
        assert len(statements) == 1
    kept = {world.places["system"], world.places["arts"]}
    with Session(world.site.engine) as db:
        assert set(db.scalars(select(Context.id))) == kept
        assert set(db.scalars(select(RoleAssignment.context_id))) == kept
        assert (
            set(db.scalars(select(RoleCapability.context_id).where(RoleCapability.capability == DRINK)))
            == kept
        )
    assert not world.has("ann", "physics")


def test_the_system_context_is_not_deleted(world: World) -> None:
    with world.changing() as db, pytest.raises(ContextError):
        delete_context(db, db.get_one(Context, SYSTEM_CONTEXT))
    assert len(_tree(world)) == 4


def test_a_thing_has_one_context_which_is_found_by_it(world: World) -> None:
    with world.site.write() as db:
        system = db.get_one(Context, SYSTEM_CONTEXT)
        made = create_context(db, "course", 4711, system)
        assert made.parent_id == system.id
        assert find_context(db, "course", 4711) is made
        assert find_context(db, "category", 4711) is None
        with pytest.raises(IntegrityError):
            create_context(db, "course", 4711, system)


# The levels


def _with(*levels: ContextLevel, name: str = "garden") -> Component:
    return Component(name, levels=levels)


def test_the_levels_of_all_components_and_the_core(site: Site) -> None:
    plot = ContextLevel("plot", title="Plot", parent="course")
    levels = Registry([_with(plot), courses]).levels
    assert {name: level.parent for name, level in levels.items()} == {
        "system": "",
        "category": "system",
        "course": "category",
        "plot": "course",
    }
    assert levels["plot"] is plot
    assert site.gateway.registry.levels.keys() == {"system"}


@pytest.mark.parametrize(
    ("components", "sentence"),
    [
        (
            [courses, _with(ContextLevel("course", "Bed"))],
            "component garden: a context level is called course already",
        ),
        (
            [_with(ContextLevel("system", "All"))],
            "component garden: a context level is called system already",
        ),
        (
            [_with(ContextLevel("bed", "Bed", "plot"))],
            "context level bed: no component brings its parent plot",
        ),
        (
            [_with(ContextLevel("bed", "Bed", "plot"), ContextLevel("plot", "Plot", "bed"))],
            "context level bed: its parents go round in a circle",
        ),
        ([_with(ContextLevel("bed", "Bed", "bed"))], "context level bed: its parents go round in a circle"),
        (
            [_with(ContextLevel("Bed", "Bed"))],
            "component garden: the context level Bed is not named in lower-case ASCII letters, digits and _",
        ),
    ],
)
def test_levels_that_cannot_be(components: list[Component], sentence: str) -> None:
    with pytest.raises(RegistryError) as raised:
        Registry(components)
    assert str(raised.value) == sentence


# What a call asks: through the gateway, with a function that enters a context and requires a capability there.

LOCKED = 13
"""The plot that only administrators enter."""


@function("garden_dig", effect=WRITE)
def dig(call: Invocation, context: int) -> bool:
    """Enters a context, and needs a capability there."""
    call.enter(context)
    call.require(DRINK, context)
    return call.can(DRINK, context)


@function("garden_make", effect=WRITE)
def make(call: Invocation, parent: int, plot: int) -> bool:
    """Makes a context, enters it, and needs a capability there."""
    made = create_context(call.db, "plot", plot, call.db.get_one(Context, parent))
    call.enter(made.id)
    call.require(DRINK, made.id)
    return True


def _may_enter_plot(db: Session, caller: Caller, plot: int) -> bool:
    assert db.get_one(Context, SYSTEM_CONTEXT).level == "system"
    return caller.administrator or plot != LOCKED


GARDEN = Component(
    "garden",
    functions=[dig, make],
    levels=[
        ContextLevel("plot", "Plot", may_enter=_may_enter_plot),
        ContextLevel("bed", "Flower bed", parent="plot"),
    ],
)


class Garden:
    """A site with plots and beds; `contexts` are their ids. Its caller holds no capability by a role of his own."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder, [*COMPONENTS, GARDEN])
        self.site.revoke_capability(DRINK)
        self.contexts = {"system": SYSTEM_CONTEXT}
        self.add("plot 5", "system")
        self.add("bed 6", "plot 5")
        self.add(f"plot {LOCKED}", "system")
        self.add("bed 14", f"plot {LOCKED}")
        self.add("forest 1", "system")

    def add(self, name: str, parent: str) -> None:
        """Add a context of that level and instance."""
        level, _, instance = name.partition(" ")
        with self.site.write() as db:
            holder = db.get_one(Context, self.contexts[parent])
            self.contexts[name] = create_context(db, level, int(instance), holder).id
            db.commit()

    def say(self, permission: int, context: str) -> None:
        """Let every authenticated user's role say something of the capability."""
        with self.site.write() as db:
            role = db.scalars(select(Role.id).where(Role.shortname == "user")).one()
            set_permission(db, role, DRINK, permission, self.contexts[context])
            db.commit()

    def call(self, name: str, **arguments: int) -> tuple[int, Any]:
        """Status and body of a call over REST."""
        response = self.site.post(f"/rest/{name}", json.dumps(arguments).encode(), "application/json")
        return response.status, json.loads(response.body)

    def dig(self, context: str) -> tuple[int, str, str]:
        """Status, errorcode and cause of digging somewhere; "" for what did not fail."""
        status, body = self.call("garden_dig", context=self.contexts[context])
        return (status, "", "") if body is True else (status, body["errorcode"], body["cause"])

    def invocation(self, context_id: int) -> Invocation:
        """What a function receives whose caller is restricted to a context."""
        gateway = self.site.gateway
        caller = Caller(
            user_id=1,
            username=USER,
            administrator=True,
            service_id=None,
            token_id=None,
            functions=frozenset(),
            capabilities=frozenset(),
            context_id=context_id,
        )
        return Invocation(
            caller,
            request_id="R",
            protocol="rest",
            site=Installation("https://garden.example", "Garden", "urn:garden"),
            now=datetime(2026, 3, 1, tzinfo=UTC),
            open_session=lambda: TransactionSession(self.site.engine),
            list_functions=list,
            contexts=ContextGuard(Capabilities(gateway.facts.generations), gateway.registry.levels),
        )


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[Garden]:
    """A garden of its own."""
    garden = Garden(tmp_path)
    yield garden
    garden.site.close()


def test_a_capability_is_asked_for_where_the_call_works(garden: Garden) -> None:
    assert garden.dig("bed 6") == (
        403,
        "nopermissions",
        f"The user caller lacks the capability {DRINK} in the context bed 6",
    )
    garden.say(ALLOW, "plot 5")
    assert garden.dig("bed 6") == (200, "", "")
    assert garden.dig("system") == (
        403,
        "nopermissions",
        f"The user caller lacks the capability {DRINK} in the system context",
    )
    garden.say(PREVENT, "bed 6")
    assert garden.dig("bed 6")[1] == "nopermissions"
    assert garden.dig("plot 5") == (200, "", "")


def test_an_administrator_may_everywhere(garden: Garden) -> None:
    garden.site.change_user(administrator=True)
    for context in ("bed 6", "bed 14", "system"):
        assert garden.dig(context) == (200, "", "")


def test_a_context_that_does_not_exist_is_a_wrong_argument(garden: Garden) -> None:
    status, body = garden.call("garden_dig", context=4711)
    assert (status, body["errorcode"], body["exception"]) == (
        400,
        "invalidparameter",
        "invalid_parameter_exception",
    )
    assert body["cause"] == "No context has the id 4711"


def test_a_context_whose_component_is_gone_cannot_be_entered(garden: Garden) -> None:
    garden.say(ALLOW, "system")
    cause = "No installed component has the level of the context forest 1"
    assert garden.dig("forest 1") == (400, "invalidparameter", cause)


@pytest.mark.parametrize("context", [f"plot {LOCKED}", "bed 14"])
def test_a_level_may_refuse_its_contexts_and_what_they_hold(garden: Garden, context: str) -> None:
    garden.say(ALLOW, "system")
    cause = f"The user caller may not enter the context plot {LOCKED}"
    assert garden.dig(context) == (403, "requireloginerror", cause)


def test_a_context_that_the_call_has_made_is_found_in_its_transaction(garden: Garden) -> None:
    parent = garden.contexts["plot 5"]
    status, body = garden.call("garden_make", parent=parent, plot=7)
    assert (status, body["cause"]) == (
        403,
        f"The user caller lacks the capability {DRINK} in the context plot 7",
    )
    garden.say(ALLOW, "plot 5")
    assert garden.call("garden_make", parent=parent, plot=7) == (200, True)
    assert garden.call("garden_make", parent=parent, plot=LOCKED + 1) == (200, True)


def test_a_capability_in_no_context_is_not_held(garden: Garden) -> None:
    garden.say(ALLOW, "system")
    call = garden.invocation(SYSTEM_CONTEXT)
    call.caller = msgspec.structs.replace(call.caller, administrator=False)
    with pytest.raises(Fault) as raised:
        call.require(DRINK, 4711)
    assert call.session is not None
    call.session.close()
    assert raised.value.cause.endswith("in a context that does not exist (4711)")


def test_who_is_restricted_to_a_context_works_there_and_below(garden: Garden) -> None:
    call = garden.invocation(garden.contexts["plot 5"])
    for inside in ("plot 5", "bed 6"):
        call.enter(garden.contexts[inside])
    for outside in ("system", "bed 14"):
        with pytest.raises(Fault) as raised:
            call.enter(garden.contexts[outside])
        assert (raised.value.kind.errorcode, raised.value.kind.status) == ("restrictedcontextexception", 403)
        where = "the system context" if outside == "system" else "the context bed 14"
        assert (
            raised.value.cause
            == f"The caller is restricted to the context plot 5, outside of which lies {where}"
        )
    assert call.session is not None
    call.session.close()
