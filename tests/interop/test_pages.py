"""The pages of docs/how-to/ that show clients hold what the tested programs do, and nothing else."""

import re
from pathlib import Path

import pytest

from tests.interop.clients import CLIENTS, ROOT
from tests.interop.pages import FOLDER, SNIPPET, filled, pages, regions

INDEX = FOLDER / "clients" / "README.md"
FENCE = re.compile(r"^```\w+$", re.MULTILINE)
LANGUAGES = ("cpp", "curl", "dotnet", "flash", "java", "node", "perl", "php", "python")
PAGES = sorted(pages())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_snippets_are_the_programs_own(page: Path) -> None:
    """`python -m tests.interop.pages` writes them anew. No page shows code that was not run."""
    text = page.read_text("utf-8")
    assert filled(text) == text
    assert len(SNIPPET.findall(text)) == len(FENCE.findall(text))


def test_what_programs_mark_is_shown() -> None:
    shown = {(found["file"], found["name"]) for text in pages().values() for found in SNIPPET.finditer(text)}
    marked = {(file, name) for file, name, _ in regions() if _folder(file) in _folders()}
    assert marked <= shown


def test_every_client_shows_how_it_is_used() -> None:
    assert _folders() <= {_folder(file) for file, _, _ in regions()}


def _folder(file: str) -> str:
    return file.partition("/")[0]


def _folders() -> set[str]:
    return {each.folder.name for each in CLIENTS}


def test_there_is_a_way_to_every_page() -> None:
    index = INDEX.read_text("utf-8")
    assert f"({INDEX.relative_to(ROOT)})" in (ROOT / "README.md").read_text("utf-8")
    assert all(f"({page.name})" in index for page in PAGES if page.parent == INDEX.parent)
    assert {page.stem for page in PAGES} >= set(LANGUAGES)
