"""The authorization core's ordered list of Checks: pure predicates, each with its fault, cause and remedy.

Numbers are those of the design. A caller with a token passes the checks marked t, one with user name and password those
marked p.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.accounts.local import BACKENDS as LOCAL_BACKENDS
from gateway.addresses import admits
from gateway.facts import Facts
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
from gateway.remedies import admit_too, allow, command, new_token, raise_limits
from gateway.subjects import (
    Predicate,
    Sentence,
    entry_of,
    has_entry,
    has_service,
    identity_of,
    instant_text,
    is_past,
    login_ended,
    missing_capabilities,
    of_identity,
    of_login,
    of_restricted_service,
    of_service,
    of_services,
    of_token,
    of_user,
    password_came,
    password_expiry,
    removal_date,
    replacement_text,
    seconds_of,
    service_name,
    service_of,
    throttled_by,
    token_counts,
    token_of,
    use_capability,
    username,
)

ACCESS_401 = replace(ACCESS, status=401)
MAINTENANCE_SECONDS = 60
"""When a caller should come again during maintenance: nobody knows how long it will last."""


def _identified(facts: Facts) -> bool:
    return facts.identity is not None


def _always(facts: Facts) -> bool:  # noqa: ARG001
    return True


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


def _password_tried(facts: Facts) -> bool:
    """Whether the password was looked at: only if every earlier check passed."""
    return facts.identity is not None or all(
        check.passes(facts) for check in _BEFORE_PASSWORD if check.method != "token"
    )


CHECKS: tuple[Check, ...] = (
    Check(
        "1",
        "web services are enabled",
        lambda f: f.settings.webservices,
        ACCESS,
        lambda _: "Web services are disabled on this site (the setting webservices is off)",
        lambda _: command("config", "set", "webservices", "true"),
        _always,
    ),
    Check(
        "2",
        "the protocol is enabled",
        lambda f: f.protocol in f.settings.protocols,
        ACCESS,
        lambda f: f"The protocol {f.protocol} is disabled (the setting protocols does not list it)",
        lambda f: command("protocol", "enable", f.protocol),
        _always,
    ),
    Check(
        "3",
        "a password, or an unknown token, is not throttled",
        lambda f: f.throttled is None or token_counts(f),
        TOO_MANY_ATTEMPTS,
        lambda f: f"Credentials are not tried: {throttled_by(f.throttled)}",
        lambda _: "wait, or call with a known token, which is not throttled",
        _always,
        lambda f: seconds_of(f.throttled),
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
        lambda _: command("token", "create", "--user", "USER", "--service", "SERVICE"),
        lambda f: f.method == "token",
    ),
    Check(
        "5t",
        "the token has not expired",
        of_token(lambda token, f: not is_past(token.valid_until, f.now)),
        ACCESS_401,
        lambda f: f"The token {token_of(f).prefix}... expired on {instant_text(token_of(f).valid_until)}",
        new_token,
        token_counts,
    ),
    Check(
        "6t",
        "the login that the token stands for lasts",
        of_login(lambda token, f: not login_ended(token, f)),
        ACCESS_401,
        lambda f: f"The login of the token {token_of(f).prefix}... {login_ended(token_of(f), f)}",
        lambda _: "log in anew",
        token_counts,
    ),
    Check(
        "7t",
        "the token admits the address",
        of_token(lambda token, f: token.ip_restriction is None or admits(token.ip_restriction, f.address)),
        ACCESS,
        lambda f: (
            f"The token {token_of(f).prefix}... admits only {token_of(f).ip_restriction}, not {f.address}"
        ),
        lambda f: command(
            "token", "change", str(token_of(f).id), "--ip", admit_too(token_of(f).ip_restriction, f)
        ),
        token_counts,
    ),
    Check(
        "4p",
        "calls may come with a password",
        lambda f: f.settings.passwords,
        ACCESS,
        lambda _: "Calls with user name and password are disabled (the setting passwords is off)",
        lambda _: command("config", "set", "passwords", "true"),
        password_came,
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
        password_came,
    ),
    Check(
        "6p",
        "a password came",
        lambda f: f.password_given,
        MISSING_PASSWORD,
        lambda f: f"The user name {f.username[:100]} came, but no password",
        lambda _: "send the password",
        password_came,
    ),
    Check(
        "7p",
        "the password is right",
        _identified,
        WRONG_PASSWORD,
        lambda f: f"There is no user {f.username[:100]}, or the password is not his",
        lambda f: command("user", "password", f.username[:100]),
        _password_tried,
    ),
    Check(
        "8",
        "the site is not in maintenance, or the user may bypass it",
        of_identity(lambda identity, f: not f.settings.maintenance or identity.can("moodle/site:config")),
        MAINTENANCE,
        lambda _: (
            "The site is in maintenance (the setting maintenance), which only moodle/site:config bypasses"
        ),
        lambda _: command("config", "set", "maintenance", "false"),
        retry_after=lambda _: MAINTENANCE_SECONDS,
    ),
    Check(
        "9",
        "the user is not deleted",
        of_user(lambda user, _: not user.deleted),
        ACCESS,
        lambda f: f"The user {username(f)} was deleted",
        lambda _: "gateway user create USER, by a name that nobody had, and a token for the new user",
    ),
    Check(
        "10",
        "the user is confirmed",
        of_user(lambda user, _: user.confirmed),
        UNCONFIRMED,
        lambda f: f"The user {username(f)} has not confirmed his account",
        lambda f: command("user", "change", username(f), "--confirmed"),
    ),
    Check(
        "11",
        "the user is not suspended",
        of_user(lambda user, _: not user.suspended),
        ACCESS,
        lambda f: f"The user {username(f)} is suspended",
        lambda f: command("user", "change", username(f), "--not-suspended"),
    ),
    Check(
        "12",
        "the password has not expired, and no change is due",
        of_user(
            lambda user, f: not user.force_password_change and not is_past(password_expiry(user, f), f.now)
        ),
        ACCESS,
        lambda f: (
            f"The user {username(f)} must change his password first"
            if identity_of(f).user.force_password_change
            else f"The password of {username(f)} expired on {instant_text(password_expiry(identity_of(f).user, f))}"
        ),
        lambda f: (
            command("user", "password", username(f))
            if identity_of(f).user.auth in LOCAL_BACKENDS
            else f"{username(f)} changes it where the backend {identity_of(f).user.auth} has it, and comes with it once"
        ),
    ),
    Check(
        "13",
        "the account's authentication lets it call",
        of_user(lambda user, f: f.may_call and user.auth in f.settings.auth),
        ACCESS,
        lambda f: (
            f"The authentication {identity_of(f).user.auth} of {username(f)} "
            + ("is disabled (the setting auth does not list it)" if f.may_call else "lets nobody call")
        ),
        lambda f: (
            command("config", "set", "auth", ",".join(sorted(f.settings.auth | {identity_of(f).user.auth})))
            if f.may_call
            else command("user", "change", username(f), "--auth", "manual")
        ),
    ),
    Check(
        "14",
        "the user may use the protocol",
        of_identity(lambda identity, f: identity.can(use_capability(f))),
        ACCESS,
        lambda f: f"The user {username(f)} lacks the capability {use_capability(f)} in the system context",
        lambda f: allow(f, use_capability(f)),
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
        of_service(lambda service, _: service.enabled),
        ACCESS,
        of_services(lambda f: f"The service {service_name(f)} is disabled"),
        lambda f: command("service", "change", service_name(f), "--enabled"),
        has_service,
    ),
    Check(
        "18",
        "the user has the service's required capability",
        of_service(lambda s, f: not s.required_capability or identity_of(f).can(s.required_capability)),
        ACCESS,
        of_services(
            lambda f: (
                f"The service {service_name(f)} requires the capability {service_of(f).required_capability}, "
                f"which the user {username(f)} lacks in the system context"
            )
        ),
        lambda f: allow(f, service_of(f).required_capability or ""),
        has_service,
    ),
    Check(
        "19",
        "the user is listed, if the service is restricted",
        of_restricted_service(lambda service, _: service.membership is not None),
        ACCESS,
        of_services(
            lambda f: f"The service {service_name(f)} is restricted, and {username(f)} is not among its users"
        ),
        lambda f: command("service", "authorise", service_name(f), username(f)),
        has_service,
    ),
    Check(
        "20",
        "the entry of the listed user has not expired",
        of_restricted_service(lambda _, f: not is_past(entry_of(f).valid_until, f.now)),
        ACCESS,
        of_services(
            lambda f: (
                f"{username(f)} might use the service {service_name(f)} until {instant_text(entry_of(f).valid_until)}"
            )
        ),
        lambda f: command("service", "authorise", service_name(f), username(f), "--days", "365"),
        has_entry,
    ),
    Check(
        "21",
        "the entry of the listed user admits the address",
        of_restricted_service(lambda _, f: admits(entry_of(f).ip_restriction, f.address)),
        ACCESS,
        of_services(
            lambda f: (
                f"{username(f)} may use the service {service_name(f)} only from {entry_of(f).ip_restriction}, "
                f"not from {f.address}"
            )
        ),
        lambda f: command(
            *("service", "authorise", service_name(f), username(f)),
            *("--ip", admit_too(entry_of(f).ip_restriction, f)),
        ),
        has_entry,
    ),
    Check(
        "22",
        "the function is in the service",
        lambda f: f.service is not None and f.function in f.service.functions,
        ACCESS,
        lambda f: (
            f"The function {f.function} is not in the service {service_name(f)} of this token"
            if f.service is not None
            else f"The function {f.function} is in no service"
        ),
        lambda f: command("service", "add", service_name(f) if f.service else "SERVICE", f.function or ""),
        lambda f: f.identity is not None and f.known,
    ),
    Check(
        "23",
        "the function is not removed",
        lambda f: f.deprecated is None or not f.deprecated.removed_by(f.now),
        FUNCTION_REMOVED,
        lambda f: f"The function {f.function} was removed on {removal_date(f)}; {replacement_text(f)}",
        lambda f: f"change the caller: {replacement_text(f)}",
        lambda f: f.known,
    ),
    Check(
        "24",
        "no rate limit is passed",
        lambda f: f.limited is None,
        RATE_LIMITED,
        lambda f: f"More than {throttled_by(f.limited)}",
        raise_limits,
        _identified,
        lambda f: seconds_of(f.limited),
    ),
    Check(
        "25",
        "the user has the capabilities that the function requires",
        lambda f: not f.requires or not missing_capabilities(f),
        NO_PERMISSION,
        lambda f: (
            f"The user {username(f)} lacks the capability {missing_capabilities(f)[0]} in the system context, "
            f"which {f.function} requires"
        ),
        lambda f: allow(f, missing_capabilities(f)[0]),
        lambda f: f.identity is not None and f.known,
    ),
)

_BEFORE_PASSWORD = CHECKS[: [check.number for check in CHECKS].index("7p")]
