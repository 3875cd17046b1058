"""Null and absent are one thing: only values that failed the fast check come here."""

from typing import Any

from gateway.signature import Field, ListOf, State, StructOf, Type


def normalise_members(fields: tuple[Field, ...], values: Any) -> Any:
    """Members that are null or absent as their Field says: left out, or None."""
    if not isinstance(values, dict):
        return values
    known = {field.name: field for field in fields}
    normal = {}
    for name, value in values.items():
        field = known.get(name)
        if value is not None:
            normal[name] = value if field is None else _normalise(field.type, value)
        elif field is None:
            normal[name] = value
    for field in fields:
        if field.state is State.NULLABLE:
            normal.setdefault(field.name, None)
    return normal


def _normalise(node: Type, value: Any) -> Any:
    if isinstance(node, StructOf):
        return normalise_members(node.fields, value)
    if isinstance(node, ListOf) and isinstance(value, list):
        return [_normalise(node.item, each) for each in value]
    return value
