"""The `gateway` command. Every error is one clear line and exit status 1; wrong usage is 2; never a traceback."""

from pathlib import Path

import click

from gateway import plugins
from gateway.cli import (
    calls,
    config,
    functions,
    openapi,
    protocol,
    role,
    service,
    site,
    token,
    user,
    why,
    wsdl,
)
from gateway.cli.place import Group, Place

__all__ = ["main"]


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--database",
    envvar="GATEWAY_DATABASE",
    default="sqlite:///var/gateway.db",
    show_default=True,
    show_envvar=True,
    help="Where the data is.",
)
@click.option(
    "--folder",
    envvar="GATEWAY_FOLDER",
    default="var",
    show_default=True,
    show_envvar=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the site key and demo.json are.",
)
@click.option(
    "--local",
    envvar="GATEWAY_LOCAL",
    default="local",
    show_default=True,
    show_envvar=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of your own plugins.",
)
@click.version_option(package_name=plugins.DISTRIBUTION, prog_name="gateway")
@click.pass_context
def main(ctx: click.Context, database: str, folder: Path, local: Path) -> None:
    """Manifold: typed functions over SOAP, XML-RPC, REST and AMF, behind one authorization core."""
    ctx.obj = Place(database, folder, local)


for _command in (
    *(site.init, site.demo, site.serve),
    *(functions.functions, calls.call, calls.calls),
    *(user.user, service.service, role.role, token.token),
    *(protocol.protocol, config.config, why.why),
    *(wsdl.wsdl, openapi.openapi),
):
    main.add_command(_command)
