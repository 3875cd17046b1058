"""core_user_update_users, against Moodle 2.7's rules for it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from functions.users.profiles import UserProfile
from functions.users.update import update_users as UPDATE  # noqa: N812
from gateway import Fault, administration
from gateway.faults import INVALID_PARAMETER
from gateway.store import Token, User, utcnow

AddUser = Callable[..., int]
PASSWORD = "Corr3ct-horse"


@pytest.fixture
def jane(add_user: AddUser) -> int:
    return add_user(
        "jane", firstname="Jane", lastname="Doe", email="jane@example.org", profile={"city": "Perth"}
    )


def problems(gateway: Any, *users: dict[str, Any]) -> list[tuple[str, str]]:
    """The problems that a batch is refused for."""
    with pytest.raises(Fault) as caught:
        gateway.call(UPDATE, users=list(users))
    assert caught.value.kind is INVALID_PARAMETER
    return [(each.path, each.problem) for each in caught.value.problems]


def account(engine: Engine, user_id: int) -> User:
    with Session(engine) as session:
        return session.get_one(User, user_id)


def profile(engine: Engine, user_id: int) -> UserProfile:
    with Session(engine) as session:
        return session.get_one(UserProfile, user_id)


def test_only_what_is_sent_changes(gateway: Any, engine: Engine, jane: int) -> None:
    assert gateway.call(UPDATE, users=[{"id": jane, "lastname": "Roe"}]) is None
    user = account(engine, jane)
    assert (user.firstname, user.lastname, user.email) == ("Jane", "Roe", "jane@example.org")
    assert profile(engine, jane).city == "Perth"


def test_everything_can_change(gateway: Any, engine: Engine, jane: int) -> None:
    on_account = {"username": "janet", "firstname": "J", "lastname": "R", "email": "j@example.org"}
    on_account |= {"auth": "nologin", "idnumber": "S-2", "lang": "en"}
    on_profile = {"theme": "clean", "timezone": "99", "mailformat": 0, "description": "d", "city": "Cork"}
    on_profile |= {"country": "IE", "firstnamephonetic": "a", "lastnamephonetic": "b", "middlename": "c"}
    on_profile |= {"alternatename": "d"}
    gateway.call(UPDATE, users=[{"id": jane, **on_account, **on_profile}])
    user, row = account(engine, jane), profile(engine, jane)
    assert {name: getattr(user, name) for name in on_account} == on_account
    assert {name: getattr(row, name) for name in on_profile} == on_profile


def test_null_changes_nothing(gateway: Any, engine: Engine, jane: int) -> None:
    gateway.call(UPDATE, users=[{"id": jane, "firstname": None, "city": None}])
    assert (account(engine, jane).firstname, profile(engine, jane).city) == ("Jane", "Perth")


def test_a_user_without_a_profile_gets_one(gateway: Any, engine: Engine, add_user: AddUser) -> None:
    john = add_user("john")
    gateway.call(UPDATE, users=[{"id": john, "city": "Lagos"}])
    row = profile(engine, john)
    assert (row.city, row.timezone, row.calendartype) == ("Lagos", "99", "gregorian")


def test_an_unknown_calendar_type_becomes_the_default_silently(
    gateway: Any, engine: Engine, jane: int
) -> None:
    gateway.call(UPDATE, users=[{"id": jane, "calendartype": "thai"}])
    assert profile(engine, jane).calendartype == "gregorian"


def test_an_id_that_is_nobodys(gateway: Any, engine: Engine, jane: int, add_user: AddUser) -> None:
    gone = add_user("gone", deleted=True)
    found = problems(gateway, {"id": jane, "lastname": "Roe"}, {"id": 999}, {"id": gone})
    assert found == [("users[1].id", "no user has this id"), ("users[2].id", "no user has this id")]
    assert account(engine, jane).lastname == "Doe"


def test_an_id_that_is_there_twice(gateway: Any, jane: int) -> None:
    assert problems(gateway, {"id": jane}, {"id": jane}) == [
        ("users[1].id", f'"{jane}" is that of users[0] as well')
    ]


def test_only_administrators_change_administrators(gateway: Any, engine: Engine, add_user: AddUser) -> None:
    root = add_user("root", administrator=True)
    assert problems(gateway, {"id": root, "password": PASSWORD}) == [
        ("users[0].id", "is a site administrator, whom only site administrators change")
    ]
    gateway.administrator = True
    gateway.call(UPDATE, users=[{"id": root, "lastname": "Root"}])
    assert account(engine, root).lastname == "Root"


def test_names_and_addresses_of_others(gateway: Any, engine: Engine, jane: int, add_user: AddUser) -> None:
    add_user("john", email="John@example.org")
    add_user("gone", email="gone@example.org", deleted=True)
    assert problems(gateway, {"id": jane, "username": "john", "email": "JOHN@example.org"}) == [
        ("users[0].username", '"john" is taken'),
        ("users[0].email", '"JOHN@example.org" is already used'),
    ]
    assert problems(gateway, {"id": jane, "username": "gone"}) == [("users[0].username", '"gone" is taken')]
    gateway.call(UPDATE, users=[{"id": jane, "username": "jane", "email": "GONE@example.org"}])
    assert account(engine, jane).email == "GONE@example.org"


def test_names_and_addresses_twice_in_the_batch(gateway: Any, jane: int, add_user: AddUser) -> None:
    john = add_user("john")
    found = problems(gateway, {"id": jane, "username": "x"}, {"id": john, "username": "x"})
    assert found == [("users[1].username", '"x" is that of users[0] as well')]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("auth", "shibboleth"),
        ("lang", "xx"),
        ("email", ""),
        ("email", "no address"),
        ("username", "Jane"),
        ("username", ""),
        ("firstname", "<b>x</b>"),
        ("mailformat", 2),
        ("password", "weak"),
        ("preferences", []),
        ("customfields", []),
    ],
)
def test_values_are_held_to_their_rules(gateway: Any, jane: int, member: str, value: Any) -> None:
    ((path, problem),) = problems(gateway, {"id": jane, member: value})
    assert path == f"users[0].{member}"
    assert member != "password" or "weak" not in problem


def test_the_method_that_an_account_has_may_be_repeated(
    gateway: Any, engine: Engine, add_user: AddUser
) -> None:
    user = add_user("by.ldap", auth="ldap")
    gateway.call(UPDATE, users=[{"id": user, "auth": "ldap", "lastname": "L"}])
    assert (account(engine, user).auth, account(engine, user).lastname) == ("ldap", "L")


def add_tokens(engine: Engine, user_id: int) -> None:
    """A token that came with the password, and one that an administrator made."""
    with Session(engine) as session, session.begin():
        for kind in ("derived", "random"):
            row = {"digest": kind.encode().ljust(32), "prefix": kind, "kind": kind, "created_at": utcnow()}
            session.add(Token(user_id=user_id, **row))


def revoked(engine: Engine) -> set[str]:
    with Session(engine) as session:
        return set(session.scalars(select(Token.kind).where(Token.revoked_at.is_not(None))))


def test_a_password_is_hashed_and_ends_the_tokens_that_came_with_the_old_one(
    gateway: Any, engine: Engine, add_user: AddUser
) -> None:
    user = add_user("due", force_password_change=True, password_hash="old")
    add_tokens(engine, user)
    gateway.call(UPDATE, users=[{"id": user, "password": PASSWORD}])
    row = account(engine, user)
    assert (row.password_hash, row.force_password_change) == (f"hash of {PASSWORD}", False)
    assert row.password_changed_at is not None
    assert revoked(engine) == {"derived"}


def test_the_setting_keeps_the_tokens(gateway: Any, engine: Engine, jane: int) -> None:
    with Session(engine) as session, session.begin():
        administration.set_setting(session, "password_change_ends_tokens", "false")
    add_tokens(engine, jane)
    gateway.call(UPDATE, users=[{"id": jane, "password": PASSWORD}])
    assert revoked(engine) == set()


def test_without_a_password_the_old_one_and_the_tokens_stay(
    gateway: Any, engine: Engine, add_user: AddUser
) -> None:
    user = add_user("kept", password_hash="old")
    add_tokens(engine, user)
    gateway.call(UPDATE, users=[{"id": user, "lastname": "K"}])
    assert (account(engine, user).password_hash, revoked(engine)) == ("old", set())


@pytest.mark.parametrize("auth", ["ldap", "nologin"])
def test_a_password_is_left_aside_where_it_is_kept_elsewhere(
    gateway: Any, engine: Engine, add_user: AddUser, auth: str
) -> None:
    user = add_user("elsewhere", auth=auth)
    gateway.call(UPDATE, users=[{"id": user, "password": PASSWORD}])
    assert account(engine, user).password_hash is None


def test_the_password_counts_by_the_method_that_the_account_gets(
    gateway: Any, engine: Engine, add_user: AddUser
) -> None:
    user = add_user("moving", auth="nologin")
    gateway.call(UPDATE, users=[{"id": user, "auth": "manual", "password": PASSWORD}])
    assert account(engine, user).password_hash == f"hash of {PASSWORD}"


def test_nothing_is_locked_while_passwords_are_hashed(
    gateway: Any, engine: Engine, jane: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    event.listen(engine, "begin", lambda _connection: begun.append(True))
    event.listen(engine, "rollback", lambda _connection: begun.clear())

    def look(password: str) -> str:
        assert not begun
        return "hash"

    monkeypatch.setattr("functions.users.update.hash_password", look)
    gateway.call(UPDATE, users=[{"id": jane, "password": PASSWORD}])
    assert account(engine, jane).password_hash == "hash"


def test_a_batch_is_bounded(gateway: Any) -> None:
    ((path, _),) = problems(gateway, *({"id": number} for number in range(501)))
    assert path == "users"


def test_the_capability() -> None:
    assert UPDATE.requires == ("moodle/user:update",)
