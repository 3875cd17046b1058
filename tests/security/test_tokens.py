"""What tokens opened elsewhere and must not open here: past advisories, replayed on every protocol."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.credentials import make_token
from gateway.facts import utc_now
from gateway.store import User
from gateway.web import Response
from tests.support.site import Site
from tests.support.wire import CONTENT_TYPES, NAMES, PROTOCOLS, Seen, fault_in, path_of, text_call

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("gateway", "protocols", "functions") for path in (ROOT / folder).rglob("*.py")]
CORE = [path for path in SOURCES if path.is_relative_to(ROOT / "gateway")]


def call(site: Site, protocol: str, name: str, token: str | None = None, **texts: str) -> Response:
    return site.post(
        path_of(protocol, name), text_call(protocol, name, **texts), CONTENT_TYPES[protocol], token=token
    )


def refusal(site: Site, protocol: str, name: str, token: str | None = None, **texts: str) -> Seen:
    return fault_in(protocol, call(site, protocol, name, token, **texts).body)


@pytest.mark.parametrize("protocol", NAMES)
def test_cve_2012_4402_a_token_of_one_service_calls_no_function_of_another(site: Site, protocol: str) -> None:
    """And GHSL's variant: a service that holds nothing, a disabled one, one of another user."""
    functions = {"one": ["test_void"], "two": ["test_write", "test_count"]}
    tokens = {}
    for service, names in functions.items():
        site.add_service(service, names)
        tokens[service] = site.add_token(service=service)
    for service, names in functions.items():
        for name in ("test_void", "test_count"):
            assert (call(site, protocol, name, tokens[service]).status == 200) or name not in names
        for name in {"test_void", "test_write", "test_count", "test_outside"} - set(names):
            seen = refusal(site, protocol, name, tokens[service], username="new.user")
            assert (seen.exception, seen.errorcode) == ("webservice_access_exception", "accessexception")
    assert site.count(User) == 1


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize("change", ["deleted", "suspended", "unconfirmed"])
def test_ghsa_72gv_qqrp_h9qg_the_token_of_a_user_who_is_gone_is_dead_at_the_next_call(
    site: Site, protocol: str, change: str
) -> None:
    assert call(site, protocol, "test_void").status == 200  # and his Facts are in the cache
    site.change_user(**{"confirmed": False} if change == "unconfirmed" else {change: True})
    assert refusal(site, protocol, "test_void").errorcode in ("accessexception", "wsaccessuserunconfirmed")
    site.change_user(**{"confirmed": True} if change == "unconfirmed" else {change: False})
    assert call(site, protocol, "test_void").status == 200


@pytest.mark.parametrize("protocol", NAMES)
def test_a_token_dies_with_its_date_its_service_and_its_row(site: Site, protocol: str) -> None:
    site.change_tokens(valid_until=utc_now() - timedelta(seconds=1))
    assert refusal(site, protocol, "test_void").errorcode == "accessexception"
    site.change_tokens(valid_until=None)
    site.change_service(enabled=False)
    assert refusal(site, protocol, "test_void").errorcode == "accessexception"
    site.change_service(enabled=True)
    assert call(site, protocol, "test_void").status == 200


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize("token", ["0" * 32, "' OR 1=1 --", "%", "é" * 16, "*", "x" * 10_000])
def test_a_token_that_is_none_is_unknown_and_never_repeated(site: Site, protocol: str, token: str) -> None:
    response = call(site, protocol, "test_void", token)
    assert fault_in(protocol, response.body).errorcode == "invalidtoken"
    assert token.encode() not in response.body or len(token) < 3


@pytest.mark.parametrize("protocol", NAMES)
def test_a_cookie_is_no_credential(site: Site, protocol: str) -> None:
    headers = {"cookie": f"wstoken={site.token}; MoodleSession={site.token}"}
    body = text_call(protocol, "test_void")
    response = site.post(
        path_of(protocol, "test_void"), body, CONTENT_TYPES[protocol], token="", headers=headers
    )
    assert fault_in(protocol, response.body).errorcode == "invalidtoken"


FORGED = {
    "x-forwarded-for": "10.0.0.1",
    "x_forwarded_for": "10.0.0.1",
    "forwarded": "for=10.0.0.1",
    "x-real-ip": "10.0.0.1",
    "client-ip": "10.0.0.1",
    "true-client-ip": "10.0.0.1",
    "x-forwarded-host": "10.0.0.1",
}


@pytest.mark.parametrize("protocol", NAMES)
def test_a_forged_x_forwarded_for_changes_no_address(site: Site, protocol: str) -> None:
    site.change_tokens(ip_restriction="10.0.0.0/8")
    body = text_call(protocol, "test_void")

    def send(headers: dict[str, str], peer: str) -> Response:
        return site.post(
            path_of(protocol, "test_void"), body, CONTENT_TYPES[protocol], headers=headers, peer=peer
        )

    for name, value in FORGED.items():
        seen = fault_in(protocol, send({name: value}, "192.0.2.7").body)
        assert seen.errorcode == "accessexception"
        assert "192.0.2.7" in seen.cause
    assert send(dict.fromkeys(FORGED, "192.0.2.7"), "10.0.0.1").status == 200


def test_a_forged_host_poisons_no_wsdl(site: Site) -> None:
    """The documents hold the configured address only, and no token."""
    headers = {"authorization": f"Bearer {site.token}"}
    plain = site.gateway.handle("GET", "/soap", "wsdl", headers)
    forged = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "ftp"}
    poisoned = site.gateway.handle("GET", "/soap", "wsdl", {**headers, **forged})
    assert plain.status == poisoned.status == 200
    assert plain.body == poisoned.body
    assert site.token.encode() not in plain.body
    by_query = site.gateway.handle("GET", "/soap", f"wsdl&wstoken={site.token}")
    assert by_query.body == plain.body


@pytest.mark.parametrize("protocol", NAMES)
def test_a_request_id_of_the_caller_is_not_taken_over(site: Site, protocol: str) -> None:
    forged = {"x-request-id": "evil\r\nSet-Cookie: a=b"}
    body = text_call(protocol, "test_void")
    response = site.post(path_of(protocol, "test_void"), body, CONTENT_TYPES[protocol], headers=forged)
    assert re.fullmatch(r"[0-9a-f]+", response.headers["X-Request-Id"])


def test_ghsa_382v_gxj9_ffhc_tokens_cannot_be_guessed() -> None:
    made = {make_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in made)
    for position in range(32):
        assert len({each[position] for each in made}) == 16


def _names(path: Path) -> Iterator[str]:
    """What a source imports, and the attributes it looks up."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Attribute):
            base = node.value
            yield f"{base.id if isinstance(base, ast.Name) else ''}.{node.attr}"


def test_ghsa_382v_gxj9_ffhc_nothing_in_the_core_draws_from_a_weak_source() -> None:
    weak = re.compile(r"(^|\.)(random|uuid1|uuid3|md5|sha1|getrandbits|mt_rand)(\.|$)")
    assert len(CORE) > 30
    found = {(path.name, name) for path in CORE for name in _names(path) if weak.search(name)}
    assert found == set()


def test_nothing_unpickles_or_evaluates_what_it_reads() -> None:
    dangerous = re.compile(r"^(pickle|marshal|shelve|yaml|jsonpickle|dill)(\.|$)|^(os)\.(system|popen)$")
    found = {(path.name, name) for path in SOURCES for name in _names(path) if dangerous.search(name)}
    assert found == set()


def test_there_is_one_xml_parser() -> None:
    """CVE-2016-8739: a second reader of XML, for another content type, had another configuration."""
    parsers = re.compile(
        r"(^|\.)(fromstring|fromstringlist|XMLParser|XMLPullParser|iterparse|parseString|expat|sax|minidom|XMLID|"
        r"ElementTree|HTMLParser|xmltodict|objectify|XSLT|XInclude|xinclude)(\.|$)"
    )
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in SOURCES
        for name in _names(path)
        if parsers.search(name)
    }
    assert {path for path, _ in found} == {"gateway/xml.py"}
    assert PROTOCOLS.keys() >= set(NAMES)
