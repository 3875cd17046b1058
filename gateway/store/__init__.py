"""The core's tables, the engine, and migrations. It knows no course: components bring their own tables."""

from gateway.store.bulk import BulkInsert
from gateway.store.engine import create, is_busy
from gateway.store.errors import StoreError
from gateway.store.migrate import current, pending, upgrade
from gateway.store.models import (
    AuthorisedUser,
    Base,
    CallRecord,
    Capability,
    Context,
    Counter,
    Generation,
    LoginSession,
    Role,
    RoleAssignment,
    RoleCapability,
    Service,
    ServiceFunction,
    Setting,
    Token,
    User,
    UTCDateTime,
    utcnow,
)
from gateway.store.triggers import Watch, create_triggers, drop_triggers

__all__ = [
    "AuthorisedUser",
    "Base",
    "BulkInsert",
    "CallRecord",
    "Capability",
    "Context",
    "Counter",
    "Generation",
    "LoginSession",
    "Role",
    "RoleAssignment",
    "RoleCapability",
    "Service",
    "ServiceFunction",
    "Setting",
    "StoreError",
    "Token",
    "UTCDateTime",
    "User",
    "Watch",
    "create",
    "create_triggers",
    "current",
    "drop_triggers",
    "is_busy",
    "pending",
    "upgrade",
    "utcnow",
]
