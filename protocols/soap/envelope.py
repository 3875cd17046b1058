"""SOAP envelopes, 1.1 (W3C Note of 2000-05-08) and 1.2 (W3C Recommendation, second edition): reading and writing."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import msgspec

from gateway import limits
from gateway.faults import INVALID_REQUEST, TOO_LARGE, FaultKind
from gateway.protocol import Credentials
from gateway.xml import Element
from protocols.soap.names import WHITE_SPACE, XSI
from protocols.soap.security import SECURITY_HEADER, username_tokens

MUST_UNDERSTAND = FaultKind(
    "invalidrequest", "A header that must be understood is not known here", status=400
)
VERSION_MISMATCH = FaultKind("invalidrequest", "The SOAP version is not one this address reads", status=400)

_LAYOUT = "The Envelope must hold a Header or none, and then one Body"
_TEXT = "There is text between the elements of the Envelope"

TOKEN_HEADER = "wstoken"  # noqa: S105  (the name of a header)


@dataclass(frozen=True)
class Version:
    """What differs between the versions of SOAP.

    `role` names the attribute that says whom a header is for, `roles` the values that mean this server.
    """

    namespace: str
    media_type: str
    role: str
    roles: frozenset[str]

    @cached_property
    def content_type(self) -> str:
        """The content type of an answer."""
        return f"{self.media_type}; charset=utf-8"

    @cached_property
    def body(self) -> str:
        """The tag of the Body."""
        return self.tag("Body")

    def tag(self, name: str) -> str:
        """An element or attribute of the envelope, in lxml's notation."""
        return f"{{{self.namespace}}}{name}"

    def wrap(self, *body: bytes | memoryview) -> bytes:
        """The message with these parts of a Body.

        Only the declaration precedes the envelope: .NET refuses anything else there.
        """
        return b"".join((_OPENINGS[self.namespace], *body, b"</soap:Body></soap:Envelope>"))


_NS11 = "http://schemas.xmlsoap.org/soap/envelope/"
_NS12 = "http://www.w3.org/2003/05/soap-envelope"

SOAP11 = Version(
    _NS11,
    "text/xml",
    "actor",
    frozenset({"", "http://schemas.xmlsoap.org/soap/actor/next"}),
)
SOAP12 = Version(
    _NS12,
    "application/soap+xml",
    "role",
    frozenset({"", f"{_NS12}/role/next", f"{_NS12}/role/ultimateReceiver"}),
)
_OPENINGS = {
    each.namespace: (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{each.namespace}" '
        f'xmlns:xsi="{XSI}"><soap:Body>'
    ).encode()
    for each in (SOAP11, SOAP12)
}
VERSIONS = {each.tag("Envelope"): each for each in (SOAP11, SOAP12)}


class Envelope(msgspec.Struct, frozen=True):
    """A message: its version, its Body's one child, and the credentials that its Header holds."""

    version: Version
    child: Element
    credentials: tuple[Credentials, ...] = ()


def read_envelope(root: Element) -> Envelope:
    """The envelope in a request or an answer, by its root element.

    Raises INVALID_REQUEST for what is no SOAP message, VERSION_MISMATCH for another version of SOAP, MUST_UNDERSTAND
    for a header that says so and is not known, TOO_LARGE for too many headers.
    """
    version, header, calls = open_envelope(root)
    if len(calls) != 1:
        raise INVALID_REQUEST(f"The Body must hold exactly one element, the call; it holds {len(calls)}")
    credentials = _read_header(version, header, calls[0]) if header is not None else ()
    return Envelope(version, calls[0], credentials)


def open_envelope(root: Element) -> tuple[Version, Element | None, list[Element]]:
    """The version of a message, its Header if it has one, and what is in its Body. Raises as `read_envelope` does."""
    version = VERSIONS.get(str(root.tag))
    if version is None:
        raise _not_an_envelope(root)
    parts = _elements(root)
    header = parts[0] if len(parts) == 2 else None
    if not 1 <= len(parts) <= 2 or parts[-1].tag != version.body:
        raise INVALID_REQUEST(_LAYOUT)
    if header is not None and header.tag != version.tag("Header"):
        raise INVALID_REQUEST(_LAYOUT)
    return version, header, _elements(parts[-1])


def _not_an_envelope(root: Element) -> Exception:
    if str(root.tag).endswith("}Envelope"):
        return VERSION_MISMATCH("The Envelope is neither of SOAP 1.1 nor of SOAP 1.2")
    return INVALID_REQUEST("The body is not a SOAP Envelope")


def _elements(parent: Element) -> list[Element]:
    """The children of an element that may hold nothing else."""
    children = list(parent)
    text = parent.text
    if text and text.strip(WHITE_SPACE):
        raise INVALID_REQUEST(_TEXT)
    for child in children:
        text = child.tail
        if text and text.strip(WHITE_SPACE):
            raise INVALID_REQUEST(_TEXT)
    return children


def _read_header(version: Version, header: Element, child: Element) -> tuple[Credentials, ...]:
    """The credentials in the Header; a token's element is in the namespace of the call, or in none."""
    namespace = str(child.tag).rpartition("}")[0]
    token_tags = (f"{namespace}}}{TOKEN_HEADER}", TOKEN_HEADER)
    check_header(version, header, (*token_tags, SECURITY_HEADER))
    tokens = [Credentials(_text(each)) for each in header if each.tag in token_tags]
    return (
        *tokens,
        *(found for each in header.iterchildren(SECURITY_HEADER) for found in username_tokens(each)),
    )


def check_header(version: Version, header: Element, known: tuple[str, ...] = ()) -> None:
    """Raise MUST_UNDERSTAND for a header that says so and is not among those known, TOO_LARGE for too many."""
    if len(header) > limits.ENVELOPE_CALLS:
        raise TOO_LARGE(f"The Header holds more than {limits.ENVELOPE_CALLS} elements")
    for unknown in _must_understand(version, header, known):
        raise MUST_UNDERSTAND(f"The header {unknown[:100]} must be understood, and is not")


def _text(element: Element) -> str:
    return (element.text or "").strip(WHITE_SPACE)


def _must_understand(version: Version, header: Element, known: tuple[str, ...]) -> Iterator[str]:
    """The headers meant for this server that it may not ignore (1.1: section 4.2.3; 1.2: part 1, section 5.2.3)."""
    flag, role = version.tag("mustUnderstand"), version.tag(version.role)
    for each in header:
        if (
            each.tag not in known
            and each.get(flag, "").strip(WHITE_SPACE) in ("1", "true")
            and each.get(role, "").strip(WHITE_SPACE) in version.roles
        ):
            yield str(each.tag)


def version_of(content_type: str, body: bytes) -> Version:
    """The version to answer in when the message could not be read: by content type, else as the body begins.

    The content type of a message with attachments names it in a parameter (start-info: W3C, SOAP MTOM, section 3.2).
    """
    if SOAP12.media_type in content_type.lower() or SOAP12.namespace.encode() in body[:1000]:
        return SOAP12
    return SOAP11
