"""What each debug level discloses, on every protocol: causes from NORMAL, tracebacks at DEVELOPER."""

import logging
from collections.abc import Iterator

import msgspec
import pytest

from tests.access.causes import Subject, make_fail, make_subject, site_settings
from tests.access.probe import Refused, refused
from tests.support.site import Site

LEVELS = ("none", "minimal", "normal", "all", "developer")
SHOWING = LEVELS[2:]
SECRET, TRACEBACK = b"swordfish", b"Traceback (most recent call last)"


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Errors that a function raises are logged; here they are wanted."""
    caplog.set_level(logging.CRITICAL, "gateway")


@pytest.fixture(scope="module")
def fine(crowd: Site) -> Subject:
    """Somebody who may call everything."""
    return make_subject(crowd, "fine")


@pytest.fixture(scope="module")
def suspended(crowd: Site) -> Subject:
    """Somebody who is refused."""
    subject = make_subject(crowd, "suspended")
    make_fail(subject, "11")
    return subject


@pytest.fixture(params=("amf", "rest", "soap", "xmlrpc"))
def protocol(request: pytest.FixtureRequest, crowd: Site) -> str:
    """Each protocol in turn."""
    name: str = request.param
    assert name in crowd.protocols
    return name


@pytest.fixture(params=LEVELS)
def level(request: pytest.FixtureRequest, crowd: Site) -> Iterator[str]:
    """Each debug level in turn, set on the site."""
    name: str = request.param
    with site_settings(crowd, {"debug": name}):
        yield name


def _call(subject: Subject, protocol: str, function: str, **values: object) -> Refused:
    subject.function = function
    return refused(subject, protocol, values)


def test_the_cause_of_a_denial(protocol: str, level: str, suspended: Subject) -> None:
    answer = refused(suspended, protocol)
    assert (answer.fault.exception, answer.fault.errorcode) == (
        "webservice_access_exception",
        "accessexception",
    )
    assert answer.fault.message == "Access control exception"
    assert answer.fault.cause == ("The user suspended is suspended" if level in SHOWING else "")
    assert (b"is suspended" in answer.response.body) is (level in SHOWING)
    assert answer.fault.request_id == answer.response.headers["X-Request-Id"]


def test_the_cause_of_a_declared_fault(protocol: str, level: str, fine: Subject) -> None:
    answer = _call(fine, protocol, "test_declared_fault", username="x")
    assert (answer.fault.errorcode, answer.fault.message) == ("teaiscold", "The tea is cold")
    assert answer.fault.cause == ("It stood for an hour" if level in SHOWING else "")
    assert TRACEBACK not in answer.response.body


def test_the_cause_of_a_wrong_result(protocol: str, level: str, fine: Subject) -> None:
    answer = _call(fine, protocol, "test_wrong_result", username="x")
    assert answer.fault.errorcode == "invalidresponse"
    assert bool(answer.fault.cause) is (level in SHOWING)
    assert TRACEBACK not in answer.response.body


def test_problems_are_the_callers_own_and_always_shown(protocol: str, level: str, fine: Subject) -> None:
    answer = _call(fine, protocol, "test_write", username="NOT A NAME")
    assert answer.fault.errorcode == "invalidparameter"
    assert [each["path"] for each in answer.fault.problems] == ["username"]
    assert ("NOT A NAME" in answer.fault.cause) is (level in SHOWING)


def test_the_traceback_of_an_unexpected_error(protocol: str, level: str, fine: Subject) -> None:
    answer = _call(fine, protocol, "test_raises", username="x")
    assert (answer.fault.exception, answer.fault.errorcode) == ("coding_exception", "codingerror")
    assert answer.fault.message == "Coding error detected, it must be fixed by a programmer"
    assert answer.fault.cause.startswith("RuntimeError was raised") is (level in SHOWING)
    assert (TRACEBACK in answer.response.body) is (level == "developer")
    assert (SECRET in answer.response.body) is (level == "developer")


def test_a_message_that_cannot_be_read_is_told_by_the_sites_level(level: str, crowd: Site) -> None:
    response = crowd.post("/xmlrpc", b"<methodCall>", "text/xml")
    assert b"ERRORCODE: invalidrequest" in response.body
    assert (b"DEBUG INFO: " in response.body) is (level in SHOWING)


def test_debugusers_see_everything_and_nobody_else_does(crowd: Site, protocol: str, fine: Subject) -> None:
    other = make_subject(crowd, f"other.{protocol}")
    with site_settings(crowd, {"debug": "none", "debugusers": "fine,nobody"}):
        mine = _call(fine, protocol, "test_raises", username="x")
        others = _call(other, protocol, "test_raises", username="x")
        make_fail(other, "4t")
        unknown = refused(other, protocol)
    assert TRACEBACK in mine.response.body
    assert mine.fault.cause.startswith("RuntimeError was raised")
    for hidden in (others, unknown):
        assert hidden.fault.cause == ""
        assert TRACEBACK not in hidden.response.body


def test_debugusers_see_why_they_are_refused(crowd: Site, protocol: str, suspended: Subject) -> None:
    with site_settings(crowd, {"debug": "none", "debugusers": "suspended"}):
        assert refused(suspended, protocol).fault.cause == "The user suspended is suspended"


def test_the_keys_are_the_same_at_every_level(crowd: Site, suspended: Subject) -> None:
    keys = set()
    for each in LEVELS:
        with site_settings(crowd, {"debug": each}):
            keys.add(tuple(msgspec.json.decode(refused(suspended, "rest").response.body)))
    assert len(keys) == 1
