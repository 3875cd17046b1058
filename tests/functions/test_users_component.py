"""The component core_user: its table and its demo data."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from functions.site import component as site
from functions.users import component
from functions.users.profiles import UserProfile
from gateway.registry import Registry
from gateway.store import Base, User, current, pending


def load_demo(engine: Engine) -> None:
    assert component.demo is not None
    with Session(engine) as session, session.begin():
        component.demo(session)


def count(engine: Engine, table: type[Base]) -> int:
    with Session(engine) as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_the_shipped_components_live_together() -> None:
    assert set(Registry([site, component]).functions) == {
        "core_user_create_users",
        "core_user_delete_users",
        "core_user_get_users",
        "core_user_get_users_by_field",
        "core_user_update_users",
        "core_webservice_get_site_info",
    }


def test_the_migrations_make_what_the_models_say(engine: Engine) -> None:
    assert component.migrations is not None
    assert not pending(engine, {component.name: component.migrations})
    assert current(engine) == {"core_0001", "core_user_0001"}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_travel_in_a_wheel() -> None:
    package = importlib.import_module("functions.users.migrations")
    assert package.__file__ is not None
    assert Path(package.__file__).parent == component.migrations


def test_a_profile_goes_with_its_user(engine: Engine, add_user: Callable[..., int]) -> None:
    add_user("jane", profile={"city": "Perth"})
    with Session(engine) as session, session.begin():
        session.execute(delete(User))
    assert count(engine, UserProfile) == 0


def test_the_demo_has_twenty_users_who_cannot_log_in(engine: Engine) -> None:
    load_demo(engine)
    with Session(engine) as session:
        users = session.scalars(select(User).order_by(User.id)).all()
        cities = set(session.scalars(select(UserProfile.city)))
    assert [each.username for each in users] == [f"user{number:02}" for number in range(1, 21)]
    assert {each.password_hash for each in users} == {None}
    assert len({(each.firstname, each.lastname) for each in users}) == len(cities) == 20


def test_the_demo_is_repeatable(engine: Engine, add_user: Callable[..., int]) -> None:
    add_user("user07", firstname="Kept")
    load_demo(engine)
    load_demo(engine)
    assert (count(engine, User), count(engine, UserProfile)) == (20, 19)
    with Session(engine) as session:
        assert session.scalars(select(User.firstname).where(User.username == "user07")).one() == "Kept"


@pytest.mark.parametrize("table", [User, UserProfile])
def test_the_demo_is_the_same_everywhere(engine: Engine, table: type[Base]) -> None:
    def load_once() -> list[tuple[object, ...]]:
        with Session(engine) as session:
            assert component.demo is not None
            component.demo(session)
            session.flush()
            rows = session.execute(select(*table.__table__.c)).all()
            session.rollback()
            return [tuple(row) for row in rows]

    assert load_once() == load_once() != []
