"""One call in this process for a Subject, by any protocol, through bytes; and the Facts that such a call has."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from gateway import access
from gateway.facts import Facts, utc_now
from gateway.protocol import RemoteFault
from gateway.web import Response
from tests.access.causes import PEER, Subject


@dataclass(frozen=True)
class Refused:
    """A fault, and the HTTP answer that it came in."""

    fault: RemoteFault
    response: Response


def send(subject: Subject, protocol: str, values: Mapping[str, Any] | None = None) -> Response:
    """The HTTP answer to the subject's call; a name that no function has is sent all the same."""
    gateway = subject.site.gateway
    functions = gateway.registry.functions
    function = functions.get(subject.function) or replace(functions["test_void"], name=subject.function)
    outgoing = gateway.protocols[protocol].sample(function, values or {}, "", gateway.site())
    headers = {name.lower(): value for name, value in outgoing.headers.items()}
    headers |= {"content-length": str(len(outgoing.body)), "authorization": subject.authorization}
    return gateway.handle(outgoing.method, outgoing.path, "", headers, outgoing.body, PEER)


def refused(subject: Subject, protocol: str, values: Mapping[str, Any] | None = None) -> Refused:
    """The fault that the subject's call gets; fails the test if it gets a result."""
    gateway = subject.site.gateway
    response = send(subject, protocol, values)
    function = gateway.registry.functions["test_void"]
    with pytest.raises(RemoteFault) as raised:
        gateway.protocols[protocol].read(
            function, response.status, response.headers, response.body, gateway.site()
        )
    return Refused(raised.value, response)


def facts_of(subject: Subject, protocol: str = "rest") -> Facts:
    """What the checks look at when the subject calls."""
    gateway = subject.site.gateway
    function = gateway.registry.functions.get(subject.function)
    facts = Facts(gateway.facts.settings, utc_now(), PEER, protocol)
    gateway.identification.identify(facts, subject.credentials)
    access.name_function(facts, subject.function, function)
    facts.limited = subject.limited
    access.choose_service(facts)
    return facts
