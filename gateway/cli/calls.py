"""`gateway call` and `calls`: calling a function, and the log of calls."""

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime

import click

from gateway import administration, calllog, client
from gateway.assembly import DEFAULT_URL
from gateway.cli.options import as_json as as_json_option
from gateway.cli.output import show
from gateway.cli.place import Place, pass_place
from gateway.cli.site import read_demo
from gateway.protocol import Protocol, RemoteFault, modern
from gateway.registry import Function


@click.group()
def calls() -> None:
    """The call log; `gateway why` explains its records."""


@calls.command("list")
@click.option("--last", default=20, show_default=True, type=click.IntRange(1), metavar="N", help="How many.")
@click.option("--user", help="Only those of this user.")
@click.option("--function", help="Only those of this function.")
@click.option("--faults", is_flag=True, help="Only those that ended in a fault.")
@as_json_option
@pass_place
def list_(
    place: Place, last: int, user: str | None, function: str | None, faults: bool, as_json: bool
) -> None:
    """List the newest calls, refused ones too."""
    with place.session() as db:
        rows = administration.list_calls(db, last, user=user, function=function, faults=faults)
    show(rows, as_json)


@calls.command("prune")
@click.option(
    "--days", type=click.IntRange(1), help="Keep this many days; default: the setting call_log_days."
)
@pass_place
def prune(place: Place, days: int | None) -> None:
    """Delete old records of calls."""
    with place.session() as db:
        keep = days or administration.get_settings(db).call_log_days
    with place.engine() as engine:
        deleted = calllog.prune(engine, datetime.now(UTC), keep)
    click.echo(f"{deleted} records older than {keep} days are deleted.")


@click.command()
@click.argument("function_name", metavar="FUNCTION")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option(
    "--protocol", "protocol_name", default="rest", show_default=True, help="Which protocol carries it."
)
@click.option("--json", "json_text", help="The arguments as a JSON object; - reads it from standard input.")
@click.option("--url", envvar="GATEWAY_CALL_URL", help="The gateway's address; default: that of demo.json.")
@pass_place
def call(
    place: Place,
    function_name: str,
    values: tuple[str, ...],
    protocol_name: str,
    json_text: str | None,
    url: str | None,
) -> None:
    """Call a function over HTTP.

    Arguments have the names of a form, with brackets where they are nested: users[0][username]=jane. The token comes
    from the environment variable GATEWAY_TOKEN, or from demo.json.
    """
    function, protocol = _function(place, function_name), find_protocol(place, protocol_name)
    text = sys.stdin.read() if json_text == "-" else json_text
    known = read_demo(place.demo_file) if place.demo_file.exists() else {}
    secret = os.environ.get("GATEWAY_TOKEN") or known.get("token")
    if not secret:
        raise client.ClientError("no token: set GATEWAY_TOKEN, or load the demo site with `gateway demo`")
    site = replace(place.site(), url=url or known.get("url") or DEFAULT_URL)
    try:
        result = client.call(protocol, function, client.arguments(function, values, text), secret, site)
    except RemoteFault as fault:
        _show_fault(fault)
        sys.exit(1)
    click.echo(client.to_json(result))


def find_protocol(place: Place, name: str) -> Protocol:
    """An installed protocol. Raises BadParameter."""
    protocols = modern(place.protocols())
    if name not in protocols:
        raise click.BadParameter(f"choose from {', '.join(protocols)}", param_hint="--protocol")
    return protocols[name]


def _function(place: Place, name: str) -> Function:
    found = place.registry().functions.get(name)
    if found is None:
        raise client.ClientError(f"no function is called {name}; `gateway functions` lists them")
    return found


def _show_fault(fault: RemoteFault) -> None:
    click.echo(f"{fault.errorcode} ({fault.exception}): {fault.message}", err=True)
    if fault.cause:
        click.echo(f"cause: {fault.cause}", err=True)
    for problem in fault.problems:
        click.echo(f"{problem.get('path', '')}: {problem.get('problem', '')}", err=True)
    if fault.request_id:
        click.echo(f"request id: {fault.request_id}", err=True)
