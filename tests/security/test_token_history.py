"""Moodle's own history of tokens and passwords, replayed: each test is named after what went wrong there."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.courses import component as courses_component
from functions.site import component as site_component
from functions.users import component as users_component
from gateway import READ, administration
from gateway.accounts.local import BACKENDS
from gateway.facts import utc_now
from gateway.protocol import Credentials
from gateway.registry import Registry
from gateway.store import CallRecord, Token
from gateway.web import Response
from tests.access.bank import Bank
from tests.access.causes import LONG_AGO, PASSWORD, PASSWORD_HASH, WRONG_PASSWORD
from tests.access.faces import Face, deliver
from tests.access.moodle_faces import ALL_FACES
from tests.support.site import SERVICE, USER, Site
from tests.support.wire import FORM, JSON

ENDPOINTS = ("/token", "/login/token.php")
THROTTLED = "toomanyattempts"


@pytest.fixture
def home(site: Site) -> Site:
    """A site whose user has a password, and may come with it."""
    site.set("passwords", "true")
    site.change_user(password_hash=PASSWORD_HASH, password_changed_at=utc_now())
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


def outcomes(site: Site) -> list[str]:
    """What became of the requests until now, in order: "ok", or an errorcode."""
    site.gateway.log.flush()
    with Session(site.engine) as db:
        return list(db.scalars(select(CallRecord.outcome).order_by(CallRecord.id)))


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
    "password too old": lambda site: site.change_user(password_changed_at=LONG_AGO),
    "change due": lambda site: site.change_user(force_password_change=True),
}
BACK = {"auth": "manual", "force_password_change": False}


@pytest.mark.parametrize("gone", GONE)
def test_ghsa_72gv_qqrp_h9qg_every_credential_is_dead_at_the_next_call(home: Site, gone: str) -> None:
    home.set("password_max_age_days", "30")
    home.set("throttle_login", "100 per 15 minutes")
    got = ask(home, "/login/token.php")["token"]
    shown = [Credentials(home.token), Credentials(got), Credentials(username=USER, password=PASSWORD)]
    sent = [face.sent("test_void", each) for face in ALL_FACES for each in shown]

    def call_all() -> set[str]:
        for each in sent:
            deliver(home.gateway, each)
        return set(outcomes(home)[-len(sent) :])

    assert call_all() == {"ok"}  # and his Facts are in the caches
    GONE[gone](home)
    assert call_all() <= {"accessexception", "wrongusernamepassword"}
    assert not any("token" in ask(home, path) for path in ENDPOINTS)
    home.set("auth", "manual")
    home.change_user(**BACK, password_changed_at=utc_now())
    assert call_all() == {"ok"}


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
    ("path", "errorcode"),
    [("/token", "accessexception"), ("/login/token.php", "forcepasswordchangenotice")],
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


@dataclass(frozen=True)
class Way:
    """One way to try a password: by a face of a protocol, or where tokens are got."""

    name: str
    send: Callable[[Site, Credentials, str], Response]


def _calling(face: Face) -> Way:
    return Way(
        face.name, lambda site, shown, peer: deliver(site.gateway, face.sent("test_void", shown), peer)
    )


def _asking(path: str) -> Way:
    def send(site: Site, shown: Credentials, peer: str) -> Response:
        values = {"username": shown.username, "password": shown.password, "service": SERVICE}
        return site.post(path, urlencode(values).encode(), FORM, token="", peer=peer)

    return Way(path, send)


WAYS = [*map(_calling, ALL_FACES), *map(_asking, ENDPOINTS)]
WRONG = {"/login/token.php": "usernamenotfound"}
HERE = "203.0.113.1"


@pytest.fixture
def guarded(home: Site) -> Site:
    """Three wrong passwords of an account from an address, eight of an address, twelve of an account."""
    home.set("throttle_login", "3 per 15 minutes")
    home.set("throttle_address", "8 per 15 minutes")
    home.set("throttle_account", "12 per 15 minutes")
    return home


def guess(
    site: Site, way: Way, username: str = USER, password: str = WRONG_PASSWORD, peer: str = HERE
) -> str:
    """What comes of one attempt."""
    way.send(site, Credentials(username=username, password=password), peer)
    return outcomes(site)[-1]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_cve_2025_62399_passwords_are_not_guessed_anywhere(guarded: Site, way: Way) -> None:
    """After three failures the right one is not tried either, and the answer says when it will be."""
    wrong = WRONG.get(way.name, "wrongusernamepassword")
    assert [guess(guarded, way) for _ in range(4)] == [wrong] * 3 + [THROTTLED]
    answer = way.send(guarded, Credentials(username=USER, password=PASSWORD), HERE)
    assert outcomes(guarded)[-1] == THROTTLED
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert use(guarded, guarded.token).status == 200
    assert guess(guarded, way, password=PASSWORD, peer="203.0.113.2") == "ok"


def test_cve_2025_62399_all_ways_count_as_one(guarded: Site) -> None:
    assert THROTTLED not in [guess(guarded, way) for way in WAYS[-3:]]
    assert {guess(guarded, way) for way in WAYS} == {THROTTLED}


def test_cve_2025_62399_an_address_is_slowed_whatever_names_it_tries(guarded: Site) -> None:
    names = (f"{name}{number}" for number in count() for name in (USER, "nobody"))
    tried = [guess(guarded, way, name) for way, name in zip([*WAYS, *WAYS][:9], names, strict=False)]
    assert [each == THROTTLED for each in tried] == [False] * 8 + [True]
    assert guess(guarded, WAYS[0], password=PASSWORD) == THROTTLED
    assert guess(guarded, WAYS[0], password=PASSWORD, peer="203.0.113.2") == "ok"


def test_cve_2025_62399_an_account_is_slowed_from_wherever_it_is_tried(guarded: Site) -> None:
    ways = [*WAYS, *WAYS][:13]
    tried = [guess(guarded, way, peer=f"198.51.100.{at}") for at, way in enumerate(ways)]
    assert [each == THROTTLED for each in tried] == [False] * 12 + [True]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_cve_2025_62399_nobody_learns_which_accounts_exist(
    guarded: Site, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answer, one count and one verification, whether there is such a user, a password of his, or neither."""
    bank = Bank()
    monkeypatch.setattr(guarded.gateway.passwords, "backends", {**BACKENDS, bank.name: bank})
    guarded.add_user("empty0", password_hash=None)
    said, verified = [], []
    for at, name in enumerate((USER, "nobody", "empty0")):
        answers = [
            way.send(guarded, Credentials(username=name, password=WRONG_PASSWORD), f"203.0.113.{at}")
            for _ in range(4)
        ]
        said.append([_without_names(each, name) for each in answers])
        verified.append(len(bank.asked))
    assert said[0] == said[1] == said[2]
    assert verified == [3, 6, 9]


def _without_names(answer: Response, username: str) -> tuple[int, bytes]:
    """An answer without what each has of its own: the name that was tried, ids, address and seconds."""
    names = (username, answer.headers["X-Request-Id"])
    body = answer.body
    for name in names:
        body = body.replace(name.encode(), b"-" * 6)
    own = rb"203\.0\.113\.[0-9]|in [0-9]+ seconds|\x00.|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"
    return answer.status, re.sub(own, b"", body)


# Functions that forgot to ask


def test_cve_2011_4295_whatever_changes_data_asks_for_a_capability() -> None:
    registry = Registry([site_component, users_component, courses_component])
    writing = [each for each in registry.functions.values() if each.effect is not READ]
    assert writing
    assert [each.name for each in writing if not (each.requires or each.uses)] == []
    known = {each.name for component in registry.components for each in component.capabilities}
    assert {name for each in writing for name in (*each.requires, *each.uses)} <= known
