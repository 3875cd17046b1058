"""`gateway user`: accounts."""

from datetime import UTC, datetime

import click

from gateway import administration
from gateway.administration import NewUser
from gateway.cli import options
from gateway.cli.options import flag
from gateway.cli.output import show, show_one
from gateway.cli.place import Place, pass_place

_auth = click.option("--auth", help="Who judges his password: manual, webservice, nologin, ...")
_firstname = click.option("--firstname")
_lastname = click.option("--lastname")
_email = click.option("--email")


@click.group()
def user() -> None:
    """Make, change, list and delete users."""


@user.command("create")
@click.argument("username")
@_auth
@_firstname
@_lastname
@_email
@click.option("--administrator", is_flag=True, help="He may do everything.")
@options.rate_limit
@options.password
@click.option("--no-password", is_flag=True, help="He has none, and calls with tokens only.")
@pass_place
def create(
    place: Place,
    username: str,
    auth: str | None,
    firstname: str | None,
    lastname: str | None,
    email: str | None,
    administrator: bool,
    rate_limit: int | None,
    password_stdin: bool,
    random_password: bool,
    no_password: bool,
) -> None:
    """Make a user.

    His password is asked for twice, or comes as an option says; backends that keep passwords elsewhere take none.
    """
    backends = place.backends()
    columns = options.given(auth=auth, firstname=firstname, lastname=lastname, email=email)
    columns |= options.given(rate_limit=rate_limit)
    new = NewUser(username=username, administrator=administrator, **columns)
    asked = password_stdin or random_password
    if asked and no_password:
        raise click.UsageError("--no-password stands alone.")
    password = None
    if asked or (not no_password and administration.keeps_password(backends, new.auth)):
        password = options.read_password(password_stdin, random_password)
    with place.session(write=True) as db:
        administration.create_user(db, new, backends, password)
    click.echo(f"The user {username} is made.", err=random_password)
    if random_password:
        click.echo(password)


@user.command("change")
@click.argument("username")
@_auth
@_firstname
@_lastname
@_email
@flag("confirmed", "not-confirmed", "Whether he has confirmed his account.")
@flag("suspended", "not-suspended", "Whether he is kept from calling.")
@flag("force-password-change", "no-force-password-change", "Whether he must change his password first.")
@flag("administrator", "not-administrator", "Whether he may do everything.")
@options.rate_limit
@pass_place
def change(
    place: Place,
    username: str,
    auth: str | None,
    firstname: str | None,
    lastname: str | None,
    email: str | None,
    confirmed: bool | None,
    suspended: bool | None,
    force_password_change: bool | None,
    administrator: bool | None,
    rate_limit: int | None,
) -> None:
    """Change a user. All workers follow within a second."""
    columns = options.given(
        auth=auth,
        firstname=firstname,
        lastname=lastname,
        email=email,
        confirmed=confirmed,
        suspended=suspended,
        force_password_change=force_password_change,
        administrator=administrator,
        rate_limit=rate_limit,
    )
    with place.session(write=True) as db:
        administration.change_user(db, username, place.backends(), **options.something(columns))
    click.echo(f"The user {username} is changed.")


@user.command("password")
@click.argument("username")
@options.password
@pass_place
def password(place: Place, username: str, password_stdin: bool, random_password: bool) -> None:
    """Give a user a new password.

    It is asked for twice, or comes as an option says. No change is due any more; the tokens that he got with the old
    password end, unless the setting password_change_ends_tokens is off.
    """
    with place.session() as db:
        administration.find_user(db, username)
    text = options.read_password(password_stdin, random_password)
    with place.session(write=True) as db:
        ended = administration.set_password(db, username, text, place.backends(), datetime.now(UTC))
    click.echo(f"The password of {username} is changed; {_count(ended)}.", err=random_password)
    if random_password:
        click.echo(text)


@user.command("delete")
@click.argument("username")
@options.yes
@pass_place
def delete(place: Place, username: str, yes: bool) -> None:
    """Delete a user. His account is marked and its name stays taken; his tokens are revoked."""
    with place.session() as db:
        administration.find_user(db, username)
    options.confirm(f"Delete the user {username}?", yes)
    with place.session(write=True) as db:
        ended = administration.delete_user(db, username, datetime.now(UTC))
    click.echo(f"The user {username} is deleted; {_count(ended)}.")


@user.command("list")
@click.option("--all", "deleted", is_flag=True, help="Deleted users too.")
@options.as_json
@pass_place
def list_(place: Place, deleted: bool, as_json: bool) -> None:
    """List users."""
    with place.session() as db:
        rows = administration.list_users(db, deleted=deleted)
    show(rows, as_json)


@user.command("show")
@click.argument("username")
@options.as_json
@pass_place
def show_(place: Place, username: str, as_json: bool) -> None:
    """Show a user with his roles, services and tokens."""
    with place.session() as db:
        row = administration.describe_user(db, username)
    show_one(row, as_json)


def _count(tokens: int) -> str:
    return "1 token is revoked" if tokens == 1 else f"{tokens} tokens are revoked"
