"""Moodle's PARAM words: what each takes and refuses, whole text and in linear time."""

import itertools
import re
import time
from collections.abc import Iterator
from typing import Annotated, Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import words
from gateway.faults import Fault
from gateway.types import Word
from gateway.validation import Validator
from tests.support.wire import declare

WORDS: dict[str, Word] = {
    each.name: each
    for annotation in vars(words).values()
    for each in get_args(annotation)
    if isinstance(each, Word)
}

TAKEN: dict[str, list[str]] = {
    "alpha": ["", "abc", "XYZ"],
    "alphaext": ["", "a_b-C"],
    "alphanum": ["", "a1Z"],
    "alphanumext": ["", "a_1-Z"],
    "safedir": ["", "en_us-1"],
    "safepath": ["", "a/b_c-1", "/", "/a"],
    "sequence": ["", "1", "1,2,3", ","],
    "username": ["jane", "jane.doe", "j-d_1@x.org", "0", "@"],
    "email": ["", "jane@example.org", "a.b+c@x-1.example", "o'neil@localhost", "!#$%&*@a.b"],
    "url": [
        *("", "http://example.org", "https://example.org:8080/a?b=c&d#e", "ftp://x/y", "mailto:a@b.c"),
        *("/a/b?c=d", "a/b", "?x=1", "#top", "example.org", "//example.org/x"),
    ],
    "notags": ["", "a < b", "a > b", "1<2", "a & b", "<", "< b", "<3"],
    "text": [
        "",
        "plain",
        '<span lang="en" class="multilang">a</span>',
        '<lang lang="pt_br">x</lang> y',
        "1 < 2",
    ],
    "raw_trimmed": ["", "a", "a b", "<b>x</b>"],
    "plugin": ["", "manual", "a1", "two_words", "a_1"],
    "area": ["", "draft", "a_b"],
    "component": ["", "core", "core_user", "mod_forum", "local_a1"],
    "stringid": ["accessexception", "a.b:c/d_e-1", "A"],
    "timezone": [
        *(
            "",
            "99",
            "0",
            "5",
            "-13",
            "13",
            "5.5",
            "-3.5",
            "12.0",
            "Europe/Paris",
            "UTC",
            "America/Argentina/Salta",
        ),
        *("Etc/GMT+5", "America/Port-au-Prince", "EST5EDT"),
    ],
}
REFUSED: dict[str, list[str]] = {
    "alpha": ["a1", "a b", "é", "a-b", "\n"],
    "alphaext": ["a1", "a b", "é"],
    "alphanum": ["a_b", "a b", "é", "١"],
    "alphanumext": ["a b", "a.b", "é"],
    "safedir": ["a/b", "..", "a.b"],
    "safepath": ["..", "a.b", "a\\b", "a b"],
    "sequence": ["1, 2", "a", "1;2", "-1", "١"],
    "username": ["", "Jane", "jane doe", "é", "a+b", "a/b", "a'b"],
    "email": [
        "nobody",
        "a@",
        "@b",
        "a@b@c",
        "a b@c.d",
        "a@b..c",
        ".a@b.c",
        "a.@b.c",
        "a@-b.c",
        "a@b-.c",
        "a@b_c",
    ],
    "url": [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://",
        "http:// x",
        "http://a b",
        "file:///x",
        "a:b",
        '"',
    ],
    "notags": ["<b>", "a<b>c", "</p>", "<!-- x -->", "<?php", "<script", "<A HREF=x>"],
    "text": [
        "<b>x</b>",
        '<span lang="en">a<i>',
        '<span class="multilang">a</span>',
        "<script>",
        "<lang lang=en>x",
    ],
    "raw_trimmed": [" a", "a ", "\ta", "a\u00a0", " "],
    "plugin": ["Manual", "1a", "_a", "a_", "a__b", "a-b"],
    "area": ["Draft", "a__b", "a b"],
    "component": ["Core", "core__user", "core_", "core user"],
    "stringid": ["", "1a", "a b", "é", "_a"],
    "timezone": [
        "14",
        "-14",
        "5.3",
        "100",
        "europe/paris",
        "Europe/",
        "Europe//Paris",
        "../etc/passwd",
        "+5",
        "05",
    ],
}


VALIDATORS = {
    name: Validator(called.name, called.signature)
    for name, word in WORDS.items()
    for called in [declare({"value": Annotated[str, word]}, None)]
}


def verdict(name: str, text: str) -> bool:
    """Whether a parameter of this word takes the text."""
    try:
        return VALIDATORS[name].arguments({"value": text}) == (text,)
    except Fault as fault:
        assert [each.path for each in fault.problems] == ["value"]
        return False


def test_every_word_has_its_tables() -> None:
    assert len(WORDS) == 18
    assert TAKEN.keys() == REFUSED.keys() == WORDS.keys()


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in TAKEN.items() for text in texts])
def test_taken(name: str, text: str) -> None:
    assert verdict(name, text)


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in REFUSED.items() for text in texts]
)
def test_refused(name: str, text: str) -> None:
    assert not verdict(name, text)


@pytest.mark.parametrize("name", sorted(WORDS.keys() - {"notags", "text"}))
def test_the_whole_text_counts_also_its_last_line(name: str) -> None:
    """A bare `$` would take "abc\\n"."""
    taken = next(text for text in TAKEN[name] if text)
    for text in (f"{taken}\n", f"\n{taken}", f"{taken}\x00", f"{taken}\r", f"{taken}\n{taken}"):
        assert (name == "raw_trimmed" and text.strip() == text) or not verdict(name, text)


def test_every_word_fits_its_own_example() -> None:
    assert [name for name, each in WORDS.items() if not verdict(name, each.example)] == []


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(
        st.sampled_from("<>/! abz19AZ_.:@\n\t\x01\x0b\x1f\x85\xa0\u2028\ufeff\uffff\"'\\\\`?#"), max_size=6
    )
)
@pytest.mark.parametrize("name", WORDS)
def test_what_documents_say_of_a_word_is_its_rule(name: str, text: str) -> None:
    """OpenAPI shows `expression`, also of words that a predicate decides."""
    expression = WORDS[name].expression
    assert expression is not None
    for each in (text, *TAKEN[name], *REFUSED[name]):
        if len(each) <= WORDS[name].max_length:
            assert (re.fullmatch(expression, each) is not None) is verdict(name, each)


def test_every_word_is_bounded() -> None:
    assert [name for name, each in WORDS.items() if verdict(name, "a" * (each.max_length + 1))] == []
    assert verdict("alpha", "a" * 255)


PUMPS = (
    *(
        "a",
        "a.",
        "a@",
        "a-",
        "_a",
        "a_",
        "-",
        "-_",
        "1,",
        "/a",
        "a/",
        "é",
        " ",
        "\t",
        "@",
        "A",
        "A/",
        "A-",
        "+",
    ),
    *("<", "</", '<span lang="en" class="multilang">', '<span lang="', "http://", "mailto:", "a:", "0."),
)


def _shapes(length: int) -> Iterator[str]:
    for pump in PUMPS:
        body = pump * (length // len(pump))
        for prefix, suffix in itertools.product(("", "a@", "A", "A/"), ("", "!", "\n")):
            yield f"{prefix}{body}{suffix}"


@pytest.mark.parametrize("name", sorted(WORDS))
def test_no_text_of_the_allowed_length_is_slow(name: str) -> None:
    """GHSL-2021-115 and its kin. Lengths grow, so that what is exponential fails before it hangs."""
    word: Any = WORDS[name]
    for length in sorted({12, 20, 24, 28, 32, 36, 40, 50, 90, 240, 2_000, min(word.max_length, 50_000)}):
        if length <= word.max_length:
            started = time.process_time()
            for text in _shapes(length):
                word.test(text)
            assert time.process_time() - started < 3, length
