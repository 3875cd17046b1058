"""Faults as SOAP carries them: a message for people, and one typed detail for programs."""

from collections.abc import Mapping
from typing import Any

from gateway.faults import Problem, Refusal
from gateway.protocol import RemoteFault
from gateway.signature import StructOf, read_signature
from gateway.types import ABSENT, Maybe, Struct
from gateway.xml import Element, escape, escape_attribute
from protocols.soap.envelope import MUST_UNDERSTAND, SOAP12, VERSION_MISMATCH, Version
from protocols.soap.names import FAULT_ELEMENT, FAULT_TYPE, WHITE_SPACE
from protocols.soap.reader import compile_members
from protocols.soap.writer import compile_content


class ApiFaultDetail(Struct, name=FAULT_TYPE, kw_only=True):
    """What a program needs of a fault. No member is called `message`: it would hide Exception.getMessage in Java."""

    exception: str
    errorcode: str
    cause: Maybe[str] = ABSENT
    problems: Maybe[list[Problem]] = ABSENT
    request_id: str


def _detail_type() -> StructOf:
    """The detail as a type, read as a function's result is: one tree for the writer, the reader and the WSDL."""

    def api_fault() -> ApiFaultDetail:
        raise NotImplementedError

    result = read_signature(api_fault, "api_fault", "", skip_first=False).result
    if result is None or not isinstance(result.type, StructOf):
        raise TypeError("the detail of a fault is a Struct")
    return result.type


DETAIL = _detail_type()
_write_detail = compile_content(DETAIL, "a fault's detail")

_OWN_CODES = {
    each.message: code
    for each, code in (
        (MUST_UNDERSTAND, "MustUnderstand"),
        (VERSION_MISMATCH, "VersionMismatch"),
    )
}


def write_fault(version: Version, namespace: str, refusal: Refusal) -> bytes:
    """The message that carries a refusal; its detail is one `apiFault` in the namespace."""
    detail = ApiFaultDetail(
        exception=refusal.exception,
        errorcode=refusal.errorcode,
        cause="\n".join(filter(None, (refusal.cause, refusal.traceback))) or ABSENT,
        problems=list(refusal.problems) or ABSENT,
        request_id=refusal.request_id,
    )
    typed = (
        f'<{FAULT_ELEMENT} xmlns="{escape_attribute(namespace)}">{_write_detail(detail)}</{FAULT_ELEMENT}>'
    )
    layout = _layout12 if version is SOAP12 else _layout11
    return version.wrap(layout(code_of(version, refusal), escape(refusal.message), typed).encode())


def code_of(version: Version, refusal: Refusal) -> str:
    """Who is to blame, as SOAP names it (1.1: section 4.4.1; 1.2: part 1, section 5.4.6)."""
    blame = ("Sender", "Receiver") if version is SOAP12 else ("Client", "Server")
    return _OWN_CODES.get(refusal.message) or blame[refusal.status >= 500]


def _layout11(code: str, message: str, detail: str) -> str:
    return (
        f"<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{message}</faultstring>"
        f"<detail>{detail}</detail></soap:Fault>"
    )


def _layout12(code: str, message: str, detail: str) -> str:
    return (
        f"<soap:Fault><soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{message}</soap:Text></soap:Reason>'
        f"<soap:Detail>{detail}</soap:Detail></soap:Fault>"
    )


def read_fault(version: Version, fault: Element, namespace: str) -> RemoteFault:
    """The fault in an answer, also one of another server, without our detail."""
    if version is SOAP12:
        message = fault.findtext(f"{version.tag('Reason')}/{version.tag('Text')}", "")
        detail = fault.find(f"{version.tag('Detail')}/{{*}}{FAULT_ELEMENT}")
    else:
        message = fault.findtext("faultstring", "")
        detail = fault.find(f"detail/{{*}}{FAULT_ELEMENT}")
    values = {} if detail is None else compile_members(DETAIL.fields, namespace, "a fault's detail")(detail)
    return _remote_fault(message.strip(WHITE_SPACE), values if isinstance(values, dict) else {})


def _remote_fault(message: str, values: Mapping[str, Any]) -> RemoteFault:
    return RemoteFault(
        exception=values.get("exception") or "",
        errorcode=values.get("errorcode") or "",
        message=message,
        cause=values.get("cause") or "",
        problems=values.get("problems") or (),
        request_id=values.get("request_id") or "",
    )
