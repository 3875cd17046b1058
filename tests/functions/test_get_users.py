"""core_user_get_users: criteria, warnings, and what a viewer may search by (Moodle 2.7's rules)."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from functions.users import search
from functions.users.search import get_users as GET  # noqa: N812
from gateway import ABSENT, Fault
from gateway.faults import INVALID_PARAMETER

AddUser = Callable[..., int]
DETAILS, UPDATE = "moodle/user:viewdetails", "moodle/user:update"
FULL_NAMES, EMAIL = "moodle/site:viewfullnames", "moodle/course:useremail"


@pytest.fixture
def people(gateway: Any, add_user: AddUser) -> dict[str, int]:
    """Three users, one deleted, and the caller, who may see everything."""
    gateway.capabilities = frozenset({UPDATE})
    made = {
        "ann": add_user("ann", firstname="Ann", lastname="Lee", email="Ann@example.org", idnumber="1"),
        "bob": add_user("bob", firstname="Bob", lastname="Lee", email="bob@example.com", auth="nologin"),
        "gone": add_user("gone", firstname="Gone", lastname="Lee", deleted=True),
    }
    return made | {"caller": add_user("caller", firstname="Cal", lastname="Ler")}


def criteria(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in pairs]


def names(gateway: Any, *pairs: tuple[str, str]) -> list[str]:
    """The users that are found; without a warning."""
    found = gateway.call(GET, criteria=criteria(pairs))
    assert found.warnings == []
    return [each.username for each in found.users]


def test_no_criteria_find_everybody_but_the_deleted_in_the_order_of_ids(
    gateway: Any, people: dict[str, int]
) -> None:
    found = gateway.call(GET, criteria=[])
    assert [each.id for each in found.users] == [people["ann"], people["bob"], people["caller"]]
    assert found.users[0].email == "Ann@example.org"


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([("username", "ann")], ["ann"]),
        ([("username", "Ann")], []),
        ([("username", "a%")], []),
        ([("idnumber", "1")], ["ann"]),
        ([("auth", "nologin")], ["bob"]),
        ([("email", "ann@EXAMPLE.org")], ["ann"]),
        ([("email", "%@example.%")], ["ann", "bob"]),
        ([("firstname", "_NN")], ["ann"]),
        ([("lastname", "le%")], ["ann", "bob", "caller"]),
        ([("lastname", "lee"), ("firstname", "b%")], ["bob"]),
        ([("lastname", "lee"), ("firstname", "x")], []),
        ([("id", "999")], []),
    ],
)
def test_criteria(
    gateway: Any, people: dict[str, int], pairs: list[tuple[str, str]], found: list[str]
) -> None:
    assert names(gateway, *pairs) == found


def test_a_search_by_id(gateway: Any, people: dict[str, int]) -> None:
    assert names(gateway, ("id", str(people["bob"]))) == ["bob"]


@pytest.mark.parametrize("value", ["", "x", "01", "1.0", str(2**63)])
def test_an_id_that_is_no_integer(gateway: Any, value: str) -> None:
    with pytest.raises(Fault) as caught:
        gateway.call(GET, criteria=criteria([("username", "x"), ("id", value)]))
    assert caught.value.kind is INVALID_PARAMETER
    assert [each.path for each in caught.value.problems] == ["criteria[1].value"]


def test_an_unknown_key_is_a_warning(gateway: Any, people: dict[str, int]) -> None:
    found = gateway.call(GET, criteria=criteria([("city", "Perth"), ("username", "ann")]))
    assert [each.username for each in found.users] == ["ann"]
    (warning,) = found.warnings
    assert (warning.item, warning.itemid, warning.warningcode) == ("city", ABSENT, "invalidfieldparameter")
    assert warning.message


def test_the_same_key_twice(gateway: Any) -> None:
    with pytest.raises(Fault) as caught:
        gateway.call(GET, criteria=criteria([("username", "a"), ("username", "b")]))
    assert caught.value.kind.errorcode == "keyalreadyset"
    assert caught.value.kind in GET.raises


def test_a_caller_without_a_right_finds_himself_alone(gateway: Any, people: dict[str, int]) -> None:
    gateway.capabilities, gateway.user_id = frozenset(), people["ann"]
    assert names(gateway) == ["ann"]
    assert names(gateway, ("username", "bob")) == []


@pytest.mark.parametrize(
    ("key", "value", "capability"),
    [("firstname", "bob", FULL_NAMES), ("lastname", "%", FULL_NAMES), ("email", "bob%", EMAIL)],
)
def test_who_may_not_see_a_member_finds_nobody_by_it(
    gateway: Any, people: dict[str, int], key: str, value: str, capability: str
) -> None:
    def ids() -> list[int]:
        return [each.id for each in gateway.call(GET, criteria=criteria([(key, value)])).users]

    gateway.capabilities = frozenset({DETAILS})
    assert ids() == []
    gateway.capabilities = frozenset({DETAILS, capability})
    assert people["bob"] in ids()


@pytest.mark.parametrize("key", ["username", "idnumber", "auth"])
def test_only_who_may_update_users_searches_by_these(gateway: Any, people: dict[str, int], key: str) -> None:
    value = {"username": "ann", "idnumber": "1", "auth": "manual"}[key]
    gateway.capabilities = frozenset({DETAILS, FULL_NAMES, EMAIL})
    assert gateway.call(GET, criteria=criteria([(key, value)])).users == []
    gateway.capabilities = frozenset({UPDATE})
    assert gateway.call(GET, criteria=criteria([(key, value)])).users != []


def test_the_result_is_bounded_and_says_so(
    gateway: Any, people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RESULTS", 2)
    found = gateway.call(GET, criteria=[])
    assert [each.username for each in found.users] == ["ann", "bob"]
    assert [each.warningcode for each in found.warnings] == ["toomanyusers"]


def test_one_statement_is_enough_to_search(gateway: Any, people: dict[str, int]) -> None:
    names(gateway, ("lastname", "%"))
    assert len(gateway.statements) == 1


def test_no_capability_is_required_to_search() -> None:
    assert GET.requires == ()
