"""`gateway wsdl`: the WSDL as a file, without a server and without a token."""

import click

from gateway.cli.documents import document_options, print_document
from gateway.cli.place import Place, pass_place


@click.command()
@document_options
@click.option(
    "--soap",
    type=click.Choice(["11", "12"]),
    default="11",
    show_default=True,
    help="The version of SOAP that its binding is for.",
)
@pass_place
def wsdl(place: Place, service: str | None, names: str | None, soap: str, url: str | None) -> None:
    """Print the WSDL of SOAP.

    For generators that read files; the gateway need not run. It is the document that the gateway serves at /soap?wsdl
    to a caller who may call these functions.
    """
    print_document(place, "wsdl", service=service, names=names, url=url, options={"soap": soap})
