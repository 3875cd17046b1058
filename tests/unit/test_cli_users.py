"""`gateway user`: accounts are made, changed, given passwords, deleted; nothing that is secret is shown again."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.credentials import verify_password
from gateway.store import Token, User
from tests.support.command import Run, request, session, works

SECRET = "Corr3ct-horse"
TWICE = f"{SECRET}\n{SECRET}\n"


def user(folder: Path, username: str) -> User:
    with session(folder) as db:
        return db.scalars(select(User).where(User.username == username)).one()


def show(run: Run, username: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(run("user", "show", username, "--json").output)
    return shown


def get_token(folder: Path, username: str, password: str) -> tuple[int, dict[str, Any]]:
    """What `/token` answers."""
    values = {"username": username, "password": password, "service": "demo"}
    response = request(folder, "/token", json.dumps(values).encode())
    return response.status, json.loads(response.body)


@pytest.mark.parametrize(
    ("option", "typed"),
    [((), TWICE), (("--password-stdin",), f"{SECRET}\n"), (("--password-stdin",), SECRET)],
)
def test_a_new_user_has_the_password_that_was_typed(
    fresh: Run, tmp_path: Path, option: tuple[str, ...], typed: str
) -> None:
    names = ("--firstname", "Ann", "--lastname", "Teak", "--email", "ann@example.org")
    output = fresh("user", "create", "ann", *names, *option, typed=typed).output
    made = user(tmp_path, "ann")
    assert verify_password(made.password_hash, SECRET)
    assert (made.firstname, made.lastname, made.email) == ("Ann", "Teak", "ann@example.org")
    assert (made.auth, made.confirmed, made.administrator) == ("manual", True, False)
    assert made.password_changed_at is not None
    assert SECRET not in output
    assert output.endswith("The user ann is made.\n")


def test_a_password_that_is_mistyped_is_asked_for_again(fresh: Run, tmp_path: Path) -> None:
    output = fresh("user", "create", "ann", typed=f"one\ntwo\n{TWICE}").output
    assert "do not match" in output
    assert verify_password(user(tmp_path, "ann").password_hash, SECRET)


def test_a_random_password_is_printed_once_and_alone(fresh: Run, tmp_path: Path) -> None:
    result = fresh("user", "create", "ann", "--random-password", "--administrator", "--rate-limit", "60")
    made = user(tmp_path, "ann")
    assert verify_password(made.password_hash, result.stdout.strip())
    assert (made.administrator, made.rate_limit) == (True, 60)
    assert result.stderr == "The user ann is made.\n"
    assert result.stdout.strip() not in fresh("user", "show", "ann").output


@pytest.mark.parametrize("option", [("--no-password",), ("--auth", "nologin")])
def test_who_needs_no_password_is_asked_for_none(fresh: Run, tmp_path: Path, option: tuple[str, ...]) -> None:
    assert fresh("user", "create", "erp", *option).output == "The user erp is made.\n"
    assert user(tmp_path, "erp").password_hash is None


def test_a_user_is_changed_by_what_is_named_and_by_nothing_else(fresh: Run, tmp_path: Path) -> None:
    fresh("user", "create", "ann", "--no-password", "--email", "ann@example.org")
    fresh("user", "change", "ann", "--suspended", "--not-confirmed", "--rate-limit", "5", "--administrator")
    changed = user(tmp_path, "ann")
    assert (changed.suspended, changed.confirmed, changed.rate_limit) == (True, False, 5)
    assert changed.administrator is True
    fresh("user", "change", "ann", "--auth", "webservice", "--force-password-change", "--rate-limit", "0")
    changed = user(tmp_path, "ann")
    assert (changed.auth, changed.force_password_change, changed.rate_limit) == ("webservice", True, None)
    assert (changed.suspended, changed.confirmed, changed.administrator) == (True, False, True)
    assert changed.email == "ann@example.org"
    fresh("user", "change", "ann", "--not-suspended", "--confirmed", "--not-administrator")
    changed = user(tmp_path, "ann")
    assert (changed.suspended, changed.confirmed, changed.administrator) == (False, True, False)


@pytest.mark.parametrize("ends", ["true", "false"])
def test_a_new_password_ends_the_tokens_that_came_with_the_old_one(
    demo: Run, tmp_path: Path, ends: str
) -> None:
    """CVE-2016-7038: tokens survive a password change."""
    demo("config", "set", "passwords", "true")
    demo("config", "set", "password_change_ends_tokens", ends)
    demo("role", "allow", "webserviceuser", "moodle/webservice:createtoken")
    demo("user", "password", "wsuser", "--password-stdin", typed=SECRET)
    status, got = get_token(tmp_path, "wsuser", SECRET)
    assert status == 200
    made = json.loads((tmp_path / "demo.json").read_text())["token"]
    demo("user", "change", "wsuser", "--force-password-change")
    assert not works(tmp_path, made)
    output = demo("user", "password", "wsuser", typed="N3w-horse\nN3w-horse\n").output
    assert ("; 1 token is revoked." in output) is (ends == "true")
    assert works(tmp_path, got["token"]) is (ends == "false")
    assert works(tmp_path, made)  # an administrator made it
    assert user(tmp_path, "wsuser").force_password_change is False
    status, again = get_token(tmp_path, "wsuser", "N3w-horse")
    assert status == 200
    assert (again["token"] == got["token"]) is (ends == "false")


def test_a_new_password_starts_its_age_anew(demo: Run, tmp_path: Path) -> None:
    demo("config", "set", "password_max_age_days", "30")
    with session(tmp_path) as db:
        found = db.scalars(select(User).where(User.username == "wsuser")).one()
        found.password_changed_at = found.password_expires_at = found.created_at.replace(year=2020)
        db.commit()
    why = ("why", "--token", "1", "--function", "core_webservice_get_site_info")
    assert "gateway user password wsuser" in demo(*why, ok=False).output
    result = demo("user", "password", "wsuser", "--random-password")
    assert verify_password(user(tmp_path, "wsuser").password_hash, result.stdout.strip())
    demo(*why)


def test_a_deleted_user_keeps_his_name_and_loses_his_tokens(demo: Run, tmp_path: Path) -> None:
    token = json.loads((tmp_path / "demo.json").read_text())["token"]
    assert works(tmp_path, token)
    assert demo("user", "delete", "wsuser", typed="n\n", ok=False).output.endswith("Aborted!\n")
    assert works(tmp_path, token)
    output = demo("user", "delete", "wsuser", typed="y\n").output
    assert output.endswith("The user wsuser is deleted; 1 token is revoked.\n")
    assert not works(tmp_path, token)
    with session(tmp_path) as db:
        assert db.scalars(select(Token.revoked_at)).one() is not None
    assert (
        "belonged to a user who was deleted"
        in demo("user", "create", "wsuser", "--no-password", ok=False).output
    )
    names = {row["username"]: row["state"] for row in json.loads(demo("user", "list", "--json").output)}
    assert "wsuser" not in names
    rows = json.loads(demo("user", "list", "--all", "--json").output)
    assert [row["state"] for row in rows if row["username"] == "wsuser"] == ["deleted"]


def test_users_are_listed_and_shown_without_secrets(demo: Run, tmp_path: Path) -> None:
    demo("service", "create", "club")
    demo("service", "authorise", "club", "wsuser")
    demo("role", "assign", "teacher", "wsuser")
    shown = show(demo, "wsuser")
    assert shown["roles"] == ["user in system, as everybody", "teacher in system", "webserviceuser in system"]
    assert shown["authorised_for"] == ["club"]
    assert len(shown["tokens"]) == 1
    assert "$argon2" not in demo("user", "show", "wsuser").output + json.dumps(shown)
    listing = demo("user", "list").output
    assert listing.splitlines()[0].split() == [
        *("id", "username", "name", "auth", "state", "administrator", "last_access")
    ]
    assert [line for line in listing.splitlines() if " admin " in line and " yes" in line]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("create", "wsuser", "--no-password"), 1, "the user name wsuser is taken"),
        (("create", "Ann", "--no-password"), 1, "the user name Ann is not a user name"),
        (("create", "", "--no-password"), 1, "the user name is empty"),
        (("create", "a" * 101, "--no-password"), 1, "the user name is longer than 100 characters"),
        (("create", "ann", "--no-password", "--email", "ann"), 1, "ann is not an e-mail address"),
        (("create", "ann", "--no-password", "--firstname", "a" * 101), 1, "longer than 100 characters"),
        (("create", "ann", "--auth", "manuel"), 1, "no authentication backend manuel; did you mean manual?"),
        (("create", "ann", "--password-stdin"), 1, "the password is empty"),
        (("create", "ann", "--no-password", "--random-password"), 2, "--no-password stands alone"),
        (("create", "ann", "--password-stdin", "--random-password"), 2, "not both"),
        (("create", "ann"), 1, "Aborted!"),
        (("change", "wsuser"), 2, "Say what to change"),
        (("change", "wsusr", "--suspended"), 1, "there is no user wsusr; did you mean wsuser"),
        (("change", "wsuser", "--auth", "oauth"), 1, "there is no authentication backend oauth"),
        (("change", "wsuser", "--rate-limit", "-1"), 2, "-1 is not in the range"),
        (("password", "nobody"), 1, "there is no user nobody"),
        (("password", "wsuser", "--password-stdin"), 1, "the password is empty"),
        (("delete", "nobody", "--yes"), 1, "there is no user nobody"),
        (("show", "nobody"), 1, "there is no user nobody"),
    ],
)
def test_an_error_is_one_clear_line(demo: Run, arguments: tuple[str, ...], status: int, message: str) -> None:
    result = demo("user", *arguments, ok=False)
    assert result.exit_code == status
    assert message in result.output


def test_a_password_that_is_kept_elsewhere_is_not_set_here(demo: Run, tmp_path: Path) -> None:
    with session(tmp_path) as db:
        db.scalars(select(User).where(User.username == "wsuser")).one().auth = "elsewhere"
        db.commit()
    result = demo("user", "password", "wsuser", typed=TWICE, ok=False)
    assert "change it where the backend elsewhere has it" in result.output
