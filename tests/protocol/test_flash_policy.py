"""The policy file that Adobe's player asks for before it lets a movie of another site call."""

import pytest
from lxml import etree

from gateway import administration
from gateway.administration import AdministrationError
from gateway.settings import SettingError
from gateway.web import Response
from tests.access.causes import site_settings
from tests.support.site import Site
from tests.support.wire import AMF, amf_call

PATH = "/crossdomain.xml"
HEADER = "X-Permitted-Cross-Domain-Policies"


def get(site: Site, method: str = "GET") -> Response:
    """What a player gets."""
    return site.gateway.handle(method, PATH, "", {}, b"", "192.0.2.1")


def domains(response: Response) -> dict[str, list[str]]:
    """The domains in a policy, by element."""
    root = etree.fromstring(response.body)
    assert root.tag == "cross-domain-policy"
    found: dict[str, list[str]] = {}
    for element in root:
        found.setdefault(str(element.tag), []).append(element.get("domain", ""))
    return found


def test_there_is_none_until_domains_are_configured(standing: Site) -> None:
    response = get(standing)
    assert (response.status, response.headers[HEADER]) == (404, "none-this-response")
    assert b"cross-domain-policy" not in response.body


def test_the_configured_domains_and_no_others(standing: Site) -> None:
    with site_settings(standing, {"flash_domains": "movies.example.org,*.example.net"}):
        response = get(standing)
        headed = get(standing, "HEAD")
    assert response.status == headed.status == 200
    assert response.headers["Content-Type"] == "text/x-cross-domain-policy"
    assert response.headers[HEADER] == "master-only"
    found = domains(response)
    expected = ["*.example.net", "movies.example.org"]
    assert found.pop("site-control") == [""]
    assert found == {"allow-access-from": expected, "allow-http-request-headers-from": expected}
    assert b'permitted-cross-domain-policies="master-only"' in response.body
    assert b'domain="*"' not in response.body
    assert headed.body == b""


def test_everybody_only_where_it_is_configured(standing: Site) -> None:
    with site_settings(standing, {"flash_domains": "*"}):
        assert domains(get(standing))["allow-access-from"] == ["*"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_is_only_read(standing: Site, method: str) -> None:
    with site_settings(standing, {"flash_domains": "example.org"}):
        assert get(standing, method).status == 405


@pytest.mark.parametrize(
    "value",
    [
        '"><evil/>',
        "http://example.org",
        "example.org/",
        "*example.org",
        "**.example.org",
        "a b",
        "-a.org",
        "*.",
        "x" * 300,
    ],
)
def test_what_is_no_domain_is_refused(standing: Site, value: str) -> None:
    with standing.write() as db, pytest.raises((SettingError, AdministrationError), match="host names"):
        administration.set_setting(db, "flash_domains", value)


def test_no_other_answer_is_taken_for_a_policy(standing: Site) -> None:
    """A function that gives back what a caller sent cannot be made to speak for the site."""
    answer = standing.post("/amf", amf_call("test_void"), AMF)
    assert answer.headers[HEADER] == "none-this-response"
    assert standing.gateway.handle("GET", "/", "", {}, b"", "").headers[HEADER] == "none-this-response"
