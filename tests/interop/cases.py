"""The cases that every client calls, as data: what is called with what, and what comes back.

Values are Python values by docs/reference/types.md; structures are dicts by wire name, where a member that is None or
missing is the same thing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal

from functions.release import RELEASE
from functions.users.delete import INVALID_USER
from gateway.faults import INVALID_PARAMETER, INVALID_TOKEN
from tests.interop.component import FUNCTIONS, SHIPPED, TEA_IS_COLD, component

LAST_DEMO_USER, NOBODY = 21, 999999
"""Ids that no client changes: the served gateway makes its caller first, and then 20 demo users."""

CLIENT = "{client}"
"""Stands in texts for the client's name, so that two clients never create the same user."""


class AnyInteger:
    """Any integer."""

    def __repr__(self) -> str:
        return "any integer"


class AtLeast(dict[str, Any]):
    """A structure that holds these members, and may hold more."""


@dataclass(frozen=True)
class FaultExpected:
    """The fault to come; problems are (path, problem), in order. Where `cause` is empty, any will do."""

    exception: str
    errorcode: str
    message: str
    cause: str
    problems: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Case:
    """One call and its outcome. `shows` says what the caller comes with; a bad token is one that nobody has.

    `only` names the one protocol that has such a call.
    """

    name: str
    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    value: Any = None
    fault: FaultExpected | None = None
    shows: Literal["token", "bad token", "password"] = "token"
    only: str = ""


def _echo(name: str, function: str, value: Any, *, back: Any = None) -> Case:
    """A case of a function whose one parameter is its result; `back` if another form of it comes back."""
    parameter = next(each for each in FUNCTIONS if each.name == function).signature.parameters[0].name
    return Case(name, function, {parameter: value}, value if back is None else back)


def _person(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "username": f"user{number}",
        "email": f"user{number}@example.org",
        "active": number % 2 == 0,
        "courses": [{"id": number, "name": f"Course {number}", "tags": ["x", "y"]}],
    }


_SECOND, _MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
PRECISION: Mapping[str, timedelta] = {"xmlrpc": _SECOND, "amf": _MILLISECOND}
"""What instants lose on a protocol that does not carry microseconds: the rest is cut."""


def carried(value: Any, protocol: str) -> Any:
    """A value as the protocol carries it: instants cut to its precision, nothing else is lost."""
    if isinstance(value, datetime) and protocol in PRECISION:
        return value - (value - value.replace(second=0, microsecond=0)) % PRECISION[protocol]
    if isinstance(value, dict):
        return type(value)({name: carried(each, protocol) for name, each in value.items()})
    if isinstance(value, list):
        return [carried(each, protocol) for each in value]
    return value


NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
_TWO_HOURS_EAST = timezone(timedelta(hours=2))

ADA = {
    "id": 1,
    "username": "ada",
    "email": "ada@example.org",
    "active": True,
    "joined": NOON,
    "courses": [
        {"id": 1, "name": "Algebra & <Logic>", "tags": ["a", "b"]},
        {"id": 2, "name": "Rhetoric", "tags": []},
    ],
}
BOB = {"username": "bob", "active": False, "courses": []}
CAL = {"username": "cal", "courses": []}
_NEW_USER = {
    "username": f"{CLIENT}.jane",
    "password": "Corr3ct-horse",
    "firstname": "Jane",
    "lastname": "Doe & Søn",
    "email": f"{CLIENT}.jane@example.org",
    "city": "Perth",
}
_CALLABLE = sorted(each.name for brought in (*SHIPPED, component) for each in brought.functions)
_INTROSPECTION = (
    "system.listMethods",
    "system.methodSignature",
    "system.methodHelp",
    "system.getCapabilities",
    "system.multicall",
)
_BAD_ACCOUNTS = [
    {"username": "Bad Name", "email": "a@example.org"},
    {"username": "good", "email": "nowhere"},
]
_PROBLEMS = (
    ("accounts[0].username", '"Bad Name" is not a user name: lower-case letters, digits and -._@ only'),
    ("accounts[1].email", '"nowhere" is not an e-mail address'),
)

CASES: Sequence[Case] = (
    _echo("int", "interop_echo_int", 9223372036854775807),
    _echo("int-small", "interop_echo_int", -5),
    _echo("int-5", "interop_echo_int", 5),
    _echo("int-32-bits", "interop_echo_int", -(2**31)),
    _echo("int-33-bits", "interop_echo_int", 2**31),
    _echo("int-54-bits", "interop_echo_int", 2**53 + 1),
    _echo("int32", "interop_echo_int32", -2147483648),
    _echo("double", "interop_echo_double", 0.1),
    _echo("double-1.5", "interop_echo_double", 1.5),
    _echo("double-minus-0", "interop_echo_double", -0.0),
    _echo("decimal", "interop_echo_decimal", Decimal("12345678901234567890.12")),
    _echo("decimal-1.50", "interop_echo_decimal", Decimal("1.50")),
    _echo("decimal-1E+3", "interop_echo_decimal", Decimal("1E+3")),
    _echo("bool", "interop_echo_bool", True),
    _echo("bool-false", "interop_echo_bool", False),
    _echo("text", "interop_echo_text", "é€<b>&amp;\"'`]]>\tend"),
    _echo("text-markup", "interop_echo_text", "a<b>&c"),
    _echo("text-emoji", "interop_echo_text", "a😀b"),
    _echo("text-crlf", "interop_echo_text", "a\r\nb"),
    _echo("text-blanks", "interop_echo_text", "  a  b  "),
    _echo("text-empty", "interop_echo_text", ""),
    Case("text-illegal", "interop_illegal_text", value="a\ufffdb"),
    _echo("instant", "interop_echo_instant", NOON),
    _echo("instant-whole", "interop_echo_instant", NOON.replace(microsecond=0)),
    _echo("instant-zone", "interop_echo_instant", NOON.astimezone(_TWO_HOURS_EAST), back=NOON),
    _echo("instant-no-zone", "interop_echo_instant", NOON.replace(tzinfo=None), back=NOON),
    _echo("instant-micros", "interop_echo_instant", NOON.replace(microsecond=123456)),
    _echo("day", "interop_echo_day", date(2026, 3, 1)),
    _echo("choice", "interop_echo_level", "high"),
    _echo("choice-low", "interop_echo_level", "low"),
    _echo("bytes", "interop_echo_bytes", bytes(range(256))),
    _echo("bytes-2", "interop_echo_bytes", b"\x00\xff"),
    Case("optional-omitted", "interop_optional", {"a": "x"}, "x|None|absent|7|absent"),
    Case(
        "optional-nil",
        "interop_optional",
        {"a": "x", "b": None, "c": None, "d": None, "e": None},
        "x|None|absent|7|absent",
    ),
    Case("optional-given", "interop_optional", {"a": "x", "b": 1, "c": "y", "d": 0, "e": [3]}, "x|1|y|0|[3]"),
    _echo("list", "interop_echo_numbers", [1, -2, 3]),
    _echo("list-one", "interop_echo_numbers", [1]),
    _echo("list-texts", "interop_echo_texts", ["a", "", "b & c"]),
    _echo("list-empty", "interop_echo_numbers", []),
    _echo("struct", "interop_echo_person", ADA),
    _echo("struct-absent", "interop_echo_person", BOB),
    _echo("struct-default", "interop_echo_person", CAL, back=CAL | {"active": True}),
    _echo("structs", "interop_echo_people", [ADA, BOB]),
    _echo("structs-500", "interop_echo_people", [_person(number) for number in range(500)]),
    Case("void", "interop_void", {"value": "x"}),
    Case("null", "interop_null"),
    Case(
        "fault-problems",
        "interop_accounts",
        {"accounts": _BAD_ACCOUNTS},
        fault=FaultExpected(
            INVALID_PARAMETER.exception,
            INVALID_PARAMETER.errorcode,
            INVALID_PARAMETER.message,
            "; ".join(f"{path}: {problem}" for path, problem in _PROBLEMS),
            _PROBLEMS,
        ),
    ),
    Case(
        "fault-declared",
        "interop_fault",
        {"text": "an hour & a <half>"},
        fault=FaultExpected(
            TEA_IS_COLD.exception, TEA_IS_COLD.errorcode, TEA_IS_COLD.message, "an hour & a <half>"
        ),
    ),
    Case(
        "fault-token",
        "interop_echo_int",
        {"value": 1},
        fault=FaultExpected(INVALID_TOKEN.exception, INVALID_TOKEN.errorcode, INVALID_TOKEN.message, ""),
        shows="bad token",
    ),
    Case("password", "interop_echo_int", {"value": 1}, 1, shows="password"),
    Case(
        "site-info",
        "core_webservice_get_site_info",
        value=AtLeast(
            sitename="Manifold",
            username="caller",
            release=RELEASE,
            functions=[AtLeast(name=name) for name in _CALLABLE],
        ),
    ),
    Case(
        "create-users",
        "core_user_create_users",
        {"users": [_NEW_USER]},
        [{"id": AnyInteger(), "username": f"{CLIENT}.jane"}],
    ),
    Case(
        "get-users",
        "core_user_get_users_by_field",
        {"field": "username", "values": ["user01", "nobody"]},
        [AtLeast(username="user01", fullname="Amara Okafor", country="NG", department="History")],
    ),
    Case(
        "find-users",
        "core_user_get_users",
        {"criteria": [{"key": "username", "value": "user02"}, {"key": "lastname", "value": "lind%"}]},
        AtLeast(users=[AtLeast(username="user02", fullname="Björn Lindqvist", country="SE")]),
    ),
    Case("update-users", "core_user_update_users", {"users": [{"id": LAST_DEMO_USER, "city": "Perth"}]}),
    Case(
        "delete-users",
        "core_user_delete_users",
        {"userids": [NOBODY]},
        fault=FaultExpected(
            INVALID_USER.exception,
            INVALID_USER.errorcode,
            INVALID_USER.message,
            f"No user has the id {NOBODY}",
        ),
    ),
    Case("methods", "system.listMethods", value=[*_INTROSPECTION, *_CALLABLE], only="xmlrpc"),
    Case(
        "method-signature",
        "system.methodSignature",
        {"name": "interop_optional"},
        [["string", "string", "int", "string", "int", "array"][:length] for length in range(2, 7)],
        only="xmlrpc",
    ),
    Case(
        "multicall",
        "system.multicall",
        {
            "calls": [
                {"methodName": "interop_echo_int", "params": [5]},
                {"methodName": "interop_echo_text", "params": ["tea"]},
            ]
        },
        [[5], ["tea"]],
        only="xmlrpc",
    ),
)


def cases_of(protocol: str) -> Sequence[Case]:
    """The cases that the clients of a protocol call."""
    return [case for case in CASES if case.only in ("", protocol)]


PAGE_TYPES: Mapping[str, str] = {
    "interop_echo_bool": "bool",
    "interop_echo_bytes": "bytes",
    "interop_echo_day": "date",
    "interop_echo_decimal": "Decimal",
    "interop_echo_double": "float",
    "interop_echo_instant": "datetime",
    "interop_echo_int": "int",
    "interop_echo_int32": "Int32",
    "interop_echo_level": 'Literal["low", "high"]',
    "interop_echo_text": "str",
    "interop_illegal_text": "str",
}
"""The functions that give back one value, with its type as docs/reference/types.md writes it."""

BY_NAME: Mapping[str, Case] = {each.name: each for each in CASES}
