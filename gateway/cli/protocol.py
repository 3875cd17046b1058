"""`gateway protocol`: by which protocols calls may come."""

import click

from gateway import administration
from gateway.cli.options import as_json as json_option
from gateway.cli.output import show
from gateway.cli.place import Place, pass_place
from gateway.protocol import names_of


@click.group()
def protocol() -> None:
    """List, enable and disable protocols."""


@protocol.command("list")
@json_option
@pass_place
def list_(place: Place, as_json: bool) -> None:
    """List the installed protocols, and where each answers."""
    with place.session() as db:
        rows = administration.list_protocols(db, place.protocols())
    show(rows, as_json)


@protocol.command()
@click.argument("name", metavar="PROTOCOL")
@pass_place
def enable(place: Place, name: str) -> None:
    """Let calls come by a protocol. All workers follow within a second."""
    with place.session(write=True) as db:
        administration.enable_protocol(db, name, names_of(place.protocols()))
    click.echo(f"The protocol {name} is enabled.")


@protocol.command()
@click.argument("name", metavar="PROTOCOL")
@pass_place
def disable(place: Place, name: str) -> None:
    """Let no call come by a protocol. All workers follow within a second."""
    with place.session(write=True) as db:
        administration.disable_protocol(db, name, names_of(place.protocols()))
    click.echo(f"The protocol {name} is disabled.")
