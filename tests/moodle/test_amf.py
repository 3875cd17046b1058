"""The AMF address of clients for Moodle: packets by Py3AMF and by hand through `handle()`, answers read by Py3AMF."""

from collections.abc import Mapping
from struct import pack
from typing import Any
from urllib.parse import urlencode

import pytest

from gateway.store import LoginSession
from gateway.web import Response
from tests.access.causes import site_settings
from tests.moodle.calls import PASSWORD
from tests.moodle.test_rest import HEADERS
from tests.support import wire
from tests.support.flex import FlexClient
from tests.support.site import USER, Site
from tests.support.wire import AMF, messaging, pyamf, remoting

SERVER = "/webservice/amf/server.php"
SIMPLE = "/webservice/amf/simpleserver.php"
CLASS = "webservices_virtual_class_000000"
PERSON = {"id": 1, "username": "ann", "firstname": "A", "lastname": "N", "suspended": True}


def send(
    site: Site,
    body: bytes,
    query: Mapping[str, str] | None = None,
    path: str = SERVER,
    content_type: str = AMF,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to a packet, with the site's token unless another query is given."""
    shown = {"wstoken": site.token} if query is None else query
    given = {"content-type": content_type, "content-length": str(len(body)), **(headers or {})}
    return site.gateway.handle("POST", path, urlencode(shown), given, body)


def packet(target: str, *arguments: Any, version: int = pyamf.AMF0) -> bytes:
    """A packet of one call, as NetConnection sends it."""
    envelope = remoting.Envelope(version)
    envelope["/1"] = remoting.Request(target, list(arguments))
    data: bytes = remoting.encode(envelope).getvalue()
    return data


def read(answer: Response) -> tuple[bool, Any]:
    """Whether a result came, and what."""
    assert (answer.status, answer.headers["Content-Type"]) == (200, AMF)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    good = b"/1/onResult" in answer.body
    ((_, found),) = remoting.decode(answer.body.replace(b"/onStatus", b"/onResult"))
    return good, found.body


def call(site: Site, function: str, *arguments: Any, **how: Any) -> Any:
    """The result of a call by the virtual class."""
    good, value = read(send(site, packet(f"{CLASS}.{function}", *arguments), **how))
    assert good, value
    return value


def fault(site: Site, function: str, *arguments: Any, **how: Any) -> dict[str, Any]:
    """The fault of a call by the virtual class."""
    good, value = read(send(site, packet(f"{CLASS}.{function}", *arguments), **how))
    assert not good, value
    return dict(value)


def test_functions_are_called_by_the_virtual_class(moodle: Site) -> None:
    assert call(moodle, "test_echo", 7, "tea") == "tea 7"
    assert call(moodle, "test_optional", "x") == "x|None|absent|7|absent"
    assert call(moodle, "test_void") is None
    assert call(moodle, "test_requires") is True
    assert call(moodle, "core_user_get_users_by_field", "id", ["999"]) == []


@pytest.mark.parametrize("target", ["test_echo", "other.test_echo", f"{CLASS}.test_echo"])
def test_what_stands_before_the_last_dot_does_not_count(moodle: Site, target: str) -> None:
    assert read(send(moodle, packet(target, 7, "tea"))) == (True, "tea 7")


def test_amf3(moodle: Site) -> None:
    answer = send(moodle, packet(f"{CLASS}.test_people", [PERSON], version=pyamf.AMF3))
    good, (person,) = read(answer)
    assert good
    assert dict(person) == PERSON


@pytest.mark.parametrize(
    "people", [[PERSON], {"a": PERSON}, [PERSON | {"id": "1", "suspended": 1}], [PERSON | {"id": 1.0}]]
)
def test_a_value_is_taken_by_its_text(moodle: Site, people: Any) -> None:
    (person,) = call(moodle, "test_people", people)
    assert dict(person) == PERSON


@pytest.mark.parametrize("arguments", [(7,), (7, "tea", "more"), ("05", "tea"), (7.5, "tea"), ([7], "tea")])
def test_arguments_that_do_not_fit(moodle: Site, arguments: tuple[Any, ...]) -> None:
    assert fault(moodle, "test_echo", *arguments)["errorcode"] == "invalidparameter"


def test_any_content_type_is_read(moodle: Site) -> None:
    for content_type in ("application/octet-stream", "application/x-www-form-urlencoded", ""):
        assert call(moodle, "test_echo", 7, "tea", content_type=content_type) == "tea 7"


def flex(message: Any) -> bytes:
    """A packet of one Flex message, in AMF3."""
    value = pyamf.encode(message, encoding=pyamf.AMF3).getvalue()
    array = wire.amf_array(b"\x11" + value)
    return pack(">HHH", 3, 0, 1) + wire.utf("null") + wire.utf("/1") + bytes(4) + array


@pytest.mark.parametrize(
    ("operation", "source"), [("test_echo", CLASS), (f"{CLASS}.test_echo", None), ("test_echo", None)]
)
def test_a_remote_object_of_flex(moodle: Site, operation: str, source: str | None) -> None:
    names = {"operation": operation, "source": source, "destination": "zend"}
    good, found = read(
        send(moodle, flex(messaging.RemotingMessage(**names, body=[7, "tea"], messageId="M-1")))
    )
    assert good
    assert isinstance(found, messaging.AcknowledgeMessage)
    assert (found.body, found.correlationId) == ("tea 7", "M-1")


def test_the_fault_of_a_remote_object_has_moodles_keys_as_extended_data(moodle: Site) -> None:
    call = messaging.RemotingMessage(
        operation="test_declared_fault", source=CLASS, body=["x"], messageId="M-1"
    )
    good, found = read(send(moodle, flex(call)))
    assert not good
    assert isinstance(found, messaging.ErrorMessage)
    assert (found.faultString, found.faultDetail) == ("The tea is cold", "It stood for an hour")
    assert found.extendedData.keys() == {"description", "detail", "line", "code", "exception", "errorcode"}


def test_a_ping_of_flex(moodle: Site) -> None:
    good, found = read(send(moodle, flex(messaging.CommandMessage(operation=5, messageId="M-1"))))
    assert (good, type(found)) == (True, messaging.AcknowledgeMessage)


# What can be called


def test_get_methods(moodle: Site) -> None:
    good, found = read(send(moodle, packet("MethodDescriptor.getMethods")))
    assert good
    assert list(found) == [CLASS]
    methods = found[CLASS]["methods"]
    assert "test_outside" not in methods
    assert methods["test_echo"]["docs"] == "Both arguments as one text."
    assert methods["test_optional"]["params"][:2] == [
        {"name": "a", "required": True},
        {"name": "b", "required": False},
    ]


def test_get_classes_and_is_connected(moodle: Site) -> None:
    assert read(send(moodle, packet("MethodDescriptor.getClasses"))) == (True, [CLASS])
    assert read(send(moodle, packet("MethodDescriptor.isConnected"))) == (True, True)


def test_strangers_are_told_no_methods(moodle: Site) -> None:
    good, found = read(send(moodle, packet("MethodDescriptor.getMethods"), query={"wstoken": "0" * 32}))
    assert (good, found["errorcode"]) == (False, "invalidtoken")


# Faults


def test_a_fault_has_moodles_keys(moodle: Site) -> None:
    found = fault(moodle, "test_declared_fault", "x")
    assert found == {
        "description": "The tea is cold",
        "detail": "It stood for an hour",
        "line": 0,
        "code": 0,
        "exception": "moodle_exception",
        "errorcode": "teaiscold",
    }


@pytest.mark.parametrize(("level", "detail"), [("none", ""), ("normal", "It stood for an hour")])
def test_the_detail_comes_from_normal_on(moodle: Site, level: str, detail: str) -> None:
    with site_settings(moodle, {"debug": level}):
        assert fault(moodle, "test_declared_fault", "x")["detail"] == detail
        assert "swordfish" not in str(fault(moodle, "test_raises", "x"))


@pytest.mark.parametrize(
    ("function", "errorcode"),
    [("test_unknown", "invalidrecord"), ("test_outside", "accessexception"), ("", "invalidparameter")],
)
def test_functions_that_cannot_be_called(moodle: Site, function: str, errorcode: str) -> None:
    assert fault(moodle, function)["errorcode"] == errorcode


@pytest.mark.parametrize(
    ("path", "query", "errorcode"),
    [
        (SERVER, {}, "invalidtoken"),
        (SERVER, {"wstoken": "0" * 32}, "invalidtoken"),
        (SIMPLE, {}, "missingusername"),
        (SIMPLE, {"wsusername": USER}, "missingpassword"),
        (SIMPLE, {"wsusername": USER, "wspassword": "wrong"}, "wrongusernamepassword"),
    ],
)
def test_credentials_that_are_refused(moodle: Site, path: str, query: dict[str, str], errorcode: str) -> None:
    assert fault(moodle, "test_void", path=path, query=query)["errorcode"] == errorcode


def test_user_name_and_password(moodle: Site) -> None:
    query = {"wsusername": USER, "wspassword": PASSWORD}
    assert call(moodle, "test_echo", 7, "tea", path=SIMPLE, query=query) == "tea 7"


def test_no_header_is_a_credential(moodle: Site) -> None:
    """Neither one of HTTP nor one of the packet."""
    body = wire.amf_call("test_void", headers={"wstoken": wire.amf_text(moodle.token)})
    answer = send(moodle, body, query={}, headers={"authorization": f"Bearer {moodle.token}"})
    good, found = read(answer)
    assert (good, found["errorcode"]) == (False, "invalidtoken")


@pytest.mark.parametrize("body", [b"", b"<html>", b"\0\0\0\0\0\1"])
def test_what_cannot_be_read_is_answered_with_an_empty_packet(moodle: Site, body: bytes) -> None:
    answer = send(moodle, body)
    assert (answer.status, answer.headers["Content-Type"]) == (400, AMF)
    assert list(remoting.decode(answer.body)) == []


def test_sample_and_read(moodle: Site) -> None:
    """The client's side of the face speaks with its server's side."""
    (face,) = (each for each in moodle.gateway.faces if (each.name, each.face) == ("amf", "moodle"))
    function = moodle.gateway.registry.functions["test_echo"]
    outgoing = face.sample(function, {"number": 7, "text": "tea"}, moodle.token, moodle.gateway.site())
    path, _, query = outgoing.path.partition("?")
    headers = {"content-type": AMF, "content-length": str(len(outgoing.body))}
    answer = moodle.gateway.handle(outgoing.method, path, query, headers, outgoing.body)
    assert face.read(function, answer.status, answer.headers, answer.body, moodle.gateway.site()) == "tea 7"


@pytest.mark.parametrize(
    "query", [{}, {"wsusername": USER, "wspassword": PASSWORD}], ids=["token", "password"]
)
def test_a_flex_login_is_acknowledged_and_begins_nothing(moodle: Site, query: Mapping[str, str]) -> None:
    """Moodle's AMF test client logs in with whatever it was given, though the address has its credentials."""
    shown, path = (query, SIMPLE) if query else ({"wstoken": moodle.token}, SERVER)
    client = FlexClient(lambda body: send(moodle, body, shown, path).body)
    client.log_in("anybody", "anything")
    assert client.call(f"{CLASS}.test_echo", 7, "tea") == "tea 7"
    client.log_out()
    assert client.call("test_echo", 7, "tea", source=CLASS) == "tea 7"
    assert moodle.count(LoginSession) == 0
