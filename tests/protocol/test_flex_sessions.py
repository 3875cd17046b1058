"""A Flex client from its first ping to its logout, against a gateway: who it is, what it may call, what it is told."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.store import CallRecord, LoginSession
from tests.access.causes import PASSWORD, WRONG_PASSWORD, Subject, make_subject, open_widely, site_settings
from tests.support.flex import DISCONNECT, LOGIN, FlexClient, FlexFault
from tests.support.site import Site
from tests.support.wire import AMF, messaging

Connect = Callable[..., FlexClient]
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that takes passwords."""
    site = Site(tmp_path_factory.mktemp("house"))
    open_widely(site)
    yield site
    site.close()


def refused(code: str) -> Any:
    """Expects a fault of this code."""
    return pytest.raises(FlexFault, match=f"^{re.escape(code)}: ")


@pytest.fixture
def jane(house: Site) -> Subject:
    """Somebody new, who may use every service of the site, his own among them."""
    subject = make_subject(house, f"jane{next(_NUMBERS)}")
    subject.method, subject.username = "password", subject.name
    return subject


@pytest.fixture
def connect(house: Site) -> Connect:
    """Makes a client of the site; with a token, one that shows it in the HTTP header."""

    def make(token: str = "", **headers: Any) -> FlexClient:
        return FlexClient(lambda body: post(house, body, token), list(headers.items()))

    return make


def post(site: Site, body: bytes, token: str = "") -> bytes:
    """The bytes of the answer, which Flash reads only with the status 200 and its own media type."""
    answer = site.post("/amf", body, AMF, token=token)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == AMF
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    return answer.body


def test_ping_login_call_logout(connect: Connect, jane: Subject) -> None:
    client = connect()
    client.ping()
    with refused("Client.Authentication"):
        client.call("test_void")
    acknowledged = client.log_in(jane.name, PASSWORD)
    assert acknowledged.headers["DSId"] == client.client
    assert client.call("test_echo", 7, "tea") == "tea 7"
    assert client.call("test_echo", {"number": 7, "text": "tea"}) == "tea 7"
    client.log_out()
    with refused("Client.Authentication") as fault:
        client.call("test_void")
    assert "The login of the token" in fault.value.message.faultDetail


def test_a_login_in_place_of_the_ping(connect: Connect, jane: Subject) -> None:
    """Flex does so when it has credentials before it connects."""
    client = connect()
    client.log_in(jane.name, PASSWORD)
    assert client.client
    assert client.call("test_void") is None


def test_a_login_in_place_of_the_ping_that_fails_tells_the_id(connect: Connect, jane: Subject) -> None:
    """Flex takes Client.Authentication for a connection; the id of that answer is the only one that it takes."""
    client = connect()
    with refused("Client.Authentication"):
        client.log_in(jane.name, WRONG_PASSWORD)
    assert client.client
    client.log_in(jane.name, PASSWORD)
    assert client.call("test_void") is None


def test_who_comes_back_after_the_logout_logs_in_under_the_same_id(
    connect: Connect, jane: Subject, house: Site
) -> None:
    ann = make_subject(house, f"ann.{jane.name}")
    client = connect()
    client.ping()
    for name in (jane.name, ann.name, jane.name):
        client.log_in(name, PASSWORD)
        site_info = client.call("core_webservice_get_site_info")
        assert site_info["username"] == name
        client.log_out()


def test_who_logs_in_again_without_a_logout_is_the_new_one(
    connect: Connect, jane: Subject, house: Site
) -> None:
    ann = make_subject(house, f"ann.{jane.name}")
    client = connect()
    client.log_in(jane.name, PASSWORD)
    client.log_in(ann.name, PASSWORD)
    assert client.call("core_webservice_get_site_info")["username"] == ann.name


def test_two_clients_of_one_user_end_alone(connect: Connect, jane: Subject) -> None:
    one, other = connect(), connect()
    for client in (one, other):
        client.log_in(jane.name, PASSWORD)
    one.command(DISCONNECT)
    with refused("Client.Authentication"):
        one.call("test_void")
    assert other.call("test_void") is None


@pytest.mark.parametrize(
    ("name", "password", "errorcode"),
    [
        ("", PASSWORD, "missingusername"),
        ("jane", "", "missingpassword"),
        ("jane", WRONG_PASSWORD, "wrongusernamepassword"),
        ("nobody", PASSWORD, "wrongusernamepassword"),
    ],
)
def test_a_login_that_fails_begins_nothing(
    connect: Connect, jane: Subject, house: Site, name: str, password: str, errorcode: str
) -> None:
    client = connect()
    client.ping()
    before = house.count(LoginSession)
    with refused("Client.Authentication") as fault:
        client.log_in(jane.name if name == "jane" else name, password)
    assert fault.value.message.extendedData["errorcode"] == errorcode
    assert house.count(LoginSession) == before
    with refused("Client.Authentication"):
        client.call("test_void")


def test_passwords_that_are_not_taken_are_not_taken_here(
    connect: Connect, jane: Subject, house: Site
) -> None:
    with site_settings(house, {"passwords": "false"}), pytest.raises(FlexFault) as fault:
        connect().log_in(jane.name, PASSWORD)
    assert "disabled (the setting passwords is off)" in fault.value.message.faultDetail


def test_who_is_not_logged_in_calls_with_a_token_or_the_header_credentials(
    connect: Connect, jane: Subject
) -> None:
    """NetConnection.addHeader and setCredentials; the id of the client is then no credential."""
    for client in (
        connect(jane.token),
        connect(wstoken=jane.token),
        connect(Credentials={"userid": jane.name, "password": PASSWORD}),
    ):
        client.ping()
        assert client.client
        assert client.call("test_void") is None


def test_a_login_is_bound_to_its_user(connect: Connect, jane: Subject, house: Site) -> None:
    """Beside somebody else's credential, or one's own, it is refused."""
    ann = make_subject(house, f"ann.{jane.name}")
    client = connect()
    client.log_in(jane.name, PASSWORD)
    for others in (
        {"wstoken": ann.token},
        {"wstoken": jane.token},
        {"Credentials": {"userid": ann.name, "password": PASSWORD}},
    ):
        other = connect(**others)
        other.client = client.client
        with pytest.raises(FlexFault, match="could not be read"):
            other.call("test_void")
    assert client.call("test_void") is None


def test_an_id_that_nobody_told_begins_no_login(connect: Connect, jane: Subject) -> None:
    client = connect()
    client.client = "0123456789abcdef0123456789abcdef0123456789abcdef"
    acknowledged = client.log_in(jane.name, PASSWORD)
    assert acknowledged.headers["DSId"] != client.client
    with refused("Client.Authentication"):
        client.call("test_void")


def test_every_check_is_passed_by_a_flex_call(connect: Connect, jane: Subject, house: Site) -> None:
    """See also the faces of the access matrix (tests/access/faces.py)."""
    client = connect()
    client.log_in(jane.name, PASSWORD)
    jane.user(suspended=True)
    with refused("Client.Authorization") as fault:
        client.call("test_void")
    assert "is suspended" in fault.value.message.faultDetail
    jane.user(suspended=False)
    with refused("Server.ResourceUnavailable"):
        client.call("test_nowhere")
    with refused("Server.Processing") as fault:
        client.call("test_echo", "seven", "tea")
    assert [each["path"] for each in fault.value.message.extendedData["problems"]] == ["number"]


def test_a_ping_needs_nobody_but_the_protocol(connect: Connect, house: Site) -> None:
    for settings in ({"protocols": "rest"}, {"webservices": "false"}):
        with site_settings(house, settings), refused("Client.Authorization"):
            connect().ping()


def test_several_messages_of_one_packet_are_answered_in_order(connect: Connect, jane: Subject) -> None:
    client = connect()
    client.log_in(jane.name, PASSWORD)
    calls = [messaging.RemotingMessage(operation="test_echo", body=[each, "tea"]) for each in range(15)]
    assert [each.body for each in client.send_all(*calls)] == [f"tea {each}" for each in range(15)]


def test_what_follows_a_logout_in_the_same_packet_is_refused(connect: Connect, jane: Subject) -> None:
    client = connect()
    client.log_in(jane.name, PASSWORD)
    before, left, after = client.send_all(
        messaging.RemotingMessage(operation="test_void", body=[]),
        messaging.CommandMessage(operation=9),
        messaging.RemotingMessage(operation="test_void", body=[]),
    )
    assert isinstance(before, messaging.AcknowledgeMessage)
    assert isinstance(left, messaging.AcknowledgeMessage)
    assert isinstance(after, messaging.ErrorMessage)
    assert after.faultCode == "Client.Authentication"


def test_what_is_pushed_elsewhere_is_refused_here(connect: Connect) -> None:
    client = connect()
    with pytest.raises(FlexFault, match="Flex's poll is not offered"):
        client.command(2)
    with pytest.raises(FlexFault, match="Flex's AsyncMessage is not offered"):
        client.send(messaging.AsyncMessage(body="hello", destination="chat"))


def test_the_log_names_what_was_asked_and_no_secret(connect: Connect, jane: Subject, house: Site) -> None:
    client = connect()
    client.ping()
    client.log_in(jane.name, PASSWORD)
    client.call("test_void")
    client.log_out()
    house.gateway.log.flush()
    with Session(house.engine) as db:
        records = list(db.scalars(select(CallRecord).order_by(CallRecord.id.desc()).limit(4)))[::-1]
    assert [each.function for each in records] == ["?flex.ping", "?flex.login", "test_void", "?flex.logout"]
    assert {each.outcome for each in records} == {"ok"}
    assert records[1].user_id == records[2].user_id is not None
    assert records[2].token_id is not None
    database = Path(house.url.removeprefix("sqlite:///")).read_bytes()
    assert client.client is not None
    assert client.client.encode() not in database
    assert PASSWORD.encode() not in database


def test_introspection_shows_what_the_caller_may_call(connect: Connect, jane: Subject, house: Site) -> None:
    house.add_service(f"few.{jane.name}", ["test_echo", "test_void"])
    token = house.add_token(jane.name, f"few.{jane.name}")
    client = connect(token)
    methods = client.call("getMethods", source="MethodDescriptor")
    assert methods.keys() == {"test"}
    assert methods["test"]["methods"].keys() == {"test_echo", "test_void"}
    assert methods["test"]["methods"]["test_echo"]["params"] == [
        {"name": "number", "required": True},
        {"name": "text", "required": True},
    ]
    assert client.call("MethodDescriptor.getClasses") == ["test"]
    assert client.call("MethodDescriptor.isConnected") is True
    name = client.call("MethodDescriptor.getClasses")[0]
    assert client.call(f"{name}.test_void") is None
    with refused("Client.Authentication"):
        connect().call("MethodDescriptor.getMethods")


def test_a_script_reads_what_the_services_of_its_login_let_it(jane: Subject, house: Site) -> None:
    """CORS, for Ruffle and Royale: the id of the client says whose services count."""
    origin = {"origin": "https://movies.example.org"}
    jane.service(cors_origins=[origin["origin"]])
    seen = []

    def send(body: bytes) -> bytes:
        answer = house.post("/amf", body, AMF, token="", headers=origin)
        seen.append(answer.headers.get("Access-Control-Allow-Origin"))
        assert "Access-Control-Allow-Credentials" not in answer.headers
        return answer.body

    client = FlexClient(send)
    client.ping()
    client.log_in(jane.name, PASSWORD)
    client.call("test_void")
    assert seen == [origin["origin"]] * 3
    jane.service(cors_origins=[])
    client.call("test_void")
    assert seen[-1] is None


def test_a_login_that_is_not_readable_is_answered(connect: Connect) -> None:
    with refused("Client.Message.Encoding"):
        connect().command(LOGIN, "!!!")
