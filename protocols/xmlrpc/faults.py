"""A fault as XML-RPC's `faultCode` and `faultString`, written and read."""

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import lru_cache

import msgspec

from gateway.faults import Refusal
from gateway.moodle.faults import debug_info
from gateway.protocol import RemoteFault
from protocols.xmlrpc.writer import write_plain

_SEPARATOR = " | "
_LONE_BAR = re.compile(r"(?:^|(?<= ))\|(?=$| )")
_PROBLEMS, _CAUSE, _EXCEPTION, _REQUEST, _ERRORCODE = (
    "PROBLEMS: ",
    "DEBUG INFO: ",
    "EXCEPTION: ",
    "REQUEST: ",
    "ERRORCODE: ",
)


@lru_cache(maxsize=256)
def fault_code(errorcode: str) -> int:
    """The integer of an errorcode: the first 8 decimal digits of its MD5, as Moodle computes it."""
    digest = hashlib.md5(errorcode.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    return int(str(int(digest, 16))[:8])


def fault_string(refusal: Refusal) -> str:
    """`message | PROBLEMS: [JSON] | DEBUG INFO: cause | EXCEPTION: class | REQUEST: id | ERRORCODE: code`.

    Empty parts are left out. ` | ` inside a part becomes ` / `, so that the parts can be told apart.
    """
    problems = msgspec.json.encode(refusal.problems).decode() if refusal.problems else ""
    parts = (
        ("", refusal.message),
        (_PROBLEMS, problems),
        (_CAUSE, debug_info(refusal)),
        (_EXCEPTION, refusal.exception),
        (_REQUEST, refusal.request_id),
        (_ERRORCODE, refusal.errorcode),
    )
    return _join(parts)


def moodle_fault_string(refusal: Refusal) -> str:
    """`message | DEBUG INFO: cause | ERRORCODE: code`, the cause from debug level NORMAL on, as Moodle writes it."""
    return _join((("", refusal.message), (_CAUSE, debug_info(refusal)), (_ERRORCODE, refusal.errorcode)))


def _join(parts: Iterable[tuple[str, str]]) -> str:
    return _SEPARATOR.join(label + _LONE_BAR.sub("/", part) for label, part in parts if part)


def write_fault(refusal: Refusal, write_string: Callable[[Refusal], str] = fault_string) -> bytes:
    """The `<value>` of a fault: a struct of `faultCode` and `faultString`."""
    fault = {"faultCode": fault_code(refusal.errorcode), "faultString": write_string(refusal)}
    return write_plain(fault).encode()


def remote_fault(text: str) -> RemoteFault:
    """The fault that a `faultString` tells of; a text of another server becomes its message."""
    message, *rest = text.split(_SEPARATOR)
    parts = dict.fromkeys((_PROBLEMS, _CAUSE, _EXCEPTION, _REQUEST, _ERRORCODE), "")
    for part in rest:
        label = next((each for each in parts if part.startswith(each)), None)
        if label is None:
            message = f"{message}{_SEPARATOR}{part}"
        else:
            parts[label] = part.removeprefix(label)
    return RemoteFault(
        exception=parts[_EXCEPTION],
        errorcode=parts[_ERRORCODE],
        message=message,
        cause=parts[_CAUSE],
        problems=_read_problems(parts[_PROBLEMS]),
        request_id=parts[_REQUEST],
    )


def _read_problems(text: str) -> list[dict[str, str]]:
    try:
        return msgspec.json.decode(text, type=list[dict[str, str]]) if text else []
    except msgspec.DecodeError:
        return []
