"""The gateway's closed list of faults, and what each debug level discloses of them."""

import enum
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.types import Struct


class Problem(Struct, name="Problem"):
    """One thing wrong with the caller's arguments: where (`users[3].email`) and what."""

    path: str
    problem: str


class Level(enum.IntEnum):
    """Moodle's debug levels (reference: Moodle 2.7 documentation, "Debugging")."""

    NONE = 0
    MINIMAL = 5
    NORMAL = 15
    ALL = 30719
    DEVELOPER = 32767


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What a fault is, apart from any one occasion: code, class, a message safe for anybody, REST status."""

    errorcode: str
    message: str
    exception: str = "moodle_exception"
    status: int = 409

    def __call__(
        self,
        cause: str = "",
        *,
        message: str | None = None,
        problems: Sequence[Problem] = (),
        retry_after: int | None = None,
        challenge: str = "",
    ) -> "Fault":
        """The Fault of one occasion, to be raised. `cause` is shown from debug level NORMAL on."""
        return Fault(self, cause, message or self.message, tuple(problems), retry_after, challenge)


class Fault(Exception):
    """What goes back instead of a result.

    `cause` is its explicit reason; `problems` are the caller's own input; `retry_after` counts seconds;
    `challenge` is the WWW-Authenticate header that asks for a credential when none came. `check_number` names the check
    of the authorization core that failed; empty for any other fault.
    """

    check_number: str = ""

    def __init__(
        self,
        kind: FaultKind,
        cause: str,
        message: str,
        problems: tuple[Problem, ...] = (),
        retry_after: int | None = None,
        challenge: str = "",
    ) -> None:
        super().__init__(f"{kind.errorcode}: {message}" + (f" ({cause})" if cause else ""))
        self.kind = kind
        self.cause = cause
        self.message = message
        self.problems = problems
        self.retry_after = retry_after
        self.challenge = challenge


def _access(
    errorcode: str, message: str, status: int = 403, exception: str = "moodle_exception"
) -> FaultKind:
    return FaultKind(errorcode, message, exception, status)


# The authorization core's faults; access.py says which check raises which.
ACCESS = _access("accessexception", "Access control exception", exception="webservice_access_exception")
INVALID_TOKEN = _access("invalidtoken", "Invalid token - token not found", 401)
MAINTENANCE = _access(
    "sitemaintenance", "The site is undergoing maintenance and is currently not available", 503
)
UNCONFIRMED = _access("wsaccessuserunconfirmed", "This user account has not been confirmed")
NO_PERMISSION = _access(
    "nopermissions",
    "Sorry, but you do not currently have permissions to do that",
    exception="required_capability_exception",
)
RESTRICTED_CONTEXT = _access(
    "restrictedcontextexception", "Cannot execute in this context", exception="restricted_context_exception"
)
TOO_MANY_ATTEMPTS = _access("toomanyattempts", "Too many failed attempts, please try again later", 429)
RATE_LIMITED = _access("ratelimited", "Too many calls, please try again later", 429)
MISSING_USERNAME = _access("missingusername", "Missing username", 401)
MISSING_PASSWORD = _access("missingpassword", "Missing password", 401)
WRONG_PASSWORD = _access("wrongusernamepassword", "Wrong username or password", 401)
AUTHENTICATION_UNAVAILABLE = _access(
    "authunavailable", "The password cannot be checked at present, please try again later", 503
)
REQUIRE_LOGIN = _access(
    "requireloginerror", "Course or activity not accessible", exception="require_login_exception"
)
NO_FUNCTION = _access(
    "invalidparameter", "Invalid parameter value detected", 404, "invalid_parameter_exception"
)
UNKNOWN_FUNCTION = _access(
    "invalidrecord",
    "Can not find data record in database table external_functions",
    404,
    "dml_missing_record_exception",
)
FUNCTION_REMOVED = _access("functionremoved", "This function was removed", 410)

# What is wrong with the arguments, the result, or the function itself.
INVALID_PARAMETER = FaultKind(
    "invalidparameter", "Invalid parameter value detected", "invalid_parameter_exception", 400
)
INVALID_RESPONSE = FaultKind(
    "invalidresponse", "Invalid response value detected", "invalid_response_exception", 500
)
CODING_ERROR = FaultKind(
    "codingerror", "Coding error detected, it must be fixed by a programmer", "coding_exception", 500
)

# The transport's faults: the message never reached a function.
INVALID_REQUEST = FaultKind("invalidrequest", "The request could not be read", status=400)
NOT_FOUND = FaultKind("notfound", "Nothing answers at this address", status=404)
METHOD_NOT_ALLOWED = FaultKind("methodnotallowed", "This address does not take that HTTP method", status=405)
LENGTH_REQUIRED = FaultKind("lengthrequired", "The request must say its length", status=411)
TOO_LARGE = FaultKind("requesttoolarge", "The request is too large", status=413)
UNSUPPORTED_MEDIA_TYPE = FaultKind(
    "unsupportedmediatype", "The content type is not one this address reads", status=415
)
UNSUPPORTED_ENCODING = FaultKind(
    "unsupportedencoding", "The content encoding is not one this address reads", status=415
)
DATABASE_BUSY = FaultKind("databasebusy", "The database is busy, please try again", status=503)

KINDS: tuple[FaultKind, ...] = tuple(each for each in list(globals().values()) if isinstance(each, FaultKind))
"""The closed list; a function adds its own with `raises=[...]`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A Fault as one caller may see it: the same keys at every level, empty where the level hides them.

    `namespaced` says whether faces compatible with Moodle name classes as Moodle 4.5 does.
    """

    exception: str
    errorcode: str
    message: str
    cause: str
    problems: tuple[Problem, ...]
    request_id: str
    status: int
    traceback: str = ""
    retry_after: int | None = None
    challenge: str = ""
    level: int = Level.NONE
    check_number: str = ""
    namespaced: bool = False


def disclose(fault: Fault, level: int, request_id: str, *, namespaced: bool = False) -> Refusal:
    """What a caller at this debug level may see of a fault.

    Below NORMAL: class, errorcode, message, problems, request id. From NORMAL: the cause. At DEVELOPER: the
    traceback of an unexpected error.
    """
    return Refusal(
        exception=fault.kind.exception,
        errorcode=fault.kind.errorcode,
        message=fault.message,
        cause=fault.cause if level >= Level.NORMAL else "",
        problems=fault.problems,
        request_id=request_id,
        status=fault.kind.status,
        traceback=_traceback(fault) if level >= Level.DEVELOPER else "",
        retry_after=fault.retry_after,
        challenge=fault.challenge,
        level=level,
        check_number=fault.check_number,
        namespaced=namespaced,
    )


def _traceback(fault: Fault) -> str:
    if fault.kind is not CODING_ERROR or fault.__cause__ is None:
        return ""
    return "".join(traceback.format_exception(fault.__cause__))
