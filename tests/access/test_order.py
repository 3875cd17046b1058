"""The order of the checks: with two causes true at once the earlier answers, on every protocol."""

import re

import pytest

from gateway.protocol import RemoteFault
from tests.access.causes import CAUSES, METHODS, Method, make_fail, make_subject, site_settings
from tests.access.pairs import IMPOSSIBLE, NUMBERS, PAIRS, SINGLES, Pair
from tests.access.probe import refused, send
from tests.conformance.data import BY_NUMBER
from tests.support.site import Site

NAMES_ITS_FUNCTION = {"soap": "the call is the Body's element, which has a name"}
"""Protocols in which check 15 cannot fail."""


def _who_answers(fault: RemoteFault) -> list[str]:
    """The numbers of the checks whose class, errorcode and cause this is."""
    return [
        number
        for number, check in BY_NUMBER.items()
        if (fault.exception, fault.errorcode) == (check.fault.exception, check.fault.errorcode)
        and re.search(check.fault.cause, fault.cause)
    ]


def _protocols(site: Site, *numbers: str) -> list[str]:
    return [name for name in site.protocols if "15" not in numbers or name not in NAMES_ITS_FUNCTION]


@pytest.mark.parametrize(("method", "number"), SINGLES)
def test_a_cause_alone_is_what_answers(crowd: Site, method: Method, number: str) -> None:
    subject = make_subject(crowd, f"{method}.{number}", method)
    for protocol in crowd.protocols:
        assert send(subject, protocol).status == 200
    with site_settings(crowd, make_fail(subject, number)):
        for protocol in _protocols(crowd, number):
            answer = refused(subject, protocol)
            assert _who_answers(answer.fault) == [number], (protocol, answer.fault.cause)
            if protocol == "rest":
                assert answer.response.status == BY_NUMBER[number].fault.status


@pytest.mark.parametrize(("method", "first", "second"), PAIRS)
def test_the_earlier_of_two_answers(crowd: Site, method: Method, first: str, second: str) -> None:
    subject = make_subject(crowd, f"{method}.{first}.{second}", method)
    with site_settings(crowd, make_fail(subject, first, second)):
        for protocol in _protocols(crowd, first, second):
            answer = refused(subject, protocol)
            assert _who_answers(answer.fault) == [first], (protocol, answer.fault.cause)


def test_maintenance_says_when_to_come_again(crowd: Site) -> None:
    subject = make_subject(crowd, "patient")
    with site_settings(crowd, {"maintenance": "true"}):
        for protocol in crowd.protocols:
            assert int(refused(subject, protocol).response.headers["Retry-After"]) > 0
    make_fail(subject, "11")
    for protocol in crowd.protocols:
        assert "Retry-After" not in refused(subject, protocol).response.headers


def test_who_may_bypass_maintenance_calls_on(crowd: Site) -> None:
    subject = make_subject(crowd, "bypasser")
    crowd.grant(subject.name, ["moodle/site:config"])
    with site_settings(crowd, {"maintenance": "true"}):
        assert {send(subject, protocol).status for protocol in crowd.protocols} == {200}


def test_each_protocol_is_disabled_on_its_own(crowd: Site) -> None:
    subject = make_subject(crowd, "polyglot")
    for disabled in crowd.protocols:
        others = [name for name in crowd.protocols if name != disabled]
        with site_settings(crowd, {"protocols": ",".join(others)}):
            assert _who_answers(refused(subject, disabled).fault) == ["2"]
            assert {send(subject, protocol).status for protocol in others} == {200}


def test_each_protocol_has_a_capability_of_its_own(crowd: Site) -> None:
    for refusing in crowd.protocols:
        subject = make_subject(crowd, f"without.{refusing}")
        subject.prohibit(f"webservice/{refusing}:use")
        assert _who_answers(refused(subject, refusing).fault) == ["14"]
        others = [name for name in crowd.protocols if name != refusing]
        assert {send(subject, protocol).status for protocol in others} == {200}


def test_an_administrator_needs_no_capability(crowd: Site) -> None:
    subject = make_subject(crowd, "root")
    make_fail(subject, "14", "18", "25")
    subject.user(administrator=True)
    assert {send(subject, protocol).status for protocol in crowd.protocols} == {200}


def test_every_pair_is_tried_or_cannot_occur() -> None:
    ordered: set[Pair] = {
        (method, first, second)
        for method in METHODS
        for at, first in enumerate(NUMBERS[method])
        for second in NUMBERS[method][at + 1 :]
    }
    assert {*PAIRS, *IMPOSSIBLE} == ordered
    assert all(IMPOSSIBLE.values())
    assert CAUSES.keys() == {number for _, number in SINGLES}
