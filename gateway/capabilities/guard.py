"""What a function asks of contexts in the course of a call: whether the caller may, and may be there at all."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gateway.capabilities.cached import Capabilities
from gateway.capabilities.contexts import Line, read_line
from gateway.capabilities.rule import read_capabilities
from gateway.faults import INVALID_PARAMETER, REQUIRE_LOGIN, RESTRICTED_CONTEXT
from gateway.invocation import Invocation

if TYPE_CHECKING:
    from gateway.registry import ContextLevel


class ContextGuard:
    """Judges the contexts of calls; shared by all of them.

    What is committed counts, as the cache knows it. A context that is unknown there may be one that the call has
    just made: it is looked for in the transaction of the call.
    """

    def __init__(self, capabilities: Capabilities, levels: "Mapping[str, ContextLevel]") -> None:
        self._capabilities = capabilities
        self._levels = levels

    def holds(self, call: Invocation, capability: str, context_id: int) -> bool:
        """Whether the caller holds a capability in a context; administrators hold all."""
        caller = call.caller
        if caller.administrator:
            return True
        held = self._capabilities.held(caller.user_id, context_id)
        if held is None:
            held = read_capabilities(call.db, caller.user_id, context_id)
        return capability in (held or ())

    def name(self, call: Invocation, context_id: int) -> str:
        """What a cause calls a context: `the context course 5`."""
        line = self._line(call, context_id)
        return str(line[-1]) if line else f"a context that does not exist ({context_id})"

    def enter(self, call: Invocation, context_id: int) -> None:
        """Refuse the call unless the caller may be in a context.

        Raises INVALID_PARAMETER (no such context, or its component is not installed), RESTRICTED_CONTEXT (it lies
        outside the context that the caller is restricted to) or REQUIRE_LOGIN (the level of the context, or of one
        that holds it, says no).
        """
        line = self._line(call, context_id)
        if line is None:
            raise INVALID_PARAMETER(f"No context has the id {context_id}")
        if call.caller.context_id not in (place.id for place in line):
            confines = self.name(call, call.caller.context_id)
            raise RESTRICTED_CONTEXT(
                f"The caller is restricted to {confines}, outside of which lies {line[-1]}"
            )
        self._ask_levels(call, line)

    def _ask_levels(self, call: Invocation, line: Line) -> None:
        for place in line:
            level = self._levels.get(place.level)
            if level is None:
                raise INVALID_PARAMETER(f"No installed component has the level of {place}")
            if level.may_enter is not None and not level.may_enter(call.db, call.caller, place.instance_id):
                raise REQUIRE_LOGIN(f"The user {call.caller.username} may not enter {place}")

    def _line(self, call: Invocation, context_id: int) -> Line | None:
        return self._capabilities.line(context_id) or read_line(call.db, context_id)
