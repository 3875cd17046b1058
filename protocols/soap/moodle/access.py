"""The doors of Moodle's SOAP server: who comes in with what, and the address that leads the same caller in again."""

from dataclasses import replace
from urllib.parse import quote, urlencode

from gateway.moodle.access import routes, take_credentials
from gateway.moodle.parameters import Parameters
from gateway.protocol import Credentials, Request

SERVER, _SIMPLE = routes("soap", frozenset({"GET", "POST"}))
SIMPLE = replace(_SIMPLE, below=True, secret=True)
"""Takes user name and password in the path, too."""


def find_credentials(request: Request, parameters: Parameters) -> Credentials:
    """Those in the query; where user name or password are missing there, two segments of the path are both."""
    if not request.path.startswith(SIMPLE.path):
        return take_credentials(SERVER.path, parameters)
    found = take_credentials(SIMPLE.path, parameters)
    segments = request.tail.strip("/").split("/")
    if (found.username and found.password) or len(segments) != 2:
        return found
    return Credentials(username=segments[0], password=segments[1])


def door(request: Request, credentials: Credentials) -> str:
    """The address behind its folder, with the credentials as this caller sent them, and nothing else that he sent."""
    path = SIMPLE.path if credentials.is_password else SERVER.path
    name = path.rpartition("/")[2]
    shown = {
        "wstoken": credentials.token,
        "wsusername": credentials.username,
        "wspassword": credentials.password,
    }
    if request.tail and credentials.is_password:
        return f"{name}/{quote(credentials.username or '', '')}/{quote(credentials.password or '', '')}"
    query = urlencode({key: value for key, value in shown.items() if value is not None})
    return f"{name}?{query}" if query else name
