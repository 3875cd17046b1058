"""The authorization core's ordered list of Checks: pure predicates, each with its fault, cause and remedy.

Numbers are those of the design. A caller with a token passes the checks marked t, one with user name and password those
marked p.
"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from gateway.accounts.local import BACKENDS as LOCAL_BACKENDS
from gateway.addresses import admits
from gateway.facts import Facts, Identity, MembershipFacts, ServiceFacts, TokenFacts
from gateway.faults import (
    ACCESS,
    FUNCTION_REMOVED,
    INVALID_TOKEN,
    MAINTENANCE,
    MISSING_PASSWORD,
    MISSING_USERNAME,
    NO_FUNCTION,
    NO_PERMISSION,
    RATE_LIMITED,
    TOO_MANY_ATTEMPTS,
    UNCONFIRMED,
    UNKNOWN_FUNCTION,
    WRONG_PASSWORD,
    FaultKind,
)
from gateway.throttle import Throttled

ACCESS_401 = replace(ACCESS, status=401)
MAINTENANCE_SECONDS = 60
"""When a caller should come again during maintenance: nobody knows how long it will last."""


Predicate = Callable[[Facts], bool]
Sentence = Callable[[Facts], str]


def _identified(facts: Facts) -> bool:
    return facts.identity is not None


@dataclass(frozen=True, slots=True)
class Check:
    """One rule. `passes`, `cause` and `remedy` may take for granted that every earlier check passed.

    `reachable` says whether its subject exists, for explaining past a Denial. `retry_after` gives seconds.
    """

    number: str
    name: str
    passes: Predicate
    kind: FaultKind
    cause: Sentence
    remedy: Sentence
    reachable: Predicate = _identified
    retry_after: Callable[[Facts], int | None] = lambda facts: None  # noqa: ARG005

    @property
    def method(self) -> str | None:
        """The only method that it is for: "token", "password", or None for both."""
        return {"t": "token", "p": "password"}.get(self.number[-1])


def _who(facts: Facts) -> Identity:
    """The identity, for checks behind 4t."""
    assert facts.identity is not None  # noqa: S101  (check 4t passed, or `reachable` said so)
    return facts.identity


def _service(facts: Facts) -> ServiceFacts:
    """The service in question, for checks behind 4t and 7p that found one."""
    assert facts.service is not None  # noqa: S101  (`_of_service` looked)
    return facts.service


def _of_service(passes: Callable[[ServiceFacts, Facts], bool]) -> Predicate:
    """A predicate over the service in question; true when there is none, which check 22 says."""
    return lambda facts: facts.service is None or passes(facts.service, facts)


def _has_service(facts: Facts) -> bool:
    return facts.identity is not None and facts.service is not None


def _has_entry(facts: Facts) -> bool:
    return facts.service is not None and facts.service.membership is not None


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


def _title(facts: Facts) -> str:
    service = _service(facts)
    return service.shortname or service.name


def _of_services(cause: Sentence) -> Sentence:
    """The cause of one service, or why each of a password caller's services did not pass."""
    return lambda facts: "; ".join(facts.refusals) if len(facts.refusals) > 1 else cause(facts)


def _token(facts: Facts) -> TokenFacts:
    token = _who(facts).token
    assert token is not None  # noqa: S101  (only checks of the method "token" look)
    return token


def _login_lasts(facts: Facts) -> bool:
    return not _login_ended(facts)


def _login_ended(facts: Facts) -> str:
    """Why the login that a token stands for is over; empty if it lasts, or if the token is of no login."""
    token = _token(facts)
    if token.kind != "session":
        return ""
    session = token.session
    if session is None:
        return "is not known any more"
    if session.expires_at <= facts.now:
        return f"ended on {_day(session.expires_at)}"
    if session.used_at + timedelta(minutes=facts.settings.session_idle_minutes) <= facts.now:
        return f"ended unused: it was used last on {_day(session.used_at)}"
    return ""


def _new_token(facts: Facts) -> str:
    if _token(facts).service_id is None:
        return "log in anew"
    return _command("token", "create", "--user", _name(facts), "--service", _title(facts))


def _token_counts(facts: Facts) -> bool:
    return facts.method == "token" and facts.identity is not None


def _password_came(facts: Facts) -> bool:
    return facts.method == "password"


def _password_tried(facts: Facts) -> bool:
    """Whether the password was looked at: only if every earlier check passed."""
    return facts.identity is not None or all(
        check.passes(facts) for check in _BEFORE_PASSWORD if check.method != "token"
    )


def _expiry(facts: Facts) -> datetime | None:
    """When the user's password stops being valid: as the directory said, or by the site's age limit."""
    user, days = _who(facts).user, facts.settings.password_max_age_days
    if user.password_expires_at is not None:
        return user.password_expires_at
    if user.auth != "manual" or not days or user.password_changed_at is None:
        return None
    return user.password_changed_at + timedelta(days=days)


def _listed(facts: Facts) -> MembershipFacts:
    """The entry in a restricted service, for checks behind 19."""
    entry = _service(facts).membership
    assert entry is not None  # noqa: S101  (check 19 passed, or `reachable` said so)
    return entry


def _name(facts: Facts) -> str:
    return _who(facts).user.username


def _command(*words: str) -> str:
    """A remedy as it can be pasted into a shell: names are quoted where they must be."""
    return shlex.join(["gateway", *words])


def _allow(facts: Facts, capability: str) -> str:
    command = _command("role", "allow", "ROLE", capability)
    name = _name(facts)
    return f"{command}, ROLE being one that {name} has ({_command('user', 'show', name)})"


def _admit_too(restriction: str | None, facts: Facts) -> str:
    return f"{restriction},{facts.address}" if restriction else facts.address


def _raise_limits(facts: Facts) -> str:
    identity, service = _who(facts), facts.service
    holders = (
        ("user", identity.user.username, identity.user.rate_limit),
        ("service", _title(facts) if service else "", service.rate_limit if service else None),
        ("token", str(identity.token.id) if identity.token else "", _limit(identity.token)),
    )
    commands = [
        _command(kind, "change", name, "--rate-limit", str(2 * limit))
        for kind, name, limit in holders
        if limit
    ]
    return " or ".join([*commands, "wait"])


def _limit(token: TokenFacts | None) -> int | None:
    return token.rate_limit if token is not None else None


def _removal(facts: Facts) -> date | None:
    return facts.deprecated.removal if facts.deprecated is not None else None


def _replacement(facts: Facts) -> str:
    replacement = facts.deprecated.replacement if facts.deprecated is not None else None
    return f"call {replacement} instead" if replacement else "nothing replaces it"


def _seconds(throttled: Throttled | None) -> int | None:
    return throttled.retry_after if throttled is not None else None


def _what(throttled: Throttled | None) -> str:
    return f"{throttled.what}; try again in {throttled.retry_after} seconds" if throttled is not None else ""


CHECKS: tuple[Check, ...] = (
    Check(
        "1",
        "web services are enabled",
        lambda f: f.settings.webservices,
        ACCESS,
        lambda _: "Web services are disabled on this site (the setting webservices is off)",
        lambda _: _command("config", "set", "webservices", "true"),
        _always,
    ),
    Check(
        "2",
        "the protocol is enabled",
        lambda f: f.protocol in f.settings.protocols,
        ACCESS,
        lambda f: f"The protocol {f.protocol} is disabled (the setting protocols does not list it)",
        lambda f: _command("protocol", "enable", f.protocol),
        _always,
    ),
    Check(
        "3",
        "a password, or an unknown token, is not throttled",
        lambda f: f.throttled is None or _token_counts(f),
        TOO_MANY_ATTEMPTS,
        lambda f: f"Credentials are not tried: {_what(f.throttled)}",
        lambda _: "wait, or call with a known token, which is not throttled",
        _always,
        lambda f: _seconds(f.throttled),
    ),
    Check(
        "4t",
        "the token is known",
        _identified,
        INVALID_TOKEN,
        lambda f: (
            "No token came with the call"
            if f.prefix is None
            else f"No token begins with {f.prefix} and matches: it was mistyped, revoked, or is another site's"
        ),
        lambda _: _command("token", "create", "--user", "USER", "--service", "SERVICE"),
        lambda f: f.method == "token",
    ),
    Check(
        "5t",
        "the token has not expired",
        lambda f: not _passed(_token(f).valid_until, f.now),
        ACCESS_401,
        lambda f: f"The token {_token(f).prefix}... expired on {_day(_token(f).valid_until)}",
        _new_token,
        _token_counts,
    ),
    Check(
        "6t",
        "the login that the token stands for lasts",
        _login_lasts,
        ACCESS_401,
        lambda f: f"The login of the token {_token(f).prefix}... {_login_ended(f)}",
        lambda _: "log in anew",
        _token_counts,
    ),
    Check(
        "7t",
        "the token admits the address",
        lambda f: admits(_token(f).ip_restriction, f.address),
        ACCESS,
        lambda f: f"The token {_token(f).prefix}... admits only {_token(f).ip_restriction}, not {f.address}",
        lambda f: _command(
            "token", "change", str(_token(f).id), "--ip", _admit_too(_token(f).ip_restriction, f)
        ),
        _token_counts,
    ),
    Check(
        "4p",
        "calls may come with a password",
        lambda f: f.settings.passwords,
        ACCESS,
        lambda _: "Calls with user name and password are disabled (the setting passwords is off)",
        lambda _: _command("config", "set", "passwords", "true"),
        _password_came,
    ),
    Check(
        "5p",
        "a user name came",
        lambda f: bool(f.username),
        MISSING_USERNAME,
        lambda f: (
            "A password came, but no user name" if f.password_given else "Neither user name nor password came"
        ),
        lambda _: "send the user name",
        _password_came,
    ),
    Check(
        "6p",
        "a password came",
        lambda f: f.password_given,
        MISSING_PASSWORD,
        lambda f: f"The user name {f.username[:100]} came, but no password",
        lambda _: "send the password",
        _password_came,
    ),
    Check(
        "7p",
        "the password is right",
        _identified,
        WRONG_PASSWORD,
        lambda f: f"There is no user {f.username[:100]}, or the password is not his",
        lambda f: _command("user", "password", f.username[:100]),
        _password_tried,
    ),
    Check(
        "8",
        "the site is not in maintenance, or the user may bypass it",
        lambda f: not f.settings.maintenance or _who(f).can("moodle/site:config"),
        MAINTENANCE,
        lambda _: (
            "The site is in maintenance (the setting maintenance), which only moodle/site:config bypasses"
        ),
        lambda _: _command("config", "set", "maintenance", "false"),
        retry_after=lambda _: MAINTENANCE_SECONDS,
    ),
    Check(
        "9",
        "the user is not deleted",
        lambda f: not _who(f).user.deleted,
        ACCESS,
        lambda f: f"The user {_name(f)} was deleted",
        lambda _: "gateway user create USER, by a name that nobody had, and a token for the new user",
    ),
    Check(
        "10",
        "the user is confirmed",
        lambda f: _who(f).user.confirmed,
        UNCONFIRMED,
        lambda f: f"The user {_name(f)} has not confirmed his account",
        lambda f: _command("user", "change", _name(f), "--confirmed"),
    ),
    Check(
        "11",
        "the user is not suspended",
        lambda f: not _who(f).user.suspended,
        ACCESS,
        lambda f: f"The user {_name(f)} is suspended",
        lambda f: _command("user", "change", _name(f), "--not-suspended"),
    ),
    Check(
        "12",
        "the password has not expired, and no change is due",
        lambda f: not _who(f).user.force_password_change and not _passed(_expiry(f), f.now),
        ACCESS,
        lambda f: (
            f"The user {_name(f)} must change his password first"
            if _who(f).user.force_password_change
            else f"The password of {_name(f)} expired on {_day(_expiry(f))}"
        ),
        lambda f: (
            _command("user", "password", _name(f))
            if _who(f).user.auth in LOCAL_BACKENDS
            else f"{_name(f)} changes it where the backend {_who(f).user.auth} has it, and comes with it once"
        ),
    ),
    Check(
        "13",
        "the account's authentication lets it call",
        lambda f: f.may_call and _who(f).user.auth in f.settings.auth,
        ACCESS,
        lambda f: (
            f"The authentication {_who(f).user.auth} of {_name(f)} "
            + ("is disabled (the setting auth does not list it)" if f.may_call else "lets nobody call")
        ),
        lambda f: (
            _command("config", "set", "auth", ",".join(sorted(f.settings.auth | {_who(f).user.auth})))
            if f.may_call
            else _command("user", "change", _name(f), "--auth", "manual")
        ),
    ),
    Check(
        "14",
        "the user may use the protocol",
        lambda f: _who(f).can(_capability(f)),
        ACCESS,
        lambda f: f"The user {_name(f)} lacks the capability {_capability(f)} in the system context",
        lambda f: _allow(f, _capability(f)),
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
        _of_service(lambda service, _: service.enabled),
        ACCESS,
        _of_services(lambda f: f"The service {_title(f)} is disabled"),
        lambda f: _command("service", "change", _title(f), "--enabled"),
        _has_service,
    ),
    Check(
        "18",
        "the user has the service's required capability",
        _of_service(lambda s, f: not s.required_capability or _who(f).can(s.required_capability)),
        ACCESS,
        _of_services(
            lambda f: (
                f"The service {_title(f)} requires the capability {_service(f).required_capability}, "
                f"which the user {_name(f)} lacks in the system context"
            )
        ),
        lambda f: _allow(f, _service(f).required_capability or ""),
        _has_service,
    ),
    Check(
        "19",
        "the user is listed, if the service is restricted",
        _of_service(lambda service, _: not service.restricted or service.membership is not None),
        ACCESS,
        _of_services(
            lambda f: f"The service {_title(f)} is restricted, and {_name(f)} is not among its users"
        ),
        lambda f: _command("service", "authorise", _title(f), _name(f)),
        _has_service,
    ),
    Check(
        "20",
        "the entry of the listed user has not expired",
        _of_service(lambda service, f: not service.restricted or not _passed(_listed(f).valid_until, f.now)),
        ACCESS,
        _of_services(
            lambda f: f"{_name(f)} might use the service {_title(f)} until {_day(_listed(f).valid_until)}"
        ),
        lambda f: _command("service", "authorise", _title(f), _name(f), "--days", "365"),
        _has_entry,
    ),
    Check(
        "21",
        "the entry of the listed user admits the address",
        _of_service(
            lambda service, f: not service.restricted or admits(_listed(f).ip_restriction, f.address)
        ),
        ACCESS,
        _of_services(
            lambda f: (
                f"{_name(f)} may use the service {_title(f)} only from {_listed(f).ip_restriction}, "
                f"not from {f.address}"
            )
        ),
        lambda f: _command(
            *("service", "authorise", _title(f), _name(f)),
            *("--ip", _admit_too(_listed(f).ip_restriction, f)),
        ),
        _has_entry,
    ),
    Check(
        "22",
        "the function is in the service",
        lambda f: f.service is not None and f.function in f.service.functions,
        ACCESS,
        lambda f: (
            f"The function {f.function} is not in the service {_title(f)} of this token"
            if f.service is not None
            else f"The function {f.function} is in no service"
        ),
        lambda f: _command("service", "add", _title(f) if f.service else "SERVICE", f.function or ""),
        lambda f: f.identity is not None and f.known,
    ),
    Check(
        "23",
        "the function is not removed",
        lambda f: f.deprecated is None or not f.deprecated.removed_by(f.now),
        FUNCTION_REMOVED,
        lambda f: f"The function {f.function} was removed on {_removal(f)}; {_replacement(f)}",
        lambda f: f"change the caller: {_replacement(f)}",
        lambda f: f.known,
    ),
    Check(
        "24",
        "no rate limit is passed",
        lambda f: f.limited is None,
        RATE_LIMITED,
        lambda f: f"More than {_what(f.limited)}",
        _raise_limits,
        _identified,
        lambda f: _seconds(f.limited),
    ),
    Check(
        "25",
        "the user has the capabilities that the function requires",
        lambda f: not f.requires or not _missing(f),
        NO_PERMISSION,
        lambda f: (
            f"The user {_name(f)} lacks the capability {_missing(f)[0]} in the system context, "
            f"which {f.function} requires"
        ),
        lambda f: _allow(f, _missing(f)[0]),
        lambda f: f.identity is not None and f.known,
    ),
)

_BEFORE_PASSWORD = CHECKS[: [check.number for check in CHECKS].index("7p")]
