"""The two doors of each protocol: `server.php` takes a token, `simpleserver.php` a user name and a password."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from gateway.moodle.parameters import Parameters, query_pairs
from gateway.protocol import ANY, Credentials, Request, Route

SETTINGS = tuple(f"moodlewssetting{name}" for name in ("raw", "fileurl", "filter", "lang", "timezone"))
"""Call settings of Moodle: how texts are formatted. No function formats texts, so they are taken and change nothing."""

HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "private, must-revalidate, pre-check=0, post-check=0, max-age=0",
    "Expires": "Thu, 01 Jan 1970 00:00:00 GMT",
    "Pragma": "no-cache",
    "Accept-Ranges": "none",
}
"""What Moodle sends with every answer."""


def routes(protocol: str, methods: frozenset[str]) -> tuple[Route, ...]:
    """Where a protocol answers clients for Moodle, who send what they like as the content type."""
    folder = f"/webservice/{protocol}"
    return tuple(
        Route(f"{folder}/{name}", methods, frozenset({ANY})) for name in ("server.php", "simpleserver.php")
    )


def take_credentials(path: str, parameters: Parameters) -> Credentials:
    """The credentials that this address takes, out of query and form; those of the other one stay parameters."""
    if path.endswith("/simpleserver.php"):
        shown = parameters.take("wsusername", "wspassword")
        return Credentials(username=shown.get("wsusername", ""), password=shown.get("wspassword", ""))
    return Credentials(token=parameters.take("wstoken").get("wstoken"))


def query_credentials(request: Request) -> Credentials:
    """Those in the query, where neither a form nor a header counts. Raises INVALID_REQUEST, TOO_LARGE."""
    return take_credentials(request.path, Parameters(query_pairs(request)))


def with_token(path: str, token: str) -> str:
    """An address that carries a token, as Moodle's own clients write it."""
    return f"{path}?{urlencode({'wstoken': token})}"
