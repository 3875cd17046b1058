"""User name and password in a WS-Security header: UsernameToken Profile 1.1, section 3.1, the text form.

A digest would need the clear password here, so it is refused. Nonce, Created and Timestamp guard digests, signatures;
beside a password in clear text they say nothing, and are passed over.
"""

from collections.abc import Iterator

from gateway.faults import INVALID_REQUEST
from gateway.protocol import Credentials
from gateway.xml import Element
from protocols.soap.names import WHITE_SPACE

_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_WSSE = f"{_WSS}wssecurity-secext-1.0.xsd"
SECURITY_HEADER = f"{{{_WSSE}}}Security"
TEXT = f"{_WSS}username-token-profile-1.0#PasswordText"
"""The Type of a password in clear text; .NET leaves it out."""


def username_tokens(security: Element) -> Iterator[Credentials]:
    """The user names and passwords in a Security header. Raises INVALID_REQUEST for another form than text."""
    for token in security.iterchildren(f"{{{_WSSE}}}UsernameToken"):
        password = token.find(f"{{{_WSSE}}}Password")
        if password is not None and password.get("Type", TEXT) != TEXT:
            raise INVALID_REQUEST("The password of a UsernameToken is read as PasswordText only")
        name = token.findtext(f"{{{_WSSE}}}Username") or ""
        text = password.text if password is not None else None
        yield Credentials(username=name.strip(WHITE_SPACE), password=text or "")
