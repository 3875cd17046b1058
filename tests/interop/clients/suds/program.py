"""Calls every case with suds."""

import os
from datetime import datetime
from decimal import Decimal
from typing import Any

import suds
from cases import Forms, Struct, cases, run, same
from suds.client import Client
from suds.sudsobject import asdict
from suds.wsse import Security, UsernameToken


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


# [docs:fault]
def items(array: Any) -> list[Any]:
    """The items of a list: they stand in a member named like their type; an empty list is an empty text."""
    if not array:
        return []
    (found,) = asdict(array).values()
    return found or []


def plain(value: Any) -> Any:
    """A scalar as JSON. suds takes base64 for a text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


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


def read_fault(fault: Any) -> dict[str, Any]:
    """The fault's detail, and its message."""
    detail = fault.detail.apiFault
    problems = members_of_each(getattr(detail, "problems", None))
    return {"message": fault.faultstring, **members(detail), "problems": problems}


# [docs:end]


def person_of(found: Any) -> dict[str, Any]:
    """A person as JSON."""
    courses = [{"id": each.id, "name": each.name, "tags": items(each.tags)} for each in items(found.courses)]
    return {**members(found), "courses": courses}


def people_of(found: Any) -> list[dict[str, Any]]:
    """People as JSON."""
    return [person_of(each) for each in items(found)]


def site_of(found: Any) -> dict[str, Any]:
    """Site info as JSON."""
    return {**members(found), "functions": members_of_each(found.functions)}


CLIENT = connect(os.environ["GATEWAY_TOKEN"])
OTHERS = {"fault-token": connect(os.environ["GATEWAY_BAD_TOKEN"]), "password": connect_with_password()}
READERS = {
    "list": items,
    "list-one": items,
    "list-texts": items,
    "list-empty": items,
    "struct": person_of,
    "struct-absent": person_of,
    "struct-default": person_of,
    "structs": people_of,
    "structs-500": people_of,
    "site-info": site_of,
    "create-users": members_of_each,
    "get-users": members_of_each,
    "find-users": lambda found: {"users": members_of_each(found.users)},
}


def outcome(case: str, function: str, arguments: Struct) -> Struct:
    """The value or the fault that comes; arguments go by position."""
    call = getattr(OTHERS.get(case, CLIENT).service, function)
    read = READERS.get(case, plain)
    sent = [suds.null() if each is None else each for each in arguments.values()]
    try:
        return {"value": read(call(*sent))}
    except suds.WebFault as error:
        return {"fault": read_fault(error.fault)}


def listed(item: str, found: list[Any]) -> dict[str, Any]:
    """A list stands in a member named like its items' type."""
    return {item: found}


run(cases(Forms(decimal=same, instant=same, items=listed)), outcome)
