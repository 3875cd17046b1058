"""What a bridged method receives as `ctx`: Spyne's context, as far as there is one behind the gateway."""

import time
from typing import Any

from spyne import MethodContext, MethodDescriptor
from spyne.context import EventContext

from gateway.invocation import Invocation

_MISSING = (
    *("transport", "protocol", "inprot_ctx", "outprot_ctx", "in_protocol", "out_protocol", "app"),
    *("in_header", "out_header", "in_header_doc", "out_header_doc", "in_body_doc", "out_body_doc"),
    *("in_string", "out_string", "out_stream", "in_document", "out_document", "method_request_string"),
    *("pusher_stack", "outprot", "inprot"),
)


class NotBridged(RuntimeError):
    """A method asked for something of Spyne that does not exist behind the gateway."""


def _missing(name: str) -> property:
    def refuse(_self: Any, _value: Any = None) -> Any:
        raise NotBridged(
            f"ctx.{name} belongs to Spyne's transports and protocols, which the gateway replaces: "
            f"ctx.udc, the Invocation, says who calls and over which protocol"
        )

    return property(refuse, refuse)


class Context(MethodContext):  # type: ignore[misc]  # Spyne has no types
    """One call of a bridged method.

    `udc` is the Invocation; `descriptor`, `function`, `in_object`, `out_object`, `out_error`, `event`, `files` and
    `locale` are as in Spyne. Headers, documents and transport raise NotBridged when touched.
    """

    def __init__(self, descriptor: MethodDescriptor, invocation: Invocation, arguments: list[Any]) -> None:
        # Not Spyne's own: that one needs an Application with its protocols.
        self.call_start = time.time()
        self.call_end: float | None = None
        self.is_closed = False
        self.active = True
        self.udc = invocation
        self.event = EventContext(self)
        self.aux = None
        self.files: list[Any] = []
        self.locale = None
        self.function = descriptor.function
        self.in_error = None
        self.in_object: Any = arguments
        self.out_object: Any = None
        self.out_error: BaseException | None = None
        self._descriptor = descriptor
        self.frozen = True

    @property
    def descriptor(self) -> MethodDescriptor:
        """The method that is called."""
        return self._descriptor

    def fire_event(self, event: str, *args: Any, **kwargs: Any) -> None:
        """Run the handlers of the method and of its service; there is no Application."""
        for manager in self._descriptor.event_managers:
            manager.fire_event(event, self, *args, **kwargs)

    def close(self) -> None:
        """Close what the method left in `files`."""
        self.is_closed = True
        self.call_end = time.time()
        for each in self.files:
            each.close()


for _name in _MISSING:
    setattr(Context, _name, _missing(_name))
