"""The three kinds of fault that Moodle's SOAP server sends, all in SOAP 1.1; each says the errorcode, and why.

`A`: before PHP's SOAP engine has the call (who calls; anything about the WSDL). `B`: from the function, or around it.
`C`: by the engine, which knows the functions that this caller may call, and what a message must look like.
"""

from enum import Enum

from gateway.faults import INVALID_REQUEST, TOO_LARGE, Refusal
from gateway.moodle.access import HEADERS
from gateway.moodle.faults import debug_info
from gateway.protocol import Reply
from gateway.xml import escape
from protocols.soap.envelope import SOAP11
from protocols.soap.fault import code_of

ERRORCODE = " | ERRORCODE: "
"""What stands in a faultstring between the message and the errorcode."""
DASH = " - "
"""What stands in a faultstring of kind A between the message and the reason."""

_XML = {
    "Content-Type": "application/xml; charset=utf-8",
    "Content-Disposition": 'inline; filename="response.xml"',
}
_TEXT_XML = {"Content-Type": SOAP11.content_type}
_MOODLE = 'xmlns:MOODLE="urn:moodle"'
"""Moodle declares its prefix nowhere, which no parser of qualified names takes."""

_NOT_DECLARED = frozenset({"15", "16", "17", "18", "19", "20", "21", "22", "23"})
"""The checks that keep a function out of the caller's WSDL, so that the engine does not know it."""
_INSIDE = frozenset({"24", "25"})
"""The checks around a function that the caller may call."""
_UNREADABLE = frozenset({INVALID_REQUEST.errorcode, TOO_LARGE.errorcode})


class Kind(Enum):
    """Where a fault arises."""

    A = "before the engine"
    B = "in the function"
    C = "in the engine"


def kind_of(refusal: Refusal) -> Kind:
    """Where a call was refused."""
    number = refusal.check_number
    if number in _NOT_DECLARED or (not number and refusal.errorcode in _UNREADABLE):
        return Kind.C
    return Kind.A if number and number not in _INSIDE else Kind.B


def refuse(refusal: Refusal, kind: Kind, function: str | None = None) -> Reply:
    """The answer that carries a fault; `function` is the one that was called, as far as that is known."""
    headers = {**HEADERS, **(_XML if kind is Kind.A else _TEXT_XML)}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return Reply(200 if kind is Kind.A else 500, headers, _write(refusal, kind, function))


def _write(refusal: Refusal, kind: Kind, function: str | None) -> bytes:
    detail = debug_info(refusal)
    message, code = refusal.message, "Receiver"
    if kind is Kind.A:
        message, code = DASH.join(filter(None, (message, detail))), "MOODLE:error"
    elif kind is Kind.C:
        code = f"SOAP-ENV:{code_of(SOAP11, refusal)}"
        if refusal.check_number in _NOT_DECLARED:
            message, code = f"Function '{function or ''}' doesn't exist", "SOAP-ENV:Server"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP11.namespace}">'
        f"<SOAP-ENV:Body><SOAP-ENV:Fault>"
        f"<faultcode{f' {_MOODLE}' if kind is Kind.A else ''}>{code}</faultcode>"
        f"<faultstring>{escape(message)}{ERRORCODE}{escape(refusal.errorcode)}</faultstring>"
        f"<faultactor>{escape(refusal.errorcode)}</faultactor>"
        f"{f'<detail>{escape(detail)}</detail>' if detail else ''}"
        f"</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    ).encode()
