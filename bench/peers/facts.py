"""What was found out about a peer by trying it, and how it is printed."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One question put to a peer as it comes, what was seen, and what a remedy made of it."""

    question: str
    answer: bool
    seen: str
    remedy: str = "no setting found"


def said(answer: bool) -> str:
    """yes or no."""
    return "yes" if answer else "no"


def table(facts: Iterable[Fact]) -> str:
    """The facts as a Markdown table."""
    rows = [f"| {fact.question} | {said(fact.answer)} | {fact.seen} | {fact.remedy} |" for fact in facts]
    return "\n".join(
        ["| question | answer | seen | the same question with a remedy |", "|---|---|---|---|", *rows]
    )
