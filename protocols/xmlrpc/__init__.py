"""XML-RPC (xmlrpc.com/spec) with the extensions `nil` and `i8`."""

from protocols.xmlrpc.protocol import XmlRpc

PROTOCOL = XmlRpc()
