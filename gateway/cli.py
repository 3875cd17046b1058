"""The `gateway` command. Every error is one clear line and exit status 1; wrong usage is 2; never a traceback."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import msgspec
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gateway import administration, calllog, client, credentials, plugins, store
from gateway import settings as site_settings
from gateway.access import Outcome
from gateway.assembly import migrations
from gateway.explain import why_token
from gateway.protocol import Protocol, RemoteFault
from gateway.registry import Component, Function, Registry
from gateway.serve import run
from gateway.store import Service, Token, User

_FAILURES = (
    ValueError,
    TypeError,
    PermissionError,
    store.StoreError,
    plugins.PluginError,
    client.ClientError,
)


@dataclass
class _Place:
    """Where an installation keeps its things."""

    database: str
    folder: Path
    local: Path

    @property
    def demo_file(self) -> Path:
        return self.folder / "demo.json"

    def components(self) -> list[Component]:
        return plugins.find_components(self.local)

    def engine(self) -> Engine:
        components = self.components()
        engine = store.create(self.database)
        if store.pending(engine, migrations(components)):
            raise store.StoreError("The database is not up to date: run `gateway init`")
        return engine

    @contextmanager
    def session(self, *, write: bool = False) -> Iterator[Session]:
        engine = self.engine()
        with Session(engine.execution_options(effect="write" if write else "read")) as db:
            yield db
            if write:
                db.commit()
        engine.dispose()


class _Group(click.Group):
    """A group whose commands turn what went wrong into one line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except _FAILURES as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--database",
    envvar="GATEWAY_DATABASE",
    default="sqlite:///var/gateway.db",
    show_default=True,
    help="Where the data is.",
)
@click.option(
    "--folder",
    envvar="GATEWAY_FOLDER",
    default="var",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the site key and demo.json are.",
)
@click.option(
    "--local",
    envvar="GATEWAY_LOCAL",
    default="local",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of your own plugins.",
)
@click.version_option(package_name=plugins.DISTRIBUTION, prog_name="gateway")
@click.pass_context
def main(ctx: click.Context, database: str, folder: Path, local: Path) -> None:
    """Manifold: typed functions over SOAP, XML-RPC, REST and AMF, behind one authorization core."""
    ctx.obj = _Place(database, folder, local)


@main.command()
@click.pass_obj
def init(place: _Place) -> None:
    """Make or upgrade the database, and bring built-in services to what the components declare.

    An administrator's settings of a service survive. Safe to repeat.
    """
    plugins.check_packages()
    components, protocols = place.components(), plugins.find_protocols()
    Registry(components)  # refuses what clashes, before anything is written
    engine = store.create(place.database)
    store.upgrade(engine, migrations(components))
    credentials.site_key(place.folder / "site.key")
    with Session(engine.execution_options(effect="write")) as db:
        administration.synchronise(db, components, protocols)
        db.commit()
    engine.dispose()
    click.echo(f"The database {place.database} is up to date.")


@main.command()
@click.option(
    "--keep", is_flag=True, help="Keep the passwords and the token of a demo.json that still works."
)
@click.option(
    "--url", default="http://127.0.0.1:8080", show_default=True, help="The address written into demo.json."
)
@click.pass_obj
def demo(place: _Place, keep: bool, url: str) -> None:
    """Load the demo site: users, a service with every function, a web service user with a token.

    Writes demo.json (mode 0600) with new random passwords and a new token; those of an earlier one stop working.
    """
    registry, protocols = Registry(place.components()), plugins.find_protocols()
    known = _read_demo(place.demo_file) if keep and place.demo_file.exists() else {}
    with place.session(write=True) as db:
        administration.load_demo_site(db, registry, protocols)
        kept = administration.is_demo_token(db, str(known.get("token", "")))
        secrets = None if kept else administration.renew_demo_secrets(db)
    content = known | {"url": url} if secrets is None else {"url": url, **secrets}
    administration.write_secrets(place.demo_file, content)
    click.echo(f"The demo site is loaded; {place.demo_file} holds its passwords and token.")


@main.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1), help="Threads a process.")
@click.option("--samples", is_flag=True, help="Print one copy-paste call per protocol first.")
@click.pass_obj
def serve(place: _Place, host: str, port: int, workers: int, threads: int, samples: bool) -> None:
    """Serve the gateway until Ctrl-C."""
    plugins.check_packages()
    place.engine().dispose()
    url = f"http://{host}:{port}"
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


def _samples(url: str, demo_file: Path) -> str:
    """One call per protocol that reads its token from demo.json: no secret is printed."""
    token = f'"$(python3 -c \'import json; print(json.load(open("{demo_file}"))["token"])\')"'
    call = ".venv/bin/gateway call core_user_get_users_by_field field=username values[0]=user01"
    name = "core_webservice_get_site_info"
    return "\n".join(
        [
            "",
            f'  REST     curl -H "Authorization: Bearer {token.strip(chr(34))}" {url}/rest/{name}',
            f"  SOAP     {call} --protocol soap        (WSDL: {url}/soap?wsdl)",
            f"  XML-RPC  {call} --protocol xmlrpc",
            f"  AMF      {call} --protocol amf",
            "",
        ]
    )


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def functions(place: _Place, as_json: bool) -> None:
    """List the registered functions."""
    registry = Registry(place.components())
    rows = [
        {
            "name": each.name,
            "effect": each.effect.value,
            "component": each.component,
            "requires": list(each.requires),
            "summary": each.doc.partition("\n")[0],
        }
        for each in registry.functions.values()
    ]
    _show(rows, as_json)


@main.group()
def token() -> None:
    """Make, list and revoke tokens."""


@token.command("create")
@click.option("--user", required=True, help="The user name.")
@click.option("--service", required=True, help="The service's short name.")
@click.option("--ip", help="Addresses it admits: 192.168., 10.0.0.0/8, 10.0.0.1-20, ...")
@click.option("--days", type=click.IntRange(1), help="For how many days it is valid; default: no end.")
@click.pass_obj
def token_create(place: _Place, user: str, service: str, ip: str | None, days: int | None) -> None:
    """Make a token. It is printed once; nobody can see it again."""
    until = datetime.now(UTC) + timedelta(days=days) if days else None
    with place.session(write=True) as db:
        _, secret = administration.create_token(db, user, service, ip_restriction=ip, valid_until=until)
    click.echo(secret)


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def token_list(place: _Place, as_json: bool) -> None:
    """List tokens by their first characters; the secrets are not kept."""
    statement = (
        select(Token, User.username, Service.shortname)
        .join(User, User.id == Token.user_id)
        .outerjoin(Service, Service.id == Token.service_id)
        .order_by(Token.id)
    )
    with place.session() as db:
        rows = [
            {
                "id": row.id,
                "token": f"{row.prefix}...",
                "user": username,
                "service": shortname,
                "ip": row.ip_restriction,
                "valid_until": row.valid_until,
                "last_access": row.last_access,
            }
            for row, username, shortname in db.execute(statement)
        ]
    _show(rows, as_json)


@token.command("revoke")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def token_revoke(place: _Place, name: str, yes: bool) -> None:
    """Revoke the token with this id or these first characters."""
    with place.session() as db:
        found = administration.find_token(db, name)
        label = f"{found.prefix}... (id {found.id})"
        number = found.id
    if not yes:
        click.confirm(f"Revoke the token {label}?", abort=True)
    with place.session(write=True) as db:
        administration.revoke_token(db, str(number))
    click.echo(f"The token {label} is revoked.")


@main.group()
def config() -> None:
    """Read and change the site's settings."""


@config.command("get")
@click.argument("name", required=False)
@click.pass_obj
def config_get(place: _Place, name: str | None) -> None:
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
@click.pass_obj
def config_set(place: _Place, name: str, value: str) -> None:
    """Change a setting; all workers follow within a second."""
    with place.session(write=True) as db:
        administration.set_setting(db, name, value)


@main.group()
def calls() -> None:
    """The call log."""


@calls.command("prune")
@click.option(
    "--days", type=click.IntRange(1), help="Keep this many days; default: the setting call_log_days."
)
@click.pass_obj
def calls_prune(place: _Place, days: int | None) -> None:
    """Delete old records of calls."""
    engine = place.engine()
    with Session(engine) as db:
        keep = days or administration.get_settings(db).call_log_days
    deleted = calllog.prune(engine, datetime.now(UTC), keep)
    engine.dispose()
    click.echo(f"{deleted} records older than {keep} days are deleted.")


@main.command()
@click.option(
    "--token",
    "name",
    required=True,
    help="Its id or first characters; - reads the secret from standard input.",
)
@click.option("--function", "function_name", help="The function that is to be called.")
@click.option("--protocol", default="rest", show_default=True, help="The protocol of the call.")
@click.option("--ip", default="127.0.0.1", show_default=True, help="The address of the caller.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def why(place: _Place, name: str, function_name: str | None, protocol: str, ip: str, as_json: bool) -> None:
    """Explain why a call with a token is or would be refused: every check, in order, with its remedy."""
    names = [each.name for each in plugins.find_protocols()]
    if protocol not in names:
        raise click.BadParameter(f"choose from {', '.join(names)}", param_hint="--protocol")
    secret = sys.stdin.readline().strip() if name == "-" else None
    engine = place.engine()
    findings = why_token(engine, Registry(place.components()), name, secret, function_name, protocol, ip)
    engine.dispose()
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(each) for each in findings], indent=2))
    for each in findings if not as_json else []:
        click.echo(f"{each.number:>3}  {each.outcome:<11}  {each.name}")
        if each.outcome is Outcome.FAILED:
            click.echo(f"     cause:  {each.cause}\n     remedy: {each.remedy}")
    if any(each.outcome is Outcome.FAILED for each in findings):
        sys.exit(1)


@main.command()
@click.argument("function_name", metavar="FUNCTION")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option(
    "--protocol", "protocol_name", default="rest", show_default=True, help="Which protocol carries it."
)
@click.option("--json", "json_text", help="The arguments as a JSON object; - reads it from standard input.")
@click.option("--url", envvar="GATEWAY_CALL_URL", help="The gateway's address; default: that of demo.json.")
@click.pass_obj
def call(
    place: _Place,
    function_name: str,
    values: tuple[str, ...],
    protocol_name: str,
    json_text: str | None,
    url: str | None,
) -> None:
    """Call a function over HTTP, with bracketed names: users[0][username]=jane.

    The token comes from the environment variable GATEWAY_TOKEN, or from demo.json.
    """
    function = _function(place, function_name)
    protocol = _protocol(protocol_name)
    text = sys.stdin.read() if json_text == "-" else json_text
    known = _read_demo(place.demo_file) if place.demo_file.exists() else {}
    secret = os.environ.get("GATEWAY_TOKEN") or known.get("token")
    if not secret:
        raise client.ClientError("no token: set GATEWAY_TOKEN, or load the demo site with `gateway demo`")
    address = url or known.get("url") or "http://127.0.0.1:8080"
    with place.session() as db:
        namespace = administration.get_settings(db).namespace
    try:
        result = client.call(
            protocol, function, client.arguments(function, values, text), secret, address, namespace
        )
    except RemoteFault as fault:
        _show_fault(fault)
        sys.exit(1)
    click.echo(client.to_json(result))


def _function(place: _Place, name: str) -> Function:
    registry = Registry(place.components())
    if name not in registry.functions:
        raise client.ClientError(f"no function is called {name}; `gateway functions` lists them")
    return registry.functions[name]


def _protocol(name: str) -> Protocol:
    protocols = {each.name: each for each in plugins.find_protocols()}
    if name not in protocols:
        raise click.BadParameter(f"choose from {', '.join(protocols)}", param_hint="--protocol")
    return protocols[name]


def _show_fault(fault: RemoteFault) -> None:
    click.echo(f"{fault.errorcode} ({fault.exception}): {fault.message}", err=True)
    if fault.cause:
        click.echo(f"cause: {fault.cause}", err=True)
    for problem in fault.problems:
        click.echo(f"{problem.get('path', '')}: {problem.get('problem', '')}", err=True)
    if fault.request_id:
        click.echo(f"request id: {fault.request_id}", err=True)


def _read_demo(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise client.ClientError(f"{path} cannot be read: {error}") from error
    return content if isinstance(content, dict) else {}


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, indent=2, default=str))
        return
    if not rows:
        return
    texts = [[_cell(each) for each in row.values()] for row in rows]
    heads = list(rows[0])
    widths = [max(len(row[column]) for row in [heads, *texts]) for column in range(len(heads))]
    for row in [heads, *texts]:
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
