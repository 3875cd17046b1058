"""Moodle's PARAM words as annotated types: `username: Username` instead of `username: str`.

The rules are those of Moodle 2.7's parameter types, where cleaning that would change a value refuses it instead.
Every word is bounded in length and matches the whole text.
"""

import re
from collections.abc import Callable
from typing import Annotated

from gateway.types import Word

_TAG = re.compile(r"<[a-zA-Z/!?]")
_MULTILANG_TAG = (
    r'<span lang="[a-zA-Z0-9_-]{1,30}" class="multilang">|</span>|<lang lang="[a-zA-Z0-9_-]{1,30}">|</lang>'
)
_MULTILANG = re.compile(_MULTILANG_TAG)
_LONG = 1_000_000
_CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff"
"""What XML 1.0 forbids, which no text may hold, for a class of characters."""
_SPACES = r"\t\n\r\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space as str.strip() knows it."""
_UNTAGGED = rf"[^<{_CONTROLS}]|<(?![a-zA-Z/!?])"
_UNTRIMMED = _SPACES + _CONTROLS
_IN_URL = rf"""[^{_SPACES}{_CONTROLS}<>"'`\\]"""


def _has_no_tags(text: str) -> bool:
    return "<" not in text or _TAG.search(text) is None


def _has_only_multilang_tags(text: str) -> bool:
    return "<" not in text or _has_no_tags(_MULTILANG.sub("", text))


def _is_trimmed(text: str) -> bool:
    return text == text.strip()


def _word(name: str, problem: str, pattern: str, max_length: int, example: str) -> Word:
    return Word(name, problem, max_length, pattern=pattern, example=example)


def _rule(name: str, problem: str, accepts: Callable[[str], bool], expression: str, example: str) -> Word:
    return Word(name, problem, _LONG, accepts=accepts, expression=expression, example=example)


Alpha = Annotated[str, _word("alpha", "not made of ASCII letters only", "[a-zA-Z]*", 255, "abc")]
AlphaExt = Annotated[
    str, _word("alphaext", "not made of ASCII letters, _ and - only", "[a-zA-Z_-]*", 255, "a-b")
]
AlphaNum = Annotated[
    str, _word("alphanum", "not made of ASCII letters and digits only", "[a-zA-Z0-9]*", 255, "a1")
]
AlphaNumExt = Annotated[
    str, _word("alphanumext", "not made of ASCII letters, digits, _ and - only", "[a-zA-Z0-9_-]*", 255, "a_1")
]
SafeDir = Annotated[
    str, _word("safedir", "not made of ASCII letters, digits, _ and - only", "[a-zA-Z0-9_-]*", 255, "en")
]
SafePath = Annotated[
    str,
    _word("safepath", "not made of ASCII letters, digits, _, - and / only", "[a-zA-Z0-9_/-]*", 1333, "a/b"),
]
Sequence = Annotated[str, _word("sequence", "not a list of digits and commas", "[0-9,]*", 100_000, "1,2,3")]
Username = Annotated[
    str,
    _word(
        "username",
        "not a user name: lower-case letters, digits and -._@ only",
        "[-._@a-z0-9]+",
        100,
        "jane.doe",
    ),
]
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
Email = Annotated[
    str,
    _word(
        "email",
        "not an e-mail address",
        rf"(?:{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*)?",
        254,
        "jane@example.org",
    ),
]
Url = Annotated[
    str,
    _word(
        "url",
        "not a URL (http, https, ftp, mailto or relative)",
        rf"(?:(?:https?|ftp)://(?![/?#]){_IN_URL}+|mailto:{_IN_URL}+|(?![a-zA-Z][a-zA-Z0-9+.-]*:){_IN_URL}*)",
        2048,
        "https://example.org/",
    ),
]
NoTags = Annotated[
    str, _rule("notags", "not free of markup", _has_no_tags, rf"(?:{_UNTAGGED})*", "plain text")
]
Text = Annotated[
    str,
    _rule(
        "text",
        "not free of markup",
        _has_only_multilang_tags,
        rf"(?:{_MULTILANG_TAG}|{_UNTAGGED})*",
        "plain text",
    ),
]
RawTrimmed = Annotated[
    str,
    _rule(
        "raw_trimmed",
        "not free of white space at its ends",
        _is_trimmed,
        rf"(?:[^{_UNTRIMMED}](?:[^{_CONTROLS}]*[^{_UNTRIMMED}])?)?",
        "text",
    ),
]
_PART = r"[a-z](?:_?[a-z0-9])*"
Plugin = Annotated[str, _word("plugin", "not the name of a plugin", rf"(?:{_PART})?", 100, "manual")]
Area = Annotated[str, _word("area", "not the name of an area", rf"(?:{_PART})?", 100, "draft")]
ComponentName = Annotated[
    str, _word("component", "not the name of a component", rf"(?:{_PART})?", 100, "core_user")
]
StringId = Annotated[
    str, _word("stringid", "not the id of a text", r"[a-zA-Z][a-zA-Z0-9.:/_-]*", 255, "accessexception")
]
Timezone = Annotated[
    str,
    _word(
        "timezone",
        "not a time zone (99, hours from -13 to 13, or Area/City)",
        r"(?:99|-?(?:[0-9]|1[0-3])(?:\.[05])?|[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*)?",
        100,
        "Europe/Paris",
    ),
]
