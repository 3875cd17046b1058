"""What docs/how-to/reverse-proxy.md says: commands and configurations, and where a test must be elsewhere than it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PAGE = (Path(__file__).resolve().parents[2] / "docs/how-to/reverse-proxy.md").read_text("utf-8")
_FENCE = r"\n```\w+\n(.*?)\n```"
CONFIGURATIONS: Mapping[str, str] = dict(
    re.findall(rf"<!-- configuration: (\w+) -->{_FENCE}", _PAGE, re.DOTALL)
)
"""The configuration of each proxy, as the page prints it."""

(_COMMANDS,) = re.findall(rf"<!-- commands -->{_FENCE}", _PAGE, re.DOTALL)
SETTINGS: Mapping[str, str] = dict(re.findall(r"^gateway config set (\S+) (\S+)$", _COMMANDS, re.MULTILINE))
"""The settings that the page's commands make."""

HOST = "api.example.org"


@dataclass(frozen=True)
class Place:
    """Where the proxy listens, where its gateway is, and where its files are."""

    port: int
    gateway: str
    folder: Path
    certificates: Path


def configuration(name: str, place: Place) -> str:
    """The page's configuration with its ports and paths moved to this place; nothing else is changed."""
    return _replaced(
        CONFIGURATIONS[name],
        {"127.0.0.1:8080": place.gateway, "/etc/ssl/gateway": str(place.certificates)} | _MOVES[name](place),
    )


def _nginx(place: Place) -> dict[str, str]:
    return {
        "listen 443": f"listen 127.0.0.1:{place.port}",
        "listen [::]:443": f"listen [::1]:{place.port}",
        "/var/log/nginx": str(place.folder),
    }


def _haproxy(place: Place) -> dict[str, str]:
    return {"bind :443": f"bind 127.0.0.1:{place.port}", "bind [::]:443": f"bind [::1]:{place.port}"}


def _caddy(place: Place) -> dict[str, str]:
    return {
        "{\n\tservers": "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers",
        f"https://{HOST} {{": f"https://{HOST}:{place.port} {{\n\tbind 127.0.0.1 [::1]",
    }


_MOVES = {"nginx": _nginx, "haproxy": _haproxy, "caddy": _caddy}


def _replaced(text: str, moves: Mapping[str, str]) -> str:
    for old, new in moves.items():
        assert old in text, f"the page no longer holds {old!r}"
        text = text.replace(old, new)
    return text
