"""Facts: everything the checks look at, loaded in a constant number of statements and cached by generation.

Database triggers raise a generation number in the transaction of whoever changes policy. The cache remembers under
which generation it loaded; a poll each second is the bound on how long an old Fact may live, and `wake` shortens it.
The cache holds Facts, never verdicts.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Executable, and_, bindparam, select

from gateway import settings as site_settings
from gateway.capabilities import system_capabilities
from gateway.settings import Settings
from gateway.store import AuthorisedUser, Generation, Service, ServiceFunction, Setting, Token, User

POLL_SECONDS = 1.0
CACHE_ENTRIES = 10_000


class TokenFacts(msgspec.Struct, frozen=True):
    """A token's row, without its secret."""

    id: int
    prefix: str
    valid_until: datetime | None
    ip_restriction: str | None


class UserFacts(msgspec.Struct, frozen=True):
    """A user's row, as far as the checks look."""

    id: int
    username: str
    auth: str
    confirmed: bool
    suspended: bool
    deleted: bool
    administrator: bool


class MembershipFacts(msgspec.Struct, frozen=True):
    """The entry that lets the user use a restricted service."""

    valid_until: datetime | None
    ip_restriction: str | None


class ServiceFacts(msgspec.Struct, frozen=True):
    """A service and, for the user in question, his entry in it."""

    id: int
    name: str
    shortname: str | None
    enabled: bool
    restricted: bool
    required_capability: str | None
    membership: MembershipFacts | None
    functions: frozenset[str]


class Identity(msgspec.Struct, frozen=True):
    """Who a token stands for."""

    token: TokenFacts
    user: UserFacts
    service: ServiceFacts
    capabilities: frozenset[str]

    def can(self, capability: str) -> bool:
        """Whether the user holds a capability in the system context; administrators hold all."""
        return self.user.administrator or capability in self.capabilities


class Facts(msgspec.Struct):
    """Everything the checks look at for one call.

    `prefix` are the first characters of the token that came (None: no credential came); `identity` is who it stands
    for (None: nobody). `known` says whether the registry has the function; `requires` are its capabilities.
    """

    settings: Settings
    now: datetime
    address: str
    protocol: str
    prefix: str | None
    identity: Identity | None
    function: str | None = None
    known: bool = False
    requires: tuple[str, ...] = ()


_GENERATION = select(Generation.value)
_SETTINGS = select(Setting.name, Setting.value)
_FUNCTIONS = select(ServiceFunction.function).where(ServiceFunction.service_id == bindparam("service_id"))
_PUBLIC = (
    select(Service.shortname, ServiceFunction.function)
    .join(ServiceFunction, ServiceFunction.service_id == Service.id)
    .where(Service.enabled, Service.public)
)
_IDENTITY = (
    select(
        *(Token.id, Token.prefix, Token.valid_until, Token.ip_restriction),
        *(
            User.id,
            User.username,
            User.auth,
            User.confirmed,
            User.suspended,
            User.deleted,
            User.administrator,
        ),
        *(Service.id, Service.name, Service.shortname, Service.enabled, Service.restricted),
        Service.required_capability,
        *(AuthorisedUser.id, AuthorisedUser.valid_until, AuthorisedUser.ip_restriction),
    )
    .join(User, User.id == Token.user_id)
    .join(Service, Service.id == Token.service_id)
    .outerjoin(
        AuthorisedUser, and_(AuthorisedUser.service_id == Service.id, AuthorisedUser.user_id == User.id)
    )
)
_BY_DIGEST = _IDENTITY.where(Token.digest == bindparam("digest"))
_BY_ID = _IDENTITY.where(Token.id == bindparam("token_id"))


class _Cache:
    """What was loaded under one generation."""

    def __init__(self, generation: int, settings: Settings, public: dict[str | None, frozenset[str]]) -> None:
        self.generation = generation
        self.settings = settings
        self.public = public
        self.identities: dict[bytes, Identity] = {}


class FactsSource:
    """Loads and caches Facts from the database; safe to share between threads.

    `poll_seconds` bounds how long a change by another process goes unseen. `clock` gives monotonic seconds.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        poll_seconds: float = POLL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._polled = 0.0
        self._cache: _Cache | None = None

    @property
    def settings(self) -> Settings:
        """The settings now."""
        return self._current().settings

    def public_functions(self) -> dict[str | None, frozenset[str]]:
        """The functions of the enabled services whose documentation is public, by the service's short name."""
        return self._current().public

    def identity(self, digest: bytes) -> Identity | None:
        """Who the token with this SHA-256 stands for, or None. Unknown tokens are not remembered."""
        cache = self._current()
        identity = cache.identities.get(digest)
        return identity or self._load_identity(digest)

    def identity_of(self, token_id: int) -> Identity | None:
        """Who a token stands for, by its row's id, uncached; for explaining."""
        with self._engine.connect() as connection:
            return _read_identity(connection, _BY_ID, {"token_id": token_id})

    def wake(self) -> None:
        """Look at the generation at the next use: this process has just written."""
        self._polled = 0.0

    def _current(self) -> _Cache:
        now = self._clock()
        cache = self._cache
        if cache is not None and 0 <= now - self._polled < self._poll_seconds:
            return cache
        polled = now  # before reading: what changes while we read is seen at the next poll
        with self._engine.connect() as connection:
            generation = connection.execute(_GENERATION).scalar_one()
            if cache is None or generation != cache.generation:
                cache = self._cache = _Cache(generation, _read_settings(connection), _read_public(connection))
        self._polled = polled
        return cache

    def _load_identity(self, digest: bytes) -> Identity | None:
        """Read generation and identity in one snapshot; keep them only under the generation that was read first."""
        with self._engine.connect() as connection:
            generation = connection.execute(_GENERATION).scalar_one()
            identity = _read_identity(connection, _BY_DIGEST, {"digest": digest})
        cache = self._cache
        if identity is not None and cache is not None and cache.generation == generation:
            if len(cache.identities) >= CACHE_ENTRIES:
                cache.identities.clear()
            cache.identities[digest] = identity
        elif cache is not None and cache.generation != generation:
            self.wake()
        return identity


def _read_settings(connection: Connection) -> Settings:
    return site_settings.read((name, value) for name, value in connection.execute(_SETTINGS))


def _read_public(connection: Connection) -> dict[str | None, frozenset[str]]:
    public: dict[str | None, set[str]] = {}
    for shortname, function in connection.execute(_PUBLIC):
        public.setdefault(shortname, set()).add(function)
    return {shortname: frozenset(functions) for shortname, functions in public.items()}


def _read_identity(
    connection: Connection, statement: Executable, parameters: dict[str, Any]
) -> Identity | None:
    row = connection.execute(statement, parameters).one_or_none()
    if row is None:
        return None
    values: tuple[Any, ...] = tuple(row)
    token, user, service, entry = values[0:4], values[4:11], values[11:17], values[17:20]
    membership = MembershipFacts(*entry[1:]) if entry[0] is not None else None
    functions = frozenset(connection.execute(_FUNCTIONS, {"service_id": service[0]}).scalars())
    return Identity(
        token=TokenFacts(*token),
        user=UserFacts(*user),
        service=ServiceFacts(*(*service, membership, functions)),
        capabilities=system_capabilities(connection, user[0]),
    )


def utc_now() -> datetime:
    """The instant now, aware, UTC."""
    return datetime.now(UTC)
