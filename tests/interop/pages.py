"""Keeps the snippets of docs/how-to/ that show a client equal to the programs that are tested.

A program marks what a page shows: `// [docs:NAME]` (or `#`) on the line before, `// [docs:end]` on the line after.
A page says where its snippet comes from on the line before it: `<!-- from CLIENT/FILE: NAME -->`.
`python -m tests.interop.pages` writes all snippets anew.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.interop.clients import HERE, ROOT

FOLDER = ROOT / "docs" / "how-to"
SNIPPET = re.compile(
    r"^<!-- from (?P<file>\S+): (?P<name>\S+) -->\n```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)
_REGION = re.compile(
    r"^\s*(?:#|//) \[docs:(?P<name>\S+)\]\n(?P<text>.*?)^\s*(?:#|//) \[docs:end\]$", re.M | re.S
)


def pages() -> Mapping[Path, str]:
    """Every page that shows a client, with its text."""
    texts = {path: path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.md"))}
    return {path: text for path, text in texts.items() if SNIPPET.search(text)}


def regions() -> Iterator[tuple[str, str, str]]:
    """File (from tests/interop/clients/ on), name and text of everything that a program marks."""
    folder = HERE / "clients"
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        for found in _REGION.finditer(path.read_text("utf-8", errors="replace")):
            yield str(path.relative_to(folder)), found["name"], textwrap.dedent(found["text"]).rstrip() + "\n"


def filled(page: str) -> str:
    """A page with its snippets as the programs have them now. Raises KeyError for what no program marks."""
    known = {(file, name): text for file, name, text in regions()}

    def snippet(found: re.Match[str]) -> str:
        text = known[found["file"], found["name"]]
        return f"<!-- from {found['file']}: {found['name']} -->\n```{found['language']}\n{text}```"

    return SNIPPET.sub(snippet, page)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(filled(text), "utf-8")
