"""Bodies made to break a reader (CVE-2016-5002, CVE-2016-5003, CVE-2014-5265, CVE-2020-10735): a Fault, and soon."""

from time import process_time
from typing import Any

import pytest

from gateway import ABSENT, Maybe, Struct, limits
from gateway.faults import INVALID_PARAMETER, INVALID_REQUEST, TOO_LARGE, Fault
from tests.support.wire import Wired, declare, request_of, xmlrpc_call

NAME = "test_echo"
SECONDS = 20.0  # of processor time: ten times what it takes, for a busy machine; what it guards against takes minutes


class Row(Struct):
    id: int
    name: Maybe[str] = ABSENT


CALLED = Wired("xmlrpc", declare({"rows": list[Row], "any": str | None}, None, {"any": None}))


def arguments(body: bytes) -> tuple[Any, ...]:
    return CALLED.arguments(request_of("xmlrpc", NAME, body))


def rows(content: str) -> bytes:
    return xmlrpc_call(NAME, f"<array><data>{content}</data></array>")


ROW = "<value><struct><member><name>id</name><value><int>1</int></value></member></struct></value>"


def refused(body: bytes) -> Fault:
    started = process_time()
    with pytest.raises(Fault) as found:
        arguments(body)
    assert process_time() - started < SECONDS
    return found.value


def test_the_row_that_the_others_break_is_read() -> None:
    assert arguments(rows(ROW)) == ([Row(id=1)], None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"not XML",
        b"\xff\xfe<\0",
        xmlrpc_call(NAME).decode().replace("1.0", '1.0" encoding="UTF-16').encode("utf-16"),
        b'<!DOCTYPE m [<!ENTITY a "b">]><methodCall><methodName>&a;</methodName></methodCall>',
        b'<!DOCTYPE m SYSTEM "file:///etc/passwd"><methodCall><methodName>f</methodName></methodCall>',
        b"<methodCall><methodName>&e;</methodName></methodCall>",
        b"<methodCall><methodName>a\x01</methodName></methodCall>",
        b"<methodCall/>",
        b"<methodCall><params/></methodCall>",
        b"<methodCall><methodName>f</methodName><methodName>g</methodName></methodCall>",
        b"<methodCall><params/><methodName>f</methodName></methodCall>",
        b"<methodCall><methodName>f</methodName><params/><params/></methodCall>",
        b"<methodCall><methodName>f<b/></methodName></methodCall>",
        b"<methodCall><methodName>f</methodName><params><value/></params></methodCall>",
        b"<methodCall><methodName>f</methodName><params><param/></params></methodCall>",
        b"<methodCall><methodName>f</methodName><params><param><value/><value/></param></params></methodCall>",
        b'<x:methodCall xmlns:x="urn:x"><methodName>f</methodName></x:methodCall>',
        b"<methodResponse><params/></methodResponse>",
        b"<!--" + b"<" * 100,
    ],
)
def test_what_is_no_call(body: bytes) -> None:
    with pytest.raises(Fault) as found:
        CALLED.protocol.parse(request_of("xmlrpc", NAME, body))
    assert found.value.kind is INVALID_REQUEST


MEMBER = "<member><name>id</name><value><int>1</int></value></member>"


@pytest.mark.parametrize(
    "content",
    [
        "<struct/>",
        "<value><int>1</int><int>2</int></value>",
        "<value><struct/><struct/></value>",
        f"<value><struct>{MEMBER}<value/></struct></value>",
        f"<value><struct><x>{MEMBER}</x></struct></value>",
        "<value><struct><member><value><int>1</int></value><name>id</name></member></struct></value>",
        "<value><struct><member><name>id</name></member></struct></value>",
        "<value><struct><member><value><int>1</int></value></member></struct></value>",
        "<value><struct><member><name>id</name><value/><value/></member></struct></value>",
        "<value><struct><member><name>id<value><int>1</int></value></name></member></struct></value>",
        "<value><struct><member><name>id<b/></name><value><int>1</int></value></member></struct></value>",
        "<value><struct><member><name>id</name><value><int>1<b/></int></value></member></struct></value>",
        "<value><struct><member><name>id</name><value/></member><int>1</int></struct></value>",
        f"<value><struct>text{MEMBER}</struct></value>",
        f"<value><struct>{MEMBER}text</struct></value>",
        f"<value>text<struct>{MEMBER}</struct></value>",
        f"<value><struct>{MEMBER.replace('<value>', 'text<value>')}</struct></value>",
        f"<value><struct>{MEMBER.replace('<int>', 'text<int>')}</struct></value>",
        f"<value><struct>{MEMBER.replace('</value>', '&#160;</value>')}</struct></value>",
        "<value><struct>text</struct></value>",
        "text",
        f"{ROW}text",
        "<value><array/></value>",
        "<value><array><data/><data/></array></value>",
        "<value><array><value/></array></value>",
        "<value><array>text<data/></array></value>",
        "<value><array><data>text</data></array></value>",
        "<value><struct><member><name/><value/></member>text</struct></value>",
    ],
)
def test_what_is_no_value(content: str) -> None:
    """At the place of a row that is read, beside it, and where nothing is declared."""
    other = f"<array><data>{content}</data></array>"
    for body in (rows(content), rows(ROW + content), xmlrpc_call(NAME, "<array><data/></array>", other)):
        assert refused(body).kind is INVALID_REQUEST


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "<!-- a -->", "<?p?>", "\n<!-- a --> <?p?>\r\n"])
def test_what_stands_between_elements_is_ignored(blank: str) -> None:
    assert arguments(rows(ROW * 3).replace(b"><", f">{blank}<".encode()))[0] == [Row(id=1)] * 3


def test_text_around_the_params() -> None:
    for where in (b"<methodName>", b"<params>", b"<param>", b"</param>", b"</params>", b"</methodCall>"):
        assert refused(rows(ROW).replace(where, b"text" + where)).kind is INVALID_REQUEST


def test_vendor_types_are_not_read() -> None:
    extension = 'xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"'
    fault = refused(rows(f"<value><ex:serializable {extension}>rO0ABXNyAA==</ex:serializable></value>"))
    assert fault.kind is INVALID_PARAMETER
    (problem,) = fault.problems
    assert (problem.path, "serializable" in problem.problem) == ("rows[0]", True)


NESTS = [
    ("<array><data><value>", "</value></data></array>"),
    ("<struct><member><name>id</name><value>", "</value></member></struct>"),
]


@pytest.mark.parametrize(("opened", "closed"), NESTS)
def test_deep_nesting(opened: str, closed: str) -> None:
    def nested(depth: int) -> bytes:
        return xmlrpc_call(NAME, "<array><data/></array>", opened * depth + closed * depth)

    assert refused(nested(limits.DEPTH)).kind is INVALID_PARAMETER  # it is no text
    assert refused(nested(limits.DEPTH + 1)).kind is INVALID_REQUEST
    assert (
        refused(rows(f"<value>{opened * limits.DEPTH}{closed * limits.DEPTH}</value>")).kind
        is INVALID_REQUEST
    )
    assert refused(nested(40_000)).kind is INVALID_REQUEST
    assert refused(nested(100_000)).kind is TOO_LARGE


def test_too_many_tags() -> None:
    assert refused(rows("<value/>" * (limits.XML_TAGS + 1))).kind is TOO_LARGE


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("<value/>", INVALID_PARAMETER),
        ("<value><x/></value>", INVALID_PARAMETER),
        ("<x/>", INVALID_REQUEST),
        ("<value>a<x/></value>", INVALID_REQUEST),
        ("<value a='b'><nil/></value>", INVALID_PARAMETER),
        (ROW + "a", INVALID_REQUEST),
        (ROW.replace("id", "other"), INVALID_PARAMETER),
    ],
)
def test_many_elements(unit: str, kind: Any) -> None:
    fault = refused(rows(unit * (300_000 // unit.count("<"))))
    assert fault.kind is kind


def test_many_members() -> None:
    members = "".join(f"<member><name>n{number}</name><value/></member>" for number in range(50_000))
    assert refused(rows(f"<value><struct>{members}</struct></value>")).kind is INVALID_PARAMETER
    assert refused(rows(f"<value><struct>{MEMBER * 40_000}</struct></value>")).kind is INVALID_PARAMETER


def test_long_numbers() -> None:
    for kind in ("int", "i8", "double"):
        number = ROW.replace("<int>1</int>", f"<{kind}>{'9' * 1_000_000}</{kind}>")
        fault = refused(rows(number))
        assert fault.kind is INVALID_PARAMETER
        assert all(len(each.problem) < 200 for each in fault.problems)
