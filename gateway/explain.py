"""Why a call is, was, or would be refused: the checks over Facts of now or of then, asked for outside any call.

Nothing is counted: throttling is looked at, and the counters of rate limits, which each worker keeps in its own
memory, cannot be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gateway import access, administration
from gateway.access import Finding, Outcome, Stage
from gateway.accounts import Backend
from gateway.administration import AdministrationError
from gateway.credentials import TOKEN_PREFIX, digest
from gateway.facts import Facts, FactsSource, utc_now
from gateway.identification import look_at_backend
from gateway.registry import Registry
from gateway.settings import MEANINGS
from gateway.store import CallRecord, Token, User
from gateway.throttle import FailedCredentials

Stages = Sequence[Stage]
_CALL: Stages = (Stage.ALL,)
_USE: Stages = (Stage.QUERY, Stage.SERVICE)
_HAND_OUT: Stages = (Stage.TOKEN, Stage.SERVICE)
_SHOW: Stages = (Stage.ANONYMOUS_QUERY,)
_TOKEN_ENDPOINTS = frozenset({"token", "login/token"})
_NOT_ASKED = "no password was asked for"


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """A call's record: who called what, when, and what came of it; `check` is the number of the one that refused."""

    request_id: str
    at: datetime
    protocol: str
    function: str | None
    user: str | None
    token: str | None
    address: str
    outcome: str
    check: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class History:
    """A logged call explained by the Facts of then (None: no check refused it), and by those of now.

    `now` is None if nobody knows any more, or ever knew, who called.
    """

    record: Logged
    then: list[Finding] | None
    now: list[Finding] | None


def why(
    engine: Engine,
    registry: Registry,
    backends: Mapping[str, Backend],
    *,
    user: str | None = None,
    token: str | None = None,
    secret: str | None = None,
    function: str | None = None,
    protocol: str = "rest",
    address: str = "127.0.0.1",
) -> list[Finding]:
    """What every check says of a call that a user makes with his password, or that comes with a token.

    The token is named by id or first characters, or given as the `secret` itself. Without a function, whether the
    caller may use the protocol and a service at all. Of a user no password is asked for: 6p and 7p are not reached,
    unless there is no such user. Raises AdministrationError when a name fits no token, or several.
    """
    explainer = _Explainer(engine, registry, backends)
    facts = explainer.facts(protocol, address)
    if user is not None:
        explainer.as_user(facts, user)
    elif secret is not None:
        facts.prefix, facts.identity = secret[:TOKEN_PREFIX], explainer.source.identity(digest(secret))
    else:
        with Session(engine) as db:
            explainer.as_token(facts, administration.find_token(db, token or ""))
    return explainer.findings(facts, function, _USE if function is None else _CALL)


def why_request(
    engine: Engine, registry: Registry, backends: Mapping[str, Backend], request_id: str
) -> History:
    """What the checks said of a logged call, and say now of the same caller, function, protocol and address.

    Raises AdministrationError when the log has no such call.
    """
    with Session(engine) as db:
        record = _find_record(db, request_id)
        user = db.get(User, record.user_id) if record.user_id is not None else None
        token = db.get(Token, record.token_id) if record.token_id is not None else None
    then = _read_facts(record.facts)
    stages = _stages(record)
    return History(
        _logged(record, user, token),
        list(_explained(then, stages)) if then is not None else None,
        _Explainer(engine, registry, backends).again(record, then, user, token, stages),
    )


class _Explainer:
    """Loads Facts as a call does, without a call."""

    def __init__(self, engine: Engine, registry: Registry, backends: Mapping[str, Backend]) -> None:
        self.source = FactsSource(engine)
        self._registry = registry
        self._backends = backends
        self._failures = FailedCredentials(engine)

    def facts(self, protocol: str, address: str) -> Facts:
        """The Facts before anybody is known."""
        return Facts(self.source.settings, utc_now(), address, protocol)

    def as_user(self, facts: Facts, username: str) -> None:
        """Let a user come with his password, which is taken to be right."""
        login = self.source.login(username)
        facts.method, facts.username, facts.password_given = "password", username, True
        facts.identity = login.identity if login is not None else None

    def as_token(self, facts: Facts, token: Token) -> None:
        """Let a token come; a revoked one is nobody's."""
        facts.prefix = token.prefix
        facts.identity = self.source.identity_of(token.id) if token.revoked_at is None else None

    def again(
        self, record: CallRecord, then: Facts | None, user: User | None, token: Token | None, stages: Stages
    ) -> list[Finding] | None:
        """The findings of now for a logged call."""
        facts = self.facts(record.protocol, record.address)
        if token is not None:
            self.as_token(facts, token)
        elif user is not None and record.token_id is None:
            self.as_user(facts, user.username)
        elif then is not None and then.method == "password":
            self.as_user(facts, then.username)
            facts.password_given = then.password_given
        elif then is not None:
            facts.prefix = then.prefix
        elif stages is not _SHOW:
            return None
        function = None if _is_query(record) else record.function
        return self.findings(facts, function, stages, then.service.id if then and then.service else None)

    def findings(
        self, facts: Facts, function: str | None, stages: Stages, service_id: int | None = None
    ) -> list[Finding]:
        """Complete the Facts of somebody who calls a function, and ask every check.

        `service_id` names the service that a token is asked for.
        """
        self._look(facts)
        access.name_function(facts, function, self._registry.functions.get(function or ""))
        if stages is _HAND_OUT:
            services = facts.identity.services if facts.identity else ()
            facts.service = next((each for each in services if each.id == service_id), None)
        else:
            access.choose_service(facts)
        return [_qualified(facts, finding) for finding in _explained(facts, stages)]

    def _look(self, facts: Facts) -> None:
        if facts.method == "password" or (facts.identity is None and facts.prefix is not None):
            username = facts.username or None
            facts.throttled = self._failures.look(facts.settings, facts.address, username)
        look_at_backend(facts, self._backends)


def _explained(facts: Facts, stages: Stages) -> Iterator[Finding]:
    for stage in stages:
        yield from access.explain(facts, stage)


def _qualified(facts: Facts, finding: Finding) -> Finding:
    """A finding of now, which claims nothing that only a call itself could show."""
    if finding.outcome is not Outcome.PASSED:
        return finding
    if finding.number in ("6p", "7p"):
        return replace(finding, outcome=Outcome.NOT_REACHED, cause=_NOT_ASKED)
    if finding.number == "24" and (limits := _limits(facts)):
        cause = f"each worker counts for itself ({', '.join(limits)})"
        return replace(finding, outcome=Outcome.NOT_REACHED, cause=cause)
    return finding


def _limits(facts: Facts) -> list[str]:
    identity = facts.identity
    holders = {
        "token": identity.token if identity else None,
        "service": facts.service,
        "user": identity.user if identity else None,
    }
    return [
        f"{each.rate_limit} calls a minute of the {kind}"
        for kind, each in holders.items()
        if each is not None and each.rate_limit is not None
    ]


def _find_record(db: Session, request_id: str) -> CallRecord:
    """The newest record of a request id. Raises AdministrationError, naming the calls of a message with several."""
    statement = select(CallRecord).order_by(CallRecord.id.desc())
    record = db.scalars(statement.where(CallRecord.request_id == request_id)).first()
    if record is not None:
        return record
    calls = CallRecord.request_id.startswith(f"{request_id[:60]}.", autoescape=True)
    parts = sorted(each.request_id for each in db.scalars(statement.where(calls).limit(20)))
    if parts:
        raise AdministrationError(f"{request_id} holds several calls: ask for {', '.join(parts)}")
    raise AdministrationError(
        f"the call log has no request {request_id[:64]}: records come up to a second late, and stay for "
        f"{administration.get_settings(db).call_log_days} days"
    )


def _read_facts(logged: dict[str, Any] | None) -> Facts | None:
    """The Facts of a refused call; None also when an older version wrote what this one cannot read."""
    if logged is None:
        return None
    settings = {name: value for name, value in logged.get("settings", {}).items() if name in MEANINGS}
    try:
        return msgspec.convert({**logged, "settings": settings}, Facts)
    except msgspec.ValidationError:
        return None


def _is_query(record: CallRecord) -> bool:
    return record.function is not None and record.function.startswith("?")


def _stages(record: CallRecord) -> Stages:
    if record.protocol in _TOKEN_ENDPOINTS:
        return _HAND_OUT
    if not _is_query(record):
        return _CALL
    facts = record.facts or {}
    showed = facts.get("method") == "password" or facts.get("prefix") is not None
    return _USE if showed or record.user_id is not None else _SHOW


def _logged(record: CallRecord, user: User | None, token: Token | None) -> Logged:
    return Logged(
        request_id=record.request_id,
        at=record.at,
        protocol=record.protocol,
        function=record.function,
        user=user.username if user else None,
        token=f"{token.prefix}... (id {token.id})" if token else None,
        address=record.address,
        outcome=record.outcome,
        check=record.check_number,
        cause=record.cause,
    )
