"""CORS: a service lists the web origins whose scripts may call it, on every protocol alike."""

import pytest

from gateway import administration
from gateway.credentials import hash_password
from gateway.web import Response
from tests.support.site import SERVICE, Site
from tests.support.statements import counted, elsewhere
from tests.support.wire import CONTENT_TYPES, NAMES, path_of, text_call

APP, OTHER = "https://app.example.org", "https://other.example.org"
ALLOWED = "Access-Control-Allow-Origin"
PATHS = {**{name: path_of(name, "test_echo") for name in NAMES}, "token": "/token"}

protocols = pytest.mark.parametrize("protocol", NAMES)


@pytest.fixture
def listed(site: Site) -> Site:
    """The tests' service lists APP, a second one OTHER; a third one, disabled, a third origin."""
    site.change_service(cors_origins=[APP])
    site.add_service("other", ["test_void"], cors_origins=[OTHER])
    site.add_service("disabled", ["test_void"], cors_origins=["https://disabled.example.org"], enabled=False)
    return site


def preflight(site: Site, path: str, origin: str, **headers: str) -> Response:
    given = {"origin": origin, "access-control-request-method": "POST"}
    given |= {"access-control-request-headers": "authorization,content-type"}
    return site.gateway.handle("OPTIONS", path, "", given | headers)


def call(
    site: Site, protocol: str, origin: str, token: str | None = None, name: str = "test_void"
) -> Response:
    body = text_call(protocol, name)
    headers = {"origin": origin}
    return site.post(path_of(protocol, name), body, CONTENT_TYPES[protocol], token=token, headers=headers)


def origin_of(response: Response) -> str | None:
    """The origin that may read it. Never with cookies, and with Vary: caches must not mix origins up."""
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.headers["Vary"].split(", ")
    return response.headers.get(ALLOWED)


# Preflight


@pytest.mark.parametrize("server", PATHS)
@pytest.mark.parametrize(
    ("origin", "open_"), [(APP, True), (OTHER, True), ("https://disabled.example.org", False)]
)
def test_a_preflight_needs_no_credential(listed: Site, server: str, origin: str, open_: bool) -> None:
    """Any enabled service that lists the origin is enough: browsers send no credential with it."""
    response = preflight(listed, PATHS[server], origin)
    assert (response.status, response.body) == (204, b"")
    assert origin_of(response) == (origin if open_ else None)
    if open_:
        assert "POST" in response.headers["Access-Control-Allow-Methods"]
        taken = response.headers["Access-Control-Allow-Headers"].lower().split(", ")
        assert {"authorization", "content-type", "soapaction"} <= set(taken)
        assert 0 < int(response.headers["Access-Control-Max-Age"]) <= 7200
    else:
        assert not [name for name in response.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "*",
        "https://app.example.org.evil.example",
        "https://app.example.org:8443",
        "http://app.example.org",
        "https://APP.example.org",
        "https://app.example.org/",
        " https://app.example.org",
        "https://evil.example",
    ],
)
def test_null_and_other_origins_are_not_listed(listed: Site, origin: str) -> None:
    """The origin `null` is every sandboxed frame's; and nothing but the whole origin counts."""
    assert origin_of(preflight(listed, PATHS["rest"], origin)) is None
    assert origin_of(call(listed, "rest", origin)) is None


def test_options_without_a_method_is_no_preflight(listed: Site) -> None:
    response = listed.gateway.handle("OPTIONS", PATHS["rest"], "", {"origin": APP})
    assert response.status == 204
    assert origin_of(response) is None


# Answers


@protocols
def test_an_answer_is_for_the_origins_of_its_service(listed: Site, protocol: str) -> None:
    """A token of the other service: its answer is not for APP, which another service lists."""
    other = listed.add_token(service="other")
    assert origin_of(call(listed, protocol, APP)) == APP
    assert origin_of(call(listed, protocol, OTHER)) is None
    assert origin_of(call(listed, protocol, APP, other)) is None
    response = call(listed, protocol, OTHER, other)
    assert origin_of(response) == OTHER
    exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"X-Request-Id", "Retry-After", "WWW-Authenticate", "Deprecation", "Sunset", "Link"} == set(
        exposed
    )


@protocols
@pytest.mark.parametrize("token", ["", "0" * 32])
def test_a_fault_before_the_service_is_known_is_for_any_listed_origin(
    listed: Site, protocol: str, token: str
) -> None:
    assert origin_of(call(listed, protocol, APP, token)) == APP
    assert origin_of(call(listed, protocol, OTHER, token)) == OTHER
    assert origin_of(call(listed, protocol, "https://disabled.example.org", token)) is None


@protocols
def test_what_is_refused_unread_is_for_any_listed_origin(listed: Site, protocol: str) -> None:
    headers = {"origin": OTHER}
    assert origin_of(listed.post(path_of(protocol, "x"), b"x", "text/plain", headers=headers)) == OTHER
    assert origin_of(listed.post(path_of(protocol, "x"), b"x", CONTENT_TYPES[protocol], headers=headers)) in (
        (OTHER,) if protocol != "rest" else (None,)  # a JSON body is read after the caller is known
    )
    assert origin_of(listed.post("/nowhere", b"", CONTENT_TYPES[protocol], headers=headers)) == OTHER


@protocols
def test_a_bug_is_told_to_listed_origins(
    listed: Site, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(listed.gateway.identification, "identify", fail)
    assert origin_of(call(listed, protocol, OTHER)) == OTHER


@protocols
def test_without_an_origin_nothing_is_said(listed: Site, protocol: str) -> None:
    body = text_call(protocol, "test_void")
    response = listed.post(path_of(protocol, "test_void"), body, CONTENT_TYPES[protocol])
    assert not [name for name in response.headers if name.startswith("Access-Control") or name == "Vary"]


def test_with_a_password_any_service_that_takes_the_caller(listed: Site) -> None:
    """A restricted service that lists an origin, without the caller among its users: not for him."""
    listed.set("passwords", "true")
    restricted = "https://restricted.example.org"
    listed.add_service("restricted", ["test_void"], cors_origins=[restricted], restricted=True)
    listed.change_user(password_hash=hash_password("Corr3ct-horse"))
    basic = {"authorization": "Basic Y2FsbGVyOkNvcnIzY3QtaG9yc2U="}

    def ask(origin: str) -> Response:
        response = listed.gateway.handle("GET", "/rest/test_void", "", {"origin": origin} | basic)
        assert response.status == 200
        return response

    assert [origin_of(ask(origin)) for origin in (APP, OTHER, restricted)] == [APP, OTHER, None]
    listed.authorise(service="restricted")
    assert origin_of(ask(restricted)) == restricted


def test_the_star_stands_for_every_origin(site: Site) -> None:
    """Also for `null`: a public service, whose answers depend on no cookie."""
    site.change_service(cors_origins=["*"])
    for origin in (APP, "null"):
        assert origin_of(preflight(site, PATHS["rest"], origin)) == "*"
        assert origin_of(call(site, "rest", origin)) == "*"


def test_documents_are_for_listed_origins(listed: Site) -> None:
    headers = {"origin": APP, "authorization": f"Bearer {listed.token}"}
    first = listed.gateway.handle("GET", "/soap", "wsdl", headers)
    assert (first.status, origin_of(first)) == (200, APP)
    known = {"if-none-match": first.headers["ETag"]}
    again = listed.gateway.handle("GET", "/soap", "wsdl", headers | known)
    assert (again.status, origin_of(again)) == (304, APP)


# What it rests on


def test_a_change_is_seen_by_the_next_call(listed: Site) -> None:
    assert origin_of(call(listed, "rest", APP)) == APP
    with listed.write() as db:
        administration.change_service(db, SERVICE, cors_origins=[])
        db.commit()
    assert origin_of(call(listed, "rest", APP)) is None
    assert origin_of(preflight(listed, PATHS["rest"], APP)) is None


def test_bulk_sql_by_another_process_is_seen_too(listed: Site) -> None:
    assert origin_of(preflight(listed, PATHS["rest"], OTHER)) == OTHER
    elsewhere(listed, "UPDATE services SET cors_origins = '[]'")
    assert origin_of(preflight(listed, PATHS["rest"], OTHER)) is None
    assert origin_of(call(listed, "rest", APP)) is None


def test_it_costs_no_statement_of_its_own(listed: Site) -> None:
    """However many services there are: the origins lie in the cached Facts."""
    for number in range(20):
        listed.add_service(f"more{number}", [], cors_origins=[f"https://app{number}.example.org"])
    assert origin_of(call(listed, "rest", APP)) == APP
    with counted(listed) as statements:
        assert origin_of(call(listed, "rest", APP)) == APP
        assert origin_of(preflight(listed, PATHS["rest"], "https://app7.example.org")) is not None
    asked = [each for each in statements if each.startswith("SELECT")]
    assert asked  # this site polls without pause
    assert all("FROM generation" in each for each in asked)
