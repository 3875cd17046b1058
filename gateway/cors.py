"""Which scripts in browsers may read answers (the CORS protocol: Fetch Standard, section 3.3).

A service lists the origins whose scripts may call it. Nothing here lets a call through: credentials do, and a script
sends them itself, so that `Access-Control-Allow-Credentials` (cookies) is never sent.
"""

from collections.abc import Mapping
from copy import copy

from gateway import access
from gateway.facts import Facts
from gateway.protocol import vary

ANY = "*"
"""What a service lists for scripts of every origin."""
MAX_AGE = 600
"""For how many seconds a browser may keep what a preflight said."""

_TAKEN = "Authorization, Content-Encoding, Content-Type, If-None-Match, SOAPAction, X-Requested-With"
_EXPOSED = "X-Request-Id, Retry-After, WWW-Authenticate, Deprecation, Sunset, Link"


def origins_of(facts: Facts, anywhere: frozenset[str]) -> frozenset[str]:
    """The origins that may read what is answered to this caller: those of his services.

    While nobody knows who calls, those that any enabled service lists (`anywhere`).
    """
    identity = facts.identity
    if identity is None:
        return anywhere
    if identity.service is not None:
        return identity.service.origins
    return frozenset().union(*(each.origins for each in access.usable_services(copy(facts))))


def open_answer(headers: dict[str, str], origin: str, listed: frozenset[str]) -> None:
    """Put into an answer's headers whether scripts of this origin may read it, if it is among those listed."""
    vary(headers, "Origin")
    if origin in listed or ANY in listed:
        headers["Access-Control-Allow-Origin"] = ANY if ANY in listed else origin
        headers["Access-Control-Expose-Headers"] = _EXPOSED


def answer_preflight(
    headers: dict[str, str], asked: Mapping[str, str], methods: str, listed: frozenset[str]
) -> None:
    """Put into the headers of an answer to OPTIONS what a browser asks for before a call: `asked` are its headers.

    It comes without a credential. `methods` are those of the address, between commas.
    """
    origin = asked.get("origin")
    if origin is None:
        return
    vary(headers, "Origin")
    if "access-control-request-method" in asked and (origin in listed or ANY in listed):
        headers["Access-Control-Allow-Origin"] = ANY if ANY in listed else origin
        headers["Access-Control-Allow-Methods"] = methods
        headers["Access-Control-Allow-Headers"] = _TAKEN
        headers["Access-Control-Max-Age"] = str(MAX_AGE)
