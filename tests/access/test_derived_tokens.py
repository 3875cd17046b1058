"""Tokens that users get with their password: the same comes back until it is revoked, expired or rotated."""

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import administration
from gateway.accounts.local import BACKENDS
from gateway.assembly import Gateway
from gateway.credentials import digest
from gateway.plugins import find_protocols
from gateway.store import Token, User
from gateway.web import Response
from tests.access.bank import Clock
from tests.access.causes import ELSEWHERE, LONG_AGO, PASSWORD, PEER, Subject, make_subject
from tests.access.tokens import SCRIPT, TOKEN, answer, ask, values_of
from tests.support.site import COMPONENTS, SITE_KEY, Site
from tests.support.wire import JSON

CREATE, CREATE_MOBILE = "moodle/webservice:createtoken", "moodle/webservice:createmobiletoken"
MOBILE = "moodle_mobile_app"
OTHER_KEY = b"another key, of another site ..."
_NUMBERS = count(1)


@pytest.fixture(params=[TOKEN, SCRIPT])
def path(request: pytest.FixtureRequest) -> str:
    """Each address in turn."""
    name: str = request.param
    return name


@pytest.fixture
def jane(timed: Site, clock: Clock) -> Subject:
    """Somebody new, who has no token yet, on a day like any other."""
    subject = make_subject(timed, f"holder{next(_NUMBERS)}", "password")
    with timed.write() as db:
        db.query(Token).delete()
        db.commit()
    return subject


def get(subject: Subject, path: str, **others: str) -> str:
    """The token that he gets."""
    token: str = answer(ask(subject.site, path, values_of(subject, **others)))["token"]
    return token


def calls(subject: Subject, token: str) -> Response:
    """The answer to a call with it."""
    return subject.site.post("/rest/test_void", b"{}", JSON, token=token)


def rows(subject: Subject) -> list[Token]:
    """All that the database knows of his tokens."""
    with Session(subject.site.engine) as db:
        mine = select(Token).join(User, User.id == Token.user_id).where(User.username == subject.name)
        return list(db.scalars(mine.order_by(Token.id)))


def test_the_same_comes_back_at_both_addresses(jane: Subject) -> None:
    assert len({get(jane, path) for path in (TOKEN, SCRIPT, SCRIPT, TOKEN)}) == 1
    (row,) = rows(jane)
    assert (row.kind, row.serial, row.creator_id) == ("derived", 1, row.user_id)


def test_it_is_valid_for_12_weeks(jane: Subject, path: str, clock: Clock) -> None:
    token = get(jane, path)
    assert rows(jane)[0].valid_until == clock.now + timedelta(weeks=12)
    clock.move(weeks=11)
    assert get(jane, path) == token
    clock.move(weeks=1, seconds=1)
    assert calls(jane, token).status == 401
    other = get(jane, path)
    assert other != token
    assert calls(jane, other).status == 200


def test_one_that_is_revoked_is_never_made_again(jane: Subject, path: str, clock: Clock) -> None:
    tokens = []
    for _ in range(3):
        tokens.append(get(jane, path))
        with jane.site.write() as db:
            administration.revoke_token(db, tokens[-1][:8], clock.now)
            db.commit()
        assert calls(jane, tokens[-1]).status == 401
    assert len(set(tokens)) == 3
    assert [row.serial for row in rows(jane)] == [1, 2, 3]


def test_after_a_rotation_the_new_one_comes(jane: Subject, path: str, clock: Clock) -> None:
    """And the old one overlaps for as long as the administrator said."""
    old = get(jane, path)
    with jane.site.write() as db:
        _, _, new = administration.rotate_token(db, old[:8], SITE_KEY, clock.now, timedelta(hours=1))
        db.commit()
    assert get(jane, path) == new != old
    assert calls(jane, old).status == calls(jane, new).status == 200
    clock.move(hours=1, seconds=1)
    assert calls(jane, old).status == 401
    assert get(jane, path) == new


def test_one_that_is_restricted_to_another_address_is_passed_over(jane: Subject, path: str) -> None:
    token = get(jane, path)
    jane.site.change(Token, ip_restriction=ELSEWHERE)
    other = get(jane, path)
    assert other != token
    assert rows(jane)[1].ip_restriction is None
    inside = answer(ask(jane.site, path, values_of(jane), peer="192.0.2.7"))["token"]
    assert inside == other  # the newest of those that are good there


def test_one_that_an_administrator_made_is_never_handed_out(jane: Subject, path: str) -> None:
    made = jane.site.add_token(jane.name, jane.name)
    assert get(jane, path) != made
    jane.prohibit(CREATE)
    with jane.site.write() as db:
        db.query(Token).filter_by(kind="derived").delete()
        db.commit()
    assert answer(ask(jane.site, path, values_of(jane)))["errorcode"] == "cannotcreatetoken"
    assert calls(jane, made).status == 200


def test_each_service_and_user_has_his_own(jane: Subject, path: str) -> None:
    jane.site.add_service(f"{jane.name}.other", ["test_void"])
    other = make_subject(jane.site, f"{jane.name}.b", "password")
    tokens = [
        get(jane, path),
        get(jane, path, service=f"{jane.name}.other"),
        get(other, path),
        get(other, path, service=jane.name),
    ]
    assert len(set(tokens)) == 4


@pytest.mark.parametrize("ends", [True, False])
def test_a_new_password_ends_it_if_the_setting_says_so(
    jane: Subject, path: str, ends: bool, clock: Clock
) -> None:
    assert jane.site.gateway.facts.settings.password_change_ends_tokens, "the default is to end them"
    jane.site.set("password_change_ends_tokens", str(ends).lower())
    try:
        token, made = get(jane, path), jane.site.add_token(jane.name, jane.name)
        with jane.site.write() as db:
            ended = administration.set_password(db, jane.name, "an0ther-Horse", BACKENDS, clock.now)
            db.commit()
        assert ended == ends
        assert calls(jane, token).status == (401 if ends else 200)
        assert (get(jane, path, password="an0ther-Horse") == token) is not ends
        assert calls(jane, made).status == 200
    finally:
        jane.site.set("password_change_ends_tokens", "true")


# Who may make one


def test_the_right_to_make_one_is_asked_for_only_when_one_is_made(jane: Subject, path: str) -> None:
    token = get(jane, path)
    jane.prohibit(CREATE, CREATE_MOBILE)
    assert get(jane, path) == token
    jane.site.change(Token, revoked_at=LONG_AGO)
    assert answer(ask(jane.site, path, values_of(jane)))["errorcode"] == "cannotcreatetoken"


def test_administrators_make_none_with_their_password(jane: Subject, path: str) -> None:
    jane.user(administrator=True)
    said = answer(ask(jane.site, path, values_of(jane)))
    assert said["errorcode"] == "cannotcreatetoken"
    assert rows(jane) == []


@pytest.fixture(scope="module")
def mobile(timed: Site) -> str:
    """The service of Moodle's app."""
    with timed.write() as db:
        administration.set_functions(db, administration.find_service(db, MOBILE), ["test_void"])
        db.commit()
    timed.change_service(MOBILE, enabled=True)
    return MOBILE


@pytest.mark.parametrize(
    ("lacks", "administrator", "of_mobile", "of_his_own"),
    [
        ((), False, True, True),
        ((CREATE,), False, True, False),
        ((CREATE_MOBILE,), False, True, True),
        ((CREATE, CREATE_MOBILE), False, False, False),
        ((), True, True, False),
    ],
)
def test_the_mobile_service_has_a_right_of_its_own(
    jane: Subject,
    path: str,
    mobile: str,
    lacks: tuple[str, ...],
    administrator: bool,
    of_mobile: bool,
    of_his_own: bool,
) -> None:
    jane.prohibit(*lacks)
    jane.user(administrator=administrator)
    for service, gets in ((mobile, of_mobile), (jane.name, of_his_own)):
        assert ("token" in answer(ask(jane.site, path, values_of(jane, service=service)))) is gets


# What is kept of it


def test_it_is_nowhere_to_be_read(
    jane: Subject, path: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        token = get(jane, path)
        assert calls(jane, token).status == 200
        jane.user(suspended=True)
        assert calls(jane, token).status == 403
        jane.site.gateway.log.flush()
    with sqlite3.connect(jane.site.url.removeprefix("sqlite:///")) as database:
        dump = "\n".join(database.iterdump())
    database.close()
    for text in (dump, caplog.text):
        assert token not in text
        assert PASSWORD not in text
    assert token[:8] in dump  # what it is recognised by
    assert digest(token).hex().upper() in dump.upper()


def _gateway(site: Site, clock: Clock, key: bytes) -> Gateway:
    return Gateway(site.engine, COMPONENTS, find_protocols(), site_key=key, poll_seconds=0.0, clock=clock)


def _of(gateway: Gateway, subject: Subject, path: str) -> str:
    values = "&".join(f"{name}={value}" for name, value in values_of(subject).items())
    headers = {"content-type": "application/x-www-form-urlencoded"}
    token: str = answer(gateway.handle("POST", path, "", headers, values.encode(), PEER))["token"]
    return token


@pytest.mark.parametrize("key", [SITE_KEY, OTHER_KEY])
def test_another_instance_makes_the_same_with_the_same_key_only(
    jane: Subject, path: str, clock: Clock, key: bytes
) -> None:
    other = _gateway(jane.site, clock, key)
    try:
        first, second = get(jane, path), _of(other, jane, path)
        assert (first == second) is (key == SITE_KEY)
        assert [row.serial for row in rows(jane)] == ([1] if key == SITE_KEY else [1, 2])
        assert calls(jane, second).status == calls(jane, first).status == 200
        assert (get(jane, path), _of(other, jane, path)) == (first, second)
    finally:
        other.log.close()


def test_a_crowd_that_asks_at_once_gets_one(jane: Subject, path: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: get(jane, path), range(24)))
    assert len(tokens) == len(rows(jane)) == 1
