"""Every two checks: those that can fail at once, and those that cannot, with the reason."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from tests.conformance.data import BY_NUMBER

Pair = tuple[str, str]
NUMBERS = tuple(BY_NUMBER)

_NOBODY = "nobody knows whom or what service a token stands for that is not known"
_UNLISTED = "who is not listed has no entry"


def _impossible() -> Iterator[tuple[Pair, str]]:
    for later in ("5t", "7t", "9", "10", "11", "14", "17", "18", "19", "20", "21", "22", "25"):
        yield ("4t", later), _NOBODY
    yield ("15", "16"), "a call that names nothing names nothing unknown"
    yield ("15", "25"), "a call that names nothing calls nothing that requires a capability"
    yield ("16", "25"), "what is not known requires nothing"
    yield ("19", "20"), _UNLISTED
    yield ("19", "21"), _UNLISTED


IMPOSSIBLE: Mapping[Pair, str] = dict(_impossible())
PAIRS = [pair for pair in combinations(NUMBERS, 2) if pair not in IMPOSSIBLE]

NOT_REACHED: Mapping[Pair, str] = {
    ("4t", "8"): "nobody knows whether a token that is not known would bypass maintenance",
    ("15", "22"): "no service holds what has no name",
    ("16", "22"): "no service holds what is not known",
}
"""Pairs that are true at once, of which explaining leaves out the later: what it looks at does not exist."""
