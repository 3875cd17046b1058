"""Other implementations of the same three workloads, in process and without an HTTP server.

Each peer is a module with a `NAME` and a pure `handle(body: bytes) -> bytes` that takes any of the request
bodies of `payloads` for its protocol. `workloads` holds the functions that every peer runs, `answers` reads
what a peer sends back, so that a benchmark can prove that two contenders did the same work before timing them.
"""

from typing import Protocol


class Peer(Protocol):
    """What a benchmark needs of a peer; the modules of this package have this shape."""

    NAME: str

    def handle(self, body: bytes, /) -> bytes:
        """Decode one request, call the function it names, encode the answer."""
        ...
