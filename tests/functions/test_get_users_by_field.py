"""core_user_get_users_by_field: who is found, and what a viewer sees (Moodle 2.7's rules, in the system context)."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from functions.users import component
from functions.users.structs import UserDetail
from gateway import ABSENT, Fault, Function
from gateway.faults import INVALID_PARAMETER

GET: Function = component.functions[1]
AddUser = Callable[..., int]

ACCOUNT = {
    "firstname": "Jane",
    "lastname": "Doe",
    "email": "Jane@example.org",
    "idnumber": "S-1",
    "last_access": datetime(2026, 2, 1, tzinfo=UTC),
}
PROFILE = {
    "theme": "clean",
    "timezone": "Australia/Perth",
    "mailformat": 0,
    "description": "Teaches.",
    "city": "Perth",
    "country": "AU",
    "address": "1 Main Street",
    "phone1": "555-1",
    "phone2": "555-2",
    "icq": "1",
    "skype": "s",
    "yahoo": "y",
    "aim": "a",
    "msn": "m",
    "department": "History",
    "institution": "University",
    "url": "https://jane.example.org",
}
WITH_THE_USER = {
    *("id", "fullname", "profileimageurl", "profileimageurlsmall", "lastaccess", "description"),
    *("descriptionformat", "city", "country", "url", "icq", "skype", "yahoo", "aim", "msn"),
}
OF_THE_ACCOUNT = {"auth", "confirmed", "lang", "calendartype", "theme", "timezone", "mailformat"}
GUARDED = {
    *("username", "firstname", "lastname", "email", "idnumber", "institution", "department"),
    *("phone1", "phone2", "address"),
}
ALL = WITH_THE_USER | OF_THE_ACCOUNT | GUARDED
DETAILS = "moodle/user:viewdetails"
UPDATE = "moodle/user:update"


@pytest.fixture
def jane(add_user: AddUser) -> int:
    return add_user("jane", profile=PROFILE, **ACCOUNT)


@pytest.fixture
def clerk(gateway: Any) -> Any:
    """A caller who sees everything."""
    gateway.capabilities = frozenset({UPDATE})
    return gateway


def find(gateway: Any, field: str, *values: object) -> list[UserDetail]:
    found: list[UserDetail] = gateway.call(GET, field=field, values=[str(each) for each in values])
    return found


def ids(users: Iterable[UserDetail]) -> list[int]:
    return [each.id for each in users]


def members(user: UserDetail) -> set[str]:
    return {name for name in user.__struct_fields__ if getattr(user, name) is not ABSENT}


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "jane"), ("idnumber", "S-1"), ("email", "Jane@example.org"), ("email", "jane@EXAMPLE.org")],
)
def test_a_user_is_found_by_each_field(
    clerk: Any, add_user: AddUser, jane: int, field: str, value: str
) -> None:
    add_user("john", email="john@example.org", idnumber="S-2")
    assert ids(find(clerk, field, value)) == [jane]
    assert ids(find(clerk, "id", jane)) == [jane]


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", "0"), ("id", "-5"), ("username", "JANE"), ("idnumber", "s-1"), ("email", "nobody@example.org")],
)
def test_values_that_match_nobody_are_left_out(clerk: Any, jane: int, field: str, value: str) -> None:
    assert find(clerk, field, value) == []


def test_users_come_once_each_in_the_order_of_their_ids(clerk: Any, add_user: AddUser) -> None:
    first, second, third = add_user("zoe"), add_user("bob"), add_user("ann")
    assert ids(find(clerk, "username", "ann", "zoe", "bob", "ann", "none")) == [first, second, third]


@pytest.mark.parametrize("field", ["username", "idnumber", "email"])
def test_an_empty_value_matches_nobody(clerk: Any, add_user: AddUser, field: str) -> None:
    add_user("jane", idnumber="", email="")
    assert find(clerk, field, "") == []


def test_deleted_users_are_not_found(clerk: Any, add_user: AddUser) -> None:
    gone = add_user("gone", deleted=True)
    assert find(clerk, "id", gone) == []


@pytest.mark.parametrize("value", ["", "x", "05", "+5", "-0", " 5", "5.0", "5\n", "9223372036854775808", "९"])
def test_a_value_that_is_no_id(clerk: Any, value: str) -> None:
    with pytest.raises(Fault) as caught:
        find(clerk, "id", "1", value, "9223372036854775807", "-9223372036854775808")
    assert caught.value.kind is INVALID_PARAMETER
    (problem,) = caught.value.problems
    assert (problem.path, problem.problem) == ("values[1]", f'"{value}" is not an integer')


def test_values_that_are_no_addresses_are_told_together(clerk: Any) -> None:
    with pytest.raises(Fault) as caught:
        find(clerk, "email", "jane", "jane@example.org", "a b@example.org")
    assert [(each.path, each.problem) for each in caught.value.problems] == [
        ("values[0]", '"jane" is not an e-mail address'),
        ("values[2]", '"a b@example.org" is not an e-mail address'),
    ]


def test_another_field_is_refused(clerk: Any) -> None:
    with pytest.raises(Fault) as caught:
        find(clerk, "lastname", "Doe")
    assert caught.value.kind is INVALID_PARAMETER
    assert [each.path for each in caught.value.problems] == ["field"]


def test_a_long_list_is_searched_in_pieces(clerk: Any, jane: int) -> None:
    assert ids(find(clerk, "username", *(f"user{n}" for n in range(2500)), "jane")) == [jane]


def test_a_list_that_is_too_long(clerk: Any) -> None:
    with pytest.raises(Fault) as caught:
        find(clerk, "id", *range(10_001))
    assert [(each.path, each.problem) for each in caught.value.problems] == [
        ("values", "has more than 10000 items")
    ]


def test_the_number_of_statements_does_not_grow_with_the_users(clerk: Any, add_user: AddUser) -> None:
    every = [add_user(f"user{number}", profile=PROFILE) for number in range(50)]
    find(clerk, "id", every[0])
    of_one = len(clerk.statements)
    clerk.statements.clear()
    assert len(find(clerk, "id", *every)) == 50
    assert len(clerk.statements) == of_one


# What a viewer sees.


def test_without_a_right_others_are_left_out(gateway: Any, jane: int) -> None:
    assert find(gateway, "id", jane) == []


@pytest.mark.parametrize(
    ("capabilities", "guarded"),
    [
        ((), set()),
        (("moodle/site:viewfullnames",), {"firstname", "lastname"}),
        (("moodle/course:useremail",), {"email"}),
        (("moodle/site:viewuseridentity",), {"email"}),
        (("moodle/user:viewhiddendetails",), {"phone1", "phone2", "address"}),
    ],
)
def test_each_capability_shows_its_members(
    gateway: Any, jane: int, capabilities: tuple[str, ...], guarded: set[str]
) -> None:
    gateway.capabilities = frozenset(capabilities)
    assert find(gateway, "id", jane) == []
    gateway.capabilities |= {DETAILS}
    (user,) = find(gateway, "id", jane)
    assert members(user) == WITH_THE_USER | guarded


def test_who_may_update_users_sees_everything(clerk: Any, jane: int) -> None:
    (user,) = find(clerk, "id", jane)
    assert members(user) == ALL
    assert msgspec.to_builtins(user) == {
        "id": jane,
        "username": "jane",
        "firstname": "Jane",
        "lastname": "Doe",
        "fullname": "Jane Doe",
        "email": "Jane@example.org",
        "idnumber": "S-1",
        "lastaccess": 1769904000,
        "auth": "manual",
        "confirmed": 1,
        "lang": "en",
        "calendartype": "gregorian",
        "descriptionformat": 1,
        "profileimageurl": "https://moodle.example.org/pix/u/f1.png",
        "profileimageurlsmall": "https://moodle.example.org/pix/u/f2.png",
        **PROFILE,
    }


def test_an_administrator_sees_everything(gateway: Any, jane: int) -> None:
    gateway.administrator = True
    (user,) = find(gateway, "username", "jane")
    assert members(user) == ALL


def test_oneself_sees_everything_of_oneself(gateway: Any, add_user: AddUser, jane: int) -> None:
    add_user("john", email="john@example.org")
    gateway.user_id = jane
    (user,) = find(gateway, "email", "jane@example.org", "john@example.org")
    assert members(user) == ALL


@pytest.mark.parametrize(
    ("field", "value", "capability"),
    [
        ("username", "jane", UPDATE),
        ("idnumber", "S-1", UPDATE),
        ("email", "jane@example.org", "moodle/course:useremail"),
    ],
)
def test_nobody_is_found_by_a_member_that_the_caller_may_not_see(
    gateway: Any, jane: int, field: str, value: str, capability: str
) -> None:
    gateway.capabilities = frozenset({DETAILS})
    assert find(gateway, field, value) == []
    gateway.capabilities |= {capability}
    assert ids(find(gateway, field, value)) == [jane]


@pytest.mark.parametrize(("maildisplay", "is_shown"), [(0, False), (1, True), (2, False)])
def test_a_user_may_show_the_address_to_everybody(
    gateway: Any, add_user: AddUser, maildisplay: int, is_shown: bool
) -> None:
    user_id = add_user("jane", email="jane@example.org", profile={"maildisplay": maildisplay})
    assert find(gateway, "id", user_id) == find(gateway, "email", "jane@example.org") == []
    gateway.capabilities = frozenset({DETAILS})
    (user,) = find(gateway, "id", user_id)
    assert ("email" in members(user)) is is_shown
    assert bool(find(gateway, "email", "jane@example.org")) is is_shown


def test_what_is_empty_is_left_out(clerk: Any, add_user: AddUser) -> None:
    (user,) = find(clerk, "id", add_user("jane", lastname="Doe", profile={}))
    assert members(user) == {
        *("id", "username", "lastname", "fullname", "profileimageurl", "profileimageurlsmall"),
        *("firstaccess", "lastaccess", "auth", "confirmed", "lang", "calendartype", "timezone", "mailformat"),
    }
    assert user.fullname == "Doe"


def test_a_user_without_a_profile(clerk: Any, add_user: AddUser) -> None:
    (user,) = find(clerk, "id", add_user("jane", firstname="Jane"))
    assert (user.fullname, user.calendartype, user.mailformat) == ("Jane", ABSENT, ABSENT)


def test_a_user_who_never_came(clerk: Any, add_user: AddUser) -> None:
    (user,) = find(clerk, "id", add_user("jane"))
    assert (user.firstaccess, user.lastaccess) == (0, 0)


def test_the_first_access_of_one_who_came_is_not_known(clerk: Any, jane: int) -> None:
    (user,) = find(clerk, "id", jane)
    assert (user.firstaccess, user.lastaccess) == (ABSENT, 1769904000)


def test_an_unconfirmed_user(clerk: Any, add_user: AddUser) -> None:
    (user,) = find(clerk, "id", add_user("jane", confirmed=False))
    assert user.confirmed == 0


def test_one_odd_record_does_not_cost_the_answer(clerk: Any, add_user: AddUser) -> None:
    odd = add_user("Jane Doe", firstname="<b>Jane", email="not an address")
    (user,) = find(clerk, "id", odd)
    assert (user.username, user.firstname, user.email) == ("Jane Doe", "<b>Jane", "not an address")


def test_a_call_that_names_nobody_reads_nothing(clerk: Any, engine: Engine) -> None:
    assert find(clerk, "username") == []
    assert clerk.statements == []
