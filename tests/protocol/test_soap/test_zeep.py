"""zeep, an independent client, made from our WSDL and answered by our protocol in process."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import zeep
from zeep.transports import Transport

from gateway.faults import INVALID_PARAMETER, Fault, Level, disclose
from gateway.protocol import Answer, Request
from protocols.soap import PROTOCOL

from .world import CODECS, FUNCTIONS, NAMESPACE, SITE, VALIDATORS, wsdl

URL = "https://gateway.example/soap?wsdl"


class _Response:
    """What zeep reads of an answer of requests."""

    encoding = "utf-8"

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status_code = status
        self.headers = headers
        self.content = body


class _InProcess(Transport):
    """Answers from the Protocol: every function returns its first argument."""

    def __init__(self, query: str) -> None:
        super().__init__()
        self.query = query
        self.received: tuple[Any, ...] = ()

    def load(self, url: str) -> bytes:
        assert url == URL
        return wsdl(self.query)

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> _Response:
        assert address == f"{SITE.url}/soap"
        headers = {name.lower(): value for name, value in headers.items()}
        request = Request("POST", "/soap", "", headers, message)
        parsed = PROTOCOL.parse(request)
        (call,) = parsed.items
        try:
            self.received = VALIDATORS[call.function].arguments(CODECS[call.function].bind(call))
            answer = Answer(call, "R1", CODECS[call.function].encode(self._result(call.function), call))
        except Fault as fault:
            answer = Answer(call, "R1", refusal=disclose(fault, Level.NORMAL, "R1"))
        reply = PROTOCOL.reply(request, parsed, [answer])
        return _Response(reply.status, reply.headers, reply.body)

    def _result(self, name: str) -> Any:
        return VALIDATORS[name].result(None if FUNCTIONS[name].signature.result is None else self.received[0])


@pytest.fixture(scope="module", params=["wsdl", "wsdl&soap=12"])
def client(request: pytest.FixtureRequest) -> zeep.Client:
    return zeep.Client(URL, transport=_InProcess(request.param))


def test_zeep_sees_every_operation_with_its_own_parameters(client: zeep.Client) -> None:
    assert set(dir(client.service)) >= FUNCTIONS.keys()
    operation = client.service._binding._operations["optional"]
    assert operation.input.signature() == "a: xsd:string, b: xsd:int, c: xsd:string"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("int", -5),
        ("long", 2**62),
        ("double", 0.1),
        ("decimal", Decimal("12345678901234567890.12")),
        ("bool", False),
        ("string", "é€😀<&>\"'`]]> \t x\n y"),
        ("string", "a\r\nb"),
        ("string", "  "),
        ("datetime", datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)),
        ("bytes", bytes(range(256))),
        ("colour", "green & blue"),
        ("plain", "x"),
        ("number", 7),
        ("int", None),
        ("string", None),
        ("datetime", None),
    ],
)
def test_zeep_gets_back_what_it_sent(client: zeep.Client, name: str, value: object) -> None:
    assert getattr(client.service, f"echo_{name}")(v=value) == value


@pytest.mark.parametrize(("name", "value"), [("string", ""), ("user", None), ("ints", None)])
def test_zeep_sends_what_it_cannot_tell_apart_when_it_comes_back(
    client: zeep.Client, name: str, value: object
) -> None:
    """zeep reads an empty text as None, and nil of a complex type as one without members."""
    getattr(client.service, f"echo_{name}")(v=value)
    assert client.transport.received == (value,)


def test_zeep_sends_a_day_as_text(client: zeep.Client) -> None:
    assert client.service.echo_date(v="2026-03-01") == "2026-03-01"
    assert client.transport.received == (date(2026, 3, 1),)


def test_zeep_sends_lists_and_tells_empty_from_null(client: zeep.Client) -> None:
    assert client.service.echo_ints(v={"int": [1, 2]}) == [1, 2]
    assert client.service.echo_strings(v={"string": ["", "a"]})[1] == "a"
    client.service.echo_ints(v={"int": []})
    assert client.transport.received == ([],)
    table = client.service.echo_table(v={"ArrayOfInt": [{"int": [1]}, {"int": []}]})
    assert client.transport.received == ([[1], []],)
    assert len(table) == 2


def test_zeep_sends_structs(client: zeep.Client) -> None:
    users = [
        {"id": 1, "username": "a", "suspended": True, "tags": {"string": ["x"]}},
        {"id": None, "username": "b&", "preferences": {"Pref": [{"type": "t", "value": "v"}]}},
    ]
    found = client.service.core_user_create_users(users={"User": users})
    assert [(each.id, each.username, each.suspended) for each in found] == [
        (1, "a", True),
        (None, "b&", None),
    ]
    assert found[1].preferences.Pref[0].value == "v"
    assert found[0].tags.string == ["x"]
    assert found[0].preferences is None


def test_zeep_leaves_out_what_is_optional(client: zeep.Client) -> None:
    assert client.service.optional(a="x") == "x"
    assert client.transport.received[:2] == ("x", None)


def test_zeep_calls_a_void_function(client: zeep.Client) -> None:
    assert client.service.do_void(v="x") is None
    assert client.transport.received == ("x",)


def test_zeep_finds_the_typed_detail_of_a_fault(client: zeep.Client) -> None:
    with pytest.raises(zeep.exceptions.Fault) as raised:
        client.service.echo_date(v="2026-02-30")
    assert raised.value.message == INVALID_PARAMETER.message
    element = client.get_element(f"{{{NAMESPACE}}}apiFault")
    detail = element.parse(raised.value.detail[0], client.wsdl.types)
    assert (detail.exception, detail.errorcode) == ("invalid_parameter_exception", "invalidparameter")
    assert detail.request_id == "R1"
    assert [each.path for each in detail.problems.Problem] == ["v"]
