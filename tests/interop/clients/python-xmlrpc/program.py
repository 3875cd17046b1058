"""Calls every case with the standard library's xmlrpc.client."""

import base64
import json
import os
import xmlrpc.client
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

# [docs:integers]
# xmlrpc.client refuses integers beyond 32 bits unless it is told how to write them.
xmlrpc.client.Marshaller.dispatch[int] = lambda _, value, write: write(f"<value><i8>{value}</i8></value>")
# [docs:end]

NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


# [docs:connect]
def connect(url: str, token: str) -> xmlrpc.client.ServerProxy:
    """A client that sends a token with every call. Dates are datetimes, base64 is bytes, None is sent as nil."""
    headers = [("Authorization", f"Bearer {token}")]
    return xmlrpc.client.ServerProxy(
        f"{url}/xmlrpc", headers=headers, use_builtin_types=True, allow_none=True
    )
    # [docs:end]


# [docs:password]
def connect_with_password(url: str, username: str, password: str) -> xmlrpc.client.ServerProxy:
    """A client that sends a user name and a password with every call."""
    login = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
    return xmlrpc.client.ServerProxy(f"{url}/xmlrpc", headers=[("Authorization", f"Basic {login}")])
    # [docs:end]


# [docs:fault]
def read_fault(fault: xmlrpc.client.Fault) -> dict[str, Any]:
    """The parts of a faultString: the message, then labelled parts, those that are empty left out."""
    message, *rest = fault.faultString.split(" | ")
    parts = dict(part.split(": ", 1) for part in rest)
    return {
        "message": message,
        "exception": parts["EXCEPTION"],
        "errorcode": parts["ERRORCODE"],
        "cause": parts.get("DEBUG INFO"),
        "problems": json.loads(parts.get("PROBLEMS", "[]")),
        "request_id": parts["REQUEST"],
    }
    # [docs:end]


# [docs:dates]
def sent(instant: datetime) -> datetime:
    """An instant without a zone, which is read as UTC: xmlrpc.client would leave its zone away."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def received(instant: datetime) -> datetime:
    """An instant of an answer: all are UTC, in whole seconds."""
    return instant.replace(tzinfo=UTC)
    # [docs:end]


URL = os.environ["GATEWAY_URL"]
GATEWAY = connect(URL, os.environ["GATEWAY_TOKEN"])


def plain(value: Any) -> Any:
    """A value as JSON."""
    if isinstance(value, datetime):
        return received(value).isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, list):
        return [plain(each) for each in value]
    return {name: plain(each) for name, each in value.items()} if isinstance(value, dict) else value


def show(case: str, call: Callable[..., Any], *arguments: Any) -> None:
    """Call, and print the line of a case."""
    # [docs:catch]
    try:
        line = {"value": plain(call(*arguments))}
    except xmlrpc.client.Fault as fault:
        line = {"fault": read_fault(fault)}
    # [docs:end]
    print(json.dumps({"case": case, **line}))


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
    "joined": sent(NOON),
    "courses": COURSES,
}
BOB = {"username": "bob", "active": False, "courses": []}
CAL = {"username": "cal", "courses": []}
BAD_ACCOUNTS = [
    {"username": "Bad Name", "email": "a@example.org"},
    {"username": "good", "email": "nowhere"},
]

show("int", GATEWAY.interop_echo_int, 9223372036854775807)
show("int-small", GATEWAY.interop_echo_int, -5)
show("int-5", GATEWAY.interop_echo_int, 5)
show("int-32-bits", GATEWAY.interop_echo_int, -(2**31))
show("int-33-bits", GATEWAY.interop_echo_int, 2**31)
show("int-54-bits", GATEWAY.interop_echo_int, 2**53 + 1)
show("int32", GATEWAY.interop_echo_int32, -2147483648)
show("double", GATEWAY.interop_echo_double, 0.1)
show("double-1.5", GATEWAY.interop_echo_double, 1.5)
show("double-minus-0", GATEWAY.interop_echo_double, -0.0)
show("decimal", GATEWAY.interop_echo_decimal, "12345678901234567890.12")
show("decimal-1.50", GATEWAY.interop_echo_decimal, "1.50")
show("decimal-1E+3", GATEWAY.interop_echo_decimal, "1000")
show("bool", GATEWAY.interop_echo_bool, True)
show("bool-false", GATEWAY.interop_echo_bool, False)
show("text", GATEWAY.interop_echo_text, "é€<b>&amp;\"'`]]>\tend")
show("text-markup", GATEWAY.interop_echo_text, "a<b>&c")
show("text-emoji", GATEWAY.interop_echo_text, "a😀b")
show("text-crlf", GATEWAY.interop_echo_text, "a\r\nb")
show("text-blanks", GATEWAY.interop_echo_text, "  a  b  ")
show("text-empty", GATEWAY.interop_echo_text, "")
show("text-illegal", GATEWAY.interop_illegal_text)
show("instant", GATEWAY.interop_echo_instant, sent(NOON))
show("instant-whole", GATEWAY.interop_echo_instant, sent(NOON.replace(microsecond=0)))
show("instant-zone", GATEWAY.interop_echo_instant, xmlrpc.client.DateTime("20260301T14:00:00+02:00"))
show("instant-no-zone", GATEWAY.interop_echo_instant, NOON.replace(tzinfo=None))
show("instant-micros", GATEWAY.interop_echo_instant, sent(NOON.replace(microsecond=123456)))
show("day", GATEWAY.interop_echo_day, "2026-03-01")
show("choice", GATEWAY.interop_echo_level, "high")
show("choice-low", GATEWAY.interop_echo_level, "low")
show("bytes", GATEWAY.interop_echo_bytes, bytes(range(256)))
show("bytes-2", GATEWAY.interop_echo_bytes, b"\x00\xff")
show("optional-omitted", GATEWAY.interop_optional, "x")
show("optional-nil", GATEWAY.interop_optional, "x", None, None, None, None)
show("optional-given", GATEWAY.interop_optional, {"a": "x", "b": 1, "c": "y", "d": 0, "e": [3]})
show("list", GATEWAY.interop_echo_numbers, [1, -2, 3])
show("list-one", GATEWAY.interop_echo_numbers, [1])
show("list-texts", GATEWAY.interop_echo_texts, ["a", "", "b & c"])
show("list-empty", GATEWAY.interop_echo_numbers, [])
show("struct", GATEWAY.interop_echo_person, ADA)
show("struct-absent", GATEWAY.interop_echo_person, BOB)
show("struct-default", GATEWAY.interop_echo_person, CAL)
show("structs", GATEWAY.interop_echo_people, [ADA, BOB])
show("structs-500", GATEWAY.interop_echo_people, [person(number) for number in range(500)])
show("void", GATEWAY.interop_void, "x")
show("null", GATEWAY.interop_null)
show("fault-problems", GATEWAY.interop_accounts, BAD_ACCOUNTS)
show("fault-declared", GATEWAY.interop_fault, "an hour & a <half>")
show("fault-token", connect(URL, os.environ["GATEWAY_BAD_TOKEN"]).interop_echo_int, 1)
LOGIN = (os.environ["GATEWAY_USER"], os.environ["GATEWAY_PASSWORD"])
show("password", connect_with_password(URL, *LOGIN).interop_echo_int, 1)
show("site-info", GATEWAY.core_webservice_get_site_info)
NAME = os.environ["GATEWAY_NAME"]
JANE = {
    "username": f"{NAME}.jane",
    "password": "Corr3ct-horse",
    "firstname": "Jane",
    "lastname": "Doe & Søn",
    "email": f"{NAME}.jane@example.org",
    "city": "Perth",
}
show("create-users", GATEWAY.core_user_create_users, [JANE])
show("get-users", GATEWAY.core_user_get_users_by_field, "username", ["user01", "nobody"])
CRITERIA = [{"key": "username", "value": "user02"}, {"key": "lastname", "value": "lind%"}]
show("find-users", GATEWAY.core_user_get_users, CRITERIA)
show("update-users", GATEWAY.core_user_update_users, [{"id": 21, "city": "Perth"}])
show("delete-users", GATEWAY.core_user_delete_users, [999999])
show("methods", GATEWAY.system.listMethods)
show("method-signature", GATEWAY.system.methodSignature, "interop_optional")


def multicall() -> list[list[Any]]:
    """Two calls in one request; each result as the protocol wraps it."""
    # [docs:multicall]
    calls = xmlrpc.client.MultiCall(GATEWAY)
    calls.interop_echo_int(5)
    calls.interop_echo_text("tea")
    results = list(calls())  # a call that failed raises its Fault here
    # [docs:end]
    return [[each] for each in results]


show("multicall", multicall)
