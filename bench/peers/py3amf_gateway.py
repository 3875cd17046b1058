"""Py3AMF 0.9.1's remoting gateway: decode the packet, let its processors call, encode the answer.

`handle` takes the steps of its WSGI gateway without the WSGI environ, and asks nobody who calls; `handle_wsgi` goes the
whole way, with an authenticator. `pyamf.remoting` is pure Python; the package has an optional compiled codec that is
not installed here.
"""

from importlib.metadata import version

from bench.peers import workloads, wsgi
from bench.peers.quiet import importing_pyamf

with importing_pyamf():
    from pyamf import remoting
    from pyamf.remoting.gateway.wsgi import WSGIGateway

NAME = f"Py3AMF {version('Py3AMF')}"
FUNCTIONS = {"echo": workloads.echo, "names": workloads.names, "store": workloads.store}
GATEWAY = WSGIGateway(FUNCTIONS)
PASSWORDS = {"jane": "correct horse battery staple"}
CREDENTIALS = next(iter(PASSWORDS.items()))
GUARDED = WSGIGateway(FUNCTIONS, authenticator=lambda user, password: PASSWORDS.get(user) == password)
"""Asks as its documentation shows it: a user's password is looked up, and compared."""


def handle(body: bytes) -> bytes:
    """Answer one packet."""
    return answer(GATEWAY, body)


def handle_wsgi(body: bytes) -> bytes:
    """Answer one packet, which shows CREDENTIALS, through the gateway that asks for them."""
    return wsgi.post(GUARDED, body, remoting.CONTENT_TYPE)[1]


def answer(gateway: WSGIGateway, body: bytes) -> bytes:
    """What a gateway replies to a packet."""
    response = gateway.getResponse(remoting.decode(body), {})
    return bytes(remoting.encode(response).getvalue())
