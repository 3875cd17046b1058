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
    with place.session() as db:
        values = msgspec.to_builtins(administration.get_settings(db), order="deterministic")
    if name is None:
        for key, meaning in site_settings.MEANINGS.items():
            click.echo(f"{key} = {json.dumps(values[key])}\n    {meaning}")
    elif name in values:
        click.echo(json.dumps(values[name]))
    else:
        raise site_settings.SettingError(
            f"there is no setting {name}; there are: {', '.join(sorted(values))}"
        )


@config.command("set")
@click.argument("name")
@click.argument("value")
@pass_place
def set_(place: Place, name: str, value: str) -> None:
    """Change a setting; all workers follow within a second."""
    with place.session(write=True) as db:
        administration.set_setting(db, name, value)
