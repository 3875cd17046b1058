"""How a call travels: transactions, failures, records, request ids; through handle() and REST."""

import logging
import multiprocessing
import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.store import CallRecord, Token, User
from gateway.web import Response
from tests.support.site import Site

JSON = "application/json"


def call(site: Site, function: str, **values: Any) -> Response:
    return site.post(f"/rest/{function}", msgspec.json.encode(values), JSON)


def fault(response: Response) -> dict[str, Any]:
    problem: dict[str, Any] = msgspec.json.decode(response.body)
    assert response.status == problem["status"]
    return problem


def records(site: Site) -> list[CallRecord]:
    site.gateway.log.flush()
    with Session(site.engine) as db:
        return list(db.scalars(select(CallRecord).order_by(CallRecord.id)))


def test_a_write_is_committed_once_its_answer_is_encoded(site: Site) -> None:
    response = call(site, "test_write", username="new.user")
    assert response.status == 200
    with Session(site.engine) as db:
        assert db.scalar(select(User.id).where(User.username == "new.user")) == msgspec.json.decode(
            response.body
        )


@pytest.mark.parametrize(
    ("function", "errorcode", "status"),
    [
        ("test_raises", "codingerror", 500),
        ("test_raises_undeclared_fault", "codingerror", 500),
        ("test_exits", "codingerror", 500),
        ("test_commits", "codingerror", 500),
        ("test_declared_fault", "teaiscold", 409),
        ("test_wrong_result", "invalidresponse", 500),
    ],
)
def test_a_function_that_fails_leaves_the_database_unchanged(
    site: Site, function: str, errorcode: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    before = site.count(User)
    with caplog.at_level(logging.CRITICAL):
        response = call(site, function, username="new.user")
    assert (fault(response)["errorcode"], response.status) == (errorcode, status)
    assert site.count(User) == before


def test_a_refused_call_opens_no_transaction(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.change_user(suspended=True)
    call(site, "test_write", username="warm.up")
    opened = []
    monkeypatch.setattr("gateway.dispatch.TransactionSession", lambda *_: opened.append(1))
    assert fault(call(site, "test_write", username="new.user"))["errorcode"] == "accessexception"
    assert opened == []


def test_an_error_tells_its_message_to_the_log_only(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.set("debug", "all")
    with caplog.at_level(logging.ERROR, "gateway"):
        response = call(site, "test_raises", username="new.user")
    assert b"swordfish" not in response.body
    assert "swordfish" in caplog.text
    site.set("debug", "developer")
    assert "swordfish" in fault(call(site, "test_raises", username="new.user"))["traceback"]


def test_undeclared_members_never_leave(site: Site) -> None:
    response = call(site, "test_undeclared_member")
    assert msgspec.json.decode(response.body) == {"name": "leaf"}


def test_every_answer_names_its_request_and_the_log_has_it(site: Site) -> None:
    good = call(site, "test_echo", number=1, text="a")
    bad = call(site, "test_outside")
    ok, refused = records(site)
    assert ok.request_id == good.headers["X-Request-Id"] != refused.request_id
    assert refused.request_id == bad.headers["X-Request-Id"] == fault(bad)["request_id"]
    assert (ok.outcome, ok.function, ok.protocol, ok.address) == ("ok", "test_echo", "rest", "127.0.0.1")
    assert (refused.outcome, refused.check_number, ok.facts) == ("accessexception", "22", None)
    assert refused.facts is not None
    assert refused.facts["identity"]["user"]["username"] == "caller"


def test_records_hold_no_secret(site: Site) -> None:
    call(site, "test_secret", password="swordfish-swordfish")
    site.post("/rest/test_echo", b"{}", JSON, token="0123456789abcdef0123456789abcdef")
    site.gateway.log.flush()
    with sqlite3.connect(site.url.removeprefix("sqlite:///")) as database:
        dump = "\n".join(str(row) for row in database.execute("SELECT * FROM calls"))
    database.close()
    assert "swordfish" not in dump
    assert "0123456789abcdef" not in dump
    assert site.token not in dump
    assert "01234567" in dump  # what recognises it


def test_last_access_is_written_with_the_records(site: Site) -> None:
    call(site, "test_void")
    site.gateway.log.flush()
    with Session(site.engine) as db:
        assert db.scalar(select(Token.last_access)) is not None
        assert db.scalar(select(User.last_access)) is not None


def test_a_record_that_cannot_be_written_changes_no_answer(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with site.write() as db:
        db.execute(CallRecord.__table__.delete())
        db.commit()
    with sqlite3.connect(site.url.removeprefix("sqlite:///")) as database:
        database.execute("ALTER TABLE calls RENAME TO elsewhere")
    database.close()
    assert call(site, "test_void").status == 200
    with caplog.at_level(logging.ERROR, "gateway.calllog"):
        site.gateway.log.flush()
    assert "records of calls were lost" in caplog.text


def _hold_the_write_lock(path: str, held: Any, released: Any) -> None:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE generation SET value = value")
    held.set()
    released.wait(60)
    database.execute("COMMIT")
    database.close()


def test_reads_go_on_while_another_process_holds_a_write_transaction(site: Site) -> None:
    """And a write waits for its end."""
    context = multiprocessing.get_context("spawn")
    held, released = context.Event(), context.Event()
    path = site.url.removeprefix("sqlite:///")
    holder = context.Process(target=_hold_the_write_lock, args=(path, held, released))
    holder.start()
    assert held.wait(60)
    assert {call(site, "test_count").status for _ in range(30)} == {200}
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(call, site, "test_write", username="patient")
        assert call(site, "test_count").status == 200
        assert not wait([waiting], timeout=0.2).done
        released.set()
        assert waiting.result().status == 200
    holder.join()


def test_a_write_that_waits_too_long_says_that_the_database_is_busy(tmp_path: Path) -> None:
    site = Site(tmp_path, busy_timeout=0.1)
    try:
        database = sqlite3.connect(site.url.removeprefix("sqlite:///"), isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        response = call(site, "test_write", username="impatient")
        database.execute("ROLLBACK")
        database.close()
        assert fault(response)["errorcode"] == "databasebusy"
        assert (response.status, response.headers["Retry-After"]) == (503, "1")
        assert call(site, "test_write", username="impatient").status == 200
    finally:
        site.close()
