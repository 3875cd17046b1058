"""The same services, through Spyne and through the bridge: zeep gets the same answers from both."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.bridges.services import COMPONENT, UserManagerService
from tests.bridges.side_by_side import Server, our_server, spyne_server
from tests.bridges.values import EXACT, TEXT, USER, VALUES
from tests.support.site import Site

RANDOM = settings(
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    site = Site(tmp_path_factory.mktemp("site"), [COMPONENT])
    yield spyne_server(), our_server(site, "ex_")
    site.close()


@pytest.mark.parametrize("operation", VALUES)
def test_200_random_values_give_the_same_answer(servers: tuple[Server, Server], operation: str) -> None:
    theirs, ours = servers

    @RANDOM
    @given(st.fixed_dictionaries(VALUES[operation]))
    def compare(arguments: dict[str, Any]) -> None:
        expected = theirs.call(operation, **arguments)
        assert _dated(ours.call(EXACT.get(operation, operation), **arguments)) == _dated(expected)

    compare()


def _dated(value: Any) -> Any:
    return value.isoformat() if type(value) is date else value  # named below


REFUSED = ("fault", "invalidparameter", "Invalid parameter value detected")
CODING_ERROR = ("fault", "codingerror", "Coding error detected, it must be fixed by a programmer")
DIFFERENCES: list[tuple[str, str, dict[str, Any], Any, Any]] = [
    # why, operation, arguments, what Spyne answers, what the bridge answers
    (
        "an instant without a zone is UTC here",
        "echo_datetime",
        {"value": datetime(2020, 1, 1, 12)},
        datetime(2020, 1, 1, 12),
        datetime(2020, 1, 1, 12, tzinfo=UTC),
    ),
    (
        "answers are in UTC here",
        "echo_datetime",
        {"value": datetime(2020, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))},
        datetime(2020, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))),
        datetime(2020, 1, 1, 10, tzinfo=UTC),
    ),
    (
        "a date is a restricted text in our WSDL: xsd:date costs .NET its plain methods",
        "echo_date",
        {"value": date(2020, 1, 1)},
        date(2020, 1, 1),
        "2020-01-01",
    ),
    (
        "Spyne leaves out the last value of its unsigned types",
        "echo_byte",
        {"value": 255},
        ("fault", "Client.ValidationError", "The value 255 could not be validated."),
        255,
    ),
    (
        "what Spyne refuses is invalidparameter here, with its path in the problems",
        "echo_pattern",
        {"value": "AB"},
        ("fault", "Client.ValidationError", "The value 'AB' could not be validated."),
        REFUSED,
    ),
    (
        "bounds are ours to check",
        "echo_int32",
        {"value": 100},
        ("fault", "Client.ValidationError", "The value 100 could not be validated."),
        REFUSED,
    ),
    ("integers have 64 bits here", "echo_integer", {"value": 2**63}, 2**63, REFUSED),
]


@pytest.mark.parametrize(
    ("operation", "arguments", "theirs", "ours"),
    [each[1:] for each in DIFFERENCES],
    ids=[each[0] for each in DIFFERENCES],
)
def test_each_difference_is_named(
    servers: tuple[Server, Server], operation: str, arguments: dict[str, Any], theirs: Any, ours: Any
) -> None:
    assert [server.call(operation, **arguments) for server in servers] == [theirs, ours]


def test_a_generator_that_fails_or_is_empty_is_answered_here(servers: tuple[Server, Server]) -> None:
    """Spyne's WsgiApplication lets both escape to the web server."""
    theirs, ours = servers
    with pytest.raises(TypeError):
        theirs.call("say_hello", name="x")
    assert ours.call("say_hello", name="x") == CODING_ERROR
    with pytest.raises(StopIteration):
        theirs.call("say_hello", name="x", times=0)
    assert not ours.call("say_hello", name="x", times=0)


def test_an_unknown_element_is_refused_here(servers: tuple[Server, Server]) -> None:
    """Spyne drops it: a misspelt parameter is lost without a word."""
    answers = []
    for server in servers:
        namespace = etree.fromstring(server.wsdl).get("targetNamespace")
        body = f'<e:echo_unicode xmlns:e="{namespace}"><e:valeu>lost</e:valeu></e:echo_unicode>'.replace(
            "echo_unicode", f"{server.prefix}echo_unicode"
        )
        envelope = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{body}</s:Body></s:Envelope>'
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        answers.append(server.send("POST", "http://localhost/soap", headers, envelope.encode()))
    assert answers[0][0] == 200
    assert b"lost" not in answers[0][1]
    assert answers[1][0] == 500
    assert b"valeu" in answers[1][1]


def test_a_bare_parameter_is_a_named_one_here(servers: tuple[Server, Server]) -> None:
    theirs, ours = servers
    animal = {"name": "x", "legs": 3}
    assert theirs.call("echo_bare", **animal) == ours.call("echo_bare", animal=animal) == animal


@RANDOM
@given(st.lists(USER, min_size=1, max_size=4))
def test_the_user_manager_does_the_same(servers: tuple[Server, Server], users: list[dict[str, Any]]) -> None:
    """Added, read, changed, listed, deleted, and not found, with the fault's own code and message."""
    theirs, ours = servers
    assert _manage(theirs, users) == _manage(ours, users)


def _manage(server: Server, users: list[dict[str, Any]]) -> list[Any]:
    UserManagerService.users.clear()
    seen = [server.call("add_user", user=user) for user in users]
    seen += [server.call("get_user", user_id=1), server.call("get_all_user")]
    seen.append(server.call("set_user", user=users[-1] | {"user_id": 1}))
    seen += [server.call("get_user", user_id=1), server.call("del_user", user_id=1)]
    seen += [server.call("get_user", user_id=1), server.call("del_user", user_id=77)]
    assert seen[-1] == ("fault", "Client.UserNotFound", "The user 77 does not exist")
    return seen


@settings(parent=RANDOM, max_examples=200)
@given(TEXT)
def test_rows_of_sqlalchemy_travel_as_their_plain_model(servers: tuple[Server, Server], title: str) -> None:
    ids = [server.call("put_book", book={"title": title}) for server in servers]
    found = [server.call("find_books", title=title) for server in servers]
    assert found[0] == found[1]
    assert {"id": ids[1], "title": title} in found[1]
