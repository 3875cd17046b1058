"""The functions that are shipped: users created through one client are read back equal through every other."""

import pytest

from tests.conformance.clients.base import Caller, Client, Result
from tests.conformance.compare import alike, assert_value
from tests.conformance.world import CLIENTS, WRITERS, World

CREATE, READ = "core_user_create_users", "core_user_get_users_by_field"


def _users(maker: str) -> list[dict[str, str]]:
    return [
        {
            "username": f"{maker}-{number}",
            "password": "Corr3ct-horse & <battery>",
            "firstname": "Zoë & Ün",
            "lastname": "O'Neil-😀",
            "email": f"{maker}.{number}@example.org",
            "idnumber": "  <id> ",
            "city": "Perth",
            "country": "AU",
        }
        for number in (1, 2)
    ]


def _read_back(client: Client, caller: Caller, users: list[dict[str, str]]) -> list[dict[str, str]]:
    """The members that were given, in what comes back."""
    names = [user["username"] for user in users]
    seen = client.call(READ, {"field": "username", "values": names}, caller)
    assert isinstance(seen, Result), seen
    found = client.fit([{} for _ in users], seen.value)
    return [
        {name: each[name] for name in user if name != "password"}
        for user, each in zip(users, found, strict=True)
    ]


@pytest.mark.parametrize("maker", WRITERS)
def test_users_created_through_one_client_are_read_back_by_all(ordinary: World, maker: str) -> None:
    users = _users(maker)
    caller = ordinary.caller()
    created = ordinary.clients[maker].call(CREATE, {"users": users}, caller)
    assert isinstance(created, Result), created
    names = [user["username"] for user in users]
    made = ordinary.clients[maker].fit([{}, {}], created.value)
    assert [each["username"] for each in made] == names
    expected = [{name: text for name, text in user.items() if name != "password"} for user in users]
    for client in ordinary.clients.values():
        assert alike(expected, _read_back(client, caller, users)), client.name


@pytest.mark.parametrize("name", CLIENTS)
def test_nobody_is_read_as_nobody(ordinary: World, name: str) -> None:
    client = ordinary.clients[name]
    seen = client.call(READ, {"field": "username", "values": ["who.is.this"]}, ordinary.caller())
    assert_value(client, [], seen)
