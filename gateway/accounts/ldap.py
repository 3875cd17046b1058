"""The backend `ldap`: passwords that a directory keeps. It finds the user's entry, and binds under its name.

The accounts themselves are made here, as all others; their names and e-mail address follow the directory.
"""

import logging
import time
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from gateway.accounts import PROFILE, Account, Backend, Verdict
from gateway.accounts.policy import PolicyError
from gateway.faults import AUTHENTICATION_UNAVAILABLE, Fault
from gateway.settings import Settings
from gateway.store import utcnow
from gateway.types import Word
from gateway.words import Email, NoTags
from gateway.xml import ILLEGAL

if TYPE_CHECKING:  # the library behind it is an extra
    from gateway.accounts.directory import Bind, Directory, Entry

PAUSE_SECONDS = 5.0
"""For so long nobody asks a directory that did not answer: who waits for it keeps a thread from others."""
RETRY_SECONDS = 30
"""When a caller should come again, if the directory cannot be asked."""

_SUCCESS, _INVALID_CREDENTIALS = 0, 49
# constraintViolation (389 counts wrong passwords so), noSuchObject (gone since the search), inappropriateAuthentication
# (no password), invalidCredentials, insufficientAccessRights, unwillingToPerform (inactive).
_REFUSED = frozenset({19, 32, 48, _INVALID_CREDENTIALS, 50, 53})
_REQUIRED = ("ldap_url", "ldap_base")
_LENGTHS = {"firstname": 100, "lastname": 100, "email": 254, "idnumber": 255}
_WORDS: Mapping[str, Any] = {"email": Email}
_log = logging.getLogger("gateway.accounts.ldap")


class LDAPAccounts(Backend):
    """Accounts whose passwords a directory keeps; `clock` gives monotonic seconds."""

    name: ClassVar[str] = "ldap"
    title: ClassVar[str] = "Accounts of an LDAP directory"
    remote: ClassVar[bool] = True

    def __init__(
        self,
        settings: Callable[[], Settings] = Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._silent_until = 0.0

    def for_site(self, settings: Callable[[], Settings]) -> Backend:
        """The backend that asks the directory which these settings name."""
        return LDAPAccounts(settings, clock=self._clock)

    def verify(self, account: Account, password: str) -> Verdict:
        """Ask the directory. An empty password is wrong, and never sent.

        Raises AUTHENTICATION_UNAVAILABLE when the directory does not answer or the settings are wrong.
        """
        if not password:
            return Verdict(False)
        settings = self._settings()
        self._look(settings)
        try:
            from gateway.accounts.directory import DirectoryError, connected
        except ImportError as error:
            raise _unavailable(f"{error}: install manifold-gateway[ldap], which brings ldap3") from error
        try:
            with connected(settings) as directory:
                return _judge(directory, settings, account.username, password)
        except DirectoryError as error:
            if error.silent:
                self._silent_until = self._clock() + PAUSE_SECONDS
            raise _unavailable(str(error)) from error

    def _look(self, settings: Settings) -> None:
        for name in _REQUIRED:
            if not getattr(settings, name):
                raise _unavailable(f"the setting {name} is empty")
        if self._clock() < self._silent_until:
            raise _unavailable("it did not answer a moment ago")


LDAP = LDAPAccounts()
"""What the entry point names; `for_site` makes the one that works."""


def _unavailable(reason: str) -> Fault:
    """The fault for the caller, who learns no more than that it is not his password; the log has the reason."""
    _log.warning("the directory of the backend ldap cannot judge a password: %s", reason)
    cause = "The directory of the backend ldap cannot be asked; the error log says why"
    return AUTHENTICATION_UNAVAILABLE(cause, retry_after=RETRY_SECONDS)


def _judge(directory: "Directory", settings: Settings, username: str, password: str) -> Verdict:
    _bind_to_search(directory, settings)
    mapped = {column: attribute for column in PROFILE if (attribute := getattr(settings, f"ldap_{column}"))}
    wanted = [*mapped.values(), *filter(None, [settings.ldap_username])]
    entry = directory.find(username, wanted)
    if entry is None or not _is_of(entry, settings.ldap_username, username):
        return Verdict(False)
    answer = directory.bind(entry.dn, password.encode("utf-8", "surrogatepass"))
    return _verdict(answer, username, _profile(entry, mapped))


def _bind_to_search(directory: "Directory", settings: Settings) -> None:
    from gateway.accounts.directory import DirectoryError

    if not settings.ldap_bind_dn:
        directory.bind_anonymously()
        return
    try:
        password = Path(settings.ldap_password_file).read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise DirectoryError(f"the file of the setting ldap_password_file: {error.strerror}") from error
    if not password:
        raise DirectoryError("the file of the setting ldap_password_file is empty")
    answer = directory.bind(settings.ldap_bind_dn, password)
    if answer.code != _SUCCESS:
        raise DirectoryError(f"it answers the bind of ldap_bind_dn with {answer.name}")


def _is_of(entry: "Entry", attribute: str, username: str) -> bool:
    """Whether the entry holds the user name itself: a filter may find it by what its owner can change."""
    names = entry.attributes.get(attribute.lower(), ())
    return not attribute or username.casefold() in {each.casefold() for each in names}


def _verdict(answer: "Bind", username: str, profile: Mapping[str, str]) -> Verdict:
    """A password that is right may have expired: the policy tells that to nobody else (draft-behera, section 8.1)."""
    from gateway.accounts.directory import DirectoryError

    code, name, policy = answer
    if code == _SUCCESS:
        left = policy.seconds_left
        return Verdict(
            True,
            utcnow() + timedelta(seconds=left) if left is not None else None,
            expired=policy.grace_left is not None,  # let in only to change it
            reset=policy.error == PolicyError.CHANGE_AFTER_RESET,
            profile=profile,
        )
    if code == _INVALID_CREDENTIALS and policy.error == PolicyError.EXPIRED:
        return Verdict(True, expired=True, profile=profile)
    if code not in _REFUSED:
        raise DirectoryError(f"it answers the bind of {username} with {name}")
    if policy.error == PolicyError.LOCKED:
        _log.info("the directory has locked the account of %s", username)
    return Verdict(False)


def _profile(entry: "Entry", mapped: Mapping[str, str]) -> dict[str, str]:
    """The first value of each mapped attribute; what is not there, or no column takes, changes nothing."""
    texts = {column: _first(entry.attributes.get(name.lower(), ())) for column, name in mapped.items()}
    return {column: text for column, text in texts.items() if text and _takes(column, text)}


def _first(values: Sequence[str]) -> str:
    return " ".join(values[0].split()) if values else ""


def _takes(column: str, text: str) -> bool:
    word = next(each for each in typing.get_args(_WORDS.get(column, NoTags)) if isinstance(each, Word))
    return len(text) <= _LENGTHS[column] and not ILLEGAL.search(text) and bool(word.test(text))
