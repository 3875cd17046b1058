"""Service classes to a Component: each method a Function."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spyne import MethodDescriptor

from gateway.bridges.spyne.methods import bridge_method, declared_faults
from gateway.bridges.spyne.models import Models
from gateway.registry import (
    WRITE,
    Capability,
    Component,
    Effect,
    Function,
    RegistryError,
    ServiceDefault,
    function,
)
from gateway.signature import SignatureError

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def component(
    name: str,
    services: Iterable[type],
    *,
    prefix: str | None = None,
    effect: Effect = WRITE,
    effects: Mapping[str, Effect] | None = None,
    requires: Iterable[str] = (),
    requires_by_method: Mapping[str, Iterable[str]] | None = None,
    capabilities: Sequence[Capability] = (),
    service: str | None = None,
    title: str = "",
    version: str = "",
) -> Component:
    """The Component of Spyne service classes (`ServiceBase`, `Service`), which stay as they are.

    A method called `getUser` becomes the function `NAME_get_user`; `prefix` replaces `NAME_`. `effect` is what a call
    does unless `effects` says otherwise for a method, by its operation name; `requires` are the capabilities that every
    method asks for, `requires_by_method` what single methods ask for besides. `service` is the short name of a built-in
    service that holds all the functions.

    Raises RegistryError for methods that clash or are unknown, SignatureError for types that the wire cannot carry;
    each says which method, class and member.
    """
    methods = _methods(services)
    by_method = (
        _checked(effects or {}, methods, "effects"),
        _checked(requires_by_method or {}, methods, "requires"),
    )
    models = Models()
    functions: dict[str, Function] = {}
    for operation, descriptor in methods.items():
        called = (f"{name}_" if prefix is None else prefix) + snake_case(operation)
        if called in functions:
            raise RegistryError(
                f"component {name}: two methods become the function {called}: {operation} is one of them"
            )
        capabilities_of = (*requires, *by_method[1].get(operation, ()))
        python = bridge_method(descriptor, called, models)
        functions[called] = function(
            called,
            effect=by_method[0].get(operation, effect),
            requires=capabilities_of,
            raises=declared_faults(descriptor),
            open_faults=True,
        )(python)
    defaults = [] if service is None else [ServiceDefault(service, title or name, tuple(functions))]
    return Component(
        name, list(functions.values()), capabilities, services=defaults, title=title, version=version
    )


def snake_case(name: str) -> str:
    """`getUserByID` as `get_user_by_id`."""
    return re.sub(r"[^a-z0-9_]", "_", _WORD.sub("_", name).lower())


def _methods(services: Iterable[type]) -> dict[str, MethodDescriptor]:
    """The methods of the classes, by operation name."""
    methods: dict[str, MethodDescriptor] = {}
    for service in services:
        public = getattr(service, "public_methods", None)
        if not public:
            raise RegistryError(f"{getattr(service, '__name__', service)} is no Spyne service with methods")
        for descriptor in public.values():
            _refuse_unbridgeable(service, descriptor)
            other = methods.setdefault(descriptor.operation_name, descriptor)
            if other is not descriptor:
                raise RegistryError(
                    f"{other.service_class.__name__} and {service.__name__} both have a method "
                    f"{descriptor.operation_name}: bridge them as two components"
                )
    return methods


def _refuse_unbridgeable(service: type, descriptor: MethodDescriptor) -> None:
    where = f"{service.__name__}.{descriptor.operation_name}"
    if descriptor.aux is not None:
        raise SignatureError(
            f"{where}: an auxiliary method runs after the answer, which the gateway does not do"
        )
    if descriptor.is_async or descriptor.is_callback:
        raise SignatureError(f"{where}: functions run in threads and answer once: make it an ordinary method")


def _checked(given: Mapping[str, Any], methods: Mapping[str, Any], what: str) -> Mapping[str, Any]:
    unknown = sorted(given.keys() - methods.keys())
    if unknown:
        raise RegistryError(f"{what} names methods that no service has: {', '.join(unknown)}")
    return given
