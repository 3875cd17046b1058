"""The interface a protocol implements: pure functions from bytes to Calls and from answers to bytes."""

import abc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Literal

import msgspec

from gateway.faults import INVALID_REQUEST, Fault, Refusal
from gateway.registry import Function
from gateway.settings import Settings

Face = Literal["modern", "moodle"]
FORM = "application/x-www-form-urlencoded"
ANY = "*/*"
"""As a Route's media type: the body is read whatever its content type says."""
NO_STORE = "no-store"
"""As `Cache-Control`: nobody may keep the answer (RFC 9111 section 5.2.2.5)."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a protocol answers: `path` itself, or with `below` everything under it.

    `methods` are the HTTP methods it takes; `media_types` the content types of a body it reads (lower case,
    without parameters). `secret` says that what is under it are credentials, which no log and no fault may hold.
    """

    path: str
    methods: frozenset[str]
    media_types: frozenset[str]
    below: bool = False
    secret: bool = False

    @property
    def allow(self) -> str:
        """The value of `Allow`: its methods, OPTIONS, and HEAD beside GET (RFC 9110 sections 9.3.2, 9.3.7, 10.2.1)."""
        return ", ".join(sorted(self.methods | {"OPTIONS"} | ({"HEAD"} if "GET" in self.methods else set())))


def media_type_of(headers: Mapping[str, str]) -> str:
    """The content type in the headers of a request, lower case, without its parameters; empty if there is none."""
    return _media_type(headers.get("content-type", ""))


@lru_cache(maxsize=256)
def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


class Request(msgspec.Struct, frozen=True):
    """One HTTP request, its body read, without content coding and inside the limits; a HEAD is a GET here.

    `query` is the raw query string, `tail` what follows the route's path, `headers` have lower-case names.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    peer: str = ""
    tail: str = ""

    @property
    def media_type(self) -> str:
        """The content type, lower case, without its parameters."""
        return media_type_of(self.headers)


class Reply(msgspec.Struct, frozen=True):
    """One HTTP answer. The gateway adds the request id, length and security headers."""

    status: int
    headers: dict[str, str]
    body: bytes


def vary(headers: dict[str, str], name: str) -> None:
    """Say in the headers of an answer that it depends on this header of the request (RFC 9110 section 12.5.5)."""
    before = headers.get("Vary")
    headers["Vary"] = f"{before}, {name}" if before else name


class Credentials(msgspec.Struct, frozen=True):
    """What the caller showed: a token, a user name and a password, or nothing. Never a cookie.

    `client` is the id that his client shows with every call: a credential only while a login lasts under it.
    """

    token: str | None = None
    username: str | None = None
    password: str | None = None
    client: str | None = None

    @property
    def is_password(self) -> bool:
        """Whether a user name or a password came."""
        return self.username is not None or self.password is not None


class Call(msgspec.Struct):
    """One decoded request: the function's name, and arguments that only its codec reads (`bind`).

    `position` is the protocol's own note of where the answer belongs (an AMF response URI).
    `safe` says that the HTTP method promised to change nothing (GET).
    """

    function: str | None
    arguments: Any = None
    position: Any = None
    safe: bool = False


class Query(msgspec.Struct):
    """A message that calls no function: a WSDL, introspection. `options` are the protocol's own.

    `broken` is why it cannot be served, though it can be answered.
    """

    name: str
    options: Mapping[str, Any] = {}
    position: Any = None
    broken: Fault | None = None


class SessionQuery(Query):
    """A message about the caller's session, which is answered with his client's id; `client` is the one it shows."""

    client: str | None = None


class Ping(SessionQuery):
    """Asks whether anybody is there."""


class Login(SessionQuery):
    """Begins a session of the user whose name and password the message's credentials are."""


class Logout(SessionQuery):
    """Ends it."""


class Message(msgspec.Struct):
    """What `parse` found: who calls, what, and the protocol's own notes for the reply (`state`).

    `several` says that the body is an envelope of calls, each answered on its own (request ids R.1 ... R.n).
    `broken` is set when the items are known well enough to be answered, but not to be run.
    """

    items: Sequence[Call | Query]
    credentials: Credentials = Credentials()
    several: bool = False
    state: Any = None
    broken: Fault | None = None


class Answer(msgspec.Struct, frozen=True):
    """What one Call or Query gets: the payload that its codec (or `describe`) encoded, or a Refusal.

    The payload of a SessionQuery is the client's id, beside a Refusal too: a client keeps the first that it is told.
    """

    item: Call | Query
    request_id: str
    payload: Any = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """What documents say of the installation: the configured public URL, the site's name, SOAP's two names for it.

    `namespace` is the WSDL's target namespace, `wsdl_name` what its service, port type and bindings are named after.
    """

    url: str
    name: str
    namespace: str
    wsdl_name: str = Settings().wsdl_name


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that a client would send: what `sample` makes, for documentation, test client and command."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class RemoteFault(Exception):
    """A fault that `read` found in an answer; every field is a text, empty where the answer had none."""

    def __init__(
        self,
        exception: str,
        errorcode: str,
        message: str,
        cause: str = "",
        problems: Sequence[Mapping[str, str]] = (),
        request_id: str = "",
    ) -> None:
        super().__init__(f"{errorcode}: {message}")
        self.exception = exception
        self.errorcode = errorcode
        self.message = message
        self.cause = cause
        self.problems = tuple(dict(each) for each in problems)
        self.request_id = request_id


class Codec(abc.ABC):
    """One function on one protocol, compiled from its Signature once, at start. Safe to share between threads."""

    @abc.abstractmethod
    def bind(self, call: Call) -> dict[str, Any]:
        """The call's arguments by wire name, as plain Python values; what did not come is left out.

        Structs are dicts by wire name, lists are lists, scalars are the Python types of their kind (datetimes may
        lack a zone), null is None. What cannot be read is `Unreadable` in its place, and unknown members are kept,
        so that validation reports every problem with its path in one fault.
        """

    @abc.abstractmethod
    def encode(self, result: Any, call: Call) -> Any:
        """The payload for `reply`, of a result that was checked against the Signature.

        `call` is the one that gave it: some protocols answer in the form that the caller chose.
        """


class Protocol(abc.ABC):
    """An adapter: one face of a protocol. Stateless; does no I/O and knows no rule of the authorization core.

    The faces of a protocol share its `name`: they are enabled together, and ask for the same capability.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    face: ClassVar[Face] = "modern"
    routes: ClassVar[tuple[Route, ...]]
    documents: ClassVar[frozenset[str]] = frozenset()
    """The Queries whose payload is a document for people and their tools, in bytes."""

    @abc.abstractmethod
    def parse(self, request: Request) -> Message:
        """The Calls and Queries in a request, arguments unread. Raises Fault (INVALID_REQUEST and its like)."""

    @abc.abstractmethod
    def compile(self, function: Function, site: Site) -> Codec:
        """The codec of one function."""

    @abc.abstractmethod
    def reply(self, request: Request, message: Message, answers: Sequence[Answer]) -> Reply:
        """The HTTP answer to a parsed message, one Answer for each item, in order."""

    @abc.abstractmethod
    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """The HTTP answer when nothing could be parsed, in the protocol the caller reads."""

    def describe(self, query: Query, functions: Sequence[Function], site: Site) -> Any:  # noqa: ARG002
        """The payload of a Query, from the functions its caller may call."""
        raise LookupError(f"{self.name} has no query {query.name}")

    @abc.abstractmethod
    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """The request that calls a function with these values (Python values by wire name)."""

    @abc.abstractmethod
    def read(
        self, function: Function, status: int, headers: Mapping[str, str], body: bytes, site: Site
    ) -> Any:
        """The result in an answer, as plain Python values. Raises RemoteFault for a fault."""


def writer_of(document: str, protocols: Iterable[Protocol]) -> Protocol | None:
    """The modern face that describes functions in such a document, if one is installed."""
    return next((each for each in modern(protocols).values() if document in each.documents), None)


def choose(functions: Iterable[Function], wanted: str) -> list[Function]:
    """Those that a document's option `functions` names between commas (all, if none), sorted by name.

    Hundreds of operations cost a client's generator minutes. Raises INVALID_REQUEST if none of them can be shown.
    """
    names = {each.strip() for each in wanted.split(",")} - {""}
    chosen = [each for each in functions if not names or each.name in names]
    if names and not chosen:
        raise INVALID_REQUEST("None of the functions asked for can be called here by this caller")
    return sorted(chosen, key=lambda each: each.name)


def names_of(protocols: Iterable[Protocol]) -> list[str]:
    """The names of protocols, each once, however many faces it has."""
    return list(dict.fromkeys(protocol.name for protocol in protocols))


def modern(protocols: Iterable[Protocol]) -> dict[str, Protocol]:
    """The modern faces, by name."""
    return {protocol.name: protocol for protocol in protocols if protocol.face == "modern"}
