"""How user name and password come: in the header, the envelope or the form; and that they are nowhere to be read."""

import logging
from base64 import b64encode
from collections.abc import Sequence

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.protocol import Credentials
from gateway.store import Base, CallRecord
from tests.access.bank import Bank, call, outcome, with_password
from tests.access.causes import (
    PASSWORD,
    PEER,
    THROTTLES,
    WRONG_PASSWORD,
    Subject,
    site_settings,
)
from tests.access.faces import BY_NAME, FACES, Face, Sent, deliver, username_token
from tests.access.moodle_faces import ALL_FACES
from tests.support import wire
from tests.support.site import Site

NOTHING = Credentials()
SOAP = BY_NAME["soap 1.1"]
TEXT = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"
MANY = dict.fromkeys(THROTTLES, "100000 per 15 minutes")


# How they come


def _basic(pair: bytes) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(pair).decode()}"}


def _send(site: Site, face: Face, headers: dict[str, str], shown: Credentials = NOTHING) -> str:
    """The errorcode of a call with these headers and what else is shown, or "ok"."""
    sent = face.sent("test_void", shown)
    response = deliver(
        site.gateway, Sent(sent.path, sent.content_type, sent.body, {**sent.headers, **headers})
    )
    site.gateway.log.flush()
    with Session(site.engine) as db:
        wanted = CallRecord.request_id == response.headers["X-Request-Id"]
        return db.scalars(select(CallRecord.outcome).where(wanted)).one()


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_basic_is_taken_on_every_face(timed: Site, jane: Subject, face: Face) -> None:
    headers = _basic(f"{jane.name}:{PASSWORD}".encode())
    assert _send(timed, face, headers) == "ok"
    assert _send(timed, face, {"authorization": headers["authorization"].replace("Basic", "bASIC")}) == "ok"


def test_a_password_may_hold_colons_and_other_alphabets(timed: Site, jane: Subject) -> None:
    password = "pä:ss: w😀rd"
    jane.user(password_hash=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password))
    for face in FACES:
        assert _send(timed, face, {}, with_password(jane, password)) == "ok", face.name


MALFORMED = {
    "not base64": {"authorization": "Basic !!!"},
    "base64 cut short": {"authorization": "Basic abc"},
    "nothing": {"authorization": "Basic"},
    "no colon": _basic(b"jane"),
    "not UTF-8": _basic(b"jane:\xff\xfe"),
}


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
@pytest.mark.parametrize("headers", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_basic_header_is_refused(timed: Site, face: Face, headers: dict[str, str]) -> None:
    assert _send(timed, face, headers) == "invalidrequest"


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_two_different_credentials_are_refused(timed: Site, jane: Subject, face: Face) -> None:
    basic = _basic(f"{jane.name}:{PASSWORD}".encode())
    bearer = {"authorization": f"Bearer {jane.token}"}
    if face.name not in {"rest json", "xmlrpc"}:  # which have no place of their own for a second one
        assert _send(timed, face, basic, jane.credentials) == "ok"
        assert _send(timed, face, bearer, Credentials(jane.token)) == "ok"
        assert _send(timed, face, basic, with_password(jane, WRONG_PASSWORD)) == "invalidrequest"
        assert _send(timed, face, basic, Credentials(jane.token)) == "invalidrequest"
        assert _send(timed, face, bearer, jane.credentials) == "invalidrequest"
    sent = face.sent("test_void", Credentials())
    headers = {
        "content-type": sent.content_type,
        "content-length": str(len(sent.body)),
        **sent.headers,
        **basic,
    }
    answer = timed.gateway.handle("POST", sent.path, f"wstoken={jane.token}", headers, sent.body, PEER)
    seen = face.fault(answer.body)
    assert seen.errorcode == "invalidrequest"
    assert str(jane.token) not in answer.body.decode("latin-1")


def test_a_form_with_half_of_each_is_refused(timed: Site, jane: Subject) -> None:
    for pairs in (
        f"wstoken={jane.token}&wsusername={jane.name}",
        f"wstoken={jane.token}&wspassword={PASSWORD}",
        f"wsusername={jane.name}&wsusername=other&wspassword={PASSWORD}",
    ):
        answer = deliver(timed.gateway, Sent("/rest/test_void", wire.FORM, pairs.encode(), {}))
        assert wire.fault_in("rest", answer.body).errorcode == "invalidrequest"


@pytest.mark.parametrize(
    ("name", "errorcode"),
    [
        ("x" * 10_000, "wrongusernamepassword"),
        ("n\0ul", "wrongusernamepassword"),
        ("😀", "wrongusernamepassword"),
    ],
    ids=["long", "nul", "emoji"],
)
def test_odd_user_names_are_unknown_ones(timed: Site, bank: Bank, name: str, errorcode: str) -> None:
    assert (
        outcome(timed.gateway, Credentials(username=name, password=PASSWORD), peer="192.0.2.10") == errorcode
    )


# WS-Security


TIMESTAMP = (
    '<u:Timestamp xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">'
    "<u:Created>2026-03-01T00:00:00Z</u:Created><u:Expires>2026-03-01T00:05:00Z</u:Expires></u:Timestamp>"
)


def _secured(site: Site, header: str) -> str:
    body = wire.envelope(f'<test_void xmlns="{wire.NAMESPACE}"/>', header)
    answer = deliver(site.gateway, Sent("/soap", wire.XML, body, {"soapaction": '""'}))
    return "ok" if answer.status == 200 else SOAP.fault(answer.body).errorcode


@pytest.mark.parametrize("attributes", ["", f' Type="{TEXT}"'], ids=["no Type", "Type"])
@pytest.mark.parametrize("more", ["", TIMESTAMP], ids=["no Timestamp", "Timestamp"])
def test_a_username_token_in_clear_text(timed: Site, jane: Subject, attributes: str, more: str) -> None:
    assert _secured(timed, username_token(jane.credentials, attributes, more)) == "ok"
    wrong = with_password(jane, WRONG_PASSWORD)
    assert _secured(timed, username_token(wrong, attributes, more)) == "wrongusernamepassword"


def test_a_digest_is_refused_before_anybody_is_looked_for(timed: Site, bank: Bank, jane: Subject) -> None:
    digest = TEXT.replace("PasswordText", "PasswordDigest")
    assert _secured(timed, username_token(jane.credentials, f' Type="{digest}"')) == "invalidrequest"
    assert bank.asked == []


def test_a_username_token_without_a_password(timed: Site, jane: Subject) -> None:
    header = username_token(Credentials(username=jane.name, password=""))
    assert _secured(timed, header) == "missingpassword"
    without = header[: header.index("<w:Password")] + header[header.index("</w:UsernameToken") :]
    assert _secured(timed, without) == "missingpassword"


def test_two_username_tokens(timed: Site, jane: Subject) -> None:
    one, other = username_token(jane.credentials), username_token(with_password(jane, WRONG_PASSWORD))
    assert _secured(timed, one + one) == "ok"
    assert _secured(timed, one + other) == "invalidrequest"


# Nowhere to be read


def test_passwords_are_nowhere_to_be_read(
    timed: Site, jane: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in answers at any level, nor in the log, nor in the database."""
    caplog.set_level(logging.DEBUG)
    wrong = with_password(jane, WRONG_PASSWORD)
    bodies = []
    with site_settings(timed, MANY):
        for level in ("none", "minimal", "normal", "all", "developer"):
            with site_settings(timed, {"debug": level}):
                for face in ALL_FACES:
                    for shown in (jane.credentials, wrong):
                        bodies += [
                            call(timed.gateway, shown, face=face, function=function).body
                            for function in (
                                "test_void",
                                "test_nowhere",
                                "test_declared_fault",
                                "test_illegal_text",
                            )
                        ]
                    broken = face.sent("test_void", wrong)
                    cut = Sent(
                        broken.path, broken.content_type, broken.body[:-3], broken.headers, broken.query
                    )
                    bodies.append(deliver(timed.gateway, cut).body)
                    bodies.append(
                        call(timed.gateway, jane.credentials, face=face, function="test_raises").body
                    )
    jane.site.gateway.log.flush()
    texts = [*map(repr, bodies), caplog.text, *_rows(timed)]
    for secret in (*_forms_of(jane.credentials), *_forms_of(wrong)):
        assert not [text for text in texts if secret in text]
    assert any(jane.name in text for text in texts)


def _forms_of(credentials: Credentials) -> Sequence[str]:
    """A password as it may be found: clear, and as Basic carries it."""
    pair = f"{credentials.username}:{credentials.password}".encode()
    return [credentials.password or "", b64encode(pair).decode()]


def _rows(site: Site) -> list[str]:
    with Session(site.engine) as db:
        return [
            repr(tuple(row)) for table in Base.metadata.sorted_tables for row in db.execute(select(table))
        ]
