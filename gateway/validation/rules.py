"""What a value of the right Python type must fulfil besides: one list of rules a type, read by both checks."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from gateway import limits
from gateway.signature import Choice, Kind, ListOf, Scalar, Type
from gateway.xml import ILLEGAL

NATIVE_TYPES = (bytes, datetime, date, Decimal)
"""What codecs yield as such; msgspec then takes no text for them."""

DECIMAL_DIGITS = limits.INTEGER_DIGITS
_RANGES = {Kind.INT: 2**63, Kind.INT32: 2**31}


class InvalidError(ValueError):
    """The fast check failed; the walk says where."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A Python expression that must hold and what to say when it does not.

    `{x}` stands for the value in it, `{NAME}` for each object of `names`.
    """

    expression: str
    problem: str
    names: tuple[tuple[str, Any], ...] = ()

    def holds(self, value: Any) -> bool:
        """Whether one value fulfils it."""
        source = self.expression.format(x="x", **{name: name for name, _ in self.names})
        return bool(eval(source, {"x": value, **dict(self.names)}))  # noqa: S307  (our own text)


def _is_bounded_decimal(value: Decimal) -> bool:
    return (
        value.is_finite()
        and len(value.as_tuple().digits) <= DECIMAL_DIGITS
        and abs(value.adjusted()) < DECIMAL_DIGITS
    )


def rules_of(node: Type, *, output: bool) -> Iterator[Rule]:
    """What a value of the right Python type must fulfil besides."""
    if isinstance(node, Scalar):
        yield from _scalar_rules(node, output=output)
    elif isinstance(node, ListOf) and node.max_length is not None:
        yield Rule(f"len({{x}}) <= {node.max_length}", f"has more than {node.max_length} items")
    elif isinstance(node, Choice) and output and node.python is None:  # on input msgspec looks
        yield Rule(
            "{x} in {members}",
            f"is none of {', '.join(node.members)}",
            (("members", frozenset(node.members)),),
        )


def _scalar_rules(node: Scalar, *, output: bool) -> Iterator[Rule]:
    if node.kind in _RANGES:
        bound = _RANGES[node.kind]
        yield Rule(f"-{bound} <= {{x}} < {bound}", f"is not a {bound.bit_length()}-bit integer")
    elif node.kind is Kind.FLOAT:
        yield Rule("{isfinite}({x})", "is not a finite number", (("isfinite", math.isfinite),))
    elif node.kind is Kind.DECIMAL:
        problem = f"is not a finite number of at most {DECIMAL_DIGITS} digits"
        yield Rule("{bounded}({x})", problem, (("bounded", _is_bounded_decimal),))
    if node.max_length is not None:
        unit = "bytes" if node.kind is Kind.BYTES else "characters"
        yield Rule(f"len({{x}}) <= {node.max_length}", f"is longer than {node.max_length} {unit}")
    if node.kind is Kind.STR and not output:  # on output illegal characters become U+FFFD
        expression = "({x}.isprintable() or {illegal}({x}) is None)"
        yield Rule(expression, "holds a character that XML 1.0 forbids", (("illegal", ILLEGAL.search),))
    if node.word is not None:
        yield Rule("{word}({x})", f"is {node.word.problem}", (("word", node.word.test),))
    if node.ge is not None:
        yield Rule(f"{{x}} >= {node.ge!r}", f"is less than {node.ge}")
    if node.le is not None:
        yield Rule(f"{{x}} <= {node.le!r}", f"is more than {node.le}")


def to_utc(value: datetime) -> datetime:
    """The same instant in UTC; without a zone it is read as UTC."""
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise InvalidError from None
