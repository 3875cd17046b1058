"""A site in a database of its own: tokens, users, services and settings by one line each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from functions.site import component as site_component
from functions.users import component as users_component
from gateway import Component, administration, store
from gateway.assembly import Gateway, migrations
from gateway.facts import utc_now
from gateway.invocation import SYSTEM_CONTEXT
from gateway.plugins import find_protocols
from gateway.protocol import names_of
from gateway.store import AuthorisedUser, Role, RoleAssignment, RoleCapability, Service, Token, User
from gateway.web import RequestIds, Response
from tests.support.component import component as test_component

COMPONENTS: Sequence[Component] = (site_component, users_component, test_component)
OUTSIDE = frozenset({"test_outside"})
SITE_KEY = b"a key of tests, 32 bytes of text!"
USER, SERVICE = "caller", "tests"


class Site:
    """A gateway in this process, on a fresh database with one user, one service and one token (`token`).

    The service holds every function but test_outside; the user has every capability; all protocols are enabled; the
    debug level is NORMAL. What changes through its methods is seen by the next call.
    """

    def __init__(
        self,
        folder: Path,
        components: Sequence[Component] = COMPONENTS,
        *,
        clock: Callable[[], datetime] = utc_now,
        busy_timeout: float = 5.0,
        settings: Mapping[str, str] | None = None,
        request_ids: RequestIds | None = None,
    ) -> None:
        self.url = f"sqlite:///{folder / 'gateway.db'}"
        engine = store.create(self.url, busy_timeout=busy_timeout)
        store.upgrade(engine, migrations(components))
        protocols = find_protocols()
        self.engine = engine
        for name, value in (settings or {}).items():
            self.set(name, value)
        self.gateway = Gateway(
            engine,
            components,
            protocols,
            site_key=SITE_KEY,
            poll_seconds=0.0,
            clock=clock,
            request_ids=request_ids,
        )
        self.protocols = names_of(protocols)
        with self.write() as db:
            administration.synchronise(db, components, protocols)
            db.commit()
        self.set("webservices", "true")
        self.set("protocols", ",".join(self.protocols))
        self.set("debug", "normal")
        self.add_user(USER)
        self.add_service(SERVICE, self.gateway.registry.functions.keys() - OUTSIDE)
        self.grant(USER, self.capabilities())
        self.token = self.add_token()

    def close(self) -> None:
        """Stop the writer thread and close the database."""
        self.gateway.close()

    def write(self) -> Session:
        """A session to change the database; commit it."""
        return Session(self.engine.execution_options(effect="write"))

    def capabilities(self) -> list[str]:
        """Every capability that is declared, but for the one that bypasses maintenance."""
        with Session(self.engine) as db:
            names = db.scalars(select(store.Capability.name)).all()
        return [name for name in names if name != "moodle/site:config"]

    def set(self, name: str, value: str) -> None:
        """Change a setting."""
        with self.write() as db:
            administration.set_setting(db, name, value)
            db.commit()

    def add_user(self, username: str, **columns: Any) -> int:
        """Add a user; his id."""
        with self.write() as db:
            user = User(username=username, **columns)
            db.add(user)
            db.commit()
            return user.id

    def add_service(self, shortname: str, functions: Iterable[str], **columns: Any) -> int:
        """Add an enabled, unrestricted service (unless `columns` say otherwise); its id."""
        with self.write() as db:
            values = {"name": f"Service {shortname}", "enabled": True, "restricted": False} | columns
            service = Service(shortname=shortname, **values)
            db.add(service)
            db.flush()
            administration.set_functions(db, service, functions)
            db.commit()
            return service.id

    def add_token(self, username: str = USER, service: str = SERVICE, **columns: Any) -> str:
        """Add a token; its secret."""
        with self.write() as db:
            token, secret = administration.create_token(db, username, service)
            for name, value in columns.items():
                setattr(token, name, value)
            db.commit()
            return secret

    def authorise(self, username: str = USER, service: str = SERVICE, **columns: Any) -> None:
        """List a user in a service."""
        with self.write() as db:
            user, found = administration.find_user(db, username), administration.find_service(db, service)
            db.add(AuthorisedUser(user_id=user.id, service_id=found.id, **columns))
            db.commit()

    def grant(self, username: str, capabilities: Iterable[str], permission: int = 1) -> None:
        """Give a user a new role with these capabilities in the system context."""
        with self.write() as db:
            number = db.scalar(select(func.count()).select_from(Role)) or 0
            role = Role(shortname=f"role{number}", name=f"Role {number}", sort_order=number)
            db.add(role)
            db.flush()
            for name in capabilities:
                row = {"role_id": role.id, "context_id": SYSTEM_CONTEXT, "permission": permission}
                db.add(RoleCapability(capability=name, **row))
            user = administration.find_user(db, username)
            db.add(RoleAssignment(role_id=role.id, user_id=user.id, context_id=SYSTEM_CONTEXT))
            db.commit()

    def revoke_capability(self, capability: str) -> None:
        """Take a capability from every role."""
        with self.write() as db:
            db.execute(RoleCapability.__table__.delete().where(RoleCapability.capability == capability))
            db.commit()

    def change(self, model: type[store.Base], where: dict[str, Any] | None = None, **columns: Any) -> None:
        """Change all rows of a table (that match `where`)."""
        with self.write() as db:
            db.execute(update(model).filter_by(**where or {}).values(**columns))
            db.commit()

    def change_user(self, username: str = USER, **columns: Any) -> None:
        """Change a user."""
        self.change(User, {"username": username}, **columns)

    def change_service(self, shortname: str = SERVICE, **columns: Any) -> None:
        """Change a service."""
        self.change(Service, {"shortname": shortname}, **columns)

    def change_tokens(self, **columns: Any) -> None:
        """Change every token."""
        self.change(Token, **columns)

    def count(self, model: type[store.Base]) -> int:
        """How many rows a table has."""
        with Session(self.engine) as db:
            return db.scalar(select(func.count()).select_from(model)) or 0

    def post(
        self,
        path: str,
        body: bytes,
        content_type: str,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        peer: str = "127.0.0.1",
    ) -> Response:
        """POST to `handle()` with a Bearer token (None: the site's own; empty: none)."""
        secret = self.token if token is None else token
        given = {"content-type": content_type, "content-length": str(len(body))} | (headers or {})
        if secret:
            given["authorization"] = f"Bearer {secret}"
        path, _, query = path.partition("?")
        return self.gateway.handle("POST", path, query, given, body, peer)
