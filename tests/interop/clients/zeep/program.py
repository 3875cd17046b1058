"""Calls every case with zeep."""

import os
from datetime import datetime
from decimal import Decimal
from typing import Any

import zeep
from cases import Forms, Struct, base64_text, cases, run, same
from zeep.helpers import serialize_object
from zeep.wsse.username import UsernameToken


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


def plain(value: Any) -> Any:
    """A scalar as JSON."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return base64_text(value)
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


# [docs:fault]
def members(found: Any) -> Any:
    """A structure of scalars as JSON, without what is absent."""
    return {name: each for name, each in serialize_object(found).items() if each is not None}


def members_of_each(found: Any) -> list[Any]:
    """A list of structures as JSON."""
    return [members(each) for each in found]


def read_fault(client: zeep.Client, fault: zeep.exceptions.Fault) -> dict[str, Any]:
    """The fault's typed detail, and its message."""
    (element,) = (each for each in fault.detail.iter("{*}apiFault"))
    detail = client.get_element(element.tag).parse(element, client.wsdl.types)
    problems = members_of_each(items(detail.problems, "Problem"))
    return {"message": fault.message, **members(detail), "problems": problems}


# [docs:end]


def site_of(found: Any) -> dict[str, Any]:
    """Site info as JSON."""
    functions = members_of_each(items(found.functions, "CoreWebserviceSiteFunction"))
    return {**members(found), "functions": functions}


# [docs:call]
def listed(item: str, found: list[Any]) -> dict[str, Any]:
    """A list in the arguments, as in interop_optional(a="x", e=listed("long", [3]))."""
    return {item: found}


# [docs:end]


CLIENT = connect(os.environ["GATEWAY_TOKEN"])
OTHERS = {"fault-token": connect(os.environ["GATEWAY_BAD_TOKEN"]), "password": connect_with_password()}
READERS = {
    "struct": person_of,
    "struct-absent": person_of,
    "struct-default": person_of,
    "structs": people_of,
    "structs-500": people_of,
    "site-info": site_of,
    "create-users": members_of_each,
    "get-users": members_of_each,
    "find-users": lambda found: {"users": members_of_each(items(found.users, "CoreUserUserDetail"))},
}


def outcome(case: str, function: str, arguments: Struct) -> Struct:
    """The value or the fault that comes."""
    call = getattr(OTHERS.get(case, CLIENT).service, function)
    read = READERS.get(case, plain)
    sent = {name: zeep.xsd.Nil if each is None else each for name, each in arguments.items()}
    # [docs:catch]
    try:
        return {"value": read(call(**sent))}
    except zeep.exceptions.Fault as fault:
        return {"fault": read_fault(CLIENT, fault)}
    # [docs:end]


run(cases(Forms(decimal=same, instant=same, octets=same, items=listed)), outcome)
