"""Long lists of values in IN (...) conditions."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

CHUNK: Final = 1000
"""How many values one statement names: well below what SQLite and PostgreSQL drivers bind (32766)."""


def chunks(values: Collection[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The values in lists of at most `size`, in order."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
