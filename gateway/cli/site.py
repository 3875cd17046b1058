"""`gateway init`, `demo` and `serve`: an installation from nothing to the first answer."""

import json
import socket
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from gateway import administration, client, plugins, store
from gateway.assembly import migrations
from gateway.cli.place import Place, pass_place
from gateway.registry import Registry
from gateway.serve import run, url_of


@click.command()
@pass_place
def init(place: Place) -> None:
    """Make or upgrade the database.

    Built-in services become what the components declare; an administrator's settings of a service survive. Safe to
    repeat.
    """
    plugins.check_packages()
    components, protocols = place.components(), place.protocols()
    Registry(components)  # refuses what clashes, before anything is written
    engine = store.create(place.database)
    store.upgrade(engine, migrations(components))
    place.site_key()
    with Session(engine.execution_options(effect="write")) as db:
        administration.synchronise(db, components, protocols)
        db.commit()
    engine.dispose()
    click.echo(f"The database {place.database} is up to date.")


@click.command()
@click.option(
    "--keep", is_flag=True, help="Keep the passwords and the token of a demo.json that still works."
)
@click.option(
    "--url", default="http://127.0.0.1:8080", show_default=True, help="The address written into demo.json."
)
@pass_place
def demo(place: Place, keep: bool, url: str) -> None:
    """Load the demo site, to try calls.

    It has users, a service with every function, and a web service user with a token. Writes demo.json (mode 0600) with
    new random passwords and a new token; those of an earlier one stop working.
    """
    registry, protocols = place.registry(), place.protocols()
    known = read_demo(place.demo_file) if keep and place.demo_file.exists() else {}
    with place.session(write=True) as db:
        administration.load_demo_site(db, registry, protocols)
        kept = administration.is_demo_token(db, str(known.get("token", "")))
        secrets = None if kept else administration.renew_demo_secrets(db)
    content = known | {"url": url} if secrets is None else {"url": url, **secrets}
    administration.write_secrets(place.demo_file, content)
    click.echo(f"The demo site is loaded; {place.demo_file} holds its passwords and token.")


def read_demo(path: Path) -> dict[str, Any]:
    """The content of demo.json. Raises ClientError."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise client.ClientError(f"{path} cannot be read: {error}") from error
    return content if isinstance(content, dict) else {}


@click.command()
@click.option(
    "--host",
    envvar="HOST",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; 0.0.0.0: all of them.",
)
@click.option(
    "--port",
    envvar="PORT",
    default=8080,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port to listen on.",
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1), help="Threads a process.")
@click.option("--samples", is_flag=True, help="Print one copy-paste call per protocol first.")
@pass_place
def serve(place: Place, host: str, port: int, workers: int, threads: int, samples: bool) -> None:
    """Serve the gateway until Ctrl-C."""
    plugins.check_packages()
    with place.engine():
        pass  # it is there, and up to date
    _check_free(host, port)
    url = url_of(host, port)
    click.echo(f"Manifold answers at {url} (Ctrl-C stops it)")
    if samples:
        click.echo(_samples(url, place.demo_file))
    sys.stdout.flush()
    run(
        place.database,
        folder=place.folder,
        local=place.local,
        host=host,
        port=port,
        workers=workers,
        threads=threads,
    )


def _check_free(host: str, port: int) -> None:
    """Raises ClickException when somebody listens there: granian would share the port, and answer every other call."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise click.ClickException(
            f"{url_of(host, port)} cannot be served: {error.strerror}; --host and --port choose another address"
        ) from None


def _samples(url: str, demo_file: Path) -> str:
    """One call per protocol that reads its token from demo.json: no secret is printed."""
    token = f'$(python3 -c \'import json; print(json.load(open("{demo_file}"))["token"])\')'
    call = ".venv/bin/gateway call core_user_get_users_by_field field=username 'values[0]=user01'"
    name = "core_webservice_get_site_info"
    return "\n".join(
        [
            "",
            f'  REST     curl -H "Authorization: Bearer {token}" {url}/rest/{name}',
            f"  SOAP     {call} --protocol soap        (WSDL: {url}/soap?wsdl)",
            f"  XML-RPC  {call} --protocol xmlrpc",
            f"  AMF      {call} --protocol amf",
            "",
        ]
    )
