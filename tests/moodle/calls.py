"""Requests as clients for Moodle send them, by hand, and their answers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from gateway.web import Response
from tests.support.site import USER, Site
from tests.support.wire import FORM

PASSWORD = "Corr3ct-horse"
SERVER = "/webservice/rest/server.php"
SIMPLE = "/webservice/rest/simpleserver.php"
Pairs = Sequence[tuple[str, str]] | Mapping[str, str]


def _pairs(pairs: Pairs) -> list[tuple[str, str]]:
    return list(pairs.items()) if isinstance(pairs, Mapping) else list(pairs)


def send(
    site: Site,
    pairs: Pairs = (),
    *,
    query: Pairs = (),
    path: str = SERVER,
    content_type: str = FORM,
    body: bytes | None = None,
    method: str = "POST",
) -> Response:
    """The answer to a form (or another body), with nothing added."""
    data = urlencode(_pairs(pairs)).encode() if body is None else body
    headers = {"content-type": content_type, "content-length": str(len(data))} if data else {}
    return site.gateway.handle(method, path, urlencode(_pairs(query)), headers, data, "127.0.0.1")


def call(site: Site, function: str, pairs: Pairs = (), form: str = "json") -> Response:
    """The answer to a call with the site's token."""
    reserved = {"wstoken": site.token, "wsfunction": function, "moodlewsrestformat": form}
    return send(site, [*reserved.items(), *_pairs(pairs)])


def simple(site: Site, function: str, password: str = PASSWORD, **more: str) -> Response:
    """The answer to a call with user name and password."""
    shown = {"wsusername": USER, "wspassword": password, "wsfunction": function, "moodlewsrestformat": "json"}
    return send(site, shown | more, path=SIMPLE)


def result(answer: Response) -> Any:
    """What a JSON answer holds that is no fault."""
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    found = json.loads(answer.body)
    assert not (isinstance(found, dict) and "exception" in found), found
    return found


def fault(answer: Response, status: int = 200) -> dict[str, str]:
    """The members of a JSON fault, in their order."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/json")
    found: dict[str, str] = json.loads(answer.body)
    assert list(found)[:3] == ["exception", "errorcode", "message"]
    assert list(found)[3:] in ([], ["debuginfo"])
    return found
