"""The `gateway` command: what it does, and that every error is one clear line without a traceback."""

import json
import re
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click import Group
from click.testing import CliRunner
from sqlalchemy import select, text

from gateway.cli import main
from gateway.serve import url_of
from gateway.store import CallRecord, Service, ServiceFunction, Token, User
from tests.support.command import Run, forget_local_plugins, session


def test_init_makes_the_database_and_the_site_key_and_can_be_repeated(run: Run, tmp_path: Path) -> None:
    run("init")
    key = (tmp_path / "site.key").read_bytes()
    run("init")
    assert len(key) == 32
    assert (tmp_path / "site.key").read_bytes() == key
    assert (tmp_path / "site.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "gateway.db").stat().st_mode & 0o777 == 0o600


def test_a_readable_site_key_is_refused(run: Run, tmp_path: Path) -> None:
    run("init")
    (tmp_path / "site.key").chmod(0o644)
    assert "can be read by others" in run("init", ok=False).output


def test_the_demo_site_holds_what_a_visitor_needs(demo: Run, tmp_path: Path) -> None:
    content = json.loads((tmp_path / "demo.json").read_text())
    with session(tmp_path) as db:
        names = db.scalars(select(User.username)).all()
        functions = set(db.scalars(select(ServiceFunction.function)))
        assert db.scalar(select(User.administrator).where(User.username == content["admin"]["username"]))
    assert len([name for name in names if name.startswith("user")]) == 20
    assert functions == {line.split()[0] for line in demo("functions").output.splitlines()[1:]}
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_demo_keep_keeps_what_still_works_and_renews_what_was_lost(demo: Run, tmp_path: Path) -> None:
    file = tmp_path / "demo.json"
    first = json.loads(file.read_text())
    demo("demo", "--keep", "--url", "http://127.0.0.1:9999")
    kept = json.loads(file.read_text())
    assert kept == first | {"url": "http://127.0.0.1:9999"}
    file.unlink()
    demo("demo", "--keep")
    renewed = json.loads(file.read_text())
    assert renewed["token"] != first["token"]
    assert renewed["admin"]["password"] != first["admin"]["password"]
    with session(tmp_path) as db:
        assert len(db.scalars(select(Token.id)).all()) == 1


def test_demo_prints_no_secret(demo: Run, tmp_path: Path) -> None:
    output = demo("demo").output + demo("demo", "--keep").output
    content = json.loads((tmp_path / "demo.json").read_text())
    for secret in (content["token"], content["admin"]["password"], content["user"]["password"]):
        assert secret not in output


def test_an_administrators_settings_of_a_built_in_service_survive(run: Run, tmp_path: Path) -> None:
    plugin = tmp_path / "local" / "shop" / "__init__.py"
    plugin.parent.mkdir(parents=True)
    source = (
        "from gateway import READ, Component, ServiceDefault, function\n"
        "@function('shop_tea', effect=READ)\n"
        "def tea() -> str:\n    return 'tea'\n"
        "component = Component('shop', functions=[tea], services=[ServiceDefault('shop', 'Shop', %s)])\n"
    )
    plugin.write_text(source % "()")
    run("init")
    with session(tmp_path) as db:
        change = "UPDATE services SET enabled = 1, required_capability = 'a/b:c', name = 'Mine'"
        db.execute(text(f"{change} WHERE shortname = 'shop'"))
        db.commit()
    plugin.write_text(source % "('shop_tea',)")
    forget_local_plugins()
    run("init")
    with session(tmp_path) as db:
        service = db.scalars(select(Service).where(Service.shortname == "shop")).one()
        assert (service.enabled, service.required_capability, service.name) == (True, "a/b:c", "Mine")
        functions = select(ServiceFunction.function).where(ServiceFunction.service_id == service.id)
        assert db.scalars(functions).all() == ["shop_tea"]
    forget_local_plugins()


def test_a_token_is_shown_once_and_can_be_listed_and_revoked(demo: Run, tmp_path: Path) -> None:
    secret = demo(
        "token", "create", "--user", "wsuser", "--service", "demo", "--ip", "10.0.0.0/8", "--days", "3"
    ).output
    assert re.fullmatch(r"[0-9a-f]{32}\n", secret)
    listing = demo("token", "list").output
    assert secret.strip() not in listing
    assert f"{secret[:8]}..." in listing
    rows = json.loads(demo("token", "list", "--json").output)
    assert [row["ip"] for row in rows] == [None, "10.0.0.0/8"]
    demo("token", "revoke", secret[:8], "--yes")
    assert len(json.loads(demo("token", "list", "--json").output)) == 1
    demo("token", "revoke", str(rows[0]["id"]), typed="y\n")
    assert json.loads(demo("token", "list", "--json").output) == []


def test_settings_are_read_and_changed(demo: Run) -> None:
    assert demo("config", "get", "debug").output == "0\n"
    demo("config", "set", "debug", "developer")
    assert demo("config", "get", "debug").output == "32767\n"
    demo("config", "set", "protocols", "rest, soap")
    assert json.loads(demo("config", "get", "protocols").output) == ["rest", "soap"]
    everything = demo("config", "get").output
    assert all(name in everything for name in ("webservices = true", "call_log_days = 90", "namespace"))


def test_why_explains_a_refusal_by_id_prefix_and_secret(demo: Run, tmp_path: Path) -> None:
    secret = json.loads((tmp_path / "demo.json").read_text())["token"]
    arguments = ["--function", "core_user_create_users", "--protocol", "soap"]
    assert "failed" not in demo("why", "--token", "1", *arguments).output
    demo("config", "set", "protocols", "rest")
    for name, given in (("1", ""), (secret[:8], ""), ("-", f"{secret}\n")):
        result = demo("why", "--token", name, *arguments, typed=given, ok=False)
        assert result.exit_code == 1
        assert "  2  failed" in result.output
        assert "remedy: gateway protocol enable soap" in result.output
        assert secret not in result.output
    findings = json.loads(demo("why", "--token", "1", *arguments, "--json", ok=False).output)
    assert [each["number"] for each in findings if each["outcome"] == "failed"] == ["2"]


def test_old_records_are_pruned(demo: Run, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with session(tmp_path) as db:
        for days in (0, 89, 91, 400):
            at = now - timedelta(days=days)
            record = CallRecord(
                request_id="x", at=at, protocol="rest", address="", outcome="ok", duration_us=1
            )
            db.add(record)
        db.commit()
    assert demo("calls", "prune").output.startswith("2 records")
    assert demo("calls", "prune", "--days", "10").output.startswith("1 records")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("token", "create", "--user", "nobody", "--service", "demo"), 1, "there is no user nobody"),
        (("token", "create", "--user", "wsuser", "--service", "none"), 1, "there is no service none"),
        (
            ("token", "create", "--user", "wsuser", "--service", "demo", "--ip", "10.0.0.300"),
            1,
            "10.0.0.300 is no address",
        ),
        (("token", "revoke", "zzzzzzzz", "--yes"), 1, "no token has the id"),
        (("config", "get", "colour"), 1, "there is no setting colour"),
        (("config", "set", "debug", "loud"), 1, "debug does not take 'loud'"),
        (("config", "set", "debug", "7"), 1, "debug takes none (0)"),
        (("config", "set", "public_url", "example.org/"), 1, "public_url starts with http"),
        (("config", "set", "namespace", "no uri"), 1, "namespace is an absolute URI"),
        (("config", "set", "wsdl_name", "my service"), 1, "wsdl_name is a name like Manifold"),
        (("why", "--token", "999"), 1, "no token has the id"),
        (("why", "--token", "1", "--protocol", "gopher"), 2, "choose from amf, rest, soap, xmlrpc"),
        (("call", "no_such_function"), 1, "no function is called no_such_function"),
        (("call", "core_webservice_get_site_info", "--url", "http://127.0.0.1:9"), 1, "does not answer"),
        (("call", "core_webservice_get_site_info", "--url", "ftp://host"), 1, "is no http or https address"),
        (("call", "core_user_get_users_by_field", "field=colour"), 1, "values: is missing"),
        (("call", "core_user_get_users_by_field", "field"), 1, "'field' is not NAME=VALUE"),
        (("call", "core_user_get_users_by_field", "--json", "[1]"), 1, "not a JSON object"),
        (("call", "core_user_get_users_by_field", "--protocol", "gopher"), 2, "choose from"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_an_error_is_one_clear_line(demo: Run, arguments: tuple[str, ...], status: int, message: str) -> None:
    result = demo(*arguments, ok=False)
    assert result.exit_code == status
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", [("config", "get"), ("demo",), ("serve",), ("token", "list"), ("wsdl",)])
def test_a_database_that_is_not_there_yet_is_said_so(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """And none is made: whoever stands in the wrong folder leaves nothing there."""
    before = set(tmp_path.iterdir())
    assert f"There is no database {tmp_path}/gateway.db: run `gateway init`" in run(*command, ok=False).output
    assert set(tmp_path.iterdir()) == before


def test_a_database_that_waits_for_migrations_is_said_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "gateway.db").touch()
    assert "is not up to date: run `gateway init`" in run("token", "list", ok=False).output


@pytest.mark.parametrize("shared", [True, False])
def test_an_address_where_somebody_listens_is_not_served(run: Run, shared: bool) -> None:
    """Not even one that could be shared, as granian's can: two gateways would answer in turn."""
    run("init")
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shared)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        output = run("serve", "--port", str(port), ok=False).output
    assert f"http://127.0.0.1:{port} cannot be served: Address already in use" in output


def test_an_address_that_is_not_this_machines_is_not_served(run: Run) -> None:
    run("init")
    assert "http://192.0.2.1:8080 cannot be served: " in run("serve", "--host", "192.0.2.1", ok=False).output


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    assert url_of("::1", 8080) == "http://[::1]:8080"
    assert url_of("localhost", 8080) == "http://localhost:8080"


def test_a_database_url_of_another_kind_is_refused(run: Run, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--database", "mysql://host/db", "--folder", str(tmp_path), "init"])
    assert result.exit_code == 1
    assert "not supported" in result.output


def test_a_broken_plugin_is_named(run: Run, tmp_path: Path) -> None:
    plugin = tmp_path / "local" / "broken" / "__init__.py"
    plugin.parent.mkdir(parents=True)
    plugin.write_text("raise RuntimeError('no tea')\n")
    output = run("init", ok=False).output
    assert "broken cannot be loaded: no tea" in output
    forget_local_plugins()


@pytest.mark.parametrize(
    "group", [(), *((name,) for name in main.commands if isinstance(main.commands[name], Group))]
)
def test_no_line_about_a_command_is_cut(run: Run, group: tuple[str, ...]) -> None:
    """On a terminal of 80 columns."""
    commands = run(*group, "--help").output.partition("Commands:")[2].splitlines()
    assert [line for line in commands if line.endswith("...")] == []


def test_help_says_what_each_command_does(run: Run) -> None:
    output = run("--help").output
    site = ("init", "demo", "serve", "functions", "call", "calls", "config", "why")
    for command in (*site, "user", "service", "role", "token", "protocol"):
        assert re.search(rf"^  {command} +\S", output, re.MULTILINE), command
