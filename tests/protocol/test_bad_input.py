"""Bad input: each protocol answers what it cannot read with a fault of its own; nothing is written."""

from collections.abc import Callable
from struct import pack

import pytest

from gateway import limits
from gateway.store import User
from tests.support.refusals import WRITE, check, good, send
from tests.support.site import Site
from tests.support.wire import FORM, JSON, NAMES, amf_array, amf_call


@pytest.mark.parametrize("protocol", NAMES)
def test_the_good_request_writes(site: Site, protocol: str) -> None:
    """Without it, every other test here could pass for a wrong reason."""
    assert send(site, protocol, good(protocol)).status == 200
    assert site.count(User) == 2


# What cannot be read


def doctype(body: bytes) -> bytes:
    return b"<!DOCTYPE a [<!ENTITY b 'new.user'>]>" + body.removeprefix(b'<?xml version="1.0"?>')


XML_CASES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "malformed": (lambda body: body[:-12], "invalidrequest"),
    "not XML": (lambda _: b"username=new.user", "invalidrequest"),
    "JSON": (lambda _: b'{"username": "new.user"}', "invalidrequest"),
    "empty": (lambda _: b"", "invalidrequest"),
    "white space": (lambda _: b" \n", "invalidrequest"),
    "another document": (lambda _: b"<html><body/></html>", "invalidrequest"),
    "DOCTYPE": (doctype, "invalidrequest"),
    "UTF-16": (lambda body: body.decode().encode("utf-16"), "invalidrequest"),
    "UTF-16 declared": (
        lambda body: b'<?xml version="1.0" encoding="UTF-16"?>' + body.partition(b"?>")[2],
        "invalidrequest",
    ),
    "invalid UTF-8": (lambda body: body.replace(b"new", b"n\xffw"), "invalidrequest"),
    "nesting": (lambda body: body.replace(b"new.user", b"<a>" * 300 + b"</a>" * 300), "invalidrequest"),
    "nesting of 100,000": (lambda _: b"<a>" * 100_000, "invalidrequest"),
    "tags": (lambda body: body.replace(b"new.user", b"<a/>" * limits.XML_TAGS), "requesttoolarge"),
    "twice": (lambda body: body + body, "invalidrequest"),
}
AMF_GOOD = good("amf")
AMF_CASES: dict[str, tuple[bytes, bool]] = {
    "empty": (b"", False),
    "not AMF": (b"username=new.user", False),
    "version 1": (b"\0\1" + AMF_GOOD[2:], False),
    "cut in the head": (AMF_GOOD[:9], False),
    "cut in the value": (AMF_GOOD[:-1], True),
    "more than said": (AMF_GOOD + b"\0", True),
    "invalid UTF-8": (AMF_GOOD.replace(b"new", b"n\xffw"), True),
    "invalid UTF-8 in the target": (AMF_GOOD.replace(b"write", b"wri\xffe"), False),
    "no calls": (bytes(6), False),
    "65 calls": (pack(">HHH", 0, 0, 65) + AMF_GOOD[6:] * 65, False),
    "nesting": (amf_call(WRITE, b"\x0a\0\0\0\1" * 64 + b"\x05"), True),
    "values": (amf_call(WRITE, amf_array(*[b"\x05"] * limits.NODES)), True),
    "cut in AMF3": (amf_call(WRITE, b"\x11\x06\x13new.user"), True),
    "an unknown marker of AMF3": (amf_call(WRITE, b"\x11\x12"), True),
    "an unknown marker": (amf_call(WRITE, b"\x7f"), True),
}
REST_CASES: dict[str, tuple[bytes, str, str]] = {
    "malformed JSON": (b'{"username": "new.user"', JSON, "invalidrequest"),
    "empty JSON": (b"", JSON, "invalidrequest"),
    "a JSON array": (b'["new.user"]', JSON, "invalidrequest"),
    "a JSON text": (b'"new.user"', JSON, "invalidrequest"),
    "two documents": (b'{"username": "new.user"}{}', JSON, "invalidrequest"),
    "NaN": (b'{"username": NaN}', JSON, "invalidrequest"),
    "a comment": (b'{"username": /**/ "new.user"}', JSON, "invalidrequest"),
    "JSON in UTF-16": ('{"username": "new.user"}'.encode("utf-16"), JSON, "invalidrequest"),
    "a byte order mark": (b'\xef\xbb\xbf{"username": "new.user"}', JSON, "invalidrequest"),
    "invalid UTF-8 in JSON": (b'{"username": "n\xffw"}', JSON, "invalidrequest"),
    "a lone surrogate": (b'{"username": "\\ud800"}', JSON, "invalidrequest"),
    "JSON nesting": (b'{"username": ' + b"[" * 100_000, JSON, "invalidrequest"),
    "JSON nesting, closed": (
        b'{"username": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        JSON,
        "invalidrequest",
    ),
    "a form in the place of JSON": (b"username=new.user", JSON, "invalidrequest"),
    "JSON in the place of a form": (b'{"username": "new.user"}', FORM, "invalidparameter"),
    "an empty form": (b"", FORM, "invalidparameter"),
    "invalid UTF-8 in a form": (b"username=n%ffw", FORM, "invalidrequest"),
    "raw invalid UTF-8 in a form": (b"username=n\xffw", FORM, "invalidrequest"),
    "a form in UTF-16": ("username=new.user".encode("utf-16"), FORM, "invalidrequest"),
    "a name twice": (b"username=new.user&username=new.user", FORM, "invalidparameter"),
    "brackets": (b"username" + b"[0]" * limits.DEPTH + b"=x", FORM, "invalidrequest"),
    "pairs": (b"username=new.user" + b"&a=1" * limits.FORM_PAIRS, FORM, "requesttoolarge"),
}


@pytest.mark.parametrize("protocol", ["soap", "xmlrpc"])
@pytest.mark.parametrize("case", XML_CASES)
def test_bad_xml(standing: Site, protocol: str, case: str) -> None:
    change, errorcode = XML_CASES[case]
    check(standing, protocol, send(standing, protocol, change(good(protocol))), errorcode)


@pytest.mark.parametrize("case", AMF_CASES)
def test_bad_amf(standing: Site, case: str) -> None:
    body, named = AMF_CASES[case]
    check(standing, "amf", send(standing, "amf", body), "invalidrequest", named=named)


@pytest.mark.parametrize("case", REST_CASES)
def test_bad_json_and_forms(standing: Site, case: str) -> None:
    body, content_type, errorcode = REST_CASES[case]
    check(standing, "rest", send(standing, "rest", body, content_type), errorcode)


@pytest.mark.parametrize("protocol", ["soap", "xmlrpc"])
@pytest.mark.parametrize(
    "case",
    ["<a/>", "<Envelope/>", "<methodCall/>", "<methodCall><methodName>x</methodName><a/></methodCall>"],
)
def test_xml_of_another_kind(standing: Site, protocol: str, case: str) -> None:
    check(standing, protocol, send(standing, protocol, case.encode()), "invalidrequest")
