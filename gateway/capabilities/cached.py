"""has_capability, cached: one snapshot of the database for each verdict, kept while the generation stands."""

from sqlalchemy import Connection

from gateway.capabilities.contexts import Line, read_line
from gateway.capabilities.rule import read_capabilities
from gateway.generation import GenerationCache, Generations

_DISTINCT_SETS = 1000


class Capabilities:
    """Who holds what where, and where contexts lie; safe to share between threads.

    A change is seen when `generations` sees it. What is asked of one user in one context comes from one snapshot, so
    that no half of a change is ever judged by.
    """

    def __init__(self, generations: Generations) -> None:
        self._held = GenerationCache(generations, self._read_held)
        self._lines = GenerationCache(generations, read_line)
        self._distinct: dict[frozenset[str], frozenset[str]] = {}

    def has(self, user_id: int, administrator: bool, capability: str, context_id: int) -> bool:
        """Whether a user holds a capability in a context, by the rule of `gateway.capabilities.rule`.

        Administrators hold all of them; nobody else holds any in a context that does not exist.
        """
        return administrator or capability in (self.held(user_id, context_id) or ())

    def held(self, user_id: int, context_id: int) -> frozenset[str] | None:
        """What a user's roles give him in a context, None if there is no such context; three statements at a miss."""
        return self._held.get((user_id, context_id))

    def line(self, context_id: int) -> Line | None:
        """A context with those that hold it, None if there is no such context; three statements at a miss."""
        return self._lines.get(context_id)

    def _read_held(self, connection: Connection, key: tuple[int, int]) -> frozenset[str] | None:
        held = read_capabilities(connection, *key)
        if held is None:
            return None
        # The students of a course hold the same, as those of most other courses do: one set for all of them.
        if len(self._distinct) >= _DISTINCT_SETS:
            self._distinct.clear()
        return self._distinct.setdefault(held, held)
