"""A good call of a function that writes, on every protocol, and what every refusal of it must be."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.store import CallRecord, User
from gateway.web import Response
from tests.support.site import Site
from tests.support.wire import AMF, CONTENT_TYPES, XML, Seen, fault_in, path_of, text_call

WRITE, ARGUMENT = "test_write", "username"
STATUS = {
    "invalidrequest": 400,
    "invalidparameter": 400,
    "lengthrequired": 411,
    "requesttoolarge": 413,
    "unsupportedmediatype": 415,
    "unsupportedencoding": 415,
    "methodnotallowed": 405,
    "notfound": 404,
    "codingerror": 500,
}
ANSWERED_IN = {
    "amf": AMF,
    "rest": "application/problem+json",
    "soap": f"{XML}; charset=utf-8",
    "xmlrpc": f"{XML}; charset=utf-8",
}


def expected_status(protocol: str, errorcode: str, *, named: bool = True) -> int:
    """SOAP faults are HTTP 500, XML-RPC's 200, AMF's too where a response URI could be read (`named`)."""
    if protocol == "soap":
        return 500
    if protocol == "xmlrpc" or (protocol == "amf" and named):
        return 200
    return STATUS[errorcode]


def check(site: Site, protocol: str, response: Response, errorcode: str, *, named: bool = True) -> Seen:
    """The answer is this fault, in the protocol's own form; it is on record, and nothing was written."""
    assert response.status == expected_status(protocol, errorcode, named=named)
    assert response.headers["Content-Type"] == ANSWERED_IN[protocol]
    seen = fault_in(protocol, response.body)
    if protocol == "amf" and not named:
        assert seen == Seen()
    else:
        assert seen.errorcode == errorcode
        assert seen.message
        assert seen.cause
        assert seen.request_id == response.headers["X-Request-Id"]
    site.gateway.log.flush()
    with Session(site.engine) as db:
        wanted = CallRecord.request_id == response.headers["X-Request-Id"]
        (record,) = db.scalars(select(CallRecord).where(wanted))
    assert (record.outcome, record.protocol) == (errorcode, protocol)
    assert site.count(User) == 1
    return seen


def good(protocol: str, name: str = WRITE) -> bytes:
    return text_call(protocol, name, **{ARGUMENT: "new.user"})


def send(site: Site, protocol: str, body: bytes, content_type: str | None = None, **headers: str) -> Response:
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    return site.post(path_of(protocol, WRITE), body, content_type or CONTENT_TYPES[protocol], headers=given)
