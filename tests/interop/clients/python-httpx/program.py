"""Calls every case with httpx, as JSON."""

import os
from datetime import datetime
from typing import Any

import httpx
from cases import Forms, Struct, cases, run


# [docs:connect]
def connect(url: str, token: str) -> httpx.Client:
    """A client that sends a token with every call."""
    return httpx.Client(base_url=f"{url}/rest/", headers={"Authorization": f"Bearer {token}"})
    # [docs:end]


# [docs:password]
def connect_with_password(url: str, username: str, password: str) -> httpx.Client:
    """A client that sends a user name and a password with every call."""
    return httpx.Client(base_url=f"{url}/rest/", auth=(username, password))
    # [docs:end]


# [docs:call]
class Fault(Exception):
    """An RFC 9457 problem: exception, errorcode, message, cause, problems, request_id."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["message"])
        self.problem = problem


def call(client: httpx.Client, function: str, /, **arguments: Any) -> Any:
    """The result of a call. Raises Fault."""
    answer = client.post(function, json=arguments)
    if answer.headers["Content-Type"] == "application/problem+json":
        raise Fault(answer.json())
    return answer.json()
    # [docs:end]


URL = os.environ["GATEWAY_URL"]
GATEWAY = connect(URL, os.environ["GATEWAY_TOKEN"])
OTHERS = {
    "fault-token": connect(URL, os.environ["GATEWAY_BAD_TOKEN"]),
    "password": connect_with_password(URL, os.environ["GATEWAY_USER"], os.environ["GATEWAY_PASSWORD"]),
}
KEYS = ("exception", "errorcode", "message", "cause", "problems", "request_id")


def echo_instant(instant: datetime) -> str:
    """An instant there and back, as JSON."""
    # [docs:dates]
    found = datetime.fromisoformat(call(GATEWAY, "interop_echo_instant", value=instant.isoformat()))
    # [docs:end]
    return found.isoformat()


def outcome(case: str, function: str, arguments: Struct) -> Struct:
    """The value or the fault that comes."""
    if function == "interop_echo_instant":
        return {"value": echo_instant(datetime.fromisoformat(arguments["value"]))}
    try:
        return {"value": call(OTHERS.get(case, GATEWAY), function, **arguments)}
    except Fault as fault:
        return {"fault": {name: fault.problem[name] for name in KEYS}}


run(cases(Forms()), outcome)
