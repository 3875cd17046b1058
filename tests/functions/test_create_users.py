"""core_user_create_users, against Moodle 2.7's rules for it."""

from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from functions.users import component
from functions.users.profiles import UserProfile
from gateway import Fault, Function
from gateway.credentials import hash_password
from gateway.faults import INVALID_PARAMETER
from gateway.store import User

CREATE: Function = component.functions[0]
PASSWORD = "Corr3ct-horse"


def new_user(username: str = "jane", **members: Any) -> dict[str, Any]:
    person = {"firstname": "Jane", "lastname": "Doe", "email": f"{username}@example.org"}
    return {"username": username, "password": PASSWORD, **person, **members}


def problems(gateway: Any, *users: dict[str, Any]) -> list[tuple[str, str]]:
    """The problems that a batch is refused for."""
    with pytest.raises(Fault) as caught:
        gateway.call(CREATE, users=list(users))
    assert caught.value.kind is INVALID_PARAMETER
    return [(each.path, each.problem) for each in caught.value.problems]


def account(engine: Engine, username: str) -> User:
    with Session(engine) as session:
        return session.scalars(select(User).where(User.username == username)).one()


def profile(engine: Engine, username: str) -> UserProfile:
    with Session(engine) as session:
        user = select(User.id).where(User.username == username)
        return session.scalars(select(UserProfile).where(UserProfile.user_id == user.scalar_subquery())).one()


def count(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalars(select(func.count()).select_from(User)).one()


def test_the_result_names_the_users_in_their_order(gateway: Any, engine: Engine) -> None:
    result = gateway.call(CREATE, users=[new_user("zoe"), new_user("adam")])
    assert [each.username for each in result] == ["zoe", "adam"]
    assert [each.id for each in result] == [account(engine, "zoe").id, account(engine, "adam").id]


def test_an_account_is_created_confirmed_with_the_defaults(gateway: Any, engine: Engine) -> None:
    gateway.call(CREATE, users=[new_user()])
    user = account(engine, "jane")
    assert (user.confirmed, user.suspended, user.deleted, user.administrator) == (True, False, False, False)
    assert (user.auth, user.lang, user.idnumber) == ("manual", "en", "")
    assert (user.firstname, user.lastname, user.email) == ("Jane", "Doe", "jane@example.org")
    assert user.last_access is None


def test_a_profile_is_created_with_the_defaults(gateway: Any, engine: Engine) -> None:
    gateway.call(CREATE, users=[new_user()])
    row = profile(engine, "jane")
    assert (row.calendartype, row.theme, row.timezone, row.mailformat) == ("gregorian", "", "99", 1)
    assert (row.maildisplay, row.descriptionformat, row.city, row.country) == (2, 1, "", "")


def test_what_is_given_is_kept(gateway: Any, engine: Engine) -> None:
    on_account = {"auth": "nologin", "idnumber": "S-1", "lang": "en"}
    on_profile = {
        "theme": "clean",
        "timezone": "Australia/Perth",
        "mailformat": 0,
        "description": '<span lang="en" class="multilang">Hello</span>',
        "city": "Perth",
        "country": "AU",
        "firstnamephonetic": "jayn",
        "lastnamephonetic": "doh",
        "middlename": "X.",
        "alternatename": "JD",
    }
    gateway.call(CREATE, users=[new_user(**on_account, **on_profile), new_user("john")])
    user, row = account(engine, "jane"), profile(engine, "jane")
    assert {name: getattr(user, name) for name in on_account} == on_account
    assert {name: getattr(row, name) for name in on_profile} == on_profile
    assert profile(engine, "john").city == ""


def test_null_is_the_default(gateway: Any, engine: Engine) -> None:
    gateway.call(CREATE, users=[new_user(auth=None, idnumber=None, city=None)])
    assert (account(engine, "jane").auth, profile(engine, "jane").city) == ("manual", "")


def test_an_unknown_calendar_type_becomes_the_default_silently(gateway: Any, engine: Engine) -> None:
    gateway.call(CREATE, users=[new_user(calendartype="thai")])
    assert profile(engine, "jane").calendartype == "gregorian"


def test_the_password_is_hashed(gateway: Any, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.users.create.hash_password", hash_password)
    gateway.call(CREATE, users=[new_user()])
    stored = account(engine, "jane").password_hash
    assert stored is not None
    assert PasswordHasher().verify(stored, PASSWORD)


@pytest.mark.parametrize("missing", ["username", "password", "firstname", "lastname", "email"])
def test_required_members(gateway: Any, missing: str) -> None:
    user = new_user()
    del user[missing]
    assert problems(gateway, user) == [(f"users[0].{missing}", "is missing")]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("username", "Jane"),
        ("username", "jane doe"),
        ("username", ""),
        ("firstname", "<b>Jane</b>"),
        ("lastname", "Doe<br/>"),
        ("firstname", "J" * 101),
        ("email", "nobody"),
        ("auth", "No Login"),
        ("lang", "e/n"),
        ("timezone", "14"),
        ("mailformat", 2),
        ("description", "<script>x</script>"),
        ("city", "<i>Perth</i>"),
        ("country", "A1"),
        ("country", "AUS"),
        ("password", "Aa1-" * 300),
    ],
)
def test_values_are_held_to_their_words_and_lengths(
    gateway: Any, engine: Engine, member: str, value: object
) -> None:
    user = new_user(**{"email": "jane@example.org", member: value})
    assert [path for path, _ in problems(gateway, user)] == [f"users[0].{member}"]
    assert count(engine) == 0


@pytest.mark.parametrize("member", ["preferences", "customfields"])
def test_preferences_and_custom_fields_are_not_accepted_yet(gateway: Any, member: str) -> None:
    found = problems(gateway, new_user(**{member: [{"type": "a", "value": "b"}]}))
    assert found == [(f"users[0].{member}", "is not a known name here")]


def test_a_user_name_that_is_taken(gateway: Any, add_user: Callable[..., int]) -> None:
    add_user("jane")
    found = problems(gateway, new_user("john"), new_user("jane"))
    assert found == [("users[1].username", '"jane" is taken')]


def test_a_deleted_user_keeps_the_user_name_but_not_the_address(
    gateway: Any, engine: Engine, add_user: Callable[..., int]
) -> None:
    add_user("jane", email="jane@example.org", deleted=True)
    assert problems(gateway, new_user("jane")) == [("users[0].username", '"jane" is taken')]
    gateway.call(CREATE, users=[new_user("john", email="jane@example.org")])
    assert account(engine, "john").email == "jane@example.org"


@pytest.mark.parametrize("address", ["jane@example.org", "JANE@Example.org"])
def test_an_address_that_is_used_in_any_case(
    gateway: Any, add_user: Callable[..., int], address: str
) -> None:
    add_user("somebody", email="Jane@Example.ORG")
    found = problems(gateway, new_user("john", email=address))
    assert found == [("users[0].email", f'"{address}" is already used')]


def test_two_of_the_batch_share_a_name_or_an_address(gateway: Any, engine: Engine) -> None:
    batch = new_user("jane"), new_user("john", email="JANE@example.org"), new_user("jane", email="j@x.org")
    assert problems(gateway, *batch) == [
        ("users[2].username", '"jane" is that of users[0] as well'),
        ("users[1].email", '"jane@example.org" is that of users[0] as well'),
    ]
    assert count(engine) == 0


def test_an_empty_address_is_refused(gateway: Any) -> None:
    assert problems(gateway, new_user(email="")) == [("users[0].email", "is empty")]


@pytest.mark.parametrize("auth", ["mnet", "webservice", "ldap", ""])
def test_another_authentication_method(gateway: Any, auth: str) -> None:
    found = problems(gateway, new_user(auth=auth))
    assert found == [("users[0].auth", f'"{auth}" is none of manual, nologin')]


@pytest.mark.parametrize("lang", ["xx", ""])
def test_a_language_that_is_not_installed(gateway: Any, lang: str) -> None:
    assert problems(gateway, new_user(lang=lang)) == [
        ("users[0].lang", f'the language "{lang}" is not installed')
    ]


def test_a_theme_is_not_checked(gateway: Any, engine: Engine) -> None:
    gateway.call(CREATE, users=[new_user(theme="no_such_theme")])
    assert profile(engine, "jane").theme == "no_such_theme"


@pytest.mark.parametrize(
    ("password", "lacks"),
    [
        ("Sh0rt-x", "8 characters"),
        ("No-digits-here", "a digit"),
        ("NO-L0WER-HERE", "a lower-case letter"),
        ("no-upp3r-here", "an upper-case letter"),
        ("N0thingElse", "another character"),
        ("zzz", "8 characters, a digit, an upper-case letter, another character"),
    ],
)
def test_a_weak_password_is_told_but_not_quoted(gateway: Any, password: str, lacks: str) -> None:
    with pytest.raises(Fault) as caught:
        gateway.call(CREATE, users=[new_user(password=password)])
    (problem,) = caught.value.problems
    assert (problem.path, problem.problem) == ("users[0].password", f"must have at least {lacks}")
    assert password not in f"{caught.value} {caught.value.cause}"


def test_everything_that_is_wrong_in_the_batch_is_told_at_once(gateway: Any, engine: Engine) -> None:
    found = problems(
        gateway,
        new_user("ann", auth="mnet", password="weak"),
        new_user("ben"),
        new_user("cat", lang="xx", email=""),
    )
    assert [path for path, _ in found] == [
        "users[0].auth",
        "users[0].password",
        "users[2].lang",
        "users[2].email",
    ]
    assert count(engine) == 0


def test_names_and_addresses_of_others_are_told_together(
    gateway: Any, engine: Engine, add_user: Callable[..., int]
) -> None:
    add_user("jane", email="john@example.org")
    found = problems(gateway, new_user("jane"), new_user("ben"), new_user("john"))
    assert [path for path, _ in found] == ["users[0].username", "users[2].email"]
    assert count(engine) == 1


def test_the_list_of_problems_is_bounded(gateway: Any) -> None:
    found = problems(gateway, *(new_user(f"user{n}", lang="xx") for n in range(60)))
    assert len(found) == 51
    assert found[-1] == ("", "there are more than 50 problems; only these are listed")


def test_a_batch_is_bounded(gateway: Any) -> None:
    found = problems(gateway, *(new_user(f"user{n}") for n in range(501)))
    assert found == [("users", "has more than 500 items")]


def test_an_empty_batch_creates_nobody(gateway: Any, engine: Engine) -> None:
    assert gateway.call(CREATE, users=[]) == []
    assert count(engine) == 0


def test_nothing_is_hashed_for_a_batch_that_is_refused(
    gateway: Any, add_user: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("functions.users.create.hash_password", hashed.append)
    add_user("jane")
    problems(gateway, new_user("john"), new_user("jane"))
    problems(gateway, new_user("john"), new_user("ben", lang="xx"))
    assert hashed == []


def test_others_can_write_while_passwords_are_hashed(
    gateway: Any, engine: Engine, add_user: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def hash_slowly(_password: str) -> str:
        add_user("other")  # fails after the busy time-out if the call holds the lock
        return "hash"

    monkeypatch.setattr("functions.users.create.hash_password", hash_slowly)
    gateway.call(CREATE, users=[new_user()])
    assert account(engine, "other").id < account(engine, "jane").id


def test_a_name_that_is_taken_while_passwords_are_hashed(
    gateway: Any, engine: Engine, add_user: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.users.create.hash_password", lambda _: str(add_user("jane")))
    assert problems(gateway, new_user("jane")) == [("users[0].username", '"jane" is taken')]
    assert count(engine) == 1


def test_a_name_that_is_taken_after_the_last_look(gateway: Any, engine: Engine) -> None:
    """The unique constraint refuses it: transactions of other databases do not exclude one another."""

    def be_faster(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO users"):
            cursor.execute(
                "INSERT INTO users (username, auth, confirmed, suspended, deleted, force_password_change, "
                "administrator, firstname, lastname, email, idnumber, lang, created_at) "
                "VALUES ('jane', 'manual', 1, 0, 0, 0, 0, '', '', '', '', 'en', '2026-01-01 00:00:00.000000')"
            )

    event.listen(engine, "before_cursor_execute", be_faster)
    assert problems(gateway, new_user("jane")) == [("users", "one of the user names has just been taken")]
    assert count(engine) == 0


def test_the_number_of_statements_does_not_grow_with_the_batch(gateway: Any, engine: Engine) -> None:
    gateway.call(CREATE, users=[new_user()])
    of_one = len(gateway.statements)
    gateway.statements.clear()
    gateway.call(CREATE, users=[new_user(f"user{number}") for number in range(50)])
    assert len(gateway.statements) == of_one
    assert count(engine) == 51


def test_the_capability_is_required_and_declared() -> None:
    assert CREATE.requires == ("moodle/user:create",)
    declared = {each.name for each in component.capabilities}
    for function in component.functions:
        assert declared >= {*function.requires, *function.uses}
