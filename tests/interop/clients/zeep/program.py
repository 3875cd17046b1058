"""Calls every case with zeep."""

import base64
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import zeep
from zeep.helpers import serialize_object
from zeep.wsse.username import UsernameToken

NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


# [docs:connect]
def connect(token: str) -> zeep.Client:
    """A client that sends a token with every call, to the address that the WSDL names."""
    client = zeep.Client(os.environ["GATEWAY_WSDL"])
    client.transport.session.headers["Authorization"] = f"Bearer {token}"
    return client


# [docs:end]


# [docs:password]
def connect_with_password() -> zeep.Client:
    """A client that sends a user name and a password with every call, in a WS-Security header."""
    login = UsernameToken(os.environ["GATEWAY_USER"], os.environ["GATEWAY_PASSWORD"])
    return zeep.Client(os.environ["GATEWAY_WSDL"], wsse=login)


# [docs:end]


CLIENT = connect(os.environ["GATEWAY_TOKEN"])
SERVICE = CLIENT.service


def plain(value: Any) -> Any:
    """A scalar as JSON."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


# [docs:lists]
def items(array: Any, item: str) -> list[Any]:
    """The items of a list that a structure holds: they stand in a member named like their type."""
    return array[item] if array else []


# [docs:end]


def person_of(found: Any) -> dict[str, Any]:
    """A person as JSON."""
    courses = [
        {"id": each.id, "name": each.name, "tags": items(each.tags, "string")}
        for each in items(found.courses, "InteropCourse")
    ]
    joined = found.joined and found.joined.isoformat()
    scalars = {name: found[name] for name in ("id", "username", "email", "active")}
    return {**scalars, "joined": joined, "courses": courses}


def people_of(found: Any) -> list[dict[str, Any]]:
    """People as JSON; zeep takes the items out of a list that is a result."""
    return [person_of(each) for each in found]


def members(found: Any) -> Any:
    """Any other structure as JSON."""
    return {name: each for name, each in serialize_object(found).items() if each is not None}


def site_of(found: Any) -> dict[str, Any]:
    """Site info as JSON."""
    functions = [members(each) for each in items(found.functions, "CoreWebserviceSiteFunction")]
    return {**members(found), "functions": functions}


# [docs:fault]
def read_fault(client: zeep.Client, fault: zeep.exceptions.Fault) -> dict[str, Any]:
    """The fault's typed detail, and its message."""
    (element,) = (each for each in fault.detail.iter("{*}apiFault"))
    detail = client.get_element(element.tag).parse(element, client.wsdl.types)
    problems = [members(each) for each in items(detail.problems, "Problem")]
    return {"message": fault.message, **members(detail), "problems": problems}


# [docs:end]


def show(
    case: str,
    call: Callable[..., Any],
    *arguments: Any,
    read: Callable[[Any], Any] = plain,
    **named: Any,
) -> None:
    """Call, and print the line of a case."""
    # [docs:catch]
    try:
        line = {"value": read(call(*arguments, **named))}
    except zeep.exceptions.Fault as fault:
        line = {"fault": read_fault(CLIENT, fault)}
    # [docs:end]
    print(json.dumps({"case": case, **line}))


ADA = {
    "id": 1,
    "username": "ada",
    "email": "ada@example.org",
    "active": True,
    "joined": NOON,
    "courses": {
        "InteropCourse": [
            {"id": 1, "name": "Algebra & <Logic>", "tags": {"string": ["a", "b"]}},
            {"id": 2, "name": "Rhetoric", "tags": {"string": []}},
        ]
    },
}
BOB = {"username": "bob", "active": False, "courses": {"InteropCourse": []}}


def person(number: int) -> dict[str, Any]:
    """One of many."""
    return {
        "id": number,
        "username": f"user{number}",
        "email": f"user{number}@example.org",
        "active": number % 2 == 0,
        "courses": {
            "InteropCourse": [{"id": number, "name": f"Course {number}", "tags": {"string": ["x", "y"]}}]
        },
    }


show("int", SERVICE.interop_echo_int, 9223372036854775807)
show("int-small", SERVICE.interop_echo_int, -5)
show("int-5", SERVICE.interop_echo_int, 5)
show("int-32-bits", SERVICE.interop_echo_int, -(2**31))
show("int-33-bits", SERVICE.interop_echo_int, 2**31)
show("int-54-bits", SERVICE.interop_echo_int, 2**53 + 1)
show("int32", SERVICE.interop_echo_int32, -2147483648)
show("double", SERVICE.interop_echo_double, 0.1)
show("double-1.5", SERVICE.interop_echo_double, 1.5)
show("double-minus-0", SERVICE.interop_echo_double, -0.0)
show("decimal", SERVICE.interop_echo_decimal, Decimal("12345678901234567890.12"))
show("decimal-1.50", SERVICE.interop_echo_decimal, Decimal("1.50"))
show("decimal-1E+3", SERVICE.interop_echo_decimal, Decimal("1E+3"))
show("bool", SERVICE.interop_echo_bool, True)
show("bool-false", SERVICE.interop_echo_bool, False)
show("text", SERVICE.interop_echo_text, "é€<b>&amp;\"'`]]>\tend")
show("text-markup", SERVICE.interop_echo_text, "a<b>&c")
show("text-emoji", SERVICE.interop_echo_text, "a😀b")
show("text-crlf", SERVICE.interop_echo_text, "a\r\nb")
show("text-blanks", SERVICE.interop_echo_text, "  a  b  ")
show("text-empty", SERVICE.interop_echo_text, "")
show("text-illegal", SERVICE.interop_illegal_text)
show("instant", SERVICE.interop_echo_instant, NOON)
show("instant-whole", SERVICE.interop_echo_instant, NOON.replace(microsecond=0))
show("instant-zone", SERVICE.interop_echo_instant, NOON.astimezone(timezone(timedelta(hours=2))))
show("instant-no-zone", SERVICE.interop_echo_instant, NOON.replace(tzinfo=None))
show("instant-micros", SERVICE.interop_echo_instant, NOON.replace(microsecond=123456))
show("day", SERVICE.interop_echo_day, "2026-03-01")
show("choice", SERVICE.interop_echo_level, "high")
show("choice-low", SERVICE.interop_echo_level, "low")
show("bytes", SERVICE.interop_echo_bytes, bytes(range(256)))
show("bytes-2", SERVICE.interop_echo_bytes, b"\x00\xff")
show("optional-omitted", SERVICE.interop_optional, a="x")
show(
    "optional-nil",
    SERVICE.interop_optional,
    a="x",
    b=zeep.xsd.Nil,
    c=zeep.xsd.Nil,
    d=zeep.xsd.Nil,
    e=zeep.xsd.Nil,
)
# [docs:call]
show("optional-given", SERVICE.interop_optional, a="x", b=1, c="y", d=0, e={"long": [3]})
# [docs:end]
show("list", SERVICE.interop_echo_numbers, {"long": [1, -2, 3]})
show("list-one", SERVICE.interop_echo_numbers, {"long": [1]})
show("list-texts", SERVICE.interop_echo_texts, {"string": ["a", "", "b & c"]})
show("list-empty", SERVICE.interop_echo_numbers, {"long": []})
show("struct", SERVICE.interop_echo_person, ADA, read=person_of)
show("struct-absent", SERVICE.interop_echo_person, BOB, read=person_of)
show(
    "struct-default",
    SERVICE.interop_echo_person,
    {"username": "cal", "courses": {"InteropCourse": []}},
    read=person_of,
)
show("structs", SERVICE.interop_echo_people, {"InteropPerson": [ADA, BOB]}, read=people_of)
show(
    "structs-500",
    SERVICE.interop_echo_people,
    {"InteropPerson": [person(number) for number in range(500)]},
    read=people_of,
)
show("void", SERVICE.interop_void, "x")
show("null", SERVICE.interop_null)
show(
    "fault-problems",
    SERVICE.interop_accounts,
    {
        "InteropAccount": [
            {"username": "Bad Name", "email": "a@example.org"},
            {"username": "good", "email": "nowhere"},
        ]
    },
)
show("fault-declared", SERVICE.interop_fault, "an hour & a <half>")
show("fault-token", connect(os.environ["GATEWAY_BAD_TOKEN"]).service.interop_echo_int, 1)
show("password", connect_with_password().service.interop_echo_int, 1)
show("site-info", SERVICE.core_webservice_get_site_info, read=site_of)
name = os.environ["GATEWAY_NAME"]
show(
    "create-users",
    SERVICE.core_user_create_users,
    {
        "CoreUserNewUser": [
            {
                "username": f"{name}.jane",
                "password": "Corr3ct-horse",
                "firstname": "Jane",
                "lastname": "Doe & Søn",
                "email": f"{name}.jane@example.org",
                "city": "Perth",
            }
        ]
    },
    read=lambda created: [members(each) for each in created],
)
show(
    "get-users",
    SERVICE.core_user_get_users_by_field,
    "username",
    {"string": ["user01", "nobody"]},
    read=lambda found: [members(each) for each in found],
)
CRITERIA = [{"key": "username", "value": "user02"}, {"key": "lastname", "value": "lind%"}]
show(
    "find-users",
    SERVICE.core_user_get_users,
    {"CoreUserCriterion": CRITERIA},
    read=lambda found: {"users": [members(each) for each in items(found.users, "CoreUserUserDetail")]},
)
MOVED = {"CoreUserChangedUser": [{"id": 21, "city": "Perth"}]}
show("update-users", SERVICE.core_user_update_users, MOVED)
show("delete-users", SERVICE.core_user_delete_users, {"long": [999999]})
