"""The authorization core: the list of Checks (checks.py), enforced or explained over the same Facts.

Nothing else in the gateway decides who may call.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from gateway.checks import CHECKS, Check
from gateway.facts import Facts, ServiceFacts
from gateway.faults import Fault
from gateway.registry import Function
from gateway.subjects import first_failure

__all__ = ["CHECKS", "Check"]


class Denial(Fault):
    """The Check that failed, over these Facts, as the Fault that the caller gets."""

    def __init__(self, check: Check, facts: Facts) -> None:
        asks = check.number == "4t" and facts.prefix is None
        super().__init__(
            check.kind,
            check.cause(facts),
            check.kind.message,
            retry_after=check.retry_after(facts),
            challenge=challenge(facts) if asks else "",
        )
        self.check = check
        self.check_number = check.number
        self.facts = facts


def challenge(facts: Facts) -> str:
    """What asks a caller without a credential for one (RFC 9110 section 11.6.1): Basic only where passwords count."""
    basic = 'Basic realm="Manifold", charset="UTF-8", ' if facts.settings.passwords else ""
    return f'{basic}Bearer realm="Manifold"'


class Outcome(StrEnum):
    """What a Check says when asked on its own."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of an explanation: cause and remedy of a check that failed, or why it was not reached, where known."""

    number: str
    name: str
    outcome: Outcome
    cause: str = ""
    remedy: str = ""


class _Section:
    """A part of the list for one method, and the position of the first that fails, if any does."""

    def __init__(self, ranges: Sequence[tuple[str, str]], method: str) -> None:
        numbers = [check.number for check in CHECKS]
        ends = [(numbers.index(first), numbers.index(last)) for first, last in ranges]
        chosen = (check for first, last in ends for check in CHECKS[first : last + 1])
        self.checks = tuple(check for check in chosen if check.method in (None, method))
        self.first_failure = first_failure([check.passes for check in self.checks])


class Stage(Enum):
    """Parts of the list, as ranges of numbers: what is enforced before something else happens."""

    BEFORE_PASSWORD = (("1", "6p"),)
    """What credentials pass before a password is hashed."""
    BEFORE_METHOD = (("1", "22"),)
    """What a call passes before anybody looks at the HTTP method of a function that writes, and counts it."""
    AFTER_METHOD = (("23", "25"),)
    ANONYMOUS_QUERY = (("1", "2"),)
    """What a Query without a credential passes."""
    QUERY = (("1", "14"),)
    """What a Query with a credential passes."""
    SERVICE = (("17", "21"),)
    """Whether a caller may use a service at all."""
    TOKEN_BEFORE_PASSWORD = (("1", "1"), ("3", "6p"))
    TOKEN = (("1", "1"), ("3", "13"))
    """What passes who asks for a token; then SERVICE, and the right to make tokens."""
    LOGIN = (("3", "3"), ("5p", "6p"))
    """What passes a password at Moodle's token script, which has an order of its own (token_script.py)."""
    ALL = (("1", "25"),)

    def __init__(self, *ranges: tuple[str, str]) -> None:
        self.of_token = _Section(ranges, "token")
        self.of_password = _Section(ranges, "password")

    def section(self, facts: Facts) -> _Section:
        """The Checks of this stage that such a caller passes."""
        return self.of_token if facts.method == "token" else self.of_password


_LOGIN_LASTS = next(check for check in CHECKS if check.number == "6t")


def enforce(facts: Facts, stage: Stage = Stage.ALL) -> None:
    """Raise the Denial of the first Check that fails."""
    section = stage.section(facts)
    failure = section.first_failure(facts)
    if failure is not None:
        raise Denial(section.checks[failure], facts)


def explain(facts: Facts, stage: Stage = Stage.ALL) -> Iterator[Finding]:
    """What every Check says over the same Facts, in order, past the first that fails too."""
    for check in stage.section(facts).checks:
        if not check.reachable(facts):
            yield Finding(check.number, check.name, Outcome.NOT_REACHED)
        elif check.passes(facts):
            yield Finding(check.number, check.name, Outcome.PASSED)
        else:
            yield Finding(check.number, check.name, Outcome.FAILED, check.cause(facts), check.remedy(facts))


def lasts(facts: Facts) -> bool:
    """Whether the login lasts that a known token stands for (check 6t); a token of no login passes."""
    return _LOGIN_LASTS.passes(facts)


def usable_services(facts: Facts) -> Iterator[ServiceFacts]:
    """The services of the caller that take him (checks 17 to 21)."""
    first_failure = Stage.SERVICE.section(facts).first_failure
    for service in facts.identity.services if facts.identity else ():
        facts.service = service
        if first_failure(facts) is None:
            yield service


def name_function(facts: Facts, name: str | None, function: Function | None) -> None:
    """Put the function in question into the Facts: its name, and what the registry has of that name, if anything."""
    facts.function = name
    facts.known = function is not None
    if function is not None:
        facts.requires, facts.deprecated = function.requires, function.deprecated


def choose_service(facts: Facts) -> None:
    """Put the service in question into the Facts: a token's, or the first that takes who came without one.

    If none of those that hold the function passes, the Facts name the first failing check of each, and the service that
    came furthest.
    """
    identity = facts.identity
    if identity is None:
        return
    facts.service = identity.service
    if facts.service is not None:
        return
    section = Stage.SERVICE.section(facts)
    best: tuple[int, ServiceFacts | None] = (-1, None)
    refusals: list[str] = []
    for service in identity.services:
        if facts.function not in service.functions:
            continue
        facts.service = service
        failure = section.first_failure(facts)
        if failure is None:
            return
        refusals.append(section.checks[failure].cause(facts))
        best = max(best, (failure, service), key=lambda each: each[0])
    facts.service, facts.refusals = best[1], tuple(refusals)
