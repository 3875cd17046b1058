"""The examples through clients of all four protocols, against a served gateway."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.serve import Application
from tests.bridges.services import COMPONENT
from tests.conformance.clients.amf import Amf
from tests.conformance.clients.base import Caller, Client, FaultSeen, Result
from tests.conformance.clients.rest import Json
from tests.conformance.clients.soap_zeep import Zeep
from tests.conformance.clients.xmlrpc import XmlRpc
from tests.support import served as support
from tests.support.site import Site

USER = {"user_name": "joe.doe", "full_name": "Joe Doe", "email": "joe@example.COM"}
USER |= {"permissions": [{"application": "usermgr", "operation": "read"}]}  # type: ignore[dict-item]


def factory() -> Application:
    """What the server process loads."""
    return support.factory([COMPONENT])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    folder: Path = tmp_path_factory.mktemp("bridge")
    site = Site(folder, [COMPONENT])
    with support.served(site, folder, f"{__name__}:factory") as url:
        yield url, site.token
    site.close()


@pytest.fixture(scope="module")
def clients(world: tuple[str, str]) -> Iterator[dict[str, Client]]:
    url, token = world
    made: dict[str, Client] = {
        "zeep": Zeep(url, token),
        "xmlrpc.client": XmlRpc(url),
        "httpx": Json(url),
        "py3amf": Amf(url),
    }
    yield made
    for each in made.values():
        each.close()


@pytest.mark.parametrize("name", ["zeep", "xmlrpc.client", "httpx", "py3amf"])
def test_the_examples_answer_on_every_protocol(
    clients: dict[str, Client], world: tuple[str, str], name: str
) -> None:
    client, caller = clients[name], Caller(world[1])

    def call(function: str, arguments: dict[str, Any], expected: Any) -> Any:
        seen = client.call(f"ex_{function}", arguments, caller)
        assert isinstance(seen, Result), seen
        return client.fit(expected, seen.value)

    assert call("say_hello", {"name": "Zoë", "times": 2}, ["", ""]) == ["Hello, Zoë"] * 2
    number = call("add_user", {"user": USER}, 1)
    stored = USER | {"user_id": number}
    assert call("get_user", {"user_id": number}, stored) == stored
    assert stored in call("get_all_user", {}, [stored])
    fault = client.call("ex_get_user", {"user_id": 99}, caller)
    assert isinstance(fault, FaultSeen)
    assert (fault.errorcode, fault.message) == ("Client.UserNotFound", "The user 99 does not exist")
    book = call("put_book", {"book": {"title": name}}, 1)
    assert call("find_books", {"title": name}, [{}]) == [{"id": book, "title": name}]
