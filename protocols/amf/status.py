"""A fault as the status object that Flash's Responder hands on: its own keys, and the gateway's six."""

from collections.abc import Callable
from typing import Any, Final

from gateway.faults import Problem, Refusal
from gateway.moodle.faults import class_name, debug_info
from gateway.protocol import RemoteFault
from gateway.signature import Signature, read_signature
from gateway.types import Struct
from protocols.amf.writer import compile_writer
from protocols.amf.writer3 import compile_writer3


class Status(Struct):
    """`level`, `code`, `description`, `details` and `type` are what Flash and AMFPHP clients read."""

    level: str
    code: str
    description: str
    details: str
    type: str
    exception: str
    errorcode: str
    message: str
    cause: str
    problems: list[Problem]
    request_id: str


class MoodleStatus(Struct):
    """What Moodle's AMF server sends (Zend_Amf 1): `line` and `code` say nothing; and the two that it leaves out."""

    description: str
    detail: str
    line: int
    code: int
    exception: str
    errorcode: str


def details_of(refusal: Refusal) -> str:
    """The cause, followed by the traceback, which only developers get."""
    return debug_info(refusal)


def _status(refusal: Refusal) -> Status:
    details = details_of(refusal)
    return Status(
        level="error",
        code=refusal.errorcode,
        description=refusal.message,
        details=details,
        type=refusal.exception,
        exception=refusal.exception,
        errorcode=refusal.errorcode,
        message=refusal.message,
        cause=details,
        problems=list(refusal.problems),
        request_id=refusal.request_id,
    )


def _moodle_status(refusal: Refusal) -> MoodleStatus:
    return MoodleStatus(
        description=refusal.message,
        detail=details_of(refusal),
        line=0,
        code=0,
        exception=class_name(refusal),
        errorcode=refusal.errorcode,
    )


class StatusWriter:
    """Writes the status objects of refusals: made by `make`, whose annotation says what they are."""

    def __init__(self, make: Callable[[Refusal], Struct]) -> None:
        signature: Signature = read_signature(make, "amf_status", "amf", skip_first=True)
        self._make = make
        self._write = compile_writer(signature.result, "a status object")
        self._write3 = compile_writer3(signature.result, "a status object")

    def amf0(self, refusal: Refusal) -> bytes:
        """The status object of a refusal, in AMF0."""
        return self._write(self._make(refusal))

    def amf3(self, refusal: Refusal, traits: int = 0) -> bytes:
        """The same in AMF3, behind so many traits."""
        return self._write3(self._make(refusal), traits)


STATUS_OBJECT: Final = StatusWriter(_status)
MOODLE_STATUS_OBJECT: Final = StatusWriter(_moodle_status)


def read_status(value: Any) -> RemoteFault:
    """The fault in a status object, also of gateways that know Flash's keys only."""
    status = value if isinstance(value, dict) else {}

    def text(*names: str) -> str:
        found = (status.get(name) for name in names)
        return next((each for each in found if isinstance(each, str) and each), "")

    problems = status.get("problems")
    return RemoteFault(
        text("exception", "type"),
        text("errorcode", "code"),
        text("message", "description"),
        text("cause", "details", "detail"),
        [each for each in problems if isinstance(each, dict)] if isinstance(problems, list) else [],
        text("request_id"),
    )
