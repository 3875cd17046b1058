"""Callers with user name and password: judged once, remembered for a minute, and told nothing that helps a guess."""

import json
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from pyamf import remoting
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import administration
from gateway.accounts import Verdict
from gateway.accounts.local import BACKENDS
from gateway.assembly import Gateway
from gateway.credentials import hash_password
from gateway.plugins import find_protocols
from gateway.protocol import Credentials
from gateway.store import CallRecord
from tests.access.bank import Bank, Clock, call, outcome, refusal, succeeds, with_password
from tests.access.causes import (
    PASSWORD,
    THROTTLES,
    WRONG_PASSWORD,
    Subject,
    make_subject,
    site_settings,
)
from tests.access.faces import deliver, packet
from tests.support.site import COMPONENTS, SITE_KEY, Site

SLOTS = 2
"""How many verifications run at once in each worker; usually as many as there are processors."""
OTHER_PASSWORD = "0ther-stapler"
OTHER_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(OTHER_PASSWORD)
MANY = dict.fromkeys(THROTTLES, "100000 per 15 minutes")


# Judged once, remembered for a minute


def test_a_packet_of_15_calls_hashes_one_password(timed: Site, bank: Bank, jane: Subject) -> None:
    answer = deliver(timed.gateway, packet("test_void", 15, jane.credentials))
    answers = [each for _, each in remoting.decode(answer.body)]
    assert [each.status for each in answers] == [remoting.STATUS_OK] * 15
    assert bank.asked == [jane.name]


def test_a_packet_with_a_wrong_password_fails_once(timed: Site, bank: Bank, jane: Subject) -> None:
    """15 refusals, but one failed attempt of the five that there are."""
    for _ in range(3):
        answer = deliver(timed.gateway, packet("test_void", 15, with_password(jane, WRONG_PASSWORD)))
        faults = [each.body for _, each in remoting.decode(answer.body)]
        assert [each.code for each in faults] == ["wrongusernamepassword"] * 15
    assert bank.asked == [jane.name] * 3
    assert succeeds(timed.gateway, jane.credentials)


def test_a_right_password_is_remembered_for_a_minute(
    timed: Site, bank: Bank, jane: Subject, clock: Clock
) -> None:
    for seconds, asked in ((0, 1), (59, 1), (2, 2), (59, 2)):
        clock.move(seconds=seconds)
        assert succeeds(timed.gateway, jane.credentials)
        assert len(bank.asked) == asked


def test_a_clock_that_is_set_back_remembers_nothing_longer(
    timed: Site, bank: Bank, jane: Subject, clock: Clock
) -> None:
    assert succeeds(timed.gateway, jane.credentials)
    clock.move(hours=-1)
    assert succeeds(timed.gateway, jane.credentials)
    clock.move(hours=1)
    assert len(bank.asked) == 2


def test_a_wrong_password_is_not_remembered(timed: Site, bank: Bank, jane: Subject) -> None:
    for _ in range(2):
        assert outcome(timed.gateway, with_password(jane, WRONG_PASSWORD)) == "wrongusernamepassword"
    assert len(bank.asked) == 2


def test_a_changed_password_counts_at_once(timed: Site, bank: Bank, jane: Subject) -> None:
    assert succeeds(timed.gateway, jane.credentials)
    jane.user(password_hash=OTHER_HASH)
    assert outcome(timed.gateway, jane.credentials) == "wrongusernamepassword"
    assert succeeds(timed.gateway, with_password(jane, OTHER_PASSWORD))
    jane.user(password_hash=None)
    assert outcome(timed.gateway, with_password(jane, OTHER_PASSWORD)) == "wrongusernamepassword"


def test_who_is_suspended_is_refused_though_his_password_is_remembered(
    timed: Site, bank: Bank, jane: Subject
) -> None:
    assert succeeds(timed.gateway, jane.credentials)
    jane.user(suspended=True)
    assert refusal(timed.gateway, jane.credentials).cause == f"The user {jane.name} is suspended"
    assert len(bank.asked) == 1


def test_two_users_with_one_password_are_judged_each(timed: Site, bank: Bank, jane: Subject) -> None:
    joe = make_subject(timed, f"joe.{jane.name}", "password")
    jane.user(password_hash=OTHER_HASH)
    assert succeeds(timed.gateway, joe.credentials)
    assert outcome(timed.gateway, jane.credentials) == "wrongusernamepassword"


@pytest.mark.parametrize("setting", ["webservices", "passwords"])
def test_no_password_is_hashed_where_none_is_taken(
    timed: Site, bank: Bank, jane: Subject, setting: str
) -> None:
    with site_settings(timed, {setting: "false"}):
        assert outcome(timed.gateway, jane.credentials) == "accessexception"
    assert bank.asked == []


# One answer and one duration


def test_an_unknown_user_and_a_wrong_password_get_one_answer(timed: Site, bank: Bank, jane: Subject) -> None:
    empty = make_subject(timed, f"empty.{jane.name}", "password")
    empty.user(password_hash=None)
    elsewhere = make_subject(timed, f"elsewhere.{jane.name}", "password")
    elsewhere.user(auth="no.such.backend")
    names = [jane.name, f"nobody.{jane.name}", empty.name, elsewhere.name]
    seen = [
        refusal(timed.gateway, Credentials(username=name, password=WRONG_PASSWORD), peer="192.0.2.7")
        for name in names
    ]
    assert {(each.exception, each.errorcode, each.message) for each in seen} == {
        ("moodle_exception", "wrongusernamepassword", "Wrong username or password")
    }
    assert [each.cause for each in seen] == [
        f"There is no user {name}, or the password is not his" for name in names
    ]
    assert len(bank.asked) == len(names)  # each costs one verification


def test_an_unknown_user_and_a_wrong_password_take_one_duration(timed: Site, jane: Subject) -> None:
    """With hashes at full cost; the shortest of some, in turns, as the machine may be busy."""
    jane.user(password_hash=hash_password(PASSWORD))
    empty = make_subject(timed, f"empty.{jane.name}", "password")
    empty.user(password_hash=None)
    names = (jane.name, f"nobody.{jane.name}", empty.name)
    spent: dict[str, list[float]] = {name: [] for name in names}
    with site_settings(timed, MANY):
        for _ in range(3):
            for name in names:
                started = time.perf_counter()
                credentials = Credentials(username=name, password=WRONG_PASSWORD)
                assert outcome(timed.gateway, credentials, peer="192.0.2.8") == "wrongusernamepassword"
                spent[name].append(time.perf_counter() - started)
    medians = [statistics.median(each) for each in spent.values()]
    assert max(medians) < 3 * min(medians), medians


# Bounded, and counted together by all workers


def _bound(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway.passwords, "turn", threading.BoundedSemaphore(SLOTS))


def test_verifications_wait_for_their_turn(
    timed: Site, bank: Bank, jane: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bound(timed.gateway, monkeypatch)
    bank.pause = 0.005
    wrong = with_password(jane, WRONG_PASSWORD)
    with site_settings(timed, MANY), ThreadPoolExecutor(20) as threads:
        seen = list(threads.map(lambda _: outcome(timed.gateway, wrong), range(60)))
    assert seen == ["wrongusernamepassword"] * 60
    assert len(bank.asked) == 60
    assert bank.peak == SLOTS


def test_1000_wrong_passwords_in_parallel_are_throttled_as_one_count(
    timed: Site, bank: Bank, jane: Subject, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """Two workers on one database: five attempts are tried, and those that were on their way at the fifth."""
    bank.pause = 0.002
    second = Gateway(
        timed.engine, COMPONENTS, find_protocols(), site_key=SITE_KEY, poll_seconds=0.0, clock=clock
    )
    monkeypatch.setattr(second.passwords, "backends", {**BACKENDS, bank.name: bank})
    workers = (timed.gateway, second)
    for worker in workers:
        _bound(worker, monkeypatch)
    start = threading.Barrier(40)

    def guess(number: int) -> str:
        if number < 40:
            start.wait(20)
        return outcome(workers[number % 2], with_password(jane, f"guess {number}"))

    with ThreadPoolExecutor(40) as threads:
        seen = list(threads.map(guess, range(1000)))
    second.log.close()
    tried = seen.count("wrongusernamepassword")
    assert seen.count("toomanyattempts") == 1000 - tried
    assert bank.peak <= 2 * SLOTS
    assert 5 <= tried == len(bank.asked) < 5 + 2 * SLOTS
    assert outcome(timed.gateway, jane.credentials) == "toomanyattempts"
    assert succeeds(second, jane.credentials, peer="192.0.2.9")


# Passwords that are right, and do not help


def test_a_forced_change_refuses_passwords_and_tokens(timed: Site, jane: Subject) -> None:
    jane.user(force_password_change=True)
    for credentials in (jane.credentials, Credentials(jane.token)):
        assert (
            refusal(timed.gateway, credentials).cause
            == f"The user {jane.name} must change his password first"
        )
    jane.user(force_password_change=False)
    assert succeeds(timed.gateway, jane.credentials)


@pytest.mark.parametrize(
    ("auth", "age", "days", "passes"),
    [
        ("manual", 31, 30, False),
        ("manual", 29, 30, True),
        ("manual", 31, 0, True),
        ("manual", None, 30, True),
        ("webservice", 31, 30, True),
    ],
)
def test_passwords_age(
    timed: Site, jane: Subject, clock: Clock, auth: str, age: int | None, days: int, passes: bool
) -> None:
    changed = None if age is None else clock.now - timedelta(days=age)
    jane.user(auth=auth, password_changed_at=changed)
    with site_settings(timed, {"password_max_age_days": str(days)}):
        for credentials in (jane.credentials, Credentials(jane.token)):
            assert succeeds(timed.gateway, credentials) is passes
            if not passes:
                day = clock.now - timedelta(days=1)
                expected = f"The password of {jane.name} expired on {day:%Y-%m-%d %H:%M:%S} UTC"
                assert refusal(timed.gateway, credentials).cause == expected


def test_a_directory_says_when_a_password_expires(
    timed: Site, bank: Bank, jane: Subject, clock: Clock
) -> None:
    """Learned when he comes with his password, and true of his token from then on."""
    token = Credentials(jane.token)
    bank.verdict = Verdict(True, expires_at=clock.now - timedelta(seconds=1))
    assert succeeds(timed.gateway, token)
    assert "expired on" in refusal(timed.gateway, jane.credentials).cause
    assert "expired on" in refusal(timed.gateway, token).cause
    clock.move(minutes=2)  # his password is verified again
    bank.verdict = Verdict(True, expires_at=clock.now + timedelta(days=1))
    assert succeeds(timed.gateway, jane.credentials)
    assert succeeds(timed.gateway, token)
    clock.move(days=1, seconds=1)
    assert "expired on" in refusal(timed.gateway, token).cause


@pytest.mark.parametrize("method", ["password", "token"])
def test_who_may_not_log_in_may_not_call(timed: Site, jane: Subject, method: str) -> None:
    credentials = jane.credentials if method == "password" else Credentials(jane.token)
    jane.user(auth="nologin")
    assert (
        refusal(timed.gateway, credentials).cause
        == f"The authentication nologin of {jane.name} lets nobody call"
    )
    jane.user(auth="webservice")
    assert succeeds(timed.gateway, credentials)
    with site_settings(timed, {"auth": "manual"}):
        cause = refusal(timed.gateway, credentials).cause
    assert cause == (
        f"The authentication webservice of {jane.name} is disabled (the setting auth does not list it)"
    )


def test_a_backend_that_is_not_installed_lets_nobody_call(timed: Site, jane: Subject) -> None:
    jane.user(auth="gone")
    with site_settings(timed, {"auth": "manual,gone"}):
        assert outcome(timed.gateway, jane.credentials) == "wrongusernamepassword"
        assert outcome(timed.gateway, Credentials(jane.token)) == "accessexception"


# Which services


def test_any_service_that_takes_him_does(timed: Site, jane: Subject) -> None:
    jane.service(enabled=False)
    timed.add_service(f"second.{jane.name}", ["test_echo"])
    assert outcome(timed.gateway, jane.credentials) == "accessexception"
    timed.add_service(f"third.{jane.name}", ["test_void"])
    assert succeeds(timed.gateway, jane.credentials)


def test_if_no_service_takes_him_each_says_why(timed: Site, jane: Subject) -> None:
    jane.service(enabled=False)
    second, third = f"second.{jane.name}", f"third.{jane.name}"
    timed.add_service(second, ["test_void"], restricted=True)
    timed.add_service(third, ["test_echo"], restricted=True)
    assert refusal(timed.gateway, jane.credentials).cause == (
        f"The service {jane.name} is disabled; "
        f"The service {second} is restricted, and {jane.name} is not among its users"
    )


def test_the_record_of_a_password_caller_names_no_service(timed: Site, jane: Subject) -> None:
    response = call(timed.gateway, jane.credentials)
    timed.gateway.log.flush()
    with Session(timed.engine) as db:
        wanted = CallRecord.request_id == response.headers["X-Request-Id"]
        record = db.scalars(select(CallRecord).where(wanted)).one()
    assert (record.outcome, record.token_id, record.service_id) == ("ok", None, None)
    assert record.user_id is not None


def test_the_functions_of_all_services_that_take_him_are_his(timed: Site, jane: Subject) -> None:
    timed.add_service(f"closed.{jane.name}", ["test_count"], enabled=False)
    with jane.site.write() as db:
        names = ["core_webservice_get_site_info", "test_echo"]
        administration.set_functions(db, administration.find_service(db, jane.name), names)
        db.commit()
    timed.add_service(f"open.{jane.name}", ["test_void"])
    response = call(timed.gateway, jane.credentials, function="core_webservice_get_site_info")
    shown = {each["name"] for each in json.loads(response.body)["functions"]}
    assert shown == {"core_webservice_get_site_info", "test_echo", "test_void"}
