"""Who calls (Caller), and what a function receives of it (Invocation)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy.orm import Session

from gateway.faults import NO_PERMISSION

if TYPE_CHECKING:
    from gateway.capabilities import ContextGuard
    from gateway.protocol import Site
    from gateway.registry import Function

SYSTEM_CONTEXT = 1
"""The id of the context that holds all others."""


class TransactionSession(Session):
    """The database session of one call. The gateway alone ends its transaction: see `finish`."""

    def commit(self) -> None:
        """Refused: a call is one transaction, committed after its result was checked and encoded."""
        raise RuntimeError("a function does not commit: its call is one transaction, ended by the gateway")

    def finish(self) -> None:
        """Commit; for dispatch only."""
        super().commit()


class Caller(msgspec.Struct, frozen=True):
    """Who it is, once identified; immutable.

    `functions` are the names in the services this caller may use; `capabilities` those held in the system context.
    A site administrator holds every capability. `context_id` is the context that the caller is restricted to.
    """

    user_id: int
    username: str
    administrator: bool
    service_id: int | None
    token_id: int | None
    functions: frozenset[str]
    capabilities: frozenset[str]
    context_id: int = SYSTEM_CONTEXT

    def can(self, capability: str) -> bool:
        """Whether the caller holds a capability in the system context."""
        return self.administrator or capability in self.capabilities


@dataclass
class Invocation:
    """What a function receives as its first parameter.

    `caller` is who calls; `request_id` names this call in answers and records; `db` is the session of its
    transaction, begun at first use; `site` says what the installation is called and where it answers; `now` (aware,
    UTC) is the instant of the call; `callable` are the functions this caller's services hold. `contexts` judges
    contexts.
    """

    caller: Caller
    request_id: str
    protocol: str
    site: "Site"
    now: Any
    open_session: Callable[[], TransactionSession]
    list_functions: Callable[[], Sequence["Function"]]
    contexts: "ContextGuard"
    session: TransactionSession | None = field(default=None, init=False)

    @property
    def db(self) -> Session:
        """The database session of this call's transaction. Do not commit: the gateway does."""
        if self.session is None:
            self.session = self.open_session()
        return self.session

    @cached_property
    def callable(self) -> Sequence["Function"]:
        """The registered functions in the services of this caller, sorted by name."""
        return self.list_functions()

    def can(self, capability: str, context_id: int = SYSTEM_CONTEXT) -> bool:
        """Whether the caller holds a capability in a context; administrators hold all."""
        if context_id == SYSTEM_CONTEXT:
            return self.caller.can(capability)
        return self.contexts.holds(self, capability, context_id)

    def require(self, capability: str, context_id: int = SYSTEM_CONTEXT) -> None:
        """Refuse the call (`nopermissions`) unless the caller holds the capability in the context."""
        if not self.can(capability, context_id):
            where = self.contexts.name(self, context_id)
            raise NO_PERMISSION(
                f"The user {self.caller.username} lacks the capability {capability} in {where}"
            )

    def enter(self, context_id: int) -> None:
        """Refuse the call unless it may work in the context, before it looks at anything there.

        Raises INVALID_PARAMETER (there is no such context), RESTRICTED_CONTEXT (it lies outside the one that the
        caller is restricted to) or REQUIRE_LOGIN (the component that has the context refuses).
        """
        self.contexts.enter(self, context_id)
