"""GHSL-2021-115 and its like: regexploit finds no regular expression of ours whose time explodes.

It sees repetitions in repetitions, and not what two branches of a choice have in common: the words, which callers'
texts go through, are besides tried with long texts (tests/unit/test_words.py).
"""

import importlib
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway import words
from gateway.types import Word

with warnings.catch_warnings():
    warnings.filterwarnings(
        "ignore", "module 'sre_", DeprecationWarning
    )  # regexploit 1.0 reads the parser's tree
    from regexploit.ast.sre import SreOpParser
    from regexploit.redos import find

ROOT = Path(__file__).parents[2]
LEAST = 3
"""What regexploit calls "starriness": 2 is quadratic, which our limits bound; 3 and more is refused."""


def _modules() -> Iterator[Any]:
    for package in ("gateway", "protocols", "functions"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if not {"migrations", "bridges"} & set(parts):  # bridges need extras
                yield importlib.import_module(".".join(parts).removesuffix(".__init__"))


def _patterns() -> Iterator[tuple[str, str, int]]:
    """(where, pattern, flags) of every compiled pattern and of every word."""
    for module in _modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{module.__name__}.{name}", value.pattern, value.flags
            elif isinstance(value, re.Pattern):
                yield f"{module.__name__}.{name}", value.pattern.decode("latin-1"), value.flags & ~re.ASCII
    for annotation in vars(words).values():
        for each in getattr(annotation, "__metadata__", ()):
            if isinstance(each, Word):
                for text in {each.pattern, each.expression} - {None}:
                    yield f"word {each.name}", str(text), 0


PATTERNS = {where: (pattern, flags) for where, pattern, flags in _patterns()}


def worst(pattern: str, flags: int = 0) -> int:
    """How steep the time may grow with the text; 0 if it cannot be more than linear."""
    return max((each.starriness for each in find(SreOpParser().parse_sre(pattern, flags))), default=0)


def test_the_tool_finds_what_it_is_for() -> None:
    spyne = r"^([a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])+\.$"  # the heart of its e-mail pattern
    assert worst(spyne) >= LEAST
    assert len(PATTERNS) > 40


@pytest.mark.parametrize("where", sorted(PATTERNS))
def test_no_pattern_is_slow(where: str) -> None:
    assert worst(*PATTERNS[where]) < LEAST
