"""`gateway wsdl`: the WSDL as a file, without a server and without a token."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import click

from gateway import administration
from gateway.administration.errors import AdministrationError, unknown
from gateway.cli.place import Place, pass_place
from gateway.plugins import PluginError
from gateway.protocol import Query, writer_of
from gateway.registry import Function

_WSDL = "wsdl"


@click.command()
@click.option(
    "--service", metavar="SERVICE", help="Only functions of this service; default: all that are registered."
)
@click.option("--functions", "names", metavar="A,B", help="Only these functions, names between commas.")
@click.option(
    "--soap",
    type=click.Choice(["11", "12"]),
    default="11",
    show_default=True,
    help="The version of SOAP that its binding is for.",
)
@click.option(
    "--url", help="The gateway's address; default: the setting public_url, or that of `gateway serve`."
)
@pass_place
def wsdl(place: Place, service: str | None, names: str | None, soap: str, url: str | None) -> None:
    """Print the WSDL, for generators that read files; the gateway need not run.

    It is the document that the gateway serves at /soap?wsdl to a caller who may call these functions.
    """
    chosen = _choose(_functions(place, service), names)
    protocol = writer_of(_WSDL, place.protocols())
    if protocol is None:
        raise PluginError("no installed protocol writes a WSDL")
    site = place.site()
    if url is not None:
        site = replace(site, url=url)
    for each in chosen:
        protocol.compile(each, site)  # what the gateway would refuse to serve
    document: Any = protocol.describe(Query(_WSDL, {"soap": soap}), chosen, site)
    click.echo(document, nl=False)


def _functions(place: Place, service: str | None) -> dict[str, Function]:
    """The registered functions, by name: all, or those in a service. Raises AdministrationError."""
    known = dict(place.registry().functions)
    if service is None:
        return known
    with place.session() as db:
        held = administration.describe_service(db, service)["functions"]
    return {name: known[name] for name in held if name in known}


def _choose(functions: dict[str, Function], names: str | None) -> list[Function]:
    """Those that are named, or all. Raises AdministrationError for a name that is not among them, and for none."""
    wanted: Iterable[str] = functions
    if names is not None:
        wanted = dict.fromkeys(name for each in names.split(",") if (name := each.strip()))
    for name in wanted:
        if name not in functions:
            raise unknown("function", name, functions)
    if not wanted:
        raise AdministrationError("there is no function to describe")
    return [functions[name] for name in wanted]
