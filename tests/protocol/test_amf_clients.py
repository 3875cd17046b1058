"""Py3AMF, an independent AMF codec, as the client: every kind of value in every position, both directions."""

import enum
import sys
import warnings
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from types import new_class
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import ABSENT, READ, Component, Function, Int32, Maybe, Struct, function
from gateway.faults import INVALID_PARAMETER, Problem, disclose
from gateway.protocol import Answer, RemoteFault, Request, Site
from gateway.validation import Validator
from protocols.amf import PROTOCOL

with warnings.catch_warnings():
    # Py3AMF looks for XML libraries at its first unusual value: one of them, defusedxml.lxml, says it is deprecated.
    warnings.filterwarnings("ignore", "defusedxml", DeprecationWarning)
    import pyamf
    import pyamf.xml
    from pyamf import remoting
    from pyamf.amf3 import ByteArray

    pyamf.xml.is_xml(None)

SITE = Site("https://example.org", "Example", "urn:example")


@pytest.fixture(autouse=True, scope="module")
def _no_class_is_imported() -> Iterator[None]:
    """Py3AMF imports the module that a class alias names, unless a loader refuses."""

    def refuse(alias: str) -> None:
        raise pyamf.UnknownClassAlias(alias)

    pyamf.register_class_loader(refuse)
    yield
    pyamf.unregister_class_loader(refuse)


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Point(Struct):
    x: int
    label: str


NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
LONG = "é" * 40_000
VALUES: list[tuple[str, Any, Any, Any]] = [
    # name, annotation, the Python value, the same as Py3AMF writes and reads it
    ("true", bool, True, True),
    ("false", bool, False, False),
    ("zero", int, 0, 0),
    ("int", int, -5, -5),
    ("int_beyond_32_bits", int, 2**31, 2**31),
    ("int_2_53", int, 2**53, 2**53),
    ("int_beyond_2_53", int, 2**53 + 1, "9007199254740993"),
    ("int_least", int, -(2**63), "-9223372036854775808"),
    ("int32", Int32, -(2**31), -(2**31)),
    ("float", float, 1.5, 1.5),
    ("float_integral", float, 3.0, 3.0),
    ("float_tiny", float, 5e-324, 5e-324),
    ("decimal", Decimal, Decimal("1.50"), "1.50"),
    ("decimal_negative", Decimal, Decimal("-0.001"), "-0.001"),
    ("text", str, "Zoë & <b>\t\r\n😀", "Zoë & <b>\t\r\n😀"),
    ("text_empty", str, "", ""),
    ("text_256_bytes", str, "a" * 256, "a" * 256),
    ("text_65535_bytes", str, "a" * 65535, "a" * 65535),
    ("text_65536_bytes", str, "a" * 65536, "a" * 65536),
    ("text_long", str, LONG, LONG),
    ("bytes", bytes, b"\x00\xff", "AP8="),
    ("bytes_empty", bytes, b"", ""),
    ("bytes_long", bytes, bytes(60_000), "A" * 80_000),
    ("datetime", datetime, NOON, NOON.replace(tzinfo=None)),
    ("datetime_before_1970", datetime, datetime(1901, 1, 1, tzinfo=UTC), datetime(1901, 1, 1)),
    ("date", date, date(2026, 3, 1), "2026-03-01"),
    ("literal", Literal["a", "b"], "b", "b"),
    ("enum", Colour, Colour.BLUE, "blue"),
    ("list", list[int], [1, 2, 3], [1, 2, 3]),
    ("list_empty", list[str], [], []),
    ("list_of_lists", list[list[bool]], [[True], [], [False, True]], [[True], [], [False, True]]),
    ("struct", Point, Point(x=1, label="a"), {"x": 1, "label": "a"}),
    (
        "list_of_structs",
        list[Point],
        [Point(x=1, label="a"), Point(x=2, label="b")],
        [{"x": 1, "label": "a"}, {"x": 2, "label": "b"}],
    ),
]


def in_version(version: int, value: Any, wire: Any) -> Any:
    """The value as it goes in a version: AMF0 has no octets, and carries them as text."""
    return ByteArray(value) if version == pyamf.AMF3 and type(value) is bytes else wire


each_version = pytest.mark.parametrize("version", [pyamf.AMF0, pyamf.AMF3], ids=["AMF0", "AMF3"])
each_value = pytest.mark.parametrize(
    ("version", "annotation", "value", "wire"),
    [
        pytest.param(version, annotation, value, in_version(version, value, wire), id=f"AMF{version} {name}")
        for version in (pyamf.AMF0, pyamf.AMF3)
        for name, annotation, value, wire in VALUES
    ],
)


def holder(annotation: Any) -> Any:
    """A Struct with a member of each state."""
    members = {
        "__annotations__": {"must": annotation, "may": Maybe[annotation], "null": annotation | None},
        "may": ABSENT,
        "null": None,
        "__module__": __name__,
    }
    return new_class("Holder", (Struct,), {}, lambda namespace: namespace.update(members))


def echo(annotation: Any, name: str = "test_echo") -> Function:
    """A function that gives back its only parameter."""

    def python(value: Any) -> Any:
        return value

    python.__annotations__ = {"value": annotation, "return": annotation}
    return Component("test", functions=[function(name, effect=READ)(python)]).functions[0]


def request(body: bytes) -> Request:
    return Request("POST", "/amf", "", {"content-type": "application/x-amf"}, body)


def serve(called: Function, body: bytes) -> bytes:
    """What dispatch does between the bytes of a request and those of its answer."""
    incoming = request(body)
    message = PROTOCOL.parse(incoming)
    assert message.broken is None
    codec, validator = PROTOCOL.compile(called, SITE), Validator(called.name, called.signature)
    answers = []
    for item in message.items:
        assert item.function == called.name
        result = called(*validator.arguments(codec.bind(item)))
        answers.append(Answer(item, "R", codec.encode(validator.result(result), item)))
    reply = PROTOCOL.reply(incoming, message, answers)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/x-amf"
    return reply.body


def call(called: Function, arguments: Any, version: int = pyamf.AMF0) -> Any:
    """Call as Py3AMF does, and give the value it reads.

    In AMF0 it numbers references one lower than Flash Player (its array of arguments does not count), so no two
    arguments may be one object.
    """
    packet = remoting.Envelope(version)
    packet["/1"] = remoting.Request(f"service.{called.name}", arguments, packet)
    answer = remoting.decode(serve(called, remoting.encode(packet).getvalue()))
    assert answer["/1"].status == remoting.STATUS_OK
    return answer["/1"].body


@each_value
def test_a_parameter_and_a_result(version: int, annotation: Any, value: Any, wire: Any) -> None:
    assert call(echo(annotation), [wire], version) == wire


@each_value
def test_an_item(version: int, annotation: Any, value: Any, wire: Any) -> None:
    assert call(echo(list[annotation]), [[wire, deepcopy(wire)]], version) == [wire, wire]


@each_value
def test_a_member(version: int, annotation: Any, value: Any, wire: Any) -> None:
    everything = {"must": wire, "may": deepcopy(wire), "null": deepcopy(wire)}
    assert call(echo(holder(annotation)), [everything], version) == everything


@each_value
def test_a_member_that_is_not_given(version: int, annotation: Any, value: Any, wire: Any) -> None:
    expected = {"must": wire, "null": None}
    for members in ({"must": wire}, {"must": wire, "may": None, "null": pyamf.Undefined}):
        assert call(echo(holder(annotation)), [members], version) == expected


@each_value
def test_the_function_receives_the_python_value(version: int, annotation: Any, value: Any, wire: Any) -> None:
    received = []

    def python(value: Any) -> None:
        received.append(value)

    python.__annotations__ = {"value": annotation, "return": None}
    called = Component("test", functions=[function("test_take", effect=READ)(python)]).functions[0]
    assert call(called, [wire], version) is None
    assert received == [value]
    assert type(received[0]) is type(value)


@pytest.mark.parametrize(
    ("annotation", "value"), [each[1:3] for each in VALUES], ids=[each[0] for each in VALUES]
)
def test_our_own_client_reads_what_it_wrote(annotation: Any, value: Any) -> None:
    called = echo(holder(annotation))
    given = called.signature.result.type.python(must=value, null=value)
    outgoing = PROTOCOL.sample(called, {"value": given}, "secret", SITE)
    assert (outgoing.method, outgoing.path) == ("POST", "/amf")
    assert outgoing.headers == {"Content-Type": "application/x-amf", "Authorization": "Bearer secret"}
    plain = PROTOCOL.read(called, 200, {}, serve(called, outgoing.body), SITE)
    assert Validator(called.name, called.signature).arguments({"value": plain}) == (given,)


@each_version
def test_the_version_is_echoed(version: int) -> None:
    packet = remoting.Envelope(pyamf.AMF0)
    packet["/1"] = remoting.Request("test_echo", [[1]], packet)
    body = bytearray(remoting.encode(packet).getvalue())
    body[1] = version
    assert serve(echo(list[int]), bytes(body))[:2] == bytes([0, version])


def test_arrays_as_ecma_arrays() -> None:
    """What Ruffle and BlazeDS send for lists, also for the array of arguments."""
    assert call(echo(list[str]), [pyamf.MixedArray(enumerate(["a", "b"]))]) == ["a", "b"]
    assert call(echo(list[list[int]]), [[pyamf.MixedArray({"0": 1}), pyamf.MixedArray()]]) == [[1], []]


def test_a_typed_object_is_its_members() -> None:
    """The class alias names nothing: no module is imported for it (Py3AMF's server side would)."""
    alias = "this.antigravity"
    assert "this" not in sys.modules
    assert call(echo(Point), [pyamf.TypedObject(alias) | {"x": 1, "label": "a"}]) == {"x": 1, "label": "a"}
    assert "this" not in sys.modules


def test_an_object_sent_twice_goes_as_a_reference() -> None:
    """Py3AMF does not count the array of arguments, so it is the single argument here that holds both."""
    packet = remoting.Envelope(pyamf.AMF0)
    packet["/1"] = remoting.Request("test_echo", [[]], packet)
    shared = {"x": 1, "label": "a"}
    body = remoting.encode(packet).getvalue()
    start = body.rindex(b"\x0a\0\0\0\1")
    value = pyamf.encode([[shared, shared]], encoding=pyamf.AMF0).getvalue()
    assert b"\x07\0\2" in value
    assert remoting.decode(serve(echo(list[Point]), body[:start] + value))["/1"].body == [shared, shared]


scalars = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20)
plain = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(plain, max_size=4))
def test_whatever_py3amf_sends_is_read(arguments: list[Any]) -> None:
    packet = remoting.Envelope(pyamf.AMF0)
    packet["/1"] = remoting.Request("test_echo", deepcopy(arguments), packet)
    (item,) = PROTOCOL.parse(request(remoting.encode(packet).getvalue())).items
    assert item.arguments == arguments


def test_several_calls_are_answered_each() -> None:
    packet = remoting.Envelope(pyamf.AMF0)
    for number in range(15):
        packet[f"/{number}"] = remoting.Request("test_echo", [number], packet)
    answer = remoting.decode(serve(echo(int), remoting.encode(packet).getvalue()))
    assert {uri: response.body for uri, response in answer} == {f"/{number}": number for number in range(15)}


def refused(level: int) -> bytes:
    fault = INVALID_PARAMETER(
        "users[0].email \x01", problems=[Problem(path="users[0].email", problem="is bad")]
    )
    packet = remoting.Envelope(pyamf.AMF0)
    packet["/7"] = remoting.Request("test_echo", [], packet)
    incoming = request(remoting.encode(packet).getvalue())
    message = PROTOCOL.parse(incoming)
    answer = Answer(message.items[0], "R.1", refusal=disclose(fault, level, "R.1"))
    reply = PROTOCOL.reply(incoming, message, [answer])
    assert reply.status == 200
    return reply.body


@pytest.mark.parametrize(("level", "cause"), [(5, ""), (15, "users[0].email \ufffd")])
def test_a_fault_reaches_py3amf(level: int, cause: str) -> None:
    response = remoting.decode(refused(level))["/7"]
    assert response.status == remoting.STATUS_ERROR
    fault = response.body
    assert (fault.level, fault.code, fault.type) == (
        "error",
        "invalidparameter",
        "invalid_parameter_exception",
    )
    assert fault.description == "Invalid parameter value detected"
    assert fault.details == cause


def test_a_fault_reaches_our_own_client() -> None:
    with pytest.raises(RemoteFault) as caught:
        PROTOCOL.read(echo(int), 200, {}, refused(15), SITE)
    fault = caught.value
    assert (fault.exception, fault.errorcode) == ("invalid_parameter_exception", "invalidparameter")
    assert (fault.message, fault.cause) == ("Invalid parameter value detected", "users[0].email \ufffd")
    assert fault.problems == ({"path": "users[0].email", "problem": "is bad"},)
    assert fault.request_id == "R.1"


def test_our_own_client_reads_other_gateways_faults() -> None:
    packet = remoting.Envelope(pyamf.AMF0)
    fault = remoting.ErrorFault(code="Server.Call", type="ValueError", description="no", details="why")
    packet["/1"] = remoting.Response(fault, status=remoting.STATUS_ERROR)
    with pytest.raises(RemoteFault) as caught:
        PROTOCOL.read(echo(int), 200, {}, remoting.encode(packet).getvalue(), SITE)
    assert (caught.value.errorcode, caught.value.exception) == ("Server.Call", "ValueError")
    assert (caught.value.message, caught.value.cause) == ("no", "why")


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (502, b"<html>Bad gateway</html>", "HTTP status 502"),
        (400, bytes(6), "HTTP status 400"),
        (200, b"\0\0\0\0\0\1\0\x0b/1/onResult\0\4null\0\0\0\0\2", "cut or damaged"),
    ],
)
def test_our_own_client_says_what_is_no_answer(status: int, body: bytes, problem: str) -> None:
    with pytest.raises(RemoteFault, match=problem):
        PROTOCOL.read(echo(int), status, {}, body, SITE)
