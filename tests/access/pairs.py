"""Every two checks that one caller passes: those that can fail at once, and those that cannot, with the reason."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from tests.access.causes import METHODS, Method
from tests.conformance.data import BY_NUMBER

Single = tuple[Method, str]
Pair = tuple[Method, str, str]


def _is_of(number: str, method: Method) -> bool:
    return not number[-1].isalpha() or number[-1] == method[0]


NUMBERS: Mapping[Method, Sequence[str]] = {
    method: [number for number in BY_NUMBER if _is_of(number, method)] for method in METHODS
}
"""The checks of a caller with a token, and of one with a password."""
SINGLES: Sequence[Single] = [(method, number) for method in METHODS for number in NUMBERS[method]]

_OF_USER = ("9", "10", "11", "12", "13", "14", "24", "25")
_OF_SERVICE = ("17", "18", "19", "20", "21")
_OF_TOKEN = ("5t", "6t", "7t")


def _for_both() -> Iterator[tuple[str, str, str]]:
    yield "15", "16", "a call that names nothing names nothing unknown"
    yield "15", "23", "a call that names nothing names nothing removed"
    yield "16", "23", "what is not known was not removed"
    yield "15", "25", "a call that names nothing calls nothing that requires a capability"
    yield "16", "25", "what is not known requires nothing"
    for later in ("20", "21"):
        yield "19", later, "who is not listed has no entry"


def _for_tokens() -> Iterator[tuple[str, str, str]]:
    for later in (*_OF_TOKEN, *_OF_USER, *_OF_SERVICE, "22"):
        yield "4t", later, "nobody knows whom or what service a token stands for that is not known"
        yield "3", later, "a token that is known is not throttled"


def _for_passwords() -> Iterator[tuple[str, str, str]]:
    yield "5p", "7p", "a password is nobody's without a name"
    yield "6p", "7p", "no password is not a wrong one"
    for later in (*_OF_USER, *_OF_SERVICE, "22"):
        yield "5p", later, "nobody knows who has no name"
    for service in _OF_SERVICE:
        yield "15", service, "no service holds what has no name, so that none is looked at"
        yield "16", service, "no service holds what is not known, so that none is looked at"
        yield service, "22", "a service that does not hold the function is not looked at"


def _impossible() -> Iterator[tuple[Pair, str]]:
    for method, own in (("token", _for_tokens), ("password", _for_passwords)):
        for first, second, reason in (*_for_both(), *own()):
            yield (method, first, second), reason  # type: ignore[misc]


IMPOSSIBLE: Mapping[Pair, str] = dict(_impossible())
PAIRS: Sequence[Pair] = [
    (method, first, second)
    for method in METHODS
    for first, second in combinations(NUMBERS[method], 2)
    if (method, first, second) not in IMPOSSIBLE
]


def _not_reached() -> Iterator[tuple[Pair, str]]:
    for first in ("3", "4t"):
        yield ("token", first, "8"), "nobody knows whether a token that is not known would bypass maintenance"
    for first in ("1", "2", "3", "4p", "5p", "6p", "7p"):
        for later in ("8", *_OF_USER, *_OF_SERVICE, "22"):
            yield ("password", first, later), "nobody is known before his password was found right"
    for first in ("1", "2", "3", "4p"):
        yield ("password", first, "7p"), "no password is tried"
    for method in METHODS:
        yield (method, "15", "22"), "no service holds what has no name"
        yield (method, "16", "22"), "no service holds what is not known"


NOT_REACHED: Mapping[Pair, str] = {pair: why for pair, why in _not_reached() if pair not in IMPOSSIBLE}
"""Pairs that are true at once, of which explaining leaves out the later: what it looks at does not exist."""
