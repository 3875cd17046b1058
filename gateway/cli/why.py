"""`gateway why`: every check, in order, with its remedy."""

import sys

import click

from gateway.cli import options
from gateway.cli.calls import find_protocol
from gateway.cli.output import failed, show_findings, show_history
from gateway.cli.place import Place, pass_place
from gateway.explain import why as explain
from gateway.explain import why_request


@click.command()
@click.argument("request_id", required=False, metavar="[REQUEST-ID]")
@click.option("--user", help="Who calls with his user name and password; no password is asked for.")
@click.option(
    "--token", help="The token's id or first characters; - reads the secret itself from standard input."
)
@click.option("--function", "function_name", help="The function that is to be called.")
@click.option("--protocol", help="The protocol of the call; default: rest.")
@click.option("--ip", help="The address of the caller; default: 127.0.0.1.")
@options.as_json
@pass_place
def why(
    place: Place,
    request_id: str | None,
    user: str | None,
    token: str | None,
    function_name: str | None,
    protocol: str | None,
    ip: str | None,
    as_json: bool,
) -> None:
    """Explain why a call was or would be refused.

    With --user or --token: what every check says of such a call now, in order, with the command that mends it. With
    the REQUEST-ID of a logged call: what they said then, beside what they say now. Nothing is called or counted.

    The exit status is 1 if the call would be refused now.
    """
    asked = (function_name, protocol, ip)
    if sum(each is not None for each in (request_id, user, token)) != 1:
        raise click.UsageError("Give a REQUEST-ID, --user or --token.")
    if request_id is not None:
        if any(each is not None for each in asked):
            raise click.UsageError("A REQUEST-ID stands alone: the log knows function, protocol and address.")
        refused = _explain_request(place, request_id, as_json)
    else:
        refused = _explain_call(place, user, token, asked, as_json)
    if refused:
        sys.exit(1)


def _explain_request(place: Place, request_id: str, as_json: bool) -> bool:
    with place.engine() as engine:
        history = why_request(engine, place.registry(), place.backends(), request_id)
    show_history(history, as_json)
    return failed(history.now or ())


def _explain_call(
    place: Place,
    user: str | None,
    token: str | None,
    asked: tuple[str | None, str | None, str | None],
    as_json: bool,
) -> bool:
    function, protocol, address = asked
    name = find_protocol(place, protocol or "rest").name
    secret = sys.stdin.readline().strip() if token == "-" else None  # noqa: S105  (stands for standard input)
    with place.engine() as engine:
        findings = explain(
            engine,
            place.registry(),
            place.backends(),
            user=user,
            token=token,
            secret=secret,
            function=function,
            protocol=name,
            address=address or "127.0.0.1",
        )
    show_findings(findings, as_json)
    return failed(findings)
