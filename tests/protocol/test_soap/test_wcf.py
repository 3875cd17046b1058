"""Requests as Microsoft's WCF runtime sent them, word for word, from clients that dotnet-svcutil made of such a WSDL.

What the runtime sent is kept here because it is no Python package. Both of its serializers are among them:
XmlSerializer declares its prefixes on the Body.
"""

from datetime import UTC, datetime

import pytest

from gateway.protocol import Request
from gateway.types import ABSENT
from protocols.soap import PROTOCOL

from .world import CODECS, SOAP11, SOAP12, VALIDATORS, Pref, User

DATA_CONTRACT = '<s:Envelope xmlns:s="{0}"><s:Body>{1}</s:Body></s:Envelope>'
XML_SERIALIZER = (
    '<s:Envelope xmlns:s="{0}"><s:Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema">{1}</s:Body></s:Envelope>'
)
NIL = 'i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
USERS = [
    User(
        id=None,
        username="a",
        email="e@x",
        preferences=[Pref(type="t", value="v")],
        tags=["1", "2"],
    ),
    User(id=None, username="b"),
]

REQUESTS = {
    "negative": (DATA_CONTRACT, '<echo_int xmlns="urn:moodlelike:1"><v>-42</v></echo_int>', (-42,)),
    "text": (
        DATA_CONTRACT,
        '<echo_string xmlns="urn:moodlelike:1"><v>é€😀 &lt;&amp;&gt;"\' ]]&gt; \t x\n y</v></echo_string>',
        ("é€😀 <&>\"' ]]> \t x\n y",),
    ),
    "carriage return": (
        DATA_CONTRACT,
        '<echo_string xmlns="urn:moodlelike:1"><v>a&#xD;\nb</v></echo_string>',
        ("a\r\nb",),
    ),
    "empty text": (DATA_CONTRACT, '<echo_string xmlns="urn:moodlelike:1"><v/></echo_string>', ("",)),
    "blanks": (DATA_CONTRACT, '<echo_string xmlns="urn:moodlelike:1"><v>  a </v></echo_string>', ("  a ",)),
    "ticks": (
        DATA_CONTRACT,
        '<echo_datetime xmlns="urn:moodlelike:1"><v>2026-11-22T23:01:42.7507877+00:00</v></echo_datetime>',
        (datetime(2026, 11, 22, 23, 1, 42, 750787, tzinfo=UTC),),
    ),
    "zone": (
        DATA_CONTRACT,
        '<echo_datetime xmlns="urn:moodlelike:1"><v>2026-07-01T12:34:56-04:00</v></echo_datetime>',
        (datetime(2026, 7, 1, 16, 34, 56, tzinfo=UTC),),
    ),
    "nothing given": (
        DATA_CONTRACT,
        f'<optional xmlns="urn:moodlelike:1"><a>x</a><b {NIL}/><c {NIL}/></optional>',
        ("x", None, ABSENT),
    ),
    "nothing given, XmlSerializer": (
        XML_SERIALIZER,
        '<optional xmlns="urn:moodlelike:1"><a>x</a><b xsi:nil="true"/><c xsi:nil="true"/></optional>',
        ("x", None, ABSENT),
    ),
    "zero and empty": (
        DATA_CONTRACT,
        '<optional xmlns="urn:moodlelike:1"><a>x</a><b>0</b><c/></optional>',
        ("x", 0, ""),
    ),
    "not specified": (
        XML_SERIALIZER,
        '<optional xmlns="urn:moodlelike:1"><a>x</a><c xsi:nil="true"/></optional>',
        ("x", None, ABSENT),
    ),
    "users": (
        DATA_CONTRACT,
        '<core_user_create_users xmlns="urn:moodlelike:1"><users xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
        '<User><id i:nil="true"/><username>a</username><email>e@x</email><suspended i:nil="true"/><preferences><Pref>'
        "<type>t</type><value>v</value></Pref></preferences><tags><string>1</string><string>2</string></tags></User>"
        '<User><id i:nil="true"/><username>b</username><suspended i:nil="true"/></User></users>'
        "</core_user_create_users>",
        (USERS,),
    ),
    "users, XmlSerializer": (
        XML_SERIALIZER,
        '<core_user_create_users xmlns="urn:moodlelike:1"><users><User><id xsi:nil="true"/><username>a</username>'
        '<email>e@x</email><suspended xsi:nil="true"/><preferences><Pref><type>t</type><value>v</value></Pref>'
        "</preferences><tags><string>1</string><string>2</string></tags></User><User>"
        '<id xsi:nil="true"/><username>b</username><suspended xsi:nil="true"/></User></users></core_user_create_users>',
        (USERS,),
    ),
    "no users": (
        DATA_CONTRACT,
        '<core_user_create_users xmlns="urn:moodlelike:1"><users xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/>'
        "</core_user_create_users>",
        ([],),
    ),
}


@pytest.mark.parametrize("case", REQUESTS)
@pytest.mark.parametrize("version", [SOAP11, SOAP12], ids=["1.1", "1.2"])
def test_what_wcf_sends_is_read(case: str, version: str) -> None:
    layout, body, expected = REQUESTS[case]
    action = f"urn:moodlelike:1#{body[1:].split()[0]}"
    headers = (
        {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{action}"'}
        if version == SOAP11
        else {"content-type": f'application/soap+xml; charset=utf-8; action="{action}"'}
    )
    message = PROTOCOL.parse(Request("POST", "/soap", "", headers, layout.format(version, body).encode()))
    (call,) = message.items
    assert VALIDATORS[call.function].arguments(CODECS[call.function].bind(call)) == expected
    assert message.state.version.namespace == version
