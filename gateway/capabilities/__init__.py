"""Which capabilities a user holds, and where: contexts, roles, has_capability.

The core knows the system context; components register other levels, and the capabilities they ask for.
"""

from gateway.capabilities.cached import Capabilities
from gateway.capabilities.contexts import (
    ContextError,
    Line,
    Place,
    create_context,
    delete_context,
    find_context,
    move_context,
    read_line,
)
from gateway.capabilities.declared import CORE_CAPABILITIES, protocol_capability
from gateway.capabilities.guard import ContextGuard
from gateway.capabilities.roles import (
    ALLOW,
    PREVENT,
    PROHIBIT,
    READY_ROLES,
    assign_role,
    set_permission,
    synchronise_roles,
    unassign_role,
)
from gateway.capabilities.rule import GUEST_USERNAME, read_capabilities, resolve, system_capabilities

__all__ = [
    "ALLOW",
    "CORE_CAPABILITIES",
    "GUEST_USERNAME",
    "PREVENT",
    "PROHIBIT",
    "READY_ROLES",
    "Capabilities",
    "ContextError",
    "ContextGuard",
    "Line",
    "Place",
    "assign_role",
    "create_context",
    "delete_context",
    "find_context",
    "move_context",
    "protocol_capability",
    "read_capabilities",
    "read_line",
    "resolve",
    "set_permission",
    "synchronise_roles",
    "system_capabilities",
    "unassign_role",
]
