"""core_user_delete_users, against Moodle 2.7's rules for it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from functions.users.delete import ADMINISTRATOR, INVALID_USER, ONESELF
from functions.users.delete import delete_users as DELETE  # noqa: N812
from gateway import Fault, FaultKind
from gateway.store import Token, User, utcnow

AddUser = Callable[..., int]


@pytest.fixture
def people(gateway: Any, add_user: AddUser) -> dict[str, int]:
    """The caller and three others, by name."""
    found = {name: add_user(name) for name in ("caller", "ann", "bob")}
    found["root"] = add_user("root", administrator=True)
    gateway.user_id = found["caller"]
    return found


def deleted(engine: Engine) -> set[str]:
    with Session(engine) as session:
        return set(session.scalars(select(User.username).where(User.deleted)))


def test_users_are_marked_and_their_tokens_revoked(
    gateway: Any, engine: Engine, people: dict[str, int]
) -> None:
    with Session(engine) as session, session.begin():
        row = {"digest": b"x" * 32, "prefix": "x", "kind": "random", "created_at": utcnow()}
        session.add(Token(user_id=people["ann"], **row))
    assert gateway.call(DELETE, userids=[people["ann"], people["bob"]]) is None
    assert deleted(engine) == {"ann", "bob"}
    with Session(engine) as session:
        assert session.scalars(select(Token.revoked_at)).one() is not None


def test_nobody_is_nobody(gateway: Any, engine: Engine, people: dict[str, int]) -> None:
    gateway.call(DELETE, userids=[])
    assert deleted(engine) == set()


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["ann", "nobody"], INVALID_USER),
        (["ann", "ann"], INVALID_USER),
        (["ann", "root"], ADMINISTRATOR),
        (["ann", "caller"], ONESELF),
    ],
)
def test_one_who_cannot_be_deleted_saves_all(
    gateway: Any, engine: Engine, people: dict[str, int], names: list[str], kind: FaultKind
) -> None:
    with pytest.raises(Fault) as caught:
        gateway.call(DELETE, userids=[people.get(name, 999) for name in names])
    assert caught.value.kind is kind
    assert caught.value.cause
    assert deleted(engine) == set()


def test_not_even_an_administrator_deletes_another(gateway: Any, people: dict[str, int]) -> None:
    gateway.administrator = True
    with pytest.raises(Fault) as caught:
        gateway.call(DELETE, userids=[people["root"]])
    assert caught.value.kind is ADMINISTRATOR


def test_who_was_deleted_is_nobody(gateway: Any, people: dict[str, int]) -> None:
    gateway.call(DELETE, userids=[people["ann"]])
    with pytest.raises(Fault) as caught:
        gateway.call(DELETE, userids=[people["ann"]])
    assert caught.value.kind is INVALID_USER
    assert caught.value.kind.exception == "dml_missing_record_exception"


def test_a_batch_of_deletions_is_bounded(gateway: Any) -> None:
    with pytest.raises(Fault) as caught:
        gateway.call(DELETE, userids=list(range(1001)))
    assert [each.path for each in caught.value.problems] == ["userids"]


def test_the_capability_and_the_faults() -> None:
    assert DELETE.requires == ("moodle/user:delete",)
    assert {each.errorcode for each in DELETE.raises} == {
        "invaliduser",
        "useradminodelete",
        "usernotdeletederror",
    }
