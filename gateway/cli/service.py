"""`gateway service`: named groups of functions, and who may use them."""

from collections.abc import Callable
from typing import Any

import click

from gateway import administration
from gateway.cli import options
from gateway.cli.options import Command, flag
from gateway.cli.output import show, show_one
from gateway.cli.place import Place, pass_place

_RULES: tuple[Callable[[Any], Any], ...] = (
    click.option("--name", help="What people call it."),
    flag("enabled", "disabled", "Whether it answers."),
    flag("restricted", "unrestricted", "Whether only authorised users may use it."),
    flag("public", "not-public", "Whether its documentation is shown to everybody."),
    flag("download", "no-download", "Whether files may be downloaded."),
    flag("upload", "no-upload", "Whether files may be uploaded."),
    click.option(
        "--required-capability", help="What its users must hold in the system context; '' for none."
    ),
    click.option(
        "--origin",
        "origins",
        multiple=True,
        help="A web origin whose scripts may call (repeat it); '' for none.",
    ),
    options.rate_limit,
)


def _rules(command: Command) -> Command:
    """The options that make and change a service; the command gets them as one mapping, `rules`."""
    for option in reversed(_RULES):
        command = option(command)
    return command


def _columns(rules: dict[str, Any]) -> dict[str, Any]:
    columns = options.given(
        name=rules["name"],
        enabled=rules["enabled"],
        restricted=rules["restricted"],
        public=rules["public"],
        download_files=rules["download"],
        upload_files=rules["upload"],
        required_capability=rules["required_capability"],
        rate_limit=rules["rate_limit"],
    )
    if rules["origins"]:
        columns["cors_origins"] = [origin for origin in rules["origins"] if origin]
    return columns


@click.group()
def service() -> None:
    """Make and fill services, say who may use them."""


@service.command("create")
@click.argument("shortname")
@_rules
@pass_place
def create(place: Place, /, shortname: str, **rules: Any) -> None:
    """Make a service, without functions. It is disabled and restricted unless options say otherwise."""
    columns = {"name": shortname} | _columns(rules)
    with place.session(write=True) as db:
        administration.create_service(db, shortname, **columns)
    click.echo(f"The service {shortname} is made.")


@service.command("change")
@click.argument("service", metavar="SERVICE")
@_rules
@pass_place
def change(place: Place, /, **rules: Any) -> None:
    """Change a service. All workers follow within a second."""
    with place.session(write=True) as db:
        administration.change_service(db, rules["service"], **options.something(_columns(rules)))
    click.echo(f"The service {rules['service']} is changed.")


@service.command("delete")
@click.argument("name", metavar="SERVICE")
@options.yes
@pass_place
def delete(place: Place, name: str, yes: bool) -> None:
    """Delete a service with its tokens. A built-in one can only be disabled."""
    with place.session() as db:
        tokens = administration.count_tokens(db, administration.find_service(db, name).id)
    options.confirm(f"Delete the service {name}, and its tokens ({tokens})?", yes)
    with place.session(write=True) as db:
        administration.delete_service(db, name)
    click.echo(f"The service {name} is deleted.")


@service.command("list")
@options.as_json
@pass_place
def list_(place: Place, as_json: bool) -> None:
    """List services."""
    with place.session() as db:
        rows = administration.list_services(db)
    show(rows, as_json)


@service.command("show")
@click.argument("name", metavar="SERVICE")
@options.as_json
@pass_place
def show_(place: Place, name: str, as_json: bool) -> None:
    """Show a service with its functions and its users."""
    with place.session() as db:
        row = administration.describe_service(db, name)
    show_one(row, as_json)


@service.command("add")
@click.argument("name", metavar="SERVICE")
@click.argument("functions", nargs=-1, required=True, metavar="FUNCTION...")
@pass_place
def add(place: Place, name: str, functions: tuple[str, ...]) -> None:
    """Put functions into a service."""
    known = place.registry().functions
    with place.session(write=True) as db:
        administration.add_functions(db, name, functions, known)
    click.echo(f"The service {name} holds {', '.join(functions)}.")


@service.command("remove")
@click.argument("name", metavar="SERVICE")
@click.argument("functions", nargs=-1, required=True, metavar="FUNCTION...")
@pass_place
def remove(place: Place, name: str, functions: tuple[str, ...]) -> None:
    """Take functions out of a service."""
    with place.session(write=True) as db:
        administration.remove_functions(db, name, functions)
    click.echo(f"The service {name} no longer holds {', '.join(functions)}.")


@service.command("authorise")
@click.argument("name", metavar="SERVICE")
@click.argument("username", metavar="USER")
@options.ip
@options.validity
@pass_place
def authorise(place: Place, name: str, username: str, ip: str | None, columns: dict[str, Any]) -> None:
    """List a user in a restricted service, or change his entry."""
    columns |= options.given(ip_restriction=ip)
    with place.session(write=True) as db:
        administration.authorise(db, name, username, **columns)
    click.echo(f"{username} is among the users of the service {name}.")


@service.command("unauthorise")
@click.argument("name", metavar="SERVICE")
@click.argument("username", metavar="USER")
@pass_place
def unauthorise(place: Place, name: str, username: str) -> None:
    """Take a user from the list of a service. His tokens stay, and are refused while it is restricted."""
    with place.session(write=True) as db:
        administration.unauthorise(db, name, username)
    click.echo(f"{username} is no longer among the users of the service {name}.")
