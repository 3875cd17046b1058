"""What XML-RPC says of a function: its signatures, and a text for people."""

from collections.abc import Sequence

from gateway.registry import Function
from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type

_SCALARS: dict[Kind, str] = {
    Kind.BOOL: "boolean",
    Kind.INT: "int",
    Kind.INT32: "int",
    Kind.FLOAT: "double",
    Kind.DECIMAL: "string",
    Kind.STR: "string",
    Kind.BYTES: "base64",
    Kind.DATETIME: "dateTime.iso8601",
    Kind.DATE: "string",
}
_VOID = "nil"


def signatures_of(function: Function) -> list[list[str]]:
    """The result's type and those of the parameters, once for each number of parameters that is enough."""
    signature = function.signature
    result = _wire_type(signature.result.type) if signature.result else _VOID
    types = [_wire_type(each.type) for each in signature.parameters]
    required = [number for number, each in enumerate(signature.parameters, 1) if not each.optional]
    fewest = required[-1] if required else 0
    return [[result, *types[:count]] for count in range(fewest, len(types) + 1)]


def help_of(function: Function) -> str:
    """The documentation, then what the parameters, the result and the function's own faults are."""
    signature = function.signature
    lines = [function.documentation, ""] if function.documentation else []
    if signature.parameters:
        lines.append("Parameters, in this order, or as one struct with these members:")
        lines += [f"  {_member(each)}" for each in signature.parameters]
    lines.append(f"Result: {_describe(signature.result)}")
    lines += [f"Fault {each.errorcode}: {each.message}" for each in function.raises]
    return "\n".join(lines)


def _wire_type(node: Type) -> str:
    match node:
        case Scalar(kind=kind):
            return _SCALARS[kind]
        case Choice():
            return "string"
        case ListOf():
            return "array"
        case StructOf():
            return "struct"


def _member(field: Field) -> str:
    notes = [_note(field)] if field.optional else []
    text = f"{field.name}: {', '.join([_describe(field), *notes])}"
    return f"{text}. {field.param.description}" if field.param.description else text


def _note(field: Field) -> str:
    plain = isinstance(field.default, str | int | float) and not field.param.secret
    return f"default {field.default!r}" if field.state is State.DEFAULT and plain else "optional"


def _describe(field: Field | None) -> str:
    """A type in words, with all it is made of."""
    if field is None:
        return _VOID
    text = _text(field.type)
    return f"{text} or nil" if field.state is State.NULLABLE else text


def _text(node: Type) -> str:
    match node:
        case Choice(members=members):
            return f"string, one of {', '.join(members)}"
        case Scalar(kind=Kind.DATE):
            return "string (YYYY-MM-DD)"
        case ListOf(item=item):
            return f"array of {_text(item)}"
        case StructOf(fields=fields):
            return f"struct {{{_members(fields)}}}"
        case _:
            return _wire_type(node)


def _members(fields: Sequence[Field]) -> str:
    return "; ".join(_member(each) for each in fields)
