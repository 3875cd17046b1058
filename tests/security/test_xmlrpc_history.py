"""Past vulnerabilities of XML-RPC servers and clients, replayed through the whole gateway.

Those that it shares with SOAP (documents with a DTD, floods of elements) and serialised objects (CVE-2016-5003) are in
test_messages.py, bodies made to break the reader alone in tests/protocol/test_xmlrpc_hostile.py.
"""

import gzip
import tracemalloc
import xmlrpc.client
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import limits
from gateway.protocol import Credentials, RemoteFault
from gateway.store import CallRecord, User
from gateway.web import Response
from protocols.xmlrpc import PROTOCOL
from tests.access.bank import Bank, succeeds, with_password
from tests.access.causes import PEER, WRONG_PASSWORD, Subject, authorization
from tests.support.site import Site
from tests.support.wire import SITE, declare, fault_in, xmlrpc_call

pytestmark = pytest.mark.usefixtures("soon")

VOID = {"methodName": "test_void", "params": []}


def post(site: Site, body: bytes, *, token: str | None = None, **headers: str) -> Response:
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    return site.post("/xmlrpc", body, "text/xml", token=token, headers=given)


def errorcode(response: Response) -> str:
    return fault_in("xmlrpc", response.body).errorcode


def multicall(calls: list[dict[str, Any]]) -> bytes:
    return xmlrpc.client.dumps((calls,), "system.multicall").encode()


def errorcodes(response: Response) -> list[str]:
    """The errorcode of each answer of a multicall, "ok" for a result."""
    (answers,), _ = xmlrpc.client.loads(response.body, use_builtin_types=True)
    return [
        each["faultString"].rpartition("ERRORCODE: ")[2] if isinstance(each, dict) else "ok"
        for each in answers
    ]


# WordPress, 2015: system.multicall as an amplifier of guesses


def guess(timed: Site, credentials: Credentials, calls: list[dict[str, Any]]) -> Response:
    body = multicall(calls)
    headers = {
        "content-type": "text/xml",
        "content-length": str(len(body)),
        "authorization": authorization(credentials),
    }
    return timed.gateway.handle("POST", "/xmlrpc", "", headers, body, PEER)


def test_a_multicall_of_15_calls_hashes_one_password(timed: Site, bank: Bank, jane: Subject) -> None:
    assert errorcodes(guess(timed, jane.credentials, [VOID] * 15)) == ["ok"] * 15
    assert bank.asked == [jane.name]


def test_a_multicall_with_a_wrong_password_is_one_guess(timed: Site, bank: Bank, jane: Subject) -> None:
    """15 refusals, but one failed attempt of the five that there are; after five, no password is looked at."""
    wrong = with_password(jane, WRONG_PASSWORD)
    for _ in range(5):
        assert errorcodes(guess(timed, wrong, [VOID] * 15)) == ["wrongusernamepassword"] * 15
    assert bank.asked == [jane.name] * 5
    throttled = guess(timed, wrong, [VOID] * 15)
    assert errorcodes(throttled) == ["toomanyattempts"] * 15
    assert int(throttled.headers["Retry-After"]) > 0
    assert bank.asked == [jane.name] * 5
    assert not succeeds(timed.gateway, jane.credentials)


def test_a_multicall_carries_no_credentials_of_its_calls(timed: Site, bank: Bank, jane: Subject) -> None:
    """What WordPress took as a user name and a password is an argument as any other."""
    names = ["aaa", "bbb", "ccc"]
    calls = [{"methodName": "test_echo", "params": [jane.name, word]} for word in names]
    assert errorcodes(guess(timed, jane.credentials, calls)) == ["invalidparameter"] * 3
    tried = [{**VOID, "wsusername": jane.name, "wspassword": word} for word in names]
    assert errorcodes(guess(timed, jane.credentials, tried)) == ["invalidrequest"] * 3
    assert bank.asked == [jane.name]


def test_a_multicall_is_limited_call_by_call(site: Site) -> None:
    site.change_user(rate_limit=3)
    response = post(site, multicall([VOID] * 5))
    assert errorcodes(response) == ["ok"] * 3 + ["ratelimited"] * 2
    assert int(response.headers["Retry-After"]) > 0


def test_a_multicall_is_audited_call_by_call(site: Site) -> None:
    post(site, multicall([VOID] * 3), token="0" * 32)
    site.gateway.log.flush()
    with Session(site.engine) as db:
        records = db.scalars(select(CallRecord)).all()
        seen = [(each.function, each.outcome, each.check_number) for each in records]
    assert seen == [("test_void", "invalidtoken", "4t")] * 3


def test_multicalls_do_not_multiply_by_nesting(site: Site) -> None:
    inner: dict[str, Any] = {"methodName": "test_write", "params": ["ann"]}
    for _ in range(8):
        inner = {"methodName": "system.multicall", "params": [[inner] * 3]}
    body = multicall([inner])
    assert errorcodes(post(site, body)) == ["invalidparameter"]
    assert errorcode(post(site, multicall([VOID] * (limits.ENVELOPE_CALLS + 1)))) == "invalidrequest"
    assert site.count(User) == 1


# Others


def test_cve_2020_9496_nothing_is_read_for_who_shows_no_credential(standing: Site) -> None:
    serialised = '<ex:serializable xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions">rO0ABQ==</ex:serializable>'
    for name in [*standing.gateway.registry.functions, "system.listMethods", "ProjectDiscovery"]:
        response = post(standing, xmlrpc_call(name, serialised), token="")
        assert errorcode(response) == "invalidtoken"
    assert errorcodes(post(standing, multicall([VOID] * 2), token="")) == ["invalidtoken"] * 2


@pytest.mark.parametrize(
    "name",
    [
        "test_void.__globals__",
        "test_void.python.__globals__.clear",
        "gateway.handle",
        "system.listMethods.__class__",
        "_dispatch",
        "__init__",
        "system._dispatch",
        "functions/test_void",
        "Test.test_void",
        "test_void\x7f",
    ],
)
def test_cve_2005_0089_names_lead_to_no_attribute(standing: Site, name: str) -> None:
    assert errorcode(post(standing, xmlrpc_call(name))) == "invalidrecord"
    assert errorcodes(post(standing, multicall([{"methodName": name, "params": []}]))) == ["invalidrecord"]


@pytest.mark.parametrize(
    "text",
    [
        "'),__import__('os').abort(),('",
        "{__import__('os')}",
        "\\'+str(1)+\\'",
        "${7*7}",
        "%s%n",
        '"""',
        "{x!r}",
    ],
)
def test_cve_2005_1921_nothing_that_came_is_evaluated(standing: Site, text: str) -> None:
    """phpxmlrpc put names and texts between quotes and evaluated them; our readers are made before anything comes."""
    echo = post(standing, xmlrpc_call("test_echo", "<int>1</int>", text))
    assert xmlrpc.client.loads(echo.body) == ((f"{text} 1",), None)
    assert errorcode(post(standing, xmlrpc_call(text))) == "invalidrecord"
    members = f"<struct><member><name>{text}</name><value>x</value></member></struct>"
    assert errorcode(post(standing, xmlrpc_call("test_people", members))) == "invalidparameter"


def test_cve_2012_0845_a_body_that_is_cut_off_keeps_nobody_busy(standing: Site) -> None:
    body = xmlrpc_call("test_void")
    response = post(standing, body, content_length=str(len(body) + 1_000_000))
    assert errorcode(response) == "invalidrequest"


def test_cve_2014_5265_a_flood_of_members_or_entities_costs_linear_time(standing: Site) -> None:
    members = "".join(f"<member><name>n{number}</name><value/></member>" for number in range(40_000))
    response = post(standing, xmlrpc_call("test_everything", f"<struct>{members}</struct>"))
    assert errorcode(response) == "invalidparameter"
    assert len(response.body) < 100_000
    references = post(standing, xmlrpc_call("test_void", "&#38;" * 500_000))
    assert xmlrpc.client.loads(references.body) == ((None,), None)


def test_cve_2016_5004_a_compressed_body_is_not_inflated_beyond_the_limit(standing: Site) -> None:
    """A kilobyte stands for a megabyte: 200 MiB come in 200 KiB."""
    bomb = gzip.compress(b"<methodCall>" + bytes([32]) * (200 * 1024 * 1024))
    tracemalloc.start()
    response = post(standing, bomb, content_encoding="gzip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert errorcode(response) in ("requesttoolarge", "unsupportedmediatype", "invalidrequest")
    assert peak < 10 * limits.BODY_BYTES


def test_cve_2019_16935_help_is_no_page(standing: Site) -> None:
    """Python's DocXMLRPCServer made a page of names and docstrings, unescaped."""
    page = standing.gateway.handle("GET", "/xmlrpc", "", {}, b"", PEER)
    assert errorcode(page) == "methodnotallowed"
    evil = "<script>alert(1)</script>"
    for body in (
        xmlrpc_call("system.methodHelp", evil.replace("<", "&lt;")),
        xmlrpc_call(evil.replace("<", "&lt;")),
    ):
        response = post(standing, body)
        assert evil.encode() not in response.body
        assert response.headers["Content-Type"].startswith("text/xml")
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_cve_2019_17570_our_client_takes_nothing_but_texts_from_a_fault() -> None:
    """Apache's client deserialised whatever a server put into faultCause."""
    fault = xmlrpc.client.dumps(xmlrpc.client.Fault(5, "no | ERRORCODE: teaiscold")).encode()
    cause = (
        b'<member><name>faultCause</name><value><ex:serializable xmlns:ex="'
        b'http://ws.apache.org/xmlrpc/namespaces/extensions">rO0ABQ==</ex:serializable></value></member></struct>'
    )
    with pytest.raises(RemoteFault) as raised:
        PROTOCOL.read(declare({}, int), 200, {}, fault.replace(b"</struct>", cause), SITE)
    assert (raised.value.errorcode, raised.value.cause) == ("teaiscold", "")
