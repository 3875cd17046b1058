"""`gateway calls list`: the call log by the newest, whole or in part, without a request id to begin with."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Run, request

FIELD, INFO = "core_user_get_users_by_field", "core_webservice_get_site_info"


@pytest.fixture
def made(demo: Run, tmp_path: Path) -> list[str]:
    """Request ids of calls: answered, with wrong arguments, with no credential, to a function that nobody has."""
    token = json.loads((tmp_path / "demo.json").read_text())["token"]
    calls: list[dict[str, Any]] = [
        {"path": f"/rest/{INFO}", "token": token},
        {"path": f"/rest/{FIELD}", "token": token},
        {"path": f"/rest/{FIELD}", "peer": "10.0.0.7"},
        {"path": "/rest/no_such_function", "token": token},
    ]
    return [request(tmp_path, **each).headers["X-Request-Id"] for each in calls]


def listed(run: Run, *options: str) -> Any:
    return json.loads(run("calls", "list", *options, "--json").output)


def test_the_newest_come_first_with_who_called_what_from_where(demo: Run, made: list[str]) -> None:
    rows = listed(demo)
    assert [row["request_id"] for row in rows] == made[::-1]
    assert [row["outcome"] for row in rows] == ["invalidrecord", "invalidtoken", "invalidparameter", "ok"]
    assert [row["check"] for row in rows] == ["16", "4t", None, None]
    assert [row["user"] for row in rows] == ["wsuser", None, "wsuser", "wsuser"]
    assert [row["address"] for row in rows] == ["127.0.0.1", "10.0.0.7", "127.0.0.1", "127.0.0.1"]
    assert rows[3]["token"].endswith("... (id 1)")
    assert all(row["milliseconds"] >= 0 for row in rows)


@pytest.mark.parametrize(
    ("options", "positions"),
    [
        (("--last", "2"), [3, 2]),
        (("--faults",), [3, 2, 1]),
        (("--user", "wsuser"), [3, 1, 0]),
        (("--user", "admin"), []),
        (("--function", FIELD), [2, 1]),
        (("--function", FIELD, "--user", "wsuser", "--faults"), [1]),
        (("--function", "nobodys"), []),
    ],
)
def test_options_choose(demo: Run, made: list[str], options: tuple[str, ...], positions: list[int]) -> None:
    assert [row["request_id"] for row in listed(demo, *options)] == [made[each] for each in positions]


def test_a_user_who_does_not_exist_is_said_so(demo: Run) -> None:
    assert (
        "there is no user wsusr; did you mean wsuser?"
        in demo("calls", "list", "--user", "wsusr", ok=False).output
    )


def test_what_is_listed_can_be_explained(demo: Run, made: list[str]) -> None:
    (row,) = listed(demo, "--function", "no_such_function")
    assert "refused by check 16" in demo("why", row["request_id"], ok=False).output
    assert made[2] in demo("calls", "list").output
