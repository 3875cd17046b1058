"""`gateway token`: what ties one user to one service."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from gateway import administration
from gateway.cli import options
from gateway.cli.output import show, show_one
from gateway.cli.place import Place, pass_place


@click.group()
def token() -> None:
    """Make, list, change, rotate and revoke tokens."""


@token.command("create")
@click.option("--user", required=True, help="The user name.")
@click.option("--service", required=True, help="The service's short name.")
@options.ip
@options.validity
@options.rate_limit
@pass_place
def create(
    place: Place, user: str, service: str, ip: str | None, rate_limit: int | None, columns: dict[str, Any]
) -> None:
    """Make a token. It is printed once; nobody can see it again."""
    columns |= options.given(ip_restriction=ip, rate_limit=rate_limit)
    with place.session(write=True) as db:
        _, secret = administration.create_token(db, user, service, **columns)
    click.echo(secret)


@token.command("list")
@click.option("--all", "revoked", is_flag=True, help="Revoked tokens too.")
@options.as_json
@pass_place
def list_(place: Place, revoked: bool, as_json: bool) -> None:
    """List tokens by their first characters. The secrets are not kept."""
    with place.session() as db:
        rows = administration.list_tokens(db, revoked=revoked)
    if not revoked:
        rows = [{name: value for name, value in row.items() if name != "revoked_at"} for row in rows]
    show(rows, as_json)


@token.command("show")
@click.argument("name", metavar="TOKEN")
@options.as_json
@pass_place
def show_(place: Place, name: str, as_json: bool) -> None:
    """Show a token. TOKEN is its id, or its first characters."""
    with place.session() as db:
        row = administration.describe_token(db, name)
    show_one(row, as_json)


@token.command("change")
@click.argument("name", metavar="TOKEN")
@options.ip
@options.validity
@options.rate_limit
@pass_place
def change(place: Place, name: str, ip: str | None, rate_limit: int | None, columns: dict[str, Any]) -> None:
    """Change a token: how long, from where, how often it may be used.

    TOKEN is its id, or its first characters.
    """
    columns |= options.given(ip_restriction=ip, rate_limit=rate_limit)
    with place.session(write=True) as db:
        found = administration.change_token(db, name, **options.something(columns))
        label = f"{found.prefix}... (id {found.id})"
    click.echo(f"The token {label} is changed.")


@token.command("rotate")
@click.argument("name", metavar="TOKEN")
@click.option(
    "--overlap",
    type=click.FloatRange(0, 24 * 366),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="How long the old one still counts; 0: no longer.",
)
@pass_place
def rotate(place: Place, name: str, overlap: float) -> None:
    """Replace a token by a new one with the same restrictions.

    TOKEN is its id, or its first characters. The new one is printed once. A token that its user got with his password
    is not printed: from now on he gets the next one.
    """
    now = datetime.now(UTC)
    key = place.site_key()
    with place.session(write=True) as db:
        old, new, secret = administration.rotate_token(db, name, key, now, timedelta(hours=overlap))
        derived, label, until = new.kind == "derived", f"{old.prefix}... (id {old.id})", old.valid_until
        ends = "is revoked" if old.revoked_at else f"is valid until {until:%Y-%m-%d %H:%M:%S} UTC"
    click.echo(f"The token {label} {ends}.", err=True)
    if derived:
        click.echo("Its user gets the next one with his password.", err=True)
    else:
        click.echo(secret)


@token.command("revoke")
@click.argument("name", metavar="TOKEN")
@options.yes
@pass_place
def revoke(place: Place, name: str, yes: bool) -> None:
    """Revoke a token. TOKEN is its id, or its first characters."""
    with place.session() as db:
        found = administration.find_token(db, name)
        label, number = f"{found.prefix}... (id {found.id})", found.id
    options.confirm(f"Revoke the token {label}?", yes)
    with place.session(write=True) as db:
        administration.revoke_token(db, str(number))
    click.echo(f"The token {label} is revoked.")
