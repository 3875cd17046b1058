"""What the Checks speak of: parts of the Facts, and words for them.

Each may take for granted what the checks before its own have passed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from gateway.facts import Facts, Identity, MembershipFacts, ServiceFacts, TokenFacts, UserFacts
from gateway.source import compile_source
from gateway.throttle import Throttled

Predicate = Callable[[Facts], bool]
Sentence = Callable[[Facts], str]
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Rule:
    """A predicate over one part of the Facts, and over all of them: what `of_user` and its like make."""

    subject: "Subject[Any]"
    holds: Callable[[Any, Facts], bool]

    def __call__(self, facts: Facts) -> bool:
        """Whether it passes, as of any other predicate."""
        return not self.subject.is_there(facts) or self.holds(self.subject.find(facts), facts)

    def failure(self, name: str) -> str:
        """The condition in Python under which it fails, `name` being the predicate."""
        fails = f"not {name}({self.subject.part}, facts)"
        return f"{self.subject.where} and {fails}" if self.subject.where else fails


class Subject(Generic[Part]):
    """A part of the Facts that Rules speak of; called with a predicate over it, it makes a Rule.

    `part` says in Python where it lies in `facts`, `where` under which condition it is looked at: where that does not
    hold, the Rules pass.
    """

    def __init__(self, part: str, where: str = "") -> None:
        self.part = part
        self.where = where
        source = ["def find(facts):", f"    return {part}"]
        source += ["def is_there(facts):", f"    return {where or True}"]
        compiled = compile_source(f"where {part} is", source, {})
        self.find: Callable[[Facts], Part] = compiled["find"]
        self.is_there: Predicate = compiled["is_there"]

    def __call__(self, holds: Callable[[Part, Facts], bool]) -> Rule:
        """The Rule that a predicate over the part makes."""
        return Rule(self, holds)


of_identity = Subject[Identity]("facts.identity")
of_user = Subject[UserFacts]("facts.identity.user")
of_token = Subject[TokenFacts]("facts.identity.token")
of_login = Subject[TokenFacts]("facts.identity.token", 'facts.identity.token.kind == "session"')
"""The token of a login."""
of_service = Subject[ServiceFacts]("facts.service", "facts.service is not None")
"""The service in question; where there is none, check 22 says so."""
of_restricted_service = Subject[ServiceFacts](
    "facts.service", "facts.service is not None and facts.service.restricted"
)


def first_failure(predicates: Sequence[Predicate]) -> Callable[[Facts], int | None]:
    """One function that evaluates predicates in order, and gives the position of the first that fails, or None.

    Straight-line code that looks parts up itself: every call passes twenty of them.
    """
    names = {f"p{n}": each.holds if isinstance(each, Rule) else each for n, each in enumerate(predicates)}
    lines = ["def first_failure(facts):"]
    for n, each in enumerate(predicates):
        fails = each.failure(f"p{n}") if isinstance(each, Rule) else f"not p{n}(facts)"
        lines += [f"    if {fails}: return {n}"]
    compiled: Callable[[Facts], int | None] = compile_source(
        f"first failure of {len(lines) - 1} checks", [*lines, "    return None"], names
    )["first_failure"]
    return compiled


def identity_of(facts: Facts) -> Identity:
    """The identity, for checks behind 4t."""
    assert facts.identity is not None  # noqa: S101  (check 4t passed, or `reachable` said so)
    return facts.identity


def service_of(facts: Facts) -> ServiceFacts:
    """The service in question, for checks behind 4t and 7p that found one."""
    assert facts.service is not None  # noqa: S101  (`of_service` looked)
    return facts.service


def has_service(facts: Facts) -> bool:
    """Whether there is a service in question."""
    return facts.identity is not None and facts.service is not None


def has_entry(facts: Facts) -> bool:
    """Whether the user has an entry in the service in question."""
    return facts.service is not None and facts.service.membership is not None


def is_past(until: datetime | None, now: datetime) -> bool:
    """Whether a date is over; None never is."""
    return until is not None and until < now


def instant_text(instant: datetime | None) -> str:
    """An instant for people, in UTC."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC" if instant else "never"


def use_capability(facts: Facts) -> str:
    """What whoever uses the protocol must hold."""
    return f"webservice/{facts.protocol}:use"


def missing_capabilities(facts: Facts) -> list[str]:
    """What the function requires and the user does not hold."""
    identity = identity_of(facts)
    return [each for each in facts.requires if not identity.can(each)]


def service_name(facts: Facts) -> str:
    """What commands and causes call the service in question."""
    service = service_of(facts)
    return service.shortname or service.name


def of_services(cause: Sentence) -> Sentence:
    """The cause of one service, or why each of a password caller's services did not pass."""
    return lambda facts: "; ".join(facts.refusals) if len(facts.refusals) > 1 else cause(facts)


def token_of(facts: Facts) -> TokenFacts:
    """The token that came, for checks of the method "token" behind 4t."""
    token = identity_of(facts).token
    assert token is not None  # noqa: S101  (only checks of the method "token" look)
    return token


def login_ended(token: TokenFacts, facts: Facts) -> str:
    """Why the login is over that a token of kind "session" stands for; empty if it lasts."""
    session = token.session
    if session is None:
        return "is not known any more"
    if session.expires_at <= facts.now:
        return f"ended on {instant_text(session.expires_at)}"
    if session.used_at + timedelta(minutes=facts.settings.session_idle_minutes) <= facts.now:
        return f"ended unused: it was used last on {instant_text(session.used_at)}"
    return ""


def token_counts(facts: Facts) -> bool:
    """Whether a token came that is known."""
    return facts.method == "token" and facts.identity is not None


def password_came(facts: Facts) -> bool:
    """Whether user name or password came."""
    return facts.method == "password"


def password_expiry(user: UserFacts, facts: Facts) -> datetime | None:
    """When a user's password stops being valid: as the directory said, or by the site's age limit."""
    days = facts.settings.password_max_age_days
    if user.password_expires_at is not None:
        return user.password_expires_at
    if user.auth != "manual" or not days or user.password_changed_at is None:
        return None
    return user.password_changed_at + timedelta(days=days)


def entry_of(facts: Facts) -> MembershipFacts:
    """The entry in a restricted service, for checks behind 19."""
    entry = service_of(facts).membership
    assert entry is not None  # noqa: S101  (check 19 passed, or `reachable` said so)
    return entry


def username(facts: Facts) -> str:
    """The name of the user who calls."""
    return identity_of(facts).user.username


def removal_date(facts: Facts) -> date | None:
    """When a deprecated function goes, if it is one."""
    return facts.deprecated.removal if facts.deprecated is not None else None


def replacement_text(facts: Facts) -> str:
    """What to do instead of calling a function that is removed."""
    replacement = facts.deprecated.replacement if facts.deprecated is not None else None
    return f"call {replacement} instead" if replacement else "nothing replaces it"


def seconds_of(throttled: Throttled | None) -> int | None:
    """How many seconds a throttled caller should wait."""
    return throttled.retry_after if throttled is not None else None


def throttled_by(throttled: Throttled | None) -> str:
    """What was too often, and for how long."""
    return f"{throttled.what}; try again in {throttled.retry_after} seconds" if throttled is not None else ""
