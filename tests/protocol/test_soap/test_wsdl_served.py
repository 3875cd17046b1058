"""The WSDL as the gateway serves it: to whom, in which parts, kept under which key."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.protocol import Query
from gateway.web import Response
from protocols.soap import Soap
from tests.support.site import Site
from tests.support.wire import fault_in

from .documents import WSDL

VOID, ECHO = "test_void", "test_echo"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site of its own: these tests change settings and services."""
    site = Site(tmp_path)
    yield site
    site.close()


def get(site: Site, query: str = "wsdl", **headers: str) -> Response:
    """What a GET answers, with the site's token unless `authorization` is given."""
    given = {"authorization": f"Bearer {site.token}"} | headers
    return site.gateway.handle("GET", "/soap", query, {k: v for k, v in given.items() if v}, peer="127.0.0.1")


def shown(response: Response) -> list[str]:
    """The operations of a WSDL."""
    assert response.status == 200
    operations = etree.fromstring(response.body).iterfind(f"{{{WSDL}}}portType/{{{WSDL}}}operation")
    return [each.get("name", "") for each in operations]


def refused(response: Response) -> tuple[int, str]:
    """The status and errorcode of a fault."""
    return response.status, fault_in("soap", response.body).errorcode


# To whom


def test_who_may_call_gets_the_document(site: Site) -> None:
    assert {VOID, ECHO} < set(shown(get(site)))
    assert "test_outside" not in shown(get(site))


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl=1", "lang=en&wSDL", "wsdl&soap=11"])
def test_it_is_asked_for_in_any_letter_case(site: Site, query: str) -> None:
    assert get(site, query).body == get(site).body


def test_a_token_shows_the_functions_of_its_service(site: Site) -> None:
    site.add_service("small", [VOID])
    token = site.add_token(service="small")
    assert shown(get(site, authorization=f"Bearer {token}")) == [VOID]
    assert shown(get(site, f"wsdl&wstoken={token}", authorization="")) == [VOID]


def test_nobody_is_asked_for_a_token_while_no_service_is_public(site: Site) -> None:
    response = get(site, authorization="")
    assert refused(response) == (401, "invalidtoken")
    assert response.headers["WWW-Authenticate"]


def test_nobody_sees_the_functions_of_public_services_only(site: Site) -> None:
    site.add_service("small", [VOID], public=True)
    site.add_service("closed", [ECHO], public=True, enabled=False)
    assert shown(get(site, authorization="")) == [VOID]


def test_a_bad_token_is_refused_though_a_service_is_public(site: Site) -> None:
    site.change_service(public=True)
    assert refused(get(site, authorization=f"Bearer {'0' * 32}")) == (500, "invalidtoken")


def test_a_protocol_that_is_disabled_describes_nothing(site: Site) -> None:
    site.set("protocols", "rest")
    assert refused(get(site)) == (500, "accessexception")


# In parts


def test_the_functions_asked_for(site: Site) -> None:
    assert shown(get(site, f"wsdl&functions={VOID},{ECHO},test_outside")) == [ECHO, VOID]
    assert refused(get(site, "wsdl&functions=test_outside")) == (500, "invalidrequest")


def test_the_service_asked_for(site: Site) -> None:
    site.add_service("small", [VOID], public=True)
    assert shown(get(site, "wsdl&service=small", authorization="")) == [VOID]
    assert shown(get(site, "wsdl&service=tests")) == shown(get(site))
    for query, authorization in (("service=small", f"Bearer {site.token}"), ("service=tests", "")):
        assert refused(get(site, f"wsdl&{query}", authorization=authorization)) == (500, "invalidrequest")


def test_the_version_asked_for(site: Site) -> None:
    assert b"Soap12Binding" in get(site, "wsdl&soap=12").body
    assert refused(get(site, "wsdl&soap=13")) == (500, "invalidrequest")


# Kept


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Query]:
    """The Queries whose document was written, and not found in the cache."""
    queries: list[Query] = []
    describe = Soap.describe

    def spy(self: Soap, query: Query, functions: Sequence[Any], site: Any) -> bytes:
        queries.append(query)
        return describe(self, query, functions, site)

    monkeypatch.setattr(Soap, "describe", spy)
    return queries


def test_callers_of_the_same_functions_share_one_document(site: Site, written: list[Query]) -> None:
    site.add_user("other")
    site.grant("other", site.capabilities())
    token = site.add_token("other")
    first = get(site)
    second = get(site, authorization=f"Bearer {token}", host="elsewhere.example")
    assert first.body == second.body
    assert len(written) == 1


def test_another_set_flavour_part_or_address_is_another_document(site: Site, written: list[Query]) -> None:
    site.add_service("small", [VOID], public=True)
    queries = [
        ("wsdl", ""),
        ("wsdl", f"Bearer {site.token}"),
        ("wsdl&soap=12", ""),
        (f"wsdl&functions={VOID}", ""),
    ]
    for _ in range(2):
        for query, authorization in queries:
            get(site, query, authorization=authorization)
    assert len(written) == len(queries)
    site.set("public_url", "https://ws.example.org")
    assert b"https://ws.example.org/soap" in get(site).body
    assert len(written) == len(queries) + 1


def test_a_change_of_the_service_shows_at_the_next_request(site: Site) -> None:
    site.add_service("small", [VOID])
    token = site.add_token(service="small")
    assert shown(get(site, authorization=f"Bearer {token}")) == [VOID]
    site.change_service("small", enabled=False)
    assert refused(get(site, authorization=f"Bearer {token}")) == (500, "accessexception")


def test_it_is_private_and_revalidated(site: Site) -> None:
    first = get(site)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert get(site, **{"if-none-match": first.headers["ETag"]}).status == 304


def test_it_holds_no_token_no_user_and_no_host_of_the_request(site: Site) -> None:
    site.add_user("zaphod.b")
    site.grant("zaphod.b", site.capabilities())
    token = site.add_token("zaphod.b")
    response = get(site, f"wsdl&wstoken={token}", authorization="", host="evil.example")
    assert response.status == 200
    for secret in (token, "evil.example", "zaphod"):
        assert secret.encode() not in response.body


def test_the_names_in_it_stay_as_they_were_at_the_start_because_codecs_hold_them(site: Site) -> None:
    before = get(site).body
    site.set("namespace", "urn:example:api")
    site.set("wsdl_name", "Example")
    site.set("public_url", "https://ws.example.org")
    after = get(site).body
    assert b'location="http://127.0.0.1:8080/soap"' in before
    assert after == before.replace(b"http://127.0.0.1:8080/soap", b"https://ws.example.org/soap")
