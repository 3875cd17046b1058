"""`gateway config`: the site's settings."""

import json

import click
import msgspec

from gateway import administration
from gateway import settings as site_settings
from gateway.cli.place import Place, pass_place


@click.group()
def config() -> None:
    """Read and change the site's settings."""


@config.command("get")
@click.argument("name", required=False)
@pass_place
def get(place: Place, name: str | None) -> None:
    """Print one setting, or all with their meaning."""
    if name is not None:
        site_settings.check_name(name)
    with place.session() as db:
        values = msgspec.to_builtins(administration.get_settings(db), order="deterministic")
    if name is None:
        for key, meaning in site_settings.MEANINGS.items():
            click.echo(f"{key} = {json.dumps(values[key])}\n    {meaning}")
    else:
        click.echo(json.dumps(values[name]))


@config.command("set")
@click.argument("name")
@click.argument("value")
@pass_place
def set_(place: Place, name: str, value: str) -> None:
    """Change a setting. All workers follow within a second; `gateway config get` lists the settings."""
    with place.session(write=True) as db:
        kept = administration.set_setting(db, name, value)
    click.echo(f"The setting {name} is {kept}.")
