"""Every remedy that a check names is a command that mends it, or stands in a reviewed table."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click
import pytest
from click.testing import Result
from sqlalchemy.orm import Session

from gateway import access
from gateway.access import CHECKS, Finding, Outcome
from gateway.cli import main
from gateway.store import Service, User
from tests.access.causes import Subject, make_fail, make_subject, open_widely, site_settings
from tests.access.probe import facts_of
from tests.support.command import invoke
from tests.support.site import Site

DOCS = Path(__file__).resolve().parents[2] / "docs"
NEW_PASSWORD = "N3w-horse-1"
NO_COMMAND = {
    "3": "time passes, or a known token comes",
    "5p": "the caller sends his name",
    "6p": "the caller sends his password",
    "6t": "the caller logs in anew",
    "9": "a deleted user stays deleted",
    "15": "the caller names a function",
    "23": "the caller calls another function, or the component's authors postpone",
}
"""Checks that no command of an administrator mends, and what does."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site is."""
    return tmp_path_factory.mktemp("crowd")


@pytest.fixture(scope="module")
def crowd(folder: Path) -> Iterator[Site]:
    """A site that many callers share; each test makes its own."""
    site = Site(folder)
    open_widely(site)
    yield site
    site.close()


def finding(subject: Subject, number: str) -> Finding:
    """What one check says of the subject's call."""
    return next(each for each in access.explain(facts_of(subject)) if each.number == number)


def words(subject: Subject, remedy: str, run: Callable[..., Result]) -> list[str]:
    """A remedy's command, its placeholders replaced by what the subject has."""
    program, *command = shlex.split(remedy.partition(", ")[0].partition(" or ")[0])
    assert program == "gateway"
    shown = json.loads(run("user", "show", subject.name, "--json").output)
    known = {"USER": subject.name, "SERVICE": subject.name, "ROLE": shown["roles"][-1].split()[0]}
    return [known.get(word, word) for word in command]


@pytest.mark.parametrize(
    "number", [check.number for check in CHECKS if check.number not in {*NO_COMMAND, "16"}]
)
def test_the_remedy_mends_what_failed(crowd: Site, folder: Path, number: str) -> None:
    subject = make_subject(crowd, f"mend-{number}", "password" if number.endswith("p") else "token")
    if number == "22":
        subject.function = "core_webservice_get_site_info"  # the command knows what is installed
    run = partial(invoke, folder)
    with site_settings(crowd, make_fail(subject, number)):
        before = finding(subject, number)
        assert before.outcome is Outcome.FAILED
        typed = f"{NEW_PASSWORD}\n{NEW_PASSWORD}\n"
        result = run(*words(subject, before.remedy, run), typed=typed)
        if number in ("4t", "5t"):
            subject.token = result.output.strip()
        if number == "7p":
            subject.password = NEW_PASSWORD
        if number == "24":
            assert _rate_limit(crowd, subject) == 2
            subject.limited = None  # as it will be, with twice as many calls a minute
        facts = facts_of(subject)
        access.enforce(facts)
        assert {each.outcome for each in access.explain(facts)} <= {Outcome.PASSED, Outcome.NOT_REACHED}


def _rate_limit(site: Site, subject: Subject) -> int | None:
    with Session(site.engine) as db:
        return db.query(User).filter_by(username=subject.name).one().rate_limit


def test_a_disabled_backend_is_enabled_by_its_remedy(crowd: Site, folder: Path) -> None:
    subject = make_subject(crowd, "mend-backend")
    crowd.set("auth", "webservice")
    before = finding(subject, "13")
    assert before.remedy == "gateway config set auth manual,webservice"
    invoke(folder, *shlex.split(before.remedy)[1:])
    access.enforce(facts_of(subject))


def test_an_unknown_function_is_found_in_the_list(crowd: Site, folder: Path) -> None:
    subject = make_subject(crowd, "mend-16")
    make_fail(subject, "16")
    assert finding(subject, "16").remedy == "gateway functions"
    assert "core_user_create_users" in invoke(folder, "functions").output


@pytest.mark.parametrize("number", NO_COMMAND)
def test_what_no_command_mends_has_a_sentence_all_the_same(crowd: Site, number: str) -> None:
    subject = make_subject(crowd, f"told-{number}", "password" if number.endswith("p") else "token")
    with site_settings(crowd, make_fail(subject, number)):
        assert finding(subject, number).remedy


def test_names_in_a_remedy_are_safe_to_paste(crowd: Site) -> None:
    subject = make_subject(crowd, "mend-quoting")
    columns = {"shortname": None, "name": "A service; reboot", "enabled": False}
    crowd.change(Service, {"shortname": subject.name}, **columns)
    remedy = finding(subject, "17").remedy
    assert shlex.split(remedy) == ["gateway", "service", "change", "A service; reboot", "--enabled"]


COMMAND = re.compile(r"(?:`|^\$ |^    |bin/)gateway ([a-z]+)(?: ([a-z]+))?", re.MULTILINE)
PAGES = [
    path
    for path in (*sorted(DOCS.rglob("*.md")), DOCS.parent / "README.md")
    if COMMAND.search(path.read_text())
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    for name, second in COMMAND.findall(page.read_text()):
        assert name in main.commands
        group = main.commands[name]
        assert not isinstance(group, click.Group) or not second or second in group.commands, second
