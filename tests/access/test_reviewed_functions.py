"""Every shipped function requires a capability, or stands in one reviewed table; none writes without one."""

import json
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway import READ, Function
from gateway.plugins import find_components
from gateway.registry import Registry
from gateway.store import Base, CallRecord, Counter, Token
from tests.support.site import Site

SHIPPED = {each.name: each for each in Registry(find_components(None)).functions.values()}
REVIEWED = tomllib.loads((Path(__file__).parent / "reviewed_functions.toml").read_text("utf-8"))
WRITING = [each for each in SHIPPED.values() if each.effect is not READ]
_OF_THE_CALL = {CallRecord.__tablename__, Counter.__tablename__, Token.__tablename__}


@pytest.fixture(scope="module")
def powerless(crowd: Site) -> str:
    """The token of somebody who may use the REST protocol, and has no other capability."""
    crowd.add_user("powerless")
    crowd.add_service("everything", SHIPPED)
    crowd.grant("powerless", ["webservice/rest:use"])
    return crowd.add_token("powerless", "everything")


def _size(site: Site) -> dict[str, int]:
    with Session(site.engine) as db:
        return {
            table.name: db.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in _OF_THE_CALL
        }


@pytest.mark.parametrize("function", WRITING, ids=lambda each: each.name)
def test_who_has_no_capability_writes_nothing(crowd: Site, powerless: str, function: Function) -> None:
    before = _size(crowd)
    response = crowd.post(f"/rest/{function.name}", b"{}", "application/json", token=powerless)
    fault = json.loads(response.body)
    assert (response.status, fault["errorcode"]) == (403, "nopermissions")
    assert fault["cause"].startswith("The user powerless lacks the capability ")
    assert fault["problems"] == []  # refused before anybody looked at the arguments
    assert _size(crowd) == before


@pytest.mark.parametrize("function", SHIPPED.values(), ids=lambda each: each.name)
def test_a_function_requires_a_capability_or_was_reviewed(function: Function) -> None:
    assert bool(function.requires) is (function.name not in REVIEWED)
    if function.name in REVIEWED:
        assert function.effect is READ
        assert REVIEWED[function.name]["why"]


def test_who_has_no_capability_finds_himself_alone(crowd: Site, powerless: str) -> None:
    crowd.add_user("neighbour", email="neighbour@example.org")
    body = json.dumps({"field": "username", "values": ["neighbour", "powerless", "caller"]}).encode()
    response = crowd.post("/rest/core_user_get_users_by_field", body, "application/json", token=powerless)
    assert [each["username"] for each in json.loads(response.body)] == ["powerless"]
    everybody = crowd.post(
        "/rest/core_user_get_users", b'{"criteria": []}', "application/json", token=powerless
    )
    assert [each["username"] for each in json.loads(everybody.body)["users"]] == ["powerless"]


def test_the_table_names_functions_that_are_shipped() -> None:
    assert REVIEWED.keys() <= SHIPPED.keys()
    assert WRITING
