"""Golden files: HTTP messages as they travel, byte for byte, in pairs NAME.request and NAME.response.

A request is written by hand (head lines end in CR LF); `pytest --golden` writes the responses anew.
"""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from gateway.web import Response
from tests.support.site import Site

_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Exchange:
    """One pair of files."""

    folder: Path
    name: str

    @property
    def request(self) -> bytes:
        """The request as it is sent."""
        return (self.folder / f"{self.name}.request").read_bytes()

    @property
    def answer(self) -> Path:
        """Where the response is."""
        return self.folder / f"{self.name}.response"

    def send(self, site: Site) -> bytes:
        """What a gateway answers to the request now."""
        head, _, body = self.request.partition(_END)
        line, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = line.split(" ")
        headers = dict(each.split(": ", 1) for each in lines)
        parts = urlsplit(target)
        lowered = {name.lower(): value for name, value in headers.items()}
        return write(site.gateway.handle(method, parts.path, parts.query, lowered, body, "127.0.0.1"))


def exchanges(folder: Path) -> list[Exchange]:
    """The pairs of files in a folder, by name."""
    return [Exchange(folder, each.stem) for each in sorted(folder.glob("*.request"))]


def write(response: Response) -> bytes:
    """A response as it travels, but for what the server adds (Date)."""
    line = f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"
    lines = [line, *(f"{name}: {value}" for name, value in response.headers.items())]
    return "\r\n".join(lines).encode("latin-1") + _END + response.body
