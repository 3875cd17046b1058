"""Faults: one layout a version, one typed detail, statuses that every client survives."""

import pytest
from lxml import etree

from gateway.faults import (
    ACCESS,
    CODING_ERROR,
    INVALID_PARAMETER,
    INVALID_TOKEN,
    KINDS,
    MAINTENANCE,
    TOO_LARGE,
    Fault,
    Level,
    Problem,
    disclose,
)
from gateway.protocol import RemoteFault
from protocols.soap import PROTOCOL

from .world import (
    FUNCTIONS,
    NAMESPACE,
    SITE,
    SOAP11,
    SOAP12,
    SOAP_XML,
    TEXT_XML,
    call,
    envelope,
    get,
    post,
    refused,
    schema,
    unparsed,
)

ECHO = post(envelope(call("echo_int")))
ECHO12 = post(envelope(call("echo_int"), version=SOAP12), SOAP_XML)
PROBLEMS = [Problem(path="users[0].email", problem="not an e-mail address: 'a<b'")]


def test_rule_11_golden_fault_of_soap_11() -> None:
    reply = refused(ECHO, INVALID_PARAMETER("email", problems=PROBLEMS), Level.NORMAL)
    assert reply.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body><soap:Fault>'
        b"<faultcode>soap:Client</faultcode>"
        b"<faultstring>Invalid parameter value detected</faultstring>"
        b'<detail><apiFault xmlns="urn:moodlelike:1"><exception>invalid_parameter_exception</exception>'
        b"<errorcode>invalidparameter</errorcode><cause>email</cause><problems><Problem>"
        b"<path>users[0].email</path><problem>not an e-mail address: 'a&lt;b'</problem></Problem></problems>"
        b"<request_id>R1</request_id></apiFault></detail></soap:Fault></soap:Body></soap:Envelope>"
    )


def test_rule_11_golden_fault_of_soap_12() -> None:
    reply = refused(ECHO12, ACCESS("hidden"))
    assert reply.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
    assert reply.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body><soap:Fault>'
        b"<soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code>"
        b'<soap:Reason><soap:Text xml:lang="en">Access control exception</soap:Text></soap:Reason>'
        b'<soap:Detail><apiFault xmlns="urn:moodlelike:1"><exception>webservice_access_exception</exception>'
        b"<errorcode>accessexception</errorcode><request_id>R1</request_id></apiFault></soap:Detail>"
        b"</soap:Fault></soap:Body></soap:Envelope>"
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.errorcode}-{kind.status}")
@pytest.mark.parametrize("request_", [ECHO, ECHO12], ids=["1.1", "1.2"])
def test_rule_12_every_fault_is_http_500_and_blames_by_its_status(kind, request_) -> None:
    reply = refused(request_, kind("why"))
    assert reply.status == 500
    sender, receiver = (
        (b"soap:Client", b"soap:Server") if request_ is ECHO else (b"soap:Sender", b"soap:Receiver")
    )
    assert (receiver if kind.status >= 500 else sender) in reply.body


def test_rule_22_a_call_without_credentials_is_asked_for_them() -> None:
    reply = refused(ECHO, INVALID_TOKEN(challenge="Bearer realm=x"))
    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert refused(ECHO, INVALID_TOKEN()).status == 500


def test_retry_after_is_passed_on() -> None:
    assert refused(ECHO, MAINTENANCE(retry_after=30)).headers["Retry-After"] == "30"
    assert "Retry-After" not in refused(ECHO, MAINTENANCE()).headers


def test_rule_11_every_fault_has_one_detail_that_the_schema_accepts() -> None:
    oracle = schema()
    for fault in (
        ACCESS(),
        INVALID_PARAMETER("a", problems=PROBLEMS),
        MAINTENANCE("b & c", message="<&\x01\r"),
    ):
        for level in (Level.NONE, Level.DEVELOPER):
            root = etree.fromstring(refused(ECHO, fault, level).body)
            (detail,) = root.iter("detail")
            (typed,) = detail
            oracle.assertValid(typed)


def test_levels_below_normal_hide_the_cause_and_developer_adds_the_traceback() -> None:
    fault = CODING_ERROR("ZeroDivisionError")
    fault.__cause__ = ZeroDivisionError("division by zero")
    assert b"<cause>" not in refused(ECHO, fault, Level.MINIMAL).body
    assert b"<cause>ZeroDivisionError</cause>" in refused(ECHO, fault, Level.NORMAL).body
    assert b"ZeroDivisionError: division by zero" in refused(ECHO, fault, Level.DEVELOPER).body


@pytest.mark.parametrize(
    ("headers", "version"),
    [
        ({"content-type": "text/xml"}, SOAP11),
        ({"content-type": "application/soap+xml; charset=utf-8"}, SOAP12),
        ({}, SOAP11),
    ],
)
def test_an_unreadable_message_is_answered_in_the_version_of_its_content_type(headers, version: str) -> None:
    reply = unparsed(post(b"<not xml", headers))
    assert reply.status == 500
    assert f'xmlns:soap="{version}"'.encode() in reply.body


def test_a_refused_message_of_soap_12_is_answered_so_whatever_its_content_type() -> None:
    reply = unparsed(post(envelope(call("a") + call("b"), version=SOAP12), TEXT_XML))
    assert reply.headers["Content-Type"] == SOAP_XML["content-type"]


@pytest.mark.parametrize(
    "headers",
    [
        {**TEXT_XML, "soapaction": f'"{NAMESPACE}#echo_int"'},
        {"content-type": f'application/soap+xml; charset=utf-8; action="{NAMESPACE}#echo_int"'},
    ],
)
def test_a_fault_before_parsing_is_typed_for_the_clients_of_our_wsdl(headers) -> None:
    request = post(b"", headers)
    reply = PROTOCOL.refuse(request, disclose(TOO_LARGE("5 MB"), Level.NORMAL, "R9"))
    with pytest.raises(RemoteFault) as raised:
        PROTOCOL.read(FUNCTIONS["echo_int"], reply.status, reply.headers, reply.body, SITE)
    assert (raised.value.errorcode, raised.value.cause, raised.value.request_id) == (
        "requesttoolarge",
        "5 MB",
        "R9",
    )


def test_a_hostile_namespace_is_escaped() -> None:
    reply = unparsed(post(b"", {**TEXT_XML, "soapaction": '"\'><x y="&\x01#a"'}))
    (typed,) = etree.fromstring(reply.body).find(".//detail")
    assert etree.QName(typed).localname == "apiFault"


def test_a_refused_wsdl_is_xml_as_well() -> None:
    reply = refused(get("wsdl"), INVALID_TOKEN("No token", challenge="Bearer realm=x"), Level.NORMAL)
    assert (reply.status, reply.headers["Content-Type"]) == (401, "text/xml; charset=utf-8")
    assert etree.fromstring(reply.body).findtext(".//faultstring") == INVALID_TOKEN.message


@pytest.mark.parametrize("request_", [ECHO, ECHO12], ids=["1.1", "1.2"])
def test_the_client_reads_every_part_of_a_fault(request_) -> None:
    fault = INVALID_PARAMETER("why\r\n", message="Wrong <& \ud83d", problems=PROBLEMS)
    reply = refused(request_, fault, Level.NORMAL)
    with pytest.raises(RemoteFault) as raised:
        PROTOCOL.read(FUNCTIONS["echo_int"], reply.status, reply.headers, reply.body, SITE)
    found = raised.value
    assert (found.exception, found.errorcode) == ("invalid_parameter_exception", "invalidparameter")
    assert (found.message, found.cause, found.request_id) == ("Wrong <& \ufffd", "why\r\n", "R1")
    assert found.problems == ({"path": PROBLEMS[0].path, "problem": PROBLEMS[0].problem},)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502 Bad Gateway</html>",
        envelope(call("other_Response")),
        envelope("<s:Fault><faultcode>s:Server</faultcode><faultstring>Down</faultstring></s:Fault>"),
    ],
)
def test_the_client_survives_what_is_no_answer_of_ours(body: bytes) -> None:
    with pytest.raises(RemoteFault):
        PROTOCOL.read(FUNCTIONS["echo_int"], 502, {}, body, SITE)


def test_an_unexpected_child_of_the_detail_does_no_harm() -> None:
    body = envelope(
        "<s:Fault><faultcode>s:Server</faultcode><faultstring> Down </faultstring><detail><x/></detail></s:Fault>"
    )
    with pytest.raises(RemoteFault) as raised:
        PROTOCOL.read(FUNCTIONS["echo_int"], 500, {}, body, SITE)
    assert isinstance(raised.value, Exception)
    assert not isinstance(raised.value, Fault)
    assert raised.value.message == "Down"
