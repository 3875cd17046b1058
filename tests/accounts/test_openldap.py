"""What a real OpenLDAP says of passwords, and what callers hear: every answer of its password policy, through bytes."""

import logging
import re
import shlex
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway import administration
from gateway.cli import main
from gateway.explain import why
from gateway.facts import utc_now
from gateway.settings import Settings
from tests.accounts.conftest import Office
from tests.accounts.openldap import (
    BASE,
    GATEWAY_DN,
    GATEWAY_PASSWORD,
    MAX_AGE,
    PASSWORD,
    OpenLDAP,
    Person,
    directory,
    generalized,
)
from tests.support.site import SERVICE
from tests.support.wire import FORM

NOW = datetime.now(UTC)
OLD = generalized(NOW - 2 * MAX_AGE)
LEFT = timedelta(days=2)
PEOPLE = (
    Person("jane", ["givenName: Jane", "sn:: RMO2w6k=", "mail: jane@example.org", "employeeNumber: 4711"]),
    Person("odd", ["givenName: <b>Odd</b>", f"sn: {'x' * 101}", "mail: nobody in particular"]),
    Person("expired", [f"pwdChangedTime: {OLD}"]),
    Person("renewed", [f"pwdChangedTime: {OLD}"]),
    Person("graceful", [f"pwdChangedTime: {OLD}", "pwdPolicySubentry: cn=graceful,dc=example,dc=org"]),
    Person("locked", ["pwdAccountLockedTime: 000001010000Z"]),
    Person("reset", ["pwdReset: TRUE"]),
    Person("soon", [f"pwdChangedTime: {generalized(NOW - MAX_AGE + LEFT)}"]),
    Person("keyless", password=""),
)
SAME_ANSWER = "There is no user {}, or the password is not his"


@pytest.fixture(scope="module")
def openldap() -> Iterator[OpenLDAP]:
    """A directory with everybody in it."""
    with directory(*PEOPLE) as server:
        yield server


@pytest.fixture
def office(openldap: OpenLDAP, open_office: Callable[..., Office], tmp_path: Path) -> Office:
    """A site that asks it, under TLS; everybody has an account."""
    secret = tmp_path / "ldap.password"
    secret.write_text(f"{GATEWAY_PASSWORD}\n")
    office = open_office(
        url=openldap.url, ca_file=openldap.certificate, bind_dn=GATEWAY_DN, password_file=secret
    )
    office.employ(*(person.uid for person in PEOPLE))
    return office


PAGE = Path(__file__).parents[2] / "docs/how-to/ldap.md"
"""How an administrator sets it up."""


def test_the_page_sets_it_up(office: Office, openldap: OpenLDAP, tmp_path: Path) -> None:
    """Its commands, with the addresses and files of this place."""
    (commands,) = re.findall(r"<!-- commands -->\n```sh\n(.*?)\n```", PAGE.read_text("utf-8"), re.DOTALL)
    for name in Settings.__struct_fields__:
        if name.startswith("ldap_") and name != "ldap_ca_file":
            office.site.set(name, str(getattr(Settings(), name)).replace("True", "true"))
    moves = {
        "ldap://ldap.example.org": openldap.url,
        "/etc/ssl/certs/example-ca.pem": str(openldap.certificate),
        "/etc/gateway/ldap.password": str(tmp_path / "ldap.password"),
        "user create jane": "user create someone",
    }
    for old, new in moves.items():
        assert old in commands
        commands = commands.replace(old, new)
    for command in commands.splitlines():
        ran = CliRunner().invoke(
            main, ["--database", office.site.url, "--folder", str(tmp_path), *shlex.split(command)[1:]]
        )
        assert ran.exit_code == 0, ran.output
    office.site.grant("someone", office.site.capabilities())
    assert office.call("someone", "not his").status == 401
    assert office.call("jane").status == 200


def test_the_right_password_calls_and_brings_what_the_directory_knows(office: Office) -> None:
    assert office.call("jane").status == 200
    jane = office.user("jane")
    assert (jane.firstname, jane.lastname, jane.email) == ("Jane", "Döé", "jane@example.org")
    assert (jane.idnumber, jane.password_expires_at, jane.password_hash) == ("", None, None)


def test_only_what_is_mapped_comes(office: Office) -> None:
    office.site.change_user("jane", firstname="Kept", idnumber="kept")
    office.configure(firstname="", email="", idnumber="employeeNumber")
    assert office.call("jane").status == 200
    jane = office.user("jane")
    assert (jane.firstname, jane.lastname, jane.email, jane.idnumber) == ("Kept", "Döé", "", "4711")


def test_what_no_column_takes_changes_nothing(office: Office) -> None:
    before = {"firstname": "Ann", "lastname": "Odd", "email": "ann@example.org", "idnumber": "1"}
    office.site.change_user("odd", **before)
    office.configure(idnumber="employeeNumber")
    assert office.call("odd").status == 200
    odd = office.user("odd")
    assert {name: getattr(odd, name) for name in before} == before


def test_what_has_not_changed_is_not_written(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert office.call("jane").status == 200
    written: list[object] = []
    monkeypatch.setattr(
        office.site.gateway.identification, "_change", lambda _, values: written.append(values)
    )
    office.site.gateway.passwords._right.clear()  # a minute has passed
    assert office.call("jane").status == 200
    assert written == []
    office.site.change_user("jane", email="old@example.org")
    office.site.gateway.passwords._right.clear()
    assert office.call("jane").status == 200
    assert written == [{"email": "jane@example.org"}]


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("jane", "not hers"),
        ("jane", PASSWORD.upper()),
        ("jane", f"{PASSWORD} "),
        ("jane", "\N{SOFT HYPHEN}"),  # RFC 4013 makes an empty password of it
        ("jane", "\0"),
        ("locked", PASSWORD),
        ("locked", "not his"),
        ("expired", "not his"),
        ("reset", "not his"),
        ("keyless", PASSWORD),
        ("gone", PASSWORD),
        ("nobody", PASSWORD),
    ],
)
def test_a_wrong_password_is_one_answer_for_all(office: Office, username: str, password: str) -> None:
    """Of an account that the directory lacks (gone), or that is locked; of a name that nobody has."""
    office.employ("gone")
    seen = office.refusal(username, password)
    assert (seen.errorcode, seen.message) == ("wrongusernamepassword", "Wrong username or password")
    assert seen.cause == SAME_ANSWER.format(username)


def _element(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes([tag, len(content)]) + content


def test_the_directory_lets_in_whoever_has_an_empty_password(openldap: OpenLDAP) -> None:
    """As nobody, but it says success (RFC 4513, section 5.1.2): that is why none is ever sent."""
    dn, empty = _element(0x04, f"uid=jane,{BASE}".encode()), _element(0x80)
    bind = _element(0x60, _element(0x02, b"\x03"), dn, empty)
    with socket.create_connection(("localhost", openldap.port), 10) as connection:
        connection.sendall(_element(0x30, _element(0x02, b"\x01"), bind))
        answer = connection.recv(100)
    assert answer == _element(0x30, _element(0x02, b"\x01"), bytes.fromhex("61 07 0a 01 00 04 00 04 00"))


def test_that_an_account_is_locked_is_in_the_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "gateway.accounts"):
        assert office.refusal("locked").errorcode == "wrongusernamepassword"
    assert "the directory has locked the account of locked" in caplog.text


def test_wrong_passwords_are_counted(office: Office) -> None:
    codes = [office.refusal("jane", "not hers").errorcode for _ in range(6)]
    assert codes == ["wrongusernamepassword"] * 5 + ["toomanyattempts"]
    assert office.call("odd").status == 200


@pytest.mark.parametrize("username", ["expired", "graceful"])
def test_a_password_that_has_expired(office: Office, username: str) -> None:
    """Who has a token of his is refused from then on."""
    token = office.site.add_token(username)
    assert office.with_token(token).status == 200
    seen = office.refusal(username)
    assert (seen.exception, seen.errorcode) == ("webservice_access_exception", "accessexception")
    assert seen.cause.startswith(f"The password of {username} expired on {utc_now():%Y-%m-%d} ")
    assert b"expired on" in office.with_token(token).body
    assert office.refusal(username, "not his").errorcode == "wrongusernamepassword"


def test_a_password_that_was_renewed(office: Office, openldap: OpenLDAP) -> None:
    token = office.site.add_token("renewed")
    assert "expired" in office.refusal("renewed").cause
    openldap.modify(
        "renewed",
        "replace: userPassword",
        "userPassword: an0ther-Horse",
        "-",
        "replace: pwdChangedTime",
        f"pwdChangedTime: {generalized(datetime.now(UTC))}",
    )
    assert office.with_token(token).status == 403  # until he comes with it
    assert office.call("renewed", "an0ther-Horse").status == 200
    assert office.with_token(token).status == 200


def test_a_password_that_was_reset_must_be_changed(office: Office) -> None:
    token = office.site.add_token("reset")
    seen = office.refusal("reset")
    assert (seen.errorcode, seen.cause) == (
        "accessexception",
        "The user reset must change his password first",
    )
    assert office.with_token(token).status == 403
    assert not office.user("reset").force_password_change  # that is the administrator's to set
    gateway = office.site.gateway
    findings = why(office.site.engine, gateway.registry, gateway.passwords.backends, secret=token)
    (finding,) = [each for each in findings if each.number == "12"]
    assert finding.remedy == "reset changes it where the backend ldap has it, and comes with it once"


def test_a_password_that_expires_soon(office: Office) -> None:
    assert office.call("soon").status == 200
    expires_at = office.user("soon").password_expires_at
    assert expires_at is not None
    assert abs(expires_at - (NOW + LEFT)) < timedelta(minutes=1)
    office.site.gateway.passwords._right.clear()  # a minute has passed
    assert office.call("soon").status == 200
    assert office.user("soon").password_expires_at == expires_at


def _ask(office: Office, path: str, username: str) -> bytes:
    body = f"username={username}&password={PASSWORD}&service={SERVICE}".encode()
    return office.site.post(path, body, FORM, token="").body


def test_the_token_endpoints(office: Office) -> None:
    assert b'"token":' in _ask(office, "/token", "jane")
    assert b'"token":' in _ask(office, "/login/token.php", "jane")
    assert b'"passwordisexpired"' in _ask(office, "/login/token.php", "expired")
    assert b'"forcepasswordchangenotice"' in _ask(office, "/login/token.php", "reset")
    assert b'"usernamenotfound"' in _ask(office, "/login/token.php", "locked")
    assert b"must change his password" in _ask(office, "/token", "reset")


NAMES = (
    "*",
    "j*",
    "jane)(uid=*",
    "*)(objectClass=*",
    r"\6aane",
    "jane\0",
    "jane)",
    "(jane",
    r"jane\29",
    " jane",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_user_name_is_no_filter(office: Office, name: str) -> None:
    """Even if an account has such a name: jane's password does not open it."""
    office.employ(name)
    if name == " jane":  # LDAP itself takes no notice of such spaces (RFC 4518, section 2.6)
        office.configure(username="uid")
    login = office.site.gateway.facts.login(name)
    assert login is not None
    assert not office.site.gateway.passwords.verify(login.account, PASSWORD).right


def test_a_backend_that_is_not_enabled(office: Office) -> None:
    office.site.set("auth", "manual")
    cause = "The authentication ldap of jane is disabled (the setting auth does not list it)"
    assert office.refusal("jane").cause == cause
    assert office.refusal("jane", "not hers").errorcode == "wrongusernamepassword"


def test_its_password_is_not_changed_here(office: Office) -> None:
    backends = office.site.gateway.passwords.backends
    with (
        office.site.write() as db,
        pytest.raises(administration.AdministrationError, match="the backend ldap has it"),
    ):
        administration.set_password(db, "jane", "new", backends, utc_now())
