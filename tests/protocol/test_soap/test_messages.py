"""Envelopes, headers, tokens and queries: what `parse` finds in a request."""

import pytest

from gateway.faults import INVALID_REQUEST, METHOD_NOT_ALLOWED, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, Fault
from gateway.protocol import Answer, Query
from protocols.soap import PROTOCOL

from .world import (
    FUNCTIONS,
    NAMESPACE,
    SITE,
    SOAP11,
    SOAP12,
    SOAP_XML,
    TEXT_XML,
    answer,
    bind,
    call,
    envelope,
    get,
    post,
    unparsed,
)

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


def test_golden_request_and_response() -> None:
    outgoing = PROTOCOL.sample(FUNCTIONS["optional"], {"a": "x < y", "b": 5}, "secret", SITE)
    assert (outgoing.method, outgoing.path) == ("POST", "/soap")
    assert outgoing.headers == {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": '"urn:moodlelike:1#optional"',
        "Authorization": "Bearer secret",
    }
    assert outgoing.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>'
        b'<optional xmlns="urn:moodlelike:1"><a>x &lt; y</a><b>5</b></optional>'
        b"</soap:Body></soap:Envelope>"
    )
    assert bind(outgoing.body) == {"a": "x < y", "b": 5}
    reply = answer("optional", "é")
    assert (reply.status, reply.headers) == (200, {"Content-Type": "text/xml; charset=utf-8"})
    assert (
        reply.body
        == (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>'
            '<optionalResponse xmlns="urn:moodlelike:1"><optionalResult>é</optionalResult></optionalResponse>'
            "</soap:Body></soap:Envelope>"
        ).encode()
    )
    assert PROTOCOL.read(FUNCTIONS["optional"], 200, {}, reply.body, SITE) == "é"


def test_rule_17_both_versions_of_soap_come_to_one_address_and_are_answered_alike() -> None:
    for version, headers in ((SOAP11, TEXT_XML), (SOAP12, SOAP_XML)):
        message = PROTOCOL.parse(post(envelope(call("echo_int", "<v>5</v>"), version=version), headers))
        assert [each.function for each in message.items] == ["echo_int"]
        reply = answer("echo_int", 5, version)
        assert reply.headers["Content-Type"] == headers["content-type"]
        assert f'"{version}"'.encode() in reply.body


def test_the_version_is_the_envelopes_not_the_content_types() -> None:
    request = post(envelope(call("echo_int"), version=SOAP12), TEXT_XML)
    (route,) = PROTOCOL.routes
    assert request.media_type in route.media_types
    message = PROTOCOL.parse(request)
    assert (
        PROTOCOL.reply(request, message, [Answer(message.items[0], "R1", [b"<x/>"])]).headers["Content-Type"]
        == SOAP_XML["content-type"]
    )


def test_rule_13_soapaction_never_decides() -> None:
    body = envelope(call("echo_int", "<v>5</v>"))
    message = PROTOCOL.parse(post(body, {**TEXT_XML, "soapaction": f'"{NAMESPACE}#core_user_create_users"'}))
    assert message.items[0].function == "echo_int"


def test_a_call_of_another_namespace_is_refused_and_an_unqualified_one_is_taken() -> None:
    assert bind(envelope("<echo_int><v>5</v></echo_int>")) == {"v": 5}
    with pytest.raises(Fault) as raised:
        bind(envelope('<echo_int xmlns="urn:other"><v>5</v></echo_int>'))
    assert raised.value.kind is INVALID_REQUEST


def test_text_beside_the_parameters_is_refused() -> None:
    with pytest.raises(Fault, match="text where only elements belong"):
        bind(envelope(call("echo_int", "<v>5</v>junk")))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain text",
        b"<html/>",
        f'<s:Envelope xmlns:s="{SOAP11}"/>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Header/></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body/></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body>text</s:Body></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><a/></s:Body><s:Header/></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><a/></s:Body><s:Body><a/></s:Body></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><a/></s:Body><b/></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP11}"><a/><s:Body><a/></s:Body></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP11}">junk<s:Body><a/></s:Body></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><a/>junk</s:Body></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP11}" xmlns:t="{SOAP12}"><t:Body><a/></t:Body></s:Envelope>'.encode(),
    ],
)
def test_what_is_no_soap_message_is_refused(body: bytes) -> None:
    with pytest.raises(Fault) as raised:
        PROTOCOL.parse(post(body))
    assert raised.value.kind is INVALID_REQUEST


def test_rule_18_a_second_child_of_the_body_is_refused() -> None:
    with pytest.raises(Fault, match="exactly one element"):
        PROTOCOL.parse(post(envelope(call("echo_int") + call("do_void"))))


def test_rule_17_empty_header_and_pretty_printing_are_taken() -> None:
    body = f"""<?xml version="1.0"?>
        <s:Envelope xmlns:s="{SOAP11}">
            <s:Header>
            </s:Header>
            <s:Body>
                <e:echo_int xmlns:e="{NAMESPACE}">
                    <e:v> 5 </e:v>
                </e:echo_int>
            </s:Body>
        </s:Envelope>"""
    assert bind(body.encode().strip()) == {"v": 5}


@pytest.mark.parametrize(
    "header",
    [
        '<x:a xmlns:x="urn:x"/>',
        '<x:a xmlns:x="urn:x" s:mustUnderstand="0"/>',
        '<x:a xmlns:x="urn:x" s:mustUnderstand="1" s:actor="urn:another"/>',
        f'<w:Security xmlns:w="{WSSE}" s:mustUnderstand="1"><w:UsernameToken/></w:Security>',
        f'<w:Security xmlns:w="{WSSE}" mustUnderstand="true"/>',
        f'<wstoken xmlns="{NAMESPACE}" s:mustUnderstand="1">t</wstoken>',
    ],
)
def test_headers_that_are_known_or_not_for_us_do_no_harm(header: str) -> None:
    assert bind(envelope(call("echo_int", "<v>5</v>"), header)) == {"v": 5}


@pytest.mark.parametrize(
    ("version", "attributes"),
    [
        (SOAP11, 's:mustUnderstand="1"'),
        (SOAP11, 's:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next"'),
        (SOAP12, 's:mustUnderstand="true"'),
        (SOAP12, f's:mustUnderstand="1" s:role="{SOAP12}/role/ultimateReceiver"'),
    ],
)
def test_rule_18_an_unknown_header_that_must_be_understood_is_refused(version: str, attributes: str) -> None:
    body = envelope(call("echo_int"), f'<x:a xmlns:x="urn:x" {attributes}/>', version)
    reply = unparsed(
        post(body, {"content-type": "text/xml" if version == SOAP11 else "application/soap+xml"})
    )
    assert b"soap:MustUnderstand" in reply.body
    assert b"<errorcode>invalidrequest</errorcode>" in reply.body
    assert f'xmlns:soap="{version}"'.encode() in reply.body


def test_another_version_of_soap_is_a_version_mismatch() -> None:
    reply = unparsed(post(envelope(call("echo_int"), version="http://www.w3.org/2001/12/soap-envelope")))
    assert b"<faultcode>soap:VersionMismatch</faultcode>" in reply.body


def test_headers_are_counted() -> None:
    with pytest.raises(Fault) as raised:
        PROTOCOL.parse(post(envelope(call("echo_int"), "<a/>" * 65)))
    assert raised.value.kind is TOO_LARGE
    assert PROTOCOL.parse(post(envelope(call("echo_int"), "<a/>" * 64))).items


@pytest.mark.parametrize(
    "token_header", [f'<wstoken xmlns="{NAMESPACE}"> t1 </wstoken>', "<wstoken>t1</wstoken>"]
)
def test_a_token_comes_in_a_header_element(token_header: str) -> None:
    assert PROTOCOL.parse(post(envelope(call("echo_int"), token_header))).credentials.token == "t1"


def test_a_header_of_another_namespace_is_no_token() -> None:
    body = envelope(call("echo_int"), '<wstoken xmlns="urn:other">t1</wstoken>')
    assert PROTOCOL.parse(post(body)).credentials.token is None


def test_a_token_comes_as_bearer_or_in_the_query() -> None:
    body = envelope(call("echo_int"))
    bearer = {**TEXT_XML, "authorization": "Bearer t1"}
    assert PROTOCOL.parse(post(body, bearer)).credentials.token == "t1"
    assert PROTOCOL.parse(post(body, query="wstoken=t1")).credentials.token == "t1"
    assert PROTOCOL.parse(post(body)).credentials.token is None
    assert PROTOCOL.parse(get("wsdl&wstoken=t1")).credentials.token == "t1"


def test_two_different_tokens_are_refused_and_the_same_twice_is_taken() -> None:
    body = envelope(call("echo_int"), f'<wstoken xmlns="{NAMESPACE}">t1</wstoken>')
    assert PROTOCOL.parse(post(body, query="wstoken=t1")).credentials.token == "t1"
    for request in (
        post(body, query="wstoken=t2"),
        post(body, {**TEXT_XML, "authorization": "Bearer t2"}),
        post(envelope(call("echo_int"), "<wstoken>t1</wstoken><wstoken>t2</wstoken>")),
    ):
        with pytest.raises(Fault) as raised:
            PROTOCOL.parse(request)
        assert raised.value.kind is INVALID_REQUEST


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl=1", "lang=en&wsdl"])
def test_the_wsdl_is_asked_for_in_any_letter_case(query: str) -> None:
    (item,) = PROTOCOL.parse(get(query)).items
    assert item == Query("wsdl")


def test_rule_26_the_wsdl_can_be_asked_for_in_parts() -> None:
    (item,) = PROTOCOL.parse(get("wsdl&SOAP=12&functions=a,b&service=S&x=1&wstoken=t")).items
    assert item == Query("wsdl", {"soap": "12", "functions": "a,b", "service": "S"})


def test_a_get_without_wsdl_is_refused() -> None:
    with pytest.raises(Fault) as raised:
        PROTOCOL.parse(get("wstoken=t"))
    assert raised.value.kind is METHOD_NOT_ALLOWED


def test_the_pairs_of_a_query_are_counted() -> None:
    with pytest.raises(Fault) as raised:
        PROTOCOL.parse(get("wsdl&" + "a=1&" * 50_000))
    assert raised.value.kind is TOO_LARGE


@pytest.mark.parametrize(
    "content_type",
    [
        "text/xml; charset=utf-16",
        "text/xml; Charset=ISO-8859-1",
    ],
)
def test_other_charsets_are_refused(content_type: str) -> None:
    with pytest.raises(Fault) as raised:
        PROTOCOL.parse(post(envelope(call("echo_int")), {"content-type": content_type}))
    assert raised.value.kind is UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize(
    "content_type",
    [
        "text/xml",
        'text/xml; charset="UTF-8"',
        "application/xml;charset=us-ascii",
        'application/soap+xml; action="urn:moodlelike:1#echo_int"; charset=utf-8',
    ],
)
def test_the_usual_content_types_are_taken(content_type: str) -> None:
    assert PROTOCOL.parse(post(envelope(call("echo_int")), {"content-type": content_type})).items
