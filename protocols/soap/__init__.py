"""SOAP 1.1 and 1.2, document/literal wrapped, sans I/O.

One module a concept: `envelope` (messages), `fault`, `reader` and `writer` (compiled from types), `lexical` (scalars),
`names`, `wsdl`, `client` (the other side), `protocol` (the adapter).
"""

from protocols.soap.protocol import Soap

__all__ = ["PROTOCOL", "Soap"]

PROTOCOL = Soap()
