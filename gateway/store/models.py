"""The tables of the core.

Times are aware UTC. Ids of what a record or a token may outlive are never given twice (AUTOINCREMENT): a call's
record names its user and token without a foreign key, and a derived token is made of the user's and service's ids.
Components declare their own tables on the same `Base`, and bring their own migrations.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: kept as naive UTC, given as aware UTC.

    A naive value is refused with a ValueError, which SQLAlchemy wraps in a StatementError.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn an aware value into naive UTC."""
        if value is None:
            return None
        if value.tzinfo is UTC:  # at once: every value of ours
            return value.replace(tzinfo=None)
        if value.utcoffset() is None:
            raise ValueError("a naive datetime is no instant: give it a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn naive UTC into an aware value."""
        return None if value is None else value.replace(tzinfo=UTC)


def utcnow() -> datetime:
    """Give the present instant, aware UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Base of all tables. Every constraint gets a name, which migrations in batch mode need."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime,
        list[str]: JSON,
        dict[str, Any]: JSON(none_as_null=True),
    }


Id = Annotated[int, mapped_column(primary_key=True)]
Digest = Annotated[bytes, mapped_column(LargeBinary(32), unique=True)]
CreatedAt = Annotated[datetime, mapped_column(default=utcnow)]
UserId = Annotated[int, mapped_column(ForeignKey("users.id", ondelete="CASCADE"))]
ServiceId = Annotated[int, mapped_column(ForeignKey("services.id", ondelete="CASCADE"))]
RoleId = Annotated[int, mapped_column(ForeignKey("roles.id", ondelete="CASCADE"))]
ContextId = Annotated[int, mapped_column(ForeignKey("contexts.id", ondelete="CASCADE"))]
# Networks that an address must lie in, as an administrator wrote them; null is anywhere.
IpRestriction = Annotated[str | None, mapped_column(String(255))]

_NEVER_REUSED = {"sqlite_autoincrement": True}


class User(Base):
    """An account. A deleted one stays, marked, so that its name in records keeps its meaning."""

    __tablename__ = "users"
    __table_args__ = (
        Index("ix_users_idnumber", "idnumber"),
        Index("ix_users_email_lower", text("lower(email)")),
        _NEVER_REUSED,
    )

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    """Argon2id; null: no password is right."""
    auth: Mapped[str] = mapped_column(String(50), default="manual")
    """The name of the authentication backend."""
    confirmed: Mapped[bool] = mapped_column(default=True)
    suspended: Mapped[bool] = mapped_column(default=False)
    deleted: Mapped[bool] = mapped_column(default=False)
    force_password_change: Mapped[bool] = mapped_column(default=False)
    password_changed_at: Mapped[datetime | None]
    password_expires_at: Mapped[datetime | None]
    """As the directory said when the user last came with his password; null for local passwords."""
    administrator: Mapped[bool] = mapped_column(default=False)
    """A site administrator passes every capability check."""
    firstname: Mapped[str] = mapped_column(String(100), default="")
    lastname: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    idnumber: Mapped[str] = mapped_column(String(255), default="")
    lang: Mapped[str] = mapped_column(String(30), default="en")
    rate_limit: Mapped[int | None]
    """Calls a minute; null: no limit of his own."""
    created_at: Mapped[CreatedAt]
    last_access: Mapped[datetime | None]


class Service(Base):
    """A named group of functions with access rules. It is closed until somebody enables it."""

    __tablename__ = "services"
    __table_args__ = _NEVER_REUSED

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    shortname: Mapped[str | None] = mapped_column(String(255), unique=True)
    component: Mapped[str | None] = mapped_column(String(100))
    """The component that brings it; null: custom, made by an administrator."""
    enabled: Mapped[bool] = mapped_column(default=False)
    restricted: Mapped[bool] = mapped_column(default=True)
    """Only authorised users may use it."""
    required_capability: Mapped[str | None] = mapped_column(String(255))
    public: Mapped[bool] = mapped_column(default=False)
    """Its documentation is shown to everybody."""
    download_files: Mapped[bool] = mapped_column(default=False)
    upload_files: Mapped[bool] = mapped_column(default=False)
    cors_origins: Mapped[list[str]] = mapped_column(default=list)
    """Assign a new list to change it: a change inside the list goes unseen."""
    rate_limit: Mapped[int | None]
    """Calls a minute; null: no limit of its own."""
    created_at: Mapped[CreatedAt]
    modified_at: Mapped[datetime | None]


class ServiceFunction(Base):
    """A function, by name, in a service: the registry may not know it at present."""

    __tablename__ = "service_functions"

    service_id: Mapped[ServiceId] = mapped_column(primary_key=True)
    function: Mapped[str] = mapped_column(String(200), primary_key=True, index=True)


class AuthorisedUser(Base):
    """An entry that lets one user use one restricted service."""

    __tablename__ = "authorised_users"
    __table_args__ = (UniqueConstraint("service_id", "user_id"),)

    id: Mapped[Id]
    service_id: Mapped[ServiceId]
    user_id: Mapped[UserId] = mapped_column(index=True)
    ip_restriction: Mapped[IpRestriction]
    valid_until: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class LoginSession(Base):
    """A login that lasts: of the site, or of a Flex client. Only the digest of its secret is kept."""

    __tablename__ = "sessions"

    id: Mapped[Id]
    digest: Mapped[Digest]
    user_id: Mapped[UserId] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    created_at: Mapped[CreatedAt]


class Token(Base):
    """What ties one user to one service. Of the secret it holds the SHA-256 and the first 8 characters."""

    __tablename__ = "tokens"
    __table_args__ = (CheckConstraint("kind IN ('random', 'derived', 'session')", name="kind"), _NEVER_REUSED)

    id: Mapped[Id]
    digest: Mapped[Digest]
    prefix: Mapped[str] = mapped_column(String(8), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """random (shown once), derived (from the site key, can be handed out again) or session (of a login)."""
    serial: Mapped[int] = mapped_column(default=0)
    """A derived token is made of user, service and serial; revoking it is the next serial."""
    user_id: Mapped[UserId] = mapped_column(index=True)
    service_id: Mapped[ServiceId | None] = mapped_column(index=True)
    """Null for session tokens, which are of no service."""
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    creator_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    ip_restriction: Mapped[IpRestriction]
    valid_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    """A revoked token stays, so that its serial is never used again."""
    rate_limit: Mapped[int | None]
    """Calls a minute; null: no limit of its own."""
    created_at: Mapped[CreatedAt]
    last_access: Mapped[datetime | None]


class Context(Base):
    """A place in the tree in which capabilities are held. The system context is 1; components add levels."""

    __tablename__ = "contexts"
    __table_args__ = (UniqueConstraint("level", "instance_id"), _NEVER_REUSED)

    id: Mapped[Id]
    level: Mapped[str] = mapped_column(String(50))
    instance_id: Mapped[int]
    """The id of what it is the context of, in the table of the component that has the level; 0: the system."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("contexts.id"), index=True)
    path: Mapped[str] = mapped_column(String(255))
    """The ids from the system context down to this one: /1/5/12."""


class Capability(Base):
    """A capability that some component has declared."""

    __tablename__ = "capabilities"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    component: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(255))


class Role(Base):
    """A named set of permissions that users are assigned to in a context."""

    __tablename__ = "roles"

    id: Mapped[Id]
    shortname: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, default="")
    sort_order: Mapped[int]


class RoleCapability(Base):
    """A role's permission in a context: 1 allows, -1 prevents, -1000 prohibits for good.

    The capability is a name without a foreign key, so that a component that goes and comes back loses nothing.
    """

    __tablename__ = "role_capabilities"
    __table_args__ = (CheckConstraint("permission IN (1, -1, -1000)", name="permission"),)

    role_id: Mapped[RoleId] = mapped_column(primary_key=True)
    capability: Mapped[str] = mapped_column(String(255), primary_key=True)
    context_id: Mapped[ContextId] = mapped_column(primary_key=True, index=True)
    permission: Mapped[int]


class RoleAssignment(Base):
    """A user's role in a context."""

    __tablename__ = "role_assignments"
    __table_args__ = (UniqueConstraint("user_id", "context_id", "role_id"),)

    id: Mapped[Id]
    role_id: Mapped[RoleId] = mapped_column(index=True)
    user_id: Mapped[UserId]
    context_id: Mapped[ContextId] = mapped_column(index=True)
    created_at: Mapped[CreatedAt]


class Setting(Base):
    """A setting that is not at its default. The value is text that holds JSON."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Counter(Base):
    """How often something happened in a window of time: what throttling counts, for all workers alike."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(300), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[int] = mapped_column(BigInteger)
    """Unix milliseconds; a counter that has expired counts from nothing."""


class CallRecord(Base):
    """A call in the call log. It has no foreign keys: records outlive what they name."""

    __tablename__ = "calls"
    __table_args__ = _NEVER_REUSED

    id: Mapped[Id]
    request_id: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    protocol: Mapped[str] = mapped_column(String(20))
    function: Mapped[str | None] = mapped_column(String(200))
    user_id: Mapped[int | None]
    token_id: Mapped[int | None]
    service_id: Mapped[int | None]
    address: Mapped[str] = mapped_column(String(45))
    outcome: Mapped[str] = mapped_column(String(100))
    """The errorcode, or "ok"."""
    exception: Mapped[str | None] = mapped_column(String(100))
    check_number: Mapped[str | None] = mapped_column("check", String(4))
    """The check that refused the call, as the authorization core numbers it: 7, 4t, 5p."""
    cause: Mapped[str | None] = mapped_column(Text)
    duration_us: Mapped[int]
    facts: Mapped[dict[str, Any] | None]
    """What the checks looked at, without hashes, when they refused."""


class Generation(Base):
    """One row, with the number that triggers raise whenever something changes that access decisions rest on."""

    __tablename__ = "generation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[Id]
    value: Mapped[int]
