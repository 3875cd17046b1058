"""What the SOAP clients share: envelopes made by hand, array types, and what none can tell apart."""

import abc
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import zip_longest
from typing import Any

from tests.conformance.clients.base import Client, rewrite

NAMESPACE = "urn:manifold:api"


SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"


def envelope(function: str, content: str, header: str = "", version: str = SOAP11) -> bytes:
    """A request made by hand: `content` is what stands inside of the call's element."""
    return (
        f'<soap:Envelope xmlns:soap="{version}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soap:Header>{header}</soap:Header>"
        f'<soap:Body><{function} xmlns="{NAMESPACE}">{content}</{function}></soap:Body></soap:Envelope>'
    ).encode()


class Soap(Client):
    """A client of the WSDL."""

    protocol = "soap"
    fault_statuses = (500, 401)

    def expects(self, value: Any) -> Any:
        """Days are texts, null members are left out."""
        return _without_null(rewrite(value, {date: date.isoformat, datetime: _aware}))

    def fit(self, expected: Any, seen: Any) -> Any:
        """Array types as lists, structures as dicts; an empty text and an empty list, which these clients read as
        nothing (losses.toml), as what was expected of the two."""
        if isinstance(expected, list):
            return [self.fit(*pair) for pair in zip_longest(expected, self._items(seen))]
        if seen is None or seen == "":
            return expected if expected in ("", b"", None) else seen
        members = self.members(seen)
        if members is None:
            return seen
        wanted = expected if isinstance(expected, dict) else {}
        fitted = {name: self.fit(wanted.get(name), each) for name, each in members.items()}
        return {name: each for name, each in fitted.items() if each is not None}

    def plain(self, seen: Any) -> Any:
        if isinstance(seen, list):
            return [self.plain(each) for each in seen]
        members = self.members(seen)
        return seen if members is None else {name: self.plain(each) for name, each in members.items()}

    def _items(self, seen: Any) -> list[Any]:
        """The items of a list: of the client's own, or of a structure with the one member that repeats."""
        members = self.members(seen)
        if members is not None:
            (seen,) = members.values()
        return seen if isinstance(seen, list) else [] if seen in (None, "") else [seen]

    @abc.abstractmethod
    def members(self, seen: Any) -> Mapping[str, Any] | None:
        """The members of a structure by name; None of what is none."""


def _without_null(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_null(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_null(each) for name, each in value.items() if each is not None}
    return value


def _aware(instant: datetime) -> datetime:
    return instant.astimezone(UTC) if instant.tzinfo else instant
