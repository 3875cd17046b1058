"""Random administration and calls, in two processes on one database, against an oracle.

Within the bound of a change (the poll interval) the old answer or the new one is right, after it only the new.
"""

import itertools
import multiprocessing
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any, Protocol

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete

from gateway import administration, store
from gateway.assembly import Gateway
from gateway.plugins import find_protocols
from gateway.store import Role, RoleAssignment, RoleCapability, Token, User
from tests.support.site import COMPONENTS, SITE_KEY, Site

POLL = 0.02
BOUND = 1.5 * POLL
"""After so many seconds every process has polled: at the next call, at the latest."""
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
FUNCTIONS = ("test_void", "test_requires", "test_outside")
NAMES = itertools.count()


class Clock:
    """The instant that a process believes it is."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Caller(Protocol):
    """Calls a function in some process; the errorcode of the answer, or "ok"."""

    def __call__(self, token: str, function: str, now: datetime) -> str: ...


def _here(gateway: Gateway, clock: Clock) -> Caller:
    def call(token: str, function: str, now: datetime) -> str:
        clock.now = now
        headers = {"authorization": f"Bearer {token}"}
        response = gateway.handle("POST", f"/rest/{function}", "", headers, b"", "127.0.0.1")
        return "ok" if response.status == 200 else str(msgspec.json.decode(response.body)["errorcode"])

    return call


def _gateway(url: str, clock: Clock) -> Gateway:
    engine = store.create(url)
    return Gateway(engine, COMPONENTS, find_protocols(), site_key=SITE_KEY, poll_seconds=POLL, clock=clock)


def _serve(url: str, pipe: Connection) -> None:
    """The other process: answers calls until it is told None."""
    clock = Clock()
    gateway = _gateway(url, clock)
    call = _here(gateway, clock)
    while (message := pipe.recv()) is not None:
        pipe.send(call(*message))
    gateway.close()


class World:
    """One database, a gateway in this process, and one in another."""

    def __init__(self, site: Site) -> None:
        self.site = site
        site.set("throttle_address", "100000 per 1 minute")
        clock = Clock()
        self.gateway = _gateway(site.url, clock)
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(site.url, theirs))
        self.process.start()
        self.callers: tuple[Caller, Caller] = (_here(self.gateway, clock), self._there)

    def _there(self, token: str, function: str, now: datetime) -> str:
        self.pipe.send((token, function, now))
        answer: str = self.pipe.recv()
        return answer

    def close(self) -> None:
        """Stop both."""
        self.pipe.send(None)
        self.process.join(20)
        self.gateway.close()


class Oracle:
    """What is true of one user, his service and his token, and what a call must then be answered."""

    def __init__(self) -> None:
        self.enabled = self.protocol = self.token = self.confirmed = self.service = self.role = True
        self.suspended = self.deleted = self.restricted = self.listed = self.maintenance = self.forced = False
        self.until: datetime | None = None
        self.functions = set(FUNCTIONS) - {"test_outside"}

    def answer(self, function: str, now: datetime) -> str:
        """The errorcode, by the order of the design's table."""
        rows: list[tuple[bool, str]] = [
            (self.enabled, "accessexception"),
            (self.protocol, "accessexception"),
            (self.token, "invalidtoken"),
            (self.until is None or self.until >= now, "accessexception"),
            (not self.maintenance, "sitemaintenance"),
            (not self.deleted, "accessexception"),
            (self.confirmed, "wsaccessuserunconfirmed"),
            (not self.suspended, "accessexception"),
            (not self.forced, "accessexception"),
            (self.role, "accessexception"),
            (self.service, "accessexception"),
            (not self.restricted or self.listed, "accessexception"),
            (function in self.functions, "accessexception"),
        ]
        return next((errorcode for passed, errorcode in rows if not passed), "ok")


class Administration(RuleBasedStateMachine):
    """One administrator changes one thing at a time; both processes are called at once, and after the bound."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.name = f"stateful{next(NAMES)}"
        self.site = self.world.site
        self.now = START
        self.oracle = Oracle()
        for name, value in (("webservices", "true"), ("maintenance", "false"), ("protocols", "rest")):
            self.site.set(name, value)
        self.site.add_user(self.name)
        self.site.add_service(self.name, self.oracle.functions)
        self.site.grant(self.name, ["webservice/rest:use", "test/tea:drink"])
        self.token = self.site.add_token(self.name, self.name)
        time.sleep(BOUND)

    def _changed(self, before: Oracle) -> None:
        """Call right after a change, and again when every process must know it."""
        for function in FUNCTIONS:
            right = {before.answer(function, self.now), self.oracle.answer(function, self.now)}
            for call in self.world.callers:
                assert call(self.token, function, self.now) in right, function
        time.sleep(BOUND)
        self.call()

    def _before(self) -> Oracle:
        before = Oracle()
        before.__dict__.update(self.oracle.__dict__ | {"functions": set(self.oracle.functions)})
        return before

    def call(self) -> None:
        for function in FUNCTIONS:
            for call in self.world.callers:
                assert call(self.token, function, self.now) == self.oracle.answer(function, self.now), (
                    function
                )

    @rule(column=st.sampled_from(["suspended", "deleted", "confirmed", "force_password_change"]))
    def change_user(self, column: str) -> None:
        before = self._before()
        attribute = "forced" if column == "force_password_change" else column
        value = not getattr(self.oracle, attribute)
        setattr(self.oracle, attribute, value)
        self.site.change_user(self.name, **{column: value})
        self._changed(before)

    @rule(column=st.sampled_from(["enabled", "restricted"]))
    def change_service(self, column: str) -> None:
        before = self._before()
        attribute = "service" if column == "enabled" else column
        value = not getattr(self.oracle, attribute)
        setattr(self.oracle, attribute, value)
        self.site.change_service(self.name, **{column: value})
        self._changed(before)

    @rule(name=st.sampled_from(["webservices", "maintenance", "protocols"]))
    def change_setting(self, name: str) -> None:
        before = self._before()
        attribute = {"webservices": "enabled", "protocols": "protocol"}.get(name, name)
        value = not getattr(self.oracle, attribute)
        setattr(self.oracle, attribute, value)
        text = str(value).lower() if name != "protocols" else "rest,soap" if value else "soap"
        self.site.set(name, text)
        self._changed(before)

    @precondition(lambda self: not self.oracle.listed and not self.oracle.deleted)
    @rule()
    def authorise(self) -> None:
        before = self._before()
        self.oracle.listed = True
        self.site.authorise(self.name, self.name)
        self._changed(before)

    @rule(function=st.sampled_from(FUNCTIONS))
    def move_function(self, function: str) -> None:
        before = self._before()
        self.oracle.functions ^= {function}
        with self.site.write() as db:
            administration.set_functions(
                db, administration.find_service(db, self.name), self.oracle.functions
            )
            db.commit()
        self._changed(before)

    @precondition(lambda self: self.oracle.token)
    @rule()
    def revoke(self) -> None:
        before = self._before()
        with self.site.write() as db:
            administration.revoke_token(db, self.token[:8])
            db.commit()
        self.oracle.token = False
        self._changed(before)
        if not self.oracle.deleted:
            self.token = self.site.add_token(self.name, self.name)
            self.oracle.token, self.oracle.until = True, None
            self.call()

    @rule(hours=st.sampled_from([-1, 1]))
    def expire(self, hours: int) -> None:
        before = self._before()
        self.oracle.until = self.now + timedelta(hours=hours)
        self._change_tokens(valid_until=self.oracle.until)
        self._changed(before)

    @rule()
    def clock_forward(self) -> None:
        """Time is no change that anybody has to hear of: the new answer is right at once."""
        self.now += timedelta(minutes=90)
        self.call()

    @rule()
    def take_the_roles(self) -> None:
        before = self._before()
        self.oracle.role = False
        with self.site.write() as db:
            user = db.query(User).filter_by(username=self.name).one()
            db.execute(delete(RoleAssignment).where(RoleAssignment.user_id == user.id))
            db.commit()
        self._changed(before)

    @rule()
    def prohibit_for_good(self) -> None:
        before = self._before()
        self.oracle.role = False
        with self.site.write() as db:
            user = db.query(User).filter_by(username=self.name).one()
            role = Role(shortname=f"{self.name}-{time.monotonic_ns()}", name="Prohibits", sort_order=1)
            db.add(role)
            db.flush()
            row: dict[str, Any] = {"role_id": role.id, "context_id": 1}
            db.add(RoleCapability(capability="webservice/rest:use", permission=-1000, **row))
            db.add(RoleAssignment(user_id=user.id, **row))
            db.commit()
        self._changed(before)

    def _change_tokens(self, **columns: Any) -> None:
        with self.site.write() as db:
            user = db.query(User).filter_by(username=self.name).one()
            db.query(Token).filter_by(user_id=user.id, revoked_at=None).update(columns)
            db.commit()


@pytest.fixture
def world(site: Site) -> Iterator[World]:
    world = World(site)
    yield world
    world.close()


def test_two_processes_follow_random_administration(world: World) -> None:
    class Machine(Administration):
        pass

    Machine.world = world
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    options = settings(
        max_examples=6, stateful_step_count=15, deadline=None, suppress_health_check=checks, database=None
    )
    run_state_machine_as_test(Machine, settings=options)
