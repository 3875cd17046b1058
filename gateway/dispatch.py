"""The one way a call travels: identify, authorise, bind, validate, run, check the result, encode, commit.

Several calls in one message are identified once, then each authorised, run, answered and logged on its own.
"""

import logging
import time
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Engine

from gateway import access, cors
from gateway.access import Stage
from gateway.calllog import CallLog, Record
from gateway.capabilities import Capabilities, ContextGuard
from gateway.deprecation import Deprecation, deprecation_headers
from gateway.endpoints import Endpoint
from gateway.facts import Facts, FactsSource
from gateway.faults import (
    CODING_ERROR,
    DATABASE_BUSY,
    KINDS,
    METHOD_NOT_ALLOWED,
    Fault,
    Refusal,
    disclose,
)
from gateway.identification import Identification
from gateway.invocation import Caller, Invocation, TransactionSession
from gateway.protocol import (
    Answer,
    Call,
    Codec,
    Message,
    Protocol,
    Query,
    Reply,
    Request,
    Site,
)
from gateway.queries import Queries
from gateway.registry import Effect, Function, Registry
from gateway.store import is_busy
from gateway.throttle import Rates, Throttled
from gateway.validation import Validator

_log = logging.getLogger("gateway.dispatch")


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What was made of a function at start."""

    function: Function
    takes_invocation: bool
    validator: Validator
    codecs: dict[Protocol | Endpoint, Codec]


class _Context(msgspec.Struct, frozen=True):
    """What all items of one message share: who answers, and the Facts as far as they name no function.

    `deprecated` collects what is said of the functions that were called and will go.
    """

    server: Protocol | Endpoint
    facts: Facts
    deprecated: list[Deprecation] = []

    def disclose(self, fault: Fault, request_id: str) -> Refusal:
        """A fault as this caller may see it."""
        identity, settings = self.facts.identity, self.facts.settings
        level = settings.level_for(identity.user.username if identity else None)
        return disclose(fault, level, request_id, namespaced=settings.moodle_namespaces)


class Dispatcher:
    """Runs messages. Built once, from a complete registry and all protocols; safe to share between threads."""

    def __init__(
        self,
        registry: Registry,
        protocols: Sequence[Protocol],
        engine: Engine,
        facts: FactsSource,
        identification: Identification,
        queries: Queries,
        log: CallLog,
        rates: Rates,
        site: Callable[[], Site],
    ) -> None:
        self.registry = registry
        self._facts = facts
        self._log = log
        self._site = site
        self._identification = identification
        self._queries = queries
        self._rates = rates
        self._contexts = ContextGuard(Capabilities(facts.generations), registry.levels)
        self._engines = {effect: engine.execution_options(effect=effect.value) for effect in Effect}
        self._compiled = {
            function.name: _Compiled(
                function,
                function.takes_invocation,
                Validator(function.name, function.signature),
                {protocol: protocol.compile(function, site()) for protocol in protocols},
            )
            for function in registry.functions.values()
        }

    def handle(
        self, protocol: Protocol, request: Request, message: Message, facts: Facts, request_id: str
    ) -> Reply:
        """Answer every item of a message, in order, and make the reply. The Facts are those of its request."""
        facts, broken = self._identify(facts, message)
        context = _Context(protocol, facts)
        if message.several:
            answers = [
                self._answer(context, item, f"{request_id}.{number}", broken)
                for number, item in enumerate(message.items, 1)
            ]
        else:
            answers = [self._answer(context, message.items[0], request_id, broken)]
        reply = protocol.reply(request, message, answers)
        if context.deprecated:
            reply.headers.update(self._deprecation(protocol, context.deprecated))
        return self._open(reply, request, facts)

    def _deprecation(self, protocol: Protocol, called: Sequence[Deprecation]) -> dict[str, str]:
        """What tells the callers of deprecated functions; a replacement is called where the protocol answers."""
        route, url = protocol.routes[0], self._site().url.rstrip("/")
        addresses = {
            each.replacement: f"{url}{route.path}/{each.replacement}" if route.below else f"{url}{route.path}"
            for each in called
            if each.replacement
        }
        return deprecation_headers(called, addresses)

    def _identify(self, facts: Facts, message: Message) -> tuple[Facts, Fault | None]:
        """Who calls, and why nothing can be run: the message is broken, or nobody can judge the password now."""
        try:
            self._identification.identify(facts, message.credentials)
        except Fault as fault:
            return Facts(facts.settings, facts.now, facts.address, facts.protocol), fault
        return facts, message.broken

    def serve(self, endpoint: Endpoint, request: Request, facts: Facts, request_id: str) -> Reply:
        """Answer a request to an address of the gateway's own."""
        started = time.perf_counter()
        context = _Context(endpoint, facts)
        fault: Fault | None = None
        try:
            reply = endpoint.handle(request, facts)
        except Fault as raised:
            fault = raised
        except (Exception, SystemExit) as error:
            fault = self.unexpected(error, request_id)
        if fault is not None:
            reply = endpoint.refuse(request, context.disclose(fault, request_id))
        self._record(context, None, request_id, fault, started)
        return self._open(reply, request, facts)

    def refuse(
        self, server: Protocol | Endpoint, request: Request, fault: Fault, facts: Facts, request_id: str
    ) -> Reply:
        """The reply when nothing was parsed."""
        context = _Context(server, facts)
        self._record(context, None, request_id, fault, time.perf_counter())
        reply = server.refuse(request, context.disclose(fault, request_id))
        return self._open(reply, request, facts)

    def _open(self, reply: Reply, request: Request, facts: Facts) -> Reply:
        """The reply, and whether scripts of the web origin that asks may read it."""
        origin = request.headers.get("origin")
        if origin is not None:
            cors.open_answer(reply.headers, origin, cors.origins_of(facts, self._facts.origins()))
        return reply

    def _answer(self, context: _Context, item: Call | Query, request_id: str, broken: Fault | None) -> Answer:
        started = time.perf_counter()
        try:
            if broken is not None:
                raise broken
            payload = (
                self._run(context, item, request_id) if isinstance(item, Call) else self._serve(context, item)
            )
        except Fault as raised:
            fault = raised
        except (Exception, SystemExit) as error:
            fault = self.unexpected(error, request_id)
        else:
            self._record(context, item, request_id, None, started)
            return Answer(item, request_id, payload)
        self._record(context, item, request_id, fault, started)
        payload = self._queries.refused(item) if isinstance(item, Query) else None
        return Answer(item, request_id, payload, context.disclose(fault, request_id))

    def _run(self, context: _Context, call: Call, request_id: str) -> Any:
        facts = copy(context.facts)
        compiled = self._compiled.get(call.function or "")
        access.name_function(facts, call.function, compiled.function if compiled is not None else None)
        access.choose_service(facts)
        access.enforce(facts, Stage.BEFORE_METHOD)
        assert compiled is not None  # noqa: S101  (check 16 passed)
        function = compiled.function
        if function.deprecated is not None:
            context.deprecated.append(function.deprecated)
        if call.safe and function.effect is not Effect.READ:
            raise METHOD_NOT_ALLOWED(f"{function.name} changes data: call it with POST")
        facts.limited = self._count(facts)
        access.enforce(facts, Stage.AFTER_METHOD)
        codec = compiled.codecs[context.server]
        arguments = compiled.validator.arguments(codec.bind(call), facts.settings.max_problems)
        invocation = self._invocation(facts, function, request_id) if compiled.takes_invocation else None
        return self._transact(compiled, codec, call, invocation, arguments)

    def _transact(
        self,
        compiled: _Compiled,
        codec: Codec,
        call: Call,
        invocation: Invocation | None,
        arguments: tuple[Any, ...],
    ) -> Any:
        """Run, check the result, encode it, and only then commit."""
        function = compiled.function
        try:
            if invocation is None:
                return codec.encode(compiled.validator.result(function.python(*arguments)), call)
            payload = codec.encode(compiled.validator.result(function.python(invocation, *arguments)), call)
            self._commit(invocation, function)
        except Fault as fault:
            if not (function.open_faults or fault.kind in KINDS or fault.kind in function.raises):
                name = fault.kind.errorcode
                raise RuntimeError(f"{function.name} raised the undeclared fault {name}") from fault
            raise
        finally:
            if invocation is not None and invocation.session is not None:
                invocation.session.close()
        return payload

    def _commit(self, invocation: Invocation, function: Function) -> None:
        if invocation.session is not None and function.effect is not Effect.READ:
            invocation.session.finish()
            self._facts.wake()

    def _count(self, facts: Facts) -> Throttled | None:
        """Count a call that is about to run under the limits of its token, service and user."""
        identity, service = facts.identity, facts.service
        assert identity is not None  # noqa: S101  (check 4t or 7p passed)
        assert service is not None  # noqa: S101  (check 22 passed)
        token, user = identity.token, identity.user
        if (
            service.rate_limit is None
            and user.rate_limit is None
            and (token is None or token.rate_limit is None)
        ):
            return None
        limits = [("service", service.id, service.rate_limit), ("user", user.id, user.rate_limit)]
        if token is not None:
            limits.append(("token", token.id, token.rate_limit))
        return self._rates.hit(limits)

    def _invocation(self, facts: Facts, function: Function, request_id: str) -> Invocation:
        identity = facts.identity
        assert identity is not None  # noqa: S101  (check 4t or 7p passed)
        token, user = identity.token, identity.user
        service = identity.service
        if service is not None:
            functions = service.functions
        else:
            services = access.usable_services(copy(facts))
            functions = frozenset().union(*(each.functions for each in services))
        caller = Caller(
            user_id=user.id,
            username=user.username,
            administrator=user.administrator,
            service_id=service.id if service else None,
            token_id=token.id if token else None,
            functions=functions,
            capabilities=identity.capabilities,
        )
        return Invocation(
            caller,
            request_id,
            facts.protocol,
            self._site(),
            facts.now,
            lambda: TransactionSession(self._engines[function.effect]),
            lambda: self.registry.standing(functions, facts.now),
            self._contexts,
        )

    def _serve(self, context: _Context, query: Query) -> Any:
        assert isinstance(context.server, Protocol)  # noqa: S101  (only protocols parse Queries)
        return self._queries.answer(context.server, context.facts, query)

    # Failures and records

    def unexpected(self, error: BaseException, request_id: str) -> Fault:
        """An error that nobody declared: the same message for everybody, the traceback for the log."""
        if is_busy(error):
            return DATABASE_BUSY("Another process held the database's write lock for too long", retry_after=1)
        _log.error("call %s failed", request_id, exc_info=error)
        fault = CODING_ERROR(f"{type(error).__name__} was raised; the error log has it under the request id")
        fault.__cause__ = error
        return fault

    def _record(
        self,
        context: _Context,
        item: Call | Query | None,
        request_id: str,
        fault: Fault | None,
        started: float,
    ) -> None:
        facts = context.facts
        identity = facts.identity
        service = identity.service if identity is not None else None
        record = Record(
            request_id=request_id,
            at=facts.now,
            protocol=facts.protocol,
            function=_name(item),
            user_id=identity.user.id if identity is not None else None,
            token_id=identity.token.id if identity is not None and identity.token is not None else None,
            service_id=service.id if service is not None else None,
            address=facts.address,
            seconds=time.perf_counter() - started,
            outcome="ok" if fault is None else fault.kind.errorcode,
        )
        if fault is not None:
            record.exception, record.cause = fault.kind.exception, fault.cause
        if isinstance(fault, access.Denial):
            record.check_number = fault.check_number
            record.facts = msgspec.to_builtins(fault.facts, order="sorted")
        self._log.write(record)


def _name(item: Call | Query | None) -> str | None:
    """What the log calls an item: the function, or `?wsdl` for a Query."""
    if isinstance(item, Call):
        return item.function[:200] if item.function else None
    return f"?{item.name}" if item is not None else None
