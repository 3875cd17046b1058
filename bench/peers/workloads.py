"""The three workloads: what is called, with which arguments, and what must come back."""

from typing import Any, Literal, TypedDict, get_args

Workload = Literal["echo", "names", "store"]
WORKLOADS: tuple[Workload, ...] = get_args(Workload)
ROWS = 50
NAMESPACE = "urn:manifold:bench"  # of the SOAP peers


class User(TypedDict):
    """One row of the two larger workloads."""

    id: int
    username: str
    firstname: str
    lastname: str
    email: str
    suspended: bool


def user(number: int, username: str) -> User:
    """A row; the `&` makes every writer escape something in every row."""
    return {
        "id": number,
        "username": username,
        "firstname": f"Zoë {number}",
        "lastname": "van der Berg",
        "email": f"{username}&co@example.org",
        "suspended": number % 7 == 0,
    }


def echo(number: int, text: str) -> str:
    """Workload A: two scalars in, one out."""
    return f"{number}: {text}"


def names(names: list[str]) -> list[User]:
    """Workload B: 50 strings in, 50 structs out."""
    return [user(number, name) for number, name in enumerate(names, 1)]


def store(users: list[User]) -> int:
    """Workload C: 50 structs in, one number out that shows every row was read."""
    return sum(row["id"] for row in users if not row["suspended"])


NAMES = [f"user{number:03}" for number in range(1, ROWS + 1)]
USERS = names(NAMES)
# Keys are the parameter names, in the order of the signatures.
ARGUMENTS: dict[Workload, dict[str, Any]] = {
    "echo": {"number": 42, "text": "Fish & Chips, größer als <drei>"},
    "names": {"names": NAMES},
    "store": {"users": USERS},
}
ANSWERS: dict[Workload, Any] = {
    "echo": echo(**ARGUMENTS["echo"]),
    "names": USERS,
    "store": store(USERS),
}
