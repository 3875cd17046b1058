"""Where users get tokens with their password: `/token`, and Moodle's `/login/token.php`."""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from gateway import access, forms
from gateway.access import Stage
from gateway.checks import CHECKS, Check
from gateway.credentials import find_credentials
from gateway.facts import Facts
from gateway.faults import (
    ACCESS,
    INVALID_PARAMETER,
    INVALID_REQUEST,
    Fault,
    FaultKind,
    Level,
    Problem,
    Refusal,
)
from gateway.identification import Identification
from gateway.problem import problem_reply
from gateway.protocol import FORM, Credentials, Reply, Request, Route
from gateway.tokens import TokenIssuer

JSON = "application/json"
_CHALLENGE = 'Basic realm="Manifold", charset="UTF-8"'
NO_SERVICE = FaultKind("servicenotavailable", "The service is not available", ACCESS.exception, 403)


class Endpoint:
    """An address of the gateway's own that is no protocol. Faults that `handle` raises go through `refuse`.

    No ABC, though abstract: every request asks whether it is for one, which takes five times as long of an ABC.
    """

    name: str
    route: Route

    @abc.abstractmethod
    def handle(self, request: Request, facts: Facts) -> Reply:
        """Answer a request; fill the Facts with who came, for the record. Raises Fault."""

    @abc.abstractmethod
    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """A fault in the form that callers of this address read."""


class TokenEndpoint(Endpoint):
    """`POST /token`: user name, password and the service's short name for `{token, expires}`."""

    name = "token"
    route = Route("/token", frozenset({"POST"}), frozenset({JSON, FORM}))

    def __init__(self, identification: Identification, issuer: TokenIssuer) -> None:
        self._identification = identification
        self._issuer = issuer

    def handle(self, request: Request, facts: Facts) -> Reply:
        """Checks 1, 3, 4p to 13 and 17 to 21, then the right to make tokens; raises Fault."""
        values = _read_values(request)
        shown = Credentials(username=values.get("username"), password=values.get("password"))
        credentials = find_credentials(request, shown)
        if credentials.token:
            raise INVALID_REQUEST("A token does not get another token: send user name and password")
        facts.method = "password"
        self._identification.by_password(facts, credentials, Stage.TOKEN_BEFORE_PASSWORD)
        access.enforce(facts, Stage.TOKEN)
        if not values.get("service"):
            problem = Problem(path="service", problem="is missing")
            raise INVALID_PARAMETER("service: is missing", problems=[problem])
        _find_service(facts, values["service"])
        if facts.service is None:
            raise NO_SERVICE(f"No service is called {values['service'][:100]}")
        access.enforce(facts, Stage.SERVICE)
        token, until = self._issuer.hand_out(facts)
        return Reply(200, {"Content-Type": JSON}, msgspec.json.encode({"token": token, "expires": until}))

    def refuse(self, request: Request, refusal: Refusal) -> Reply:  # noqa: ARG002
        """A problem, as REST answers; 401 asks for a password, as no token is taken here."""
        return problem_reply(replace(refusal, challenge=_CHALLENGE))


def _read_values(request: Request) -> dict[str, str]:
    if request.media_type == FORM:
        return dict(forms.split(request.body))
    if not request.body:
        return {}
    try:
        return msgspec.json.decode(request.body, type=dict[str, str])
    except (ValueError, RecursionError):
        raise INVALID_REQUEST("The body is no JSON object of texts") from None


def _find_service(facts: Facts, shortname: str) -> None:
    services = facts.identity.services if facts.identity else ()
    facts.service = next((each for each in services if each.shortname == shortname), None)


# Moodle's token script: the same checks in an order of its own, with codes of its own.


class _Row(msgspec.Struct, frozen=True):
    """A check by number, and what the script says when it fails."""

    number: str
    errorcode: str
    message: str


_LOGIN_FAILED = "The username was not found in the database"
SCRIPT: tuple[_Row, ...] = (
    _Row("1", "enablewsdescription", "Web services must be enabled in Advanced features."),
    _Row("3", "toomanyattempts", "Too many failed attempts, please try again later"),
    _Row("7p", "usernamenotfound", _LOGIN_FAILED),
    _Row("9", "usernamenotfound", _LOGIN_FAILED),
    _Row("11", "usernamenotfound", _LOGIN_FAILED),
    _Row("13", "usernamenotfound", _LOGIN_FAILED),
    _Row("8", "sitemaintenance", "The site is undergoing maintenance and is currently not available"),
    _Row("10", "usernotconfirmed", "Could not confirm user"),
    _Row("12", "passwordisexpired", "Password is expired: log in to the site and change it"),
    _Row("17", "servicenotavailable", "Web service is not available (it doesn't exist or might be disabled)"),
    _Row("18", "missingrequiredcapability", "The capability that the service requires is missing"),
    _Row("19", "usernotallowed", "The user is not allowed for this service"),
    _Row("20", "invalidtimedtoken", "Invalid token - token expired"),
    _Row("21", "invalidiptoken", "Invalid token - your IP is not supported"),
)
"""reference: Moodle 2.7, login/token.php. `forcepasswordchangenotice` is check 12 when a change is due."""

_BY_NUMBER: Mapping[str, Check] = {check.number: check for check in CHECKS}


class TokenScript(Endpoint):
    """`/login/token.php`, as clients for Moodle call it: always HTTP 200, JSON with `token` or `error`."""

    name = "login/token"
    route = Route("/login/token.php", frozenset({"GET", "POST"}), frozenset({FORM}))

    def __init__(self, identification: Identification, issuer: TokenIssuer) -> None:
        self._identification = identification
        self._issuer = issuer

    def handle(self, request: Request, facts: Facts) -> Reply:
        """The token as JSON; raises Fault in the script's own order."""
        values = dict(forms.split(request.query.encode("ascii", "replace")) + forms.split(request.body))
        for name in ("username", "password", "service"):
            if not values.get(name):
                raise _script_fault("missingparam", f"A required parameter ({name}) was missing")
        facts.method = "password"
        _check(facts, SCRIPT[:1])
        username = values["username"].strip().lower()
        credentials = Credentials(username=username, password=values["password"])
        self._identification.by_password(facts, credentials, Stage.LOGIN)
        if facts.identity is not None and not facts.may_log_in:
            raise _script_fault(
                "usernamenotfound", _LOGIN_FAILED, "The account's authentication lets nobody log in"
            )
        _check(facts, SCRIPT[1:9])
        _find_service(facts, values["service"])
        if facts.service is None:
            raise _script_fault("servicenotavailable", SCRIPT[9].message, "No service has that short name")
        _check(facts, SCRIPT[9:])
        token, _ = self._issuer.hand_out(facts)
        return Reply(
            200, {"Content-Type": "application/json; charset=utf-8"}, msgspec.json.encode({"token": token})
        )

    def refuse(self, request: Request, refusal: Refusal) -> Reply:  # noqa: ARG002
        """The four keys of 2.7 and `errorcode`; the details at DEVELOPER only."""
        details = refusal.cause if refusal.level >= Level.DEVELOPER else None
        answer: dict[str, Any] = {
            "error": refusal.message,
            "errorcode": refusal.errorcode,
            "stacktrace": refusal.traceback or None,
            "debuginfo": f"{details}\nError code: {refusal.errorcode}" if details is not None else None,
            "reproductionlink": None,
        }
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if refusal.retry_after is not None:
            headers["Retry-After"] = str(refusal.retry_after)
        return Reply(200, headers, msgspec.json.encode(answer))


def _check(facts: Facts, rows: Sequence[_Row]) -> None:
    for row in rows:
        check = _BY_NUMBER[row.number]
        if check.passes(facts):
            continue
        if row.number == "12" and facts.identity is not None and facts.identity.user.force_password_change:
            raise _script_fault(
                "forcepasswordchangenotice", "You must change your password", check.cause(facts)
            )
        raise _script_fault(row.errorcode, row.message, check.cause(facts), check.retry_after(facts))


def _script_fault(errorcode: str, message: str, cause: str = "", retry_after: int | None = None) -> Fault:
    return FaultKind(errorcode, message, status=200)(cause, retry_after=retry_after)
