"""Py3AMF 0.9.1's remoting gateway: decode the packet, let its processors call, encode the answer.

These are the steps of its WSGI gateway without the WSGI environ. `pyamf.remoting` is pure Python; the package
has an optional compiled codec that is not installed here.
"""

from importlib.metadata import version

from bench.peers import workloads
from bench.peers.quiet import importing_pyamf

with importing_pyamf():
    from pyamf import remoting
    from pyamf.remoting.gateway.wsgi import WSGIGateway

NAME = f"Py3AMF {version('Py3AMF')}"
GATEWAY = WSGIGateway({"echo": workloads.echo, "names": workloads.names, "store": workloads.store})


def handle(body: bytes) -> bytes:
    """Answer one packet."""
    return answer(GATEWAY, body)


def answer(gateway: WSGIGateway, body: bytes) -> bytes:
    """What a gateway replies to a packet."""
    response = gateway.getResponse(remoting.decode(body), {})
    return bytes(remoting.encode(response).getvalue())
