"""Functions that will go: what the registry refuses, and what callers, documents and administrators see of it."""

import json
import xmlrpc.client
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway import READ, Component, Deprecation, function
from gateway.accounts.local import BACKENDS
from gateway.deprecation import deprecation_headers
from gateway.explain import why_request
from gateway.registry import Function, Registry, RegistryError
from gateway.store import CallRecord
from gateway.web import Response
from tests.support.command import Run, forget_local_plugins, session
from tests.support.site import Site
from tests.support.wire import CONTENT_TYPES, NAMES, fault_in, path_of, text_call

JANUARY = date(2026, 1, 1)
HEADERS = ("Deprecation", "Sunset", "Link")


def deprecated(name: str, *arguments: Any) -> Function:
    return function(name, effect=READ, deprecated=Deprecation(*arguments))(lambda_of_nothing())


def lambda_of_nothing() -> Any:
    def nothing() -> None:
        """Nothing."""

    return nothing


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((JANUARY, JANUARY), "not after"),
        ((JANUARY, date(2025, 12, 31)), "not after"),
        ((JANUARY, None, "test_gone"), "no other function"),
        ((JANUARY, None, "test_old"), "no other function"),
        ((JANUARY, None, ""), "no other function"),
        (("2026-01-01",), "on a day"),
        ((datetime(2026, 1, 1, tzinfo=UTC),), "on a day"),
        ((JANUARY, datetime(2027, 1, 1, tzinfo=UTC)), "on a day"),
    ],
)
def test_what_is_refused_at_registration(arguments: tuple[Any, ...], problem: str) -> None:
    with pytest.raises(RegistryError, match=f"^function test_old: .*{problem}"):
        Registry([Component("test", functions=[deprecated("test_old", *arguments)])])


def test_a_replacement_may_be_another_components() -> None:
    new = function("test_new", effect=READ)(lambda_of_nothing())
    old = deprecated("test_old", JANUARY, None, "test_new")
    registry = Registry([Component("a", functions=[old]), Component("b", functions=[new])])
    assert registry.functions["test_old"].deprecated == Deprecation(JANUARY, None, "test_new")


def test_a_day_begins_at_midnight_utc() -> None:
    removal = Deprecation(date(2025, 1, 1), JANUARY)
    midnight = datetime(2026, 1, 1, tzinfo=UTC)
    assert not removal.removed_by(midnight - timedelta(microseconds=1))
    assert removal.removed_by(midnight)
    assert not Deprecation(JANUARY).removed_by(midnight + timedelta(days=100_000))


def test_headers_of_several_calls_name_the_earliest_dates() -> None:
    """RFC 9745 section 2 (a structured Date), RFC 8594 section 3 (an HTTP-date), RFC 8288 section 3."""
    called = [
        Deprecation(date(2024, 7, 1), None, "b"),
        Deprecation(date(2023, 6, 30), date(2026, 11, 11), "a"),
        Deprecation(date(2025, 1, 1), date(2027, 1, 1), "b"),
    ]
    assert deprecation_headers(called, {"a": "http://x/a", "b": "http://x/b"}) == {
        "Deprecation": "@1688083200",
        "Sunset": "Wed, 11 Nov 2026 00:00:00 GMT",
        "Link": '<http://x/b>; rel="successor-version"; title="b", <http://x/a>; rel="successor-version"; title="a"',
    }
    assert deprecation_headers([Deprecation(JANUARY)], {}).keys() == {"Deprecation"}


# What callers see


def call(site: Site, protocol: str, name: str, token: str | None = None, **texts: str) -> Response:
    body = text_call(protocol, name, **texts)
    return site.post(path_of(protocol, name), body, CONTENT_TYPES[protocol], token=token)


def told(response: Response) -> dict[str, str]:
    return {name: response.headers[name] for name in HEADERS if name in response.headers}


@pytest.mark.parametrize("protocol", NAMES)
def test_answers_say_that_a_function_will_go(site: Site, protocol: str) -> None:
    site.set("public_url", "https://gateway.example")
    address = "https://gateway.example" + path_of(protocol, "test_echo")
    expected = {
        "Deprecation": "@1767225600",
        "Sunset": "Tue, 01 Jan 2999 00:00:00 GMT",
        "Link": f'<{address}>; rel="successor-version"; title="test_echo"',
    }
    answer = call(site, protocol, "test_deprecated")
    assert (answer.status, told(answer)) == (200, expected)
    assert told(call(site, protocol, "test_deprecated", no="x")) == expected, "a fault says so, too"
    assert told(call(site, protocol, "test_fading")) == {"Deprecation": "@1748736000"}
    assert told(call(site, protocol, "test_void")) == {}


@pytest.mark.parametrize("protocol", NAMES)
def test_who_may_not_call_it_is_told_nothing(site: Site, protocol: str) -> None:
    assert told(call(site, protocol, "test_deprecated", token="")) == {}
    site.change_service(enabled=False)
    assert told(call(site, protocol, "test_deprecated")) == {}


@pytest.mark.parametrize("protocol", NAMES)
def test_a_removed_function_answers_what_replaces_it(site: Site, protocol: str) -> None:
    answer = call(site, protocol, "test_removed")
    fault = fault_in(protocol, answer.body)
    assert fault.errorcode == "functionremoved"
    assert fault.cause == "The function test_removed was removed on 2020-01-01; call test_void instead"
    assert told(answer)["Sunset"] == "Wed, 01 Jan 2020 00:00:00 GMT"
    assert answer.status == {"rest": 410, "soap": 500}.get(protocol, 200)


def test_the_log_explains_why_a_removed_function_was_refused(site: Site) -> None:
    answer = call(site, "rest", "test_removed")
    site.gateway.log.flush()
    history = why_request(site.engine, site.gateway.registry, BACKENDS, answer.headers["X-Request-Id"])
    assert history.record.check == "23"
    for findings in (history.then, history.now):
        (finding,) = [each for each in findings or () if each.number == "23"]
        assert finding.cause == "The function test_removed was removed on 2020-01-01; call test_void instead"


def test_it_goes_on_its_day(tmp_path: Path) -> None:
    now = [datetime(2998, 12, 31, 23, 59, 59, tzinfo=UTC)]
    site = Site(tmp_path, clock=lambda: now[0])
    assert call(site, "rest", "test_deprecated").status == 200
    now[0] += timedelta(seconds=1)
    assert call(site, "rest", "test_deprecated").status == 410
    site.close()


def test_each_call_of_an_envelope_counts(site: Site) -> None:
    names = ["test_void", "test_deprecated", "test_fading"]
    calls = [{"methodName": name, "params": []} for name in names]
    body = xmlrpc.client.dumps((calls,), "system.multicall").encode()
    answer = site.post("/xmlrpc", body, "text/xml")
    assert told(answer)["Deprecation"] == "@1748736000"
    assert "test_echo" in told(answer)["Link"]


# What documents say


def test_documents_say_so_and_leave_out_what_is_gone(site: Site) -> None:
    headers = {"authorization": f"Bearer {site.token}"}
    wsdl = etree.fromstring(site.gateway.handle("GET", "/soap", "wsdl", headers).body)
    space = "{http://schemas.xmlsoap.org/wsdl/}"
    texts = {
        each.get("name"): each.findtext(f"{space}documentation")
        for each in wsdl.iterfind(f"{space}portType/{space}operation")
    }
    sentence = "Deprecated since 2026-01-01, removed on 2999-01-01: call test_echo instead."
    assert sentence in (texts["test_deprecated"] or "")
    assert "Deprecated since 2025-06-01." in (texts["test_fading"] or "")
    assert "test_removed" not in texts
    paths = json.loads(site.gateway.handle("GET", "/openapi.json", "", headers).body)["paths"]
    for method in ("get", "post"):
        operation = paths["/rest/test_deprecated"][method]
        assert operation["deprecated"]
        assert sentence in operation["description"]
        assert "functionremoved" in operation["responses"]["410"]["description"]
    assert "410" not in paths["/rest/test_fading"]["get"]["responses"]
    assert "deprecated" not in paths["/rest/test_void"]["get"]
    assert "/rest/test_removed" not in paths

    def system(method: str, *arguments: str) -> Any:
        sent = xmlrpc.client.dumps(arguments, method).encode()
        return xmlrpc.client.loads(site.post("/xmlrpc", sent, "text/xml").body)[0][0]

    assert sentence in system("system.methodHelp", "test_deprecated")
    assert "test_deprecated" in system("system.listMethods")
    assert "test_removed" not in system("system.listMethods")


# What administrators see


SHOP = """
from datetime import date
from gateway import READ, Component, Deprecation, ServiceDefault, function

@function("shop_tea", effect=READ, deprecated=Deprecation(date(2025, 1, 1), date(2999, 1, 1), "shop_green_tea"))
def tea() -> str:
    "Pour tea."
    return "tea"

@function("shop_coffee", effect=READ, deprecated=Deprecation(date(2024, 1, 1)))
def coffee() -> str:
    "Pour coffee."
    return "coffee"

@function("shop_green_tea", effect=READ)
def green_tea() -> str:
    "Pour green tea."
    return "green tea"

component = Component("shop", functions=[tea, coffee, green_tea])
"""


@pytest.fixture
def shop(tmp_path: Path, demo: Run) -> Iterator[Run]:
    """The command, on a site with a plugin that has deprecated functions."""
    (tmp_path / "local" / "shop").mkdir(parents=True)
    (tmp_path / "local" / "shop" / "__init__.py").write_text(SHOP)
    forget_local_plugins()
    yield demo
    forget_local_plugins()


def test_the_list_of_functions_marks_them(shop: Run) -> None:
    rows = {row["name"]: row for row in json.loads(shop("functions", "--json").output)}
    assert rows["shop_tea"]["deprecated"] == "2025-01-01"
    assert rows["shop_green_tea"]["deprecated"] is None
    (line,) = [line for line in shop("functions").output.splitlines() if line.startswith("shop_tea ")]
    assert "2025-01-01" in line


def record(
    name: str | None, at: datetime, user_id: int | None, token_id: int | None, outcome: str = "ok"
) -> CallRecord:
    return CallRecord(
        request_id="r",
        at=at,
        protocol="rest",
        function=name,
        user_id=user_id,
        token_id=token_id,
        address="127.0.0.1",
        outcome=outcome,
        duration_us=1,
    )


def test_who_still_calls_them_is_listed(shop: Run, tmp_path: Path) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with session(tmp_path) as db:
        (token,) = json.loads(shop("token", "list", "--json").output)
        users = {row["username"]: row["id"] for row in json.loads(shop("user", "list", "--json").output)}
        holder, jane = users[token["user"]], users["user01"]
        db.add_all(
            [
                record("shop_tea", noon, holder, token["id"]),
                record("shop_tea", noon + timedelta(hours=2), holder, token["id"], "invalidparameter"),
                record("shop_tea", noon + timedelta(hours=3), jane, None),
                record("shop_tea", noon, None, None, "invalidtoken"),
                record("shop_green_tea", noon, holder, token["id"]),
                record("?wsdl", noon, holder, token["id"]),
                record(None, noon, holder, token["id"]),
            ]
        )
        db.commit()
    coffee, *tea = json.loads(shop("functions", "--deprecated", "--json").output)
    assert coffee == {
        "function": "shop_coffee",
        "since": "2024-01-01",
        "removal": None,
        "replacement": None,
        "user": None,
        "token": None,
        "calls": 0,
        "last": None,
    }
    assert {(each["function"], each["removal"], each["replacement"]) for each in tea} == {
        ("shop_tea", "2999-01-01", "shop_green_tea")
    }
    assert [(each["user"], each["token"], each["calls"], each["last"][:19]) for each in tea] == [
        ("user01", None, 1, "2026-03-01T15:00:00"),
        (token["user"], f"{token['token']} (id {token['id']})", 2, "2026-03-01T14:00:00"),
        (None, None, 1, "2026-03-01T12:00:00"),
    ]
    assert "shop_tea" in shop("functions", "--deprecated").output
