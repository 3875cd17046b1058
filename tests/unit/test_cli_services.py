"""`gateway service`: made, changed, filled, opened to users, deleted."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gateway.plugins import find_components
from gateway.registry import Registry
from tests.support.command import Run, session, works

SITE_INFO = "core_webservice_get_site_info"


def show(run: Run, name: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(run("service", "show", name, "--json").output)
    return shown


@pytest.fixture
def club(demo: Run) -> Run:
    """Runs the command on the demo site with an enabled service `club` of one function."""
    demo("service", "create", "club", "--name", "The club", "--enabled")
    demo("service", "add", "club", SITE_INFO)
    return demo


def token(run: Run, service: str = "club") -> str:
    return run("token", "create", "--user", "wsuser", "--service", service).output.strip()


def test_a_new_service_is_closed_restricted_and_empty(fresh: Run) -> None:
    fresh("service", "create", "club")
    made = show(fresh, "club")
    assert (made["name"], made["component"], made["functions"], made["users"]) == ("club", None, [], [])
    assert (made["enabled"], made["restricted"], made["public"]) == (False, True, False)


def test_a_service_is_changed_by_what_is_named_and_by_nothing_else(demo: Run) -> None:
    rules = ("--unrestricted", "--public", "--download", "--upload", "--rate-limit", "90")
    origins = ("--origin", "https://app.example.org", "--origin", "http://localhost:3000")
    capability = ("--required-capability", "moodle/user:create")
    demo("service", "create", "club", "--name", "The club", "--enabled", *rules, *origins, *capability)
    made = show(demo, "club")
    assert (
        made
        | {
            "name": "The club",
            "enabled": True,
            "restricted": False,
            "public": True,
            "download_files": True,
            "upload_files": True,
            "rate_limit": 90,
            "cors_origins": ["https://app.example.org", "http://localhost:3000"],
            "required_capability": "moodle/user:create",
        }
        == made
    )
    demo("service", "change", "club", "--name", "Our club", "--origin", "", "--rate-limit", "0")
    changed = show(demo, "Our club")
    assert (changed["cors_origins"], changed["rate_limit"]) == ([], None)
    assert changed["modified_at"] is not None
    demo("service", "change", "club", "--disabled", "--restricted", "--not-public", "--no-download")
    demo("service", "change", "club", "--no-upload", "--required-capability", "")
    changed = show(demo, "club")
    switches = ("enabled", "restricted", "public", "download_files", "upload_files")
    assert [changed[each] for each in switches] == [False, True, False, False, False]
    assert (changed["name"], changed["required_capability"]) == ("Our club", None)


def test_functions_are_put_into_a_service_and_taken_out(club: Run, tmp_path: Path) -> None:
    club("service", "change", "club", "--unrestricted")
    secret = token(club)
    assert works(tmp_path, secret)
    club("service", "add", "club", SITE_INFO, "core_user_create_users")
    assert show(club, "club")["functions"] == ["core_user_create_users", SITE_INFO]
    club("service", "remove", "club", SITE_INFO)
    assert show(club, "club")["functions"] == ["core_user_create_users"]
    assert not works(tmp_path, secret)


def test_a_restricted_service_takes_whom_it_lists(club: Run, tmp_path: Path) -> None:
    secret = token(club)
    assert not works(tmp_path, secret)
    club("service", "authorise", "club", "wsuser")
    assert works(tmp_path, secret)
    club("service", "authorise", "club", "wsuser", "--ip", "192.0.2.0/24", "--days", "9")
    assert not works(tmp_path, secret)
    (entry,) = show(club, "club")["users"]
    assert (entry["username"], entry["ip"]) == ("wsuser", "192.0.2.0/24")
    club("service", "authorise", "club", "wsuser", "--ip", "")
    assert works(tmp_path, secret)
    (changed,) = show(club, "club")["users"]
    assert changed == entry | {"ip": None}
    club("service", "authorise", "club", "wsuser", "--until", "2020-01-01")
    assert not works(tmp_path, secret)
    club("service", "authorise", "club", "wsuser", "--no-end")
    assert works(tmp_path, secret)
    club("service", "unauthorise", "club", "wsuser")
    assert not works(tmp_path, secret)
    assert show(club, "club")["users"] == []


def test_a_service_goes_with_its_tokens(club: Run) -> None:
    token(club)
    result = club("service", "delete", "club", typed="n\n", ok=False)
    assert "Delete the service club, and its tokens (1)?" in result.output
    assert len(json.loads(club("token", "list", "--json").output)) == 2
    club("service", "delete", "club", "--yes")
    assert [row["service"] for row in json.loads(club("token", "list", "--json").output)] == ["demo"]
    assert "there is no service club" in club("service", "show", "club", ok=False).output


def test_a_built_in_service_is_disabled_and_not_deleted(demo: Run, tmp_path: Path) -> None:
    with session(tmp_path) as db:
        db.execute(text("UPDATE services SET component = 'core_user' WHERE shortname = 'demo'"))
        db.commit()
    output = demo("service", "delete", "demo", "--yes", ok=False).output
    assert "comes with core_user" in output
    assert "gateway service change demo --disabled" in output
    for command in (("add", "demo", SITE_INFO), ("remove", "demo", SITE_INFO)):
        assert "make a service of your own" in demo("service", *command, ok=False).output
    demo("service", "change", "demo", "--disabled")
    assert show(demo, "demo")["enabled"] is False


def test_services_are_listed(club: Run) -> None:
    rows = json.loads(club("service", "list", "--json").output)
    shipped = len(Registry(find_components(None)).functions)
    assert {row["shortname"]: row["functions"] for row in rows} == {
        "demo": shipped,
        "club": 1,
        "moodle_mobile_app": 2,
    }
    assert "The club" in club("service", "list").output
    assert SITE_INFO in club("service", "show", "club").output


def test_a_short_name_comes_before_the_name_of_another(club: Run) -> None:
    club("service", "create", "other", "--name", "club")
    assert show(club, "club")["name"] == "The club"
    assert show(club, "The club")["shortname"] == "club"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("create", "demo"), 1, "the short name demo is taken"),
        (("create", "a club"), 1, "the short name a club is not made of"),
        (("create", ""), 1, "the short name is empty"),
        (
            ("create", "club", "--name", "Demo service"),
            1,
            "the name Demo service is taken by another service",
        ),
        (("create", "club", "--name", " "), 1, "the name is empty"),
        (("create", "club", "--name", "a" * 201), 1, "the name is longer than 200 characters"),
        (
            ("create", "club", "--required-capability", "moodle/user:creat"),
            1,
            "there is no capability moodle/user:creat; did you mean moodle/user:create",
        ),
        (("create", "club", "--origin", "example.org"), 1, "example.org is no origin"),
        (("create", "club", "--origin", "https://example.org/"), 1, "https://example.org/ is no origin"),
        (("create", "club", "--origin", "null"), 1, "null is no origin"),
        (("create", "club", "--origin", "https://example.org:443"), 1, "leave out the port"),
        (("change", "demo"), 2, "Say what to change"),
        (("change", "dmo", "--enabled"), 1, "there is no service dmo; did you mean demo?"),
        (("add", "demo", "core_user_create_user"), 1, "did you mean core_user_create_users"),
        (("add", "demo"), 2, "Missing argument"),
        (("remove", "demo", "core_user_nothing"), 1, "there is no function in the service demo called"),
        (("authorise", "demo", "nobody"), 1, "there is no user nobody"),
        (("authorise", "nothing", "wsuser"), 1, "there is no service nothing"),
        (("authorise", "demo", "wsuser", "--ip", "10.0.0"), 1, "10.0.0 is no address"),
        (("authorise", "demo", "wsuser", "--days", "0"), 2, "0 is not in the range"),
        (("unauthorise", "demo", "wsuser"), 1, "wsuser is not among the users of the service demo"),
        (("delete", "nothing", "--yes"), 1, "there is no service nothing"),
    ],
)
def test_an_error_is_one_clear_line(demo: Run, arguments: tuple[str, ...], status: int, message: str) -> None:
    result = demo("service", *arguments, ok=False)
    assert result.exit_code == status
    assert message in result.output
