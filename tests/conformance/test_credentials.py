"""User name and password through every client, in each of the ways that its users have."""

import xmlrpc.client
from datetime import UTC, datetime
from typing import Any
from urllib.request import (
    HTTPBasicAuthHandler,
    HTTPPasswordMgr,
    HTTPPasswordMgrWithPriorAuth,
    build_opener,
)

import httpx
import pytest
import requests.auth
import suds.wsse
import zeep
from suds.client import Client as SudsClient
from suds.transport.http import HttpAuthenticated
from zeep.wsse import utils
from zeep.wsse.username import UsernameToken

from tests.access.causes import PASSWORD, WRONG_PASSWORD, Subject, make_subject
from tests.conformance.clients.base import Caller, FaultSeen, Result
from tests.conformance.world import CLIENTS, World

ECHO = {"number": 7, "text": "tea"}


@pytest.fixture(scope="module")
def jane(adjustable: World) -> Subject:
    """Somebody with a password, in a site where other services hold functions too."""
    assert adjustable.clients  # made while the WSDL still has functions
    subject = make_subject(adjustable.site, "jane")
    subject.method, subject.username = "password", "jane"
    return subject


@pytest.mark.parametrize("name", CLIENTS)
def test_a_password_does_as_well_as_a_token(adjustable: World, jane: Subject, name: str) -> None:
    client = adjustable.clients[name]
    assert client.call("test_echo", ECHO, Caller(username="jane", password=PASSWORD)) == Result("tea 7")
    seen = client.call("test_echo", ECHO, Caller(username="jane", password=WRONG_PASSWORD))
    assert isinstance(seen, FaultSeen)
    assert seen.errorcode == "wrongusernamepassword"


def _zeep(world: World, **options: Any) -> Any:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {world.site.token}"
    client = zeep.Client(f"{world.url}/soap?wsdl", transport=zeep.Transport(session=session), **options)
    del session.headers["Authorization"]
    return client


def test_zeep_with_basic(adjustable: World, jane: Subject) -> None:
    client = _zeep(adjustable)
    client.transport.session.auth = requests.auth.HTTPBasicAuth("jane", PASSWORD)
    assert client.service.test_echo(**ECHO) == "tea 7"
    client.transport.session.close()


def test_zeep_with_a_timestamp(adjustable: World, jane: Subject) -> None:
    stamp = utils.WSU.Timestamp(
        utils.WSU.Created(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"),
        utils.WSU.Expires("2100-01-01T00:00:00Z"),
    )
    client = _zeep(adjustable, wsse=UsernameToken("jane", PASSWORD, timestamp_token=stamp))
    assert client.service.test_echo(**ECHO) == "tea 7"
    client.transport.session.close()


def test_zeep_with_a_digest_is_refused(adjustable: World, jane: Subject) -> None:
    client = _zeep(adjustable, wsse=UsernameToken("jane", PASSWORD, use_digest=True))
    with pytest.raises(zeep.exceptions.Fault, match="The request could not be read"):
        client.service.test_echo(**ECHO)
    client.transport.session.close()


def test_suds_with_basic(adjustable: World, jane: Subject) -> None:
    transport = HttpAuthenticated(username="jane", password=PASSWORD)
    client = SudsClient(f"{adjustable.url}/soap?wsdl", transport=transport, cache=None)
    assert client.service.test_echo(**ECHO) == "tea 7"


def test_suds_with_nonce_and_created(adjustable: World, jane: Subject) -> None:
    token = suds.wsse.UsernameToken("jane", PASSWORD)
    token.setnonce()
    token.setcreated(datetime.now(UTC))
    security = suds.wsse.Security()
    security.tokens.append(token)
    client = SudsClient(f"{adjustable.url}/soap?wsdl&wstoken={adjustable.site.token}", cache=None)
    client.set_options(wsse=security)
    client.set_options(location=f"{adjustable.url}/soap")
    assert client.service.test_echo(**ECHO) == "tea 7"


def test_xmlrpc_client_with_a_password_in_the_address(adjustable: World, jane: Subject) -> None:
    host = adjustable.url.removeprefix("http://")
    with xmlrpc.client.ServerProxy(f"http://jane:{PASSWORD}@{host}/xmlrpc") as server:
        assert server.test_echo(7, "tea") == "tea 7"
    refused = pytest.raises(xmlrpc.client.Fault, match="ERRORCODE: wrongusernamepassword")
    with xmlrpc.client.ServerProxy(f"http://jane:{WRONG_PASSWORD}@{host}/xmlrpc") as server, refused:
        server.test_echo(7, "tea")


def test_urllib_with_a_form_and_basic(adjustable: World, jane: Subject) -> None:
    passwords = HTTPPasswordMgrWithPriorAuth()
    passwords.add_password(None, adjustable.url, "jane", PASSWORD, is_authenticated=True)
    opener = build_opener(HTTPBasicAuthHandler(passwords))
    with opener.open(f"{adjustable.url}/rest/test_echo", b"number=7&text=tea", timeout=30) as answer:
        assert answer.read() == b'"tea 7"'


def test_a_page_asks_for_basic_and_the_client_answers(adjustable: World, jane: Subject) -> None:
    """The WWW-Authenticate header of a call without a credential is one that clients understand."""
    passwords = HTTPPasswordMgr()
    passwords.add_password("Manifold", adjustable.url, "jane", PASSWORD)
    opener = build_opener(HTTPBasicAuthHandler(passwords))
    with opener.open(f"{adjustable.url}/rest/test_echo", b"number=7&text=tea", timeout=30) as answer:
        assert answer.read() == b'"tea 7"'


def test_httpx_with_a_password_in_the_address(adjustable: World, jane: Subject) -> None:
    host = adjustable.url.removeprefix("http://")
    answer = httpx.post(f"http://jane:{PASSWORD}@{host}/rest/test_echo", json=ECHO)
    assert answer.json() == "tea 7"
