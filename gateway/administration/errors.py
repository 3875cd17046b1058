"""What every part of administration refuses with, and how it names what was probably meant."""

import difflib
import typing
from collections.abc import Iterable
from typing import Any

from gateway.types import Word


class AdministrationError(ValueError):
    """Something that cannot be done as asked; the text is one sentence for the administrator."""


def unknown(kind: str, name: str, known: Iterable[str]) -> AdministrationError:
    """The error for a name that nothing has, with the nearest names that there are."""
    sentence = f"there is no {kind} {shorten(name)}"
    near = difflib.get_close_matches(name[:255], list(known), n=3)
    return AdministrationError(f"{sentence}; did you mean {', '.join(near)}?" if near else sentence)


def check_word(kind: str, value: str, annotated: Any, *, empty: bool = False) -> None:
    """Refuse a text that is not what a word of `gateway.words` takes (Username, Email, ...).

    Raises AdministrationError. `empty` allows the empty text where the word itself does.
    """
    word = next(each for each in typing.get_args(annotated) if isinstance(each, Word))
    if not value and not empty:
        raise AdministrationError(f"the {kind} is empty")
    if len(value) > word.max_length:
        raise AdministrationError(f"the {kind} is longer than {word.max_length} characters")
    if not word.test(value):
        raise AdministrationError(f"the {kind} {shorten(value)} is {word.problem}")


def check_length(kind: str, value: str, longest: int) -> None:
    """Refuse a text that is empty, or longer than its column. Raises AdministrationError."""
    if not value.strip():
        raise AdministrationError(f"the {kind} is empty")
    if len(value) > longest:
        raise AdministrationError(f"the {kind} is longer than {longest} characters")


def shorten(value: str) -> str:
    """A value as an error quotes it."""
    return value if len(value) <= 100 else f"{value[:100]}..."
