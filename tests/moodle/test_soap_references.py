"""References in SOAP's encoding (href and id): what they name, and what hostile ones cost. Entities are refused."""

import time
from collections.abc import Callable

import pytest

from gateway import limits
from tests.moodle.soap import SOAP12, call, called, fault, message, part, result, send
from tests.support.site import Site

PERSON = {"id": 1, "username": "ann", "firstname": "A", "lastname": "N", "suspended": True}
REFERENCE, REFERENCE12 = '<item href="#p"/>', '<item enc:ref="p"/>'


def independent(name: str, content: str, attributes: str = "") -> str:
    """An element beside the call, as Axis and .NET write what references name."""
    return f'<multiRef id="{name}" SOAP-ENC:root="0" {attributes}>{content}</multiRef>'


def person(name: str = "p") -> str:
    """A Map that references may name."""
    return part("multiRef", PERSON).replace("<multiRef", f'<multiRef id="{name}"', 1)


def referring(parts: str, *beside: str, function: str = "test_people") -> bytes:
    return message(f"<ns1:{function}>{parts}</ns1:{function}>{''.join(beside)}")


def people(items: str, attributes: str = "") -> str:
    return (
        f'<people {attributes} SOAP-ENC:arrayType="xsd:ur-type[9]" xsi:type="SOAP-ENC:Array">{items}</people>'
    )


# What they name


def test_elements_beside_the_call(moodle: Site) -> None:
    assert result(send(moodle, referring(people(REFERENCE * 3), person()))) == [PERSON] * 3
    whole = independent("list", REFERENCE, 'SOAP-ENC:arrayType="xsd:ur-type[1]"')
    assert result(send(moodle, referring('<people href="#list"/>', whole, person()))) == [PERSON]
    first = referring(people(REFERENCE), "").replace(b"<e:Body>", f"<e:Body>{person()}".encode())
    assert result(send(moodle, first)) == [PERSON]


def test_an_element_inside_the_call(moodle: Site) -> None:
    inside = part("item", PERSON).replace("<item", '<item id="p"', 1)
    assert call(moodle, "test_people", people(inside + REFERENCE)) == [PERSON] * 2
    assert call(moodle, "test_people", people(REFERENCE + inside)) == [PERSON] * 2


def test_scalars(moodle: Site) -> None:
    number = independent("n", "7", 'xsi:type="xsd:int"')
    parts = '<a href="#n"/><b href="#n"/>'
    assert result(send(moodle, referring(parts, number, function="test_echo"))) == "7 7"
    numbers = '<e SOAP-ENC:arrayType="xsd:int[2]"><item href="#n"/><item href="#n"/></e><a>x</a>'
    assert (
        result(send(moodle, referring(numbers, number, function="test_optional"))) == "x|None|absent|7|[7, 7]"
    )
    nil = independent("n", "", 'xsi:nil="true"')
    optional = '<a>x</a><b href="#n"/>'
    assert (
        result(send(moodle, referring(optional, nil, function="test_optional"))) == "x|None|absent|7|absent"
    )


def test_soap_12_has_its_own_attributes(moodle: Site) -> None:
    beside = person().replace('id="p"', 'enc:id="p"', 1)
    body = f"<ns1:test_people>{people(REFERENCE12)}</ns1:test_people>{beside}"
    assert result(send(moodle, message(body, SOAP12))) == [PERSON]


@pytest.mark.parametrize("href", ["#nobody", "", "cid:part", "http://127.0.0.1:9/x", "file:///etc/passwd"])
def test_a_reference_to_nothing_is_a_problem(moodle: Site, href: str) -> None:
    found = fault(send(moodle, referring(people(f'<item href="{href}"/>'), person())))
    assert found["faultactor"] == "invalidparameter"
    assert found["detail"].startswith("people[0]: a reference to something that is not in the message")


def test_a_reference_to_a_reference_is_a_problem(moodle: Site) -> None:
    chain = "".join(f'<multiRef id="c{n}" href="#c{n + 1}"/>' for n in range(5000))
    found = fault(send(moodle, referring('<people href="#c0"/>', chain, person("c5000"))))
    assert found["faultactor"] == "invalidparameter"


def test_two_elements_of_one_name(moodle: Site) -> None:
    answer = send(moodle, referring(people(REFERENCE), person(), person()))
    assert fault(answer)["faultactor"] == "invalidrequest"


# Circles, bombs, depth


@pytest.mark.parametrize(
    "body",
    [
        referring('<people href="#a"/>', independent("a", '<x href="#a"/>')),
        referring(
            '<people href="#a"/>', independent("a", '<x href="#b"/>'), independent("b", '<x href="#a"/>')
        ),
        referring(people('<item href="#self"/>', 'id="self"')),
        referring(people('<item><x href="#self"/></item>', 'id="self"')),
    ],
)
def test_circles(moodle: Site, body: bytes) -> None:
    found = fault(send(moodle, body))
    assert (found["faultcode"], found["faultactor"]) == ("SOAP-ENV:Client", "invalidrequest")
    assert found["detail"] == "A reference names what contains it"


def bomb(levels: int, width: int) -> bytes:
    """Each level refers to the next `width` times: width ** levels values."""
    rows = [
        independent(f"l{n}", f'<x href="#l{n + 1}"/>' * width, 'xsi:type="SOAP-ENC:Array"')
        for n in range(levels)
    ]
    return referring('<people href="#l0"/>', *rows, independent(f"l{levels}", "x"))


def wide_text() -> bytes:
    """A long text that is named often."""
    return referring(people('<item href="#t"/>' * 50_000), independent("t", "x" * 100_000))


@pytest.mark.parametrize(
    "make",
    [lambda: bomb(6, 64), lambda: bomb(40, 2), lambda: bomb(2, 1000), wide_text],
    ids=["wide", "binary", "flat", "text"],
)
def test_a_reference_counts_as_much_as_what_it_names(moodle: Site, make: Callable[[], bytes]) -> None:
    body = make()
    started = time.perf_counter()
    found = fault(send(moodle, body))
    assert time.perf_counter() - started < 10
    assert found["faultactor"] == "invalidrequest"
    assert found["detail"] == f"The message holds more than {limits.NODES} values"


def test_references_may_repeat_as_much_as_is_allowed(moodle: Site) -> None:
    """Far more values than elements, and still within the limit."""
    assert len(result(send(moodle, referring(people(REFERENCE * 2000), person())))) == 2000


@pytest.mark.parametrize("levels", [limits.DEPTH, 200])
def test_values_nested_too_deep(moodle: Site, levels: int) -> None:
    nested = "<x>" * levels + "</x>" * levels
    assert (
        fault(send(moodle, called("test_people", f"<people>{nested}</people>")))["faultactor"]
        == "invalidrequest"
    )


@pytest.mark.parametrize(
    ("levels", "errorcode"), [(limits.DEPTH - 2, "invalidparameter"), (limits.DEPTH - 1, "invalidrequest")]
)
@pytest.mark.parametrize("inner", ['<x href="#s"/>', '<x href="#s"/>' * 2, "<x>7</x>"])
def test_a_reference_is_as_deep_as_what_it_names(
    moodle: Site, levels: int, errorcode: str, inner: str
) -> None:
    """The part is at depth 1, so that what is in `levels` elements is two deeper than these are many."""
    nested = f"<people>{'<x>' * levels}{inner}{'</x>' * levels}</people>"
    assert fault(send(moodle, referring(nested, independent("s", "7"))))["faultactor"] == errorcode


def test_references_do_not_hide_depth(moodle: Site) -> None:
    """Each element nests half as deep as is allowed."""
    half = limits.DEPTH // 2 + 1
    deep = "<x>" * half + "</x>" * half
    first = referring(f'<people>{"<x>" * half}<x href="#d"/>{"</x>" * half}</people>', independent("d", deep))
    known = referring(
        f'<people><y href="#d"/>{"<x>" * half}<x href="#d"/>{"</x>" * half}</people>', independent("d", deep)
    )
    inner = referring(
        f'<people><y href="#d"/><z href="#e"/>{"<x>" * half}<x href="#e"/>{"</x>" * half}</people>',
        independent("d", deep),
        independent("e", '<x href="#d"/>'),
    )
    for body in (first, known, inner):
        found = fault(send(moodle, body))
        assert found["detail"] == f"Values are nested deeper than {limits.DEPTH}"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_entities_are_refused(moodle: Site, doctype: str) -> None:
    found = fault(send(moodle, doctype.encode() + called("test_echo", "<a>7</a><b>tea</b>")))
    assert (found["faultcode"], found["faultactor"]) == ("SOAP-ENV:Client", "invalidrequest")
    assert "DOCTYPE" in found["detail"]


def test_too_many_tags(moodle: Site) -> None:
    body = called("test_people", people("<a/>" * limits.XML_TAGS))
    assert fault(send(moodle, body))["faultactor"] == "requesttoolarge"
