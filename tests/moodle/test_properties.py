"""Random signatures and values at Moodle's REST address: forms in, JSON and XML out, each read by others' code."""

import base64
import enum
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway import ABSENT, Struct
from gateway.protocol import Request
from gateway.signature import ListOf, StructOf, Type
from tests.conformance.clients.rest import form_fields
from tests.support.signatures import Case, cases, in_utc, plain, transform
from tests.support.wire import FORM, Wired

PATH = "/webservice/rest/server.php"
OPTIONS = settings(max_examples=80, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def leaf(value: Any) -> Any:
    """A scalar as JSON has it."""
    if isinstance(value, datetime):
        return in_utc(value).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.value if isinstance(value, enum.Enum) else value


def text_of(value: Any) -> str:
    """A scalar as a VALUE holds it."""
    found = leaf(value)
    if isinstance(found, bool):
        return str(int(found))
    return str(found).removesuffix(".0") if isinstance(found, float) else str(found)


def shape(node: Type, value: Any) -> Any:
    """What the XML must say, as tags and texts: all members, null where there is nothing."""
    nothing = value is None or value is ABSENT
    if isinstance(node, ListOf):
        return ["MULTIPLE", [] if nothing else [shape(node.item, each) for each in value]]
    if isinstance(node, StructOf):
        members = [
            [each.name, shape(each.type, None if nothing else getattr(value, each.attribute))]
            for each in node.fields
        ]
        return ["SINGLE", members]
    return ["VALUE", None if nothing else text_of(value)]


def seen(element: Any) -> Any:
    """What the XML says, in the same form."""
    if element.tag == "MULTIPLE":
        return ["MULTIPLE", [seen(each) for each in element]]
    if element.tag == "SINGLE":
        return ["SINGLE", [[key.get("name"), seen(key[0])] for key in element]]
    return ["VALUE", None if element.get("null") == "null" else element.text or ""]


def request(form: str, name: str, fields: Any = ()) -> Request:
    pairs = [("wsfunction", name), ("moodlewsrestformat", form), *fields]
    return Request("POST", PATH, "", {"content-type": FORM}, urlencode(list(pairs)).encode())


@OPTIONS
@given(cases(), st.data())
def test_results(case: Case, data: st.DataObject) -> None:
    result = data.draw(case.results)
    returned, wired = case.function.signature.result, Wired("rest", case.function, face="moodle")
    assert returned is not None
    as_json = wired.reply(request("json", case.function.name), result).body
    assert json.loads(as_json) == plain(returned.type, result, leaf, lambda _, items: items)
    (found,) = etree.fromstring(wired.reply(request("xml", case.function.name), result).body)
    assert seen(found) == shape(returned.type, result)


def can_be_said(value: Any) -> bool:
    """Forms have no empty list, and no structure without members."""
    if isinstance(value, list):
        return bool(value) and all(map(can_be_said, value))
    if isinstance(value, Struct):
        members = [getattr(value, name) for name in value.__struct_fields__]
        given = [each for each in members if each is not ABSENT and each is not None]
        return bool(given) and all(map(can_be_said, given))
    return True


@OPTIONS
@given(cases(), st.data())
def test_arguments(case: Case, data: st.DataObject) -> None:
    drawn, parameters = data.draw(case.arguments), case.function.signature.parameters
    given = {name: value for name, value in drawn.items() if value is not ABSENT and value is not None}
    assume(all(map(can_be_said, given.values())))
    sent = {
        each.name: plain(each.type, given[each.name], leaf, lambda _, items: items)
        for each in parameters
        if each.name in given
    }
    wired = Wired("rest", case.function, face="moodle")
    received = wired.arguments(request("json", case.function.name, form_fields(sent)))
    assert list(received) == [
        transform(each.type, drawn[each.name], in_utc) if each.name in given else each.null
        for each in parameters
    ]
