"""REST, modern face: `/rest/FUNCTION`, JSON or a form in, JSON out, RFC 9457 problems for faults."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from gateway import forms, plain
from gateway.credentials import find_token
from gateway.faults import INVALID_REQUEST, Refusal
from gateway.protocol import (
    FORM,
    Answer,
    Call,
    Codec,
    Message,
    Outgoing,
    Protocol,
    RemoteFault,
    Reply,
    Request,
    Route,
    Site,
)
from gateway.registry import Function

JSON = "application/json"
PROBLEM = "application/problem+json"
_KEYS = ("exception", "errorcode", "message", "cause", "request_id")
_TOKEN = "wstoken"  # noqa: S105  (the parameter's name)


class _Json:
    """Arguments in a JSON body, not read yet."""

    __slots__ = ("body",)

    def __init__(self, body: bytes) -> None:
        self.body = body


class RestCodec(Codec):
    """One function: JSON or flat pairs to arguments, the result to JSON."""

    def __init__(self, function: Function) -> None:
        signature = function.signature
        self._read_json = plain.json_reader(signature.parameters)
        self._read_form = forms.reader(signature.parameters)
        self._write_json = plain.json_writer(signature.result)

    def bind(self, call: Call) -> dict[str, Any]:
        """The arguments by wire name. Raises INVALID_REQUEST for a body that is no JSON object."""
        arguments = call.arguments
        if isinstance(arguments, _Json):
            return self._read_json(arguments.body)
        return self._read_form(forms.nest(arguments))

    def encode(self, result: Any) -> bytes:
        """JSON."""
        return self._write_json(result)


class Rest(Protocol):
    """The REST adapter."""

    name = "rest"
    title = "REST"
    routes = (Route("modern", "/rest", frozenset({"GET", "POST"}), frozenset({JSON, FORM}), below=True),)

    def parse(self, request: Request) -> Message:
        """One call: the function is the path's last part, the arguments are the body, or the query of a GET.

        A JSON body is not looked at; a form is split into pairs. Raises INVALID_REQUEST.
        """
        query = forms.split(request.query.encode("ascii", "replace")) if request.query else []
        arguments = [pair for pair in query if pair[0] != _TOKEN]
        token = None
        if request.method == "POST":
            if arguments:
                raise INVALID_REQUEST("A POST takes its arguments in the body, not in the query")
            body, token = self._read_body(request)
        else:
            body = arguments
        function = unquote(request.tail) or None
        return Message([Call(function, body, safe=request.method == "GET")], find_token(request, token))

    def _read_body(self, request: Request) -> tuple[Any, str | None]:
        if request.media_type != FORM:
            return (_Json(request.body) if request.media_type else []), None
        pairs = forms.split(request.body)
        tokens = {value for name, value in pairs if name == _TOKEN}
        if len(tokens) > 1:
            raise INVALID_REQUEST("The form carries two different credentials")
        return [pair for pair in pairs if pair[0] != _TOKEN], next(iter(tokens), None)

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
        headers = {"Content-Type": PROBLEM}
        if refusal.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="web services"'
        if refusal.retry_after is not None:
            headers["Retry-After"] = str(refusal.retry_after)
        if refusal.errorcode == "methodnotallowed" and request.method == "GET":
            headers["Allow"] = "POST"
        return Reply(refusal.status, headers, msgspec.json.encode(_problem(refusal)))

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


def _problem(refusal: Refusal) -> dict[str, Any]:
    problem: dict[str, Any] = {
        "type": f"urn:manifold:fault:{refusal.errorcode}",
        "title": refusal.message,
        "status": refusal.status,
        "exception": refusal.exception,
        "errorcode": refusal.errorcode,
        "message": refusal.message,
        "cause": refusal.cause,
        "problems": refusal.problems,
        "request_id": refusal.request_id,
    }
    if refusal.traceback:
        problem["traceback"] = refusal.traceback
    return problem


def _remote_fault(status: int, body: bytes) -> RemoteFault:
    try:
        found = msgspec.json.decode(body)
        exception, errorcode, message, cause, request_id = (str(found.get(key, "")) for key in _KEYS)
        return RemoteFault(exception, errorcode, message, cause, found.get("problems", ()), request_id)
    except (ValueError, AttributeError):
        return RemoteFault("", "", f"HTTP status {status} with a body that is no problem")


PROTOCOL = Rest()
