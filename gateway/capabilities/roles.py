"""Roles: what a role may say of a capability, the ready roles, and changing roles."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from gateway.invocation import SYSTEM_CONTEXT
from gateway.registry import GUEST_ROLE, USER_ROLE, Capability
from gateway.store import Role, RoleAssignment, RoleCapability, utcnow

ALLOW, PREVENT, PROHIBIT = 1, -1, -1000


@dataclass(frozen=True, slots=True)
class ReadyRole:
    """A role that every site starts with."""

    shortname: str
    name: str
    description: str


READY_ROLES = (
    ReadyRole("manager", "Manager", "Runs the site's courses and users without taking part in them"),
    ReadyRole("coursecreator", "Course creator", "Makes new courses"),
    ReadyRole("editingteacher", "Teacher", "Does everything within a course, changing it included"),
    ReadyRole("teacher", "Non-editing teacher", "Teaches and grades in a course, without changing it"),
    ReadyRole("student", "Student", "Takes part in a course"),
    ReadyRole(USER_ROLE, "Authenticated user", "Everybody but the guest holds it, in the system context"),
    ReadyRole(GUEST_ROLE, "Guest", "The account called guest holds it, in the system context"),
)


def synchronise_roles(db: Session, capabilities: Iterable[Capability], known: Set[str]) -> None:
    """Make the ready roles that are missing, and give capabilities to ready roles as they are declared.

    A role made now gets all its defaults; one that was there gets those of capabilities that are new, which are not
    in `known`. What is set already stays as it is.
    """
    shortnames = [ready.shortname for ready in READY_ROLES]
    there = set(db.scalars(select(Role.shortname).where(Role.shortname.in_(shortnames))))
    db.add_all(
        Role(shortname=ready.shortname, name=ready.name, description=ready.description, sort_order=position)
        for position, ready in enumerate(READY_ROLES, 1)
        if ready.shortname not in there
    )
    db.flush()
    ids = {role.shortname: role.id for role in db.scalars(select(Role).where(Role.shortname.in_(shortnames)))}
    defaults = [
        {"role_id": ids[role], "capability": each.name, "context_id": SYSTEM_CONTEXT, "permission": ALLOW}
        for each in capabilities
        for role in each.default_roles
        if role not in there or each.name not in known
    ]
    if defaults:
        db.execute(upsert(RoleCapability).on_conflict_do_nothing(), defaults)


def set_permission(
    db: Session, role_id: int, capability: str, permission: int | None, context_id: int = SYSTEM_CONTEXT
) -> None:
    """Let a role say ALLOW, PREVENT or PROHIBIT of a capability; None: nothing, so that what is said above counts.

    In the system context this is the role's definition, in any other an override.
    """
    row = {"role_id": role_id, "capability": capability, "context_id": context_id}
    if permission is None:
        db.execute(delete(RoleCapability).filter_by(**row))
        return
    statement = upsert(RoleCapability).values(**row, permission=permission)
    db.execute(statement.on_conflict_do_update(list(row), set_={"permission": permission}))


def assign_role(db: Session, role_id: int, user_id: int, context_id: int = SYSTEM_CONTEXT) -> None:
    """Give a user a role in a context and all that it holds; nothing if he has it there."""
    row = {"role_id": role_id, "user_id": user_id, "context_id": context_id, "created_at": utcnow()}
    db.execute(upsert(RoleAssignment).values(**row).on_conflict_do_nothing())


def unassign_role(db: Session, role_id: int, user_id: int, context_id: int = SYSTEM_CONTEXT) -> None:
    """Take a role in a context from a user; nothing if he does not have it there."""
    row = {"role_id": role_id, "user_id": user_id, "context_id": context_id}
    db.execute(delete(RoleAssignment).filter_by(**row))
