"""What keeps a real OpenLDAP from judging: TLS, settings, referrals. Never a wrong password, and never counted."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.store import Counter
from tests.accounts.conftest import Office
from tests.accounts.openldap import (
    GATEWAY_DN,
    GATEWAY_PASSWORD,
    PASSWORD,
    OpenLDAP,
    Person,
    directory,
)

PEOPLE = (
    Person("jane", ["mail: jane@example.org"]),
    Person("mallory", ["mail: jim"]),
    Person("open", place="public"),
)
OpenOffice = Callable[..., Office]


@pytest.fixture(scope="module")
def openldap() -> Iterator[OpenLDAP]:
    """A directory that takes passwords under TLS only."""
    with directory(*PEOPLE, strength=128) as server:
        yield server


@pytest.fixture
def office(openldap: OpenLDAP, open_office: OpenOffice, tmp_path: Path) -> Office:
    """A site that asks it as it should."""
    secret = tmp_path / "ldap.password"
    secret.write_text(GATEWAY_PASSWORD)
    office = open_office(
        url=openldap.url, ca_file=openldap.certificate, bind_dn=GATEWAY_DN, password_file=secret
    )
    office.employ("jane", "jim", "open")
    return office


def _unavailable(office: Office, caplog: pytest.LogCaptureFixture, username: str = "jane") -> str:
    """Why the directory could not be asked, as the log says."""
    caplog.clear()
    with caplog.at_level(logging.WARNING, "gateway.accounts"):
        assert office.refusal(username).errorcode == "authunavailable"
    assert office.site.count(Counter) == 0
    return caplog.records[-1].getMessage()


def test_tls_by_either_way(office: Office, openldap: OpenLDAP) -> None:
    assert office.call("jane").status == 200
    office.site.gateway.passwords._right.clear()
    office.configure(url=openldap.tls_url)
    assert office.call("jane").status == 200


def test_a_directory_that_wants_tls(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.configure(start_tls=False)
    assert "the bind of ldap_bind_dn with confidentialityRequired" in _unavailable(office, caplog)


@pytest.mark.parametrize("tls", ["ldaps", "starttls"])
def test_a_certificate_of_a_stranger(
    office: Office, openldap: OpenLDAP, tls: str, caplog: pytest.LogCaptureFixture
) -> None:
    office.configure(url=openldap.tls_url if tls == "ldaps" else openldap.url, ca_file="")
    assert "self-signed certificate" in _unavailable(office, caplog)


@pytest.mark.parametrize("tls", ["ldaps", "starttls"])
def test_a_certificate_for_another_name(
    office: Office, openldap: OpenLDAP, tls: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = openldap.tls_url if tls == "ldaps" else openldap.url
    office.configure(url=url.replace("localhost", "127.0.0.1"))
    assert "IP address mismatch" in _unavailable(office, caplog)


def test_the_password_of_who_searches(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "ldap.password"
    for content, reason in (
        ("wrong", "ldap_bind_dn with invalidCredentials"),
        ("\n", "ldap_password_file is empty"),
    ):
        secret.write_text(content)
        assert reason in _unavailable(office, caplog)
    secret.unlink()
    assert "ldap_password_file: No such file" in _unavailable(office, caplog)


def test_whoever_searches_needs_no_name_where_everybody_may_read(office: Office) -> None:
    office.configure(bind_dn="", base="ou=public,dc=example,dc=org")
    assert office.call("open").status == 200
    assert office.refusal("open", "not his").errorcode == "wrongusernamepassword"


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ("ou=nowhere,dc=example,dc=org", "answers a search below ldap_base with noSuchObject"),
        ("ou=elsewhere,dc=example,dc=org", "answers a search below ldap_base with referral"),
    ],
)
def test_a_base_that_is_not_there(
    office: Office, base: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    office.configure(base=base)
    assert reason in _unavailable(office, caplog)


def test_a_filter_that_finds_several(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.configure(filter="(|(uid={username})(uid=mallory))")
    assert "ldap_filter finds several entries for jane" in _unavailable(office, caplog)


def test_a_filter_that_is_none(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.configure(filter="(&(uid={username})(a))")
    assert "LDAPInvalidFilterError" in _unavailable(office, caplog)


def test_an_entry_passes_for_another_only_if_the_filter_alone_decides(office: Office) -> None:
    """mallory has written jim's name where the filter looks."""
    office.configure(filter="(|(uid={username})(mail={username}))")
    assert office.call("jim").status == 200
    office.site.gateway.passwords._right.clear()
    office.configure(username="uid")
    assert office.refusal("jim").errorcode == "wrongusernamepassword"
    assert office.call("jane").status == 200


def test_a_directory_that_stops_and_comes_back(
    office: Office, openldap: OpenLDAP, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.accounts.ldap.PAUSE_SECONDS", 0.0)
    office.configure(url=openldap.url.replace("localhost", "127.0.0.1"))  # one address, one socket
    openldap.stop()
    try:
        assert "Connection refused" in _unavailable(office, caplog)
    finally:
        openldap.start()
    office.configure(url=openldap.url)
    assert office.call("jane", PASSWORD).status == 200
