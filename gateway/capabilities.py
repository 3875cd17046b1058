"""Which capabilities a user holds. The core knows the system context; components will register other levels."""

from sqlalchemy import Connection, bindparam, select

from gateway.invocation import SYSTEM_CONTEXT
from gateway.registry import Capability
from gateway.store import RoleAssignment, RoleCapability

ALLOW, PREVENT, PROHIBIT = 1, -1, -1000

CORE_CAPABILITIES = (
    Capability("moodle/webservice:createtoken", "Create a web service token"),
    Capability("moodle/site:config", "Change site configuration"),
)


def protocol_capability(protocol: str) -> Capability:
    """The right to call through one protocol."""
    return Capability(f"webservice/{protocol}:use", f"Use the {protocol} protocol")


_HELD = (
    select(RoleCapability.capability, RoleCapability.permission)
    .join(RoleAssignment, RoleAssignment.role_id == RoleCapability.role_id)
    .where(
        RoleAssignment.user_id == bindparam("user_id"),
        RoleAssignment.context_id == SYSTEM_CONTEXT,
        RoleCapability.context_id == SYSTEM_CONTEXT,
    )
)


def system_capabilities(connection: Connection, user_id: int) -> frozenset[str]:
    """The capabilities a user holds in the system context, from his roles there.

    Moodle's rule within one context: one role that allows is enough, unless any role prohibits; a role that prevents
    merely does not allow.
    """
    allowed, prohibited = set(), set()
    for name, permission in connection.execute(_HELD, {"user_id": user_id}):
        if permission == ALLOW:
            allowed.add(name)
        elif permission == PROHIBIT:
            prohibited.add(name)
    return frozenset(allowed - prohibited)
