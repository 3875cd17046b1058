"""The backend ldap where no directory answers: nobody is told that his password is wrong, and nothing is counted."""

import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from gateway import settings
from gateway.accounts import Account, Backend, Verdict
from gateway.accounts.ldap import LDAP, PAUSE_SECONDS, LDAPAccounts
from gateway.accounts.local import BACKENDS
from gateway.faults import Fault
from gateway.plugins import find_backends
from gateway.protocol import Credentials
from gateway.settings import Settings
from gateway.store import Counter
from tests.access.bank import outcome
from tests.access.causes import PASSWORD_HASH
from tests.accounts.conftest import Office
from tests.accounts.openldap import PASSWORD
from tests.support.process import free_port
from tests.support.wire import fault_in

FACES = {"rest json": "rest", "soap 1.1": "soap", "xmlrpc": "xmlrpc", "amf": "amf"}
JANE = Account(7, "jane", "ldap", None)
OpenOffice = Callable[..., Office]


class Clock:
    """Monotonic seconds that stand still until a test moves them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A port that takes connections, and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def _url(listener: socket.socket) -> str:
    return f"ldap://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def absent(open_office: OpenOffice) -> Office:
    """Nothing listens where the directory should be."""
    office = open_office(url=f"ldap://127.0.0.1:{free_port()}")
    office.employ("jane")
    return office


def _why(caplog: pytest.LogCaptureFixture) -> str:
    return caplog.records[-1].getMessage()


def test_the_backend_is_found_as_it_is_installed() -> None:
    assert find_backends()["ldap"] is LDAP
    assert LDAP.for_site(Settings) is not LDAP
    assert all(backend.for_site(Settings) is backend for backend in BACKENDS.values())


@pytest.mark.parametrize("face", FACES)
def test_a_directory_that_is_down_is_no_wrong_password(absent: Office, face: str) -> None:
    answer = absent.call("jane", face=face)
    seen = fault_in(FACES[face], answer.body)
    assert (seen.exception, seen.errorcode) == ("moodle_exception", "authunavailable")
    assert seen.message == "The password cannot be checked at present, please try again later"
    assert seen.cause == "The directory of the backend ldap cannot be asked; the error log says why"
    assert answer.headers["Retry-After"] == "30"
    assert answer.status == {"rest": 503, "soap": 500}.get(FACES[face], 200)


def test_it_counts_as_no_failure(absent: Office) -> None:
    for _ in range(10):
        assert absent.refusal("jane").errorcode == "authunavailable"
    assert absent.site.count(Counter) == 0


def test_the_token_endpoints_say_so_too(absent: Office) -> None:
    form = b"username=jane&password=x&service=tests"
    sent = ("application/x-www-form-urlencoded", form)
    modern = absent.site.post("/token", sent[1], sent[0], token="")
    assert (modern.status, modern.headers["Retry-After"]) == (503, "30")
    assert b"authunavailable" in modern.body
    script = absent.site.post("/login/token.php", sent[1], sent[0], token="")
    assert (script.status, script.headers["Retry-After"]) == (200, "30")
    assert b'"errorcode":"authunavailable"' in script.body


def test_tokens_and_local_accounts_need_no_directory(absent: Office) -> None:
    absent.site.add_user("local", password_hash=PASSWORD_HASH)
    absent.site.grant("local", absent.site.capabilities())
    assert absent.call("local").status == 200
    assert absent.with_token(absent.site.add_token("jane")).status == 200


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_a_directory_that_says_nothing_is_waited_for_so_long(silent: socket.socket, scheme: str) -> None:
    url = _url(silent).replace("ldap:", f"{scheme}:")
    backend = LDAPAccounts(lambda: Settings(ldap_url=url, ldap_base="dc=x", ldap_timeout_seconds=1))
    started = time.monotonic()
    with pytest.raises(Fault, match="authunavailable"):
        backend.verify(JANE, PASSWORD)
    assert 0.9 < time.monotonic() - started < 5


def test_a_silent_directory_is_left_alone_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    url = f"ldap://127.0.0.1:{free_port()}"
    backend = LDAPAccounts(lambda: Settings(ldap_url=url, ldap_base="dc=x"), clock=clock)
    reasons = []
    for seconds in (0.0, PAUSE_SECONDS - 0.1, 0.2):
        clock.now += seconds
        with pytest.raises(Fault):
            backend.verify(JANE, PASSWORD)
        reasons.append("a moment ago" in _why(caplog))
    assert reasons == [False, True, False]


@pytest.mark.parametrize("name", ["ldap_url", "ldap_base"])
def test_a_setting_that_is_missing_is_named_in_the_log(name: str, caplog: pytest.LogCaptureFixture) -> None:
    given = {"ldap_url": "ldap://localhost", "ldap_base": "dc=x"}
    del given[name]
    with pytest.raises(Fault, match="authunavailable"):
        LDAPAccounts(lambda: Settings(**given)).verify(JANE, PASSWORD)
    assert _why(caplog).endswith(f"the setting {name} is empty")


def test_without_the_library_one_sentence_says_what_to_install(
    absent: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(sys.modules, "gateway.accounts.directory", raising=False)
    monkeypatch.setitem(sys.modules, "ldap3", None)
    assert find_backends()["ldap"] is LDAP
    with caplog.at_level(logging.WARNING, "gateway.accounts"):
        assert absent.refusal("jane").errorcode == "authunavailable"
    assert _why(caplog).endswith("install manifold-gateway[ldap], which brings ldap3")


def test_an_empty_password_is_wrong_without_asking(absent: Office) -> None:
    assert not absent.site.gateway.passwords.backends["ldap"].verify(JANE, "").right
    assert absent.refusal("jane", "").errorcode == "missingpassword"


class Slow(Backend):
    """A directory that thinks until it may answer."""

    name: ClassVar[str] = "ldap"
    title: ClassVar[str] = "Slow"
    remote: ClassVar[bool] = True

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.asked = threading.Semaphore(0)

    def verify(self, account: Account, password: str) -> Verdict:  # noqa: ARG002
        """Wrong, after a while."""
        self.asked.release()
        assert self.may_answer.wait(20)
        return Verdict(False)


def test_local_accounts_do_not_wait_for_a_slow_directory(
    absent: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow()
    gateway = absent.site.gateway
    monkeypatch.setattr(gateway.passwords, "backends", {**BACKENDS, "ldap": slow})
    absent.site.add_user("local", password_hash=PASSWORD_HASH)
    absent.site.grant("local", absent.site.capabilities())
    absent.site.set("throttle_login", "1000 per 15 minutes")
    waiting = [threading.Thread(target=absent.call, args=("jane",)) for _ in range(8)]
    for each in waiting:
        each.start()
    assert slow.asked.acquire(timeout=20)
    assert outcome(gateway, Credentials(username="local", password=PASSWORD)) == "ok"
    assert all(each.is_alive() for each in waiting)
    slow.may_answer.set()
    for each in waiting:
        each.join(20)


GOOD = {
    "ldap_url": ["", "ldap://ldap.example.org", "ldaps://127.0.0.1:1636", "ldap://[::1]:389"],
    "ldap_filter": ["(uid={username})", "(&(objectClass=person)(|(uid={username})(mail={username})))"],
    "ldap_firstname": ["", "givenName"],
    "ldap_password_file": ["", "/etc/gateway/ldap.password"],
    "ldap_start_tls": ["true", "false"],
    "ldap_timeout_seconds": ["1", "60"],
}
BAD = {
    "ldap_url": [
        "ldap.example.org",
        "http://ldap.example.org",
        "ldap://a b",
        "ldap://h/dc=x",
        "ldap://u:p@h",
    ],
    "ldap_filter": ["", "uid={username}", "(uid=jane)", "((uid={username})", "(uid={username})(a={name})"],
    "ldap_idnumber": ["a b", "employeeNumber,uid", "*", "1.2"],
    "ldap_ca_file": ["ca.pem"],
    "ldap_start_tls": ["perhaps"],
    "ldap_timeout_seconds": ["0", "61", "soon"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in GOOD for text in GOOD[name]])
def test_a_setting_takes(name: str, text: str) -> None:
    assert settings.read([(name, settings.parse(name, text))])


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in BAD for text in BAD[name]])
def test_a_setting_does_not_take(name: str, text: str) -> None:
    with pytest.raises(settings.SettingError, match=name):
        settings.parse(name, text)
