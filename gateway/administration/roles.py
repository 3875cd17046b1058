"""Roles: made, deleted, told what they allow, given to users."""

from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from gateway.administration.errors import AdministrationError, check_length, check_word, unknown
from gateway.administration.users import find_user
from gateway.capabilities import (
    READY_ROLES,
    assign_role,
    find_context,
    set_permission,
    unassign_role,
)
from gateway.invocation import SYSTEM_CONTEXT
from gateway.registry import SYSTEM_LEVEL, ContextLevel
from gateway.store import Capability, Role, RoleAssignment, RoleCapability
from gateway.words import AlphaNumExt

SYSTEM = (SYSTEM_LEVEL.name, 0)
Where = tuple[str, int]
"""A context as an administrator names it: its level, and the id of what it is the context of."""


def find_role(db: Session, shortname: str) -> Role:
    """The role of that short name. Raises AdministrationError."""
    role = db.scalar(select(Role).where(Role.shortname == shortname))
    if role is None:
        raise unknown("role", shortname, db.scalars(select(Role.shortname)).all())
    return role


def create_role(db: Session, shortname: str, name: str, description: str = "") -> Role:
    """A role that says nothing yet. Raises AdministrationError: the short name is taken or malformed."""
    check_word("short name", shortname, AlphaNumExt)
    check_length("short name", shortname, 100)
    check_length("name", name, 255)
    if db.scalar(select(Role.id).where(Role.shortname == shortname)) is not None:
        raise AdministrationError(f"the role {shortname} exists")
    last = db.scalar(select(func.max(Role.sort_order))) or 0
    role = Role(shortname=shortname, name=name, description=description, sort_order=last + 1)
    db.add(role)
    db.flush()
    return role


def delete_role(db: Session, shortname: str) -> None:
    """Delete a role with what it says and its assignments. Raises AdministrationError, also for a ready role."""
    role = find_role(db, shortname)
    if shortname in {ready.shortname for ready in READY_ROLES}:
        raise AdministrationError(f"the role {shortname} is one that every site has, and cannot be deleted")
    db.execute(delete(Role).where(Role.id == role.id))


def count_assignments(db: Session, role_id: int) -> int:
    """How many times a role is assigned."""
    statement = select(func.count()).select_from(RoleAssignment).where(RoleAssignment.role_id == role_id)
    return db.scalar(statement) or 0


def check_capability(db: Session, name: str) -> None:
    """Refuse a capability that no component has declared. Raises AdministrationError."""
    if db.get(Capability, name) is None:
        error = unknown("capability", name, db.scalars(select(Capability.name)).all())
        raise AdministrationError(f"{error} (`gateway init` registers those of new components)")


def find_place(db: Session, where: Where, levels: Mapping[str, ContextLevel]) -> int:
    """The id of a context; `levels` are those that the registry has. Raises AdministrationError."""
    level, instance_id = where
    if level not in levels:
        raise unknown("context level", level, levels)
    context = find_context(db, level, instance_id)
    if context is None:
        raise AdministrationError(f"there is no context {level} {instance_id}")
    return context.id


def permit(
    db: Session, role: str, capability: str, permission: int | None, context_id: int = SYSTEM_CONTEXT
) -> None:
    """Let a role ALLOW, PREVENT or PROHIBIT a capability in a context; None: say nothing of it any more.

    Raises AdministrationError: no such role or capability, or nothing was said.
    """
    found = find_role(db, role)
    if permission is None:
        said = {"role_id": found.id, "capability": capability, "context_id": context_id}
        if db.scalar(select(RoleCapability.permission).filter_by(**said)) is None:
            raise AdministrationError(f"the role {role} says nothing of {capability} there")
    else:
        check_capability(db, capability)
    set_permission(db, found.id, capability, permission, context_id)


def assign(db: Session, role: str, username: str, context_id: int = SYSTEM_CONTEXT) -> None:
    """Give a user a role in a context; nothing if he has it there. Raises AdministrationError."""
    assign_role(db, find_role(db, role).id, find_user(db, username).id, context_id)


def unassign(db: Session, role: str, username: str, context_id: int = SYSTEM_CONTEXT) -> None:
    """Take a role in a context from a user. Raises AdministrationError, also when he does not have it there."""
    row = {
        "role_id": find_role(db, role).id,
        "user_id": find_user(db, username).id,
        "context_id": context_id,
    }
    if db.scalar(select(RoleAssignment.id).filter_by(**row)) is None:
        raise AdministrationError(f"{username} does not have the role {role} there")
    unassign_role(db, **row)
