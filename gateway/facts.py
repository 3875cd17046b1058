"""Facts: everything the checks look at, loaded in a constant number of statements and cached by generation.

Database triggers raise a generation number in the transaction of whoever changes policy. The cache remembers under
which generation it loaded; a poll each second is the bound on how long an old Fact may live, and `wake` shortens it.
The cache holds Facts, never verdicts.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Engine, Executable, and_, bindparam, func, select

from gateway import settings as site_settings
from gateway.accounts import Account
from gateway.capabilities import system_capabilities
from gateway.deprecation import Deprecation
from gateway.generation import POLL_SECONDS, GenerationCache, Generations
from gateway.settings import Settings
from gateway.store import AuthorisedUser, LoginSession, Service, ServiceFunction, Setting, Token, User
from gateway.throttle import Throttled


class SessionFacts(msgspec.Struct, frozen=True):
    """The login that a token stands for: until when it may last, and when its token came last."""

    expires_at: datetime
    used_at: datetime


class TokenFacts(msgspec.Struct, frozen=True):
    """A token's row, without its secret; of a login (kind "session") with the login, if that is still known.

    `service_id` is None for the tokens of logins, which are of no service.
    """

    id: int
    prefix: str
    valid_until: datetime | None
    ip_restriction: str | None
    rate_limit: int | None
    kind: str
    service_id: int | None
    session: SessionFacts | None = None


class UserFacts(msgspec.Struct, frozen=True):
    """A user's row, as far as the checks look."""

    id: int
    username: str
    auth: str
    confirmed: bool
    suspended: bool
    deleted: bool
    administrator: bool
    force_password_change: bool
    password_changed_at: datetime | None
    password_expires_at: datetime | None
    rate_limit: int | None


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
    rate_limit: int | None
    membership: MembershipFacts | None
    functions: frozenset[str]
    origins: frozenset[str] = frozenset()
    """The web origins whose scripts may read its answers."""


class Identity(msgspec.Struct, frozen=True):
    """Who a credential stands for.

    A token ties its user to one service. Who came with a password (`token` is None), or with the token of a login, may
    use every service that takes him.
    """

    token: TokenFacts | None
    user: UserFacts
    services: tuple[ServiceFacts, ...]
    capabilities: frozenset[str]

    @property
    def service(self) -> ServiceFacts | None:
        """The one service that a token ties its user to; None: he may use every service that takes him."""
        return self.services[0] if self.token is not None and self.token.service_id is not None else None

    def can(self, capability: str) -> bool:
        """Whether the user holds a capability in the system context; administrators hold all."""
        return self.user.administrator or capability in self.capabilities


class Login(msgspec.Struct, frozen=True):
    """A user by name: what a password is judged by, and who he is if it is right."""

    account: Account
    identity: Identity


class Facts(msgspec.Struct):
    """Everything the checks look at for one call.

    A call that came with user name or password has the method "password", any other "token". `prefix` are the first
    characters of the token that came (None: none came), `identity` is who the credential stands for (None: nobody).
    `throttled` says why credentials are not even tried, `may_call` and `may_log_in` whether the account's backend lets
    it.
    `service` is the one that the checks look at; `refusals` says of a password caller's services why none of them
    passed. `known` says whether the registry has the function, `requires` are its capabilities, `deprecated` says when
    it goes, `limited` is the rate limit that the call passed.
    """

    settings: Settings
    now: datetime
    address: str
    protocol: str
    method: Literal["token", "password"] = "token"
    prefix: str | None = None
    username: str = ""
    password_given: bool = False
    throttled: Throttled | None = None
    identity: Identity | None = None
    may_call: bool = True
    may_log_in: bool = True
    service: ServiceFacts | None = None
    refusals: tuple[str, ...] = ()
    function: str | None = None
    known: bool = False
    requires: tuple[str, ...] = ()
    deprecated: Deprecation | None = None
    limited: Throttled | None = None


_SETTINGS = select(Setting.name, Setting.value)
_FUNCTIONS = select(ServiceFunction.function).where(ServiceFunction.service_id == bindparam("service_id"))
_PUBLIC = (
    select(Service.shortname, ServiceFunction.function)
    .join(ServiceFunction, ServiceFunction.service_id == Service.id)
    .where(Service.enabled, Service.public)
)
_ORIGINS = select(Service.cors_origins).where(Service.enabled)
_USER = (
    *(User.id, User.username, User.auth, User.confirmed, User.suspended, User.deleted, User.administrator),
    *(User.force_password_change, User.password_changed_at, User.password_expires_at, User.rate_limit),
)
_TOKEN = (
    *(Token.id, Token.prefix, Token.valid_until, Token.ip_restriction, Token.rate_limit),
    *(Token.kind, Token.service_id),
    *(LoginSession.expires_at, func.coalesce(Token.last_access, LoginSession.created_at)),
)
_SERVICE = (
    *(Service.id, Service.name, Service.shortname, Service.enabled, Service.restricted),
    *(Service.required_capability, Service.rate_limit, Service.cors_origins),
    *(AuthorisedUser.id, AuthorisedUser.valid_until, AuthorisedUser.ip_restriction),
)
_ENTRY = and_(AuthorisedUser.service_id == Service.id, AuthorisedUser.user_id == User.id)
_BY_TOKEN = (
    select(*_TOKEN, *_USER, *_SERVICE)
    .join(User, User.id == Token.user_id)
    .outerjoin(LoginSession, LoginSession.id == Token.session_id)
    .outerjoin(Service, Service.id == Token.service_id)
    .outerjoin(AuthorisedUser, _ENTRY)
)
_BY_DIGEST = _BY_TOKEN.where(Token.digest == bindparam("digest"), Token.revoked_at.is_(None))
_BY_ID = _BY_TOKEN.where(Token.id == bindparam("token_id"))
_BY_NAME = select(User.password_hash, *_USER).where(User.username == bindparam("username"))
_SERVICES = (
    select(*_SERVICE)
    .outerjoin(
        AuthorisedUser,
        and_(AuthorisedUser.service_id == Service.id, AuthorisedUser.user_id == bindparam("user_id")),
    )
    .order_by(Service.id)
)
_ALL_FUNCTIONS = select(ServiceFunction.service_id, ServiceFunction.function)


class _Site(msgspec.Struct, frozen=True):
    """What is the same for all callers."""

    settings: Settings
    public: dict[str | None, frozenset[str]]
    origins: frozenset[str]


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
        self.generations = Generations(engine, poll_seconds=poll_seconds, clock=clock)
        self._engine = engine
        self._site = GenerationCache(self.generations, _read_site)
        self._identities = GenerationCache(self.generations, _read_identity)
        self._logins = GenerationCache(self.generations, _read_login)

    @property
    def settings(self) -> Settings:
        """The settings now."""
        return self._site.get(None).settings

    def public_functions(self) -> dict[str | None, frozenset[str]]:
        """The functions of the enabled services whose documentation is public, by the service's short name."""
        return self._site.get(None).public

    def origins(self) -> frozenset[str]:
        """The web origins that any enabled service lists."""
        return self._site.get(None).origins

    def identity(self, digest: bytes) -> Identity | None:
        """Who the token with this SHA-256 stands for, or None. Unknown tokens are not remembered."""
        return self._identities.get(digest)

    def identity_now(self, digest: bytes) -> Identity | None:
        """The same, loaded anew: when a token came last raises no generation, so that the cache may not know."""
        return self._identities.renew(digest)

    def login(self, username: str) -> Login | None:
        """The user of that name, deleted ones too, or None. Unknown names are not remembered."""
        return self._logins.get(username)

    def identity_of(self, token_id: int) -> Identity | None:
        """Who a token stands for, by its row's id, uncached; for explaining."""
        with self._engine.connect() as connection:
            return _read_token(connection, _BY_ID, {"token_id": token_id})

    def wake(self) -> None:
        """Look at the generation at the next use: this process has just written."""
        self.generations.wake()


def _read_site(connection: Connection, _key: None) -> _Site:
    origins = connection.execute(_ORIGINS).scalars()
    return _Site(_read_settings(connection), _read_public(connection), frozenset().union(*origins))


def _read_settings(connection: Connection) -> Settings:
    return site_settings.read((name, value) for name, value in connection.execute(_SETTINGS))


def _read_public(connection: Connection) -> dict[str | None, frozenset[str]]:
    public: dict[str | None, set[str]] = {}
    for shortname, function in connection.execute(_PUBLIC):
        public.setdefault(shortname, set()).add(function)
    return {shortname: frozenset(functions) for shortname, functions in public.items()}


def _read_identity(connection: Connection, digest: bytes) -> Identity | None:
    return _read_token(connection, _BY_DIGEST, {"digest": digest})


def _read_token(connection: Connection, statement: Executable, parameters: dict[str, Any]) -> Identity | None:
    row = connection.execute(statement, parameters).one_or_none()
    if row is None:
        return None
    values: tuple[Any, ...] = tuple(row)
    token, user, service = _token(values[:9]), UserFacts(*values[9:20]), values[20:]
    if token.service_id is None:
        services = _all_services(connection, user.id)
    else:
        functions = frozenset(connection.execute(_FUNCTIONS, {"service_id": service[0]}).scalars())
        services = (_service(service, functions),)
    return Identity(token, user, services, system_capabilities(connection, user.id))


def _token(values: tuple[Any, ...]) -> TokenFacts:
    *token, expires_at, used_at = values
    session = SessionFacts(expires_at, used_at) if expires_at is not None else None
    return TokenFacts(*(*token, session))


def _read_login(connection: Connection, username: str) -> Login | None:
    row = connection.execute(_BY_NAME, {"username": username}).one_or_none()
    if row is None:
        return None
    password_hash, *values = tuple(row)
    user = UserFacts(*values)
    account = Account(user.id, user.username, user.auth, password_hash)
    services = _all_services(connection, user.id)
    return Login(account, Identity(None, user, services, system_capabilities(connection, user.id)))


def _all_services(connection: Connection, user_id: int) -> tuple[ServiceFacts, ...]:
    functions: dict[int, set[str]] = {}
    for service_id, function in connection.execute(_ALL_FUNCTIONS):
        functions.setdefault(service_id, set()).add(function)
    rows = connection.execute(_SERVICES, {"user_id": user_id})
    return tuple(_service(tuple(each), frozenset(functions.get(each[0], ()))) for each in rows)


def _service(values: tuple[Any, ...], functions: frozenset[str]) -> ServiceFacts:
    *service, origins, entry, valid_until, ip_restriction = values
    membership = MembershipFacts(valid_until, ip_restriction) if entry is not None else None
    return ServiceFacts(*(*service, membership, functions, frozenset(origins)))


def utc_now() -> datetime:
    """The instant now, aware, UTC."""
    return datetime.now(UTC)
