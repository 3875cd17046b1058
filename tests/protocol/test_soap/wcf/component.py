"""The functions of recommended.wsdl."""

import inspect
import itertools
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway import ABSENT, READ, WRITE, Component, Function, Int32, Maybe, Struct, function
from gateway.faults import INVALID_PARAMETER


class Pref(Struct, name="Pref"):
    type: str
    value: str


class User(Struct, name="User", kw_only=True):
    id: Maybe[Int32] = ABSENT
    username: str
    email: Maybe[str] = ABSENT
    suspended: Maybe[bool] = ABSENT
    preferences: Maybe[list[Pref]] = ABSENT
    tags: Maybe[list[str]] = ABSENT


def _echo(name: str, parameter: str, given: Any, result: Any) -> Function:
    """A function of one optional argument, which it gives back; null where it did not come."""

    def echo(argument: Any = ABSENT) -> Any:
        return None if argument is ABSENT else argument

    declared = inspect.Parameter(parameter, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=ABSENT)
    echo.__signature__ = inspect.Signature([declared])  # type: ignore[attr-defined]
    echo.__annotations__ = {parameter: Maybe[given], "return": result}
    echo.__doc__ = f"Doc of {name}"
    return function(name, effect=READ)(echo)


@function("get_ctl", effect=READ)
def get_ctl() -> str:
    """Doc of get_ctl"""
    return "a\x01b"


@function("get_null", effect=READ)
def get_null() -> str | None:
    """Doc of get_null"""
    return None


@function("optional", effect=READ)
def optional(a: str, b: Maybe[Int32] = ABSENT, c: Maybe[str] = ABSENT) -> str:
    """Doc of optional"""
    return "|".join(repr(None if each is ABSENT else each) for each in (a, b, c))


@function("core_user_create_users", effect=WRITE)
def create_users(users: Maybe[list[User]] = ABSENT) -> list[User]:
    """Doc of core_user_create_users"""
    numbers = itertools.count(100)
    given = [] if users is ABSENT else users
    return [
        User(
            id=next(numbers),
            username=each.username,
            email=each.email,
            suspended=each.suspended,
            preferences=each.preferences,
            tags=each.tags,
        )
        for each in given
    ]


@function("do_void", effect=WRITE)
def do_void(v: Maybe[str] = ABSENT) -> None:
    """Doc of do_void"""


@function("fail", effect=READ)
def fail(v: Maybe[str] = ABSENT) -> str:
    """Doc of fail"""
    raise INVALID_PARAMETER(f"info {v}", message="bad thing <&>")


_ECHOES = (
    _echo("echo_int", "v", Int32, Int32),
    _echo("echo_long", "v", int, int),
    _echo("echo_double", "v", float, float),
    _echo("echo_decimal", "v", Decimal, Decimal),
    _echo("echo_bool", "v", bool, bool),
    _echo("echo_string", "v", str, str | None),
    _echo("echo_datetime", "v", datetime, datetime),
    _echo("echo_bytes", "v", bytes, bytes | None),
    _echo("echo_ints", "values", list[Int32], list[Int32] | None),
    _echo("echo_strings", "values", list[str], list[str] | None),
    _echo("echo_user", "user", User, User | None),
)

component = Component("wcf", functions=[*_ECHOES, get_ctl, get_null, optional, create_users, do_void, fail])
