"""The functions that tests call: every type in every position, and every way a function can go wrong."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

from sqlalchemy import func, select

from gateway import (
    ABSENT,
    READ,
    WRITE,
    Capability,
    Component,
    Deprecation,
    FaultKind,
    Int32,
    Invocation,
    Maybe,
    Param,
    Struct,
    function,
)
from gateway.store import User
from gateway.words import Email, Username

TEA_IS_COLD = FaultKind("teaiscold", "The tea is cold", status=409)
FAR_AWAY = date(2999, 1, 1)
UNDECLARED = FaultKind("undeclared", "Nobody declared this")


class Color(Enum):
    """A choice as an Enum."""

    RED = "red"
    BLUE = "blue"


class Leaf(Struct):
    """The innermost structure."""

    name: Username
    weight: Maybe[int] = ABSENT


class Branch(Struct):
    """Holds leaves."""

    label: str
    leaves: list[Leaf]


class Tree(Struct, name="TestTreeValue"):
    """Three levels: branches hold leaves."""

    title: str
    branches: list[Branch]


class Everything(Struct, name="TestEverythingValue"):
    """One member of every type."""

    flag: bool
    number: int
    small: Int32
    ratio: float
    amount: Decimal
    text: str
    data: bytes
    instant: datetime
    day: date
    choice: Literal["low", "high"]
    color: Color
    texts: list[str]
    numbers: list[int]
    grid: list[list[int]]
    leaf: Leaf
    leaves: list[Leaf]
    maybe_text: Maybe[str] = ABSENT
    maybe_number: Maybe[int] = ABSENT
    null_text: str | None = None
    null_number: int | None = None
    default_text: str = "default"


class Person(Struct):
    """Six members, as in the benchmarks."""

    id: int
    username: Username
    firstname: str
    lastname: str
    email: Maybe[Email] = ABSENT
    suspended: bool = False


@function("test_echo", effect=READ)
def echo(number: int, text: str) -> str:
    """Both arguments as one text."""
    return f"{text} {number}"


@function("test_everything", effect=READ)
def everything(value: Everything) -> Everything:
    """What came, unchanged."""
    return value


@function("test_people", effect=READ)
def people(people: list[Person]) -> list[Person]:
    """What came, unchanged."""
    return people


@function("test_tree", effect=READ)
def tree(tree: Tree, note: str = "none") -> int:
    """How many leaves the tree has."""
    return sum(len(branch.leaves) for branch in tree.branches)


@function("test_optional", effect=READ)
def optional(
    a: str, b: int | None = None, c: Maybe[str] = ABSENT, d: int = 7, e: Maybe[list[int]] = ABSENT
) -> str:
    """Which of the parameters came, as text."""
    return f"{a}|{b}|{'absent' if c is ABSENT else c}|{d}|{'absent' if e is ABSENT else e}"


@function("test_void", effect=READ)
def void(text: str = "") -> None:
    """Nothing."""


@function("test_null", effect=READ)
def null() -> str | None:
    """Null."""
    return None


@function("test_bytes", effect=READ)
def data(data: bytes) -> bytes:
    """What came."""
    return data


@function("test_instants", effect=READ)
def instants(instants: list[datetime]) -> list[datetime]:
    """What came, in UTC."""
    return instants


@function("test_illegal_text", effect=READ)
def illegal_text() -> str:
    """A text with characters that XML forbids."""
    return "a\x01b\ufffe\r\n<&>"


@function("test_raises", effect=WRITE)
def raises(call: Invocation, username: Username) -> int:
    """Writes, then raises what nobody declared."""
    _add(call, username)
    raise RuntimeError("the secret is swordfish")


@function("test_raises_undeclared_fault", effect=WRITE)
def raises_undeclared_fault(call: Invocation, username: Username) -> int:
    """Writes, then raises a fault that it did not declare."""
    _add(call, username)
    raise UNDECLARED("because")


@function("test_declared_fault", effect=WRITE, raises=[TEA_IS_COLD])
def declared_fault(call: Invocation, username: Username) -> int:
    """Writes, then raises its own fault."""
    _add(call, username)
    raise TEA_IS_COLD("It stood for an hour")


@function("test_wrong_result", effect=WRITE)
def wrong_result(call: Invocation, username: Username) -> list[Person]:
    """Writes, then returns something else than it declared."""
    _add(call, username)
    wrong: Any = [{"id": "one", "username": "x"}]
    return wrong  # type: ignore[no-any-return]


@function("test_undeclared_member", effect=READ)
def undeclared_member() -> Leaf:
    """Returns more than it declared."""
    more: Any = {"name": "leaf", "secret": "swordfish"}
    return more  # type: ignore[no-any-return]


@function("test_exits", effect=WRITE)
def exits(call: Invocation, username: Username) -> int:
    """Writes, then tries to end the process."""
    _add(call, username)
    raise SystemExit(3)


@function("test_commits", effect=WRITE)
def commits(call: Invocation, username: Username) -> int:
    """Writes, then tries to commit on its own."""
    number = _add(call, username)
    call.db.commit()
    return number


@function("test_write", effect=WRITE)
def write(call: Invocation, username: Username) -> int:
    """Adds a user; his id."""
    return _add(call, username)


@function("test_count", effect=READ)
def count(call: Invocation) -> int:
    """How many users there are."""
    return call.db.scalar(select(func.count()).select_from(User)) or 0


@function("test_requires", effect=READ, requires=["test/tea:drink"])
def requires() -> bool:
    """Needs a capability, checked by the gateway."""
    return True


@function("test_requires_inside", effect=READ, uses=["test/tea:pour"])
def requires_inside(call: Invocation) -> bool:
    """Needs a capability, asked for by itself."""
    call.require("test/tea:pour")
    return True


@function("test_secret", effect=READ)
def secret(password: Annotated[str, Param(secret=True, max_length=8)]) -> int:
    """How long the secret is."""
    return len(password)


@function("test_deprecated", effect=READ, deprecated=Deprecation(date(2026, 1, 1), FAR_AWAY, "test_echo"))
def deprecated(text: str = "") -> str:
    """Still answers."""
    return text


@function("test_fading", effect=READ, deprecated=Deprecation(date(2025, 6, 1)))
def fading() -> bool:
    """Still answers, and nobody has decided until when."""
    return True


@function(
    "test_removed",
    effect=READ,
    requires=["test/tea:drink"],
    deprecated=Deprecation(date(2019, 1, 1), date(2020, 1, 1), "test_void"),
)
def removed() -> bool:
    """Answers nobody any more."""
    return True


@function("test_outside", effect=READ)
def outside() -> bool:
    """Is in no service."""
    return True


def _add(call: Invocation, username: str) -> int:
    user = User(username=username)
    call.db.add(user)
    call.db.flush()
    return user.id


FUNCTIONS = [
    echo,
    everything,
    people,
    tree,
    optional,
    void,
    null,
    data,
    instants,
    illegal_text,
    raises,
    raises_undeclared_fault,
    declared_fault,
    wrong_result,
    undeclared_member,
    exits,
    commits,
    write,
    count,
    requires,
    requires_inside,
    secret,
    deprecated,
    fading,
    removed,
    outside,
]

component = Component(
    "test",
    functions=FUNCTIONS,
    capabilities=[Capability("test/tea:drink", "Drink tea"), Capability("test/tea:pour", "Pour tea")],
)
