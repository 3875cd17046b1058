"""Messages in SOAP's own encoding: the call in a Body, and the answer around a result, in the version of the call.

SOAP 1.1 sections 5 and 7; SOAP 1.2 part 2, sections 3 and 4. An answer is laid out as PHP's SoapServer does.
"""

from dataclasses import dataclass

import msgspec

from gateway import xml
from gateway.faults import INVALID_REQUEST
from gateway.xml import Element, escape_attribute
from protocols.soap.envelope import SOAP11, SOAP12, Version, check_header, open_envelope
from protocols.soap.names import XSI

ENCODING11 = "http://schemas.xmlsoap.org/soap/encoding/"
ENCODING12 = "http://www.w3.org/2003/05/soap-encoding"
XSD = "http://www.w3.org/2001/XMLSchema"
APACHE = "http://xml.apache.org/xml-soap"
"""The namespace of `Map`: how PHP and Axis write what has keys."""

IDS = ("id", f"{{{ENCODING12}}}id")
"""The attributes by which references name an element."""

_RPC12 = "http://www.w3.org/2003/05/soap-rpc"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES = f'xmlns:xsd="{XSD}" xmlns:xsi="{XSI}" xmlns:ns2="{APACHE}"'


class Arguments(msgspec.Struct, frozen=True):
    """A call whose parts are not read yet: its element, and all that its Body holds, which references may name."""

    version: Version
    call: Element
    body: list[Element]

    @property
    def name(self) -> str:
        """The function's name: PHP matches it in any letter case and looks at no namespace."""
        return str(self.call.tag).rpartition("}")[2].lower()


def read_call(body: bytes) -> Arguments:
    """The call in a message: the one element of the Body that no reference can name.

    Raises INVALID_REQUEST, VERSION_MISMATCH, MUST_UNDERSTAND, TOO_LARGE.
    """
    version, header, children = open_envelope(xml.parse(body))
    if header is not None:
        check_header(version, header)
    calls = [each for each in children if not any(map(each.get, IDS))]
    if len(calls) != 1:
        raise INVALID_REQUEST(f"The Body must hold exactly one call; it holds {len(calls)}")
    return Arguments(version, calls[0], children)


@dataclass(frozen=True)
class Frame:
    """What stands around a result."""

    opening: bytes
    closing: bytes


def frame(function: str, namespace: str, version: Version) -> Frame:
    """The answer of a function, but for the `return` element in it."""
    space = escape_attribute(namespace)
    if version is SOAP11:
        opening = (
            f'{_DECLARATION}<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP11.namespace}" xmlns:ns1="{space}" {_NAMESPACES} '
            f'xmlns:SOAP-ENC="{ENCODING11}" SOAP-ENV:encodingStyle="{ENCODING11}"><SOAP-ENV:Body>'
            f"<ns1:{function}Response>"
        )
        closing = f"</ns1:{function}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    else:
        opening = (
            f'{_DECLARATION}<env:Envelope xmlns:env="{SOAP12.namespace}" xmlns:ns1="{space}" {_NAMESPACES} '
            f'xmlns:enc="{ENCODING12}"><env:Body xmlns:rpc="{_RPC12}">'
            f'<ns1:{function}Response env:encodingStyle="{ENCODING12}"><rpc:result>return</rpc:result>'
        )
        closing = f"</ns1:{function}Response></env:Body></env:Envelope>\n"
    return Frame(opening.encode(), closing.encode())
