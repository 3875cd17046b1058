"""The functions that the cases call: one a type, one a way to go wrong. All but two give back what came."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from functions.site import component as site_component
from functions.users import component as users_component
from gateway import ABSENT, READ, Component, FaultKind, Int32, Maybe, Struct, function
from gateway.words import Email, Username

TEA_IS_COLD = FaultKind("teaiscold", "The tea is cold")


class Level(Enum):
    """A choice."""

    LOW = "low"
    HIGH = "high"


class Course(Struct):
    """The inner structure, with a list of its own."""

    id: Int32
    name: str
    tags: list[str]


class Person(Struct, kw_only=True):
    """A structure with members of both kinds in every state, and a list of structures."""

    id: int | None = None
    username: str
    email: Maybe[str] = ABSENT
    active: bool = True
    joined: Maybe[datetime] = ABSENT
    courses: list[Course]


class Account(Struct):
    """Two words, for problems."""

    username: Username
    email: Email


@function("interop_echo_int", effect=READ)
def echo_int(value: int) -> int:
    """What came."""
    return value


@function("interop_echo_int32", effect=READ)
def echo_int32(value: Int32) -> Int32:
    """What came."""
    return value


@function("interop_echo_double", effect=READ)
def echo_double(value: float) -> float:
    """What came."""
    return value


@function("interop_echo_decimal", effect=READ)
def echo_decimal(value: Decimal) -> Decimal:
    """What came."""
    return value


@function("interop_echo_bool", effect=READ)
def echo_bool(value: bool) -> bool:
    """What came."""
    return value


@function("interop_echo_text", effect=READ)
def echo_text(value: str) -> str:
    """What came."""
    return value


@function("interop_echo_instant", effect=READ)
def echo_instant(value: datetime) -> datetime:
    """What came, in UTC."""
    return value


@function("interop_echo_day", effect=READ)
def echo_day(value: date) -> date:
    """What came."""
    return value


@function("interop_echo_level", effect=READ)
def echo_level(value: Level) -> Level:
    """What came."""
    return value


@function("interop_echo_bytes", effect=READ)
def echo_bytes(value: bytes) -> bytes:
    """What came."""
    return value


@function("interop_echo_numbers", effect=READ)
def echo_numbers(values: list[int]) -> list[int]:
    """What came."""
    return values


@function("interop_echo_texts", effect=READ)
def echo_texts(values: list[str]) -> list[str]:
    """What came."""
    return values


@function("interop_echo_person", effect=READ)
def echo_person(person: Person) -> Person:
    """Who came."""
    return person


@function("interop_echo_people", effect=READ)
def echo_people(people: list[Person]) -> list[Person]:
    """Who came."""
    return people


@function("interop_optional", effect=READ)
def optional(
    a: str, b: int | None = None, c: Maybe[str] = ABSENT, d: int = 7, e: Maybe[list[int]] = ABSENT
) -> str:
    """Which of the parameters came, as text."""
    return f"{a}|{b}|{'absent' if c is ABSENT else c}|{d}|{'absent' if e is ABSENT else e}"


@function("interop_void", effect=READ)
def void(value: str) -> None:
    """Nothing."""


@function("interop_null", effect=READ)
def null() -> str | None:
    """Null."""
    return None


@function("interop_illegal_text", effect=READ)
def illegal_text() -> str:
    """A text with a character that XML forbids."""
    return "a\x01b"


@function("interop_accounts", effect=READ)
def accounts(accounts: list[Account]) -> int:
    """How many accounts came."""
    return len(accounts)


@function("interop_fault", effect=READ, raises=[TEA_IS_COLD])
def declared_fault(text: str) -> int:
    """Raises its own fault, whose cause is the text."""
    raise TEA_IS_COLD(text)


FUNCTIONS = (
    echo_int,
    echo_int32,
    echo_double,
    echo_decimal,
    echo_bool,
    echo_text,
    echo_instant,
    echo_day,
    echo_level,
    echo_bytes,
    echo_numbers,
    echo_texts,
    echo_person,
    echo_people,
    optional,
    void,
    null,
    illegal_text,
    accounts,
    declared_fault,
)

SHIPPED = (site_component, users_component)
"""The shipped components, which are served beside."""

component = Component("interop", functions=FUNCTIONS)
