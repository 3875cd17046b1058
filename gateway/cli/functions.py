"""`gateway functions`: what can be called, and who calls what will go."""

import click

from gateway import administration
from gateway.cli.options import as_json as json_option
from gateway.cli.output import show
from gateway.cli.place import Place, pass_place
from gateway.registry import Function


@click.command()
@click.option("--deprecated", is_flag=True, help="Those that will go: who still calls them, and when last.")
@json_option
@pass_place
def functions(place: Place, deprecated: bool, as_json: bool) -> None:
    """List the registered functions."""
    registered = place.registry().functions.values()
    if not deprecated:
        show([_row(each) for each in registered], as_json)
        return
    with place.session() as db:
        rows = administration.list_deprecated(db, registered)
    show(rows, as_json)


def _row(function: Function) -> dict[str, object]:
    return {
        "name": function.name,
        "effect": function.effect.value,
        "component": function.component,
        "requires": list(function.requires),
        "deprecated": function.deprecated.since if function.deprecated else None,
        "summary": function.doc.partition("\n")[0],
    }
