"""Functions that will go: since when callers are told, when they go, what replaces them; and how answers say so."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime


@dataclass(frozen=True, slots=True)
class Deprecation:
    """What `@function(deprecated=...)` says. Days begin at midnight, UTC.

    `removal` is the first day on which the function is not answered any more (None: not decided yet), `replacement` the
    name of the function to call instead (None: there is none). The registry checks both.
    """

    since: date
    removal: date | None = None
    replacement: str | None = None

    def removed_by(self, now: datetime) -> bool:
        """Whether the function is gone at an instant (aware, UTC)."""
        return self.removal is not None and now.date() >= self.removal

    @property
    def sentence(self) -> str:
        """What documentation says of it."""
        until = f", removed on {self.removal}" if self.removal else ""
        instead = f": call {self.replacement} instead" if self.replacement else ""
        return f"Deprecated since {self.since}{until}{instead}."


def deprecation_headers(called: Collection[Deprecation], addresses: dict[str, str]) -> dict[str, str]:
    """The HTTP headers of an answer to calls of deprecated functions: the earliest dates, and every replacement.

    `Deprecation` is RFC 9745's, `Sunset` RFC 8594's, the relation `successor-version` RFC 5829's. `addresses` has the
    URL of each replacement.
    """
    headers = {"Deprecation": f"@{int(_midnight(min(each.since for each in called)).timestamp())}"}
    removals = [each.removal for each in called if each.removal is not None]
    if removals:
        headers["Sunset"] = format_datetime(_midnight(min(removals)), usegmt=True)
    names = dict.fromkeys(each.replacement for each in called if each.replacement)
    if names:
        headers["Link"] = ", ".join(
            f'<{addresses[name]}>; rel="successor-version"; title="{name}"' for name in names
        )
    return headers


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
