"""Failed credentials are counted for all workers and protocols together; calls, for each worker by its share."""

from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from pyamf import remoting
from sqlalchemy import delete
from sqlalchemy.orm import Session

from gateway import access
from gateway.access import Outcome
from gateway.accounts.local import BACKENDS
from gateway.assembly import Gateway
from gateway.explain import why
from gateway.plugins import find_protocols
from gateway.protocol import Credentials
from gateway.store import Counter, Token
from gateway.throttle import Rates, Throttled
from tests.access.bank import Bank, Clock, call, outcome, refusal, succeeds
from tests.access.causes import (
    LONG_AGO,
    PASSWORD,
    PEER,
    UNKNOWN_TOKEN,
    WRONG_PASSWORD,
    Method,
    Subject,
    make_subject,
    site_settings,
)
from tests.access.faces import FACES, Face, deliver, packet
from tests.access.probe import facts_of
from tests.support.site import COMPONENTS, SITE_KEY, Site
from tests.support.wire import Seen

HERE, THERE = "203.0.113.1", "203.0.113.2"
WINDOW = 15 * 60
TOO_MANY, WRONG, UNKNOWN = "toomanyattempts", "wrongusernamepassword", "invalidtoken"
_NUMBERS = count(1)


@pytest.fixture(autouse=True)
def _bank(bank: Bank) -> None:
    """What is unknown costs no hash."""


def _guess(gateway: Gateway, username: str, peer: str = HERE) -> str:
    return outcome(gateway, Credentials(username=username, password=WRONG_PASSWORD), peer=peer)


def _try_token(gateway: Gateway, peer: str = HERE) -> str:
    return outcome(gateway, Credentials(f"{next(_NUMBERS):032x}"), peer=peer)


def _address(number: int) -> str:
    return f"198.51.100.{number}"


def _counters(site: Site) -> list[tuple[str, int, int]]:
    with Session(site.engine) as db:
        return [(each.name, each.count, each.expires_at) for each in db.query(Counter).order_by(Counter.name)]


# Of an account from an address


def test_five_wrong_passwords_and_no_more_are_tried(timed: Site, bank: Bank, jane: Subject) -> None:
    assert [_guess(timed.gateway, jane.name) for _ in range(7)] == [WRONG] * 5 + [TOO_MANY] * 2
    assert outcome(timed.gateway, jane.credentials, peer=HERE) == TOO_MANY
    assert len(bank.asked) == 5


def test_the_window_ends(timed: Site, jane: Subject, clock: Clock) -> None:
    for _ in range(5):
        _guess(timed.gateway, jane.name)
    clock.move(seconds=WINDOW - 1)
    response = call(timed.gateway, jane.credentials, peer=HERE)
    assert (response.status, response.headers["Retry-After"]) == (429, "1")
    clock.move(seconds=1)
    assert succeeds(timed.gateway, jane.credentials, peer=HERE)
    assert [_guess(timed.gateway, jane.name) for _ in range(6)] == [WRONG] * 5 + [TOO_MANY]


def test_who_is_throttled_makes_the_window_no_longer(timed: Site, jane: Subject, clock: Clock) -> None:
    for _ in range(5):
        _guess(timed.gateway, jane.name)
    before = _counters(timed)
    clock.move(seconds=WINDOW - 10)
    for _ in range(5):
        assert _guess(timed.gateway, jane.name) == TOO_MANY
    assert _counters(timed) == before
    clock.move(seconds=10)
    assert succeeds(timed.gateway, jane.credentials, peer=HERE)


def test_the_cause_says_what_was_counted(timed: Site, jane: Subject) -> None:
    for _ in range(5):
        _guess(timed.gateway, jane.name)
    assert refusal(timed.gateway, jane.credentials, peer=HERE).cause == (
        f"Credentials are not tried: 5 failed attempts in 15 minutes for {jane.name} from {HERE}; "
        f"try again in {WINDOW} seconds"
    )


def test_from_elsewhere_he_still_calls(timed: Site, jane: Subject) -> None:
    for _ in range(6):
        _guess(timed.gateway, jane.name)
    assert succeeds(timed.gateway, jane.credentials, peer=THERE)


def test_others_still_call_from_there(timed: Site, jane: Subject) -> None:
    joe = make_subject(timed, f"joe.{jane.name}", "password")
    for _ in range(6):
        _guess(timed.gateway, jane.name)
    assert succeeds(timed.gateway, joe.credentials, peer=HERE)


def test_right_passwords_and_known_tokens_are_not_counted(timed: Site, jane: Subject) -> None:
    expired = timed.add_token(jane.name, jane.name, valid_until=LONG_AGO)
    for _ in range(2):
        assert succeeds(timed.gateway, jane.credentials, peer=HERE)
        assert outcome(timed.gateway, Credentials(expired), peer=HERE) == "accessexception"
        assert outcome(timed.gateway, Credentials(), peer=HERE) == UNKNOWN
        assert (
            outcome(timed.gateway, Credentials(username=jane.name, password=""), peer=HERE)
            == "missingpassword"
        )
    assert _counters(timed) == []


# From an address


def test_an_address_is_throttled_whatever_names_it_tries(timed: Site, jane: Subject) -> None:
    seen = [_guess(timed.gateway, f"guess.{number}") for number in range(52)]
    assert seen == [WRONG] * 50 + [TOO_MANY] * 2
    assert outcome(timed.gateway, jane.credentials, peer=HERE) == TOO_MANY
    assert _try_token(timed.gateway) == TOO_MANY
    assert succeeds(timed.gateway, jane.credentials, peer=THERE)


def test_unknown_tokens_count(timed: Site, jane: Subject) -> None:
    assert [_try_token(timed.gateway) for _ in range(52)] == [UNKNOWN] * 50 + [TOO_MANY] * 2
    assert outcome(timed.gateway, jane.credentials, peer=HERE) == TOO_MANY


def test_a_known_token_keeps_working_from_a_throttled_address(timed: Site, jane: Subject) -> None:
    with site_settings(timed, {"throttle_address": "2 per minute"}):
        assert [_try_token(timed.gateway) for _ in range(3)] == [UNKNOWN] * 2 + [TOO_MANY]
        assert succeeds(timed.gateway, Credentials(jane.token), peer=HERE)
        timed.change(Token, {"user_id": facts_of(jane).identity.user.id}, revoked_at=LONG_AGO)  # type: ignore[union-attr]
        assert outcome(timed.gateway, Credentials(jane.token), peer=HERE) == TOO_MANY


def test_the_check_itself_lets_a_known_token_pass(timed: Site, jane: Subject) -> None:
    facts = facts_of(Subject(timed, jane.name, jane.token))
    facts.throttled = Throttled("50 failed attempts in 15 minutes", 60)
    access.enforce(facts)
    facts.identity = None
    with pytest.raises(access.Denial, match=TOO_MANY):
        access.enforce(facts)


# Of an account, from everywhere


def test_an_account_is_guessed_at_from_many_addresses_only_so_often(timed: Site, jane: Subject) -> None:
    with site_settings(timed, {"throttle_account": "10 per 15 minutes"}):
        seen = [_guess(timed.gateway, jane.name, _address(number // 4)) for number in range(12)]
        assert seen == [WRONG] * 10 + [TOO_MANY] * 2
        assert outcome(timed.gateway, jane.credentials, peer=THERE) == TOO_MANY
        assert succeeds(timed.gateway, Credentials(jane.token), peer=THERE)


def test_nobody_locks_another_out_from_one_address(timed: Site, jane: Subject, clock: Clock) -> None:
    """However long he tries, his address is refused long before the account is, everywhere else."""
    for _ in range(3):
        seen = [_guess(timed.gateway, jane.name) for _ in range(60)]
        assert seen == [WRONG] * 5 + [TOO_MANY] * 55
        assert succeeds(timed.gateway, jane.credentials, peer=THERE)
        clock.move(seconds=WINDOW)


# Everywhere the same


def _fault(site: Site, face: Face, shown: Credentials) -> tuple[Seen, str | None]:
    response = deliver(site.gateway, face.sent("test_void", shown), HERE)
    return face.fault(response.body), response.headers.get("Retry-After")


def test_all_protocols_count_as_one(timed: Site, bank: Bank, jane: Subject) -> None:
    wrong = Credentials(username=jane.name, password=WRONG_PASSWORD)
    seen = [_fault(timed, face, wrong)[0].errorcode for face in FACES]
    assert seen == [WRONG] * 5 + [TOO_MANY] * (len(FACES) - 5)
    for face in FACES:
        fault, wait = _fault(timed, face, jane.credentials)
        assert (fault.errorcode, wait) == (TOO_MANY, str(WINDOW))
    assert len(bank.asked) == 5


@pytest.mark.parametrize("path", ["/token", "/login/token.php"])
def test_addresses_that_hand_out_tokens_count_as_well(timed: Site, jane: Subject, path: str) -> None:
    body = f"username={jane.name}&password={WRONG_PASSWORD}&service={jane.name}".encode()
    headers = {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(body))}
    for _ in range(5):
        timed.gateway.handle("POST", path, "", headers, body, HERE)
    assert outcome(timed.gateway, jane.credentials, peer=HERE) == TOO_MANY
    right = body.replace(WRONG_PASSWORD.encode(), PASSWORD.encode())
    headers["content-length"] = str(len(right))
    answer = timed.gateway.handle("POST", path, "", headers, right, HERE)
    assert TOO_MANY.encode() in answer.body
    assert answer.headers["Retry-After"] == str(WINDOW)


def test_workers_count_as_one(timed: Site, bank: Bank, jane: Subject, clock: Clock) -> None:
    second = Gateway(
        timed.engine, COMPONENTS, find_protocols(), site_key=SITE_KEY, poll_seconds=0.0, clock=clock
    )
    workers = [timed.gateway, second]
    assert [_guess(workers[each % 2], jane.name) for each in range(6)] == [WRONG] * 5 + [TOO_MANY]
    second.log.close()


def test_a_database_that_is_locked_is_told_as_such(tmp_path: Path) -> None:
    """What cannot be counted is not answered: nobody guesses uncounted while the database is busy."""
    site = Site(tmp_path, busy_timeout=0.05)
    with site.write() as db:
        db.execute(delete(Counter))  # holds the lock
        response = call(site.gateway, Credentials("0" * 32))
    site.close()
    assert response.status == 503
    assert response.headers["Retry-After"] == "1"


# Rates of calls


def _allowed(subject: Subject, calls: int, shown: Credentials | None = None) -> list[str]:
    return [outcome(subject.site.gateway, shown or subject.credentials) for _ in range(calls)]


@pytest.mark.parametrize("method", ["token", "password"])
@pytest.mark.parametrize("kind", ["user", "service", "token"])
def test_a_rate_limit(timed: Site, bank: Bank, kind: str, method: Method) -> None:
    subject = make_subject(timed, f"fast.{next(_NUMBERS)}", method)
    if kind == "token":
        token = facts_of(Subject(timed, subject.name, subject.token)).identity.token  # type: ignore[union-attr]
        timed.change(Token, {"id": token.id}, rate_limit=2)  # type: ignore[union-attr]
    else:
        (subject.user if kind == "user" else subject.service)(rate_limit=2)
    limited = (kind, method) != ("token", "password")
    assert _allowed(subject, 4) == (["ok"] * 2 + ["ratelimited"] * 2 if limited else ["ok"] * 4)
    if limited:
        seen = refusal(timed.gateway, subject.credentials)
        assert seen.cause.startswith(f"More than 2 calls a minute of the {kind}; try again in ")
        wait = int(call(timed.gateway, subject.credentials).headers["Retry-After"])
        assert 0 < wait <= 60


def test_a_service_is_limited_for_all_its_users_together(timed: Site, jane: Subject) -> None:
    make_subject(timed, f"joe.{jane.name}")
    other = Credentials(timed.add_token(f"joe.{jane.name}", jane.name))
    jane.method = "token"
    jane.service(rate_limit=2)
    assert _allowed(jane, 1) + _allowed(jane, 1, other) == ["ok", "ok"]
    assert _allowed(jane, 1) + _allowed(jane, 1, other) == ["ratelimited"] * 2


def test_refused_calls_are_not_counted(timed: Site, jane: Subject) -> None:
    jane.user(rate_limit=1)
    jane.method = "token"
    for refused in ("test_nowhere", "", "test_write"):
        response = timed.gateway.handle("GET", f"/rest/{refused}", f"wstoken={jane.token}", {}, b"", HERE)
        assert response.status in (404, 405)
    assert _allowed(jane, 2) == ["ok", "ratelimited"]


def test_the_gentlest_limit_is_not_used_up_by_calls_that_the_strictest_refuses(
    timed: Site, jane: Subject
) -> None:
    jane.method = "token"
    jane.service(rate_limit=3)
    jane.user(rate_limit=1)
    assert _allowed(jane, 5) == ["ok"] + ["ratelimited"] * 4
    jane.user(rate_limit=None)
    assert _allowed(jane, 3) == ["ok", "ok", "ratelimited"]


def test_a_packet_counts_each_of_its_calls(timed: Site, jane: Subject) -> None:
    jane.user(rate_limit=3)
    answer = deliver(timed.gateway, packet("test_void", 5, jane.credentials))
    statuses = [each.status for _, each in remoting.decode(answer.body)]
    assert statuses == [remoting.STATUS_OK] * 3 + [remoting.STATUS_ERROR] * 2
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.body.count(b"ratelimited") >= 2


@pytest.mark.parametrize(("workers", "limit", "share"), [(1, 5, 5), (4, 8, 2), (4, 9, 2), (4, 3, 1)])
def test_each_worker_has_its_share(workers: int, limit: int, share: int) -> None:
    rates = Rates(workers)
    passed = [rates.hit([("user", 1, limit)]) is None for _ in range(limit + 1)]
    assert passed == [True] * share + [False] * (limit + 1 - share)
    assert rates.hit([("user", 2, limit)]) is None
    assert rates.hit([("token", 1, limit)]) is None


def test_the_minute_of_a_rate_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = SimpleNamespace(at=1000.0)
    clock = SimpleNamespace(time=lambda: now.at)
    monkeypatch.setattr("limits.storage.memory.time", clock)
    monkeypatch.setattr("limits.strategies.time", clock)
    monkeypatch.setattr("gateway.throttle.time", clock)
    rates = Rates()
    assert rates.hit([("user", 1, 1)]) is None
    limited = rates.hit([("user", 1, 1)])
    assert limited is not None
    assert limited.retry_after == 60
    now.at += 59
    assert rates.hit([("user", 1, 1)]) is not None
    now.at += 1
    assert rates.hit([("user", 1, 1)]) is None


# Explaining only looks


def test_explaining_counts_nothing(timed: Site, jane: Subject) -> None:
    jane.user(rate_limit=1)
    for _ in range(3):
        _guess(timed.gateway, jane.name, PEER)
    before = _counters(timed)
    for shown in (jane, Subject(timed, jane.name, jane.token)):
        facts = facts_of(shown)
        for _ in range(3):
            assert [each.number for each in access.explain(facts) if each.cause] == []
    asked: dict[str, str] = {"function": "test_void", "protocol": "rest", "address": PEER}
    for _ in range(60):
        found = why(timed.engine, timed.gateway.registry, BACKENDS, secret=UNKNOWN_TOKEN, **asked)
        assert [each.number for each in found if each.outcome is Outcome.FAILED] == ["4t"]
    assert _counters(timed) == before
    assert _allowed(jane, 2) == ["ok", "ratelimited"]
