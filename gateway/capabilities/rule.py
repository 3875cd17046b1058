"""The rule: which capabilities a user's roles give him in a context (Moodle 2.7: has_capability_in_accessdata).

1. A user's roles are those assigned to him in the context or in one that holds it, and the role that his kind of
   account implies in the system context: `user` (authenticated user), for the account called guest `guest`.
2. A role's permission for a capability is the one defined nearest to the context, on the way up to the system
   context: an override replaces what was said farther up, for this role only. Where the role was assigned makes no
   difference, so what is said above that place counts too.
3. He holds a capability if one of his roles ends in ALLOW. A role that ends in PREVENT gives nothing, and takes
   nothing that another gives.
4. A PROHIBIT of one of his roles, anywhere on the way up, is final: nothing nearer and no other role outweighs it.

Site administrators hold everything, everywhere; who asks looks at that first. Whether the account is fit for use at
all (deleted, suspended) is the matter of the checks.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, case, select, union
from sqlalchemy.orm import Session

from gateway.capabilities.contexts import read_path
from gateway.capabilities.roles import ALLOW, PROHIBIT
from gateway.invocation import SYSTEM_CONTEXT
from gateway.registry import GUEST_ROLE, USER_ROLE
from gateway.store import Role, RoleAssignment, RoleCapability, User

GUEST_USERNAME = "guest"

Definition = tuple[int, str, int, int]
"""Role, capability, context, permission."""


def resolve(definitions: Iterable[Definition], path: Sequence[int]) -> frozenset[str]:
    """The capabilities held by who has exactly these roles, by the rule above.

    `definitions` are everything that the roles say in the contexts of `path`, which starts at the system context.
    """
    distance = {context_id: -depth for depth, context_id in enumerate(path)}
    prohibited: set[str] = set()
    nearest: dict[tuple[int, str], tuple[int, int]] = {}
    for role_id, capability, context_id, permission in definitions:
        if permission == PROHIBIT:
            prohibited.add(capability)
        said = distance[context_id], permission
        nearest[role_id, capability] = min(said, nearest.get((role_id, capability), said))
    allowed = {capability for (_, capability), (_, permission) in nearest.items() if permission == ALLOW}
    return frozenset(allowed - prohibited)


_IMPLIED = (
    select(Role.id)
    .join(User, Role.shortname == case((User.username == GUEST_USERNAME, GUEST_ROLE), else_=USER_ROLE))
    .where(User.id == bindparam("user_id"))
)
_ASSIGNED = select(RoleAssignment.role_id).where(
    RoleAssignment.user_id == bindparam("user_id"),
    RoleAssignment.context_id.in_(bindparam("path", expanding=True)),
)
_DEFINITIONS = select(
    RoleCapability.role_id, RoleCapability.capability, RoleCapability.context_id, RoleCapability.permission
).where(
    RoleCapability.context_id.in_(bindparam("path", expanding=True)),
    RoleCapability.role_id.in_(union(_ASSIGNED, _IMPLIED)),
)


def system_capabilities(connection: Connection | Session, user_id: int) -> frozenset[str]:
    """The capabilities that a user's roles give him in the system context; one statement."""
    return _read(connection, user_id, (SYSTEM_CONTEXT,))


def read_capabilities(db: Connection | Session, user_id: int, context_id: int) -> frozenset[str] | None:
    """The capabilities that a user's roles give him in a context, None if there is no such context; two statements.

    Uncached, in the transaction of `db`; what that transaction has written counts.
    """
    path = read_path(db, context_id)
    return None if path is None else _read(db, user_id, path)


def _read(db: Connection | Session, user_id: int, path: tuple[int, ...]) -> frozenset[str]:
    return resolve(db.execute(_DEFINITIONS, {"user_id": user_id, "path": path}), path)
