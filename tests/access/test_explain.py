"""Explaining: every check over the same Facts, past the first that fails, and in agreement with enforcing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import msgspec
import pytest
from sqlalchemy import event

from gateway import access
from gateway.access import Finding, Outcome
from gateway.accounts.local import BACKENDS
from gateway.explain import why
from gateway.facts import Facts
from tests.access.causes import METHODS, PEER, Method, Subject, make_fail, make_subject, site_settings
from tests.access.pairs import IMPOSSIBLE, NOT_REACHED, NUMBERS, PAIRS, SINGLES
from tests.access.probe import facts_of
from tests.conformance.data import BY_NUMBER, CHECKS
from tests.support.site import Site

COUNTED = {"24"}
"""Checks of what each worker counts for itself."""
_NAMES = count(1)
PLACEHOLDER = re.compile(r"[{}<>]|None|object at 0x|  | ,|\bFacts\b")


def _failed(findings: list[Finding]) -> list[str]:
    return [each.number for each in findings if each.outcome is Outcome.FAILED]


def _denied(facts: Facts) -> str:
    with pytest.raises(access.Denial) as raised:
        access.enforce(facts)
    return raised.value.check.number


@contextmanager
def _failing(site: Site, method: Method, *numbers: str) -> Iterator[tuple[Subject, Facts]]:
    subject = make_subject(site, f"{next(_NAMES)}-{method}", method)
    with site_settings(site, make_fail(subject, *numbers)):
        yield subject, facts_of(subject)


def test_the_list_of_checks_is_the_tables() -> None:
    assert [(each.number, each.name) for each in access.CHECKS] == [
        (each.number, each.name) for each in CHECKS
    ]


@pytest.mark.parametrize("method", METHODS)
def test_who_may_call_passes_every_check(crowd: Site, method: Method) -> None:
    facts = facts_of(make_subject(crowd, f"fine-{method}", method))
    access.enforce(facts)
    findings = list(access.explain(facts))
    assert [each.number for each in findings] == NUMBERS[method]
    outcomes = {each.number: each.outcome for each in findings}
    unlisted = {"20", "21"}  # a service that is not restricted has no entries to look at
    assert {number for number, outcome in outcomes.items() if outcome is Outcome.NOT_REACHED} == unlisted
    assert {outcomes[number] for number in outcomes.keys() - unlisted} == {Outcome.PASSED}
    assert {(each.cause, each.remedy) for each in findings} == {("", "")}


@pytest.mark.parametrize(("method", "number"), SINGLES)
def test_a_failure_is_explained_with_cause_and_remedy(crowd: Site, method: Method, number: str) -> None:
    with _failing(crowd, method, number) as (_, facts):
        findings = list(access.explain(facts))
        assert [each.number for each in findings] == NUMBERS[method]
        assert _failed(findings)[0] == number == _denied(facts)
        for finding in findings:
            assert bool(finding.cause and finding.remedy) is (finding.outcome is Outcome.FAILED)
            assert not PLACEHOLDER.search(finding.cause), finding.cause
            assert not PLACEHOLDER.search(finding.remedy), finding.remedy
            if finding.outcome is Outcome.FAILED:
                assert re.search(BY_NUMBER[finding.number].fault.cause, finding.cause)


@pytest.mark.parametrize(("method", "first", "second"), PAIRS)
def test_two_failures_are_both_explained(crowd: Site, method: Method, first: str, second: str) -> None:
    with _failing(crowd, method, first, second) as (_, facts):
        findings = list(access.explain(facts))
        assert _failed(findings)[0] == first == _denied(facts)
        later = Outcome.NOT_REACHED if (method, first, second) in NOT_REACHED else Outcome.FAILED
        assert [each.outcome for each in findings if each.number == second] == [later]


@pytest.mark.parametrize(("method", "first", "second"), IMPOSSIBLE)
def test_what_cannot_fail_together_does_not(crowd: Site, method: Method, first: str, second: str) -> None:
    with _failing(crowd, method, first, second) as (_, facts):
        assert not {first, second} <= set(_failed(list(access.explain(facts))))


def test_without_a_token_only_what_needs_nobody_is_reached(crowd: Site) -> None:
    subject = make_subject(crowd, "tokenless")
    subject.token = None
    findings = list(access.explain(facts_of(subject)))
    assert _failed(findings) == ["4t"]
    reached = {each.number for each in findings if each.outcome is not Outcome.NOT_REACHED}
    assert reached == {"1", "2", "3", "4t", "15", "16", "23"}


@pytest.mark.parametrize(("method", "number"), SINGLES)
def test_checks_have_no_side_effects(crowd: Site, method: Method, number: str) -> None:
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    with _failing(crowd, method, number) as (_, facts):
        before = msgspec.json.encode(facts, order="sorted")
        event.listen(crowd.engine, "before_cursor_execute", note)
        try:
            assert list(access.explain(facts)) == list(access.explain(facts))
            assert _denied(facts) == _denied(facts)
        finally:
            event.remove(crowd.engine, "before_cursor_execute", note)
        assert msgspec.json.encode(facts, order="sorted") == before
    assert statements == []


@pytest.mark.parametrize("number", sorted({*NUMBERS["token"]} - COUNTED))
def test_the_question_why_is_answered_from_the_same_checks(crowd: Site, number: str) -> None:
    with _failing(crowd, "token", number) as (subject, _):
        findings = why(
            *(crowd.engine, crowd.gateway.registry, BACKENDS),
            secret=subject.token or "",
            function=subject.function,
            protocol="rest",
            address=PEER,
        )
        assert _failed(findings)[0] == number
