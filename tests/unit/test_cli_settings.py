"""`gateway protocol` and `gateway config` at run time: every worker follows a change within a second."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway import store
from gateway.assembly import Gateway
from gateway.plugins import find_backends, find_components, find_protocols
from tests.support.command import Run

BOUND = 1.0
CALL = ("POST", "/rest/core_user_get_users_by_field", "")


@pytest.fixture
def workers(demo: Run, tmp_path: Path) -> Iterator[list[Gateway]]:
    """Two gateways with an engine each, as two processes have them, which poll every 20 ms."""
    made = [
        Gateway(
            store.create(f"sqlite:///{tmp_path}/gateway.db"),
            find_components(None),
            find_protocols(),
            site_key=(tmp_path / "site.key").read_bytes(),
            backends=find_backends(),
            poll_seconds=0.02,
        )
        for _ in range(2)
    ]
    yield made
    for each in made:
        each.close()


def fault(gateway: Gateway, token: str, body: bytes) -> dict[str, object]:
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "authorization": f"Bearer {token}",
    }
    answer: dict[str, object] = json.loads(gateway.handle(*CALL, headers, body, "127.0.0.1").body)
    return answer


def follow(workers: list[Gateway], sees: Callable[[Gateway], bool]) -> None:
    """Every worker comes to see something within the bound."""
    until = time.monotonic() + BOUND
    waiting = list(workers)
    while waiting and time.monotonic() < until:
        waiting = [each for each in waiting if not sees(each)]
        time.sleep(0.005)
    assert waiting == []


def test_debug_levels_and_debugusers_are_followed_by_all_workers(
    demo: Run, tmp_path: Path, workers: list[Gateway]
) -> None:
    token = json.loads((tmp_path / "demo.json").read_text())["token"]

    def cause(gateway: Gateway) -> object:
        return fault(gateway, token, b'{"field": "colour"}')["cause"]

    follow(workers, lambda each: cause(each) == "")  # at NONE: both have read it, and keep it
    demo("config", "set", "debug", "normal")
    follow(workers, lambda each: "colour" in str(cause(each)) or "field" in str(cause(each)))
    demo("config", "set", "debug", "none")
    follow(workers, lambda each: cause(each) == "")
    demo("config", "set", "debugusers", "wsuser")
    follow(workers, lambda each: cause(each) != "")
    demo("config", "set", "debugusers", "admin")
    follow(workers, lambda each: cause(each) == "")


def test_a_protocol_that_is_disabled_answers_no_more(
    demo: Run, tmp_path: Path, workers: list[Gateway]
) -> None:
    token = json.loads((tmp_path / "demo.json").read_text())["token"]
    follow(workers, lambda each: fault(each, token, b"{}")["errorcode"] == "invalidparameter")
    assert demo("protocol", "disable", "rest").output == "The protocol rest is disabled.\n"
    follow(workers, lambda each: fault(each, token, b"{}")["errorcode"] == "accessexception")
    assert demo("protocol", "enable", "rest").output == "The protocol rest is enabled.\n"
    follow(workers, lambda each: fault(each, token, b"{}")["errorcode"] == "invalidparameter")


def test_protocols_are_listed_with_their_addresses(demo: Run) -> None:
    demo("protocol", "disable", "amf")
    rows = json.loads(demo("protocol", "list", "--json").output)
    assert {row["name"]: row["enabled"] for row in rows} == {
        "amf": False,
        "rest": True,
        "soap": True,
        "xmlrpc": True,
    }
    assert "/soap" in demo("protocol", "list").output


def test_a_change_of_a_setting_says_what_is_kept(demo: Run) -> None:
    assert demo("config", "set", "debug", "normal").output == "The setting debug is 15.\n"
    assert "no setting dbug; did you mean debug?" in demo("config", "set", "dbug", "normal", ok=False).output
    assert "`gateway config get` lists them all" in demo("config", "get", "zzzz", ok=False).output


def test_a_protocol_whose_plugin_is_gone_is_listed_and_can_be_disabled(demo: Run) -> None:
    demo("config", "set", "protocols", "rest,gopher")
    rows = json.loads(demo("protocol", "list", "--json").output)
    assert rows[-1] == {"name": "gopher", "title": "not installed", "enabled": True, "paths": []}
    demo("protocol", "disable", "gopher")
    assert json.loads(demo("config", "get", "protocols").output) == ["rest"]
    for command in ("enable", "disable"):
        assert "there is no protocol gopher" in demo("protocol", command, "gopher", ok=False).output
    assert "did you mean soap?" in demo("protocol", "enable", "saop", ok=False).output


def test_a_database_that_another_process_is_writing_to_is_said_so(
    demo: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = store.create
    monkeypatch.setattr(store, "create", lambda url, **given: create(url, busy_timeout=0.05, **given))
    other = sqlite3.connect(tmp_path / "gateway.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    output = demo("config", "set", "debug", "normal", ok=False).output
    other.close()
    assert output == "Error: The database: another process holds its write lock; try again\n"


def test_a_broken_database_is_one_line(demo: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "gateway.db") as other:
        other.execute("DROP TABLE settings")
    other.close()
    assert demo("config", "get", ok=False).output == "Error: The database: no such table: settings\n"
