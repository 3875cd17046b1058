"""The cases are right: the gateway's own client side gets from the gateway what they expect."""

import base64
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from functions.users.demo import load_demo
from gateway.protocol import RemoteFault
from tests.interop import component
from tests.interop.cases import CASES, Case
from tests.interop.compare import compare_fault, compare_value
from tests.interop.gateway import BAD_TOKEN
from tests.support.site import Site
from tests.support.wire import PROTOCOLS, SITE

EXACT = ("rest", "soap")
"""The protocols whose instants lose nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("cases"), (*component.SHIPPED, component.component))
    with site.write() as db:
        load_demo(db)
        db.commit()
    yield site
    site.close()


@pytest.mark.parametrize("protocol", EXACT)
@pytest.mark.parametrize("case", CASES, ids=lambda each: each.name)
def test_case_comes_out_as_expected(site: Site, protocol: str, case: Case) -> None:
    seen = _outcome(site, protocol, case)
    if case.fault is None:
        assert compare_value(case.value, seen, protocol) is None
    else:
        assert compare_fault(case.fault, seen) is None


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
    arguments = json.loads(json.dumps(_printed(case.arguments)).replace("{client}", protocol))
    values = case.arguments if protocol == "soap" and case.name != "create-users" else arguments
    sent = spoken.sample(function, values, site.token if case.token else BAD_TOKEN, SITE)
    path, _, query = sent.path.partition("?")
    headers = {name.lower(): value for name, value in sent.headers.items()}
    headers["content-length"] = str(len(sent.body))
    answer = site.gateway.handle(sent.method, path, query, headers, sent.body, "127.0.0.1")
    return spoken.read(function, answer.status, answer.headers, answer.body, SITE)


def _printed(value: Any) -> Any:
    """A value as a client prints it."""
    return json.loads(json.dumps(value, default=_print))


def _print(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
