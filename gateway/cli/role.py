"""`gateway role`: named sets of permissions, and who has them where."""

import click

from gateway import administration
from gateway.capabilities import ALLOW, PREVENT, PROHIBIT
from gateway.cli import options
from gateway.cli.output import show, show_one
from gateway.cli.place import Place, pass_place

Where = tuple[str, int]
_capabilities = click.argument("capabilities", nargs=-1, required=True, metavar="CAPABILITY...")


@click.group()
def role() -> None:
    """Make and delete roles, say what they allow, and give them to users."""


@role.command("create")
@click.argument("shortname")
@click.option("--name", help="What people call it.")
@click.option("--description", default="", help="What it is for.")
@pass_place
def create(place: Place, shortname: str, name: str | None, description: str) -> None:
    """Make a role that allows nothing yet."""
    with place.session(write=True) as db:
        administration.create_role(db, shortname, name or shortname, description)
    click.echo(f"The role {shortname} is made.")


@role.command("delete")
@click.argument("shortname", metavar="ROLE")
@options.yes
@pass_place
def delete(place: Place, shortname: str, yes: bool) -> None:
    """Delete a role, and take it from everybody who has it."""
    with place.session() as db:
        count = administration.count_assignments(db, administration.find_role(db, shortname).id)
    options.confirm(f"Delete the role {shortname}, assigned {count} times?", yes)
    with place.session(write=True) as db:
        administration.delete_role(db, shortname)
    click.echo(f"The role {shortname} is deleted.")


@role.command("list")
@options.as_json
@pass_place
def list_(place: Place, as_json: bool) -> None:
    """List roles."""
    with place.session() as db:
        rows = administration.list_roles(db)
    show(rows, as_json)


@role.command("show")
@click.argument("shortname", metavar="ROLE")
@options.as_json
@pass_place
def show_(place: Place, shortname: str, as_json: bool) -> None:
    """Show what a role says, and who has it."""
    with place.session() as db:
        row = administration.describe_role(db, shortname)
    show_one(row, as_json)


@role.command("allow")
@click.argument("shortname", metavar="ROLE")
@_capabilities
@options.context
@pass_place
def allow(place: Place, shortname: str, capabilities: tuple[str, ...], where: Where) -> None:
    """Let a role allow capabilities."""
    _permit(place, shortname, capabilities, ALLOW, where)
    click.echo(f"The role {shortname} allows {', '.join(capabilities)}.")


@role.command("prevent")
@click.argument("shortname", metavar="ROLE")
@_capabilities
@options.context
@pass_place
def prevent(place: Place, shortname: str, capabilities: tuple[str, ...], where: Where) -> None:
    """Let a role give capabilities no longer from here on; what other roles allow stays."""
    _permit(place, shortname, capabilities, PREVENT, where)
    click.echo(f"The role {shortname} prevents {', '.join(capabilities)}.")


@role.command("prohibit")
@click.argument("shortname", metavar="ROLE")
@_capabilities
@options.context
@pass_place
def prohibit(place: Place, shortname: str, capabilities: tuple[str, ...], where: Where) -> None:
    """Let a role take capabilities from everybody who has it, whatever other roles allow."""
    _permit(place, shortname, capabilities, PROHIBIT, where)
    click.echo(f"The role {shortname} prohibits {', '.join(capabilities)}.")


@role.command("unset")
@click.argument("shortname", metavar="ROLE")
@_capabilities
@options.context
@pass_place
def unset(place: Place, shortname: str, capabilities: tuple[str, ...], where: Where) -> None:
    """Let a role say nothing of capabilities, so that what is said farther up counts."""
    _permit(place, shortname, capabilities, None, where)
    click.echo(f"The role {shortname} says nothing of {', '.join(capabilities)}.")


def _permit(
    place: Place, shortname: str, capabilities: tuple[str, ...], permission: int | None, where: Where
) -> None:
    with place.session(write=True) as db:
        context_id = administration.find_place(db, where, place.registry().levels)
        for capability in capabilities:
            administration.permit(db, shortname, capability, permission, context_id)


@role.command("assign")
@click.argument("shortname", metavar="ROLE")
@click.argument("username", metavar="USER")
@options.context
@pass_place
def assign(place: Place, shortname: str, username: str, where: Where) -> None:
    """Give a user a role."""
    with place.session(write=True) as db:
        context_id = administration.find_place(db, where, place.registry().levels)
        administration.assign(db, shortname, username, context_id)
    click.echo(f"{username} has the role {shortname}.")


@role.command("unassign")
@click.argument("shortname", metavar="ROLE")
@click.argument("username", metavar="USER")
@options.context
@pass_place
def unassign(place: Place, shortname: str, username: str, where: Where) -> None:
    """Take a role from a user."""
    with place.session(write=True) as db:
        context_id = administration.find_place(db, where, place.registry().levels)
        administration.unassign(db, shortname, username, context_id)
    click.echo(f"{username} no longer has the role {shortname}.")
