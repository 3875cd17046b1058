"""The OpenAPI document: valid, filtered to its caller, and of one mind with what is read and written."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway import (
    ABSENT,
    READ,
    Component,
    Deprecation,
    FaultKind,
    Function,
    Int32,
    Maybe,
    Param,
    Struct,
    function,
)
from gateway.faults import KINDS, Fault
from gateway.signature import Kind, Scalar, StructOf
from gateway.store import Service
from gateway.web import Response
from gateway.words import Email, Username
from protocols.rest.openapi import write_openapi
from tests.protocol.test_round_trip import Json
from tests.support.signatures import cases, mutated
from tests.support.site import Site
from tests.support.wire import SITE, Wired, request_of

PATH = "/openapi.json"
HIDDEN = {"test_outside", "test_removed"}
"""What is in no service, and what is past its removal."""


def ask(site: Site, query: str = "", **headers: str) -> Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.gateway.handle("GET", PATH, query, {"authorization": f"Bearer {site.token}"} | given)


def document(*functions: Function) -> dict[str, Any]:
    """The document of some functions."""
    found: dict[str, Any] = json.loads(write_openapi(functions, SITE))
    return found


def operation(*functions: Function, method: str = "post") -> dict[str, Any]:
    found: dict[str, Any] = document(*functions)["paths"][f"/rest/{functions[0].name}"][method]
    return found


def given_of(found: Mapping[str, Any]) -> Any:
    return found["requestBody"]["content"]["application/json"]["schema"]


# Who sees it


def test_it_shows_what_its_caller_may_call(standing: Site) -> None:
    response = ask(standing)
    assert (response.status, response.headers["Content-Type"]) == (200, "application/json")
    found = json.loads(response.body)
    OpenAPIV31SpecValidator(found).validate()
    shown = {path.removeprefix("/rest/") for path in found["paths"]}
    assert shown == standing.gateway.registry.functions.keys() - HIDDEN
    assert found["servers"] == [{"url": standing.gateway.site().url}]


def test_every_shipped_operation_has_an_id_of_its_own(standing: Site) -> None:
    paths = json.loads(ask(standing).body)["paths"]
    ids = [each["operationId"] for path in paths.values() for each in path.values()]
    assert len(set(ids)) == len(ids) > len(paths)


def test_no_credential_shows_public_services(site: Site) -> None:
    assert site.gateway.handle("GET", PATH).status == 401
    site.add_service("open", ["test_echo"], public=True)
    found = json.loads(site.gateway.handle("GET", PATH).body)
    assert list(found["paths"]) == ["/rest/test_echo"]
    site.change(Service, {"shortname": "open"}, public=False)
    assert site.gateway.handle("GET", PATH).status == 401


@pytest.mark.parametrize(
    ("query", "status", "shown"),
    [
        ("functions=test_echo", 200, ["test_echo"]),
        ("functions=test_void,%20test_echo,nothing", 200, ["test_echo", "test_void"]),
        ("functions=nothing", 400, []),
        ("functions=test_outside", 400, []),
        ("service=tests&functions=test_echo", 200, ["test_echo"]),
        ("service=other", 400, []),
    ],
)
def test_options(standing: Site, query: str, status: int, shown: list[str]) -> None:
    response = ask(standing, query)
    assert response.status == status
    assert list(json.loads(response.body).get("paths", {})) == [f"/rest/{name}" for name in shown]


def test_it_is_revalidated_and_kept_by_nobody_else(standing: Site) -> None:
    first = ask(standing)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert ask(standing, if_none_match=first.headers["ETag"]).status == 304
    assert ask(standing, "functions=test_echo", if_none_match=first.headers["ETag"]).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_it_is_only_read(standing: Site, method: str) -> None:
    response = standing.gateway.handle(method, PATH)
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert json.loads(response.body)["errorcode"] == "methodnotallowed"


# What it says


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_it_is_valid_whatever_the_signature(case: Any) -> None:
    OpenAPIV31SpecValidator(document(case.function)).validate()


COLD = FaultKind("teaiscold", "The tea is cold")
SPILT = FaultKind("teaisspilt", "The tea is spilt", status=403)


class Cup(Struct):
    """A cup of tea."""

    size: Annotated[Int32, Param("In ml", ge=50, le=900, example=250)]
    label: Annotated[Maybe[str], Param(max_length=20)] = ABSENT
    owner: Username | None = None
    sugar: int = 1


@function("test_tea", effect=READ, requires=["test/tea:drink"], raises=[COLD, SPILT])
def tea(
    cups: Annotated[list[Cup], Param("What to fill", max_length=9)],
    kind: Literal["green", "black"] = "black",
    secret: Annotated[str, Param(secret=True)] = "",
) -> Cup | None:
    """Make tea.

    It takes a while.
    """


@function("test_flat", effect=READ)
def flat(ids: list[int], email: Email | None = None, deep: bool = False) -> None:
    """Nothing nested."""


TEA, FLAT = Component("test", functions=[tea, flat]).functions


def test_what_is_given() -> None:
    schemas = document(TEA)["components"]["schemas"]
    body = given_of(operation(TEA))
    assert (body["required"], body["additionalProperties"]) == (["cups"], False)
    assert body["properties"]["cups"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/TestCup-Input"},
        "maxItems": 9,
        "description": "What to fill",
    }
    kind = body["properties"]["kind"]
    assert kind["anyOf"] == [{"$ref": "#/components/schemas/TestTeaKind"}, {"type": "null"}]
    assert (kind["default"], schemas["TestTeaKind"]["enum"]) == ("black", ["green", "black"])
    assert body["properties"]["secret"]["writeOnly"] is True
    cup = schemas["TestCup-Input"]
    assert (cup["required"], cup["additionalProperties"], cup["description"]) == (
        ["size"],
        False,
        "A cup of tea.",
    )
    assert cup["properties"]["size"] == {
        "type": "integer",
        "format": "int32",
        "minimum": 50,
        "maximum": 900,
        "description": "In ml",
        "examples": [250],
    }
    assert cup["properties"]["label"]["maxLength"] == 20
    assert [cup["properties"][name]["type"] for name in ("label", "owner", "sugar")] == [
        ["string", "null"],
        ["string", "null"],
        ["integer", "null"],
    ]


def test_what_is_answered() -> None:
    cup = document(TEA)["components"]["schemas"]["TestCup"]
    assert cup["required"] == ["size", "owner", "sugar"]
    assert (cup["properties"]["owner"]["type"], cup["properties"]["sugar"]["type"]) == (
        ["string", "null"],
        "integer",
    )
    assert "additionalProperties" not in cup
    result = operation(TEA)["responses"]["200"]["content"]["application/json"]
    assert result["schema"] == {"anyOf": [{"$ref": "#/components/schemas/TestCup"}, {"type": "null"}]}
    assert result["example"] == {"size": 250}
    assert operation(FLAT)["responses"]["200"]["content"]["application/json"]["schema"] == {"type": "null"}


def test_what_a_function_is() -> None:
    found = operation(TEA)
    assert (found["summary"], found["tags"], found["x-effect"]) == ("Make tea.", ["test"], "read")
    assert "It takes a while." in found["description"]
    assert "test/tea:drink" in found["description"]
    assert found["operationId"] == "test_tea"


def test_every_fault_is_told() -> None:
    """The function's own under their status, beside the gateway's; with the document that carries them."""
    found = document(TEA)
    responses = found["paths"]["/rest/test_tea"]["post"]["responses"]
    cold = responses["409"]["content"]["application/problem+json"]
    assert cold["schema"] == {"$ref": "#/components/schemas/Gateway-Fault"}
    assert cold["examples"]["teaiscold"]["value"]["message"] == "The tea is cold"
    assert {"teaisspilt", "accessexception"} <= responses["403"]["content"]["application/problem+json"][
        "examples"
    ].keys()
    told = {
        code
        for each in found["components"]["responses"].values()
        for code in each["content"]["application/problem+json"]["examples"]
    }
    never = {"notfound", "methodnotallowed", "invalidparameter", "functionremoved"}
    assert told | never >= {kind.errorcode for kind in KINDS}
    for status in ("429", "503"):
        assert "Retry-After" in found["components"]["responses"][status]["headers"]
    assert "WWW-Authenticate" in found["components"]["responses"]["401"]["headers"]


@function("test_old", effect=READ, deprecated=Deprecation(date(2026, 1, 1), date(2027, 1, 1), "test_flat"))
def old() -> None:
    """Nothing any more."""


@function("test_older", effect=READ, deprecated=Deprecation(date(2026, 1, 1)))
def older() -> None:
    """Nothing any more."""


def test_what_will_go_is_marked() -> None:
    functions = Component("test", functions=[old, older, flat]).functions
    for method in ("post", "get"):
        marked = operation(*functions, method=method)
        assert marked["deprecated"] is True
        assert (
            "Deprecated since 2026-01-01, removed on 2027-01-01: call test_flat instead."
            in marked["description"]
        )
        assert {"Deprecation", "Sunset", "Link"} <= marked["responses"]["200"]["headers"].keys()
        assert "functionremoved" in marked["responses"]["410"]["description"]
    undecided = operation(functions[1], functions[0])
    assert undecided["responses"]["200"]["headers"].keys() & {"Deprecation", "Sunset", "Link"} == {
        "Deprecation"
    }
    assert "410" not in undecided["responses"]
    assert "deprecated" not in operation(FLAT)


def test_a_real_fault_fits_its_schema(standing: Site) -> None:
    schemas = json.loads(ask(standing).body)["components"]["schemas"]
    for level in ("none", "developer"):
        standing.set("debug", level)
        for name in ("test_tree", "test_raises", "test_nothing"):
            body = json.loads(standing.post(f"/rest/{name}", b'{"username": "x"}', "application/json").body)
            assert body["errorcode"]
            jsonschema.validate(
                body, {"$ref": "#/components/schemas/Gateway-Fault", "components": {"schemas": schemas}}
            )
    standing.set("debug", "normal")


def test_flat_parameters_go_in_a_query_too() -> None:
    """Lists as `ids[]`, again for each item: OpenAPI has no word for brackets in brackets."""
    parameters = operation(FLAT, method="get")["parameters"]
    assert [(each["name"], each["in"], each["required"]) for each in parameters] == [
        ("ids[]", "query", True),
        ("email", "query", False),
        ("deep", "query", False),
    ]
    schemas = [each["schema"] for each in parameters]
    assert (schemas[0]["minItems"], schemas[1]["type"]) == (1, "string")
    assert list(operation(FLAT)["requestBody"]["content"]) == ["application/json"]
    assert "get" not in document(TEA)["paths"]["/rest/test_tea"]


def test_who_writes_takes_no_get(standing: Site) -> None:
    paths = json.loads(ask(standing).body)["paths"]
    registry = standing.gateway.registry.functions
    for path, operations in paths.items():
        assert "get" not in operations or registry[path.removeprefix("/rest/")].effect is READ


# Of one mind with what is read and written

_EXACT = {Kind.BOOL, Kind.INT, Kind.INT32, Kind.STR}
"""Kinds whose schema says all there is to say: others have a format, which a schema only names."""


def fits(value: Any, schema: Any, found: Mapping[str, Any]) -> bool:
    """Whether a value fits a schema of the document (draft 2020-12)."""
    rooted = {"components": found["components"], **schema}
    return bool(jsonschema.Draft202012Validator(rooted).is_valid(value))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), case=cases())
def test_what_the_schema_takes_is_what_is_read(data: st.DataObject, case: Any) -> None:
    wired, found = Wired("rest", case.function), document(case.function)
    schema = given_of(found["paths"]["/rest/test_echo"]["post"])
    fields = {each.name: each for each in case.function.signature.parameters}
    drawn = {name: value for name, value in data.draw(case.arguments).items() if value is not ABSENT}
    sent = {name: Json().plain(fields[name].type, value) for name, value in drawn.items()}
    assert fits(sent, schema, found)
    wrong = data.draw(mutated(sent))
    try:
        body = json.dumps(wrong, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):  # JSON cannot say it
        assume(False)
    wrong = json.loads(body)
    try:
        wired.arguments(request_of("rest", "test_echo", body))
    except Fault:
        kinds = {each.kind for each in case.function.signature.types() if isinstance(each, Scalar)}
        assert not (kinds <= _EXACT and fits(wrong, schema, found) and not _ends_in_newline(wrong))
    else:
        assert fits(wrong, schema, found)


def _ends_in_newline(value: Any) -> bool:
    """Python's `$` lets a newline through, ECMA's does not."""
    if isinstance(value, str):
        return value.endswith("\n")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_ends_in_newline, inner))


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), case=cases())
def test_what_is_written_fits_its_schema(data: st.DataObject, case: Any) -> None:
    wired, found = Wired("rest", case.function), document(case.function)
    schema = found["paths"]["/rest/test_echo"]["post"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    request = request_of("rest", "test_echo", b"{}")
    written = json.loads(wired.reply(request, data.draw(case.results)).body)
    assert fits(written, schema, found)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_examples_are_taken(case: Any) -> None:
    """What the document shows as an example is a call that would be made."""
    found = document(case.function)["paths"]["/rest/test_echo"]["post"]
    shown = found["requestBody"]["content"]["application/json"]["example"]
    Wired("rest", case.function).arguments(request_of("rest", "test_echo", json.dumps(shown).encode()))


def test_examples_of_shipped_functions_are_taken(standing: Site) -> None:
    paths = json.loads(ask(standing).body)["paths"]
    for name, each in standing.gateway.registry.functions.items():
        if name not in HIDDEN:
            shown = paths[f"/rest/{name}"]["post"]["requestBody"]["content"]["application/json"]["example"]
            Wired("rest", each).arguments(request_of("rest", name, json.dumps(shown).encode()))


def test_names_of_components_never_meet(standing: Site) -> None:
    """A hyphen is in no name of a type, so that `X-Input` is nobody's X."""
    for each in standing.gateway.registry.functions.values():
        assert not [
            node for node in each.signature.types() if isinstance(node, StructOf) and "-" in node.name
        ]
