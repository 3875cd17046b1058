"""What a caller may call, as AMF clients for Moodle ask: by the class MethodDescriptor (Moodle 2.7, webservice/amf)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.registry import Function

Describe = Callable[[Sequence[Function]], Any]


def _list_methods(functions: Sequence[Function]) -> dict[str, Any]:
    """The functions by component, which is the name of the class to call them by, with what is said of each."""
    classes: dict[str, Any] = {}
    for function in functions:
        methods = classes.setdefault(function.component, {"docs": function.component, "methods": {}})[
            "methods"
        ]
        methods[function.name] = {"docs": function.doc, "params": list_parameters(function)}
    return classes


def list_parameters(function: Function) -> list[dict[str, Any]]:
    """The name of each parameter, and whether it is required."""
    return [{"name": each.name, "required": not each.optional} for each in function.signature.parameters]


def _list_classes(functions: Sequence[Function]) -> list[str]:
    return list(_list_methods(functions))


def _is_connected(_functions: Sequence[Function]) -> bool:
    return True


QUERIES: Mapping[str, Describe] = {
    "MethodDescriptor.getMethods": _list_methods,
    "MethodDescriptor.getClasses": _list_classes,
    "MethodDescriptor.isConnected": _is_connected,
}
"""What answers each, from the functions that its caller may call: plain values."""
