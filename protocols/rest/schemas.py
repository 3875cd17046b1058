"""JSON Schemas of a Signature's types (draft 2020-12, the dialect of OpenAPI 3.1), as JSON carries them.

Of what is given, a schema admits what the gateway takes: null for whatever may be absent. Structs are named components;
what is given and what is answered differ (`User-Input`, `User`), and a hyphen is in no name of a type.
"""

from typing import Any

from gateway.examples import example
from gateway.plain import clean
from gateway.signature import Choice, Field, Kind, ListOf, Scalar, State, StructOf, Type

Schema = dict[str, Any]

_INT64, _INT32 = 2**63, 2**31
_SCALARS: dict[Kind, Schema] = {
    Kind.BOOL: {"type": "boolean"},
    Kind.INT: {"type": "integer", "format": "int64", "minimum": -_INT64, "maximum": _INT64 - 1},
    Kind.INT32: {"type": "integer", "format": "int32", "minimum": -_INT32, "maximum": _INT32 - 1},
    Kind.FLOAT: {"type": "number", "format": "double"},
    Kind.DECIMAL: {"type": "string", "format": "decimal", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"},
    Kind.STR: {"type": "string"},
    Kind.BYTES: {"type": "string", "format": "byte", "contentEncoding": "base64"},
    Kind.DATETIME: {"type": "string", "format": "date-time"},
    Kind.DATE: {"type": "string", "format": "date"},
}
_XML_CHARACTERS = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]*$"
NULL: Schema = {"type": "null"}


def reference(name: str) -> Schema:
    """A reference to a schema among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


class Schemas:
    """Makes schemas; `components` are the named ones that they refer to."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def members(self, fields: tuple[Field, ...]) -> Schema:
        """The object that holds what is given for these fields."""
        return {**self._object(fields, given=True), "additionalProperties": False}

    def result(self, field: Field | None) -> Schema:
        """What is answered; null of a function without a result."""
        return NULL if field is None else self.field(field, given=False)

    def field(self, field: Field, *, given: bool, null: bool = True) -> Schema:
        """One parameter, member or result. `null` says that its form can say null."""
        schema = self.type(field.type, given=given)
        nullable = field.optional if given else field.state is State.NULLABLE
        return (_or_null(schema) if nullable and null else schema) | _notes(field, given=given)

    def type(self, node: Type, *, given: bool) -> Schema:
        """One type, whatever it stands in."""
        match node:
            case Scalar():
                return _scalar(node, given=given)
            case ListOf(item=item, max_length=most):
                bound = {} if most is None else {"maxItems": most}
                return {"type": "array", "items": self.type(item, given=given)} | bound
            case Choice(name=name, members=members):
                self.components[name] = {"type": "string", "enum": list(members)}
                return reference(name)
            case StructOf():
                return self._struct(node, given=given)

    def _struct(self, node: StructOf, *, given: bool) -> Schema:
        name = f"{node.name}-Input" if given else node.name
        if name not in self.components:
            schema = self.members(node.fields) if given else self._object(node.fields, given=False)
            self.components[name] = schema | ({"description": node.doc} if node.doc else {})
        return reference(name)

    def _object(self, fields: tuple[Field, ...], *, given: bool) -> Schema:
        properties = {each.name: self.field(each, given=given) for each in fields}
        required = [each.name for each in fields if _is_required(each, given=given)]
        schema: Schema = {"type": "object", "properties": properties}
        return schema | ({"required": required} if required else {})


def _is_required(field: Field, *, given: bool) -> bool:
    return field.state is State.REQUIRED if given else field.state is not State.MAYBE


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, NULL]}
    types = schema["type"]
    return schema | {"type": [*([types] if isinstance(types, str) else types), "null"]}


def _scalar(node: Scalar, *, given: bool) -> Schema:
    schema = dict(_SCALARS[node.kind])
    if given and node.kind is Kind.DECIMAL:  # a number is read as it is written
        schema["type"] = ["string", "number"]
    bounds = {"minimum": (max, node.ge), "maximum": (min, node.le)}
    for name, (nearer, bound) in bounds.items():
        if bound is not None:
            schema[name] = nearer(schema.get(name, bound), bound)
    if not given or node.kind is not Kind.STR:
        return schema
    if node.max_length is not None:
        schema["maxLength"] = node.max_length
    rule = node.word.expression if node.word is not None else None
    return schema | {"pattern": f"^(?:{rule})$" if rule is not None else _XML_CHARACTERS}


def _notes(field: Field, *, given: bool) -> Schema:
    """What is said of a field beside its type."""
    notes: Schema = {}
    if field.param.description:
        notes["description"] = field.param.description
    if given and field.state is State.DEFAULT:
        notes["default"] = clean(field.default)
    if given and field.param.secret:
        notes["writeOnly"] = True
    if field.param.example is not None:
        notes["examples"] = [clean(example(field.type, field.param))]
    return notes
