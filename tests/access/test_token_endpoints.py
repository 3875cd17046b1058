"""Where tokens are got with a password: `/token`, and Moodle's `/login/token.php` with an order of its own."""

import json
import re
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlencode

import pytest

from gateway.facts import utc_now
from gateway.web import Response
from tests.access.causes import PASSWORD, WRONG_PASSWORD, Subject, make_fail, make_subject, site_settings
from tests.access.tokens import (
    SCRIPT,
    SCRIPT_ROWS,
    TOKEN,
    TOKEN_ROWS,
    Row,
    adjacent,
    answer,
    ask,
    basic,
    send,
    values_of,
)
from tests.conformance.data import BY_NUMBER
from tests.support.site import Site
from tests.support.wire import FORM, JSON

WEEKS = timedelta(weeks=12)
KEYS = {"error", "errorcode", "stacktrace", "debuginfo", "reproductionlink"}
_NUMBERS = count(1)


@pytest.fixture
def subject(crowd: Site) -> Subject:
    """Somebody new, who may call everything, and has a service with his own name."""
    return make_subject(crowd, f"asker{next(_NUMBERS)}", "password")


# How both are asked


@pytest.mark.parametrize("path", [TOKEN, SCRIPT])
def test_a_password_gets_a_token_that_calls(crowd: Site, subject: Subject, path: str) -> None:
    response = ask(crowd, path, values_of(subject))
    assert response.status == 200
    assert response.headers["Cache-Control"] == "no-store"
    token = answer(response)["token"]
    assert re.fullmatch("[0-9a-f]{32}", token)
    assert crowd.post("/rest/test_void", b"{}", JSON, token=token).status == 200


def test_token_says_when_it_expires(crowd: Site, subject: Subject) -> None:
    response = ask(crowd, TOKEN, values_of(subject))
    assert response.headers["Content-Type"] == JSON
    assert answer(response).keys() == {"token", "expires"}
    expires = datetime.fromisoformat(answer(response)["expires"])
    assert abs(expires - (utc_now() + WEEKS)) < timedelta(minutes=1)
    with site_settings(crowd, {"token_days": "7"}):
        other = make_subject(crowd, f"{subject.name}b", "password")
        expires = datetime.fromisoformat(answer(ask(crowd, TOKEN, values_of(other)))["expires"])
    assert abs(expires - (utc_now() + timedelta(days=7))) < timedelta(minutes=1)


def test_token_takes_forms_json_and_basic(crowd: Site, subject: Subject) -> None:
    values = values_of(subject)
    header = basic(subject.username, PASSWORD)
    service = {"service": subject.name}
    answers = [
        ask(crowd, TOKEN, values),
        send(crowd, TOKEN, json.dumps(values).encode(), f"{JSON}; charset=utf-8"),
        ask(crowd, TOKEN, service, authorization=header),
        send(crowd, TOKEN, json.dumps(service).encode(), JSON, authorization=header),
        ask(crowd, TOKEN, values, authorization=header),
    ]
    assert [each.status for each in answers] == [200] * 5
    assert len({each.body for each in answers}) == 1


def test_the_script_takes_get_and_post(crowd: Site, subject: Subject) -> None:
    values = values_of(subject)
    answers = [
        ask(crowd, SCRIPT, values),
        send(crowd, SCRIPT, b"", method="GET", query=urlencode(values)),
        ask(crowd, SCRIPT, {"password": PASSWORD}, query=urlencode(values | {"password": "the body wins"})),
        ask(crowd, SCRIPT, values | {"username": f" {subject.username.upper()} "}),
    ]
    assert len({each.body for each in answers}) == 1
    assert answer(answers[0]).keys() == {"token"}
    assert answers[0].headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_token_takes_nothing_but_post(crowd: Site, subject: Subject, method: str) -> None:
    response = send(crowd, TOKEN, b"", method=method, query=urlencode(values_of(subject)))
    assert (response.status, response.headers["Allow"]) == (405, "OPTIONS, POST")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_token_reads_no_password_from_an_address(crowd: Site, subject: Subject) -> None:
    response = send(crowd, TOKEN, b"", query=urlencode(values_of(subject)))
    assert (response.status, answer(response)["errorcode"]) == (401, "missingusername")
    assert answer(response)["cause"] == "Neither user name nor password came"
    assert response.headers["WWW-Authenticate"] == 'Basic realm="Manifold", charset="UTF-8"'


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"username": 5}', JSON, 400),
        (b'["username"]', JSON, 400),
        (b"{", JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b"username=%ff", FORM, 400),
        (b"<token/>", "text/xml", 415),
    ],
)
def test_what_token_cannot_read(crowd: Site, body: bytes, content_type: str, status: int) -> None:
    assert send(crowd, TOKEN, body, content_type).status == status


def test_what_the_script_cannot_read_is_still_http_200(crowd: Site) -> None:
    for options in ({"body": b"username=%ff"}, {"body": b"<a/>", "content_type": "text/xml"}):
        response = send(crowd, SCRIPT, **options)  # type: ignore[arg-type]
        assert (response.status, answer(response).keys()) == (200, KEYS)
    response = send(crowd, SCRIPT, b"", method="PUT")
    assert (response.status, answer(response)["errorcode"]) == (200, "methodnotallowed")


def test_a_token_gets_no_other(crowd: Site, subject: Subject) -> None:
    bearer = f"Bearer {subject.token}"
    for values in ({"service": subject.name}, values_of(subject)):
        response = ask(crowd, TOKEN, values, authorization=bearer)
        assert (response.status, answer(response)["errorcode"]) == (400, "invalidrequest")


def test_two_different_passwords_are_refused(crowd: Site, subject: Subject) -> None:
    header = basic(subject.username, WRONG_PASSWORD)
    response = ask(crowd, TOKEN, values_of(subject), authorization=header)
    assert (response.status, answer(response)["errorcode"]) == (400, "invalidrequest")


# Who is refused, and by which code: the order of both


def _named(value: object) -> str:
    return value.name if isinstance(value, Row) else str(value)


def _refusal(site: Site, path: str, subject: Subject, *rows: Row) -> Response:
    settings: dict[str, str] = {"debug": "developer"}
    for row in sorted(rows, key=lambda row: row.number == "9"):  # nobody finds the deleted by name
        settings |= row.arrange(subject)
    sent = {name: value for row in rows for name, value in row.send.items()}
    with site_settings(site, settings):
        return ask(site, path, values_of(subject, **sent))


@pytest.mark.parametrize("row", SCRIPT_ROWS, ids=_named)
def test_the_script_refuses(crowd: Site, subject: Subject, row: Row) -> None:
    response = _refusal(crowd, SCRIPT, subject, row)
    said = answer(response)
    assert (response.status, said["errorcode"]) == (200, row.errorcode)
    assert said["error"]
    cause, _, code = said["debuginfo"].partition("\nError code: ")
    assert code == row.errorcode
    assert re.search(row.cause, cause)


@pytest.mark.parametrize(("first", "second"), list(adjacent(SCRIPT_ROWS)), ids=_named)
def test_the_earlier_of_two_answers_in_the_script(
    crowd: Site, subject: Subject, first: Row, second: Row
) -> None:
    said = answer(_refusal(crowd, SCRIPT, subject, first, second))
    assert said["errorcode"] == first.errorcode
    assert re.search(first.cause, said["debuginfo"].partition("\n")[0])


@pytest.mark.parametrize("row", TOKEN_ROWS, ids=_named)
def test_token_refuses(crowd: Site, subject: Subject, row: Row) -> None:
    response = _refusal(crowd, TOKEN, subject, row)
    said = answer(response)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert said["errorcode"] == row.errorcode
    assert re.search(row.cause, said["cause"])
    assert said["request_id"] == response.headers["X-Request-Id"]
    if row.name in BY_NUMBER:
        fault = BY_NUMBER[row.name].fault
        assert (response.status, said["exception"]) == (fault.status, fault.exception)
    else:
        assert response.status == (400 if row.errorcode == "invalidparameter" else 403)
    assert (response.status == 401) is ("WWW-Authenticate" in response.headers)


@pytest.mark.parametrize(("first", "second"), list(adjacent(TOKEN_ROWS)), ids=_named)
def test_the_earlier_of_two_answers_at_token(crowd: Site, subject: Subject, first: Row, second: Row) -> None:
    said = answer(_refusal(crowd, TOKEN, subject, first, second))
    assert said["errorcode"] == first.errorcode
    assert re.search(first.cause, said["cause"])


def test_the_script_asks_in_an_order_of_its_own(crowd: Site, subject: Subject) -> None:
    """Who is suspended hears of maintenance where calls would tell him; the script lets him in no further."""
    both = [next(row for row in SCRIPT_ROWS if row.name == name) for name in ("8", "11")]
    assert answer(_refusal(crowd, SCRIPT, subject, *both))["errorcode"] == "usernamenotfound"
    assert answer(_refusal(crowd, TOKEN, subject, *both))["errorcode"] == "sitemaintenance"


def test_the_missing_parameter_is_named(crowd: Site, subject: Subject) -> None:
    for name in ("username", "password", "service"):
        said = answer(ask(crowd, SCRIPT, values_of(subject, **{name: ""})))
        assert said["error"] == f"A required parameter ({name}) was missing"


def test_each_needs_what_it_needs_and_no_more(crowd: Site, subject: Subject) -> None:
    """The script has its own way with passwords; neither asks for a protocol, or a right to use one."""
    subject.prohibit(*(f"webservice/{name}:use" for name in crowd.protocols))
    with site_settings(crowd, {"protocols": ""}):
        for path in (TOKEN, SCRIPT):
            assert "token" in answer(ask(crowd, path, values_of(subject)))
    with site_settings(crowd, {"passwords": "false"}):
        assert "token" in answer(ask(crowd, SCRIPT, values_of(subject)))
        assert ask(crowd, TOKEN, values_of(subject)).status == 403


def test_accounts_for_calls_only_get_a_token_at_the_modern_address(crowd: Site, subject: Subject) -> None:
    subject.user(auth="webservice")
    assert ask(crowd, TOKEN, values_of(subject)).status == 200
    assert answer(ask(crowd, SCRIPT, values_of(subject)))["errorcode"] == "usernamenotfound"


# What a debug level shows


@pytest.mark.parametrize("level", ["none", "minimal", "normal", "all", "developer"])
def test_the_keys_at_each_level(crowd: Site, subject: Subject, level: str) -> None:
    values = values_of(subject, service="nowhere")
    with site_settings(crowd, {"debug": level}):
        script, modern = (answer(ask(crowd, path, values)) for path in (SCRIPT, TOKEN))
    assert script.keys() == KEYS
    detail = "No service has that short name\nError code: servicenotavailable"
    assert script["debuginfo"] == (detail if level == "developer" else None)
    assert (script["stacktrace"], script["reproductionlink"]) == (None, None)
    cause = "No service is called nowhere" if level in ("normal", "all", "developer") else ""
    assert modern["cause"] == cause


def test_debugusers_see_more(crowd: Site, subject: Subject) -> None:
    with site_settings(crowd, {"debug": "none", "debugusers": subject.username}):
        values = values_of(subject, service="nowhere")
        assert answer(ask(crowd, SCRIPT, values))["debuginfo"]
        assert answer(ask(crowd, SCRIPT, values | {"password": WRONG_PASSWORD}))["debuginfo"] is None


@pytest.mark.parametrize("path", [TOKEN, SCRIPT])
def test_maintenance_and_throttling_say_when_to_come_again(crowd: Site, subject: Subject, path: str) -> None:
    for number in ("8", "3"):
        with site_settings(crowd, make_fail(subject, number)):
            assert int(ask(crowd, path, values_of(subject)).headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", [TOKEN, SCRIPT])
def test_calls_and_tokens_are_counted_as_one(crowd: Site, subject: Subject, path: str) -> None:
    peer = f"198.51.100.{next(_NUMBERS) % 250}"
    wrong = basic(subject.username, WRONG_PASSWORD)
    with site_settings(crowd, {"throttle_login": "3 per 15 minutes"}):
        send(crowd, "/rest/test_void", b"{}", JSON, peer=peer, authorization=wrong)
        codes = [
            answer(ask(crowd, path, values_of(subject, password=WRONG_PASSWORD), peer=peer))["errorcode"]
            for _ in range(3)
        ]
        call = send(crowd, "/rest/test_void", b"{}", JSON, peer=peer, authorization=wrong)
    unknown = "wrongusernamepassword" if path == TOKEN else "usernamenotfound"
    assert codes == [unknown, unknown, "toomanyattempts"]
    assert answer(call)["errorcode"] == "toomanyattempts"
