"""Refusing a whole batch with everything that is wrong in it."""

from collections.abc import Iterable

from gateway import INVALID_PARAMETER, Problem
from gateway.limits import PROBLEMS
from gateway.validation.walk import limited, summary

_QUOTED = 40


def refuse(problems: Iterable[Problem]) -> None:
    """Raise INVALID_PARAMETER with all problems (at most `limits.PROBLEMS`); do nothing when there are none."""
    found = limited(iter(problems), PROBLEMS)
    if found:
        raise INVALID_PARAMETER(summary(found), problems=found)


def quote(text: str) -> str:
    """A caller's own text, short enough for a sentence. Not for secrets."""
    return f'"{text}"' if len(text) <= _QUOTED else f'"{text[:_QUOTED]}..."'
