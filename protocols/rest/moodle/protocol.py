"""The face: where it answers, what a call is, JSON or XML as the caller asks.

Its rules are those of Moodle 2.7, webservice/rest/locallib.php.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

import msgspec

from gateway import plain
from gateway.faults import Refusal
from gateway.moodle.access import HEADERS, SETTINGS, routes, take_credentials
from gateway.moodle.clean import compile_clean
from gateway.moodle.faults import class_name, debug_info
from gateway.moodle.parameters import Parameters, body_pairs, flatten, query_pairs
from gateway.protocol import (
    FORM,
    Answer,
    Call,
    Codec,
    Face,
    Message,
    Outgoing,
    Protocol,
    RemoteFault,
    Reply,
    Request,
    Site,
)
from gateway.registry import Function
from protocols.rest.moodle.xml import compile_writer, write_document, write_fault

_JSON = {"Content-Type": "application/json"}
_XML = {
    "Content-Type": "application/xml; charset=utf-8",
    "Content-Disposition": 'inline; filename="response.xml"',
}
_FORMAT = "moodlewsrestformat"
_ASKS = re.compile(rb'(?:^|&)moodlewsrestformat=([^&]*)|name="moodlewsrestformat"\r\n\r\n([^\r]*)')
_KEYS = ("exception", "errorcode", "message", "debuginfo")
_SWITCHED_OFF = frozenset({"1", "2"})
"""The checks whose faults are 403: the web services, or the protocol, are off."""


class MoodleRestCodec(Codec):
    """One function: pairs by PHP's rules to arguments, the result to the form that the call asked for."""

    def __init__(self, function: Function) -> None:
        signature = function.signature
        self._clean = compile_clean(signature.parameters)
        self._write_json = plain.json_writer(signature.result)
        self._write_xml = compile_writer(signature.result, function.name)

    def bind(self, call: Call) -> dict[str, Any]:
        """The arguments by wire name. Raises INVALID_REQUEST for brackets nested too deeply."""
        parameters: Parameters = call.arguments
        return self._clean(parameters.nested())

    def encode(self, result: Any, call: Call) -> bytes:
        """JSON, or the content of RESPONSE."""
        return self._write_json(result) if call.position == "json" else self._write_xml(result)


class MoodleRest(Protocol):
    """The REST adapter for clients of Moodle. The HTTP method means nothing, GET may write: that is their way."""

    name = "rest"
    title = "REST"
    face: ClassVar[Face] = "moodle"
    routes = routes("rest", frozenset({"GET", "POST"}))

    def parse(self, request: Request) -> Message:
        """One call: all but the reserved parameters of query and form are arguments.

        Raises INVALID_REQUEST, TOO_LARGE.
        """
        parameters = Parameters(query_pairs(request), body_pairs(request))
        credentials = take_credentials(request.path, parameters)
        reserved = parameters.take("wsfunction", _FORMAT, *SETTINGS)
        call = Call(reserved.get("wsfunction"), parameters, _form(reserved))
        return Message([call], credentials)

    def compile(self, function: Function, site: Site) -> MoodleRestCodec:
        """The codec of one function."""
        return MoodleRestCodec(function)

    def reply(self, request: Request, message: Message, answers: Sequence[Answer]) -> Reply:
        """200 with the result, or with the fault."""
        (answer,) = answers
        form = answer.item.position
        if answer.refusal is not None:
            return _refuse(answer.refusal, form)
        if form == "json":
            return Reply(200, {**HEADERS, **_JSON}, answer.payload)
        return Reply(200, {**HEADERS, **_XML}, write_document(answer.payload))

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """The fault, in the form that the request asks for as far as it can be read."""
        return _refuse(refusal, _asked_form(request))

    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """A POST of a form that asks for JSON."""
        arguments = msgspec.to_builtins(plain.clean(dict(values)))
        pairs = [("wstoken", token), ("wsfunction", function.name), (_FORMAT, "json"), *flatten(arguments)]
        return Outgoing("POST", self.routes[0].path, {"Content-Type": FORM}, urlencode(pairs).encode())

    def read(
        self, function: Function, status: int, headers: Mapping[str, str], body: bytes, site: Site
    ) -> Any:
        """The result in a JSON answer, as Python values. Raises RemoteFault."""
        try:
            found = msgspec.json.decode(body)
        except ValueError:
            raise RemoteFault("", "", f"HTTP status {status} with a body that is no JSON") from None
        if isinstance(found, dict) and "exception" in found and "message" in found:
            exception, errorcode, message, cause = (str(found.get(key) or "") for key in _KEYS)
            raise RemoteFault(exception, errorcode, message, cause)
        result = function.signature.result
        if result is None:
            return None
        return plain.json_reader((result,))(b'{"%s":%s}' % (result.name.encode(), body))[result.name]


def _form(reserved: Mapping[str, str]) -> str:
    """`json` only if exactly that is asked for; anything else is `xml`."""
    return "json" if reserved.get(_FORMAT) == "json" else "xml"


def _asked_form(request: Request) -> str:
    """The form that a request asks for, also where the rest of it cannot be read: the last word on it counts."""
    texts = (request.query.encode("ascii", "replace"), request.body)
    found = [each for text in texts for each in _ASKS.findall(text)]
    return "json" if found and b"json" in found[-1] else "xml"


def _refuse(refusal: Refusal, form: str) -> Reply:
    headers = {**HEADERS, **(_JSON if form == "json" else _XML)}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    status = 403 if refusal.check_number in _SWITCHED_OFF else 200
    members = {"exception": class_name(refusal), "errorcode": refusal.errorcode, "message": refusal.message}
    if why := debug_info(refusal):
        members["debuginfo"] = why
    return Reply(
        status, headers, msgspec.json.encode(plain.clean(members)) if form == "json" else write_fault(members)
    )
