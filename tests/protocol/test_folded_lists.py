"""Long lists are read without a tree for each item (`gateway.folding`): whatever is sent, the same is read of it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from unittest import mock
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway import ABSENT, Fault, Int32, Maybe, Struct
from gateway.folding import fold
from gateway.protocol import Call, Query, Request
from protocols.soap.records import RECORDS as SOAP
from protocols.xmlrpc.records import RECORDS as XMLRPC
from tests.support.wire import Wired, declare, envelope, request_of, soap_call, xmlrpc_call


class Row(Struct, name="Row"):
    """A flat record of all kinds."""

    number: int
    text: str
    flag: bool
    small: Maybe[Int32] = ABSENT
    ratio: float | None = None
    price: Maybe[Decimal] = ABSENT
    octets: Maybe[bytes] = ABSENT
    moment: Maybe[datetime] = ABSENT
    day: Maybe[date] = ABSENT
    colour: Maybe[Literal["red", "blue & green"]] = ABSENT
    tags: Maybe[list[str]] = ABSENT


class Batch(Struct, name="Batch"):
    """Holds a list that is no parameter."""

    name: str
    rows: list[Row]


CALLED = declare(
    {"rows": list[Row], "title": str, "batch": Maybe[Batch]}, str, {"title": "", "rows": [], "batch": ABSENT}
)
SHAPES = {"soap": SOAP, "xmlrpc": XMLRPC}
WIRED = {name: Wired(name, CALLED) for name in ("soap", "xmlrpc")}

TYPES = {"number": "int", "flag": "boolean", "small": "i4", "ratio": "double", "octets": "base64"}
"""XML-RPC's, where it is no string."""

FULL: dict[str, Callable[[int], str]] = {
    "number": str,
    "text": lambda n: f"Zoë & <{n}>",
    "flag": lambda n: str(n % 2),
    "small": lambda n: f"{-n}",
    "ratio": lambda n: f"{n}.5",
    "price": lambda n: f"{n}.50",
    "octets": lambda _: "AP8=",
    "day": lambda n: f"2026-03-{n % 28 + 1:02}",
    "colour": lambda n: ("red", "blue & green")[n % 2],
}
SHORT = {name: FULL[name] for name in ("text", "number", "flag")}
"""The members that are required, in another order."""


def records(members: Any = SHORT, count: int = 60) -> list[dict[str, str]]:
    """Records of texts as they are written, markup escaped."""
    return [{name: escape(make(n)) for name, make in members.items()} for n in range(count)]


def soap_rows(rows: Sequence[dict[str, str]], prefix: str = "", space: str = "", name: str = "Row") -> str:
    def element(name: str, content: str) -> str:
        return f"<{prefix}{name}>{content}</{prefix}{name}>"

    return space.join(
        element(name, space + space.join(element(*each) for each in row.items()) + space) for row in rows
    )


def xmlrpc_rows(rows: Sequence[dict[str, str]], space: str = "") -> str:
    def member(name: str, text: str) -> str:
        kind = TYPES.get(name, "string")
        value = f"<value><{kind}>{text}</{kind}></value>"
        return f"<member>{space}<name>{name}</name>{space}{value}{space}</member>"

    structs = (space.join(member(*each) for each in row.items()) for row in rows)
    return space.join(
        f"<value>{space}<struct>{space}{each}{space}</struct>{space}</value>" for each in structs
    )


def request(protocol: str, written: str) -> Request:
    """A call whose first parameter is the list of these items."""
    if protocol == "soap":
        return request_of(
            "soap", "test_echo", soap_call("test_echo", f"<title>a</title><rows>{written}</rows>")
        )
    return request_of(
        "xmlrpc", "test_echo", xmlrpc_call("test_echo", f"<array><data>{written}</data></array>")
    )


def read(request: Request, *, folding: bool = True) -> Any:
    """What is read of a request: who calls, what, and the arguments; or the fault."""
    wired = WIRED[request.path[1:]]
    nothing = mock.Mock(return_value=None)
    with mock.patch("gateway.xml.fold", fold if folding else nothing):
        try:
            message = wired.protocol.parse(request)
            (call,) = message.items
            return call.function, message.credentials, repr(wired.codec.bind(call))  # type: ignore[arg-type, union-attr]
        except Fault as fault:
            return str(fault)


def is_folded(request: Request) -> bool:
    """Whether records are kept out of the tree, and all of them are in the list that is read."""
    wired = WIRED[request.path[1:]]
    (call,) = wired.parse(request).items
    found = call.arguments.records  # type: ignore[union-attr]
    with mock.patch("gateway.xml.parse", side_effect=AssertionError("read whole")):
        return found is not None and len(wired.codec.bind(call)["rows"]) == len(found.columns[0])  # type: ignore[arg-type]


FOLDED: dict[str, tuple[str, str]] = {
    "soap, as generated clients write": ("soap", soap_rows(records())),
    "soap, all kinds": ("soap", soap_rows(records(FULL))),
    "soap, laid out": ("soap", "\n  " + soap_rows(records(), space="\n\t  ") + "\n"),
    "soap, texts of white space": ("soap", soap_rows(records(SHORT | {"text": lambda _: " \n\t "}))),
    "soap, empty texts": (
        "soap",
        soap_rows(records(SHORT | {"text": lambda n: "x" * (n % 3)})).replace("<text></text>", "<text/>"),
    ),
    "soap, empty texts as .NET writes them": (
        "soap",
        soap_rows(records(SHORT | {"text": lambda n: "x" * (n % 3)})).replace("<text></text>", "<text />"),
    ),
    "soap, all texts empty": ("soap", soap_rows(records(SHORT | {"text": lambda _: ""}))),
    "soap, all references": ("soap", soap_rows(records()).replace("Zo", "&quot;&apos;&gt;&amp;lt;&amp;amp;")),
    "soap, line separators and characters beyond U+FFFF": (
        "soap",
        soap_rows(records()).replace("Zo", "\x85\u2028\x7f\U0001f600\ufffd"),
    ),
    "soap, long texts": ("soap", soap_rows(records(SHORT | {"text": lambda _: "x" * 70_000}))),
    "soap, numbers with signs": ("soap", soap_rows(records(SHORT | {"number": lambda n: f"+0{n}"}))),
    "xmlrpc, as generated clients write": ("xmlrpc", xmlrpc_rows(records())),
    "xmlrpc, all kinds": ("xmlrpc", xmlrpc_rows(records(FULL))),
    "xmlrpc, laid out": ("xmlrpc", "\n" + xmlrpc_rows(records(), space="\n \t") + "\n"),
    "xmlrpc, empty texts": (
        "xmlrpc",
        xmlrpc_rows(records(SHORT | {"text": lambda n: "x" * (n % 3)})).replace(
            "<string></string>", "<string/>"
        ),
    ),
    "xmlrpc, untyped": ("xmlrpc", xmlrpc_rows(records()).replace("<string>", "").replace("</string>", "")),
    "xmlrpc, strings for numbers": (
        "xmlrpc",
        xmlrpc_rows(records()).replace("<int>", "<string>").replace("</int>", "</string>"),
    ),
    "xmlrpc, bad numbers": ("xmlrpc", xmlrpc_rows(records()).replace("<int>7<", "<int>x<")),
}


@pytest.mark.parametrize("case", FOLDED)
def test_long_lists_are_folded_and_read_as_ever(case: str) -> None:
    sent = request(*FOLDED[case])
    assert is_folded(sent)
    assert read(sent) == read(sent, folding=False)


def test_records_that_close_what_another_opened_are_not_taken_for_alike() -> None:
    row = soap_rows(records(count=1)).replace("</Row>", "</Row >")
    record = f'{row}</rows><batch><rows><Row a="b"></Row>'
    members = f"<rows>{record * 60}</rows></batch>"
    sent = request_of("soap", "test_echo", soap_call("test_echo", members))
    assert "not well-formed" in read(sent)


def test_a_long_list_in_a_struct_is_folded_too() -> None:
    members = f"<batch><name>a</name><rows>{soap_rows(records())}</rows></batch>"
    sent = request_of("soap", "test_echo", soap_call("test_echo", members))
    (call,) = WIRED["soap"].parse(sent).items
    with mock.patch("gateway.xml.parse", side_effect=AssertionError("read whole")):
        bound = WIRED["soap"].codec.bind(call)  # type: ignore[arg-type]
    assert len(bound["batch"]["rows"]) == 60
    assert read(sent) == read(sent, folding=False)


def once(old: str, new: str, written: str) -> str:
    """Written items with a piece replaced in the middle, once."""
    first, *parts = written.split(old)
    middle = len(parts) // 2
    assert parts
    return old.join([first, *parts[:middle]]) + new + old.join(parts[middle:])


ITEMS = soap_rows(records())
STRUCTS = xmlrpc_rows(records())
OTHERS: dict[str, tuple[str, str]] = {
    "few": ("soap", soap_rows(records(SHORT | {"text": lambda _: "x" * 500}, count=5))),
    "a comment": ("soap", once("<text>", "<text><!-- -->", ITEMS)),
    "a CDATA section": ("soap", once("<text>", "<text><![CDATA[<Row>]]>", ITEMS)),
    "a processing instruction": ("soap", once("<text>", "<text><?a b?>", ITEMS)),
    "a character reference": ("soap", once("<text>", "<text>&#13;&#x85;", ITEMS)),
    "two halves of a character": ("soap", once("<text>", "<text>&#xD83D;&#xDE00;", ITEMS)),
    "a carriage return": ("soap", once("<text>", "<text>\r\n", ITEMS)),
    "an attribute": ("soap", once("<text>", '<text a="b">', ITEMS)),
    "null": (
        "soap",
        once(
            "<number>",
            '<number xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="1"/><number>',
            ITEMS,
        ),
    ),
    "a missing member": ("soap", once("<flag>0</flag>", "", ITEMS)),
    "a member twice": ("soap", once("<flag>0</flag>", "<flag>0</flag><flag>1</flag>", ITEMS)),
    "a member twice, in all": ("soap", ITEMS.replace("</Row>", "<flag>1</flag></Row>")),
    "an unknown member": ("soap", once("<flag>0</flag>", "<flag>0</flag><x/>", ITEMS)),
    "an unknown member, in all": ("soap", ITEMS.replace("</Row>", "<x>1</x></Row>")),
    "another order": (
        "soap",
        once("<flag>0</flag></Row><Row>", "</Row><Row><flag>0</flag>", ITEMS),
    ),
    "another name": ("soap", once("<Row>", "<Row></Row><Raw></Raw><Row>", ITEMS)),
    "items of another name": ("soap", soap_rows(records(), name="Raw")),
    "members of another name": ("soap", ITEMS.replace("text>", "txt>")),
    "another namespace, for one": ("soap", once("<Row>", '<Row xmlns="urn:x">', ITEMS)),
    "another namespace, for all": ("soap", ITEMS.replace("<Row>", '<Row xmlns="urn:x">')),
    "another prefix": ("soap", soap_rows(records(), prefix="p:")),
    "text between items": ("soap", once("</Row>", "</Row>x", ITEMS)),
    "text between all items": ("soap", ITEMS.replace("</Row>", "</Row>x")),
    "text before the items": ("soap", f"x{ITEMS}"),
    "text after the items": ("soap", f"{ITEMS}x"),
    "other white space between items": ("soap", once("</Row>", "</Row>\xa0", ITEMS)),
    "text between members": ("soap", once("</text>", "</text>x", ITEMS)),
    "text between all members": ("soap", ITEMS.replace("</text>", "</text>x")),
    "an element in a text": ("soap", once("<text>", "<text><b/>", ITEMS)),
    "a bad boolean": ("soap", once("<flag>0<", "<flag>x<", ITEMS)),
    "a boolean with white space": ("soap", once("<flag>0<", "<flag> 1 <", ITEMS)),
    "a bad number": ("soap", once("<number>", "<number>x", ITEMS)),
    "a long number": ("soap", once("<number>", f"<number>{'9' * 5000}", ITEMS)),
    "other digits": ("soap", once("<number>", "<number>٣", ITEMS)),
    "an empty number": ("soap", ITEMS.replace("<number>7<", "<number><")),
    "a nested list": ("soap", ITEMS.replace("</Row>", "<tags><string>a</string></tags></Row>")),
    "an empty nested list": ("soap", ITEMS.replace("</Row>", "<tags/></Row>")),
    "two lists": ("soap", f"{ITEMS}</rows><rows>{ITEMS}"),
    "items after others": ("soap", f"<Row><text/></Row>{ITEMS}"),
    "items before others": ("soap", f"{ITEMS}<Row><text/></Row>"),
    "a foreign mark": ("soap", f'{ITEMS}<fold xmlns="urn:manifold:fold"/>'),
    "a foreign mark in disguise": ("soap", f'<fold xmlns="urn&#58;manifold:fold"/>{ITEMS}'),
    "an entity": ("soap", once("<text>", "<text>&nbsp;", ITEMS)),
    "an ampersand": ("soap", once("<text>", "<text>&", ITEMS)),
    "the end of a CDATA section": ("soap", once("<text>", "<text>]]>", ITEMS)),
    "a control character": ("soap", once("<text>", "<text>\x01", ITEMS)),
    "a character that is none": ("soap", once("<text>", "<text>\uffff", ITEMS)),
    "tags that match across records only": (
        "soap",
        ITEMS.replace("</Row>", '</Row></rows><title>x</title><rows><Row a="b"></Row>'),
    ),
    "a start tag too many in each, made good in the end": (
        "soap",
        ITEMS.replace("<Row>", '<Row><Row a="b">') + "</Row>",
    ),
    "another element, in all": ("soap", ITEMS.replace("</Row>", '<x a="b">c</x></Row>')),
    "another element between, in all": ("soap", ITEMS.replace("</Row>", "</Row><x/>")),
    "an end tag too few": ("soap", once("</Row>", "", ITEMS)),
    "a start tag too few": ("soap", once("<Row>", "", ITEMS)),
    "an unbound prefix": ("soap", once("<Row>", "<q:Row>", ITEMS)),
    "an unbound prefix for all": ("soap", soap_rows(records(), prefix="q:")),
    "xmlrpc, few": ("xmlrpc", xmlrpc_rows(records(SHORT | {"text": lambda _: "x" * 500}, count=5))),
    "xmlrpc, a comment": ("xmlrpc", once("<string>", "<string><!-- -->", STRUCTS)),
    "xmlrpc, nil": ("xmlrpc", once("<value><int>3</int></value>", "<value><nil/></value>", STRUCTS)),
    "xmlrpc, another type": ("xmlrpc", once("<value><int>7</int>", "<value><i8>7</i8>", STRUCTS)),
    "xmlrpc, a missing member": (
        "xmlrpc",
        once(
            "<member><name>flag</name><value><boolean>0</boolean></value></member>",
            "",
            STRUCTS,
        ),
    ),
    "xmlrpc, an unknown member": ("xmlrpc", STRUCTS.replace("<name>flag<", "<name>flog<")),
    "xmlrpc, a member twice": ("xmlrpc", STRUCTS.replace("<name>flag<", "<name>text<")),
    "xmlrpc, an unknown type": ("xmlrpc", STRUCTS.replace("int>", "integer>")),
    "xmlrpc, an array for a text": (
        "xmlrpc",
        STRUCTS.replace("<string>", "<array><data><value>").replace("</string>", "</value></data></array>"),
    ),
    "xmlrpc, tags that match across records only": (
        "xmlrpc",
        STRUCTS.replace(
            "</struct></value>",
            "</struct></value></data></array></value></param><param><value><struct></struct></value></param>"
            "<param><value><array><data><value><struct></struct ></value >",
        ),
    ),
    "xmlrpc, a start tag too many in each, made good in the end": (
        "xmlrpc",
        STRUCTS.replace("<value><struct>", "<value><struct><value><struct >") + "</struct></value>",
    ),
    "xmlrpc, no struct": ("xmlrpc", once("</struct></value>", "</struct></value><value/>", STRUCTS)),
    "xmlrpc, text between": ("xmlrpc", once("</struct></value>", "</struct></value>x", STRUCTS)),
    "xmlrpc, text between all": ("xmlrpc", STRUCTS.replace("</struct></value>", "</struct></value>x")),
    "xmlrpc, text between members": ("xmlrpc", STRUCTS.replace("<member>", "<member>x")),
    "xmlrpc, structs without an array": (
        "xmlrpc",
        f"</data></array>{STRUCTS}<array><data>",
    ),
    "xmlrpc, structs in a parameter": (
        "xmlrpc",
        f"</data></array></value>{STRUCTS}<value><array><data>",
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_other_lists_are_read_as_ever(case: str) -> None:
    sent = request(*OTHERS[case])
    assert read(sent) == read(sent, folding=False)


CALL = '<test_echo xmlns="urn:manifold:api"><title>a</title></test_echo>'
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_TOKENS = "".join(
    f"<w:UsernameToken><w:Username>user{n}</w:Username><w:Password>x</w:Password></w:UsernameToken>"
    for n in range(60)
)
_CALLS = "".join(f"<test_echo><title>call {n}</title><rows/></test_echo>" for n in range(60))
_ITEM = "<value><struct><member><name>methodName</name><value>test_echo</value></member></struct></value>"
ENVELOPES: dict[str, Request] = {
    "credentials": request_of(
        "soap", "test_echo", envelope(CALL, f'<w:Security xmlns:w="{_WSSE}">{_TOKENS}</w:Security>')
    ),
    "headers": request_of("soap", "test_echo", envelope(CALL, "<h><a>some header</a><b/></h>" * 200)),
    "calls": request_of("soap", "test_echo", envelope(_CALLS)),
    "bodies": request_of(
        "soap", "test_echo", envelope(f"{CALL}</s:Body>{'<Body><a/></Body>' * 200}<s:Body>")
    ),
    "a multicall": request_of(
        "xmlrpc", "test_echo", xmlrpc_call("system.multicall", f"<array><data>{_ITEM * 60}</data></array>")
    ),
    "introspection": request_of(
        "xmlrpc", "test_echo", xmlrpc_call("system.methodHelp", f"<array><data>{STRUCTS}</data></array>")
    ),
}


@pytest.mark.parametrize("case", ENVELOPES)
def test_what_is_no_list_of_a_call_is_parsed_as_ever(case: str) -> None:
    """Nothing that is counted, or compared, before a function is known may hide in a fold."""

    def parse(folded: Any) -> Any:
        sent = ENVELOPES[case]
        with mock.patch("gateway.xml.fold", folded):
            try:
                message = WIRED[sent.path[1:]].protocol.parse(sent)
            except Fault as fault:
                return str(fault)
        records = [
            getattr(each.arguments, "records", None) for each in message.items if isinstance(each, Call)
        ]
        return message.credentials, [repr(each) for each in message.items if isinstance(each, Query)], records

    assert fold(ENVELOPES[case].body, SHAPES[ENVELOPES[case].path[1:]]) is not None
    assert parse(fold) == parse(mock.Mock(return_value=None))


PIECES = (
    *(
        b"<",
        b">",
        b"&",
        b"/",
        b"x",
        b" ",
        b"\n",
        b"\r",
        b"'",
        b'"',
        b"=",
        b"0",
        b"\xff",
        b"\xc3",
        b"\x01",
        b"\xef\xbf\xbf",
    ),
    *(
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<?x?>",
        b"&amp;",
        b"&lt;",
        b"&#65;",
        b"&nbsp;",
        b"<x/>",
        b"<x>",
        b"</x>",
    ),
    *(
        b"<Row>",
        b"</Row>",
        b"</Row><Row>",
        b"<text/>",
        b"<text>",
        b"</text>",
        b' xmlns="urn:x"',
        b"<p:",
        b"</p:",
    ),
    *(
        b"<value>",
        b"</value>",
        b"<struct>",
        b"</struct>",
        b"<member>",
        b"</member>",
        b"<name>",
        b"<string/>",
        b"<nil/>",
    ),
    *(b"</rows>", b"<rows>", b"</data>", b"<data>", b'<fold xmlns="urn:manifold:fold"/>'),
)


TAGS = tuple(
    f"<{slash}{name}>".encode()
    for slash in ("", "/")
    for name in (
        "Row",
        "text",
        "number",
        "flag",
        "value",
        "struct",
        "member",
        "name",
        "string",
        "int",
        "data",
        "rows",
    )
)


@st.composite
def spoilt(draw: st.DrawFn) -> Request:
    """A request whose list would be folded, with some bytes put in, left out or said twice, once or in all items."""
    sent = request(*FOLDED[draw(st.sampled_from([each for each in FOLDED if "long" not in each]))])
    body = sent.body
    for _ in range(draw(st.integers(1, 3))):
        piece = draw(st.sampled_from([*PIECES, *TAGS, b""]))
        if draw(st.booleans()):
            tag = draw(st.sampled_from([each for each in TAGS if each in body] or [b"<"]))
            body = body.replace(
                tag, draw(st.sampled_from([piece, tag + piece, piece + tag, tag[:-1] + b" >" + piece]))
            )
            continue
        start = draw(st.integers(0, len(body)))
        end = start + draw(st.sampled_from([0, 0, 1, 5, 40]))
        body = body[:start] + draw(st.sampled_from([piece, body[start:end] * 2])) + body[end:]
    return replace(sent, body=body)


@settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(sent=spoilt())
def test_whatever_happens_to_a_long_list_it_is_read_as_ever(sent: Request) -> None:
    assert read(sent) == read(sent, folding=False)


_CHUNKS = (
    *(
        " ",
        "\n",
        "\t",
        " " * 299,
        " " * 300,
        "\n" * 301,
        " \n" * 4000,
        "x" * 300,
        "x",
        "0",
        "-",
        "é",
        "\U0001f600",
    ),
    *(
        "&amp;",
        "&lt;",
        "&gt;",
        "&quot;",
        "&apos;",
        ">",
        "]]",
        "]]&gt;",
        "\x7f\x85",
        "\u2028\ufeff",
        "\ufdd0\U0001fffe",
    ),
)
written = st.lists(st.sampled_from(_CHUNKS), max_size=6).map("".join)


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(protocol=st.sampled_from(["soap", "xmlrpc"]), texts=st.lists(written, min_size=1, max_size=4))
def test_every_text_is_read_as_the_parser_reads_it(protocol: str, texts: list[str]) -> None:
    rows = records()
    for n, row in enumerate(rows):
        row["text"] = texts[n % len(texts)]
    sent = request(protocol, soap_rows(rows) if protocol == "soap" else xmlrpc_rows(rows))
    assert read(sent) == read(sent, folding=False)
    careful = any(each in "".join(texts) for each in ("]]", " " * 240, "\n" * 240, " \n" * 120))
    assert careful or is_folded(sent)
