"""httpx on the REST face: JSON with an Authorization header, a form with its own credentials, and a GET."""

from collections.abc import Generator, Iterator, Mapping
from typing import Any

import httpx

from tests.conformance.clients.base import TEXTS, Caller, Client, FaultSeen, Result, Seen, rewrite


class _Rest(Client):
    protocol = "rest"

    def __init__(self, url: str) -> None:
        super().__init__()
        self.http = httpx.Client(base_url=url, timeout=30)

    def expects(self, value: Any) -> Any:
        return rewrite(value, TEXTS)

    def close(self) -> None:
        self.http.close()

    def _read(self, response: httpx.Response) -> Seen:
        self.last.keep(response.status_code, response.headers, response.content)
        body = response.json()
        if response.status_code == 200:
            assert response.headers["content-type"] == "application/json"
            return Result(body)
        assert response.headers["content-type"] == "application/problem+json"
        problems = {each["path"]: each["problem"] for each in body["problems"]}
        assert (body["title"], body["status"]) == (body["message"], response.status_code)
        return FaultSeen(
            body["exception"],
            body["errorcode"],
            body["message"],
            body["cause"],
            problems,
            body["request_id"],
            response.status_code,
        )


class Json(_Rest):
    """JSON in and out."""

    name = "json"

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        values = rewrite(dict(arguments), TEXTS)
        return self._read(self.http.post(f"/rest/{function}", json=values, auth=_auth(caller)))

    def send(self, function: str, raw: str, caller: Caller) -> Seen:
        headers = {"content-type": "application/json"}
        return self._read(
            self.http.post(f"/rest/{function}", content=raw, headers=headers, auth=_auth(caller))
        )


class Form(_Rest):
    """A form in, JSON out. Null cannot be said: it is left out."""

    name = "form"

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        fields = dict(form_fields(rewrite(dict(arguments), TEXTS)))
        if caller.username is not None:
            fields |= {"wsusername": caller.username, "wspassword": caller.password}
        elif caller.token is not None:
            fields["wstoken"] = caller.token
        return self._read(self.http.post(f"/rest/{function}", data=fields))

    def send(self, function: str, raw: str, caller: Caller) -> Seen:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self._read(
            self.http.post(f"/rest/{function}", content=raw, headers=headers, auth=_auth(caller))
        )


class Query(_Rest):
    """A GET with a query, for functions that only read; the token in it, a password in the header."""

    name = "query"

    def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Seen:
        fields = dict(form_fields(rewrite(dict(arguments), TEXTS)))
        if caller.token is not None:
            return self._read(self.http.get(f"/rest/{function}", params=fields | {"wstoken": caller.token}))
        return self._read(self.http.get(f"/rest/{function}", params=fields, auth=_auth(caller)))

    def send(self, function: str, raw: str, caller: Caller) -> Seen:
        return self._read(self.http.get(f"/rest/{function}?{raw}", auth=_auth(caller)))


def _auth(caller: Caller) -> httpx.Auth:
    """The client's own Basic, a Bearer token, or nothing."""
    if caller.username is not None:
        return httpx.BasicAuth(caller.username, caller.password)
    return httpx.Auth() if caller.token is None else _Bearer(caller.token)


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self.token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


def form_fields(
    values: dict[str, Any], prefix: str = "", *, empty_lists: bool = True
) -> Iterator[tuple[str, str]]:
    """The pairs of a form; `empty_lists` are said by an empty text."""
    for name, value in values.items():
        yield from _field(f"{prefix}[{name}]" if prefix else name, value, empty_lists=empty_lists)


def _field(name: str, value: Any, *, empty_lists: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        numbered = {str(index): each for index, each in enumerate(value)}
        yield from form_fields(numbered, name, empty_lists=empty_lists)
        if not value and empty_lists:
            yield name, ""
    elif isinstance(value, dict):
        yield from form_fields(value, name, empty_lists=empty_lists)
    elif value is not None:
        yield name, str(int(value) if isinstance(value, bool) else value)
