"""The cases are right: the gateway's own client side gets from the gateway what they expect."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import pytest

from gateway.protocol import RemoteFault
from tests.access.causes import PASSWORD
from tests.interop import component
from tests.interop.cases import CASES, CLIENT, PAGE_TYPES, Case, carried
from tests.interop.compare import compare_fault, compare_value
from tests.interop.gateway import BAD_TOKEN, prepare
from tests.support.site import USER, Site
from tests.support.types_page import python, rows
from tests.support.wire import PROTOCOLS, SITE

SPOKEN = ("rest", "soap", "xmlrpc")
"""The protocols whose own client side takes dicts for Structs."""
AUTHORIZATION = {
    "bad token": f"Bearer {BAD_TOKEN}",
    "password": "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode("ascii"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("cases"), (*component.SHIPPED, component.component))
    prepare(site)
    yield site
    site.close()


@pytest.mark.parametrize("protocol", SPOKEN)
@pytest.mark.parametrize("case", [each for each in CASES if not each.only], ids=lambda each: each.name)
def test_case_comes_out_as_expected(site: Site, protocol: str, case: Case) -> None:
    seen = _outcome(site, protocol, case)
    if case.fault is None:
        assert compare_value(carried(case.value, protocol), seen, protocol) is None
    else:
        assert compare_fault(case.fault, seen) is None


def test_every_value_that_the_page_of_types_shows_is_a_case() -> None:
    """So that each client of `make interop` executes docs/reference/types.md, by its own typing."""
    known = {(_type_of(case), repr(case.value)) for case in CASES if case.fault is None}
    missing = [row for row in rows("What is sent") if _wanted(row) not in known]
    assert missing == []


def _wanted(row: Mapping[str, str]) -> tuple[str, str]:
    value = python(row["value"])
    return row["type"], repr(value.replace("\x01", "\ufffd") if isinstance(value, str) else value)


def _type_of(case: Case) -> str:
    """The type of its function's result, as the page writes it."""
    return PAGE_TYPES.get(case.function, "")


def _outcome(site: Site, protocol: str, case: Case) -> Any:
    """The result of a case, or the members of its fault, as a client prints them."""
    try:
        return _printed(_call(site, protocol, case))
    except RemoteFault as fault:
        names = ("exception", "errorcode", "message", "cause", "problems", "request_id")
        return _printed({name: getattr(fault, name) for name in names})


def _call(site: Site, protocol: str, case: Case) -> Any:
    """The result of a case. Raises RemoteFault."""
    spoken, function = PROTOCOLS[protocol], site.gateway.registry.functions[case.function]
    sent = spoken.sample(function, _named(case.arguments, protocol), site.token, SITE)
    path, _, query = sent.path.partition("?")
    headers = {name.lower(): value for name, value in sent.headers.items()}
    headers["content-length"] = str(len(sent.body))
    if case.shows != "token":
        headers["authorization"] = AUTHORIZATION[case.shows]
    answer = site.gateway.handle(sent.method, path, query, headers, sent.body, "127.0.0.1")
    return spoken.read(function, answer.status, answer.headers, answer.body, SITE)


def _named(value: Any, client: str) -> Any:
    """A value whose texts name this client."""
    if isinstance(value, dict):
        return {name: _named(each, client) for name, each in value.items()}
    if isinstance(value, list):
        return [_named(each, client) for each in value]
    return value.replace(CLIENT, client) if isinstance(value, str) else value


def _printed(value: Any) -> Any:
    """A value as a client prints it."""
    return json.loads(json.dumps(value, default=_print))


def _print(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
