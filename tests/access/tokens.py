"""The addresses that hand out tokens: how they are asked, and every reason for which they refuse, in their order."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from gateway.web import Response
from tests.access.causes import LONG_AGO, PEER, Subject, make_fail
from tests.conformance.data import BY_NUMBER
from tests.support.site import Site
from tests.support.wire import FORM

TOKEN, SCRIPT = "/token", "/login/token.php"


def values_of(subject: Subject, **others: str) -> dict[str, str]:
    """What he sends; a value that is empty is left out."""
    values = {"username": subject.username, "password": subject.password, "service": subject.name} | others
    return {name: value for name, value in values.items() if value}


def send(
    site: Site,
    path: str,
    body: bytes,
    content_type: str = FORM,
    *,
    method: str = "POST",
    query: str = "",
    peer: str = PEER,
    **headers: str,
) -> Response:
    """The answer to a request."""
    given = {"content-type": content_type, "content-length": str(len(body))} if body else {}
    return site.gateway.handle(method, path, query, given | headers, body, peer)


def ask(site: Site, path: str, values: Mapping[str, str], **options: str) -> Response:
    """The answer to a form."""
    return send(site, path, urlencode(values).encode(), **options)


def answer(response: Response) -> dict[str, Any]:
    """The JSON that came."""
    read: dict[str, Any] = json.loads(response.body)
    return read


def basic(username: str, password: str) -> str:
    """The Authorization header of RFC 7617."""
    return f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"


@dataclass(frozen=True)
class Row:
    """One reason to refuse: how it is made, and what is said. `number` is a check that `make_fail` makes fail.

    `excludes` names rows that cannot be true at the same time, `cause` is a pattern.
    """

    name: str
    errorcode: str
    cause: str = ""
    number: str = ""
    apply: Callable[[Subject], None] | None = None
    send: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    excludes: frozenset[str] = frozenset()

    def arrange(self, subject: Subject) -> Mapping[str, str]:
        """Make it true; the settings that the site needs besides."""
        if self.apply is not None:
            self.apply(subject)
        return self.settings | (make_fail(subject, self.number) if self.number else {})


def _of_check(number: str, errorcode: str, *excludes: str) -> Row:
    cause = BY_NUMBER[number].fault.cause
    return Row(number, errorcode, cause, number=number, excludes=frozenset(excludes))


def _expire(subject: Subject) -> None:
    subject.user(password_expires_at=None, password_changed_at=LONG_AGO)


NAMELESS = Row("no user name", "missingparam", "", send={"username": ""})
AGED = {"password_max_age_days": "30"}
MAY_NOT = Row(
    "no right to make one",
    "cannotcreatetoken",
    "^The user .* lacks the capability moodle/webservice:createtoken$",
    apply=lambda subject: subject.prohibit(
        "moodle/webservice:createtoken", "moodle/webservice:createmobiletoken"
    ),
)
NOWHERE = frozenset({"17", "18", "19", "20", "21"})
SCRIPT_ROWS: Sequence[Row] = (
    NAMELESS,
    Row("no password", "missingparam", "", send={"password": ""}),
    Row("no service", "missingparam", "", send={"service": ""}),
    _of_check("1", "enablewsdescription"),
    _of_check("3", "toomanyattempts"),
    _of_check("7p", "usernamenotfound"),
    Row(
        "may not log in",
        "usernamenotfound",
        "authentication lets nobody log in",
        apply=lambda subject: subject.user(auth="webservice"),
    ),
    _of_check("9", "usernamenotfound"),
    _of_check("11", "usernamenotfound"),
    Row(
        "backend disabled",
        "usernamenotfound",
        "The authentication manual of .* is disabled",
        settings={"auth": "webservice"},
        excludes=frozenset({"may not log in"}),
    ),
    _of_check("8", "sitemaintenance"),
    _of_check("10", "usernotconfirmed"),
    Row(
        "password expired",
        "passwordisexpired",
        r"^The password of .* expired on 2020-01-31",
        apply=_expire,
        settings=AGED,
        excludes=frozenset({"change due"}),
    ),
    Row("change due", "forcepasswordchangenotice", BY_NUMBER["12"].fault.cause, number="12"),
    Row(
        "no such service",
        "servicenotavailable",
        "No service has that short name",
        send={"service": "nowhere"},
        excludes=NOWHERE,
    ),
    _of_check("17", "servicenotavailable"),
    _of_check("18", "missingrequiredcapability"),
    _of_check("19", "usernotallowed", "20", "21"),
    _of_check("20", "invalidtimedtoken"),
    _of_check("21", "invalidiptoken"),
    MAY_NOT,
)


def _modern(number: str, *excludes: str) -> Row:
    return _of_check(number, BY_NUMBER[number].fault.errorcode, *excludes)


TOKEN_ROWS: Sequence[Row] = (
    _modern("1"),
    _modern("3"),
    _modern("4p"),
    Row(
        "5p",
        "missingusername",
        f"{BY_NUMBER['5p'].fault.cause}|^Neither",
        send={"username": ""},
        excludes=frozenset({"7p"}),
    ),
    Row(
        "6p",
        "missingpassword",
        BY_NUMBER["6p"].fault.cause,
        send={"password": ""},
        excludes=frozenset({"7p"}),
    ),
    _modern("7p"),
    _modern("8"),
    _modern("9"),
    _modern("10"),
    _modern("11"),
    _modern("12"),
    _modern("13"),
    Row("no service", "invalidparameter", "service: is missing", send={"service": ""}, excludes=NOWHERE),
    Row(
        "no such service",
        "servicenotavailable",
        "No service is called nowhere",
        send={"service": "nowhere"},
        excludes=NOWHERE,
    ),
    _modern("17"),
    _modern("18"),
    _modern("19", "20", "21"),
    _modern("20"),
    _modern("21"),
    MAY_NOT,
)


def adjacent(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Each row with the next one that can be true beside it."""
    for at, first in enumerate(rows):
        followers = (
            row
            for row in rows[at + 1 :]
            if row.name not in first.excludes
            and first.name not in row.excludes
            and not first.send.keys() & row.send
        )
        second = next(followers, None)
        if second is not None:
            yield first, second
