"""Attacks: each ends in one fault, quickly, and reads nothing it should not."""

import time

import pytest

from gateway.faults import Fault
from protocols.soap import PROTOCOL

from .attacks import ATTACKS
from .world import CODECS, NAMESPACE, TEXT_XML, bind, call, envelope, post, problems, unparsed


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_body_is_one_fault(attack: str) -> None:
    started = time.process_time()
    reply = unparsed(post(ATTACKS[attack]))
    assert reply.status == 500
    assert reply.body.count(b"<apiFault ") == 1
    assert b"root:" not in reply.body
    assert len(reply.body) < 2_000
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("members", "path"),
    [
        (
            '<v><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/></v>',
            "v",
        ),
        (
            '<v><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="file:///etc/passwd"/></v>',
            "v",
        ),
        ("<v>a<b/>c</v>", "v"),
        ("<v>a</v><v>b</v>", "v"),
    ],
)
def test_inclusions_mixed_content_and_repetition_are_problems(members: str, path: str) -> None:
    assert list(problems("echo_string", members)) == [path]
    assert list(problems("echo_bytes", members)) == [path]


def test_a_schema_location_is_not_fetched_and_an_array_type_not_believed() -> None:
    location = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:x http://127.0.0.1:1/x.xsd"'
    assert bind(envelope(call("echo_ints", f"<v {location}><int>1</int></v>"))) == {"v": [1]}
    array = 'xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" e:arrayType="xsd:int[999999999]"'
    assert bind(envelope(call("echo_ints", f"<v {array}><int>1</int></v>"))) == {"v": [1]}


def test_a_comment_does_not_cut_a_text() -> None:
    assert bind(envelope(call("echo_string", "<v>ab<!-- x -->cd<?p?>ef</v>"))) == {"v": "abcdef"}


def test_rule_20_the_surrogate_pairs_of_axis_are_repaired() -> None:
    for pair in ("&#xD83D;&#xDE00;", "&#55357;&#56832;"):
        assert bind(envelope(call("echo_string", f"<v>{pair}</v>"))) == {"v": "😀"}


@pytest.mark.parametrize("name", ["int", "double", "decimal", "datetime", "bytes", "date", "bool"])
def test_five_million_digits_are_refused_at_once(name: str) -> None:
    body = envelope(call(f"echo_{name}", f"<v>{'9' * 3_000_001}</v>"))
    item = PROTOCOL.parse(post(body)).items[0]
    started = time.process_time()
    value = CODECS[f"echo_{name}"].bind(item)["v"]
    assert time.process_time() - started < 3
    assert len(value.problem) < 120


def test_many_attributes_and_namespaces_are_ignored_in_linear_time() -> None:
    attributes = " ".join(f'a{n}="x"' for n in range(20_000))
    namespaces = " ".join(f'xmlns:n{n}="urn:n{n}"' for n in range(5_000))
    started = time.process_time()
    assert bind(envelope(call("echo_string", f"<v {attributes}>a</v>"))) == {"v": "a"}
    assert bind(envelope(call("echo_string", f"<v {namespaces}>a</v>"))) == {"v": "a"}
    assert time.process_time() - started < 10


def test_many_unknown_children_are_read_in_linear_time() -> None:
    members = "".join(f"<a{n}/>" for n in range(50_000)) + "<b/>" * 50_000
    started = time.process_time()
    assert len(bind(envelope(call("echo_string", members)))) == 50_001
    assert time.process_time() - started < 10


def test_a_wrong_soapaction_and_a_path_in_it_change_nothing() -> None:
    headers = {**TEXT_XML, "soapaction": f'"{NAMESPACE}#../../etc/passwd"'}
    message = PROTOCOL.parse(post(envelope(call("echo_string")), headers))
    assert message.items[0].function == "echo_string"


@pytest.mark.parametrize("name", ["__class__", "system.multicall", "echo_string.__init__", "a-b"])
def test_a_function_is_a_registry_key_and_nothing_else(name: str) -> None:
    assert PROTOCOL.parse(post(envelope(f"<{name}/>"))).items[0].function == name


def test_a_truncated_message_at_every_byte_is_a_fault() -> None:
    body = envelope(call("echo_user", "<v><id>1</id><username>a&amp;b</username></v>"))
    for end in range(len(body)):
        with pytest.raises(Fault):
            PROTOCOL.parse(post(body[:end]))
