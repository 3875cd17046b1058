"""One method of a Spyne service as a Python function with our annotations."""

import inspect
from collections.abc import Callable
from typing import Any

from spyne import BODY_STYLE_BARE, BODY_STYLE_EMPTY, BODY_STYLE_WRAPPED, Fault, MethodDescriptor

from gateway.bridges.spyne.context import Context
from gateway.bridges.spyne.models import Member, Models, new_struct, python_name, struct_maker
from gateway.faults import INVALID_PARAMETER, FaultKind, Problem
from gateway.invocation import Invocation
from gateway.signature import camel_case
from gateway.validation.walk import summary

_CLIENT = "Client"
_NOT_FOUND = "Client.ResourceNotFound"


def bridge_method(descriptor: MethodDescriptor, name: str, models: Models) -> Callable[..., Any]:
    """The function that the gateway calls: arguments become Spyne's, the result ours. Raises SignatureError."""
    where = f"{descriptor.service_class.__name__}.{descriptor.operation_name}"
    parameters = _parameters(descriptor, models, where)
    annotation, convert = _result(descriptor, models, where)
    to_spyne = [(each.name, each.bridged.to_spyne) for each in parameters]

    def call(invocation: Invocation, *arguments: Any) -> Any:
        problems: list[Problem] = []
        values = [
            value if value is None or make is None else make(value, path, problems)
            for (path, make), value in zip(to_spyne, arguments, strict=True)
        ]
        if problems:
            raise INVALID_PARAMETER(summary(tuple(problems)), problems=problems)
        return _run(descriptor, invocation, values, convert)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = inspect.cleandoc(descriptor.doc or "")
    call.__annotations__ = {
        "invocation": Invocation,
        **{python_name(each.name): each.annotation for each in parameters},
        "return": annotation,
    }
    call.__signature__ = _declared(parameters)  # type: ignore[attr-defined]
    return call


def _declared(parameters: list[Member]) -> inspect.Signature:
    kind, empty = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
    declared = [inspect.Parameter("invocation", kind)]
    for each in parameters:
        default = empty if each.required else each.default
        declared.append(inspect.Parameter(python_name(each.name), kind, default=default))
    # Spyne's methods may have a parameter that must be given behind one that need not.
    return inspect.Signature(declared, __validate_parameters__=False)


def _parameters(descriptor: MethodDescriptor, models: Models, where: str) -> list[Member]:
    message = descriptor.in_message
    if descriptor.body_style is BODY_STYLE_BARE:
        code = descriptor.function.__code__
        first = code.co_varnames[0 if descriptor.no_ctx else 1]
        model = message.customize(sub_name=None)
        return [models.member(first, model, f"{where}, parameter {first}")]
    if descriptor.body_style is BODY_STYLE_EMPTY:
        return []
    members = message.get_flat_type_info(message).items()
    return [models.member(name, model, f"{where}, parameter {name}") for name, model in members]


def _result(descriptor: MethodDescriptor, models: Models, where: str) -> tuple[Any, Callable[[Any], Any]]:
    """The annotation of the result, and what makes ours of `ctx.out_object`."""
    message = descriptor.out_message
    where = f"{where}, result"
    if descriptor.body_style is not BODY_STYLE_WRAPPED:
        if descriptor.body_style is BODY_STYLE_EMPTY:
            return None, lambda _: None
        return _single(models.member("result", message.customize(sub_name=None), where))
    members = [models.member(key, each, where) for key, each in message.get_flat_type_info(message).items()]
    if not members:
        return None, lambda _: None
    if len(members) == 1:
        return _single(members[0])
    struct = new_struct(camel_case(descriptor.operation_name) + "Result", "", members)
    make = struct_maker(struct, members, message)
    return struct, lambda out: make(tuple(out))


def _single(member: Member) -> tuple[Any, Callable[[Any], Any]]:
    make = member.bridged.to_gateway
    annotation = member.bridged.annotation if member.required else member.bridged.annotation | None
    return annotation, lambda out: out[0] if out[0] is None or make is None else make(out[0])


def _run(
    descriptor: MethodDescriptor, invocation: Invocation, values: list[Any], convert: Callable[[Any], Any]
) -> Any:
    """What Spyne's Application does between its protocols: events, the call, its exceptions."""
    context = Context(descriptor, invocation, values)
    try:
        context.fire_event("method_call")
        found = descriptor.service_class.call_wrapper(context)
        single = (
            descriptor.body_style is not BODY_STYLE_WRAPPED or len(descriptor.out_message._type_info) <= 1
        )
        context.out_object = [found] if single else found
        context.fire_event("method_return_object")
        return convert(context.out_object)
    except Fault as fault:
        context.out_error = fault
        context.fire_event("method_exception_object")
        raise _kind(fault.faultcode, fault.faultstring, type(fault))(_detail(fault)) from fault
    except Exception as error:
        context.out_error = Fault("Server", str(error))
        context.fire_event("method_exception_object")
        raise
    finally:
        context.close()


def declared_faults(descriptor: MethodDescriptor) -> tuple[FaultKind, ...]:
    """What `_throws` declares, where the classes name their code."""
    classes = descriptor.faults or ()
    return tuple(
        _kind(each.CODE, inspect.cleandoc(each.__doc__ or "") or each.get_type_name(), each)
        for each in classes
        if each.CODE
    )


def _kind(code: str, message: str, kind: type) -> FaultKind:
    """A fault of Spyne's: its code is the errorcode, and says whose mistake it was (SOAP 1.1, section 4.4.1)."""
    status = 404 if code.startswith(_NOT_FOUND) else 400 if code.partition(".")[0] == _CLIENT else 500
    return FaultKind(code, message, kind.__name__, status)


def _detail(fault: Fault) -> str:
    return "" if fault.detail is None else str(fault.detail)
