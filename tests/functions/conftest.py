"""A real database with the tables of the core and of core_user, and calls into the shipped functions."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from functions.users import component as users
from functions.users.profiles import UserProfile
from gateway import Caller, Function, Invocation
from gateway.capabilities import Capabilities, ContextGuard
from gateway.generation import Generations
from gateway.invocation import TransactionSession
from gateway.protocol import Site
from gateway.store import User, create, upgrade
from gateway.validation import Validator

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = Site("https://moodle.example.org", "Example", "https://moodle.example.org/soap")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create(f"sqlite:///{tmp_path / 'gateway.db'}", busy_timeout=0.2)
    assert users.migrations is not None
    upgrade(engine, {users.name: users.migrations})
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 takes tens of milliseconds; the test of the real hash undoes this."""
    for name in ("create", "update"):
        monkeypatch.setattr(f"functions.users.{name}.hash_password", lambda password: f"hash of {password}")


@dataclass
class Gateway:
    """Calls functions as dispatch does: validated arguments, one transaction, checked result."""

    engine: Engine
    user_id: int = 0
    username: str = "caller"
    administrator: bool = False
    capabilities: frozenset[str] = frozenset()
    service_id: int | None = None
    callable: Sequence[Function] = ()
    statements: list[str] = field(default_factory=list)

    def call(self, function: Function, **values: Any) -> Any:
        """The checked result, committed. Raises Fault; then nothing is committed."""
        validator = Validator(function.name, function.signature)
        arguments = validator.arguments(values)
        with ExitStack() as stack:
            invocation = Invocation(
                caller=self._caller(),
                request_id="R",
                protocol="rest",
                site=SITE,
                now=NOW,
                open_session=lambda: stack.enter_context(self._session(function)),
                list_functions=lambda: self.callable,
                contexts=ContextGuard(Capabilities(Generations(self.engine, poll_seconds=0)), {}),
            )
            with counted(self.engine, self.statements):
                result = validator.result(function(invocation, *arguments))
                if invocation.session is not None:
                    invocation.session.finish()
            return result

    def _caller(self) -> Caller:
        return Caller(
            user_id=self.user_id,
            username=self.username,
            administrator=self.administrator,
            service_id=self.service_id,
            token_id=None,
            functions=frozenset(each.name for each in self.callable),
            capabilities=self.capabilities,
        )

    def _session(self, function: Function) -> TransactionSession:
        return TransactionSession(self.engine.execution_options(effect=function.effect.value))


@contextmanager
def counted(engine: Engine, statements: list[str]) -> Iterator[None]:
    """Note every statement that reaches the database; one for all rows of a bulk insert."""

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def gateway(engine: Engine) -> Gateway:
    return Gateway(engine)


AddUser = Callable[..., int]


@pytest.fixture
def add_user(engine: Engine) -> AddUser:
    """Adds an account, and with `profile={...}` a profile; gives the user's id."""

    def add(username: str, *, profile: dict[str, Any] | None = None, **account: Any) -> int:
        with Session(engine) as session, session.begin():
            values = {"username": username, "created_at": NOW, **account}
            user_id = session.scalars(insert(User).returning(User.id), [values]).one()
            if profile is not None:
                session.execute(insert(UserProfile), [{"user_id": user_id, **profile}])
        return user_id

    return add
