"""Random signatures and values at Moodle's SOAP address, in both versions; and bodies that are no such calls."""

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway import ABSENT
from gateway.faults import Fault, disclose
from gateway.protocol import Request
from gateway.web import Response
from tests.moodle.soap import SERVER, SOAP11, SOAP12, called, fault, message, part, result
from tests.moodle.test_properties import leaf
from tests.support.signatures import Case, cases, in_utc, plain, transform
from tests.support.wire import Wired, declare

OPTIONS = settings(max_examples=80, deadline=None, database=None, suppress_health_check=list(HealthCheck))
VERSIONS = st.sampled_from([SOAP11, SOAP12])


def request(body: bytes) -> Request:
    return Request("POST", SERVER, "", {"content-type": "text/xml"}, body)


@OPTIONS
@given(cases(), st.data(), VERSIONS)
def test_results(case: Case, data: st.DataObject, version: str) -> None:
    value = data.draw(case.results)
    returned, wired = case.function.signature.result, Wired("soap", case.function, face="moodle")
    assert returned is not None
    reply = wired.reply(request(called(case.function.name, "", version)), value)
    seen = result(Response(reply.status, reply.headers, reply.body))
    assert seen == plain(returned.type, value, leaf, lambda _, items: items)


@OPTIONS
@given(cases(), st.data(), VERSIONS)
def test_arguments(case: Case, data: st.DataObject, version: str) -> None:
    drawn, parameters = data.draw(case.arguments), case.function.signature.parameters
    given = {name: value for name, value in drawn.items() if value is not ABSENT and value is not None}
    parts = [
        part(each.name, plain(each.type, given[each.name], leaf, lambda _, items: items))
        for each in data.draw(st.permutations(parameters))
        if each.name in given
    ]
    body = called(case.function.name, "".join(parts), version)
    received = Wired("soap", case.function, face="moodle").arguments(request(body))
    assert list(received) == [
        transform(each.type, drawn[each.name], in_utc) if each.name in given else each.null
        for each in parameters
    ]


ECHO = Wired("soap", declare({"a": list[int], "b": str}, str, {"b": "x"}), face="moodle")
_HREF = st.sampled_from(["#a", "#b", "#c", "a", ""])
_ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "href": _HREF,
        "id": st.sampled_from("abc"),
        "xsi:type": st.sampled_from(["xsd:int", "ns2:Map", "SOAP-ENC:Array", "ns1:x", ":", ""]),
        "xsi:nil": st.sampled_from(["true", "1", "x"]),
        "SOAP-ENC:arrayType": st.sampled_from(
            ["xsd:int[2]", "ns2:Map[]", "x", "[", "xsd:int[][1]", "a[1,2]"]
        ),
        "enc:ref": _HREF,
        "enc:arraySize": st.sampled_from(["1", "1 2", "*", ""]),
    },
)


def _element(name: str, attributes: Mapping[str, str], content: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{content}</{name}>"


_NAMES = st.sampled_from(["a", "b", "item", "key", "value"])
_LEAVES = st.builds(_element, _NAMES, _ATTRIBUTES, st.sampled_from(["", "7", "x"]))
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.builds(
        _element,
        _NAMES,
        _ATTRIBUTES,
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=12,
)


@settings(OPTIONS, max_examples=300)
@given(st.lists(_TREES, max_size=4), st.lists(_TREES, max_size=3))
def test_whatever_is_encoded_is_arguments_or_a_fault(parts: list[str], beside: list[str]) -> None:
    """No reference, however it is drawn, ends in anything else."""
    name = ECHO.function.name
    body = message(f"<ns1:{name}>{''.join(parts)}</ns1:{name}>{''.join(beside)}")
    try:
        values, text = ECHO.arguments(request(body))
    except Fault as raised:
        reply = ECHO.protocol.refuse(request(body), disclose(raised, 15, "R1"))
        seen = fault(Response(reply.status, reply.headers, reply.body))
        assert seen["faultactor"] == raised.kind.errorcode
        return
    assert all(type(each) is int for each in values)
    assert type(text) is str


@settings(OPTIONS, max_examples=200)
@given(st.data())
def test_a_damaged_message_is_a_fault_or_another_message(data: st.DataObject) -> None:
    whole = called(ECHO.function.name, part("a", [1, 2]) + part("b", "text"))
    start = data.draw(st.integers(0, len(whole)))
    body = whole[:start] + data.draw(st.binary(max_size=3)) + whole[start + data.draw(st.integers(0, 9)) :]
    answer: Any
    try:
        found = ECHO.protocol.parse(request(body))
        (call,) = found.items
        answer = ECHO.codec.bind(call)  # type: ignore[arg-type]
    except Fault as raised:
        answer = etree.fromstring(ECHO.protocol.refuse(request(body), disclose(raised, 15, "R1")).body)
    assert answer is not None
