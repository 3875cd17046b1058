"""Login sessions: begun with a password, bound to their user, ended by logout, by time or by a new password.

The Flex client whose messages begin and end them is tested in tests/protocol/test_flex_sessions.py.
"""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import administration, limits
from gateway.accounts.local import BACKENDS
from gateway.assembly import Gateway
from gateway.credentials import digest, is_client_id, make_client_id
from gateway.explain import why
from gateway.facts import Facts, FactsSource
from gateway.faults import Fault
from gateway.plugins import find_protocols
from gateway.protocol import Credentials, Login, Logout, Ping, SessionQuery
from gateway.store import LoginSession, Token, utcnow
from tests.access.bank import Clock
from tests.access.causes import (
    LONG_AGO,
    PASSWORD,
    PEER,
    WRONG_PASSWORD,
    Subject,
    make_fail,
    make_subject,
    site_settings,
)
from tests.access.places import counted
from tests.conformance.data import BY_NUMBER
from tests.support.site import COMPONENTS, SITE_KEY, Site
from tests.support.wire import JSON, Seen, fault_in

NEW_PASSWORD = "An0ther-horse"
_NAMES = count(1)


class Visit:
    """Somebody who logs in and out on a site whose clock the test moves."""

    def __init__(self, subject: Subject, clock: Clock) -> None:
        self.subject, self.site, self.clock = subject, subject.site, clock

    def identify(self, credentials: Credentials) -> Facts:
        """The Facts of a message with these credentials."""
        gateway = self.site.gateway
        facts = Facts(gateway.facts.settings, self.clock(), PEER, "amf")
        gateway.identification.identify(facts, credentials)
        return facts

    def ask(self, query: SessionQuery, credentials: Credentials | None = None) -> str:
        """The client's id that a query is answered with."""
        facts = self.identify(credentials or Credentials())
        return self.site.gateway.sessions.answer(facts, query)

    def log_in(self, client: str | None = None, password: str = PASSWORD) -> str:
        """The id under which he is logged in."""
        credentials = Credentials(username=self.subject.name, password=password)
        return self.ask(Login("login", client=client), credentials)

    def log_out(self, client: str) -> str:
        """The id that he is given back."""
        return self.ask(Logout("logout", client=client))

    def call(self, secret: str) -> Seen | None:
        """The fault of a call with a login's token; None for a result."""
        answer = self.site.post("/rest/test_void", b"{}", JSON, token=secret)
        return None if answer.status == 200 else fault_in("rest", answer.body)

    def is_over(self, secret: str) -> bool:
        """Whether a login's token is refused by check 6t; fails for any other fault."""
        fault = self.call(secret)
        assert fault is None or re.search(BY_NUMBER["6t"].fault.cause, fault.cause), fault
        return fault is not None

    def rows(self) -> list[Token]:
        """The tokens of his logins."""
        with Session(self.site.engine) as db:
            mine = select(Token).where(Token.kind == "session", Token.user_id == self._id())
            return list(db.scalars(mine.order_by(Token.id)))

    def logins(self) -> int:
        """How many logins of his there are."""
        with Session(self.site.engine) as db:
            mine = select(LoginSession).where(LoginSession.user_id == self._id())
            return len(db.scalars(mine).all())

    def _id(self) -> int:
        with Session(self.site.engine) as db:
            return administration.find_user(db, self.subject.name).id


@pytest.fixture
def visit(jane: Subject, clock: Clock) -> Visit:
    """Somebody new, who is not logged in."""
    return Visit(jane, clock)


def test_a_login_calls_without_the_password(visit: Visit) -> None:
    secret = visit.log_in()
    assert visit.call(secret) is None
    assert [(row.kind, row.service_id) for row in visit.rows()] == [("session", None)]


def test_the_secret_is_random_and_only_its_digest_is_kept(visit: Visit) -> None:
    secrets = {visit.log_in() for _ in range(20)}
    assert len(secrets) == 20
    assert all(re.fullmatch("[0-9a-f]{48}", each) for each in secrets)
    assert {row.digest for row in visit.rows()} == set(map(digest, secrets))
    visit.site.gateway.log.flush()
    with sqlite3.connect(visit.site.url.removeprefix("sqlite:///")) as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert not [each for each in secrets if each in dump]


def test_the_sessions_own_secret_is_nobodys(visit: Visit) -> None:
    """What a Flex client holds is no login of the site itself."""
    secret = visit.log_in()
    with Session(visit.site.engine) as db:
        assert digest(secret) not in set(db.scalars(select(LoginSession.digest)))


def test_an_id_is_ours_only_with_its_proof() -> None:
    ours = make_client_id(SITE_KEY)
    assert is_client_id(SITE_KEY, ours)
    for other in (
        "",
        "nil",
        ours[:-1],
        ours[:-1] + "x",
        ours + "0",
        "0" + ours[1:],
        "\ud800é" * 20,
        "a" * 48,
    ):
        assert not is_client_id(SITE_KEY, other) or other == ours
    assert not is_client_id(b"another key", ours)


def test_a_ping_tells_the_id_under_which_the_login_is_made(visit: Visit) -> None:
    """Flex takes the id of the first answer only, and shows it from then on."""
    client = visit.ask(Ping("ping"))
    assert visit.call(client) is not None
    assert visit.ask(Ping("ping", client=client)) == client
    assert visit.log_in(client) == client
    assert visit.call(client) is None


@pytest.mark.parametrize("chosen", ["nil", "1234", "f" * 48, "x" * 10_000])
def test_nobody_chooses_his_own_id(visit: Visit, chosen: str) -> None:
    """Session fixation: what the client made up becomes no secret."""
    assert visit.ask(Ping("ping", client=chosen)) != chosen
    secret = visit.log_in(chosen)
    assert secret != chosen
    assert visit.call(secret) is None
    assert visit.call(chosen) is not None


@pytest.mark.parametrize(
    "number", ["1", "2", "3", "4p", "5p", "6p", "7p", "8", *map(str, range(10, 15)), "9"]
)
def test_a_login_passes_the_checks_of_a_password(crowd: Site, clock: Clock, number: str) -> None:
    subject = make_subject(crowd, f"login.{next(_NAMES)}", "password")
    visit = Visit(subject, clock)
    with site_settings(crowd, make_fail(subject, number)), pytest.raises(Fault) as raised:
        visit.ask(Login("login"), subject.credentials)
    expected = BY_NUMBER[number].fault
    assert (raised.value.kind.exception, raised.value.kind.errorcode) == (
        expected.exception,
        expected.errorcode,
    )
    assert re.search(expected.cause, raised.value.cause)


def test_wrong_passwords_are_throttled_at_the_login_too(visit: Visit) -> None:
    for _ in range(5):
        with pytest.raises(Fault, match="wrongusernamepassword"):
            visit.log_in(password=WRONG_PASSWORD)
    with pytest.raises(Fault, match="toomanyattempts"):
        visit.log_in()


def test_a_token_does_not_log_in(visit: Visit) -> None:
    """A token of one service must not become a login that may use them all."""
    with pytest.raises(Fault, match="invalidrequest"):
        visit.ask(Login("login"), Credentials(visit.subject.token))


def test_the_services_are_those_of_a_password(visit: Visit) -> None:
    site, secret = visit.site, visit.log_in()
    visit.subject.service(enabled=False)
    fault = visit.call(secret)
    assert fault is not None
    assert re.search(BY_NUMBER["17"].fault.cause, fault.cause)
    name = f"second{next(_NAMES)}"
    site.add_service(name, ["test_void"])
    assert visit.call(secret) is None
    site.change_service(name, enabled=False)
    fault = visit.call(secret)
    assert fault is not None
    assert f"The service {visit.subject.name} is disabled; The service {name} is disabled" in fault.cause


def test_a_suspended_user_is_told_so(visit: Visit) -> None:
    secret = visit.log_in()
    visit.subject.user(suspended=True)
    fault = visit.call(secret)
    assert fault is not None
    assert "is suspended" in fault.cause
    visit.subject.user(suspended=False)
    assert visit.call(secret) is None


def test_a_login_is_no_other_credential(visit: Visit) -> None:
    """It is bound to its user: beside a token or a password it is refused, while it lasts."""
    client = visit.log_in()
    own = visit.subject.credentials
    for other in (own, Credentials(visit.subject.token), replace_user(own, "somebody")):
        with pytest.raises(Fault, match="two different credentials"):
            visit.identify(replace_client(other, client))
    visit.log_out(client)
    facts = visit.identify(replace_client(own, client))
    assert facts.identity is not None
    assert facts.method == "password"


def replace_client(credentials: Credentials, client: str) -> Credentials:
    """The same, shown by a client of this id."""
    return Credentials(credentials.token, credentials.username, credentials.password, client)


def replace_user(credentials: Credentials, username: str) -> Credentials:
    """The same of another user."""
    return Credentials(credentials.token, username, credentials.password)


def test_an_id_without_a_login_is_nobody(visit: Visit) -> None:
    for client in (visit.ask(Ping("ping")), "nil", "made up"):
        facts = visit.identify(Credentials(client=client))
        assert (facts.identity, facts.prefix, facts.throttled) == (None, None, None)


def test_it_ends_with_the_logout_in_every_process(visit: Visit, clock: Clock) -> None:
    secret, other = visit.log_in(), visit.log_in()
    elsewhere = Gateway(
        *(visit.site.engine, COMPONENTS, find_protocols()), site_key=SITE_KEY, poll_seconds=0.0, clock=clock
    )
    headers = {"authorization": f"Bearer {secret}", "content-length": "0"}
    assert elsewhere.handle("POST", "/rest/test_void", "", headers, b"", PEER).status == 200
    assert visit.log_out(secret) == secret
    assert visit.is_over(secret)
    assert elsewhere.handle("POST", "/rest/test_void", "", headers, b"", PEER).status == 401
    assert visit.call(other) is None
    elsewhere.log.close()


def test_no_process_takes_who_logs_in_for_who_was_there_before(visit: Visit, clock: Clock) -> None:
    """Under the same id, long before the other process polls."""
    elsewhere = Gateway(
        *(visit.site.engine, COMPONENTS, find_protocols()),
        site_key=SITE_KEY,
        poll_seconds=1000.0,
        clock=clock,
    )
    ann = Visit(make_subject(visit.site, f"next{next(_NAMES)}", "password"), clock)
    client = visit.log_in()

    def who() -> str | None:
        facts = Facts(elsewhere.facts.settings, clock(), PEER, "amf")
        elsewhere.identification.identify(facts, Credentials(client=client))
        return facts.identity and facts.identity.user.username

    assert [who() for _ in range(3)] == [visit.subject.name] * 3  # and it is in the cache
    ann.log_in(client)
    assert who() == ann.subject.name
    elsewhere.log.close()


def test_a_second_logout_and_one_of_nobody_are_answered(visit: Visit) -> None:
    client = visit.log_in()
    for _ in range(2):
        assert visit.log_out(client) == client
    assert visit.log_out("made up") != "made up"
    client = visit.ask(Ping("ping"))
    assert visit.log_out(client) == client


def test_what_follows_a_logout_in_the_same_message_is_nobodys(visit: Visit) -> None:
    client = visit.log_in()
    facts = visit.identify(Credentials(client=client))
    assert facts.identity is not None
    visit.site.gateway.sessions.answer(facts, Logout("logout", client=client))
    assert facts.identity is None


def test_after_a_logout_somebody_else_may_log_in_under_the_same_id(visit: Visit, clock: Clock) -> None:
    client = visit.log_in()
    visit.log_out(client)
    subject = make_subject(visit.site, f"next{next(_NAMES)}", "password")
    other = Visit(subject, clock)
    assert other.log_in(client) == client
    facts = visit.identify(Credentials(client=client))
    assert facts.identity is not None
    assert facts.identity.user.username == subject.name
    assert visit.rows() == []
    assert visit.log_in(client) == client
    assert other.rows() == []


def test_logins_that_come_at_once_under_one_id_leave_one(visit: Visit) -> None:
    client = visit.ask(Ping("ping"))
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: visit.log_in(client), range(8))) == {client}
    assert len(visit.rows()) == visit.logins() == 1
    assert visit.call(client) is None


def test_it_ends_after_its_hours(visit: Visit, clock: Clock) -> None:
    with site_settings(visit.site, {"session_idle_minutes": "100000", "session_hours": "3"}):
        secret = visit.log_in()
        clock.move(hours=3, seconds=-1)
        assert not visit.is_over(secret)
        clock.move(seconds=1)
        assert visit.is_over(secret)


def test_it_ends_when_nobody_uses_it(visit: Visit, clock: Clock) -> None:
    with site_settings(visit.site, {"session_idle_minutes": "30"}):
        used, unused = visit.log_in(), visit.log_in()
        for _ in range(3):
            clock.move(minutes=29)
            assert not visit.is_over(used)
            visit.site.gateway.log.flush()
        assert visit.is_over(unused)
        visit.site.gateway.log.flush()
        assert visit.is_over(unused), "a refused call does not count as use"
        clock.move(minutes=30)
        assert visit.is_over(used)


def test_it_ends_with_a_new_password_unless_tokens_do_not(visit: Visit, clock: Clock) -> None:
    secret = visit.log_in()
    for setting, over in (("false", False), ("true", True)):
        with site_settings(visit.site, {"password_change_ends_tokens": setting}), visit.site.write() as db:
            ended = administration.set_password(db, visit.subject.name, NEW_PASSWORD, BACKENDS, clock())
            db.commit()
        assert (ended, visit.is_over(secret)) == (int(over), over)


def test_it_ends_with_its_user(visit: Visit, clock: Clock) -> None:
    secret = visit.log_in()
    with visit.site.write() as db:
        administration.delete_user(db, visit.subject.name, clock())
        db.commit()
    assert visit.call(secret) is not None


def test_it_is_revoked_like_any_token_but_not_rotated(visit: Visit, clock: Clock) -> None:
    secret = visit.log_in()
    with visit.site.write() as db:
        with pytest.raises(administration.AdministrationError, match="it ends with its session"):
            administration.rotate_token(db, secret[:8], SITE_KEY, clock(), clock() - clock())
        administration.revoke_token(db, secret[:8], clock())
        db.commit()
    fault = visit.call(secret)
    assert fault is not None
    assert fault.errorcode == "invalidtoken"


def listed(visit: Visit, secret: str, *, revoked: bool = False) -> list[dict[str, Any]]:
    """What the list of tokens says of a login's."""
    with Session(visit.site.engine) as db:
        rows = administration.list_tokens(db, revoked=revoked)
    return [row for row in rows if row["token"] == f"{secret[:8]}..."]


def test_administrators_see_it_until_it_ends(visit: Visit, clock: Clock) -> None:
    clock.now = utcnow()  # the list knows no other
    secret = visit.log_in()
    (row,) = listed(visit, secret)
    assert (row["kind"], row["service"]) == ("session", None)
    assert row["valid_until"] == clock() + timedelta(hours=24)
    visit.log_out(secret)
    assert listed(visit, secret) == []
    assert [each["id"] for each in listed(visit, secret, revoked=True)] == [row["id"]]


def test_administrators_see_why_it_ended(visit: Visit) -> None:
    secret = visit.log_in()
    options = {"function": "test_void", "address": PEER}
    registry = visit.site.gateway.registry
    visit.log_out(secret)
    findings = {
        each.number: each for each in why(visit.site.engine, registry, BACKENDS, token=secret[:8], **options)
    }
    assert findings["6t"].outcome == "failed"
    assert re.search(BY_NUMBER["6t"].fault.cause, findings["6t"].cause)
    assert findings["6t"].remedy == "log in anew"
    assert findings["22"].outcome == "passed"


def test_one_that_an_administrator_dated_is_not_made_anew_by_command(visit: Visit) -> None:
    """There is no service that a token could be made for."""
    secret = visit.log_in()
    with visit.site.write() as db:
        administration.change_token(db, secret[:8], valid_until=LONG_AGO)
        db.commit()
    findings = why(visit.site.engine, visit.site.gateway.registry, BACKENDS, token=secret[:8])
    assert [each.remedy for each in findings if each.number == "5t"] == ["log in anew"]


def test_other_processes_see_its_end_after_the_poll(visit: Visit) -> None:
    seconds = [1000.0]
    source = FactsSource(visit.site.engine, poll_seconds=1.0, clock=lambda: seconds[0])
    secret = visit.log_in()

    def ends() -> datetime:
        identity = source.identity(digest(secret))
        assert identity is not None
        assert identity.token is not None
        assert identity.token.session is not None
        return identity.token.session.expires_at

    before = ends()
    visit.clock.move(minutes=1)
    visit.log_out(secret)
    seconds[0] += 0.5
    assert ends() == before
    seconds[0] += 0.5
    assert ends() == visit.clock()


def test_it_loads_in_as_many_statements_however_many_services_there_are(visit: Visit) -> None:
    secret = visit.log_in()
    assert visit.call(secret) is None
    loads = []
    for number in range(2):
        for each in range(20 * number):
            visit.site.add_service(f"many{next(_NAMES)}", [f"test_many_{each}"])
        with counted(visit.site) as statements:
            assert visit.site.gateway.facts.identity_now(digest(secret)) is not None
        loads.append(len(statements))
    assert loads[0] == loads[1]


def test_the_oldest_of_too_many_goes(visit: Visit, clock: Clock) -> None:
    secrets = []
    for _ in range(limits.SESSIONS + 1):
        clock.move(seconds=1)
        secrets.append(visit.log_in())
    assert visit.call(secrets[0]) is not None
    assert visit.call(secrets[1]) is None
    assert len(visit.rows()) == limits.SESSIONS


def test_what_the_call_log_cannot_name_any_more_is_swept_away(visit: Visit, clock: Clock) -> None:
    for days in (0, 40, 60):
        clock.move(days=days)
        visit.log_in()
    assert len(visit.rows()) == 2
