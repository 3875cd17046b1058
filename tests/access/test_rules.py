"""Checks compiled into one function: the same verdicts, in the same order, as of each asked alone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import product

import pytest

from gateway.access import CHECKS, Stage
from gateway.facts import Facts, Identity, ServiceFacts, TokenFacts, UserFacts
from gateway.settings import Settings
from gateway.subjects import Predicate, Subject, first_failure, of_service, of_token, of_user

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SERVICE = ServiceFacts(1, "Shop", None, True, False, None, None, None, frozenset({"buy"}))


def make_facts(*, service: ServiceFacts | None = SERVICE, suspended: bool = False) -> Facts:
    """The Facts of a call that passes every check, unless its user is suspended."""
    user = UserFacts(1, "jane", "manual", True, suspended, False, True, False, None, None, None)
    token = TokenFacts(1, "12345678", None, None, None, "admin", 1)
    settings = Settings(webservices=True, protocols=frozenset({"rest"}))
    facts = Facts(settings, NOW, "::1", "rest", prefix="12345678", function="buy", known=True)
    facts.identity, facts.service = Identity(token, user, (SERVICE,), frozenset()), service
    return facts


def verdicts(facts: Facts, predicates: Sequence[Predicate]) -> list[bool]:
    """What each predicate says alone."""
    return [each(facts) for each in predicates]


@pytest.mark.parametrize("answers", [*product([True, False], repeat=3)])
def test_the_first_that_fails_is_named(answers: tuple[bool, bool, bool]) -> None:
    first, second, third = answers
    predicates: list[Predicate] = [
        lambda facts: first and facts.known,
        of_user(lambda user, facts: second and user.username == "jane" and facts.known),
        of_service(lambda service, facts: third and service.name == "Shop" and facts.known),
    ]
    expected = answers.index(False) if False in answers else None
    assert first_failure(predicates)(make_facts()) == expected
    assert verdicts(make_facts(), predicates) == list(answers)


def test_no_predicate_fails_where_there_is_none() -> None:
    assert first_failure([])(make_facts()) is None


def test_what_is_said_of_a_service_passes_where_there_is_none() -> None:
    predicates = [of_service(lambda service, _: service.name == "another"), of_token(lambda *_: False)]
    for facts, expected in ((make_facts(), [False, False]), (make_facts(service=None), [True, False])):
        assert verdicts(facts, predicates) == expected
        assert first_failure(predicates)(facts) == expected.index(False)


def test_later_parts_are_not_looked_at() -> None:
    """A check may take for granted that the earlier ones passed: without a caller nobody asks for his token."""
    facts = make_facts()
    facts.identity = None
    predicates: list[Predicate] = [
        lambda facts: facts.identity is not None,
        of_token(lambda token, _: token.valid_until is None),
    ]
    assert first_failure(predicates)(facts) == 0


def test_a_subject_says_where_it_is_and_when() -> None:
    of_name = Subject[str]("facts.username", "facts.method == 'password'")
    rule = of_name(lambda name, facts: name == "jane" and facts.known)
    facts = make_facts()
    assert rule(facts)
    assert rule.failure("p7") == "facts.method == 'password' and not p7(facts.username, facts)"
    facts.method = "password"
    assert not rule(facts)
    facts.username = "jane"
    assert rule(facts)
    always = Subject[str]("facts.username")(lambda name, _: name == "joe")
    assert always.failure("p") == "not p(facts.username, facts)"
    assert not always(facts)


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_fails_where_its_checks_do(stage: Stage) -> None:
    section = stage.section(make_facts())
    assert all(each.method != "password" for each in section.checks)
    assert section.first_failure(make_facts()) is None
    numbers = [each.number for each in section.checks]
    expected = numbers.index("11") if "11" in numbers else None
    assert section.first_failure(make_facts(suspended=True)) == expected


def test_a_section_is_ranges_of_the_list_for_one_method() -> None:
    section = type(Stage.ALL.of_token)((("4t", "4p"), ("10", "11"), ("23", "23")), "token")
    assert [each.number for each in section.checks] == ["4t", "5t", "6t", "7t", "10", "11", "23"]
    assert section.first_failure(make_facts()) is None
    assert section.first_failure(make_facts(suspended=True)) == 5


def test_the_last_stage_is_the_whole_list() -> None:
    whole = {*Stage.ALL.of_token.checks, *Stage.ALL.of_password.checks}
    assert whole == set(CHECKS)
    assert {each.number[-1] for each in Stage.ALL.of_password.checks if each.method} == {"p"}
