"""`gateway functions`: what can be called, who calls what will go, and what has changed since the lock."""

import sys
from pathlib import Path

import click

from gateway import administration, lock
from gateway.cli.options import as_json as json_option
from gateway.cli.output import show
from gateway.cli.place import Place, pass_place
from gateway.lock import Change
from gateway.registry import Function


@click.command()
@click.option(
    "--deprecated", "task", flag_value="deprecated", help="Those that will go: who calls them, when last."
)
@click.option("--lock", "task", flag_value="lock", help="Write down what callers depend on.")
@click.option("--diff", "task", flag_value="diff", help="What has changed since, and whose calls it breaks.")
@click.option(
    "--file",
    default="signatures.lock",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The lock that --lock writes and --diff reads.",
)
@json_option
@pass_place
def functions(place: Place, task: str | None, file: Path, as_json: bool) -> None:
    """List the registered functions.

    --diff ends with status 1 if a change breaks the calls of a protocol and its function was not deprecated before.
    """
    registered = list(place.registry().functions.values())
    if task == "lock":
        file.write_text(lock.write_lock(lock.take_lock(registered)))
        click.echo(f"{file} holds {len(registered)} functions.")
    elif task == "diff":
        changes = lock.compare(lock.read_lock(file.read_text()), lock.take_lock(registered))
        show([_change(each) for each in changes], as_json)
        sys.exit(any(each.breaking for each in changes))
    elif task == "deprecated":
        with place.session() as db:
            rows = administration.list_deprecated(db, registered)
        show(rows, as_json)
    else:
        show([_row(each) for each in registered], as_json)


def _row(function: Function) -> dict[str, object]:
    return {
        "name": function.name,
        "effect": function.effect.value,
        "component": function.component,
        "requires": list(function.requires),
        "deprecated": function.deprecated.since if function.deprecated else None,
        "summary": function.doc.partition("\n")[0],
    }


def _change(change: Change) -> dict[str, object]:
    """A change as a row: for each protocol, whether it breaks calls."""
    rule = change.rule
    verdicts = {name: "breaks" if name in rule.breaks else "" for name in lock.PROTOCOLS}
    stubs = "differ" if rule.stubs else ""
    announced = "yes" if change.announced else ""
    where = {"function": change.function, "where": change.where, "change": rule.meaning}
    return {**where, **verdicts, "SOAP stubs": stubs, "announced": announced}
