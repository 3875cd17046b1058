"""What Python's programs share: the cases (tests/interop/cases.py), and how lines are printed."""

import base64
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
JANE = f"{os.environ['GATEWAY_NAME']}.jane"

Struct = dict[str, Any]


def same(value: Any) -> Any:
    """A value in a form of its own: none."""
    return value


def base64_text(octets: bytes) -> str:
    """Octets as JSON has them."""
    return base64.b64encode(octets).decode("ascii")


def plain_list(_item: str, found: list[Any]) -> Any:
    """A list as JSON has it."""
    return found


@dataclass(frozen=True)
class Forms:
    """How values are written, unless a program says otherwise: as JSON has them.

    `long` writes integers beyond 53 bits; `items` a list, whose items' type has that name in the WSDL.
    """

    long: Callable[[int], Any] = same
    decimal: Callable[[Decimal], Any] = "{:f}".format
    instant: Callable[[datetime], Any] = datetime.isoformat
    octets: Callable[[bytes], Any] = base64_text
    items: Callable[[str, list[Any]], Any] = plain_list


@dataclass(frozen=True)
class Persons:
    """The structures of the cases."""

    forms: Forms

    def _courses(self, *courses: tuple[int, str, list[str]]) -> Any:
        items = self.forms.items
        found = [
            {"id": number, "name": name, "tags": items("string", tags)} for number, name, tags in courses
        ]
        return items("InteropCourse", found)

    def ada(self) -> Struct:
        return {
            "id": 1,
            "username": "ada",
            "email": "ada@example.org",
            "active": True,
            "joined": self.forms.instant(NOON),
            "courses": self._courses((1, "Algebra & <Logic>", ["a", "b"]), (2, "Rhetoric", [])),
        }

    def bob(self) -> Struct:
        return {"username": "bob", "active": False, "courses": self._courses()}

    def cal(self) -> Struct:
        return {"username": "cal", "courses": self._courses()}

    def many(self, number: int) -> Struct:
        return {
            "id": number,
            "username": f"user{number}",
            "email": f"user{number}@example.org",
            "active": number % 2 == 0,
            "courses": self._courses((number, f"Course {number}", ["x", "y"])),
        }


NEW_USER = {
    "username": JANE,
    "password": "Corr3ct-horse",
    "firstname": "Jane",
    "lastname": "Doe & Søn",
    "email": f"{JANE}@example.org",
    "city": "Perth",
}
BAD_ACCOUNTS = [
    {"username": "Bad Name", "email": "a@example.org"},
    {"username": "good", "email": "nowhere"},
]
CRITERIA = [{"key": "username", "value": "user02"}, {"key": "lastname", "value": "lind%"}]

Call = tuple[str, Struct]
"""A function and its named arguments, in their order."""


def _echo(type_: str, value: Any) -> Call:
    return f"interop_echo_{type_}", {"value": value}


def _scalars(forms: Forms) -> Mapping[str, Call]:
    return {
        "int": _echo("int", forms.long(9223372036854775807)),
        "int-small": _echo("int", -5),
        "int-5": _echo("int", 5),
        "int-32-bits": _echo("int", -(2**31)),
        "int-33-bits": _echo("int", 2**31),
        "int-54-bits": _echo("int", forms.long(2**53 + 1)),
        "int32": _echo("int32", -2147483648),
        "double": _echo("double", 0.1),
        "double-1.5": _echo("double", 1.5),
        "double-minus-0": _echo("double", -0.0),
        "decimal": _echo("decimal", forms.decimal(Decimal("12345678901234567890.12"))),
        "decimal-1.50": _echo("decimal", forms.decimal(Decimal("1.50"))),
        "decimal-1E+3": _echo("decimal", forms.decimal(Decimal("1E+3"))),
        "bool": _echo("bool", True),
        "bool-false": _echo("bool", False),
        "text": _echo("text", "é€<b>&amp;\"'`]]>\tend"),
        "text-markup": _echo("text", "a<b>&c"),
        "text-emoji": _echo("text", "a😀b"),
        "text-crlf": _echo("text", "a\r\nb"),
        "text-blanks": _echo("text", "  a  b  "),
        "text-empty": _echo("text", ""),
        "text-illegal": ("interop_illegal_text", {}),
        "instant": _echo("instant", forms.instant(NOON)),
        "instant-whole": _echo("instant", forms.instant(NOON.replace(microsecond=0))),
        "instant-zone": _echo("instant", forms.instant(NOON.astimezone(timezone(timedelta(hours=2))))),
        "instant-no-zone": _echo("instant", forms.instant(NOON.replace(tzinfo=None))),
        "instant-micros": _echo("instant", forms.instant(NOON.replace(microsecond=123456))),
        "day": _echo("day", "2026-03-01"),
        "choice": _echo("level", "high"),
        "choice-low": _echo("level", "low"),
        "bytes": _echo("bytes", forms.octets(bytes(range(256)))),
        "bytes-2": _echo("bytes", forms.octets(b"\x00\xff")),
    }


def _structures(items: Callable[[str, list[Any]], Any], persons: Persons) -> Mapping[str, Call]:
    ada, bob, cal = persons.ada(), persons.bob(), persons.cal()
    crowd = [persons.many(number) for number in range(500)]
    return {
        "optional-omitted": ("interop_optional", {"a": "x"}),
        "optional-nil": ("interop_optional", {"a": "x", "b": None, "c": None, "d": None, "e": None}),
        "optional-given": ("interop_optional", {"a": "x", "b": 1, "c": "y", "d": 0, "e": items("long", [3])}),
        "list": ("interop_echo_numbers", {"values": items("long", [1, -2, 3])}),
        "list-one": ("interop_echo_numbers", {"values": items("long", [1])}),
        "list-texts": ("interop_echo_texts", {"values": items("string", ["a", "", "b & c"])}),
        "list-empty": ("interop_echo_numbers", {"values": items("long", [])}),
        "struct": ("interop_echo_person", {"person": ada}),
        "struct-absent": ("interop_echo_person", {"person": bob}),
        "struct-default": ("interop_echo_person", {"person": cal}),
        "structs": ("interop_echo_people", {"people": items("InteropPerson", [ada, bob])}),
        "structs-500": ("interop_echo_people", {"people": items("InteropPerson", crowd)}),
        "void": ("interop_void", {"value": "x"}),
        "null": ("interop_null", {}),
        "fault-problems": ("interop_accounts", {"accounts": items("InteropAccount", BAD_ACCOUNTS)}),
        "fault-declared": ("interop_fault", {"text": "an hour & a <half>"}),
        "fault-token": _echo("int", 1),
        "password": _echo("int", 1),
    }


def _users(items: Callable[[str, list[Any]], Any]) -> Mapping[str, Call]:
    wanted = {"field": "username", "values": items("string", ["user01", "nobody"])}
    moved = [{"id": 21, "city": "Perth"}]
    return {
        "site-info": ("core_webservice_get_site_info", {}),
        "create-users": ("core_user_create_users", {"users": items("CoreUserNewUser", [NEW_USER])}),
        "get-users": ("core_user_get_users_by_field", wanted),
        "find-users": ("core_user_get_users", {"criteria": items("CoreUserCriterion", CRITERIA)}),
        "update-users": ("core_user_update_users", {"users": items("CoreUserChangedUser", moved)}),
        "delete-users": ("core_user_delete_users", {"userids": items("long", [999999])}),
    }


def cases(forms: Forms) -> Mapping[str, Call]:
    """Every case, in its order."""
    return {**_scalars(forms), **_structures(forms.items, Persons(forms)), **_users(forms.items)}


def run(all_cases: Mapping[str, Call], outcome: Callable[[str, str, Struct], Struct]) -> None:
    """Print what comes of each case: the value or the fault that `outcome` returns under that name."""
    for case, (function, arguments) in all_cases.items():
        print(json.dumps({"case": case, **outcome(case, function, arguments)}))
