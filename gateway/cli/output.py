"""How commands print: tables or JSON, and what the checks say."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
import msgspec

from gateway.access import Finding, Outcome
from gateway.explain import History, Logged


def say(text: str) -> None:
    """Print a line that may hold what a caller sent: nothing in it reaches the terminal as a command."""
    click.echo("".join(each if each.isprintable() else "\ufffd" for each in text))


def show(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    """Print rows as a table, or as a JSON list."""
    if as_json:
        click.echo(_json(rows))
    elif rows:
        table = [list(rows[0]), *([_cell(each) for each in row.values()] for row in rows)]
        widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
        for line in table:
            say("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def show_one(row: dict[str, Any], as_json: bool) -> None:
    """Print one thing, a line for each of its values and for each item of a list, or as a JSON object."""
    if as_json:
        click.echo(_json(row))
        return
    for name, value in row.items():
        items = [_item(each) for each in value] if isinstance(value, list) else [_cell(value)]
        for position, item in enumerate(items or [""]):
            say(f"{'' if position else name:<24}{item}".rstrip())


def show_findings(findings: Sequence[Finding], as_json: bool) -> None:
    """Print what every check said, with cause and remedy of those that failed."""
    if as_json:
        click.echo(_json(findings))
        return
    for each in findings:
        say(f"{each.number:>3}  {each.outcome:<11}  {_name(each)}")
        _show_failure("", each)


def show_history(history: History, as_json: bool) -> None:
    """Print a logged call, and what every check said then and says now, side by side."""
    if as_json:
        click.echo(_json(history))
        return
    say(_sentence(history.record))
    if history.then is None:
        click.echo("No check refused it then.")
    if history.now is None:
        click.echo("Nobody knows who called, so that nothing can be said of now.")
        return
    then = {each.number: each for each in history.then or ()}
    now = {each.number: each for each in history.now}
    click.echo(f"\n     {'then':<11}  now")
    for number in dict.fromkeys([*then, *now]):
        before, after = then.get(number), now.get(number)
        outcomes = [each.outcome.value if each else "" for each in (before, after)]
        name = _name(after) if after else _name(before) if before else ""
        click.echo(f"{number:>3}  {outcomes[0]:<11}  {outcomes[1]:<11}  {name}")
        _show_failure("then ", before)
        _show_failure("now ", after)


def failed(findings: Sequence[Finding]) -> bool:
    """Whether a check would refuse the call."""
    return any(each.outcome is Outcome.FAILED for each in findings)


def _name(finding: Finding) -> str:
    why = f" ({finding.cause})" if finding.outcome is Outcome.NOT_REACHED and finding.cause else ""
    return f"{finding.name}{why}"


def _show_failure(when: str, finding: Finding | None) -> None:
    if finding is not None and finding.outcome is Outcome.FAILED:
        say(f"     {when}cause:  {finding.cause}")
        say(f"     {when}remedy: {finding.remedy}")


def _sentence(record: Logged) -> str:
    who = record.user or "somebody unknown"
    with_token = f" with the token {record.token}" if record.token else ""
    check = f" by check {record.check}" if record.check else ""
    came = (
        "answered" if record.outcome == "ok" else f"refused{check} ({record.outcome}): {record.cause or ''}"
    )
    return (
        f"{record.at:%Y-%m-%d %H:%M:%S} UTC  {record.protocol}  {record.function or 'no function'}  "
        f"{who}{with_token} from {record.address}: {came}"
    )


def _json(value: Any) -> str:
    return json.dumps(msgspec.to_builtins(value), indent=2)


def _item(value: Any) -> str:
    if not isinstance(value, dict):
        return _cell(value)
    given = {name: each for name, each in value.items() if each is not None}
    return ", ".join(
        _cell(each) if not position else f"{name} {_cell(each)}"
        for position, (name, each) in enumerate(given.items())
    )


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
