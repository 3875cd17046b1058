"""Calls every case with Py3AMF's RemotingService; the argument says in which encoding, 0 or 3."""

import base64
import json
import os
import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pyamf
from pyamf import amf3, remoting
from pyamf.remoting.client import RemotingService

ENCODING = int(sys.argv[1])
NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


# [docs:loader]
def refuse(alias: str) -> None:
    """Py3AMF would import the module that an answer names, and make an object of its class."""
    raise pyamf.UnknownClassAlias(alias)


pyamf.register_class_loader(refuse)
# [docs:end]


# [docs:connect]
def connect(token: str) -> RemotingService:
    """A client that sends a token with every call."""
    client = RemotingService(os.environ["GATEWAY_URL"] + "/amf", amf_version=ENCODING)
    client.addHeader("wstoken", token)
    return client


def log_in(username: str, password: str) -> RemotingService:
    """A client that sends a user name and a password with every call."""
    client = RemotingService(os.environ["GATEWAY_URL"] + "/amf", amf_version=ENCODING)
    client.setCredentials(username, password)
    return client


# [docs:end]


# [docs:call]
def call(client: RemotingService, function: str, *arguments: Any) -> Any:
    """The result; raises an exception that holds the fault."""
    response = client.execute_single(client.addRequest(function, *arguments))
    if response.status == remoting.STATUS_ERROR:
        raise CallError(response.body)
    return response.body


class CallError(Exception):
    """A fault: Py3AMF keeps `type`, `code`, `description` and `details` of it."""

    def __init__(self, fault: remoting.BaseFault) -> None:
        super().__init__(fault.description)
        self.fault = fault


# [docs:end]


def octets(value: bytes) -> Any:
    """AMF0 has no bytes: they travel as base64."""
    return amf3.ByteArray(value) if ENCODING == pyamf.AMF3 else base64.b64encode(value).decode("ascii")


def plain(value: Any) -> Any:
    """What came, as JSON."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, amf3.ByteArray):
        return base64.b64encode(value.getvalue()).decode("ascii")
    if isinstance(value, float) and abs(value) >= 2**28 and value.is_integer():
        return int(value)  # AMF3 has integers of 29 bits; larger ones come as doubles
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    return value


def show(case: str, function: str, *arguments: Any, client: RemotingService | None = None) -> None:
    """Call, and print the line of a case."""
    try:
        line: dict[str, Any] = {"value": plain(call(client or CLIENT, function, *arguments))}
    except CallError as error:
        fault = error.fault
        line = {
            "fault": {
                "exception": fault.type,
                "errorcode": fault.code,
                "message": fault.description,
                "cause": fault.details,
            }
        }
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
NAME = os.environ["GATEWAY_NAME"]
JANE = {
    "username": f"{NAME}.jane",
    "password": "Corr3ct-horse",
    "firstname": "Jane",
    "lastname": "Doe & Søn",
    "email": f"{NAME}.jane@example.org",
    "city": "Perth",
}
BAD_ACCOUNTS = [
    {"username": "Bad Name", "email": "a@example.org"},
    {"username": "good", "email": "nowhere"},
]

CLIENT = connect(os.environ["GATEWAY_TOKEN"])
STRANGER = connect(os.environ["GATEWAY_BAD_TOKEN"])
BY_PASSWORD = log_in(os.environ["GATEWAY_USER"], os.environ["GATEWAY_PASSWORD"])

show("int", "interop_echo_int", "9223372036854775807")
show("int-small", "interop_echo_int", -5)
show("int-5", "interop_echo_int", 5)
show("int-32-bits", "interop_echo_int", -(2**31))
show("int-33-bits", "interop_echo_int", 2**31)
show("int-54-bits", "interop_echo_int", str(2**53 + 1))
show("int32", "interop_echo_int32", -2147483648)
show("double", "interop_echo_double", 0.1)
show("double-1.5", "interop_echo_double", 1.5)
show("double-minus-0", "interop_echo_double", -0.0)
show("decimal", "interop_echo_decimal", "12345678901234567890.12")
show("decimal-1.50", "interop_echo_decimal", "1.50")
show("decimal-1E+3", "interop_echo_decimal", "1000")
show("bool", "interop_echo_bool", True)
show("bool-false", "interop_echo_bool", False)
show("text", "interop_echo_text", "é€<b>&amp;\"'`]]>\tend")
show("text-markup", "interop_echo_text", "a<b>&c")
show("text-emoji", "interop_echo_text", "a😀b")
show("text-crlf", "interop_echo_text", "a\r\nb")
show("text-blanks", "interop_echo_text", "  a  b  ")
show("text-empty", "interop_echo_text", "")
show("text-illegal", "interop_illegal_text")
show("instant", "interop_echo_instant", NOON)
show("instant-whole", "interop_echo_instant", NOON.replace(microsecond=0))
show("instant-zone", "interop_echo_instant", NOON.astimezone(timezone(timedelta(hours=2))))
show("instant-no-zone", "interop_echo_instant", NOON.replace(tzinfo=None))
show("instant-micros", "interop_echo_instant", NOON.replace(microsecond=123456))
show("day", "interop_echo_day", "2026-03-01")
show("choice", "interop_echo_level", "high")
show("choice-low", "interop_echo_level", "low")
show("bytes", "interop_echo_bytes", octets(bytes(range(256))))
show("bytes-2", "interop_echo_bytes", octets(b"\x00\xff"))
show("optional-omitted", "interop_optional", "x")
show("optional-nil", "interop_optional", "x", None, None, None, None)
show("optional-given", "interop_optional", "x", 1, "y", 0, [3])
show("list", "interop_echo_numbers", [1, -2, 3])
show("list-one", "interop_echo_numbers", [1])
show("list-texts", "interop_echo_texts", ["a", "", "b & c"])
show("list-empty", "interop_echo_numbers", [])
show("struct", "interop_echo_person", ADA)
show("struct-absent", "interop_echo_person", BOB)
show("struct-default", "interop_echo_person", CAL)
show("structs", "interop_echo_people", [ADA, BOB])
show("structs-500", "interop_echo_people", [person(number) for number in range(500)])
show("void", "interop_void", "x")
show("null", "interop_null")
show("fault-problems", "interop_accounts", BAD_ACCOUNTS)
show("fault-declared", "interop_fault", "an hour & a <half>")
show("fault-token", "interop_echo_int", 1, client=STRANGER)
show("password", "interop_echo_int", 1, client=BY_PASSWORD)
show("site-info", "core_webservice_get_site_info")
show("create-users", "core_user_create_users", [JANE])
show("get-users", "core_user_get_users_by_field", "username", ["user01", "nobody"])
CRITERIA = [{"key": "username", "value": "user02"}, {"key": "lastname", "value": "lind%"}]
show("find-users", "core_user_get_users", CRITERIA)
show("update-users", "core_user_update_users", [{"id": 21, "city": "Perth"}])
show("delete-users", "core_user_delete_users", [999999])
