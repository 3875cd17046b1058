"""Questions to the standard library's XML-RPC marshaller about limits, entities and what it reads and writes."""

import time
import xmlrpc.client
from typing import Any

from defusedxml.common import EntitiesForbidden  # type: ignore[import-untyped]
from defusedxml.xmlrpc import DefusedExpatParser  # type: ignore[import-untyped]
from lxml import etree

from bench.peers.facts import Fact, said

DEPTH = 10_000
ITEMS = 100_000
ENTITIES = '<!DOCTYPE m [<!ENTITY a "0123456789abcdef"><!ENTITY b "{}">]>'.format("&a;" * 16)
# Nothing is fetched: there is no such file, and the question is what becomes of the reference.
EXTERNAL = '<!DOCTYPE m [<!ENTITY e SYSTEM "file:///nonexistent">]>'


def facts() -> list[Fact]:
    """All questions, answered by this installation."""
    return [
        _depth(),
        _items(),
        _entities(),
        _external(),
        _reads("Is `1_000` read as an int?", "<int>1_000</int>", 1000),
        _reads("Is an int of 60 digits read?", f"<int>{'9' * 60}</int>", int("9" * 60), "60 digits"),
        _reads("Is text around a typed value dropped?", "lost<int>5</int>lost", 5),
        _reads("Does the last of two members of one name win?", _struct("1", "2"), {"a": "2"}),
        _control_character(),
        _long(),
    ]


def read(value: str, prolog: str = "") -> Any:
    """The one argument of a call, as the marshaller reads it."""
    return xmlrpc.client.loads(_call(value, prolog), use_builtin_types=True)[0][0]


def refused(value: str, prolog: str) -> bool:
    """Whether defusedxml's parser, in front of the same marshaller, refuses the call."""
    parser = DefusedExpatParser(xmlrpc.client.Unmarshaller(use_builtin_types=True))
    try:
        parser.feed(_call(value, prolog))
        parser.close()
    except EntitiesForbidden:
        return True
    return False


def _call(value: str, prolog: str) -> bytes:
    parameters = f"<params><param><value>{value}</value></param></params>"
    return f"{prolog}<methodCall><methodName>m</methodName>{parameters}</methodCall>".encode()


def _struct(*values: str) -> str:
    members = "".join(f"<member><name>a</name><value>{value}</value></member>" for value in values)
    return f"<struct>{members}</struct>"


def _depth() -> Fact:
    value = read("<array><data><value>" * DEPTH + "</value></data></array>" * DEPTH)
    depth = 0
    while isinstance(value, list):
        value, depth = value[0], depth + 1
    return Fact("Is any nesting depth accepted?", depth == DEPTH, f"{depth:,} arrays in one another")


def _items() -> Fact:
    started = time.perf_counter()
    items = read(f"<array><data>{'<value/>' * ITEMS}</data></array>")
    milliseconds = (time.perf_counter() - started) * 1000
    seen = f"{len(items):,} values of 8 bytes each, {milliseconds:.0f} ms"
    return Fact("Is any number of elements accepted?", len(items) == ITEMS, seen)


def _entities() -> Fact:
    sent = "&b;" * 8
    value = read(sent, ENTITIES)
    seen = f"a DOCTYPE of {len(ENTITIES)} bytes makes {len(value):,} characters of {len(sent)}"
    return Fact(
        "Are the entities of a DOCTYPE expanded?", len(value) > len(sent), seen, _defused(sent, ENTITIES)
    )


def _external() -> Fact:
    value = read("start &e; end", EXTERNAL)
    return Fact(
        "Is a reference to an external entity dropped without a word?",
        value == "start  end",
        f'`start &e; end` is read as "{value}"',
        _defused("start &e; end", EXTERNAL),
    )


def _defused(value: str, prolog: str) -> str:
    return f"with defusedxml's parser: {said(not refused(value, prolog))}, refused"


def _reads(question: str, value: str, expected: Any, seen: str = "") -> Fact:
    found = read(value)
    return Fact(question, found == expected, seen or f"`{found!r}`")


def _control_character() -> Fact:
    answer = xmlrpc.client.dumps(("a\x01b",), methodresponse=True)
    try:
        etree.fromstring(answer.encode())
    except etree.XMLSyntaxError as error:
        return Fact("Is a result that holds U+0001 written as well-formed XML?", False, f"lxml: {error.msg}")
    return Fact("Is a result that holds U+0001 written as well-formed XML?", True, "lxml reads it")


def _long() -> Fact:
    question = "Can an int of more than 32 bits be written?"
    try:
        xmlrpc.client.dumps((2**31,), methodresponse=True)
    except OverflowError as error:
        return Fact(question, False, f"OverflowError: {error}")
    return Fact(question, True, "written")
