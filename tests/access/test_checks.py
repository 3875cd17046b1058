"""Edges of single checks that the tables do not reach: exact instants, ages of passwords, what exactly is missing."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway import access
from gateway.access import Stage
from gateway.facts import Facts, Identity, MembershipFacts, ServiceFacts, SessionFacts, TokenFacts, UserFacts
from gateway.settings import Settings

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
    columns = {"auth": "manual", "password_changed_at": None, "password_expires_at": None} | user
    account = UserFacts(
        id=1,
        username="jane",
        confirmed=True,
        suspended=False,
        deleted=False,
        administrator=False,
        force_password_change=False,
        rate_limit=None,
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
