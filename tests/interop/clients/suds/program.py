"""Calls every case with suds."""

import base64
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import suds
from suds.client import Client
from suds.sudsobject import asdict
from suds.wsse import Security, UsernameToken

NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


# [docs:connect]
def connect(token: str) -> Client:
    """A client that sends a token with every call."""
    client = Client(os.environ["GATEWAY_WSDL"], cache=None)
    client.set_options(headers={"Authorization": f"Bearer {token}"})
    return client


# [docs:end]


# [docs:password]
def connect_with_password() -> Client:
    """A client that sends a user name and a password with every call, in a WS-Security header."""
    login = Security()
    login.tokens.append(UsernameToken(os.environ["GATEWAY_USER"], os.environ["GATEWAY_PASSWORD"]))
    return Client(os.environ["GATEWAY_WSDL"], cache=None, wsse=login)


# [docs:end]


CLIENT = connect(os.environ["GATEWAY_TOKEN"])
SERVICE = CLIENT.service


def plain(value: Any) -> Any:
    """A scalar as JSON. suds takes base64 for a text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def items(array: Any) -> list[Any]:
    """The items of a list: they stand in a member named like their type; an empty list is an empty text."""
    if not array:
        return []
    (found,) = asdict(array).values()
    return found or []


def person_of(found: Any) -> dict[str, Any]:
    """A person as JSON."""
    courses = [{"id": each.id, "name": each.name, "tags": items(each.tags)} for each in items(found.courses)]
    return {**members(found), "courses": courses}


def people_of(found: Any) -> list[dict[str, Any]]:
    """People as JSON."""
    return [person_of(each) for each in items(found)]


def members(found: Any) -> dict[str, Any]:
    """The scalars of a structure as JSON."""
    return {
        name: plain(each)
        for name, each in asdict(found).items()
        if not isinstance(each, suds.sudsobject.Object)
    }


def members_of_each(found: Any) -> list[dict[str, Any]]:
    """A list of structures as JSON."""
    return [members(each) for each in items(found)]


def site_of(found: Any) -> dict[str, Any]:
    """Site info as JSON."""
    return {**members(found), "functions": members_of_each(found.functions)}


# [docs:fault]
def read_fault(fault: Any) -> dict[str, Any]:
    """The fault's detail, and its message."""
    detail = fault.detail.apiFault
    problems = members_of_each(getattr(detail, "problems", None))
    return {"message": fault.faultstring, **members(detail), "problems": problems}


# [docs:end]


def show(case: str, call: Callable[..., Any], *arguments: Any, read: Callable[[Any], Any] = plain) -> None:
    """Call, and print the line of a case."""
    try:
        line = {"value": read(call(*arguments))}
    except suds.WebFault as error:
        line = {"fault": read_fault(error.fault)}
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
CAL = {"username": "cal", "courses": {"InteropCourse": []}}


def person(number: int) -> dict[str, Any]:
    """One of many."""
    courses = [{"id": number, "name": f"Course {number}", "tags": {"string": ["x", "y"]}}]
    return {
        "id": number,
        "username": f"user{number}",
        "email": f"user{number}@example.org",
        "active": number % 2 == 0,
        "courses": {"InteropCourse": courses},
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
show("text", SERVICE.interop_echo_text, "é€<b>&amp;\"'`]]>\tend", read=str)
show("text-markup", SERVICE.interop_echo_text, "a<b>&c", read=str)
show("text-emoji", SERVICE.interop_echo_text, "a😀b", read=str)
show("text-crlf", SERVICE.interop_echo_text, "a\r\nb", read=str)
show("text-blanks", SERVICE.interop_echo_text, "  a  b  ", read=str)
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
show("bytes", SERVICE.interop_echo_bytes, base64.b64encode(bytes(range(256))).decode("ascii"))
show("bytes-2", SERVICE.interop_echo_bytes, "AP8=")
show("optional-omitted", SERVICE.interop_optional, "x")
show("optional-nil", SERVICE.interop_optional, "x", suds.null(), suds.null(), suds.null(), suds.null())
show("optional-given", SERVICE.interop_optional, "x", 1, "y", 0, {"long": [3]})
show("list", SERVICE.interop_echo_numbers, {"long": [1, -2, 3]}, read=items)
show("list-one", SERVICE.interop_echo_numbers, {"long": [1]}, read=items)
show("list-texts", SERVICE.interop_echo_texts, {"string": ["a", "", "b & c"]}, read=items)
show("list-empty", SERVICE.interop_echo_numbers, {"long": []}, read=items)
show("struct", SERVICE.interop_echo_person, ADA, read=person_of)
show("struct-absent", SERVICE.interop_echo_person, BOB, read=person_of)
show("struct-default", SERVICE.interop_echo_person, CAL, read=person_of)
show("structs", SERVICE.interop_echo_people, {"InteropPerson": [ADA, BOB]}, read=people_of)
show(
    "structs-500",
    SERVICE.interop_echo_people,
    {"InteropPerson": [person(number) for number in range(500)]},
    read=people_of,
)
show("void", SERVICE.interop_void, "x")
show("null", SERVICE.interop_null)
BAD_ACCOUNTS = [
    {"username": "Bad Name", "email": "a@example.org"},
    {"username": "good", "email": "nowhere"},
]
show("fault-problems", SERVICE.interop_accounts, {"InteropAccount": BAD_ACCOUNTS})
show("fault-declared", SERVICE.interop_fault, "an hour & a <half>")
show("fault-token", connect(os.environ["GATEWAY_BAD_TOKEN"]).service.interop_echo_int, 1)
show("password", connect_with_password().service.interop_echo_int, 1)
show("site-info", SERVICE.core_webservice_get_site_info, read=site_of)
NAME = os.environ["GATEWAY_NAME"]
JANE = {
    "username": f"{NAME}.jane",
    "password": "Corr3ct-horse",
    "firstname": "Jane",
    "lastname": "Doe & Søn",
    "email": f"{NAME}.jane@example.org",
    "city": "Perth",
}
show("create-users", SERVICE.core_user_create_users, {"CoreUserNewUser": [JANE]}, read=members_of_each)
WANTED = {"string": ["user01", "nobody"]}
show("get-users", SERVICE.core_user_get_users_by_field, "username", WANTED, read=members_of_each)
CRITERIA = [{"key": "username", "value": "user02"}, {"key": "lastname", "value": "lind%"}]
show(
    "find-users",
    SERVICE.core_user_get_users,
    {"CoreUserCriterion": CRITERIA},
    read=lambda found: {"users": members_of_each(found.users)},
)
MOVED = {"CoreUserChangedUser": [{"id": 21, "city": "Perth"}]}
show("update-users", SERVICE.core_user_update_users, MOVED)
show("delete-users", SERVICE.core_user_delete_users, {"long": [999999]})
