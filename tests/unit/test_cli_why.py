"""`gateway why`: calls that would be made, and calls that were: then beside now, nothing counted, no secret shown."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from gateway.store import CallRecord, Counter, User
from tests.support.command import Run, request, session

FUNCTION = "core_user_get_users_by_field"
BODY = b'{"field": "username", "values": ["user01"]}'
ASK = ("--function", FUNCTION)


@pytest.fixture
def token(demo: Run, tmp_path: Path) -> str:
    """The demo site's token."""
    content: dict[str, str] = json.loads((tmp_path / "demo.json").read_text())
    return content["token"]


def call(folder: Path, token: str = "", **options: Any) -> str:
    """Call the function; the request id."""
    response = request(folder, f"/rest/{FUNCTION}", BODY, token=token, **options)
    return response.headers["X-Request-Id"]


def explained(run: Run, *arguments: str, ok: bool) -> Any:
    return json.loads(run("why", *arguments, "--json", ok=ok).output)


def outcomes(findings: list[dict[str, str]]) -> dict[str, str]:
    return {each["number"]: each["outcome"] for each in findings}


def failures(findings: list[dict[str, str]] | None) -> list[str]:
    return [each["number"] for each in findings or () if each["outcome"] == "failed"]


# What would be


def test_a_user_is_explained_without_his_password(demo: Run) -> None:
    demo("config", "set", "passwords", "true")
    found = explained(demo, "--user", "wsuser", *ASK, ok=True)
    assert {number for number, outcome in outcomes(found).items() if outcome != "passed"} == {
        *("6p", "7p", "20", "21")
    }
    assert {each["cause"] for each in found if each["number"] in ("6p", "7p")} == {
        "no password was asked for"
    }
    assert "(no password was asked for)" in demo("why", "--user", "wsuser", *ASK).output


def test_a_user_who_does_not_exist_or_is_deleted_is_said_so(demo: Run) -> None:
    demo("config", "set", "passwords", "true")
    assert failures(explained(demo, "--user", "nobody", *ASK, ok=False)) == ["7p"]
    demo("user", "delete", "wsuser", "--yes")
    assert failures(explained(demo, "--user", "wsuser", *ASK, ok=False))[0] == "9"


def test_the_backend_of_a_user_is_looked_at(demo: Run) -> None:
    demo("user", "change", "wsuser", "--auth", "nologin")
    assert failures(explained(demo, "--token", "1", *ASK, ok=False)) == ["13"]


def test_without_a_function_it_is_the_protocol_and_the_service_that_are_explained(demo: Run) -> None:
    found = outcomes(explained(demo, "--token", "1", "--protocol", "soap", ok=True))
    assert {"14", "17", "21"} <= found.keys()
    assert not {"15", "16", "22", "25"} & found.keys()
    demo("config", "set", "passwords", "true")
    assert "14" in outcomes(explained(demo, "--user", "wsuser", ok=True))


def test_the_address_is_the_callers(demo: Run) -> None:
    demo("token", "create", "--user", "wsuser", "--service", "demo", "--ip", "10.0.0.0/8")
    explained(demo, "--token", "2", *ASK, "--ip", "10.1.2.3", ok=True)
    assert failures(explained(demo, "--token", "2", *ASK, "--ip", "11.1.2.3", ok=False)) == ["7t"]


def test_throttling_is_looked_at_and_nothing_is_counted(demo: Run, tmp_path: Path) -> None:
    demo("config", "set", "throttle_address", "1 per 15 minutes")
    call(tmp_path, "0" * 32)
    with session(tmp_path) as db:
        before = [(each.name, each.count) for each in db.scalars(select(Counter))]
        calls = len(db.scalars(select(CallRecord.id)).all())
    assert [count for _, count in before] == [1]
    for _ in range(3):
        output = demo("why", "--token", "-", *ASK, typed=f"{'0' * 32}\n", ok=False).output
        assert "  3  failed" in output
        assert "Credentials are not tried: " in output
    assert failures(explained(demo, "--user", "wsuser", *ASK, ok=False))[0] == "3"
    demo("why", "--token", "1", *ASK)  # a known token is not throttled
    with session(tmp_path) as db:
        assert [(each.name, each.count) for each in db.scalars(select(Counter))] == before
        assert len(db.scalars(select(CallRecord.id)).all()) == calls


def test_rate_limits_are_named_as_what_only_the_workers_know(demo: Run) -> None:
    demo("user", "change", "wsuser", "--rate-limit", "7")
    demo("service", "change", "demo", "--rate-limit", "8")
    demo("token", "change", "1", "--rate-limit", "9")
    (found,) = (each for each in explained(demo, "--token", "1", *ASK, ok=True) if each["number"] == "24")
    assert found["outcome"] == "not reached"
    for limit in (
        "9 calls a minute of the token",
        "8 calls a minute of the service",
        "7 calls a minute of the user",
    ):
        assert limit in found["cause"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--user", "wsuser", "--token", "1"),
        ("some-id", "--token", "1"),
        ("some-id", "--function", FUNCTION),
        ("some-id", "--ip", "10.0.0.1"),
        ("--user", "wsuser", "--protocol", "gopher"),
    ],
)
def test_what_makes_no_question_is_wrong_usage(demo: Run, arguments: tuple[str, ...]) -> None:
    assert demo("why", *arguments, ok=False).exit_code == 2


# What was


def test_a_refusal_is_explained_then_and_now(demo: Run, tmp_path: Path, token: str) -> None:
    demo("user", "change", "wsuser", "--suspended")
    request_id = call(tmp_path, token)
    history = explained(demo, request_id, ok=False)
    assert (failures(history["then"]), failures(history["now"])) == (["11"], ["11"])
    record = history["record"]
    assert (record["check"], record["outcome"], record["user"]) == ("11", "accessexception", "wsuser")
    assert (record["function"], record["protocol"], record["address"]) == (FUNCTION, "rest", "127.0.0.1")

    demo("user", "change", "wsuser", "--not-suspended")
    history = explained(demo, request_id, ok=True)
    assert (failures(history["then"]), failures(history["now"])) == (["11"], [])
    output = demo("why", request_id).output
    assert " 11  failed       passed       the user is not suspended\n" in output
    assert "     then cause:  The user wsuser is suspended\n" in output
    assert "     then remedy: gateway user change wsuser --not-suspended\n" in output
    assert "now cause" not in output

    demo("token", "revoke", "1", "--yes")
    history = explained(demo, request_id, ok=False)
    assert (failures(history["then"]), failures(history["now"])) == (["11"], ["4t"])
    assert token not in demo("why", request_id, ok=False).output + json.dumps(history)


def test_an_answered_call_has_its_record_and_now(demo: Run, tmp_path: Path, token: str) -> None:
    request_id = call(tmp_path, token)
    history = explained(demo, request_id, ok=True)
    assert (history["then"], failures(history["now"]), history["record"]["outcome"]) == (None, [], "ok")
    assert "No check refused it then." in demo("why", request_id).output
    demo("service", "remove", "demo", FUNCTION)
    assert failures(explained(demo, request_id, ok=False)["now"]) == ["22"]


def test_a_call_that_the_function_refused_has_no_check_to_blame(
    demo: Run, tmp_path: Path, token: str
) -> None:
    response = request(tmp_path, f"/rest/{FUNCTION}", b'{"field": "colour"}', token=token)
    output = demo("why", response.headers["X-Request-Id"]).output
    assert "refused (invalidparameter): " in output
    assert "No check refused it then." in output


def test_a_wrong_password_is_explained_by_the_name_that_came(demo: Run, tmp_path: Path) -> None:
    demo("config", "set", "passwords", "true")
    found = {}
    for name in ("wsuser", "ghost"):
        request_id = call(tmp_path, password=(name, "wrong"))
        found[name] = explained(demo, request_id, ok=name == "wsuser")
    assert {name: failures(each["then"]) for name, each in found.items()} == {
        "wsuser": ["7p"],
        "ghost": ["7p"],
    }
    assert outcomes(found["wsuser"]["now"])["7p"] == "not reached"
    assert failures(found["ghost"]["now"]) == ["7p"]


def test_a_password_that_was_right_is_explained_without_it(demo: Run, tmp_path: Path) -> None:
    demo("config", "set", "passwords", "true")
    known = json.loads((tmp_path / "demo.json").read_text())["user"]
    password = known["username"], known["password"]
    request_id = call(tmp_path, password=password)
    history = explained(demo, request_id, ok=True)
    assert (history["then"], outcomes(history["now"])["7p"]) == (None, "not reached")
    demo("config", "set", "passwords", "false")
    request_id = call(tmp_path, password=password)
    demo("config", "set", "passwords", "true")
    history = explained(demo, request_id, ok=True)
    assert failures(history["then"])[0] == "4p"
    assert known["password"] not in json.dumps(history) + demo("why", request_id).output


def test_without_a_credential_nobody_comes_now_either(demo: Run, tmp_path: Path) -> None:
    history = explained(demo, call(tmp_path), ok=False)
    assert (failures(history["then"]), failures(history["now"])) == (["4t"], ["4t"])
    history = explained(demo, call(tmp_path, "1" * 32), ok=False)
    assert (failures(history["then"]), failures(history["now"])) == (["4t"], ["4t"])
    assert "begins with 11111111" in json.dumps(history["now"])


def test_a_document_is_explained_by_its_own_checks(demo: Run, tmp_path: Path) -> None:
    demo("service", "change", "demo", "--public")
    response = request(tmp_path, "/soap?wsdl", b"", method="GET")
    history = explained(demo, response.headers["X-Request-Id"], ok=True)
    assert (history["record"]["function"], history["record"]["user"]) == ("?wsdl", None)
    assert outcomes(history["now"]) == {"1": "passed", "2": "passed"}


def test_asking_for_a_token_is_explained_by_its_own_checks(demo: Run, tmp_path: Path) -> None:
    demo("config", "set", "passwords", "true")
    demo("service", "change", "demo", "--disabled")
    known = json.loads((tmp_path / "demo.json").read_text())["user"]
    response = request(tmp_path, "/token", json.dumps({**known, "service": "demo"}).encode())
    request_id = response.headers["X-Request-Id"]
    history = explained(demo, request_id, ok=False)
    assert (failures(history["then"]), failures(history["now"])) == (["17"], ["17"])
    assert not {"2", "14", "16", "22"} & outcomes(history["now"]).keys()
    demo("service", "change", "demo", "--enabled")
    assert failures(explained(demo, request_id, ok=True)["now"]) == []


def _amf(target: bytes, answer: bytes) -> bytes:
    """A body of an AMF0 packet that calls a function without arguments."""
    arguments = b"\x0a\x00\x00\x00\x00"
    texts = b"".join(len(each).to_bytes(2) + each for each in (target, answer))
    return texts + len(arguments).to_bytes(4) + arguments


def test_each_call_of_a_message_is_asked_for_on_its_own(demo: Run, tmp_path: Path, token: str) -> None:
    names = (b"core_webservice_get_site_info", b"no_such_function")
    bodies = [_amf(b"x." + name, b"/%d" % number) for number, name in enumerate(names, 1)]
    body = b"\x00\x00\x00\x00\x00\x02" + b"".join(bodies)  # AMF0, no headers, two bodies
    response = request(tmp_path, "/amf", body, token=token, content_type="application/x-amf")
    request_id = response.headers["X-Request-Id"]
    output = demo("why", request_id, ok=False).output
    assert f"{request_id} holds several calls: ask for {request_id}.1, {request_id}.2" in output
    assert failures(explained(demo, f"{request_id}.2", ok=False)["then"]) == ["16"]
    assert explained(demo, f"{request_id}.1", ok=True)["then"] is None


def test_what_could_not_be_read_has_nobody_to_explain(demo: Run, tmp_path: Path) -> None:
    response = request(tmp_path, "/xmlrpc", b"<nonsense>", content_type="text/xml")
    output = demo("why", response.headers["X-Request-Id"]).output
    assert "somebody unknown from 127.0.0.1: refused (invalidrequest)" in output
    assert "nothing can be said of now" in output


def test_a_request_that_is_not_in_the_log_is_said_so(demo: Run) -> None:
    output = demo("why", "no-such-request", ok=False).output
    assert "the call log has no request no-such-request" in output
    assert "90 days" in output


def test_facts_that_an_older_version_logged_are_read(demo: Run, tmp_path: Path, token: str) -> None:
    demo("user", "change", "wsuser", "--suspended")
    request_id = call(tmp_path, token)
    with session(tmp_path) as db:
        logged = db.scalars(select(CallRecord.facts).where(CallRecord.request_id == request_id)).one()
        assert logged is not None
        changed = {**logged, "settings": {**logged["settings"], "gone_setting": 1}}
        db.execute(update(CallRecord).values(facts=changed))
        db.commit()
    assert failures(explained(demo, request_id, ok=False)["then"]) == ["11"]
    with session(tmp_path) as db:
        db.execute(update(CallRecord).values(facts={"now": "never"}))
        db.commit()
    assert explained(demo, request_id, ok=False)["then"] is None


def test_what_a_caller_sent_does_not_command_the_terminal(demo: Run, tmp_path: Path) -> None:
    with session(tmp_path) as db:
        db.add(User(username="x\x1b[31m"))
        db.commit()
    demo("config", "set", "passwords", "true")
    output = demo("why", "--user", "nobody\x1b[2J; reboot", *ASK, ok=False).output
    assert "\x1b" not in output
    assert "remedy: gateway user password 'nobody\ufffd[2J; reboot'" in output
    assert "\x1b" not in demo("user", "list").output
