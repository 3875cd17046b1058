"""Calls every case with httpx, as JSON."""

import base64
import json
import os
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx

NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


# [docs:connect]
def connect(url: str, token: str) -> httpx.Client:
    """A client that sends a token with every call."""
    return httpx.Client(base_url=f"{url}/rest/", headers={"Authorization": f"Bearer {token}"})
    # [docs:end]


# [docs:password]
def connect_with_password(url: str, username: str, password: str) -> httpx.Client:
    """A client that sends a user name and a password with every call."""
    return httpx.Client(base_url=f"{url}/rest/", auth=(username, password))
    # [docs:end]


# [docs:call]
class Fault(Exception):
    """An RFC 9457 problem: exception, errorcode, message, cause, problems, request_id."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["message"])
        self.problem = problem


def call(client: httpx.Client, function: str, /, **arguments: Any) -> Any:
    """The result of a call. Raises Fault."""
    answer = client.post(function, json=arguments)
    if answer.headers["Content-Type"] == "application/problem+json":
        raise Fault(answer.json())
    return answer.json()
    # [docs:end]


URL = os.environ["GATEWAY_URL"]
GATEWAY = connect(URL, os.environ["GATEWAY_TOKEN"])
KEYS = ("exception", "errorcode", "message", "cause", "problems", "request_id")


def show(case: str, function: str, /, client: httpx.Client = GATEWAY, **arguments: Any) -> None:
    """Call, and print the line of a case."""
    try:
        line = {"value": call(client, function, **arguments)}
    except Fault as fault:
        line = {"fault": {name: fault.problem[name] for name in KEYS}}
    print(json.dumps({"case": case, **line}))


def show_instant(case: str, instant: datetime) -> None:
    """Instants travel as RFC 3339 texts."""
    # [docs:dates]
    found = datetime.fromisoformat(call(GATEWAY, "interop_echo_instant", value=instant.isoformat()))
    # [docs:end]
    print(json.dumps({"case": case, "value": found.isoformat()}))


def show_bytes(case: str, octets: bytes) -> None:
    """Octets travel as base64."""
    show(case, "interop_echo_bytes", value=base64.b64encode(octets).decode("ascii"))


def person(number: int) -> dict[str, Any]:
    """One of many."""
    return {
        "id": number,
        "username": f"user{number}",
        "email": f"user{number}@example.org",
        "active": number % 2 == 0,
        "courses": [{"id": number, "name": f"Course {number}", "tags": ["x", "y"]}],
    }


COURSES = [
    {"id": 1, "name": "Algebra & <Logic>", "tags": ["a", "b"]},
    {"id": 2, "name": "Rhetoric", "tags": []},
]
ADA = {
    "id": 1,
    "username": "ada",
    "email": "ada@example.org",
    "active": True,
    "joined": NOON.isoformat(),
    "courses": COURSES,
}
BOB = {"username": "bob", "active": False, "courses": []}
CAL = {"username": "cal", "courses": []}
BAD_ACCOUNTS = [
    {"username": "Bad Name", "email": "a@example.org"},
    {"username": "good", "email": "nowhere"},
]

show("int", "interop_echo_int", value=9223372036854775807)
show("int-small", "interop_echo_int", value=-5)
show("int-5", "interop_echo_int", value=5)
show("int-32-bits", "interop_echo_int", value=-(2**31))
show("int-33-bits", "interop_echo_int", value=2**31)
show("int-54-bits", "interop_echo_int", value=2**53 + 1)
show("int32", "interop_echo_int32", value=-2147483648)
show("double", "interop_echo_double", value=0.1)
show("double-1.5", "interop_echo_double", value=1.5)
show("double-minus-0", "interop_echo_double", value=-0.0)
show("decimal", "interop_echo_decimal", value="12345678901234567890.12")
show("decimal-1.50", "interop_echo_decimal", value="1.50")
show("decimal-1E+3", "interop_echo_decimal", value="1000")
show("bool", "interop_echo_bool", value=True)
show("bool-false", "interop_echo_bool", value=False)
show("text", "interop_echo_text", value="é€<b>&amp;\"'`]]>\tend")
show("text-markup", "interop_echo_text", value="a<b>&c")
show("text-emoji", "interop_echo_text", value="a😀b")
show("text-crlf", "interop_echo_text", value="a\r\nb")
show("text-blanks", "interop_echo_text", value="  a  b  ")
show("text-empty", "interop_echo_text", value="")
show("text-illegal", "interop_illegal_text")
show_instant("instant", NOON)
show_instant("instant-whole", NOON.replace(microsecond=0))
show_instant("instant-zone", NOON.astimezone(timezone(timedelta(hours=2))))
show_instant("instant-no-zone", NOON.replace(tzinfo=None))
show_instant("instant-micros", NOON.replace(microsecond=123456))
show("day", "interop_echo_day", value="2026-03-01")
show("choice", "interop_echo_level", value="high")
show("choice-low", "interop_echo_level", value="low")
show_bytes("bytes", bytes(range(256)))
show_bytes("bytes-2", b"\x00\xff")
show("optional-omitted", "interop_optional", a="x")
show("optional-nil", "interop_optional", a="x", b=None, c=None, d=None, e=None)
show("optional-given", "interop_optional", a="x", b=1, c="y", d=0, e=[3])
show("list", "interop_echo_numbers", values=[1, -2, 3])
show("list-one", "interop_echo_numbers", values=[1])
show("list-texts", "interop_echo_texts", values=["a", "", "b & c"])
show("list-empty", "interop_echo_numbers", values=[])
show("struct", "interop_echo_person", person=ADA)
show("struct-absent", "interop_echo_person", person=BOB)
show("struct-default", "interop_echo_person", person=CAL)
show("structs", "interop_echo_people", people=[ADA, BOB])
show("structs-500", "interop_echo_people", people=[person(number) for number in range(500)])
show("void", "interop_void", value="x")
show("null", "interop_null")
show("fault-problems", "interop_accounts", accounts=BAD_ACCOUNTS)
show("fault-declared", "interop_fault", text="an hour & a <half>")
show("fault-token", "interop_echo_int", client=connect(URL, os.environ["GATEWAY_BAD_TOKEN"]), value=1)
LOGIN = (os.environ["GATEWAY_USER"], os.environ["GATEWAY_PASSWORD"])
show("password", "interop_echo_int", client=connect_with_password(URL, *LOGIN), value=1)
show("site-info", "core_webservice_get_site_info")
NAME = os.environ["GATEWAY_NAME"]
JANE = {
    "username": f"{NAME}.jane",
    "password": "Corr3ct-horse",
    "firstname": "Jane",
    "lastname": "Doe & Søn",
    "email": f"{NAME}.jane@example.org",
    "city": "Perth",
}
show("create-users", "core_user_create_users", users=[JANE])
show("get-users", "core_user_get_users_by_field", field="username", values=["user01", "nobody"])
CRITERIA = [{"key": "username", "value": "user02"}, {"key": "lastname", "value": "lind%"}]
show("find-users", "core_user_get_users", criteria=CRITERIA)
show("update-users", "core_user_update_users", users=[{"id": 21, "city": "Perth"}])
show("delete-users", "core_user_delete_users", userids=[999999])
