"""A client of any gateway, over HTTP, through the protocols' own `sample` and `read`."""

import http.client
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from gateway import forms, plain
from gateway.faults import Fault
from gateway.protocol import Outgoing, Protocol, Site
from gateway.registry import Function
from gateway.validation import Validator

TIMEOUT = 60.0
"""Seconds to wait for an answer."""


class ClientError(RuntimeError):
    """A call that did not come to an answer; one sentence."""


def arguments(function: Function, pairs: Iterable[str], json_text: str | None) -> dict[str, Any]:
    """The arguments by wire name, from `NAME=VALUE` texts or a JSON object, validated as the gateway will.

    Raises ClientError with all problems.
    """
    parameters = function.signature.parameters
    try:
        if json_text is not None:
            values = plain.json_reader(parameters)(json_text.encode())
        else:
            values = forms.reader(parameters)(forms.nest(_pair(each) for each in pairs))
        Validator(function.name, function.signature).arguments(values)
    except Fault as fault:
        raise ClientError(f"{function.name}: {fault.cause}") from fault
    return values


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ClientError(f"{text!r} is not NAME=VALUE")
    return name, value


def call(protocol: Protocol, function: Function, values: dict[str, Any], token: str, site: Site) -> Any:
    """The result as Python values by wire name. Raises RemoteFault, or ClientError when nobody answers."""
    status, headers, body = _send(site.url, protocol.sample(function, values, token, site))
    return protocol.read(function, status, headers, body, site)


def _send(url: str, outgoing: Outgoing) -> tuple[int, dict[str, str], bytes]:
    address = urlsplit(url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ClientError(f"{url} is no http or https address")
    try:
        connection = kind(address.hostname, address.port, timeout=TIMEOUT)
        connection.request(
            outgoing.method, address.path + outgoing.path, outgoing.body, dict(outgoing.headers)
        )
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise ClientError(f"{url} does not answer: {error}") from error


def to_json(result: Any) -> str:
    """A result as indented JSON, for people."""
    return msgspec.json.format(msgspec.json.encode(plain.clean(result)), indent=2).decode()
