"""The demo site: accounts, a service with every function, and secrets that change with each loading."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway import credentials
from gateway.administration.services import set_functions
from gateway.administration.settings import set_setting
from gateway.administration.tokens import create_token
from gateway.administration.users import end_tokens, find_user
from gateway.capabilities import ALLOW, assign_role, protocol_capability, set_permission
from gateway.protocol import Protocol, names_of
from gateway.registry import Registry
from gateway.store import Role, Service, Token, User, utcnow

_ADMIN, _WS_USER, _SERVICE, _ROLE = "admin", "wsuser", "demo", "webserviceuser"


def load_demo_site(db: Session, registry: Registry, protocols: Iterable[Protocol]) -> None:
    """Make the demo site, or make it good: accounts, a service with every function, settings. Repeatable.

    The accounts have no passwords yet: see `renew_demo_secrets`.
    """
    names = names_of(protocols)
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
    valid = (Token.digest == credentials.digest(secret), Token.revoked_at.is_(None))
    return db.scalar(statement.where(User.username == _WS_USER, *valid)) is not None


def renew_demo_secrets(db: Session) -> dict[str, Any]:
    """Give both accounts new random passwords, and the web service user a new token instead of his old ones.

    The content of demo.json, but for the address.
    """
    people, now = {}, utcnow()
    for key, username in (("admin", _ADMIN), ("user", _WS_USER)):
        password = credentials.make_password()
        user = find_user(db, username)
        user.password_hash, user.password_changed_at = credentials.hash_password(password), now
        end_tokens(db, user.id, now)
        people[key] = {"username": username, "password": password}
    random = (Token.user_id == find_user(db, _WS_USER).id, Token.kind == "random")
    db.execute(delete(Token).where(*random))
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
        set_permission(db, role.id, name, ALLOW)
    assign_role(db, role.id, user.id)


def _demo_service(db: Session, registry: Registry) -> None:
    service = db.scalar(select(Service).where(Service.shortname == _SERVICE))
    if service is None:
        service = Service(
            name="Demo service", shortname=_SERVICE, enabled=True, restricted=False, public=True
        )
        db.add(service)
        db.flush()
    set_functions(db, service, registry.functions)
