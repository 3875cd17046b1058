"""The methods `system.*`, as xmlrpc.client calls them at `handle()`: introspection, and many calls in one request."""

import xmlrpc.client
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import ABSENT, Maybe, Struct, limits
from gateway.store import CallRecord, User
from gateway.web import Response
from protocols.xmlrpc.help import help_of, signatures_of
from tests.support.site import Site
from tests.support.wire import declare, fault_in, xmlrpc_call

OWN = [
    "system.listMethods",
    "system.methodSignature",
    "system.methodHelp",
    "system.getCapabilities",
    "system.multicall",
]
OK = {"methodName": "test_echo", "params": [5, "text"]}


def send(site: Site, body: bytes, *, token: str | None = None) -> Response:
    return site.post("/xmlrpc", body, "text/xml", token=token)


def call(site: Site, method: str, *arguments: Any, token: str | None = None) -> Any:
    """The result; raises xmlrpc.client.Fault."""
    body = xmlrpc.client.dumps(arguments, method, allow_none=True).encode()
    (result,), _ = xmlrpc.client.loads(send(site, body, token=token).body, use_builtin_types=True)
    return result


def errorcode(site: Site, method: str, *arguments: Any, token: str | None = None) -> str:
    body = xmlrpc.client.dumps(arguments, method, allow_none=True).encode()
    return fault_in("xmlrpc", send(site, body, token=token).body).errorcode


def outcomes(answers: Sequence[Any]) -> list[Any]:
    """The results of a multicall, the errorcode for a fault."""
    return [
        each["faultString"].rpartition("ERRORCODE: ")[2] if isinstance(each, dict) else each[0]
        for each in answers
    ]


def logged(site: Site) -> list[tuple[str, str | None, str]]:
    site.gateway.log.flush()
    with Session(site.engine) as db:
        records = db.scalars(select(CallRecord).order_by(CallRecord.id)).all()
        return [(each.request_id, each.function, each.outcome) for each in records]


class TestIntrospection:
    def test_lists_what_this_caller_may_call(self, standing: Site) -> None:
        methods = call(standing, "system.listMethods")
        assert methods[:5] == OWN
        assert methods[5:] == sorted(methods[5:])
        assert "test_echo" in methods
        assert "test_outside" not in methods

    def test_another_service_has_other_methods(self, site: Site) -> None:
        site.add_service("small", ["test_void", "test_outside"])
        token = site.add_token(service="small")
        assert call(site, "system.listMethods", token=token) == [*OWN, "test_outside", "test_void"]

    def test_what_is_listed_has_help_and_signatures(self, standing: Site) -> None:
        for name in call(standing, "system.listMethods"):
            assert call(standing, "system.methodHelp", name)
            signatures = call(standing, "system.methodSignature", name)
            assert signatures
            assert all(isinstance(text, str) for each in signatures for text in each)

    def test_signatures(self, standing: Site) -> None:
        assert call(standing, "system.methodSignature", "test_echo") == [["string", "int", "string"]]
        assert call(standing, "system.methodSignature", "test_void") == [["nil"], ["nil", "string"]]
        assert call(standing, "system.methodSignature", "test_people") == [["array", "array"]]
        assert call(standing, "system.methodSignature", "test_everything") == [["struct", "struct"]]
        assert call(standing, "system.methodSignature", "system.multicall") == [["array", "array"]]

    def test_each_listed_signature_can_be_called(self, standing: Site) -> None:
        for types in call(standing, "system.methodSignature", "test_optional"):
            given = ["1", 2, "3", 4, [5]][: len(types) - 1]
            assert isinstance(call(standing, "test_optional", *given), str)

    def test_help(self, standing: Site) -> None:
        assert call(standing, "system.methodHelp", "test_echo") == (
            "Both arguments as one text.\n\n"
            "Parameters, in this order, or as one struct with these members:\n"
            "  number: int\n"
            "  text: string\n"
            "Result: string"
        )
        declared = call(standing, "system.methodHelp", "test_declared_fault")
        assert declared.endswith("Fault teaiscold: The tea is cold")

    @pytest.mark.parametrize("method", ["system.methodSignature", "system.methodHelp"])
    @pytest.mark.parametrize(
        "name", ["test_outside", "test_nowhere", "", "__class__", "system.shutdown", "x" * 9999]
    )
    def test_what_he_may_not_call_is_unknown_to_him(self, standing: Site, method: str, name: str) -> None:
        """The same answer, whether there is such a function or not."""
        assert errorcode(standing, method, name) == "invalidrecord"

    @pytest.mark.parametrize(
        ("method", "arguments"),
        [
            ("system.methodHelp", ()),
            ("system.methodHelp", (5,)),
            ("system.methodHelp", (["test_echo"],)),
            ("system.methodHelp", (None,)),
            ("system.methodSignature", ("test_echo", "test_void")),
            ("system.listMethods", ("x",)),
            ("system.getCapabilities", ({},)),
        ],
    )
    def test_wrong_parameters(self, standing: Site, method: str, arguments: tuple[Any, ...]) -> None:
        assert errorcode(standing, method, *arguments) == "invalidparameter"

    def test_capabilities(self, standing: Site) -> None:
        """`faults_interop` would be a lie: fault codes are Moodle's."""
        capabilities = call(standing, "system.getCapabilities")
        assert capabilities.keys() == {"xmlrpc", "introspection", "system.multicall", "nil"}
        for each in capabilities.values():
            assert each["specUrl"].startswith("http://")
            assert type(each["specVersion"]) is int

    @pytest.mark.parametrize("method", OWN[:4])
    def test_is_authorised(self, site: Site, method: str) -> None:
        arguments = ["test_echo"] if method in OWN[1:3] else []
        assert errorcode(site, method, *arguments, token="") == "invalidtoken"
        assert errorcode(site, method, *arguments, token="0" * 32) == "invalidtoken"
        site.revoke_capability("webservice/xmlrpc:use")
        assert errorcode(site, method, *arguments) == "accessexception"
        site.set("protocols", "rest")
        assert errorcode(site, method, *arguments) == "accessexception"

    def test_a_suspended_user_learns_nothing(self, site: Site) -> None:
        site.change_user(suspended=True)
        assert errorcode(site, "system.methodHelp", "test_outside") == "accessexception"

    def test_public_services_are_shown_to_everybody(self, site: Site) -> None:
        site.add_service("open", ["test_void"], public=True)
        assert call(site, "system.listMethods", token="") == [*OWN, "test_void"]
        assert errorcode(site, "system.methodHelp", "test_echo", token="") == "invalidrecord"
        assert errorcode(site, "test_void", token="") == "invalidtoken"

    def test_answers_to_posts_are_not_kept(self, standing: Site) -> None:
        response = send(standing, xmlrpc_call("system.listMethods"))
        assert "ETag" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"
        known = {"if-none-match": "*"}
        body = xmlrpc_call("system.listMethods")
        assert standing.post("/xmlrpc", body, "text/xml", headers=known).status == 200

    def test_is_logged(self, site: Site) -> None:
        call(site, "system.listMethods")
        errorcode(site, "system.methodHelp", "test_outside")
        assert [each[1:] for each in logged(site)] == [
            ("?system.listMethods", "ok"),
            ("?system.methodHelp", "invalidrecord"),
        ]

    def test_text_between_elements_is_refused(self, standing: Site) -> None:
        body = xmlrpc_call("system.listMethods").replace(b"<params>", b"text<params>")
        assert fault_in("xmlrpc", send(standing, body).body).errorcode == "invalidrequest"


class Option(Struct):
    name: str
    limit: Maybe[int] = ABSENT


def test_help_describes_whole_types() -> None:
    described = declare({"options": list[Option], "note": str | None}, Option | None, {"note": None})
    assert signatures_of(described) == [["struct", "array"], ["struct", "array", "string"]]
    assert help_of(described).splitlines()[1:] == [
        "  options: array of struct {name: string; limit: int, optional}",
        "  note: string or nil, optional",
        "Result: struct {name: string; limit: int, optional} or nil",
    ]


class TestMulticall:
    def test_answers_each_in_order(self, site: Site) -> None:
        calls = [
            OK,
            {"methodName": "test_write", "params": ["ann"]},
            {"methodName": "test_count", "params": []},
            {"methodName": "test_echo", "params": ["x", 5]},
            {"methodName": "test_nowhere", "params": []},
            {"methodName": "test_outside", "params": []},
            {"methodName": "test_write", "params": ["ann"]},
            {"methodName": "test_count"},
        ]
        answers = outcomes(call(site, "system.multicall", calls))
        assert answers[0] == "text 5"
        assert answers[2] == 2
        assert answers[3:6] == ["invalidparameter", "invalidrecord", "accessexception"]
        assert answers[6] == "codingerror", "the name is taken: the database says so"
        assert answers[7] == 2
        assert site.count(User) == 2

    def test_is_what_the_client_of_the_standard_library_takes(self, standing: Site) -> None:
        answers = call(standing, "system.multicall", [OK, {"methodName": "test_nowhere", "params": []}])
        results = xmlrpc.client.MultiCallIterator(answers)
        assert results[0] == "text 5"
        with pytest.raises(xmlrpc.client.Fault, match="ERRORCODE: invalidrecord"):
            results[1]

    def test_each_is_logged_under_its_own_id(self, site: Site) -> None:
        response = send(
            site, xmlrpc.client.dumps(([OK, {"methodName": "nowhere"}],), "system.multicall").encode()
        )
        whole = response.headers["X-Request-Id"]
        assert logged(site) == [(f"{whole}.1", "test_echo", "ok"), (f"{whole}.2", "nowhere", "invalidrecord")]
        assert f"REQUEST: {whole}.2".encode() in response.body

    def test_answers_queries_as_well(self, standing: Site) -> None:
        calls = [
            {"methodName": "system.methodHelp", "params": ["test_outside"]},
            {"methodName": "system.listMethods", "params": []},
            {"methodName": "system.methodSignature", "params": ["test_echo"]},
            {"methodName": "system.methodSignature", "params": 5},
            {"methodName": "system.methodSignature"},
        ]
        unknown, methods, signatures, *wrong = outcomes(call(standing, "system.multicall", calls))
        assert unknown == "invalidrecord"
        assert "test_echo" in methods
        assert signatures == [["string", "int", "string"]]
        assert wrong == ["invalidparameter", "invalidparameter"]

    def test_a_query_in_front_does_not_make_it_a_document(self, standing: Site) -> None:
        calls = [{"methodName": "system.listMethods", "params": []}, OK]
        body = xmlrpc.client.dumps((calls,), "system.multicall").encode()
        assert "ETag" not in send(standing, body).headers

    def test_runs_none_inside_of_itself(self, site: Site) -> None:
        inner = {
            "methodName": "system.multicall",
            "params": [[{"methodName": "test_write", "params": ["ann"]}]],
        }
        assert outcomes(call(site, "system.multicall", [OK, inner, OK])) == [
            "text 5",
            "invalidparameter",
            "text 5",
        ]
        assert site.count(User) == 1

    def test_of_nothing_is_authorised_too(self, standing: Site) -> None:
        assert call(standing, "system.multicall", []) == []
        assert errorcode(standing, "system.multicall", [], token="") == "invalidtoken"

    @pytest.mark.parametrize(
        ("item", "expected"),
        [
            ({}, "invalidparameter"),
            ("test_echo", "invalidparameter"),
            (None, "invalidparameter"),
            ([], "invalidparameter"),
            ({"params": []}, "invalidparameter"),
            ({"methodName": 5, "params": []}, "invalidparameter"),
            ({"methodName": "", "params": []}, "invalidparameter"),
            ({"methodName": ["test_void"], "params": []}, "invalidparameter"),
            ({"methodName": "test_void", "params": "x"}, "invalidrequest"),
            ({"methodName": "test_void", "params": {"text": "x"}}, "invalidrequest"),
            ({"methodName": "test_void", "params": None}, "invalidrequest"),
            ({"methodName": "test_void", "params": [], "token": "x"}, "invalidrequest"),
            ({"methodName": "test_void", "params": [{"text": "x"}]}, None),
            ({"methodName": "test_void", "params": ["x"]}, None),
            ({"methodName": "test_void"}, None),
        ],
    )
    def test_what_is_wrong_with_one_is_its_own_fault(self, standing: Site, item: Any, expected: Any) -> None:
        assert outcomes(call(standing, "system.multicall", [OK, item, OK])) == ["text 5", expected, "text 5"]

    @pytest.mark.parametrize("arguments", [(), (5,), ({},), (None,), ([OK], [OK]), (OK,)])
    def test_what_is_no_multicall(self, standing: Site, arguments: tuple[Any, ...]) -> None:
        assert errorcode(standing, "system.multicall", *arguments) == "invalidrequest"

    def test_holds_so_many_and_no_more(self, standing: Site) -> None:
        void = {"methodName": "test_void", "params": []}
        most = limits.ENVELOPE_CALLS
        assert outcomes(call(standing, "system.multicall", [void] * most)) == [None] * most
        assert errorcode(standing, "system.multicall", [void] * (most + 1)) == "invalidrequest"

    @pytest.mark.parametrize(
        "place", [b"<params>", b"<param>", b"<array>", b"<data>", b"</data>", b"</array>", b"</params>"]
    )
    def test_text_around_the_calls(self, standing: Site, place: bytes) -> None:
        body = xmlrpc.client.dumps(([{"methodName": "test_void"}],), "system.multicall").encode()
        assert fault_in("xmlrpc", send(standing, body.replace(place, b"text" + place)).body).errorcode == (
            "invalidrequest"
        )

    @pytest.mark.parametrize("place", [b"<struct>", b"<member>", b"</member>", b"</struct>", b"<name>"])
    def test_text_inside_of_a_call(self, standing: Site, place: bytes) -> None:
        body = xmlrpc.client.dumps(([{"methodName": "test_void"}],), "system.multicall").encode()
        answer = send(standing, body.replace(place, b"text" + place)).body
        (answers,), _ = xmlrpc.client.loads(answer)
        assert outcomes(answers) == ["invalidrequest"]

    def test_white_space_and_comments_between_elements(self, standing: Site) -> None:
        body = xmlrpc.client.dumps(([OK, OK],), "system.multicall").encode()
        spaced = body.replace(b"><", b">\n<!-- a --><")
        (answers,), _ = xmlrpc.client.loads(send(standing, spaced).body)
        assert outcomes(answers) == ["text 5", "text 5"]
