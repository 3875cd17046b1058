"""The adapter: `/rest/FUNCTION`, and the OpenAPI document at `/openapi.json`."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from gateway import forms, plain
from gateway.credentials import find_credentials
from gateway.faults import INVALID_REQUEST, Refusal
from gateway.problem import problem_reply
from gateway.protocol import (
    FORM,
    Answer,
    Call,
    Codec,
    Credentials,
    Message,
    Outgoing,
    Protocol,
    Query,
    RemoteFault,
    Reply,
    Request,
    Route,
    Site,
    choose,
)
from gateway.registry import Function
from protocols.rest.openapi import JSON, write_openapi

_KEYS = ("exception", "errorcode", "message", "cause", "request_id")
OPENAPI, DOCUMENT = "openapi", "/openapi.json"
"""The Query, and where it is asked for."""
OPTIONS = ("service", "functions")
"""What a request for the document may choose."""
_CREDENTIALS = ("wstoken", "wsusername", "wspassword")
"""The parameters that are not arguments."""


class RestCodec(Codec):
    """One function: JSON or flat pairs to arguments, the result to JSON.

    What a Call holds of a JSON body are its bytes, of a form its pairs.
    """

    def __init__(self, function: Function) -> None:
        signature = function.signature
        self._read_json = plain.json_reader(signature.parameters)
        self._read_form = forms.reader(signature.parameters)
        self._write_json = plain.json_writer(signature.result)

    def bind(self, call: Call) -> dict[str, Any]:
        """The arguments by wire name. Raises INVALID_REQUEST for a body that is no JSON object."""
        arguments = call.arguments
        if isinstance(arguments, bytes):
            return self._read_json(arguments)
        return self._read_form(forms.nest(arguments))

    def encode(self, result: Any, call: Call) -> bytes:
        """JSON."""
        return self._write_json(result)


class Rest(Protocol):
    """The REST adapter."""

    name = "rest"
    title = "REST"
    documents = frozenset({OPENAPI})
    routes = (
        Route("/rest", frozenset({"GET", "POST"}), frozenset({JSON, FORM}), below=True),
        Route(DOCUMENT, frozenset({"GET"}), frozenset()),
    )

    def parse(self, request: Request) -> Message:
        """One call: the function is the path's last part, the arguments are the body, or the query of a GET.

        A JSON body is not looked at; a form is split into pairs. At `/openapi.json` a Query. Raises INVALID_REQUEST.
        """
        query = forms.split(request.query.encode("ascii", "replace")) if request.query else []
        if request.path == DOCUMENT:
            options = {name: value for name, value in query if name in OPTIONS and value}
            return Message([Query(OPENAPI, options)], find_credentials(request))
        arguments = [pair for pair in query if pair[0] not in _CREDENTIALS] if query else query
        credentials = None
        if request.method == "POST":
            if arguments:
                raise INVALID_REQUEST("A POST takes its arguments in the body, not in the query")
            body, credentials = self._read_body(request)
        else:
            body = arguments
        function = unquote(request.tail) or None
        return Message(
            [Call(function, body, safe=request.method == "GET")], find_credentials(request, credentials)
        )

    def _read_body(self, request: Request) -> tuple[Any, Credentials | None]:
        media_type = request.media_type
        if media_type != FORM:
            return (request.body if media_type else []), None
        pairs = forms.split(request.body)
        found = [pair for pair in pairs if pair[0] in _CREDENTIALS]
        shown = dict(found)
        if len(set(found)) > len(shown) or ("wstoken" in shown and len(shown) > 1):
            raise INVALID_REQUEST("The form carries two different credentials")
        credentials = Credentials(*(shown.get(name) for name in _CREDENTIALS))
        return [pair for pair in pairs if pair[0] not in _CREDENTIALS], credentials

    def compile(self, function: Function, site: Site) -> RestCodec:
        """The codec of one function."""
        return RestCodec(function)

    def reply(self, request: Request, message: Message, answers: Sequence[Answer]) -> Reply:
        """200 with the result, or the fault's own status with a problem."""
        answer = answers[0]
        if answer.refusal is not None:
            return self.refuse(request, answer.refusal)
        return Reply(200, {"Content-Type": JSON}, answer.payload)

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """An RFC 9457 problem; 401 asks for a token (RFC 6750), 503 and 429 say when to come again."""
        allow = "OPTIONS, POST" if refusal.errorcode == "methodnotallowed" and request.method == "GET" else ""
        return problem_reply(refusal, allow)

    def describe(self, query: Query, functions: Sequence[Function], site: Site) -> bytes:
        """The OpenAPI document. Option: `functions` (names between commas). Raises INVALID_REQUEST."""
        return write_openapi(choose(functions, query.options.get("functions", "")), site)

    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """A POST with a JSON body."""
        headers = {"Content-Type": JSON, "Accept": JSON, "Authorization": f"Bearer {token}"}
        return Outgoing(
            "POST", f"/rest/{function.name}", headers, msgspec.json.encode(plain.clean(dict(values)))
        )

    def read(
        self, function: Function, status: int, headers: Mapping[str, str], body: bytes, site: Site
    ) -> Any:
        """The result as Python values. Raises RemoteFault."""
        if status != 200:
            raise _remote_fault(status, body)
        result = function.signature.result
        if result is None:
            return None
        return plain.json_reader((result,))(b'{"%s":%s}' % (result.name.encode(), body))[result.name]


def _remote_fault(status: int, body: bytes) -> RemoteFault:
    try:
        found = msgspec.json.decode(body)
        exception, errorcode, message, cause, request_id = (str(found.get(key, "")) for key in _KEYS)
        return RemoteFault(exception, errorcode, message, cause, found.get("problems", ()), request_id)
    except (ValueError, AttributeError):
        return RemoteFault("", "", f"HTTP status {status} with a body that is no problem")
