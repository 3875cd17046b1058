"""The matrix: every cause, on every face, at every debug level, by token and by password, at `handle()`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from gateway.protocol import ANY
from tests.access.causes import METHODS, Method, Subject, make_fail, make_subject, site_settings
from tests.access.faces import FACES, Face
from tests.access.moodle_faces import ALL_FACES, MOODLE_FACES
from tests.access.pairs import SINGLES, Single
from tests.conformance.data import BY_NUMBER, Fault
from tests.support.site import Site

LEVELS: Mapping[str, bool] = {
    "none": False,
    "minimal": False,
    "normal": True,
    "all": True,
    "developer": True,
}
"""The debug levels, and whether they show causes."""
WAITS = {"3", "8", "24"}
"""The checks that say when to come again."""
CANNOT: Mapping[tuple[str, str], str] = {
    ("15", face): "the call is the Body's element, which has a name"
    for face in ("soap 1.1", "soap 1.2", "moodle soap", "moodle soap path")
}
"""Cells that are missing, by check and face."""
NOBODY = "nobody"
"""A caller who shows nothing, beside those whom CAUSES makes."""
ROWS: list[Single] = [*SINGLES, ("token", NOBODY)]


@dataclass(frozen=True)
class Case:
    """A caller who is refused, and the check that refuses him."""

    subject: Subject
    number: str
    expected: Fault
    asks: bool


@pytest.fixture(scope="module", params=ROWS, ids=" ".join)
def case(request: pytest.FixtureRequest, crowd: Site) -> Iterator[Case]:
    """Each cause in turn; the next one finds the site as it was."""
    method, number = request.param
    subject = make_subject(crowd, f"{method}-{number}", method)
    if number == NOBODY:
        subject.token = None
        yield Case(subject, "4t", BY_NUMBER["4t"].fault, asks=True)
        return
    with site_settings(crowd, make_fail(subject, number)):
        yield Case(subject, number, BY_NUMBER[number].fault, asks=False)


@pytest.mark.parametrize("face", ALL_FACES, ids=lambda face: face.name)
def test_cells(crowd: Site, case: Case, face: Face) -> None:
    if (case.number, face.name) in CANNOT:
        assert face.protocol == "soap", "the others have a place for a name that may be empty"
        return
    for level, shown in LEVELS.items():
        with site_settings(crowd, {"debug": level}):
            _assert_cell(case, face, shown=shown)


def _assert_cell(case: Case, face: Face, *, shown: bool) -> None:
    response = face.send(case.subject)
    seen, expected = face.fault(response.body), case.expected
    assert seen.errorcode == expected.errorcode, seen.cause
    assert seen.exception == (expected.exception if face.tells_class else "")
    assert response.status == face.fault_status(expected.status, asks=case.asks, number=case.number)
    assert seen.message
    assert not seen.problems
    assert re.search(expected.cause, seen.cause) if shown else seen.cause == ""
    assert seen.request_id == (response.headers["X-Request-Id"] if face.tells_request else "")
    assert (int(response.headers.get("Retry-After", 0)) > 0) is (case.number in WAITS)
    assert response.headers.get("WWW-Authenticate") == _challenge(case, response.status)
    assert case.subject.password.encode() not in response.body or not case.subject.password


def _challenge(case: Case, status: int) -> str | None:
    """Basic is offered only to who shows nothing; whose credential is wrong knows how to show one."""
    if status != 401:
        return None
    bearer = 'Bearer realm="Manifold"'
    return f'Basic realm="Manifold", charset="UTF-8", {bearer}' if case.asks else bearer


def test_a_site_without_passwords_does_not_ask_for_them(crowd: Site) -> None:
    subject = make_subject(crowd, "challenged")
    subject.token = None
    with site_settings(crowd, {"passwords": "false"}):
        asked = {face.send(subject).headers.get("WWW-Authenticate") for face in ALL_FACES}
    assert asked == {'Bearer realm="Manifold"', None}


@pytest.mark.parametrize("method", METHODS)
def test_who_may_call_is_answered_on_every_face(crowd: Site, method: Method) -> None:
    subject = make_subject(crowd, f"welcome-{method}", method)
    function = crowd.gateway.registry.functions[subject.function]
    for face in ALL_FACES:
        answer = face.send(subject)
        assert answer.status == 200, face.name
        if face.result is not None:
            assert face.result(answer.body) is None
            continue
        read = face.reader(crowd.gateway).read(
            function, answer.status, answer.headers, answer.body, crowd.gateway.site()
        )
        assert read is None, face.name


def test_the_matrix_has_every_face_and_every_check() -> None:
    """A protocol or a content type that is added without its cells fails here."""
    from gateway.plugins import find_protocols

    routes = {
        (protocol.name, protocol.face, media_type)
        for protocol in find_protocols()
        for route in protocol.routes
        for media_type in route.media_types
    }
    covered = {(face.protocol, face.adapter, face.content_type) for face in FACES}
    covered |= {(face.protocol, face.adapter, ANY) for face in MOODLE_FACES}
    assert routes - covered <= {
        ("soap", "modern", "application/xml"),
        ("xmlrpc", "modern", "application/xml"),
    }
    assert {number for _, number in SINGLES} == BY_NUMBER.keys()
    assert all(CANNOT.values())
    assert {number for number, _ in CANNOT} <= BY_NUMBER.keys()
    assert {face for _, face in CANNOT} <= {face.name for face in ALL_FACES}
