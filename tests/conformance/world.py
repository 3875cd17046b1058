"""A served gateway with the clients that call it, and a caller of his own for each cause of a refusal."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path

from tests.access.causes import CAUSES, Method, Subject, make_fail, make_subject, open_widely
from tests.conformance.clients.amf import Amf, Amf3, Flex
from tests.conformance.clients.base import Caller, Client
from tests.conformance.clients.moodle import MoodleAmf, MoodleRest, MoodleSoap, MoodleXmlRpc
from tests.conformance.clients.rest import Form, Json, Query
from tests.conformance.clients.soap_suds import Suds
from tests.conformance.clients.soap_zeep import Zeep, Zeep12
from tests.conformance.clients.xmlrpc import XmlRpc
from tests.support.served import served
from tests.support.site import Site

CLIENTS = {
    "json": "rest",
    "form": "rest",
    "query": "rest",
    "zeep": "soap",
    "zeep-soap12": "soap",
    "suds": "soap",
    "xmlrpc.client": "xmlrpc",
    "pyamf": "amf",
    "pyamf3": "amf",
    "flex": "amf",
    "moodle-amf": "amf",
    "moodle-rest": "rest",
    "moodle-soap": "soap",
    "moodle-xmlrpc": "xmlrpc",
}
"""The names of the clients, with their protocols."""

READERS = frozenset({"query"})
"""Those that can call functions that only read, and no others."""

WRITERS = tuple(name for name in CLIENTS if name not in READERS)


class World:
    """One served site. The WSDL is loaded with a token that may call everything, whoever calls later."""

    def __init__(self, site: Site, url: str) -> None:
        self.site = site
        self.url = url
        self._subjects: dict[str, Subject] = {}
        self._numbers = count(1)

    @cached_property
    def clients(self) -> Mapping[str, Client]:
        """Every client, made at the first use."""
        token = self.site.token
        made: tuple[Client, ...] = (
            *(Json(self.url), Form(self.url), Query(self.url), XmlRpc(self.url)),
            *(Amf(self.url), Amf3(self.url), Flex(self.url)),
            *(Zeep(self.url, token), Zeep12(self.url, token), Suds(self.url, token)),
            *(MoodleAmf(self.url), MoodleRest(self.url), MoodleSoap(self.url), MoodleXmlRpc(self.url)),
        )
        return {client.name: client for client in made}

    def refused(self, number: str, by: Method) -> Subject:
        """The caller whom this check refuses (with the site's settings of CAUSES, where it has some).

        New each time with a password, since all services were emptied for the last; and with a call to spend.
        """
        if by == "password" or number == "24":
            return self._refused(f"row-{number}-{next(self._numbers)}", number, by)
        if number not in self._subjects:
            self._subjects[number] = self._refused(f"row-{number}", number, by)
        return self._subjects[number]

    def _refused(self, name: str, number: str, by: Method) -> Subject:
        subject = make_subject(self.site, name, by)
        make_fail(subject, number)
        return subject

    def caller(self, name: str | None = None) -> Caller:
        """A caller whom the table names; with no name, somebody who may call everything."""
        if name == "nobody":
            return Caller()
        if name == "thirsty":
            return Caller(self._thirsty)
        assert not name
        return Caller(self.site.token)

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
    open_widely(site)
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
