"""The policy file of Adobe's player (Cross Domain Policy File Specification): which sites' movies may call.

Ruffle and Royale ask by CORS instead, as a browser's own scripts do. Without configured domains there is no policy.
"""

import re
from collections.abc import Collection
from typing import Final

from gateway.xml import escape_attribute

PATH: Final = "/crossdomain.xml"
MEDIA_TYPE: Final = "text/x-cross-domain-policy"
EVERYBODY: Final = "*"
HEADER: Final = "X-Permitted-Cross-Domain-Policies"
MASTER_ONLY: Final = "master-only"
NO_POLICY: Final = "none-this-response"
"""What every other answer says: whatever it holds, no player takes it for a policy."""

_HEADERS = "Authorization,Content-Type,SOAPAction"
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")


def is_domain(text: str) -> bool:
    """Whether a text is a host name, `*.` before one, or `*` (every movie on the web)."""
    return text == EVERYBODY or (len(text) <= 253 and _DOMAIN.fullmatch(text) is not None)


def write_policy(domains: Collection[str]) -> bytes:
    """The policy file that lets movies of these domains call, with the headers that calls are made of."""
    rows = [
        f'<{tag} domain="{escape_attribute(domain)}"{more}/>'
        for domain in sorted(domains)
        for tag, more in (
            ("allow-access-from", ""),
            ("allow-http-request-headers-from", f' headers="{_HEADERS}"'),
        )
    ]
    return "\n".join(
        (
            '<?xml version="1.0"?>',
            '<!DOCTYPE cross-domain-policy SYSTEM "http://www.adobe.com/xml/dtds/cross-domain-policy.dtd">',
            "<cross-domain-policy>",
            f'<site-control permitted-cross-domain-policies="{MASTER_ONLY}"/>',
            *rows,
            "</cross-domain-policy>\n",
        )
    ).encode()
