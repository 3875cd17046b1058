"""Faults as RFC 9457 problems: what REST answers, and every address that is of no other protocol."""

from typing import Any

import msgspec

from gateway.faults import Refusal
from gateway.protocol import Reply

PROBLEM = "application/problem+json"


def problem_reply(refusal: Refusal, allow: str = "") -> Reply:
    """The problem under the fault's own status.

    401 asks for a credential (RFC 9110 section 11.6.1), 429 and 503 say when to come again, 405 says what is allowed.
    """
    headers = {"Content-Type": PROBLEM}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = refusal.challenge or 'Bearer realm="Manifold"'
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if allow:
        headers["Allow"] = allow
    return Reply(refusal.status, headers, msgspec.json.encode(problem_members(refusal)))


def problem_members(refusal: Refusal) -> dict[str, Any]:
    """The members of the problem document: those of RFC 9457, then the gateway's own."""
    members: dict[str, Any] = {
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
        members["traceback"] = refusal.traceback
    return members
