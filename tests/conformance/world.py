"""A served gateway with the clients that call it, and a caller of his own for each cause of a refusal."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from tests.access.causes import CAUSES, Subject, make_fail, make_subject
from tests.conformance.clients.amf import Amf
from tests.conformance.clients.base import Client
from tests.conformance.clients.rest import Form, Json
from tests.conformance.clients.soap_suds import Suds
from tests.conformance.clients.soap_zeep import Zeep
from tests.conformance.clients.xmlrpc import XmlRpc
from tests.support.served import served
from tests.support.site import Site

CLIENTS = {
    "json": "rest",
    "form": "rest",
    "zeep": "soap",
    "suds": "soap",
    "xmlrpc.client": "xmlrpc",
    "pyamf": "amf",
}
"""The names of the clients, with their protocols."""


class World:
    """One served site. The WSDL is loaded with a token that may call everything, whoever calls later."""

    def __init__(self, site: Site, url: str) -> None:
        self.site = site
        self.url = url
        self._subjects: dict[str, Subject] = {}

    @cached_property
    def clients(self) -> Mapping[str, Client]:
        """Every client, made at the first use."""
        token = self.site.token
        made: tuple[Client, ...] = (
            *(Json(self.url), Form(self.url), XmlRpc(self.url), Amf(self.url)),
            *(Zeep(self.url, token), Suds(self.url, token)),
        )
        return {client.name: client for client in made}

    def refused(self, number: str) -> Subject:
        """The caller whom this check refuses (with the site's settings of CAUSES, where it has some)."""
        if number not in self._subjects:
            subject = self._subjects[number] = make_subject(self.site, f"row-{number}")
            make_fail(subject, number)
        return self._subjects[number]

    def token_of(self, caller: str | None) -> str | None:
        """The token of a caller whom the table names."""
        if caller == "nobody":
            return None
        if caller == "thirsty":
            return self._thirsty
        assert not caller
        return self.site.token

    @cached_property
    def _thirsty(self) -> str | None:
        """Somebody who lacks what test_requires_inside asks for."""
        subject = make_subject(self.site, "thirsty")
        subject.prohibit("test/tea:pour")
        return subject.token

    def close(self) -> None:
        """Give back the clients' connections."""
        for client in self.__dict__.get("clients", {}).values():
            client.close()


@contextmanager
def serve(folder: Path) -> Iterator[World]:
    """A new site, served."""
    folder.mkdir()
    site = Site(folder)
    try:
        with served(site, folder) as url:
            world = World(site, url)
            try:
                yield world
            finally:
                world.close()
    finally:
        site.close()


def settings_of(check: str | None) -> Mapping[str, str]:
    """What the site must be set to for a check to fail."""
    return CAUSES[check].settings if check else {}
