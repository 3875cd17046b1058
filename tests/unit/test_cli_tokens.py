"""`gateway token`: made, restricted, changed, rotated and revoked; a secret is seen once."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.store import Token
from tests.support.command import Run, request, session, works

MAKE = ("token", "create", "--user", "wsuser", "--service", "demo")


def rows(run: Run, *options: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(run("token", "list", "--json", *options).output)
    return listed


def token(folder: Path, number: int) -> Token:
    with session(folder) as db:
        return db.scalars(select(Token).where(Token.id == number)).one()


def test_a_token_has_the_limits_that_were_asked_for(demo: Run, tmp_path: Path) -> None:
    demo(*MAKE, "--ip", "10.0.0.0/8, 192.168.", "--until", "2099-01-31", "--rate-limit", "5")
    made = token(tmp_path, 2)
    assert (made.ip_restriction, made.rate_limit) == ("10.0.0.0/8, 192.168.", 5)
    assert made.valid_until == datetime(2099, 1, 31, tzinfo=UTC)
    demo(*MAKE, "--days", "3")
    until = token(tmp_path, 3).valid_until
    assert until is not None
    assert abs(until - datetime.now(UTC) - timedelta(days=3)) < timedelta(minutes=1)
    assert [row["rate_limit"] for row in rows(demo)] == [None, 5, None]


def test_a_token_is_changed_by_what_is_named(demo: Run, tmp_path: Path) -> None:
    secret = demo(*MAKE, "--ip", "10.0.0.1", "--rate-limit", "5", "--days", "1").output.strip()
    assert not works(tmp_path, secret)
    demo("token", "change", secret[:8], "--ip", "")
    assert works(tmp_path, secret)
    changed = token(tmp_path, 2)
    assert (changed.ip_restriction, changed.rate_limit) == (None, 5)
    assert changed.valid_until is not None
    demo("token", "change", "2", "--no-end", "--rate-limit", "0")
    changed = token(tmp_path, 2)
    assert (changed.valid_until, changed.rate_limit) == (None, None)
    demo("token", "change", "2", "--until", "2020-01-01T12:00:00")
    assert not works(tmp_path, secret)


def test_a_revoked_token_keeps_its_row(demo: Run, tmp_path: Path) -> None:
    secret = demo(*MAKE).output.strip()
    assert works(tmp_path, secret)
    demo("token", "revoke", "2", "--yes")
    assert not works(tmp_path, secret)
    assert [row["id"] for row in rows(demo)] == [1]
    everything = rows(demo, "--all")
    assert [row["id"] for row in everything] == [1, 2]
    assert everything[1]["revoked_at"] is not None
    for command in (("revoke", "2", "--yes"), ("rotate", "2"), ("change", "2", "--no-end")):
        assert "was revoked" in demo("token", *command, ok=False).output
    output = demo("why", "--token", "2", ok=False).output
    assert f" 4t  failed       the token is known\n     cause:  No token begins with {secret[:8]}" in output


def test_both_tokens_count_while_a_rotation_overlaps(demo: Run, tmp_path: Path) -> None:
    old = demo(*MAKE, "--ip", "127.0.0.1", "--rate-limit", "500").output.strip()
    result = demo("token", "rotate", old[:8], "--overlap", "2")
    new = result.stdout.strip()
    assert new != old
    assert works(tmp_path, old)
    assert works(tmp_path, new)
    until = token(tmp_path, 2).valid_until
    assert until is not None
    assert abs(until - datetime.now(UTC) - timedelta(hours=2)) < timedelta(minutes=1)
    made = token(tmp_path, 3)
    assert (made.ip_restriction, made.rate_limit, made.valid_until) == ("127.0.0.1", 500, None)
    assert "is valid until" in result.stderr
    with session(tmp_path) as db:  # two hours later
        db.scalars(select(Token).where(Token.id == 2)).one().valid_until = datetime.now(UTC)
        db.commit()
    assert not works(tmp_path, old)
    assert works(tmp_path, new)


def test_an_overlap_lengthens_no_life(demo: Run, tmp_path: Path) -> None:
    demo(*MAKE, "--days", "1")
    before = token(tmp_path, 2).valid_until
    demo("token", "rotate", "2", "--overlap", "100")
    assert token(tmp_path, 2).valid_until == before
    assert token(tmp_path, 3).valid_until == before
    demo("token", "change", "2", "--until", "2020-01-01")
    assert "has expired" in demo("token", "rotate", "2", ok=False).output


def test_without_overlap_the_old_token_is_revoked(demo: Run, tmp_path: Path) -> None:
    old = demo(*MAKE).output.strip()
    result = demo("token", "rotate", "2", "--overlap", "0")
    assert not works(tmp_path, old)
    assert works(tmp_path, result.stdout.strip())
    assert "is revoked" in result.stderr
    assert [row["id"] for row in rows(demo)] == [1, 3]


def test_rotating_a_token_that_came_with_a_password_makes_the_next_serial(demo: Run, tmp_path: Path) -> None:
    demo("config", "set", "passwords", "true")
    demo("role", "allow", "webserviceuser", "moodle/webservice:createtoken")
    password = demo("user", "password", "wsuser", "--random-password").stdout.strip()
    body = json.dumps({"username": "wsuser", "password": password, "service": "demo"}).encode()
    first = json.loads(request(tmp_path, "/token", body).body)["token"]
    result = demo("token", "rotate", first[:8])
    second = json.loads(request(tmp_path, "/token", body).body)["token"]
    assert second != first
    assert result.stdout == ""
    assert second not in result.output
    assert works(tmp_path, first)
    assert works(tmp_path, second)
    assert (token(tmp_path, 3).serial, token(tmp_path, 3).kind) == (2, "derived")


def test_the_demo_site_never_brings_a_revoked_token_back(demo: Run, tmp_path: Path) -> None:
    demo("config", "set", "passwords", "true")
    demo("role", "allow", "webserviceuser", "moodle/webservice:createtoken")
    for _ in range(2):
        known = json.loads((tmp_path / "demo.json").read_text())["user"]
        body = json.dumps({**known, "service": "demo"}).encode()
        got = json.loads(request(tmp_path, "/token", body).body)["token"]
        assert works(tmp_path, got)
        demo("demo")
        assert not works(tmp_path, got)


def test_a_token_is_shown_without_its_secret(demo: Run) -> None:
    secret = demo(*MAKE).output.strip()
    shown = json.loads(demo("token", "show", secret[:8], "--json").output)
    assert (shown["id"], shown["user"], shown["kind"]) == (2, "wsuser", "random")
    assert secret not in demo("token", "show", "2").output + json.dumps(shown)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ((*MAKE[1:], "--days", "1", "--no-end"), 2, "one of --days, --until and --no-end"),
        ((*MAKE[1:], "--until", "tomorrow"), 2, "does not match the format"),
        ((*MAKE[1:], "--ip", "10.0.0.9-1"), 1, "10.0.0.9-1 is no address"),
        (("change", "1"), 2, "Say what to change"),
        (("change", "1", "--ip", "10.0.0"), 1, "10.0.0 is no address"),
        (("change", "99", "--no-end"), 1, "no token has the id"),
        (("rotate", "99"), 1, "no token has the id"),
        (("rotate", "1", "--overlap", "-1"), 2, "not in the range"),
        (("show", "99"), 1, "no token has the id"),
    ],
)
def test_an_error_is_one_clear_line(demo: Run, arguments: tuple[str, ...], status: int, message: str) -> None:
    result = demo("token", *arguments, ok=False)
    assert result.exit_code == status
    assert message in result.output
