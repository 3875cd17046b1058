"""Spyne's models to our types: an annotation of each, and what turns values of one into the other.

What neither side can say in the other's words is refused, with the class and the member it stands in.
"""

import enum
import keyword
import math
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal as PythonDecimal
from typing import Annotated, Any

from spyne.model import (
    AnyDict,
    AnyHtml,
    AnyXml,
    Array,
    Boolean,
    ByteArray,
    ComplexModelBase,
    Date,
    DateTime,
    Decimal,
    Double,
    File,
    Integer,
    SelfReference,
    Unicode,
    Uuid,
    XmlAttribute,
    XmlData,
)
from spyne.model.enum import EnumBase
from spyne.model.primitive import Any as SpyneAny
from spyne.model.primitive.number import NonNegativeInteger, PositiveInteger

from gateway.faults import Problem
from gateway.signature import SignatureError, camel_case
from gateway.source import compile_source
from gateway.types import Int32, Param, Struct

Convert = Callable[[Any], Any]
ToSpyne = Callable[[Any, str, list[Problem]], Any]
"""Turns one of our values into Spyne's; what Spyne's own rules refuse joins the problems, with its path."""

INT64 = 2**63 - 1
INT32 = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Bridged:
    """A Spyne type on our side: the annotation, and both directions; None where a value stays as it is."""

    annotation: Any
    to_spyne: ToSpyne | None = None
    to_gateway: Convert | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a model, a parameter or a result: its wire name, Spyne's attribute, and how to annotate it."""

    name: str
    attribute: str
    bridged: Bridged
    required: bool
    default: Any = None

    @property
    def annotation(self) -> Any:
        """The annotation with what null means: missing members are None, unless there is a default."""
        if self.required or self.default is not None:
            return self.bridged.annotation
        return self.bridged.annotation | None


_INSTEAD = {
    AnyDict: "AnyDict has no typed form on the wire: use an Array of a ComplexModel with name and value",
    AnyXml: "AnyXml is no value that XML-RPC, JSON or AMF could carry: use Unicode",
    AnyHtml: "AnyHtml is no value that XML-RPC, JSON or AMF could carry: use Unicode",
    SpyneAny: "Any cannot be checked or described: say which type it is",
    XmlAttribute: "XmlAttribute exists in XML only: make it an ordinary member",
    XmlData: "XmlData exists in XML only: make it an ordinary member",
    File: "File belongs to Spyne's transports: use ByteArray",
    Uuid: "Uuid is not a type of the wire: use Unicode(36)",
}


class Models:
    """The models of one component; each class becomes one Struct, however often it is used."""

    def __init__(self) -> None:
        self._structs: dict[tuple[Any, ...], Bridged] = {}
        self._enums: dict[tuple[str, ...], Bridged] = {}
        self._inside: list[type] = []

    def member(self, attribute: str, model: Any, where: str) -> Member:
        """A member, parameter or result of a model class."""
        attributes = model.Attributes
        bridged = self.bridge(model, where)
        required = attributes.min_occurs >= 1 and not attributes.nullable
        default = None if attributes.default is None else _default(bridged, attributes.default, where)
        name = attributes.sub_name or attribute
        if not name.isidentifier():
            raise SignatureError(f"{where}: `{name}` cannot be a wire name: use ASCII letters, digits and _")
        return Member(name, attribute, bridged, required, default)

    def bridge(self, model: Any, where: str) -> Bridged:
        """The type of a model class. Raises SignatureError."""
        if model.Attributes.max_occurs > 1:
            return _list(self._one(model, where), model.Attributes.max_occurs)
        return self._one(model, where)

    def _one(self, model: Any, where: str) -> Bridged:
        for refused, instead in _INSTEAD.items():
            if isinstance(model, type) and issubclass(model, refused):
                raise SignatureError(f"{where}: {instead}")
        if issubclass(model, SelfReference):
            raise SignatureError(
                f"{where}: the model contains itself: use a list whose items name their parent"
            )
        if issubclass(model, Array):
            (item,) = model._type_info.values()
            return _list(self._one(item, f"{where}, item"), item.Attributes.max_occurs)
        if issubclass(model, ComplexModelBase):
            return self._model(model, where)
        if issubclass(model, EnumBase):
            key = (model.get_type_name(), *model.__values__)
            return self._enums.setdefault(key, _enum(model))
        return _scalar(model, where)

    def _model(self, model: Any, where: str) -> Bridged:
        members = {
            name: each for name, each in model.get_flat_type_info(model).items() if not each.Attributes.exc
        }
        original = model.__orig__ or model
        self._refuse_unbridgeable(original, where)
        key = (original, *members.items())
        if key not in self._structs:
            self._inside.append(original)
            fields = [
                self.member(name, each, f"{where}, {original.__name__}.{name}")
                for name, each in members.items()
            ]
            self._inside.pop()
            self._structs[key] = _struct(original, fields)
        return self._structs[key]

    def _refuse_unbridgeable(self, model: Any, where: str) -> None:
        if model in self._inside:
            raise SignatureError(
                f"{where}: {model.__name__} contains itself: use a list whose items name their parent"
            )
        if model.Attributes.methods:
            raise SignatureError(
                f"{where}: {model.__name__} has methods of its own (@mrpc: {', '.join(model.Attributes.methods)}), "
                "which no function can be: make them @rpc methods of a service, which take the object"
            )


def new_struct(name: str, doc: str, members: Iterable[Member]) -> type[Struct]:
    """A Struct class with these members, as an author would have written it."""
    body: dict[str, Any] = {"__doc__": doc, "__annotations__": {}, "__module__": __name__}
    for each in members:
        attribute = python_name(each.name)
        body["__annotations__"][attribute] = each.annotation
        if not each.required:
            body[attribute] = each.default
    made: type[Struct] = types.new_class(name, (Struct,), {}, lambda namespace: namespace.update(body))
    return made


def python_name(name: str) -> str:
    """The attribute for a wire name: Python's own words get an underscore, which does not travel."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _struct(model: Any, members: list[Member]) -> Bridged:
    struct = new_struct(camel_case(model.get_type_name()), (model.__doc__ or "").strip(), members)
    return Bridged(struct, _model_maker(model, members), struct_maker(struct, members, model))


def _model_maker(model: Any, members: list[Member]) -> ToSpyne:
    """Our Struct to an instance of Spyne's class."""
    parts = [(each.attribute, python_name(each.name), each.name, each.bridged.to_spyne) for each in members]

    def make(value: Any, path: str, problems: list[Problem]) -> Any:
        given = {}
        for attribute, ours, name, convert in parts:
            each = getattr(value, ours)
            if each is not None and convert is not None:
                each = convert(each, f"{path}.{name}", problems)
            given[attribute] = each
        return model(**given)

    return make


def struct_maker(struct: type[Struct], members: Sequence[Member], model: Any) -> Convert:
    """What a method returns for a model, to our Struct.

    As in Spyne that is an instance, anything else with its attributes, a dict, or the members in order.
    """
    names: dict[str, Any] = {"struct": struct, "model": model, "sequences": (dict, list, tuple)}
    given = [_member_source(number, each, names) for number, each in enumerate(members)]
    lines = [
        "def make(value):",
        "    if isinstance(value, sequences):",
        "        value = model.get_serialization_instance(value)",
        f"    return struct({', '.join(given)})",
    ]
    made: Convert = compile_source(f"results of {model.__name__}", lines, names)["make"]
    return made


def _member_source(number: int, member: Member, names: dict[str, Any]) -> str:
    """`name=...`: the value's attribute, if it has one, in our form."""
    ours, read = python_name(member.name), f"getattr(value, {member.attribute!r}, None)"
    if member.bridged.to_gateway is None:
        return f"{ours}={read}"
    names[f"convert{number}"] = member.bridged.to_gateway
    return f"{ours}=None if (each := {read}) is None else convert{number}(each)"


def _list(item: Bridged, max_occurs: Any) -> Bridged:
    annotation: Any = types.GenericAlias(list, (item.annotation,))
    if max_occurs not in (1, math.inf):
        annotation = Annotated[annotation, Param(max_length=int(max_occurs))]
    convert_in, convert_out = item.to_spyne, item.to_gateway

    def to_spyne(values: Any, path: str, problems: list[Problem]) -> list[Any]:
        if convert_in is None:
            return list(values)
        return [convert_in(each, f"{path}[{number}]", problems) for number, each in enumerate(values)]

    def to_gateway(values: Any) -> list[Any]:
        return list(values) if convert_out is None else [convert_out(each) for each in values]

    return Bridged(annotation, to_spyne, to_gateway)


def _enum(model: Any) -> Bridged:
    values: tuple[str, ...] = model.__values__
    make: Any = enum.Enum  # mypy reads calls of Enum as declarations
    python = make(model.get_type_name(), [(f"member{number}", text) for number, text in enumerate(values)])
    theirs = {member: getattr(model, member.value) for member in python}
    ours = {member.value: member for member in python}
    return Bridged(
        python, lambda value, _path, _problems: theirs[value], lambda value: ours.get(str(value), value)
    )


def _scalar(model: Any, where: str) -> Bridged:
    for base, make in _SCALARS.items():
        if issubclass(model, base):
            bridged = make(model)
            return replace(bridged, to_spyne=_with_own_rules(model, base, bridged.to_spyne))
    raise SignatureError(
        f"{where}: {model.__name__} is not a type of the wire: use Unicode, a number, Boolean, DateTime, Date, "
        f"ByteArray, Enum, Array or ComplexModel"
    )


def _with_own_rules(model: Any, base: Any, convert: ToSpyne | None) -> ToSpyne | None:
    """Ask Spyne itself where a model has rules that our types do not say."""
    rules = {name: getattr(model.Attributes, name, None) for name in _RULES[base]}
    own = ", ".join(
        f"{name}={value}" for name, value in rules.items() if value != getattr(base.Attributes, name, None)
    )
    return _checker(model, convert, own) if own else convert


def _checker(model: Any, convert: ToSpyne | None, rules: str) -> ToSpyne:
    def check(value: Any, path: str, problems: list[Problem]) -> Any:
        if not (model.validate_native(model, value) and _fits_text(model, value)):
            problems.append(Problem(path=path, problem=f"is not what {_name(model)} takes: {rules}"))
        return value if convert is None else convert(value, path, problems)

    return check


def _name(model: Any) -> str:
    """What the author wrote: customised classes of scalars have no name of their own."""
    name = model.get_type_name()
    return name if isinstance(name, str) else str((model.__orig__ or model).__name__)


def _fits_text(model: Any, value: Any) -> bool:
    return not isinstance(value, str) or model.validate_string(model, value)


def _text(model: Any) -> Bridged:
    limit = model.Attributes.max_len
    return Bridged(str if limit == math.inf else Annotated[str, Param(max_length=int(limit))])


def _integer(model: Any) -> Bridged:
    attributes = model.Attributes
    least = [-INT64 - 1, getattr(attributes, "min_bound", None), attributes.ge, attributes.gt + 1]
    most = [INT64, getattr(attributes, "max_bound", None), attributes.le, attributes.lt - 1]
    if issubclass(model, NonNegativeInteger):
        least.append(1 if issubclass(model, PositiveInteger) else 0)
    low = math.ceil(max(each for each in least if each is not None))
    high = math.floor(min(each for each in most if each is not None))
    if low >= -INT32 - 1 and high <= INT32:
        return Bridged(_bounded(Int32, low, high, INT32))
    return Bridged(_bounded(int, low, high, INT64))


def _bounded(base: Any, low: int, high: int, whole: int) -> Any:
    ge, le = (None if low == -whole - 1 else low), (None if high == whole else high)
    return base if ge is None and le is None else Annotated[base, Param(ge=ge, le=le)]


def _float(model: Any) -> Bridged:
    attributes = model.Attributes
    low = max(float(attributes.ge), _above(float(attributes.gt)))
    high = min(float(attributes.le), -_above(-float(attributes.lt)))
    if not math.isfinite(low) and not math.isfinite(high):
        return Bridged(float, None, float)
    ge, le = (each if math.isfinite(each) else None for each in (low, high))
    return Bridged(Annotated[float, Param(ge=ge, le=le)], None, float)


def _above(bound: float) -> float:
    """The least number above an exclusive bound."""
    return math.nextafter(bound, math.inf) if math.isfinite(bound) else bound


def _decimal(_model: Any) -> Bridged:
    return Bridged(
        PythonDecimal,
        None,
        lambda value: value if isinstance(value, PythonDecimal) else PythonDecimal(str(value)),
    )


def _bytes(_model: Any) -> Bridged:
    return Bridged(bytes, lambda value, _path, _problems: (value,), _join)


def _join(value: Any) -> bytes:
    """Spyne's octets are a sequence of pieces."""
    return value if isinstance(value, bytes) else b"".join(value)


def _default(bridged: Bridged, value: Any, where: str) -> Any:
    try:
        return value if bridged.to_gateway is None else bridged.to_gateway(value)
    except (TypeError, ValueError, AttributeError) as error:
        raise SignatureError(f"{where}: the default {value!r} is not of its type") from error


_SCALARS: Mapping[Any, Callable[[Any], Bridged]] = {
    Boolean: lambda _: Bridged(bool),
    Integer: _integer,
    Double: _float,
    Decimal: _decimal,
    Date: lambda _: Bridged(date),
    DateTime: lambda _: Bridged(datetime),
    ByteArray: _bytes,
    Unicode: _text,
}
"""Spyne's scalar classes, subclasses before their bases."""

_BOUNDS = ("gt", "ge", "lt", "le")
_RULES: Mapping[Any, tuple[str, ...]] = {
    Boolean: ("values",),
    Integer: ("values",),
    Double: ("values",),
    Decimal: ("values", *_BOUNDS),
    Date: ("values", *_BOUNDS),
    DateTime: ("values", *_BOUNDS),
    ByteArray: ("min_len", "max_len"),
    Unicode: ("values", "min_len", "pattern"),
}
"""What our annotations do not say of them."""
