"""Edges of single checks that the tables do not reach: exact instants, ages of passwords, what exactly is missing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec import structs

from gateway import Deprecation, access, remedies, subjects
from gateway.access import Stage
from gateway.facts import Facts, Identity, MembershipFacts, ServiceFacts, SessionFacts, TokenFacts, UserFacts
from gateway.settings import Settings
from gateway.throttle import Throttled

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DEFAULTS = Settings()


def facts(
    *,
    settings: Settings = DEFAULTS,
    capabilities: frozenset[str] = frozenset({"webservice/rest:use"}),
    valid_until: datetime | None = None,
    entry_until: datetime | None = None,
    session: SessionFacts | None = None,
    **user: object,
) -> Facts:
    """A caller with a token who passes every check, but for what the arguments say."""
    dates = {"password_changed_at": None, "password_expires_at": None}
    columns = {"auth": "manual", "rate_limit": None} | dates | user
    account = UserFacts(
        id=1,
        username="jane",
        confirmed=True,
        suspended=False,
        deleted=False,
        administrator=False,
        force_password_change=False,
        **columns,  # type: ignore[arg-type]
    )
    entry = MembershipFacts(entry_until, None)
    service = ServiceFacts(1, "Tests", "tests", True, True, None, None, entry, frozenset({"test_void"}))
    token = TokenFacts(
        1, "01234567", valid_until, None, None, "session" if session else "random", service.id, session
    )
    identity = Identity(token, account, (service,), capabilities)
    known = {"webservices": True, "protocols": frozenset({"rest"})}
    values = {name: getattr(settings, name) for name in Settings.__struct_fields__} | known
    found = Facts(Settings(**values), NOW, "127.0.0.1", "rest", prefix="01234567", identity=identity)
    found.function, found.known = "test_void", True
    access.choose_service(found)
    return found


def refused(found: Facts) -> str:
    """The number of the check that refuses, empty when all pass."""
    try:
        access.enforce(found)
    except access.Denial as denial:
        return denial.check.number
    return ""


def test_a_date_has_passed_only_after_its_instant() -> None:
    assert [refused(facts(valid_until=NOW + late)) for late in (-TICK, 0 * TICK, TICK)] == ["5t", "", ""]
    assert [refused(facts(entry_until=NOW + late)) for late in (-TICK, 0 * TICK, TICK)] == ["20", "", ""]
    assert [refused(facts(password_expires_at=NOW + late)) for late in (-TICK, 0 * TICK)] == ["12", ""]


@pytest.mark.parametrize(
    ("lasts", "unused", "number"),
    [
        (TICK, timedelta(minutes=30) - TICK, ""),
        (0 * TICK, 0 * TICK, "6t"),
        (TICK, timedelta(minutes=30), "6t"),
    ],
)
def test_a_login_lasts_until_its_instant_and_while_it_is_used(
    lasts: timedelta, unused: timedelta, number: str
) -> None:
    session = SessionFacts(NOW + lasts, NOW - unused)
    assert refused(facts(settings=Settings(session_idle_minutes=30), session=session)) == number


@pytest.mark.parametrize(
    ("auth", "days", "changed", "number"),
    [
        ("manual", 30, timedelta(days=31), "12"),
        ("manual", 30, timedelta(days=29), ""),
        ("manual", 0, timedelta(days=3000), ""),
        ("manual", 30, None, ""),
        ("webservice", 30, timedelta(days=31), ""),
    ],
)
def test_only_passwords_of_the_backend_manual_age(
    auth: str, days: int, changed: timedelta | None, number: str
) -> None:
    settings = Settings(password_max_age_days=days)
    when = NOW - changed if changed is not None else None
    assert refused(facts(settings=settings, auth=auth, password_changed_at=when)) == number


def test_the_cause_names_the_capability_that_is_missing() -> None:
    found = facts(capabilities=frozenset({"webservice/rest:use", "test/a:held"}))
    found.requires = ("test/a:held", "test/b:missing")
    with pytest.raises(access.Denial) as denied:
        access.enforce(found)
    assert denied.value.check.number == "25"
    assert "test/b:missing" in denied.value.cause
    assert "test/a:held" not in denied.value.cause


@pytest.mark.parametrize(
    ("removal", "replacement", "number", "cause"),
    [
        (date(2026, 3, 1), "test_new", "23", "was removed on 2026-03-01; call test_new instead"),
        (date(2026, 3, 1), None, "23", "was removed on 2026-03-01; nothing replaces it"),
        (date(2026, 3, 2), "test_new", "", ""),
        (None, "test_new", "", ""),
    ],
)
def test_a_function_is_gone_from_the_day_of_its_removal(
    removal: date | None, replacement: str | None, number: str, cause: str
) -> None:
    found = facts()
    found.deprecated = Deprecation(date(2025, 1, 1), removal, replacement)
    assert refused(found) == number
    if number:
        (finding,) = [each for each in access.explain(found) if each.number == number]
        assert cause in finding.cause
        assert cause.partition("; ")[2] in finding.remedy


@pytest.mark.parametrize(
    ("passwords", "header"),
    [
        (True, 'Basic realm="Manifold", charset="UTF-8", Bearer realm="Manifold"'),
        (False, 'Bearer realm="Manifold"'),
    ],
)
def test_who_shows_nothing_is_asked_for_what_counts(passwords: bool, header: str) -> None:
    found = facts(settings=Settings(passwords=passwords))
    found.identity, found.prefix = None, None
    with pytest.raises(access.Denial) as denied:
        access.enforce(found, Stage.QUERY)
    assert denied.value.challenge == header
    found.prefix = "01234567"
    with pytest.raises(access.Denial) as unknown:
        access.enforce(found, Stage.QUERY)
    assert unknown.value.challenge == ""


def test_every_line_of_an_explanation_is_named() -> None:
    found = facts(valid_until=NOW - TICK)
    names = [(each.number, each.name) for each in access.explain(found)]
    assert names == [(each.number, each.name) for each in access.CHECKS if each.method != "password"]


def limited(user: int | None, service: int | None, token: int | None) -> Facts:
    """A caller whose limits are these."""
    found = facts(rate_limit=user)
    identity = found.identity
    assert identity is not None
    assert identity.token is not None
    found.service = structs.replace(identity.services[0], rate_limit=service)
    found.identity = structs.replace(
        identity, token=structs.replace(identity.token, id=7, rate_limit=token), services=(found.service,)
    )
    return found


@pytest.mark.parametrize(
    ("limits", "remedy"),
    [
        ((None, None, None), "wait"),
        ((5, None, None), "gateway user change jane --rate-limit 10 or wait"),
        ((None, 6, None), "gateway service change tests --rate-limit 12 or wait"),
        ((None, None, 9), "gateway token change 7 --rate-limit 18 or wait"),
        (
            (1, 2, 3),
            "gateway user change jane --rate-limit 2 or gateway service change tests --rate-limit 4 or "
            "gateway token change 7 --rate-limit 6 or wait",
        ),
    ],
)
def test_the_remedy_of_a_limit_doubles_each_that_there_is(
    limits: tuple[int | None, int | None, int | None], remedy: str
) -> None:
    assert remedies.raise_limits(limited(*limits)) == remedy


def test_limits_of_who_came_with_a_password_are_those_of_the_user() -> None:
    found = limited(5, None, None)
    assert found.identity is not None
    found.identity, found.service = structs.replace(found.identity, token=None), None
    assert remedies.raise_limits(found) == "gateway user change jane --rate-limit 10 or wait"


def test_remedies_are_whole_commands() -> None:
    found = facts()
    allow = "gateway role allow ROLE a/b:c, ROLE being one that jane has (gateway user show jane)"
    assert remedies.allow(found, "a/b:c") == allow
    assert remedies.command("user", "show", "a b") == "gateway user show 'a b'"
    assert remedies.admit_too(None, found) == "127.0.0.1"
    assert remedies.admit_too("10.0.0.0/8", found) == "10.0.0.0/8,127.0.0.1"
    assert remedies.new_token(found) == "gateway token create --user jane --service tests"


def test_an_explanation_names_checks_that_were_not_reached() -> None:
    found = facts()
    found.identity = None
    unreached = [each for each in access.explain(found) if each.outcome is access.Outcome.NOT_REACHED]
    names = {check.number: check.name for check in access.CHECKS}
    assert unreached
    assert all(each.name == names[each.number] for each in unreached)
    assert list(access.usable_services(found)) == []


def test_throttled_words() -> None:
    assert subjects.throttled_by(None) == ""
    assert subjects.throttled_by(Throttled("Nine calls", 4)) == "Nine calls; try again in 4 seconds"
