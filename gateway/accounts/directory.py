"""A conversation with an LDAP directory: connect, find a user's entry, bind under its name. Needs ldap3.

A connection serves one password and is closed. Referrals are not followed: another server would get the password.
"""

import contextlib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ldap3 import (
    ANONYMOUS,
    DEREF_NEVER,
    NO_ATTRIBUTES,
    NONE,
    SIMPLE,
    SUBTREE,
    SYNC,
    Connection,
    Server,
    Tls,
)
from ldap3.core.exceptions import LDAPCommunicationError, LDAPException
from ldap3.core.results import RESULT_SIZE_LIMIT_EXCEEDED, RESULT_SUCCESS
from ldap3.utils.conv import escape_filter_chars

from gateway.accounts.policy import CONTROL, Policy, decode
from gateway.settings import Settings


class DirectoryError(Exception):
    """The directory cannot judge: it does not answer, is not set up as the settings say, or they are wrong.

    `silent` says that it did not answer at all.
    """

    def __init__(self, sentence: str, *, silent: bool = False) -> None:
        super().__init__(sentence)
        self.silent = silent


class Entry(NamedTuple):
    """A user's entry: its name, and the texts of its attributes by lower-case name."""

    dn: str
    attributes: Mapping[str, Sequence[str]]


class Bind(NamedTuple):
    """The answer to a bind: the result code (RFC 4511, appendix A), its name, and what the password policy says."""

    code: int
    name: str
    policy: Policy


class Directory:
    """An open connection, its certificate checked if it speaks TLS."""

    def __init__(self, connection: Any, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings

    def find(self, username: str, attributes: Sequence[str]) -> Entry | None:
        """The one entry that the filter finds for a user name. Raises DirectoryError, also when there are several."""
        query = self._settings.ldap_filter.replace("{username}", escape_filter_chars(username))
        self._connection.search(
            self._settings.ldap_base,
            query,
            SUBTREE,
            DEREF_NEVER,
            attributes or [NO_ATTRIBUTES],
            size_limit=2,
            time_limit=self._settings.ldap_timeout_seconds,
        )
        result = self._connection.result
        if result["result"] not in (RESULT_SUCCESS, RESULT_SIZE_LIMIT_EXCEEDED):
            raise DirectoryError(f"it answers a search below ldap_base with {result['description']}")
        found = [each for each in self._connection.response if each["type"] == "searchResEntry"]
        if len(found) > 1:
            raise DirectoryError(f"ldap_filter finds several entries for {username}")
        return _entry(found[0]) if found and found[0]["dn"] else None

    def bind(self, dn: str, password: bytes) -> Bind:
        """Bind with a password that is not empty: RFC 4513 (5.1.2) takes an empty one for nobody's, and succeeds.

        It travels as it is: of a text the library would make another (RFC 4013), and fail where that leaves nothing.
        """
        if not dn or not password:
            raise ValueError("a bind without name or password proves nothing")
        self._connection.rebind(
            dn, password, SIMPLE, read_server_info=False, controls=[(CONTROL, False, None)]
        )
        result = self._connection.result
        control = (result.get("controls") or {}).get(CONTROL, {})
        try:
            return Bind(result["result"], result["description"], decode(control.get("value")))
        except ValueError as error:
            raise DirectoryError(f"its password policy says what cannot be read: {error}") from None

    def bind_anonymously(self) -> None:
        """Become nobody. Raises DirectoryError where nobody may come in."""
        if not self._connection.rebind(authentication=ANONYMOUS, read_server_info=False):
            raise DirectoryError(
                "it lets nobody search without a name: set ldap_bind_dn and ldap_password_file"
            )


def _entry(response: Mapping[str, Any]) -> Entry:
    attributes = {
        name.lower(): [value.decode("utf-8", "replace") for value in values]
        for name, values in response["raw_attributes"].items()
    }
    return Entry(response["dn"], attributes)


class _StandardTls(Tls):  # type: ignore[misc]  # the library has no types
    """TLS as Python's own module makes it, which looks at the certificate's names while it shakes hands.

    The library would look at them afterwards, by a function that Python 3.12 has no more.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.ldap_ca_file or None)
        self._host = urlsplit(settings.ldap_url).hostname

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: ARG002
        """Turn the connection to TLS. Raises ssl.SSLError, among them that for a stranger's certificate."""
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        connection.socket = context.wrap_socket(connection.socket, server_hostname=self._host)


@contextlib.contextmanager
def connected(settings: Settings) -> Iterator[Directory]:
    """A connection, under TLS unless the settings say otherwise. Raises DirectoryError, whatever goes wrong with it."""
    try:
        connection = _connection(settings)
        try:
            _open(connection, settings)
            yield Directory(connection, settings)
        finally:
            _close(connection)
    except (LDAPCommunicationError, OSError) as error:
        raise DirectoryError(_sentence(error), silent=True) from error
    except LDAPException as error:
        raise DirectoryError(_sentence(error)) from error


def _connection(settings: Settings) -> Any:
    server = Server(
        settings.ldap_url,
        get_info=NONE,
        connect_timeout=settings.ldap_timeout_seconds,
        tls=_StandardTls(settings),
    )
    return Connection(
        server,
        client_strategy=SYNC,
        auto_referrals=False,
        check_names=False,
        read_only=True,
        receive_timeout=settings.ldap_timeout_seconds,
    )


def _open(connection: Any, settings: Settings) -> None:
    connection.open(read_server_info=False)
    encrypt = settings.ldap_start_tls and not settings.ldap_url.startswith("ldaps:")
    if encrypt and not connection.start_tls(read_server_info=False):
        raise DirectoryError("it does not turn to TLS")
    # Each request waits for its answer: one held back for more data costs 40 ms under TLS.
    connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _close(connection: Any) -> None:
    with contextlib.suppress(LDAPException, OSError):
        connection.unbind()
    if connection.socket is not None:  # the library leaves one open that never got a connection
        connection.socket.close()


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:1000]}"
