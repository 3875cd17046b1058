"""Example values of types: what documentation, samples and tests send where nobody said what."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from gateway.signature import NO_PARAM, Choice, Field, Kind, ListOf, Scalar, Type
from gateway.types import Param

_VALUES: dict[Kind, Any] = {
    Kind.BOOL: True,
    Kind.INT: 1,
    Kind.INT32: 1,
    Kind.FLOAT: 1.5,
    Kind.DECIMAL: Decimal("1.50"),
    Kind.STR: "text",
    Kind.BYTES: b"octets",
    Kind.DATETIME: datetime(2026, 3, 1, 12, tzinfo=UTC),
    Kind.DATE: date(2026, 3, 1),
}


def example_members(fields: tuple[Field, ...]) -> dict[str, Any]:
    """A value by wire name of what a caller must give, and of what has an example of its own."""
    shown = (each for each in fields if not each.optional or each.param.example is not None)
    return {each.name: example(each.type, each.param) for each in shown}


def example(node: Type, param: Param = NO_PARAM) -> Any:
    """A value, plain as `bind` yields it: the Param's own, or one made of the type."""
    if param.example is not None:
        return param.example
    match node:
        case Choice(members=members):
            return members[0]
        case ListOf(item=item, max_length=most):
            return [] if most == 0 else [example(item)]
        case Scalar():
            return _scalar(node)
        case _:
            return example_members(node.fields)


def _scalar(node: Scalar) -> Any:
    value: Any = node.word.example if node.word is not None else _VALUES[node.kind]
    if node.max_length is not None:
        value = value[: node.max_length]
    if node.ge is not None and value < node.ge:
        value = type(value)(node.ge)
    if node.le is not None and value > node.le:
        value = type(value)(node.le)
    return value
