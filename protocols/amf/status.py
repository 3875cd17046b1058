"""A fault as the status object that Flash's Responder hands on: its own keys, and the gateway's six."""

from typing import Any

from gateway.faults import Problem, Refusal
from gateway.protocol import RemoteFault
from gateway.signature import read_signature
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


def _declare() -> Status:
    raise NotImplementedError


_FIELD = read_signature(_declare, "amf_status", "amf", skip_first=False).result
_write = compile_writer(_FIELD, "a status object")
_write3 = compile_writer3(_FIELD, "a status object")


def details_of(refusal: Refusal) -> str:
    """The cause, followed by the traceback, which only developers get."""
    return "\n".join(part for part in (refusal.cause, refusal.traceback) if part)


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


def write_status(refusal: Refusal) -> bytes:
    """The status object of a refusal, in AMF0."""
    return _write(_status(refusal))


def write_status3(refusal: Refusal, traits: int = 0) -> bytes:
    """The same in AMF3, behind so many traits."""
    return _write3(_status(refusal), traits)


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
        text("cause", "details"),
        [each for each in problems if isinstance(each, dict)] if isinstance(problems, list) else [],
        text("request_id"),
    )
