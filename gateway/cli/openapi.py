"""`gateway openapi`: the OpenAPI document as a file, without a server and without a token."""

import click

from gateway.cli.documents import document_options, print_document
from gateway.cli.place import Place, pass_place


@click.command()
@document_options
@pass_place
def openapi(place: Place, service: str | None, names: str | None, url: str | None) -> None:
    """Print the OpenAPI document of REST.

    For generators that read files; the gateway need not run. It is the document (OpenAPI 3.1) that the gateway serves
    at /openapi.json to a caller who may call these functions.
    """
    print_document(place, "openapi", service=service, names=names, url=url)
