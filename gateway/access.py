"""The authorization core: the ordered list of Checks, enforced or explained over the same Facts.

A Check is a pure predicate with the fault it raises, the cause it names and the remedy. Nothing else in the gateway
decides who may call. Numbers are those of the design; 3, 4p-7p, 6t, 12, 13, 23 and 24 belong to password callers, login
sessions, deprecation and limits, which are not there yet.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from gateway.addresses import admits
from gateway.facts import Facts, Identity, MembershipFacts
from gateway.faults import (
    ACCESS,
    INVALID_TOKEN,
    MAINTENANCE,
    NO_FUNCTION,
    NO_PERMISSION,
    UNCONFIRMED,
    UNKNOWN_FUNCTION,
    Fault,
    FaultKind,
)

ACCESS_401 = replace(ACCESS, status=401)
MAINTENANCE_SECONDS = 60
"""When a caller should come again during maintenance: nobody knows how long it will last."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule. `passes`, `cause` and `remedy` may take for granted that every earlier check passed.

    `reachable` says whether its subject exists, for explaining past a Denial.
    """

    number: str
    name: str
    passes: Callable[[Facts], bool]
    kind: FaultKind
    cause: Callable[[Facts], str]
    remedy: Callable[[Facts], str]
    reachable: Callable[[Facts], bool] = lambda facts: facts.identity is not None


class Denial(Fault):
    """The Check that failed, over these Facts, as the Fault that the caller gets."""

    def __init__(self, check: Check, facts: Facts) -> None:
        challenge = check.number == "4t" and facts.prefix is None
        super().__init__(
            check.kind,
            check.cause(facts),
            check.kind.message,
            retry_after=MAINTENANCE_SECONDS if check.kind is MAINTENANCE else None,
            challenge=challenge,
        )
        self.check = check
        self.facts = facts


class Outcome(StrEnum):
    """What a Check says when asked on its own."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of an explanation; cause and remedy are empty unless the check failed."""

    number: str
    name: str
    outcome: Outcome
    cause: str = ""
    remedy: str = ""


def _who(facts: Facts) -> Identity:
    """The identity, for checks behind 4t."""
    assert facts.identity is not None  # noqa: S101  (check 4t passed, or `reachable` said so)
    return facts.identity


def _entry(facts: Facts) -> MembershipFacts | None:
    return _who(facts).service.membership


def _passed(until: datetime | None, now: datetime) -> bool:
    return until is not None and until < now


def _day(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC" if instant else "never"


def _capability(facts: Facts) -> str:
    return f"webservice/{facts.protocol}:use"


def _missing(facts: Facts) -> list[str]:
    identity = _who(facts)
    return [each for each in facts.requires if not identity.can(each)]


def _always(facts: Facts) -> bool:  # noqa: ARG001
    return True


def _service(facts: Facts) -> str:
    service = _who(facts).service
    return service.shortname or service.name


CHECKS: tuple[Check, ...] = (
    Check(
        "1",
        "web services are enabled",
        lambda f: f.settings.webservices,
        ACCESS,
        lambda _: "Web services are disabled on this site (the setting webservices is off)",
        lambda _: "gateway config set webservices true",
        _always,
    ),
    Check(
        "2",
        "the protocol is enabled",
        lambda f: f.protocol in f.settings.protocols,
        ACCESS,
        lambda f: f"The protocol {f.protocol} is disabled (the setting protocols does not list it)",
        lambda f: f"gateway config set protocols {','.join(sorted(f.settings.protocols | {f.protocol}))}",
        _always,
    ),
    Check(
        "4t",
        "the token is known",
        lambda f: f.identity is not None,
        INVALID_TOKEN,
        lambda f: (
            "No token came with the call"
            if f.prefix is None
            else f"No token begins with {f.prefix} and matches: it was mistyped, revoked, or is another site's"
        ),
        lambda _: "gateway token create --user USER --service SERVICE",
        _always,
    ),
    Check(
        "5t",
        "the token has not expired",
        lambda f: not _passed(_who(f).token.valid_until, f.now),
        ACCESS_401,
        lambda f: f"The token {_who(f).token.prefix}... expired on {_day(_who(f).token.valid_until)}",
        lambda f: f"gateway token create --user {_who(f).user.username} --service {_service(f)}",
    ),
    Check(
        "7t",
        "the token admits the address",
        lambda f: admits(_who(f).token.ip_restriction, f.address),
        ACCESS,
        lambda f: (
            f"The token {_who(f).token.prefix}... admits only {_who(f).token.ip_restriction}, not {f.address}"
        ),
        lambda f: (
            f"gateway token create --user {_who(f).user.username} --service {_service(f)} --ip {f.address}"
        ),
    ),
    Check(
        "8",
        "the site is not in maintenance, or the user may bypass it",
        lambda f: not f.settings.maintenance or _who(f).can("moodle/site:config"),
        MAINTENANCE,
        lambda _: (
            "The site is in maintenance (the setting maintenance), which only moodle/site:config bypasses"
        ),
        lambda _: "gateway config set maintenance false",
    ),
    Check(
        "9",
        "the user is not deleted",
        lambda f: not _who(f).user.deleted,
        ACCESS,
        lambda f: f"The user {_who(f).user.username} was deleted",
        lambda f: f"gateway token revoke {_who(f).token.id}",
    ),
    Check(
        "10",
        "the user is confirmed",
        lambda f: _who(f).user.confirmed,
        UNCONFIRMED,
        lambda f: f"The user {_who(f).user.username} has not confirmed his account",
        lambda f: f"the user {_who(f).user.username} confirms the account, or an administrator does",
    ),
    Check(
        "11",
        "the user is not suspended",
        lambda f: not _who(f).user.suspended,
        ACCESS,
        lambda f: f"The user {_who(f).user.username} is suspended",
        lambda f: f"an administrator ends the suspension of {_who(f).user.username}",
    ),
    Check(
        "14",
        "the user may use the protocol",
        lambda f: _who(f).can(_capability(f)),
        ACCESS,
        lambda f: (
            f"The user {_who(f).user.username} lacks the capability {_capability(f)} in the system context"
        ),
        lambda f: f"a role of {_who(f).user.username} in the system context allows {_capability(f)}",
    ),
    Check(
        "15",
        "a function is named",
        lambda f: bool(f.function),
        NO_FUNCTION,
        lambda _: "The call names no function",
        lambda _: "name the function to call; `gateway functions` lists them",
        _always,
    ),
    Check(
        "16",
        "the function is known",
        lambda f: f.known,
        UNKNOWN_FUNCTION,
        lambda f: f"No function is called {f.function}",
        lambda _: "gateway functions",
        lambda f: bool(f.function),
    ),
    Check(
        "17",
        "the service is enabled",
        lambda f: _who(f).service.enabled,
        ACCESS,
        lambda f: f"The service {_service(f)} is disabled",
        lambda f: f"an administrator enables the service {_service(f)}",
    ),
    Check(
        "18",
        "the user has the service's required capability",
        lambda f: (
            not _who(f).service.required_capability or _who(f).can(_who(f).service.required_capability or "")
        ),
        ACCESS,
        lambda f: (
            f"The service {_service(f)} requires the capability {_who(f).service.required_capability}, "
            f"which the user {_who(f).user.username} lacks in the system context"
        ),
        lambda f: (
            f"a role of {_who(f).user.username} in the system context allows "
            f"{_who(f).service.required_capability}"
        ),
    ),
    Check(
        "19",
        "the user is listed, if the service is restricted",
        lambda f: not _who(f).service.restricted or _entry(f) is not None,
        ACCESS,
        lambda f: (
            f"The service {_service(f)} is restricted, and {_who(f).user.username} is not among its users"
        ),
        lambda f: f"an administrator adds {_who(f).user.username} to the users of {_service(f)}",
    ),
    Check(
        "20",
        "the entry of the listed user has not expired",
        lambda f: not _who(f).service.restricted or not _passed(_listed(f).valid_until, f.now),
        ACCESS,
        lambda f: (
            f"{_who(f).user.username} might use the service {_service(f)} until {_day(_listed(f).valid_until)}"
        ),
        lambda f: f"an administrator extends the entry of {_who(f).user.username} in {_service(f)}",
        lambda f: f.identity is not None and _entry(f) is not None,
    ),
    Check(
        "21",
        "the entry of the listed user admits the address",
        lambda f: not _who(f).service.restricted or admits(_listed(f).ip_restriction, f.address),
        ACCESS,
        lambda f: (
            f"{_who(f).user.username} may use the service {_service(f)} only from {_listed(f).ip_restriction}, "
            f"not from {f.address}"
        ),
        lambda f: (
            f"an administrator adds {f.address} to the entry of {_who(f).user.username} in {_service(f)}"
        ),
        lambda f: f.identity is not None and _entry(f) is not None,
    ),
    Check(
        "22",
        "the function is in the service",
        lambda f: f.function in _who(f).service.functions,
        ACCESS,
        lambda f: f"The function {f.function} is not in the service {_service(f)} of this token",
        lambda f: f"an administrator adds {f.function} to the service {_service(f)}",
        lambda f: f.identity is not None and f.known,
    ),
    Check(
        "25",
        "the user has the capabilities that the function requires",
        lambda f: not f.requires or not _missing(f),
        NO_PERMISSION,
        lambda f: (
            f"The user {_who(f).user.username} lacks the capability {_missing(f)[0]} in the system context, "
            f"which {f.function} requires"
        ),
        lambda f: f"a role of {_who(f).user.username} in the system context allows {_missing(f)[0]}",
        lambda f: f.identity is not None and f.known,
    ),
)


def _listed(facts: Facts) -> MembershipFacts:
    """The entry in a restricted service, for checks behind 19."""
    entry = _entry(facts)
    assert entry is not None  # noqa: S101  (check 19 passed, or `reachable` said so)
    return entry


def _between(first: str, last: str) -> tuple[Check, ...]:
    numbers = [check.number for check in CHECKS]
    return CHECKS[numbers.index(first) : numbers.index(last) + 1]


BEFORE_METHOD = _between("1", "22")
"""What a call passes before anybody looks at the HTTP method of a function that writes."""

AFTER_METHOD = CHECKS[len(BEFORE_METHOD) :]

ANONYMOUS_QUERY = _between("1", "2")
"""What a Query without a credential passes."""

QUERY = _between("1", "14")
"""What a Query with a credential passes."""

SERVICE = _between("17", "21")
"""Whether the caller may use his service at all."""


def enforce(facts: Facts, checks: Sequence[Check] = CHECKS) -> None:
    """Raise the Denial of the first Check that fails."""
    for check in checks:
        if not check.passes(facts):
            raise Denial(check, facts)


def explain(facts: Facts, checks: Sequence[Check] = CHECKS) -> Iterator[Finding]:
    """What every Check says over the same Facts, in order, past the first that fails too."""
    for check in checks:
        if not check.reachable(facts):
            yield Finding(check.number, check.name, Outcome.NOT_REACHED)
        elif check.passes(facts):
            yield Finding(check.number, check.name, Outcome.PASSED)
        else:
            yield Finding(check.number, check.name, Outcome.FAILED, check.cause(facts), check.remedy(facts))
