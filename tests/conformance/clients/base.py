"""What every client adapter offers, and the forms that values take where a protocol has none for them."""

import abc
import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar


@dataclass(frozen=True)
class FaultSeen:
    """A fault as a client read it; `status` is the HTTP status it came with."""

    exception: str
    errorcode: str
    message: str
    cause: str
    problems: Mapping[str, str]
    request_id: str
    status: int


@dataclass(frozen=True)
class Result:
    """A result as a client read it."""

    value: Any


Seen = Result | FaultSeen


@dataclass(frozen=True)
class Caller:
    """What a client shows: a token, a user name and a password, or nothing."""

    token: str | None = None
    username: str | None = None
    password: str = ""

    @property
    def shows_nothing(self) -> bool:
        """Whether no credential goes along."""
        return self.token is None and self.username is None

    @property
    def authorization(self) -> dict[str, str]:
        """The HTTP header, for clients that have no way of their own."""
        if self.username is not None:
            return {"Authorization": f"Basic {base64_text(f'{self.username}:{self.password}'.encode())}"}
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


@dataclass
class Exchange:
    """The last answer, beside what the client made of it: its bytes, status and request id."""

    status: int = 0
    request_id: str = ""
    body: bytes = b""

    def keep(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Remember an answer."""
        self.status, self.body = status, body
        self.request_id = headers.get("X-Request-Id") or headers.get("x-request-id") or ""


Forms = Mapping[type, Callable[[Any], Any]]
"""For each type that a protocol has no form of its own for: how it is written instead."""


def base64_text(octets: bytes) -> str:
    """Octets as text."""
    return base64.b64encode(octets).decode("ascii")


def rfc3339(instant: datetime) -> str:
    """An instant as RFC 3339 writes it; one without a zone stays so."""
    return instant.isoformat().replace("+00:00", "Z")


def naive_utc(instant: datetime) -> datetime:
    """An instant for clients whose date has no zone."""
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant


TEXTS: Forms = {bytes: base64_text, Decimal: str, date: date.isoformat, datetime: rfc3339}


def rewrite(value: Any, forms: Forms) -> Any:
    """A value, nested as it may be, in a protocol's forms."""
    if isinstance(value, list):
        return [rewrite(each, forms) for each in value]
    if isinstance(value, dict):
        return {name: rewrite(each, forms) for name, each in value.items()}
    form = forms.get(type(value))
    return value if form is None else form(value)


class Client(abc.ABC):
    """An adapter around one client."""

    name: ClassVar[str]
    protocol: ClassVar[str]
    fault_statuses: ClassVar[tuple[int, int] | None] = None
    """The HTTP status of every fault, and of those that ask for a credential; None: each fault's own."""
    tells: ClassVar[frozenset[str]] = frozenset({"exception", "problems", "request_id"})
    """What a fault holds beside errorcode, message and cause."""

    def __init__(self) -> None:
        self.last = Exchange()
        self.fault: Any = None
        """The last fault as the client itself holds it."""

    @abc.abstractmethod
    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        """Call as the client's users do: arguments by name, or by position where the names are digits."""

    @abc.abstractmethod
    def send(self, function: str, raw: str, caller: Caller) -> Seen:
        """The raw hook: send what the client's own typing cannot say, and read the answer as usual."""

    @abc.abstractmethod
    def expects(self, value: Any) -> Any:
        """What the client makes of a value that docs/reference/types.md sends: losses included."""

    def fault_status(self, own: int, caller: Caller, check: str | None) -> int:  # noqa: ARG002
        """The HTTP status of a fault of this status of its own, which this check raised."""
        return own if self.fault_statuses is None else self.fault_statuses[caller.shows_nothing]

    def fit(self, expected: Any, seen: Any) -> Any:  # noqa: ARG002  (clients with shapes of their own look)
        """What the client saw, in the shape that was expected."""
        return seen

    def plain(self, seen: Any) -> Any:
        """What the client gave, as lists, dicts and scalars, nothing mended."""
        return seen

    def close(self) -> None:
        """Give back connections."""
        return


def places(arguments: Mapping[str, Any]) -> bool:
    """Whether arguments are given by position."""
    return bool(arguments) and all(name.isdigit() for name in arguments)
