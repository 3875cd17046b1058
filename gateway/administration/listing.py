"""What there is, as rows of plain values for tables, JSON and pages. No row holds a hash or a secret."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from gateway.administration.roles import find_role
from gateway.administration.services import find_service, list_functions
from gateway.administration.settings import get_settings
from gateway.administration.tokens import find_token
from gateway.administration.users import find_user
from gateway.capabilities import ALLOW, GUEST_USERNAME, PREVENT, PROHIBIT
from gateway.protocol import Protocol, modern
from gateway.registry import GUEST_ROLE, USER_ROLE
from gateway.store import (
    AuthorisedUser,
    Context,
    LoginSession,
    Role,
    RoleAssignment,
    RoleCapability,
    Service,
    ServiceFunction,
    Token,
    User,
    utcnow,
)

Row = dict[str, Any]
_OF_USER = (
    *("id", "username", "firstname", "lastname", "email", "auth", "confirmed", "suspended"),
    *("force_password_change", "password_changed_at", "password_expires_at", "administrator"),
    *("rate_limit", "created_at", "last_access"),
)
_OF_SERVICE = (
    *("id", "shortname", "name", "component", "enabled", "restricted", "public", "required_capability"),
    *("rate_limit", "cors_origins", "download_files", "upload_files", "created_at", "modified_at"),
)
PERMISSIONS: Mapping[int, str] = {ALLOW: "allow", PREVENT: "prevent", PROHIBIT: "prohibit"}


def list_users(db: Session, *, deleted: bool = False) -> list[Row]:
    """Accounts by name; `deleted` ones too if asked for."""
    statement = select(User).order_by(User.username)
    users = db.scalars(statement if deleted else statement.where(User.deleted.is_(False)))
    return [
        {
            "id": user.id,
            "username": user.username,
            "name": f"{user.firstname} {user.lastname}".strip(),
            "auth": user.auth,
            "state": state_of(user),
            "administrator": user.administrator,
            "last_access": user.last_access,
        }
        for user in users
    ]


def state_of(user: User) -> str:
    """What keeps an account from calling, in the order of the checks; `active` if nothing does."""
    if user.deleted:
        return "deleted"
    if not user.confirmed:
        return "not confirmed"
    return "suspended" if user.suspended else "active"


def describe_user(db: Session, username: str) -> Row:
    """An account with its roles, services and tokens. Raises AdministrationError."""
    user = find_user(db, username)
    entries = (
        select(func.coalesce(Service.shortname, Service.name))
        .join(AuthorisedUser, AuthorisedUser.service_id == Service.id)
        .where(AuthorisedUser.user_id == user.id)
        .order_by(Service.id)
    )
    return {
        **{column: getattr(user, column) for column in _OF_USER},
        "roles": [
            f"{GUEST_ROLE if username == GUEST_USERNAME else USER_ROLE} in system, as everybody",
            *(f"{row[0]} in {_place(row[1], row[2])}" for row in _assignments(db, user.id)),
        ],
        "authorised_for": list(db.scalars(entries)),
        "tokens": [row["token"] for row in _tokens(db, Token.user_id == user.id, *_not_ended())],
    }


def _assignments(db: Session, user_id: int) -> Sequence[Any]:
    statement = (
        select(Role.shortname, Context.level, Context.instance_id)
        .join(RoleAssignment, RoleAssignment.role_id == Role.id)
        .join(Context, Context.id == RoleAssignment.context_id)
        .where(RoleAssignment.user_id == user_id)
        .order_by(Role.sort_order, Context.id)
    )
    return db.execute(statement).all()


def _place(level: str, instance_id: int) -> str:
    return level if level == "system" else f"{level} {instance_id}"


def list_services(db: Session) -> list[Row]:
    """Services, oldest first."""
    counts = select(ServiceFunction.service_id, func.count()).group_by(ServiceFunction.service_id)
    functions = {row[0]: row[1] for row in db.execute(counts)}
    return [
        {
            "id": service.id,
            "shortname": service.shortname,
            "name": service.name,
            "component": service.component,
            "enabled": service.enabled,
            "restricted": service.restricted,
            "public": service.public,
            "required_capability": service.required_capability,
            "functions": functions.get(service.id, 0),
        }
        for service in db.scalars(select(Service).order_by(Service.id))
    ]


def describe_service(db: Session, name: str) -> Row:
    """A service with its functions and its list of users. Raises AdministrationError."""
    service = find_service(db, name)
    return {
        **{column: getattr(service, column) for column in _OF_SERVICE},
        "functions": list_functions(db, service.id),
        "users": list_authorised(db, service.id),
    }


def list_authorised(db: Session, service_id: int) -> list[Row]:
    """The entries of a service's list of users, by name."""
    statement = (
        select(User.username, AuthorisedUser.ip_restriction, AuthorisedUser.valid_until)
        .join(AuthorisedUser, AuthorisedUser.user_id == User.id)
        .where(AuthorisedUser.service_id == service_id)
        .order_by(User.username)
    )
    return [
        {"username": username, "ip": ip_restriction, "valid_until": valid_until}
        for username, ip_restriction, valid_until in db.execute(statement)
    ]


def list_roles(db: Session) -> list[Row]:
    """Roles in their order, with how many assignments each has."""
    statement = select(RoleAssignment.role_id, func.count()).group_by(RoleAssignment.role_id)
    assignments = {row[0]: row[1] for row in db.execute(statement)}
    return [
        {
            "shortname": role.shortname,
            "name": role.name,
            "assignments": assignments.get(role.id, 0),
            "description": role.description,
        }
        for role in db.scalars(select(Role).order_by(Role.sort_order, Role.id))
    ]


def describe_role(db: Session, shortname: str) -> Row:
    """A role with everything that it says, and who has it where. Raises AdministrationError."""
    role = find_role(db, shortname)
    said = (
        select(RoleCapability.permission, RoleCapability.capability, Context.level, Context.instance_id)
        .join(Context, Context.id == RoleCapability.context_id)
        .where(RoleCapability.role_id == role.id)
        .order_by(Context.id, RoleCapability.capability)
    )
    held = (
        select(User.username, Context.level, Context.instance_id)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .join(Context, Context.id == RoleAssignment.context_id)
        .where(RoleAssignment.role_id == role.id)
        .order_by(Context.id, User.username)
    )
    return {
        "shortname": role.shortname,
        "name": role.name,
        "description": role.description,
        "permissions": [
            f"{PERMISSIONS[permission]} {capability} in {_place(level, instance_id)}"
            for permission, capability, level, instance_id in db.execute(said)
        ],
        "users": [
            f"{username} in {_place(level, instance_id)}" for username, level, instance_id in db.execute(held)
        ],
    }


def list_tokens(db: Session, *, revoked: bool = False) -> list[Row]:
    """Tokens, oldest first, recognised by their first characters; `revoked` ones too if asked for.

    A token whose login is over counts with the revoked ones.
    """
    return _tokens(db, *(() if revoked else _not_ended()))


def _not_ended() -> tuple[ColumnElement[bool], ...]:
    return Token.revoked_at.is_(None), or_(Token.kind != "session", LoginSession.expires_at > utcnow())


def describe_token(db: Session, name: str) -> Row:
    """A token by its id or first characters. Raises AdministrationError."""
    token = find_token(db, name)
    (row,) = _tokens(db, Token.id == token.id)
    return {**row, "serial": token.serial, "created_at": token.created_at}


def _tokens(db: Session, *which: ColumnElement[bool]) -> list[Row]:
    statement = (
        select(Token, User.username, func.coalesce(Service.shortname, Service.name), LoginSession.expires_at)
        .join(User, User.id == Token.user_id)
        .outerjoin(LoginSession, LoginSession.id == Token.session_id)
        .outerjoin(Service, Service.id == Token.service_id)
        .where(*which)
        .order_by(Token.id)
    )
    return [
        {
            "id": token.id,
            "token": f"{token.prefix}...",
            "kind": token.kind,
            "user": username,
            "service": service,
            "ip": token.ip_restriction,
            "valid_until": token.valid_until or login_until,
            "rate_limit": token.rate_limit,
            "last_access": token.last_access,
            "revoked_at": token.revoked_at,
        }
        for token, username, service, login_until in db.execute(statement)
    ]


def list_protocols(db: Session, protocols: Sequence[Protocol]) -> list[Row]:
    """The installed protocols: whether each is enabled, and where it answers; then enabled ones that are gone."""
    enabled = get_settings(db).protocols
    titles = {name: protocol.title for name, protocol in modern(protocols).items()}
    rows = [
        {
            "name": name,
            "title": title,
            "enabled": name in enabled,
            "paths": [each.path for face in protocols if face.name == name for each in face.routes],
        }
        for name, title in titles.items()
    ]
    gone = sorted(enabled - titles.keys())
    return rows + [{"name": name, "title": "not installed", "enabled": True, "paths": []} for name in gone]
