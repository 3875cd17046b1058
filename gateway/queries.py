"""Messages that call no function: documents for who asks, and the sessions of clients that log in."""

from collections.abc import Callable
from copy import copy
from typing import Any

from gateway import access
from gateway.access import Stage
from gateway.facts import Facts, FactsSource
from gateway.faults import INVALID_REQUEST, INVALID_TOKEN
from gateway.protocol import Protocol, Query, SessionQuery, Site
from gateway.registry import Registry
from gateway.sessions import Sessions

_DOCUMENTS = 256


class Queries:
    """Answers Queries; safe to share between threads."""

    def __init__(
        self, registry: Registry, facts: FactsSource, sessions: Sessions, site: Callable[[], Site]
    ) -> None:
        self._registry = registry
        self._facts = facts
        self._sessions = sessions
        self._site = site
        self._documents: dict[Any, Any] = {}

    def answer(self, protocol: Protocol, facts: Facts, query: Query) -> Any:
        """The payload of a Query. Raises Fault."""
        if query.broken is not None:
            raise query.broken
        if isinstance(query, SessionQuery):
            return self._sessions.answer(facts, query)
        return self._document(protocol, copy(facts), query)

    def refused(self, query: Query) -> Any:
        """The payload that goes with the refusal of a Query."""
        return self._sessions.own(query.client) if isinstance(query, SessionQuery) else None

    def _document(self, protocol: Protocol, facts: Facts, query: Query) -> Any:
        """The document a Query asks for; kept by function set, options and public URL, never by caller."""
        anonymous = facts.method == "token" and facts.prefix is None
        access.enforce(facts, Stage.ANONYMOUS_QUERY if anonymous else Stage.QUERY)
        names = self._describable(facts, query.options.get("service"))
        functions = self._registry.standing(names, facts.now)
        site = self._site()
        key = (protocol, query.name, *sorted(query.options.items()), site, *(each.name for each in functions))
        document = self._documents.get(key)
        if document is None:
            if len(self._documents) >= _DOCUMENTS:
                self._documents.clear()
            document = self._documents[key] = protocol.describe(query, functions, site)
        return document

    def _describable(self, facts: Facts, wanted: str | None) -> frozenset[str]:
        """The functions that this caller may be shown: those of his services, or of public ones."""
        shown: dict[str | None, frozenset[str]]
        if facts.identity is None:
            shown = self._facts.public_functions()
            if not shown:
                cause = "No token came with the request, and no service is public"
                raise INVALID_TOKEN(cause, challenge=access.challenge(facts))
        elif (service := facts.identity.service) is not None:
            access.choose_service(facts)
            access.enforce(facts, Stage.SERVICE)
            shown = {service.shortname: service.functions}
        else:
            shown = {service.shortname: service.functions for service in access.usable_services(facts)}
        if wanted is not None and wanted not in shown:
            raise INVALID_REQUEST(f"No service {wanted[:100]} is open to this caller")
        return shown[wanted] if wanted is not None else frozenset().union(*shown.values())
