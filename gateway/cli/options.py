"""What several commands ask for: JSON, confirmation, restrictions, validity, passwords, contexts."""

import functools
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

from gateway import credentials

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
yes = click.option("--yes", is_flag=True, help="Do not ask.")
ip = click.option("--ip", help="Addresses it admits: 192.168., 10.0.0.0/8, 10.0.0.1-20, ...; '' for any.")
rate_limit = click.option(
    "--rate-limit", type=click.IntRange(0), metavar="N", help="Calls a minute; 0: no limit."
)
context = click.option(
    "--context",
    "where",
    type=(str, int),
    default=("system", 0),
    metavar="LEVEL ID",
    help="Where: the context of a course, for example; default: the system context.",
)


def flag(name: str, negative: str, description: str) -> Callable[[Command], Command]:
    """An option that says yes, no, or nothing: `--enabled/--disabled`."""
    return click.option(f"--{name}/--{negative}", default=None, help=description)


def validity(command: Command) -> Command:
    """Options that say how long something is valid: `columns["valid_until"]` is there if one is given."""

    @click.option("--days", type=click.IntRange(1, 36_500), help="For how many days from now it is valid.")
    @click.option(
        "--until",
        type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
        metavar="INSTANT",
        help="Until when it is valid, in UTC: 2030-01-31T12:00:00; a day: until its beginning.",
    )
    @click.option("--no-end", is_flag=True, help="It is valid for good.")
    @functools.wraps(command)
    def wrapper(*args: Any, days: int | None, until: datetime | None, no_end: bool, **kwargs: Any) -> Any:
        if (days is not None) + (until is not None) + no_end > 1:
            raise click.UsageError("Give one of --days, --until and --no-end.")
        columns: dict[str, datetime | None] = {}
        if days is not None:
            columns["valid_until"] = datetime.now(UTC) + timedelta(days=days)
        elif until is not None:
            columns["valid_until"] = until.replace(tzinfo=UTC)
        elif no_end:
            columns["valid_until"] = None
        return command(*args, columns=columns, **kwargs)

    return wrapper  # type: ignore[return-value]  # click looks at nothing but the options


def password(command: Command) -> Command:
    """Options that say where a password comes from; see `read_password`."""
    stdin = click.option("--password-stdin", is_flag=True, help="Read it from standard input, one line.")
    random = click.option(
        "--random-password", is_flag=True, help="Make one and print it; nobody can see it again."
    )
    return stdin(random(command))


def read_password(password_stdin: bool, random_password: bool) -> str:
    """A password: from standard input, made, or asked for twice."""
    if password_stdin and random_password:
        raise click.UsageError("Give --password-stdin or --random-password, not both.")
    if password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if random_password:
        return credentials.make_password()
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
    return asked


def given(**values: Any) -> dict[str, Any]:
    """The columns that are to change: those that are not None; a rate limit of 0 and an empty text take one away."""
    columns = {name: value for name, value in values.items() if value is not None}
    for name in ("rate_limit", "ip_restriction", "required_capability"):
        if name in columns:
            columns[name] = columns[name] or None
    return columns


def something(columns: dict[str, Any]) -> dict[str, Any]:
    """The columns, if there are any; else the command was used wrongly."""
    if not columns:
        raise click.UsageError("Say what to change: --help lists the options.")
    return columns


def confirm(question: str, yes: bool) -> None:
    """Ask before something is deleted, unless `--yes` was given; end the command if the answer is no."""
    if not yes:
        click.confirm(question, abort=True, err=True)
