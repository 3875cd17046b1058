"""The tables, read: what must be answered (checks, table), what clients lose, and what is known to fail.

A value that TOML has no form for is a table with one tagged key: `{"$bytes" = "AP8="}` (base64),
`{"$decimal" = "1.50"}`, `{"$null" = true}`. Dates and offset date-times are TOML's own.
"""

import base64
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).parent
NORMAL, MINIMAL = "normal", "minimal"
_TAGS: Mapping[str, Callable[[Any], Any]] = {
    "$bytes": base64.b64decode,
    "$decimal": Decimal,
    "$null": lambda _: None,
}


@dataclass(frozen=True)
class Fault:
    """What must come instead of a result. `cause` is a pattern, hidden below debug level NORMAL.

    `problems` maps the path of each problem to a pattern of its text.
    """

    exception: str
    errorcode: str
    status: int
    cause: str
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One rule of the authorization core: its number and name, and the Fault of whom it refuses."""

    number: str
    name: str
    fault: Fault


@dataclass(frozen=True)
class Row:
    """One line of the table.

    `check` names the cause that refuses this caller, who comes with what `by` says; `settings` is what the site is set
    to meanwhile. `raw` holds what
    a client's own typing cannot say, in the bytes of its protocol, by client or by protocol; `not_on` says why a
    client (or a protocol) is not asked at all.
    """

    name: str
    function: str
    arguments: Mapping[str, Any]
    value: Any
    fault: Fault | None
    check: str | None = None
    by: Literal["token", "password"] = "token"
    caller: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    not_on: Mapping[str, str] = field(default_factory=dict)

    def levels(self) -> tuple[str, ...]:
        """The debug levels that it is asked at: faults also at one that hides their cause."""
        named = self.settings.get("debug")
        if named is not None:
            return (named,)
        return (NORMAL,) if self.fault is None else (NORMAL, MINIMAL)


@dataclass(frozen=True)
class Loss:
    """What a client (and not the gateway) loses: it sees `sees`.

    `answer` is a pattern of the bytes that it was given; or `raw` is what, sent in its place, gives `value`.
    """

    client: str
    name: str
    function: str
    arguments: Mapping[str, Any]
    sees: Any
    answer: str = ""
    raw: str = ""
    value: Any = None
    caller: str = ""


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


def untag(value: Any) -> Any:
    """A value of a table as the Python value it stands for."""
    if isinstance(value, list):
        return [untag(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (tag := next(iter(value))) in _TAGS:
        return _TAGS[tag](value[tag])
    return {name: untag(each) for name, each in value.items()}


def _fault(line: Mapping[str, Any]) -> Fault:
    problems = {path: str(text) for path, text in line.get("problems", {}).items()}
    return Fault(line["class"], line["errorcode"], line["status"], line["cause"], problems)


def _check(line: Mapping[str, Any]) -> Check:
    return Check(line["number"], line["name"], _fault(line))


CHECKS: Sequence[Check] = [_check(line) for line in _load("checks.toml")["check"]]
BY_NUMBER: Mapping[str, Check] = {check.number: check for check in CHECKS}


def _row(line: dict[str, Any]) -> Row:
    arguments = untag(line.pop("arguments", {}))
    echoed, check, fault = line.pop("gives_back", None), line.get("check"), line.pop("fault", None)
    expected = BY_NUMBER[check].fault if check else None
    return Row(
        function=line.pop("function", ""),
        arguments=arguments,
        value=arguments[echoed] if echoed else untag(line.pop("value", None)),
        fault=_fault(fault) if fault else expected,
        **line,
    )


def _loss(line: dict[str, Any]) -> Loss:
    untagged = {name: untag(line.pop(name)) for name in ("arguments", "sees", "value") if name in line}
    defaults: dict[str, Any] = {"arguments": {}, "sees": None}
    return Loss(**(defaults | untagged | line))


ROWS: Sequence[Row] = [_row(line) for line in _load("table.toml")["row"]]
LOSSES: Sequence[Loss] = [_loss(line) for line in _load("losses.toml").get("loss", [])]
KNOWN_FAILURES: Mapping[tuple[str, str], str] = {
    (line["row"], line["client"]): line["reason"] for line in _load("known_failures.toml").get("failure", [])
}
"""Why a row fails through a client, by the names of both. It may only shrink."""
