"""What stands around the values: the call, its parameters by position or by name, the answer, the fault."""

import xmlrpc.client
from typing import Annotated, Any

import pytest

from gateway import ABSENT, Maybe, Param, Struct
from gateway.faults import (
    ACCESS,
    CODING_ERROR,
    INVALID_PARAMETER,
    INVALID_REQUEST,
    INVALID_TOKEN,
    Fault,
    Level,
    Problem,
    Refusal,
    disclose,
)
from gateway.protocol import Answer, RemoteFault, Request
from protocols.xmlrpc import PROTOCOL
from tests.support.wire import SITE, Wired, declare, request_of, xmlrpc_call

NAME = "test_echo"


class User(Struct):
    name: str
    age: Maybe[int] = ABSENT


class Group(Struct):
    group: str
    size: Maybe[int] = ABSENT


def call(parameters: dict[str, Any], *values: str, defaults: dict[str, Any] | None = None) -> tuple[Any, ...]:
    called = Wired("xmlrpc", declare(parameters, None, defaults))
    return called.arguments(request_of("xmlrpc", NAME, xmlrpc_call(NAME, *values)))


def struct(**members: str) -> str:
    inner = (f"<member><name>{key}</name><value>{each}</value></member>" for key, each in members.items())
    return f"<struct>{''.join(inner)}</struct>"


def request(body: bytes, query: str = "", **headers: str) -> Request:
    return Request("POST", "/xmlrpc", query, {"content-type": "text/xml", **headers}, body)


def test_route() -> None:
    (route,) = PROTOCOL.routes
    assert (PROTOCOL.name, PROTOCOL.face, route.path) == ("xmlrpc", "modern", "/xmlrpc")
    assert route.methods == {"POST"}
    assert route.media_types == {"text/xml", "application/xml"}


def test_a_call_without_params() -> None:
    message = PROTOCOL.parse(request(b"<methodCall><methodName>f</methodName></methodCall>"))
    assert [each.function for each in message.items] == ["f"]  # type: ignore[union-attr]
    assert message.credentials.token is None
    assert not message.several


@pytest.mark.parametrize("name", ["system.shutdown", "os.system", "__class__", " f ", "f\n"])
def test_a_name_is_a_name_and_nothing_else(name: str) -> None:
    (item,) = PROTOCOL.parse(request(xmlrpc_call(name))).items
    assert item.function == name  # type: ignore[union-attr]


def test_an_empty_name_is_none() -> None:
    (item,) = PROTOCOL.parse(request(xmlrpc_call(""))).items
    assert item.function is None  # type: ignore[union-attr]


def test_token() -> None:
    assert PROTOCOL.parse(request(xmlrpc_call("f"), authorization="Bearer abc")).credentials.token == "abc"
    assert PROTOCOL.parse(request(xmlrpc_call("f"), "wstoken=abc")).credentials.token == "abc"
    with pytest.raises(Fault, match="two different credentials"):
        PROTOCOL.parse(request(xmlrpc_call("f"), "wstoken=abc", authorization="Bearer abd"))


class TestParameters:
    TWO = {"number": int, "text": str}

    def test_by_position(self) -> None:
        assert call(self.TWO, "<int>1</int>", "a") == (1, "a")

    def test_by_name_in_any_order(self) -> None:
        assert call(self.TWO, struct(text="a", number="<int>1</int>")) == (1, "a")

    def test_of_other_names_is_the_first_parameter(self) -> None:
        with pytest.raises(Fault) as refused:
            call(self.TWO, struct(text="a", numbers="<int>1</int>"))
        assert [each.path for each in refused.value.problems] == ["number", "text"]

    def test_nil_is_absent_and_so_is_what_does_not_come(self) -> None:
        nullable = {"number": int | None, "text": str}
        defaults = {"text": "d"}
        assert call(nullable, "<nil/>", "<nil/>", "<nil/>", defaults=defaults) == (None, "d")
        assert call(nullable, defaults=defaults) == (None, "d")
        assert call(nullable, "<struct/>", defaults=defaults) == (None, "d")

    def test_too_many(self) -> None:
        with pytest.raises(Fault) as refused:
            call(self.TWO, "<int>1</int>", "a", "<nil/>", "b", "<nil/>")
        assert refused.value.kind is INVALID_PARAMETER
        assert [each.path for each in refused.value.problems] == ["param 3", "param 4"]

    def test_of_a_function_without_any(self) -> None:
        assert call({}, "<struct/>") == ()
        assert call({}, "<nil/>") == ()
        with pytest.raises(Fault) as refused:
            call({}, "<int>1</int>")
        assert [each.path for each in refused.value.problems] == ["param 1"]

    def test_one_struct_by_position_or_by_name(self) -> None:
        user = struct(name="ann", age="<int>7</int>")
        assert (
            call({"user": User}, user)
            == call({"user": User}, struct(user=user))
            == (User(name="ann", age=7),)
        )

    def test_a_struct_that_holds_all_these_members_is_by_position(self) -> None:
        assert call({"group": Group}, struct(group="a")) == (Group(group="a"),)
        both: dict[str, Any] = {"group": Group, "size": int}
        assert call(both, struct(group="a", size="<int>2</int>"), defaults={"size": 1}) == (
            Group(group="a", size=2),
            1,
        )
        with pytest.raises(Fault) as refused:
            call({"group": Group}, struct(group=struct(group="a")))
        assert [each.path for each in refused.value.problems] == ["group.group"]

    def test_given_twice(self) -> None:
        twice = struct(name="a").replace("</struct>", "") + struct(name="b").replace("<struct>", "")
        for parameters, wire, path in (
            ({"user": User}, twice, "user.name"),
            ({"name": str}, twice, "name"),
            ({"users": list[User]}, f"<array><data><value>{twice}</value></data></array>", "users[0].name"),
        ):
            with pytest.raises(Fault) as refused:
                call(parameters, wire)
            (problem,) = refused.value.problems
            assert (problem.path, problem.problem) == (path, "given more than once")

    def test_unknown_members_and_wrong_values_are_all_reported(self) -> None:
        row = struct(name="<int>1</int>", agee="<int>zz</int>")
        with pytest.raises(Fault) as refused:
            call({"users": list[User]}, f"<array><data><value>{row}</value><value>x</value></data></array>")
        assert {each.path for each in refused.value.problems} == {
            "users[0].name",
            "users[0].agee",
            "users[1]",
        }

    def test_a_problem_quotes_the_value_unless_it_is_secret(self) -> None:
        secret = Annotated[int, Param("A pin", secret=True)]
        for annotation, quoted in ((int, True), (secret, False)):
            for parameters, wire in (
                ({"pin": annotation}, "<int>hunter2</int>"),
                ({"pin": annotation}, struct(pin="<int>hunter2</int>")),
                (
                    {"pin": annotation, "other": int},
                    struct(pin="<int>hunter2</int>", other="<int>1</int>"),
                ),
            ):
                with pytest.raises(Fault) as refused:
                    call(
                        parameters,
                        wire,
                        *["<int>1</int>"][: len(parameters) - 1 if "<struct" not in wire else 0],
                    )
                (problem,) = refused.value.problems
                assert problem.path == "pin"
                assert ("hunter2" in problem.problem) is quoted


def fault_of(refusal: Refusal) -> xmlrpc.client.Fault:
    reply = PROTOCOL.refuse(request(b""), refusal)
    assert reply.status == 200
    with pytest.raises(xmlrpc.client.Fault) as found:
        xmlrpc.client.loads(reply.body)
    return found.value


@pytest.mark.parametrize(
    ("errorcode", "code"),
    [
        ("accessexception", 23000021),
        ("invalidtoken", 89159464),
        ("invalidparameter", 29039061),
        ("codingerror", 26045186),
        ("sitemaintenance", 13798712),
        ("", 28194976),
    ],
)
def test_fault_codes_are_moodles(errorcode: str, code: int) -> None:
    assert fault_of(Refusal("e", errorcode, "m", "", (), "R1", 400)).faultCode == code


def test_fault_string() -> None:
    problems = (Problem(path="users[3].email", problem='no "e-mail" | address é'),)
    fault = INVALID_PARAMETER("users | too | | many |", problems=problems)
    assert fault_of(disclose(fault, Level.NORMAL, "R1")).faultString == (
        "Invalid parameter value detected"
        ' | PROBLEMS: [{"path":"users[3].email","problem":"no \\"e-mail\\" / address é"}]'
        " | DEBUG INFO: users / too / / many /"
        " | EXCEPTION: invalid_parameter_exception | REQUEST: R1 | ERRORCODE: invalidparameter"
    )
    assert fault_of(disclose(INVALID_TOKEN("why"), Level.NONE, "R2")).faultString == (
        "Invalid token - token not found | EXCEPTION: moodle_exception | REQUEST: R2 | ERRORCODE: invalidtoken"
    )


def test_fault_string_with_traceback() -> None:
    fault = CODING_ERROR("it broke")
    try:
        raise fault from ZeroDivisionError("by | zero")
    except Fault:
        text = fault_of(disclose(fault, Level.DEVELOPER, "R1")).faultString
    parts = text.split(" | ")
    assert [each.split(": ")[0] for each in parts[1:]] == ["DEBUG INFO", "EXCEPTION", "REQUEST", "ERRORCODE"]
    assert parts[1].startswith("DEBUG INFO: it broke\n")
    assert parts[1].rstrip().endswith("ZeroDivisionError: by / zero")


def test_retry_after() -> None:
    refusal = disclose(ACCESS("x", retry_after=30), Level.NONE, "R1")
    assert PROTOCOL.refuse(request(b""), refusal).headers["Retry-After"] == "30"
    assert "Retry-After" not in PROTOCOL.refuse(request(b""), disclose(ACCESS(), 0, "R1")).headers


def test_a_refused_call_is_a_fault() -> None:
    asked = request(xmlrpc_call("f"))
    message = PROTOCOL.parse(asked)
    refusal = disclose(ACCESS("<&>"), Level.NORMAL, "R1")
    reply = PROTOCOL.reply(asked, message, [Answer(message.items[0], "R1", refusal=refusal)])
    with pytest.raises(xmlrpc.client.Fault, match="DEBUG INFO: <&>"):
        xmlrpc.client.loads(reply.body)


def read(body: bytes, result: Any = int) -> Any:
    return PROTOCOL.read(declare({}, result), 200, {}, body, SITE)


def test_own_client_reads_all_of_a_fault() -> None:
    fault = INVALID_PARAMETER("why | not", message="a | b", problems=[Problem(path="p", problem="q | r")])
    with pytest.raises(RemoteFault) as found:
        read(PROTOCOL.refuse(request(b""), disclose(fault, Level.NORMAL, "R1")).body)
    remote = found.value
    assert (remote.exception, remote.errorcode) == ("invalid_parameter_exception", "invalidparameter")
    assert (remote.message, remote.cause, remote.request_id) == ("a / b", "why / not", "R1")
    assert remote.problems == ({"path": "p", "problem": "q / r"},)


def test_own_client_reads_the_fault_of_another_server() -> None:
    body = xmlrpc.client.dumps(xmlrpc.client.Fault(4, "Too | many PROBLEMS: x | PROBLEMS: [oops")).encode()
    with pytest.raises(RemoteFault) as found:
        read(body)
    assert (found.value.message, found.value.errorcode) == ("Too | many PROBLEMS: x", "")
    assert found.value.problems == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Bad gateway</body></html>",
        b"<methodResponse/>",
        b"<methodResponse><params/></methodResponse>",
        b"<methodResponse><fault><value>x</value></fault></methodResponse>",
        b"<methodResponse><params><param><value><int>1</int></value>x</param></params></methodResponse>",
    ],
)
def test_own_client_meets_something_else(body: bytes) -> None:
    with pytest.raises(RemoteFault, match="HTTP 200: the answer is not XML-RPC"):
        read(body)


def test_own_client_leaves_out_what_is_not_given() -> None:
    called = declare(
        {"a": int, "b": int | None, "c": str, "d": int | None}, None, {"b": None, "c": "x", "d": None}
    )
    body = PROTOCOL.sample(called, {"a": 1, "c": "é"}, "t", SITE).body
    assert xmlrpc.client.loads(body) == ((1, None, "é"), NAME)


def test_own_client_reads_a_void_result() -> None:
    called = Wired("xmlrpc", declare({}, None))
    assert read(called.reply(request_of("xmlrpc", NAME, xmlrpc_call(NAME)), None).body, None) is None


def test_faults_say_what_is_wrong_with_a_request() -> None:
    with pytest.raises(Fault) as refused:
        PROTOCOL.parse(request(b"<methodResponse/>"))
    assert refused.value.kind is INVALID_REQUEST
    assert "methodCall" in refused.value.cause
