"""The OpenAPI 3.1 document of a set of functions (OpenAPI Specification 3.1.1; faults: RFC 9457).

Each function is a POST with a JSON object; one that only reads is a GET too, where a query can say it all. That the
same object may come as a form, the document says in words: a second content type gives generated clients two classes
for each body.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any

import msgspec

from gateway import faults
from gateway.deprecation import Deprecation
from gateway.examples import example, example_members
from gateway.faults import FaultKind, Level, disclose
from gateway.plain import clean
from gateway.problem import PROBLEM, problem_members
from gateway.protocol import Site
from gateway.registry import Effect, Function
from gateway.signature import Choice, Field, ListOf, Scalar
from protocols.rest.schemas import Schema, Schemas, reference

JSON = "application/json"
FAULT, FAULT_PROBLEM = "Gateway-Fault", "Gateway-Problem"
_VERSION = metadata.version("manifold-gateway")
_TEXT: Schema = {"type": "string"}
_REQUEST_ID = {"X-Request-Id": {"description": "The id of this call, in the call log too", "schema": _TEXT}}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
_CHALLENGE = {"WWW-Authenticate": {"description": "The credentials that are taken", "schema": _TEXT}}
_HEADERS: dict[int, dict[str, Any]] = {401: _CHALLENGE, 429: _RETRY_AFTER, 503: _RETRY_AFTER}
_OF_ANY_CALL: tuple[FaultKind, ...] = (
    *(faults.INVALID_REQUEST, faults.INVALID_PARAMETER),
    *(faults.INVALID_TOKEN, faults.WRONG_PASSWORD, faults.MISSING_USERNAME, faults.MISSING_PASSWORD),
    *(
        faults.ACCESS,
        faults.UNCONFIRMED,
        faults.NO_PERMISSION,
        faults.RESTRICTED_CONTEXT,
        faults.REQUIRE_LOGIN,
    ),
    faults.UNKNOWN_FUNCTION,
    *(faults.LENGTH_REQUIRED, faults.TOO_LARGE, faults.UNSUPPORTED_MEDIA_TYPE, faults.UNSUPPORTED_ENCODING),
    *(faults.TOO_MANY_ATTEMPTS, faults.RATE_LIMITED),
    *(faults.CODING_ERROR, faults.INVALID_RESPONSE),
    *(faults.MAINTENANCE, faults.DATABASE_BUSY, faults.AUTHENTICATION_UNAVAILABLE),
)
"""What a call may be answered with whatever the function."""
_SECURITY: dict[str, Any] = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token, which ties a user to a service"},
    "password": {
        "type": "http",
        "scheme": "basic",
        "description": "User name and password, where the site takes them instead of a token",
    },
    "tokenInQuery": {
        "type": "apiKey",
        "in": "query",
        "name": "wstoken",
        "description": "A token in the address, for clients that cannot send headers: it may end up in logs",
    },
}
_LONG_ADDRESS = {
    status: {"description": f"{what} too long for the server in front, which answers without a body"}
    for status, what in (("414", "The address is"), ("431", "The headers are"))
}
_BRACKETS = (
    "A body may also be a form, with the names of nested values in brackets: `users[0][username]=jane`; the query of a "
    "GET is read likewise."
)


def write_openapi(functions: Sequence[Function], site: Site) -> bytes:
    """The document as JSON."""
    schemas = Schemas()
    paths = {f"/rest/{each.name}": _path(each, schemas) for each in functions}
    document = {
        "openapi": "3.1.1",
        "info": {"title": site.name, "version": _VERSION, "description": _BRACKETS},
        "servers": [{"url": site.url}],
        "security": [{name: []} for name in _SECURITY],
        "tags": [{"name": name} for name in sorted({each.component for each in functions})],
        "paths": paths,
        "components": {
            "schemas": dict(sorted((schemas.components | _fault_schemas()).items())),
            "responses": {str(status): _response(kinds) for status, kinds in _GENERAL.items()},
            "securitySchemes": _SECURITY,
        },
    }
    return msgspec.json.encode(document)


def _path(function: Function, schemas: Schemas) -> dict[str, Any]:
    parameters = function.signature.parameters
    path = {"post": _operation(function, function.name, schemas) | _body(parameters, schemas)}
    if function.effect is Effect.READ and _is_flat(parameters):
        query = [_query(each, schemas) for each in parameters]
        path["get"] = _operation(function, f"{function.name}-get", schemas) | {"parameters": query}
        path["get"]["responses"] |= _LONG_ADDRESS
    return path


def _operation(function: Function, identifier: str, schemas: Schemas) -> dict[str, Any]:
    """What POST and GET share."""
    operation = {
        "operationId": identifier,
        "summary": function.doc.partition("\n")[0],
        "description": _description(function),
        "tags": [function.component],
        "x-effect": function.effect.value,
        "responses": {"200": _result(function, schemas)} | _refusals(function),
    }
    return operation | ({"deprecated": True} if function.deprecated else {})


def _description(function: Function) -> str:
    parts = [function.documentation]
    if function.requires:
        parts.append(f"Requires {', '.join(function.requires)}.")
    if function.uses:
        parts.append(f"May ask for {', '.join(function.uses)}.")
    return "\n\n".join(filter(None, parts))


# What is given


def _body(parameters: tuple[Field, ...], schemas: Schemas) -> dict[str, Any]:
    shown = clean(example_members(parameters))
    content: dict[str, Any] = {JSON: {"schema": schemas.members(parameters), "example": shown}}
    return {"requestBody": {"required": any(not each.optional for each in parameters), "content": content}}


def _is_flat(parameters: Iterable[Field]) -> bool:
    """Whether a query of OpenAPI can say it: it has no word for brackets in brackets."""
    return all(
        isinstance(each.type.item if isinstance(each.type, ListOf) else each.type, Scalar | Choice)
        for each in parameters
    )


def _flat_name(field: Field) -> str:
    """`values[]`, given again for each item, or the plain name."""
    return f"{field.name}[]" if isinstance(field.type, ListOf) else field.name


def _flat(field: Field, schemas: Schemas) -> Schema:
    """A query cannot say null, and an empty list that is written as its items is an absent one."""
    schema = schemas.field(field, given=True, null=False)
    return schema | ({"minItems": 1} if isinstance(field.type, ListOf) and not field.optional else {})


def _query(field: Field, schemas: Schemas) -> dict[str, Any]:
    return {
        "name": _flat_name(field),
        "in": "query",
        "required": not field.optional,
        "schema": _flat(field, schemas),
    }


# What is answered


def _result(function: Function, schemas: Schemas) -> dict[str, Any]:
    result = function.signature.result
    content: dict[str, Any] = {"schema": schemas.result(result)}
    if result is not None:
        content["example"] = clean(example(result.type, result.param))
    headers = _REQUEST_ID | _deprecation_headers(function.deprecated)
    return {"description": "The result", "headers": headers, "content": {JSON: content}}


def _deprecation_headers(deprecated: Deprecation | None) -> dict[str, Any]:
    """Those of gateway/deprecation.py that answers of a function carry."""
    if deprecated is None:
        return {}
    sent = {
        "Deprecation": ("Since when the function is deprecated (RFC 9745)", True),
        "Sunset": ("When it will be removed (RFC 8594)", deprecated.removal),
        "Link": ("What to call instead: successor-version", deprecated.replacement),
    }
    return {name: {"description": what, "schema": _TEXT} for name, (what, said) in sent.items() if said}


def _by_status(kinds: Iterable[FaultKind]) -> dict[int, list[FaultKind]]:
    found: dict[int, list[FaultKind]] = {}
    for each in kinds:
        found.setdefault(each.status, []).append(each)
    return dict(sorted(found.items()))


_GENERAL: Mapping[int, list[FaultKind]] = _by_status(_OF_ANY_CALL)


def _refusals(function: Function) -> dict[str, Any]:
    """References to the gateway's own answers; where the function has faults of that status, both in one."""
    answers: dict[str, Any] = {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in _GENERAL
    }
    removed = function.deprecated is not None and function.deprecated.removal is not None
    own = [*function.raises, *([faults.FUNCTION_REMOVED] if removed else [])]
    for status, kinds in _by_status(own).items():
        answers[str(status)] = _response([*kinds, *_GENERAL.get(status, ())])
    return answers


def _response(kinds: Sequence[FaultKind]) -> dict[str, Any]:
    status = kinds[0].status
    shown = {each.errorcode: {"summary": each.message, "value": _problem(each)} for each in kinds}
    return {
        "description": "; ".join(f"{each.errorcode}: {each.message}" for each in kinds),
        "headers": _REQUEST_ID | _HEADERS.get(status, {}),
        "content": {PROBLEM: {"schema": reference(FAULT), "examples": shown}},
    }


def _problem(kind: FaultKind) -> dict[str, Any]:
    return problem_members(disclose(kind(), Level.NONE, "5f0c3b9e7d2a00000001"))


def _fault_schemas() -> dict[str, Schema]:
    """The members of a problem document, as gateway/problem.py writes it."""
    texts = ("type", "title", "exception", "errorcode", "message", "cause", "request_id")
    members: dict[str, Schema] = dict.fromkeys(texts, _TEXT)
    members["status"] = {"type": "integer"}
    members["problems"] = {"type": "array", "items": reference(FAULT_PROBLEM)}
    required = [*members]
    members["traceback"] = {"type": "string", "description": "At debug level developer, of a bug only"}
    problem = {"path": _TEXT, "problem": _TEXT}
    return {
        FAULT: {"type": "object", "properties": members, "required": required},
        FAULT_PROBLEM: {
            "type": "object",
            "description": "One thing wrong with the arguments, and where: users[3].email",
            "properties": problem,
            "required": [*problem],
        },
    }
