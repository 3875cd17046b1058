"""The face: where it answers, what a call is, and the document for PHP's clients.

Its rules are those of Moodle 2.7 (webservice/soap/locallib.php) and of PHP's SoapServer without a WSDL.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from gateway.faults import METHOD_NOT_ALLOWED, Refusal
from gateway.moodle.access import HEADERS
from gateway.moodle.clean import compile_clean
from gateway.moodle.parameters import Parameters, query_pairs
from gateway.protocol import (
    NO_STORE,
    Answer,
    Call,
    Codec,
    Face,
    Message,
    Outgoing,
    Protocol,
    Query,
    Reply,
    Request,
    Route,
    Site,
)
from gateway.registry import Function
from gateway.xml import escape_attribute
from protocols.soap.envelope import SOAP11, SOAP12, Version
from protocols.soap.moodle.access import SERVER, SIMPLE, door, find_credentials
from protocols.soap.moodle.client import read_response, write_request
from protocols.soap.moodle.envelope import Frame, frame, read_call
from protocols.soap.moodle.fault import Kind, kind_of, refuse
from protocols.soap.moodle.values import read_parts
from protocols.soap.moodle.writer import compile_writer
from protocols.soap.moodle.wsdl import DOOR, write_wsdl

WSDL = "wsdl"
_OFF = frozenset({"", "0", "off", "no", "false"})
"""What PHP's clean-up of a boolean takes for no."""


class _Writer:
    """Writes the answers of one function in one version of SOAP."""

    def __init__(self, function: Function, site: Site, version: Version) -> None:
        title = f"{function.name} in {version.media_type}"
        self._frame: Frame = frame(function.name, site.namespace, version)
        self._write = compile_writer(function.signature.result, version, title)

    def write(self, result: Any) -> bytes:
        """The whole answer."""
        return self._frame.opening + self._write(result) + self._frame.closing


class MoodleSoapCodec(Codec):
    """One function: parts by name or position to arguments, and its result as PHP encodes it."""

    def __init__(self, function: Function, site: Site) -> None:
        self._names = [each.name for each in function.signature.parameters]
        self._clean = compile_clean(function.signature.parameters)
        self._writers = {each.namespace: _Writer(function, site, each) for each in (SOAP11, SOAP12)}

    def bind(self, call: Call) -> dict[str, Any]:
        """The arguments by wire name. Raises INVALID_REQUEST for references and values beyond the limits."""
        return self._clean(read_parts(call.arguments, self._names))

    def encode(self, result: Any, call: Call) -> bytes:
        """The answer, in the version of the call."""
        return self._writers[call.arguments.version.namespace].write(result)


class MoodleSoap(Protocol):
    """The SOAP adapter for clients of Moodle, which never look at the content type or the SOAPAction."""

    name = "soap"
    title = "SOAP"
    face: ClassVar[Face] = "moodle"
    routes: ClassVar[tuple[Route, ...]] = (SERVER, SIMPLE)

    def parse(self, request: Request) -> Message:
        """A Call from a POST; the Query `wsdl` from a GET of `?wsdl=1`.

        Raises INVALID_REQUEST, METHOD_NOT_ALLOWED, TOO_LARGE and what `read_call` raises.
        """
        parameters = Parameters(query_pairs(request))
        credentials = find_credentials(request, parameters)
        if request.method == "POST":
            arguments = read_call(request.body)
            return Message([Call(arguments.name, arguments)], credentials)
        if parameters.take(WSDL).get(WSDL, "").lower() in _OFF:
            raise METHOD_NOT_ALLOWED("Calls are POSTed here; a GET takes ?wsdl=1")
        return Message([Query(WSDL)], credentials)

    def compile(self, function: Function, site: Site) -> MoodleSoapCodec:
        """The codec of one function."""
        return MoodleSoapCodec(function, site)

    def reply(self, request: Request, message: Message, answers: Sequence[Answer]) -> Reply:
        """200 with the answer or the WSDL, or a fault."""
        (answer,) = answers
        item = answer.item
        if isinstance(item, Query):
            if answer.refusal is not None:
                return refuse(answer.refusal, Kind.A)
            address = escape_attribute(door(request, message.credentials)).encode()
            headers = {**HEADERS, "Content-Type": SOAP11.content_type, "Cache-Control": NO_STORE}
            return Reply(200, headers, answer.payload.replace(DOOR, address))
        if answer.refusal is not None:
            return refuse(answer.refusal, kind_of(answer.refusal), item.function)
        headers = {**HEADERS, "Content-Type": item.arguments.version.content_type}
        return Reply(200, headers, answer.payload)

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """What PHP's engine says of a message that it cannot read."""
        return refuse(refusal, Kind.C)

    def describe(self, query: Query, functions: Sequence[Function], site: Site) -> bytes:
        """The WSDL, without the part of its address that differs with each caller: `reply` puts that in."""
        return write_wsdl(functions, site)

    def sample(self, function: Function, values: Mapping[str, Any], token: str, site: Site) -> Outgoing:
        """A POST by name, the token in the query. Structs among the values may be dicts by wire name."""
        return write_request(function, values, token, site, SERVER.path)

    def read(
        self, function: Function, status: int, headers: Mapping[str, str], body: bytes, site: Site
    ) -> Any:
        """The result in an answer, as Python values. Raises RemoteFault, also for what is no SOAP message."""
        return read_response(function, status, body)
