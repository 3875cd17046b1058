"""The ready roles: made once, given what is declared, and never overwritten."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway import Capability, Component, administration
from gateway.capabilities import ALLOW, PREVENT, PROHIBIT, READY_ROLES, set_permission
from gateway.invocation import SYSTEM_CONTEXT
from gateway.registry import DEFAULT_ROLES, RegistryError
from gateway.store import Role, RoleCapability
from tests.support.site import COMPONENTS, Site

TEA = Capability("shop/tea:sell", "Sell tea", ("manager", "editingteacher"))
MILK = Capability("shop/milk:sell", "Sell milk", ("manager", "guest"))


def synchronise(site: Site, *capabilities: Capability) -> None:
    """What `gateway init` does, with a component that declares capabilities."""
    with site.write() as db:
        administration.synchronise(db, [*COMPONENTS, Component("shop", capabilities=capabilities)], [])
        db.commit()


def said_of(site: Site, capability: str) -> dict[str, int]:
    """What roles say of a capability in the system context, by their short names."""
    said = select(Role.shortname, RoleCapability.permission).join(RoleCapability)
    said = said.where(RoleCapability.capability == capability, RoleCapability.context_id == SYSTEM_CONTEXT)
    with Session(site.engine) as db:
        return {row.shortname: row.permission for row in db.execute(said)}


def _role(db: Session, shortname: str) -> Role:
    return db.scalars(select(Role).where(Role.shortname == shortname)).one()


def test_a_site_has_the_ready_roles(site: Site) -> None:
    with Session(site.engine) as db:
        names = dict(db.execute(select(Role.shortname, Role.name).order_by(Role.sort_order)).all())
    assert {key: value for key, value in names.items() if key in DEFAULT_ROLES} == {
        "manager": "Manager",
        "coursecreator": "Course creator",
        "editingteacher": "Teacher",
        "teacher": "Non-editing teacher",
        "student": "Student",
        "user": "Authenticated user",
        "guest": "Guest",
    }
    assert {ready.shortname for ready in READY_ROLES} == DEFAULT_ROLES


def test_the_core_gives_its_capabilities_as_moodle_does(site: Site) -> None:
    fresh = {"manager", "user"}
    assert said_of(site, "moodle/webservice:createtoken").keys() & fresh == {"manager"}
    assert said_of(site, "moodle/webservice:createmobiletoken").keys() & fresh == {"user"}
    for protocol in site.protocols:
        assert not said_of(site, f"webservice/{protocol}:use").keys() & DEFAULT_ROLES
    assert said_of(site, "moodle/site:config") == {}


def test_a_new_capability_is_given_by_default(site: Site) -> None:
    synchronise(site, TEA)
    assert said_of(site, TEA.name) == {"manager": ALLOW, "editingteacher": ALLOW}
    synchronise(site, TEA, MILK)
    assert said_of(site, MILK.name) == {"manager": ALLOW, "guest": ALLOW}


def test_what_an_administrator_decided_stays(site: Site) -> None:
    synchronise(site, TEA)
    with site.write() as db:
        manager, teacher = _role(db, "manager"), _role(db, "editingteacher")
        manager.name, manager.sort_order = "Director", 99
        set_permission(db, manager.id, TEA.name, PROHIBIT)
        set_permission(db, teacher.id, TEA.name, None)
        set_permission(db, manager.id, MILK.name, PREVENT)
        db.commit()
    synchronise(site, TEA, MILK)
    synchronise(site)
    synchronise(site, TEA, MILK)
    assert said_of(site, TEA.name) == {"manager": PROHIBIT}
    assert said_of(site, MILK.name) == {"manager": PREVENT, "guest": ALLOW}
    with Session(site.engine) as db:
        manager = _role(db, "manager")
        assert (manager.name, manager.sort_order) == ("Director", 99)


def test_a_ready_role_that_was_deleted_comes_back_as_it_began(site: Site) -> None:
    synchronise(site, TEA, MILK)
    with site.write() as db:
        db.execute(delete(Role).where(Role.shortname == "manager"))
        set_permission(db, _role(db, "guest").id, MILK.name, None)
        db.commit()
    synchronise(site, TEA, MILK)
    assert said_of(site, TEA.name) == {"manager": ALLOW, "editingteacher": ALLOW}
    assert said_of(site, MILK.name) == {"manager": ALLOW}


def test_a_capability_is_given_to_ready_roles_only() -> None:
    with pytest.raises(RegistryError) as raised:
        Capability("shop/tea:sell", "Sell tea", ("manager", "grocer"))
    assert str(raised.value) == "capability shop/tea:sell: grocer is no ready role"
