"""The faces for clients of Moodle, in bytes by hand: credentials in form or query, faults without a request id."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from lxml import etree

from gateway.protocol import Credentials
from tests.access.faces import Face, Sent
from tests.support.wire import FORM, Seen

SWITCHED_OFF = frozenset({"1", "2"})
"""The checks whose faults are 403 there: web services, or the protocol, are off."""


def door(protocol: str, credentials: Credentials) -> str:
    """The address for this kind of credential."""
    return f"/webservice/{protocol}/{'simpleserver' if credentials.is_password else 'server'}.php"


def shown(credentials: Credentials) -> dict[str, str]:
    """Credentials as parameters."""
    given = {
        "wstoken": credentials.token,
        "wsusername": credentials.username,
        "wspassword": credentials.password,
    }
    return {name: value for name, value in given.items() if value is not None}


def _rest(form: str) -> Callable[[str, Credentials], Sent]:
    def sent(function: str, credentials: Credentials) -> Sent:
        pairs = shown(credentials) | {"wsfunction": function, "moodlewsrestformat": form}
        return Sent(door("rest", credentials), FORM, urlencode(pairs).encode(), {})

    return sent


def json_fault(body: bytes) -> Seen:
    """The fault in a JSON answer."""
    found = json.loads(body)
    return Seen(found["errorcode"], found["exception"], found["message"], found.get("debuginfo", ""))


def xml_fault(body: bytes) -> Seen:
    """The fault in an XML answer."""
    root = etree.fromstring(body)
    assert root.tag == "EXCEPTION"
    texts = {each.tag: each.text or "" for each in root}
    return Seen(texts["ERRORCODE"], root.get("class") or "", texts["MESSAGE"], texts.get("DEBUGINFO", ""))


_NO_RESULT = b'<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n</RESPONSE>\n'
_COMMON: Mapping[str, Any] = {"status": 200, "asking": 200, "adapter": "moodle", "tells_request": False}
_REST: Mapping[str, Any] = {**_COMMON, "own_status": SWITCHED_OFF}

MOODLE_FACES: Sequence[Face] = (
    Face("moodle rest json", "rest", FORM, _rest("json"), json_fault, **_REST),
    Face("moodle rest xml", "rest", FORM, _rest("xml"), xml_fault, **_REST, void=_NO_RESULT),
)
