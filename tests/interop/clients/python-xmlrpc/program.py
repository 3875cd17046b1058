"""Calls every case with the standard library's xmlrpc.client."""

import base64
import json
import os
import xmlrpc.client
from datetime import UTC, datetime
from typing import Any

from cases import Forms, Struct, base64_text, cases, run, same

# [docs:integers]
# xmlrpc.client refuses integers beyond 32 bits unless it is told how to write them.
xmlrpc.client.Marshaller.dispatch[int] = lambda _, value, write: write(f"<value><i8>{value}</i8></value>")
# [docs:end]


# [docs:connect]
def connect(url: str, token: str) -> xmlrpc.client.ServerProxy:
    """A client that sends a token with every call. Dates are datetimes, base64 is bytes, None is sent as nil."""
    headers = [("Authorization", f"Bearer {token}")]
    return xmlrpc.client.ServerProxy(
        f"{url}/xmlrpc", headers=headers, use_builtin_types=True, allow_none=True
    )
    # [docs:end]


# [docs:password]
def connect_with_password(url: str, username: str, password: str) -> xmlrpc.client.ServerProxy:
    """A client that sends a user name and a password with every call."""
    login = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
    return xmlrpc.client.ServerProxy(f"{url}/xmlrpc", headers=[("Authorization", f"Basic {login}")])
    # [docs:end]


# [docs:fault]
def read_fault(fault: xmlrpc.client.Fault) -> dict[str, Any]:
    """The parts of a faultString: the message, then labelled parts, those that are empty left out."""
    message, *rest = fault.faultString.split(" | ")
    parts = dict(part.split(": ", 1) for part in rest)
    return {
        "message": message,
        "exception": parts["EXCEPTION"],
        "errorcode": parts["ERRORCODE"],
        "cause": parts.get("DEBUG INFO"),
        "problems": json.loads(parts.get("PROBLEMS", "[]")),
        "request_id": parts["REQUEST"],
    }
    # [docs:end]


# [docs:dates]
def sent(instant: datetime) -> datetime:
    """An instant without a zone, which is read as UTC: xmlrpc.client would leave its zone away."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def received(instant: datetime) -> datetime:
    """An instant of an answer: all are UTC, in whole seconds."""
    return instant.replace(tzinfo=UTC)
    # [docs:end]


def plain(value: Any) -> Any:
    """A value as JSON."""
    if isinstance(value, datetime):
        return received(value).isoformat()
    if isinstance(value, bytes):
        return base64_text(value)
    if isinstance(value, list):
        return [plain(each) for each in value]
    return {name: plain(each) for name, each in value.items()} if isinstance(value, dict) else value


URL = os.environ["GATEWAY_URL"]
GATEWAY = connect(URL, os.environ["GATEWAY_TOKEN"])
OTHERS = {
    "fault-token": connect(URL, os.environ["GATEWAY_BAD_TOKEN"]),
    "password": connect_with_password(URL, os.environ["GATEWAY_USER"], os.environ["GATEWAY_PASSWORD"]),
}


def outcome(case: str, function: str, arguments: Struct) -> Struct:
    """The value or the fault that comes; arguments go by position, in one case all in one dict."""
    call = getattr(OTHERS.get(case, GATEWAY), function)
    sent = [arguments] if case == "optional-given" else list(arguments.values())
    # [docs:catch]
    try:
        return {"value": plain(call(*sent))}
    except xmlrpc.client.Fault as fault:
        return {"fault": read_fault(fault)}
    # [docs:end]


def multicall() -> list[list[Any]]:
    """Two calls in one request; each result as the protocol wraps it."""
    # [docs:multicall]
    calls = xmlrpc.client.MultiCall(GATEWAY)
    calls.interop_echo_int(5)
    calls.interop_echo_text("tea")
    results = list(calls())  # a call that failed raises its Fault here
    # [docs:end]
    return [[each] for each in results]


def instant(value: datetime) -> datetime:
    """What has no zone stays as it is."""
    return sent(value) if value.tzinfo else value


OWN = {
    "instant-zone": ("interop_echo_instant", {"value": xmlrpc.client.DateTime("20260301T14:00:00+02:00")}),
    "methods": ("system.listMethods", {}),
    "method-signature": ("system.methodSignature", {"name": "interop_optional"}),
}
"""Cases that go another way in XML-RPC, and those that only it has."""

run({**cases(Forms(instant=instant, octets=same)), **OWN}, outcome)
print(json.dumps({"case": "multicall", "value": multicall()}))
