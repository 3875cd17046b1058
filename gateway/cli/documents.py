"""What the commands that print a document of functions share: which functions it shows, and who writes it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import click

from gateway import administration
from gateway.administration.errors import AdministrationError, unknown
from gateway.cli.options import Command
from gateway.cli.place import Place
from gateway.plugins import PluginError
from gateway.protocol import Query, writer_of
from gateway.registry import Function

_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--service",
        metavar="SERVICE",
        help="Only functions of this service; default: all that are registered.",
    ),
    click.option("--functions", "names", metavar="A,B", help="Only these functions, names between commas."),
    click.option(
        "--url", help="The gateway's address; default: the setting public_url, or that of `gateway serve`."
    ),
)


def document_options(command: Command) -> Command:
    """What a document shows: `service`, `names` and `url`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def print_document(
    place: Place,
    name: str,
    *,
    service: str | None,
    names: str | None,
    url: str | None,
    options: Mapping[str, str] | None = None,
) -> None:
    """Print a document, as the gateway serves it to a caller who may call these functions.

    `options` are the document's own. Raises PluginError if no protocol writes it, AdministrationError.
    """
    chosen = _choose(_functions(place, service), names)
    protocol = writer_of(name, place.protocols())
    if protocol is None:
        raise PluginError(f"no installed protocol writes the document {name}")
    site = place.site()
    if url is not None:
        site = replace(site, url=url)
    for each in chosen:
        protocol.compile(each, site)  # what the gateway would refuse to serve
    document: Any = protocol.describe(Query(name, options or {}), chosen, site)
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
