"""What an administrator does to the database, for commands and pages: settings, tokens, services, the demo site."""

import json
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from gateway import addresses, credentials, store
from gateway import settings as site_settings
from gateway.capabilities import ALLOW, CORE_CAPABILITIES, protocol_capability, synchronise_roles
from gateway.invocation import SYSTEM_CONTEXT
from gateway.protocol import Protocol
from gateway.registry import Component, Registry, ServiceDefault
from gateway.store import Role, RoleAssignment, RoleCapability, Service, ServiceFunction, Setting, Token, User


class AdministrationError(ValueError):
    """Something that cannot be done as asked; the text is one sentence for the administrator."""


def set_setting(db: Session, name: str, text: str) -> None:
    """Change a setting, as a person writes it. Raises SettingError."""
    value = site_settings.parse(name, text)
    db.execute(
        upsert(Setting).values(name=name, value=value).on_conflict_do_update(["name"], set_={"value": value})
    )


def get_settings(db: Session) -> site_settings.Settings:
    """All settings."""
    rows = db.execute(select(Setting.name, Setting.value)).all()
    return site_settings.read((name, value) for name, value in rows)


# Built-in services and capabilities: what the registry declares, kept in step.


def synchronise(db: Session, components: Sequence[Component], protocols: Iterable[Protocol]) -> None:
    """Bring capabilities, ready roles and built-in services to what the components declare.

    Of a service that exists only the list of functions changes, and a ready role that exists gets nothing but the
    defaults of capabilities that are new: an administrator's settings survive.
    """
    _synchronise_capabilities(db, components, protocols)
    for component in components:
        for default in component.services:
            _synchronise_service(db, component.name, default)


def _synchronise_capabilities(
    db: Session, components: Sequence[Component], protocols: Iterable[Protocol]
) -> None:
    core = [*CORE_CAPABILITIES, *(protocol_capability(protocol.name) for protocol in protocols)]
    declared = [("core", each) for each in core]
    declared += [(component.name, each) for component in components for each in component.capabilities]
    known = set(db.scalars(select(store.Capability.name)))
    for owner, each in declared:
        values = {"component": owner, "title": each.title}
        statement = upsert(store.Capability).values(name=each.name, **values)
        db.execute(statement.on_conflict_do_update(["name"], set_=values))
    synchronise_roles(db, [each for _, each in declared], known)


def _synchronise_service(db: Session, component: str, default: ServiceDefault) -> None:
    service = db.scalar(select(Service).where(Service.shortname == default.shortname))
    if service is None:
        service = Service(
            name=default.name,
            shortname=default.shortname,
            component=component,
            enabled=default.enabled,
            restricted=default.restricted,
            required_capability=default.required_capability,
            public=default.public,
            download_files=default.download_files,
            upload_files=default.upload_files,
        )
        db.add(service)
        db.flush()
    elif service.component != component:
        raise AdministrationError(
            f"the service {default.shortname} of {component} cannot be made: a service of that short name exists"
        )
    set_functions(db, service, default.functions)


def set_functions(db: Session, service: Service, functions: Iterable[str]) -> None:
    """Make a service hold exactly these functions."""
    wanted = set(functions)
    held = set(db.scalars(select(ServiceFunction.function).where(ServiceFunction.service_id == service.id)))
    gone = ServiceFunction.function.in_(held - wanted)
    if held - wanted:
        db.execute(delete(ServiceFunction).where(ServiceFunction.service_id == service.id, gone))
    db.add_all(ServiceFunction(service_id=service.id, function=name) for name in sorted(wanted - held))
    db.flush()


# Tokens


def find_user(db: Session, username: str) -> User:
    """The account of that name. Raises AdministrationError."""
    user = db.scalar(select(User).where(User.username == username, User.deleted.is_(False)))
    if user is None:
        raise AdministrationError(f"there is no user {username}")
    return user


def find_service(db: Session, name: str) -> Service:
    """The service of that short name or name. Raises AdministrationError."""
    service = db.scalar(select(Service).where(or_(Service.shortname == name, Service.name == name)))
    if service is None:
        raise AdministrationError(f"there is no service {name}")
    return service


def create_token(
    db: Session,
    username: str,
    service: str,
    *,
    ip_restriction: str | None = None,
    valid_until: datetime | None = None,
) -> tuple[Token, str]:
    """A random token of a user for a service: its row, and the secret, which nobody can see again.

    Raises AdministrationError, or AddressError for a malformed restriction.
    """
    if ip_restriction:
        addresses.check(ip_restriction)
    secret = credentials.make_token()
    token = Token(
        digest=credentials.digest(secret),
        prefix=secret[: credentials.TOKEN_PREFIX],
        kind="random",
        user_id=find_user(db, username).id,
        service_id=find_service(db, service).id,
        ip_restriction=ip_restriction or None,
        valid_until=valid_until,
    )
    db.add(token)
    db.flush()
    return token, secret


def find_token(db: Session, name: str) -> Token:
    """A token by its row's id or the first characters of its secret. Raises AdministrationError."""
    by_id = [Token.id == int(name)] if name.isascii() and name.isdigit() and len(name) < 10 else []
    by_prefix = Token.prefix == name[: credentials.TOKEN_PREFIX].lower()
    found = db.scalars(select(Token).where(or_(by_prefix, *by_id))).all()
    if not found:
        raise AdministrationError(f"no token has the id or begins with {name[: credentials.TOKEN_PREFIX]}")
    if len(found) > 1:
        raise AdministrationError(f"{len(found)} tokens match: name one by its id")
    return found[0]


def revoke_token(db: Session, name: str) -> Token:
    """Delete a token; the row as it was."""
    token = find_token(db, name)
    db.delete(token)
    db.flush()
    return token


# The demo site

_ADMIN, _WS_USER, _SERVICE, _ROLE = "admin", "wsuser", "demo", "webserviceuser"


def load_demo_site(db: Session, registry: Registry, protocols: Iterable[Protocol]) -> None:
    """Make the demo site, or make it good: accounts, a service with every function, settings. Repeatable.

    The accounts have no passwords yet: see `renew_demo_secrets`.
    """
    names = [protocol.name for protocol in protocols]
    for component in registry.components:
        if component.demo is not None:
            component.demo(db)
    _account(db, _ADMIN, "Demo", "Administrator").administrator = True
    user = _account(db, _WS_USER, "Web service", "User")
    _grant(db, user, [*(protocol_capability(name).name for name in names), *_used_capabilities(registry)])
    _demo_service(db, registry)
    set_setting(db, "webservices", "true")
    set_setting(db, "protocols", json.dumps(names))


def is_demo_token(db: Session, secret: str) -> bool:
    """Whether a token from demo.json still is the web service user's."""
    statement = select(Token.id).join(User, User.id == Token.user_id)
    digest = credentials.digest(secret)
    return db.scalar(statement.where(User.username == _WS_USER, Token.digest == digest)) is not None


def renew_demo_secrets(db: Session) -> dict[str, Any]:
    """Give both accounts new random passwords, and the web service user a new token instead of his old ones.

    The content of demo.json, but for the address.
    """
    people = {}
    for key, username in (("admin", _ADMIN), ("user", _WS_USER)):
        password = credentials.make_password()
        find_user(db, username).password_hash = credentials.hash_password(password)
        people[key] = {"username": username, "password": password}
    db.execute(delete(Token).where(Token.user_id == find_user(db, _WS_USER).id))
    _, secret = create_token(db, _WS_USER, _SERVICE)
    return {**people, "service": _SERVICE, "token": secret}


def write_secrets(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file that only its owner reads (mode 0600), whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2)
    draft.replace(path)


def _account(db: Session, username: str, firstname: str, lastname: str) -> User:
    user = db.scalar(select(User).where(User.username == username))
    if user is None:
        user = User(
            username=username, firstname=firstname, lastname=lastname, email=f"{username}@example.invalid"
        )
        db.add(user)
    db.flush()
    return user


def _used_capabilities(registry: Registry) -> set[str]:
    return {name for function in registry.functions.values() for name in (*function.requires, *function.uses)}


def _grant(db: Session, user: User, capabilities: Iterable[str]) -> None:
    role = db.scalar(select(Role).where(Role.shortname == _ROLE))
    if role is None:
        role = Role(shortname=_ROLE, name="Web service user", sort_order=100)
        db.add(role)
        db.flush()
    for name in capabilities:
        values = {"permission": ALLOW}
        row = {"role_id": role.id, "capability": name, "context_id": SYSTEM_CONTEXT}
        statement = upsert(RoleCapability).values(**row, **values)
        db.execute(statement.on_conflict_do_update(list(row), set_=values))
    assignment: dict[str, Any] = {"role_id": role.id, "user_id": user.id, "context_id": SYSTEM_CONTEXT}
    if db.scalar(select(RoleAssignment).filter_by(**assignment)) is None:
        db.add(RoleAssignment(**assignment))
    db.flush()


def _demo_service(db: Session, registry: Registry) -> None:
    service = db.scalar(select(Service).where(Service.shortname == _SERVICE))
    if service is None:
        service = Service(
            name="Demo service", shortname=_SERVICE, enabled=True, restricted=False, public=True
        )
        db.add(service)
        db.flush()
    set_functions(db, service, registry.functions)
