"""Moodle's own history of tokens and passwords, replayed: each test is named after what went wrong there."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.courses import component as courses_component
from functions.site import component as site_component
from functions.users import component as users_component
from gateway import READ, administration
from gateway.accounts.local import BACKENDS
from gateway.credentials import hash_password
from gateway.facts import utc_now
from gateway.store import AuthorisedUser, Token
from gateway.web import Response
from tests.access.causes import LONG_AGO, PASSWORD, WRONG_PASSWORD, authorization
from tests.access.faces import FACES, Face, deliver
from tests.support.site import SERVICE, USER, Site
from tests.support.wire import FORM, JSON, fault_in

ENDPOINTS = ("/token", "/login/token.php")
THROTTLED = "toomanyattempts"
from gateway.protocol import Credentials


@pytest.fixture
def home(site: Site) -> Site:
    """A site whose user has a password, and may come with it."""
    site.set("passwords", "true")
    site.change_user(password_hash=hash_password(PASSWORD), password_changed_at=utc_now())
    return site


def ask(
    site: Site, path: str, password: str = PASSWORD, username: str = USER, peer: str = "127.0.0.1"
) -> dict[str, str]:
    """What an address that hands out tokens answers."""
    body = urlencode({"username": username, "password": password, "service": SERVICE}).encode()
    answer: dict[str, str] = json.loads(site.post(path, body, FORM, token="", peer=peer).body)
    return answer


def use(site: Site, token: str) -> Response:
    """The answer to a call with a token."""
    return site.post("/rest/test_void", b"{}", JSON, token=token)


# Tokens of what is closed


def _unlist(site: Site) -> None:
    site.change_service(restricted=True)


def _let_the_entry_pass(site: Site) -> None:
    site.change_service(restricted=True)
    site.authorise(valid_until=LONG_AGO)


def _demand_more(site: Site) -> None:
    site.change_service(required_capability="test/tea:never")


CLOSED: dict[str, Callable[[Site], None]] = {
    "disabled": lambda site: site.change_service(enabled=False),
    "not listed any more": _unlist,
    "the entry expired": _let_the_entry_pass,
    "another capability": _demand_more,
}


@pytest.mark.parametrize("closed", CLOSED)
def test_cve_2011_4583_tokens_of_services_that_are_closed_open_nothing(home: Site, closed: str) -> None:
    """Moodle went on showing them: here they call nothing, show nothing, and are not handed out."""
    got = ask(home, "/token")["token"]
    tokens = (home.token, got)
    assert {use(home, token).status for token in tokens} == {200}
    CLOSED[closed](home)
    assert {use(home, token).status for token in tokens} == {403}
    for token in tokens:
        headers = {"authorization": f"Bearer {token}"}
        assert b"test_void" not in home.gateway.handle("GET", "/soap", "wsdl", headers).body
    for path in ENDPOINTS:
        assert "token" not in ask(home, path)


# Tokens of who is gone: the other states are in test_tokens.py

GONE: dict[str, Callable[[Site], None]] = {
    "nologin": lambda site: site.change_user(auth="nologin"),
    "backend disabled": lambda site: site.set("auth", "webservice"),
    "backend uninstalled": lambda site: site.change_user(auth="nowhere"),
    "password expired": lambda site: site.change_user(password_expires_at=LONG_AGO),
    "password too old": lambda site: site.change_user(password_changed_at=LONG_AGO),
    "change due": lambda site: site.change_user(force_password_change=True),
}
BACK = {"auth": "manual", "password_expires_at": None, "force_password_change": False}


@pytest.mark.parametrize("gone", GONE)
def test_ghsa_72gv_qqrp_h9qg_every_credential_is_dead_at_the_next_call(home: Site, gone: str) -> None:
    home.set("password_max_age_days", "30")
    got = ask(home, "/login/token.php")["token"]
    shown = [Credentials(home.token), Credentials(got), Credentials(username=USER, password=PASSWORD)]
    sent = [face.sent("test_void", each) for face in FACES for each in shown]
    answers = [(face, deliver(home.gateway, face.sent("test_void", each))) for face in FACES for each in shown]
    assert {answer.status for _, answer in answers} == {200}  # and their Facts are in the caches
    GONE[gone](home)
    for face in FACES:
        for each in shown:
            fault = face.fault(deliver(home.gateway, face.sent("test_void", each)).body)
            assert fault.errorcode == "accessexception", face.name
    assert not any("token" in ask(home, path) for path in ENDPOINTS)
    home.set("auth", "manual")
    home.change_user(**BACK, password_changed_at=utc_now())
    assert {deliver(home.gateway, each).status for each in sent} == {200}


# Tokens without an end


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("days", [1, 84, 3650])
def test_cve_2014_0214_no_token_that_a_password_gets_lives_forever(home: Site, path: str, days: int) -> None:
    home.set("token_days", str(days))
    ask(home, path)
    with Session(home.engine) as db:
        (until,) = db.scalars(select(Token.valid_until).where(Token.kind == "derived"))
    assert until is not None
    assert abs(until - utc_now() - timedelta(days=days)) < timedelta(minutes=1)


@pytest.mark.parametrize("days", ["0", "-1", "null", ""])
def test_cve_2014_0214_no_setting_makes_them_endless(home: Site, days: str) -> None:
    with pytest.raises(ValueError, match="token_days"):
        home.set("token_days", days)


# Passwords that must be changed, and were


@pytest.mark.parametrize(
    ("path", "errorcode"), zip(ENDPOINTS, ("accessexception", "forcepasswordchangenotice"), strict=True)
)
def test_cve_2015_2272_no_token_before_a_forced_change(home: Site, path: str, errorcode: str) -> None:
    """Not even the one that the user has already."""
    assert "token" in ask(home, path)
    home.change_user(force_password_change=True)
    answer = ask(home, path)
    assert (answer["errorcode"], "token" in answer) == (errorcode, False)
    with home.write() as db:
        administration.set_password(db, USER, "an0ther-Horse", BACKENDS, utc_now())
        db.commit()
    assert "token" in ask(home, path, "an0ther-Horse")


@pytest.mark.parametrize("path", ENDPOINTS)
def test_cve_2016_7038_a_token_does_not_survive_the_password_that_got_it(home: Site, path: str) -> None:
    """Whoever stole it with the old password loses it; what administrators made is theirs to revoke."""
    stolen = ask(home, path)["token"]
    assert use(home, stolen).status == 200
    with home.write() as db:
        administration.set_password(db, USER, "an0ther-Horse", BACKENDS, utc_now())
        db.commit()
    assert use(home, stolen).status == 401
    assert "token" not in ask(home, path)
    assert ask(home, path, "an0ther-Horse")["token"] != stolen
    assert use(home, home.token).status == 200


# Guessing


@pytest.fixture
def guarded(home: Site) -> Iterator[Site]:
    """Three wrong passwords of an account from an address, eight of an address, twelve of an account."""
    home.set("throttle_login", "3 per 15 minutes")
    home.set("throttle_address", "8 per 15 minutes")
    home.set("throttle_account", "12 per 15 minutes")
    yield home


def _by_face(face: Face) -> Callable[[Site, str, str, str], str]:
    def guess(site: Site, username: str, password: str, peer: str) -> str:
        shown = Credentials(username=username, password=password)
        answer = deliver(site.gateway, face.sent("test_void", shown), peer)
        return "ok" if answer.status == 200 and USER == username and password == PASSWORD and not _is_fault(
            face, answer
        ) else face.fault(answer.body).errorcode

    return guess


def _is_fault(face: Face, answer: Response) -> bool:
    return THROTTLED.encode() in answer.body
