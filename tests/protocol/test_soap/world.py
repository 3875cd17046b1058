"""The functions that the SOAP tests call, and the short ways to send them bytes."""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from lxml import etree

from gateway import ABSENT, READ, WRITE, Component, Function, Int32, Maybe, Param, Struct, function
from gateway.faults import Fault, FaultKind, disclose
from gateway.protocol import Answer, Message, Query, Reply, Request, Site
from gateway.validation import Validator
from protocols.soap import PROTOCOL

NAMESPACE = "urn:moodlelike:1"
SITE = Site("https://gateway.example/ws?a=1&b=2", "Example", NAMESPACE)
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
TEXT_XML = {"content-type": "text/xml; charset=utf-8"}
SOAP_XML = {"content-type": "application/soap+xml; charset=utf-8"}


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green & blue"


class Pref(Struct, name="Pref"):
    type: str
    value: str


class User(Struct, name="User"):
    """A person."""

    id: Int32 | None
    username: str
    email: Maybe[str] = ABSENT
    suspended: Maybe[bool] = ABSENT
    preferences: Maybe[list[Pref]] = ABSENT
    tags: list[str] | None = None


class Everything(Struct, name="Everything"):
    """Every type, in every state."""

    flag: bool
    count: int
    small: Int32
    ratio: float
    price: Decimal
    text: str
    octets: bytes
    instant: datetime
    day: date
    colour: Colour
    word: Literal["a", "b<c"]
    list_: list[int]
    pref: Pref
    maybe_flag: Maybe[bool] = ABSENT
    maybe_count: Maybe[int] = ABSENT
    maybe_text: Maybe[str] = ABSENT
    maybe_octets: Maybe[bytes] = ABSENT
    maybe_day: Maybe[date] = ABSENT
    maybe_colour: Maybe[Colour] = ABSENT
    maybe_list: Maybe[list[Pref]] = ABSENT
    maybe_pref: Maybe[Pref] = ABSENT
    null_ratio: float | None = None
    null_price: Decimal | None = None
    null_instant: datetime | None = None
    null_word: Literal["x"] | None = None
    null_text: str | None = None
    null_list: list[bytes] | None = None
    default_count: int = 7
    default_text: str = "seven"


NO_SUCH = FaultKind("nosuchuser", "No user has that id <here>")


def _echo(name: str, annotation: Any) -> Function:
    def echo(v):
        return v

    echo.__annotations__ = {"v": annotation, "return": annotation}
    return function(f"echo_{name}", effect=READ)(echo)


@function("optional", effect=READ)
def optional(a: str, b: Int32 | None = None, c: Maybe[str] = ABSENT) -> str | None:
    """Of three, two may be left out."""
    return None


@function("needs", effect=READ)
def needs(
    number: int,
    flag: bool,
    text: str,
    octets: bytes,
    day: date,
    values: list[list[Int32]],
    user: User,
    colour: Colour,
) -> int:
    """Needs one of each."""
    return 0


@function("core_user_create_users", effect=WRITE, raises=[NO_SUCH])
def create_users(users: Annotated[list[User], Param("Who to create & how")]) -> list[User]:
    """Create users; <b>markup</b> & text."""
    return users


@function("do_void", effect=WRITE)
def do_void(v: str | None = None) -> None:
    """Gives nothing."""


@function("sign_in", effect=READ)
def sign_in(pin: Annotated[int, Param(secret=True)]) -> bool:
    """Takes a secret."""
    return True


_ECHOES = {
    "int": Int32 | None,
    "long": int | None,
    "double": float | None,
    "decimal": Decimal | None,
    "bool": bool | None,
    "string": str | None,
    "datetime": datetime | None,
    "date": date | None,
    "bytes": bytes | None,
    "colour": Colour | None,
    "ints": list[Int32] | None,
    "strings": list[str] | None,
    "dates": list[date],
    "table": list[list[Int32]],
    "user": User | None,
    "everything": Everything,
    "plain": str,
    "number": int,
}
COMPONENT = Component(
    "core_example",
    functions=[
        *(_echo(name, annotation) for name, annotation in _ECHOES.items()),
        optional,
        needs,
        create_users,
        do_void,
        sign_in,
    ],
)
FUNCTIONS = {each.name: each for each in COMPONENT.functions}
CODECS = {name: PROTOCOL.compile(each, SITE) for name, each in FUNCTIONS.items()}
VALIDATORS = {name: Validator(name, each.signature) for name, each in FUNCTIONS.items()}


def envelope(body: str, header: str = "", version: str = SOAP11) -> bytes:
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return (
        f'<s:Envelope xmlns:s="{version}" xmlns:i="{XSI}">{head}<s:Body>{body}</s:Body></s:Envelope>'.encode()
    )


def call(name: str, members: str = "") -> str:
    return f'<{name} xmlns="{NAMESPACE}">{members}</{name}>'


def post(body: bytes, headers: Mapping[str, str] = TEXT_XML, query: str = "") -> Request:
    return Request("POST", "/soap", query, headers, body)


def get(query: str) -> Request:
    return Request("GET", "/soap", query, {}, b"")


def bind(body: bytes, headers: Mapping[str, str] = TEXT_XML) -> dict[str, Any]:
    """The arguments as the codec reads them."""
    (item,) = PROTOCOL.parse(post(body, headers)).items
    return CODECS[item.function].bind(item)


def arguments(name: str, members: str) -> tuple[Any, ...]:
    """The arguments as the function receives them. Raises the Fault with all problems."""
    return VALIDATORS[name].arguments(bind(envelope(call(name, members))))


def problems(name: str, members: str) -> dict[str, str]:
    """What is wrong with the arguments: problem by path."""
    try:
        values = arguments(name, members)
    except Fault as fault:
        return {each.path: each.problem for each in fault.problems}
    raise AssertionError(f"nothing was wrong: {values}")


def answer(name: str, result: Any, version: str = SOAP11) -> Reply:
    """The reply to a call of the function that gave this result."""
    headers = TEXT_XML if version == SOAP11 else SOAP_XML
    request = post(envelope(call(name), version=version), headers)
    message = PROTOCOL.parse(request)
    payload = CODECS[name].encode(result, message.items[0])
    return PROTOCOL.reply(request, message, [Answer(message.items[0], "R1", payload)])


def refused(request: Request, fault: Fault, level: int = 0) -> Reply:
    """The reply to a parsed request that was refused."""
    message: Message = PROTOCOL.parse(request)
    answers = [Answer(each, "R1", refusal=disclose(fault, level, "R1")) for each in message.items]
    return PROTOCOL.reply(request, message, answers)


def unparsed(request: Request, level: int = 32767) -> Reply:
    """The reply to a request that cannot be parsed."""
    try:
        message = PROTOCOL.parse(request)
    except Fault as fault:
        return PROTOCOL.refuse(request, disclose(fault, level, "R1"))
    raise AssertionError(f"it was parsed: {message}")


def wsdl(query: str = "wsdl", site: Site = SITE) -> bytes:
    (item,) = PROTOCOL.parse(get(query)).items
    assert isinstance(item, Query)
    return PROTOCOL.describe(item, list(FUNCTIONS.values()), site)


def schema() -> etree.XMLSchema:
    """The WSDL's schema, as libxml2 reads it: an oracle for everything that is sent."""
    found = etree.fromstring(wsdl()).find(f".//{{{XSD}}}schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(found)))
