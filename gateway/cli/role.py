"""`gateway role`: named sets of permissions, and who has them where."""

import click

from gateway import administration
from gateway.capabilities import ALLOW, PREVENT, PROHIBIT
from gateway.cli import options
from gateway.cli.output import show, show_one
from gateway.cli.place import Place, pass_place

Where = tuple[str, int]


@click.group()
def role() -> None:
    """Make roles, say what they allow, give them to users."""


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


def _add_permission(name: str, permission: int | None, verb: str, description: str) -> None:
    """A command that says one thing of capabilities; it answers that the role VERB them."""

    @role.command(name, help=description)
    @click.argument("shortname", metavar="ROLE")
    @click.argument("capabilities", nargs=-1, required=True, metavar="CAPABILITY...")
    @options.context
    @pass_place
    def permit(place: Place, shortname: str, capabilities: tuple[str, ...], where: Where) -> None:
        with place.session(write=True) as db:
            context_id = administration.find_place(db, where, place.registry().levels)
            for capability in capabilities:
                administration.permit(db, shortname, capability, permission, context_id)
        click.echo(f"The role {shortname} {verb} {', '.join(capabilities)}.")


_add_permission("allow", ALLOW, "allows", "Let a role allow capabilities.")
_add_permission(
    "prevent",
    PREVENT,
    "prevents",
    "Let a role no longer allow capabilities, from here on. What other roles allow stays.",
)
_add_permission(
    "prohibit",
    PROHIBIT,
    "prohibits",
    "Let a role forbid capabilities. Who has it does not hold them, whatever other roles allow.",
)
_add_permission(
    "unset",
    None,
    "says nothing of",
    "Let a role say nothing of capabilities. What it says farther up counts.",
)


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
