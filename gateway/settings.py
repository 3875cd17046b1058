"""The site's settings: declared once with type, default and meaning; kept in the table `settings` as JSON."""

import contextlib
import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from limits import parse as parse_rate

from gateway import addresses, limits
from gateway.crossdomain import is_domain
from gateway.faults import Level

_Level = Annotated[int, msgspec.Meta(description="debug level: 0, 5, 15, 30719 or 32767")]
_Positive = Annotated[int, msgspec.Meta(ge=1)]
_Seconds = Annotated[int, msgspec.Meta(ge=1, le=60)]


class SettingError(ValueError):
    """A setting that does not exist, or a value it does not take; the text says what it takes."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A snapshot of all settings. The comments here are what `gateway config get` shows."""

    webservices: bool = False
    protocols: frozenset[str] = frozenset()
    maintenance: bool = False
    debug: _Level = int(Level.NONE)
    debugusers: frozenset[str] = frozenset()
    passwords: bool = False
    auth: frozenset[str] = frozenset({"manual", "webservice"})
    password_max_age_days: Annotated[int, msgspec.Meta(ge=0)] = 0
    token_days: _Positive = 84
    password_change_ends_tokens: bool = True
    session_hours: _Positive = 24
    session_idle_minutes: _Positive = 120
    throttle_login: str = "5 per 15 minutes"
    throttle_address: str = "50 per 15 minutes"
    throttle_account: str = "200 per 15 minutes"
    ldap_url: str = ""
    ldap_start_tls: bool = True
    ldap_ca_file: str = ""
    ldap_base: str = ""
    ldap_filter: str = "(uid={username})"
    ldap_bind_dn: str = ""
    ldap_password_file: str = ""
    ldap_username: str = ""
    ldap_firstname: str = "givenName"
    ldap_lastname: str = "sn"
    ldap_email: str = "mail"
    ldap_idnumber: str = ""
    ldap_timeout_seconds: _Seconds = 5
    site_name: str = "Manifold"
    public_url: str = ""
    flash_domains: frozenset[str] = frozenset()
    trusted_proxies: str = ""
    proxy_header: str = "x-forwarded-for"
    namespace: str = "urn:manifold:api"
    wsdl_name: str = "Manifold"
    moodle_namespaces: bool = False
    max_body_bytes: _Positive = limits.BODY_BYTES
    max_problems: _Positive = limits.PROBLEMS
    call_log_days: _Positive = 90

    def level_for(self, username: str | None) -> int:
        """The debug level of a caller: the site's, or DEVELOPER for the users named in `debugusers`."""
        return int(Level.DEVELOPER) if username is not None and username in self.debugusers else self.debug


MEANINGS: Mapping[str, str] = {
    "webservices": "the master switch: whether web services answer at all",
    "protocols": "names of the enabled protocols",
    "maintenance": "the site is closed for everybody but its administrators",
    "debug": "how much faults disclose: none 0, minimal 5, normal 15, all 30719, developer 32767",
    "debugusers": "user names that see faults as at level developer",
    "passwords": "whether calls may come with user name and password instead of a token",
    "auth": "names of the enabled authentication backends",
    "password_max_age_days": "how old a password of the backend manual may be; 0: any age",
    "token_days": "for how many days a token is valid that a user gets with his password",
    "password_change_ends_tokens": "whether a new password ends the tokens that a user got with the old one",
    "session_hours": "for how many hours a login lasts at most",
    "session_idle_minutes": "after how many minutes without a call it ends",
    "throttle_login": "how many wrong passwords of one account from one address are tried",
    "throttle_address": "how many wrong credentials from one address are tried",
    "throttle_account": "how many wrong passwords of one account are tried, from all addresses together",
    "ldap_url": "the directory of the backend ldap: ldap://HOST or ldaps://HOST, with :PORT if it is another",
    "ldap_start_tls": "whether a connection to ldap:// turns to TLS before anything is sent",
    "ldap_ca_file": "the file with the authorities that may have signed its certificate; empty: the system's",
    "ldap_base": "the entry below which the directory is searched for users",
    "ldap_filter": "what finds a user's entry, with {username} in it",
    "ldap_bind_dn": "who searches; empty: anybody may",
    "ldap_password_file": "the file that holds the password of ldap_bind_dn",
    "ldap_username": "the attribute that must hold the user name besides; empty: ldap_filter alone decides",
    "ldap_firstname": "the attribute with the first name, taken over when the user comes; empty: none is",
    "ldap_lastname": "the attribute with the last name, likewise",
    "ldap_email": "the attribute with the e-mail address, likewise",
    "ldap_idnumber": "the attribute with the idnumber, likewise",
    "ldap_timeout_seconds": "how long the directory may take to be connected to, and for each answer",
    "site_name": "what the installation is called",
    "public_url": "where clients reach it, without a slash at the end; empty: the address that `serve` listens on",
    "flash_domains": "domains whose Flash movies may call: example.org, *.example.org, or * for all; empty: none",
    "trusted_proxies": "addresses of reverse proxies that are believed (10.0.0.5, 10.0.0.0/8, ...); empty: none",
    "proxy_header": "the one header, in lower case, that they write the client's address to (forwarded, ...)",
    "namespace": "the target namespace of the WSDL; changing it changes every generated stub (restart to apply)",
    "wsdl_name": "what the WSDL's service, port type and bindings are named after (restart to apply)",
    "moodle_namespaces": "whether addresses for Moodle's clients name classes as Moodle 4.5 does: core\\exception\\...",
    "max_body_bytes": "the largest body that is read",
    "max_problems": "how many problems a fault lists",
    "call_log_days": "for how many days the call log keeps its records",
}


def read(rows: Iterable[tuple[str, str]]) -> Settings:
    """The snapshot that rows (name, JSON) make; rows of settings that no longer exist are left aside."""
    known = {name: msgspec.json.decode(value) for name, value in rows if name in MEANINGS}
    return msgspec.convert(known, Settings)


def check_name(name: str) -> None:
    """Raises SettingError for a name that no setting has, with the nearest there is."""
    if name not in MEANINGS:
        near = difflib.get_close_matches(name[:255], MEANINGS, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "`gateway config get` lists them all"
        raise SettingError(f"there is no setting {name[:255]}; {hint}")


def parse(name: str, text: str) -> str:
    """The JSON of a setting as a person writes it: `true`, `15`, `rest,soap`, or JSON.

    Raises SettingError, naming what the setting takes.
    """
    check_name(name)
    field = next(each for each in msgspec.structs.fields(Settings) if each.name == name)
    for candidate in _readings(text):
        try:
            value = msgspec.convert(candidate, field.type)
        except msgspec.ValidationError:
            continue
        _check(name, value)
        plain = sorted(value) if isinstance(value, frozenset) else value
        return msgspec.json.encode(plain).decode()
    raise SettingError(f"{name} does not take {text!r}: {MEANINGS[name]}")


def _readings(text: str) -> list[Any]:
    readings: list[Any] = []
    with contextlib.suppress(msgspec.DecodeError):
        readings.append(msgspec.json.decode(text))
    levels = {level.name.lower(): int(level) for level in Level}
    if text.lower() in levels:
        readings.append(levels[text.lower()])
    return [*readings, text, [each.strip() for each in text.split(",") if each.strip()]]


_ATTRIBUTES = frozenset(f"ldap_{name}" for name in ("username", "firstname", "lastname", "email", "idnumber"))
_ATTRIBUTE = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*)?")
_DIRECTORY = re.compile(r"(?:ldaps?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?)?")
_HEADER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?@!$'()*+,;=%-]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


def _check(name: str, value: Any) -> None:
    if name.startswith("throttle_"):
        try:
            parse_rate(value)
        except ValueError:
            raise SettingError(f"{name} is a rate like 5 per 15 minutes, not {value!r}") from None
    if name == "namespace" and not _URI.fullmatch(value):
        raise SettingError("namespace is an absolute URI like urn:example:api")
    if name == "wsdl_name" and not _NAME.fullmatch(value):
        raise SettingError("wsdl_name is a name like Manifold: at most 60 ASCII letters, digits and _")
    if name == "debug" and value not in set(map(int, Level)):
        raise SettingError(f"debug takes {', '.join(f'{each.name.lower()} ({int(each)})' for each in Level)}")
    if (
        name == "public_url"
        and value
        and (not value.startswith(("http://", "https://")) or value.endswith("/"))
    ):
        raise SettingError("public_url starts with http:// or https:// and does not end in a slash")
    if name == "flash_domains" and not all(map(is_domain, value)):
        raise SettingError("flash_domains are host names like example.org or *.example.org, or * for all")
    if name == "trusted_proxies":
        _check_addresses(value)
    if name == "proxy_header" and not _HEADER.fullmatch(value):
        # WSGI cannot tell an underscore from a hyphen: such a header could be replaced by its twin.
        raise SettingError("proxy_header is a name like x-forwarded-for: lower case, hyphens, no underscores")
    if name.startswith("ldap_"):
        _check_ldap(name, value)


def _check_ldap(name: str, value: Any) -> None:
    if name == "ldap_url" and not _DIRECTORY.fullmatch(value):
        raise SettingError(
            "ldap_url is ldap://HOST or ldaps://HOST, with :PORT if it is another, and nothing behind"
        )
    if name == "ldap_filter" and not _is_filter(value):
        raise SettingError(
            "ldap_filter is a filter like (uid={username}), its parentheses balanced (RFC 4515)"
        )
    if name in _ATTRIBUTES and not _ATTRIBUTE.fullmatch(value):
        raise SettingError(f"{name} is the name of one attribute, like givenName")
    if name in ("ldap_ca_file", "ldap_password_file") and value and not value.startswith("/"):
        raise SettingError(f"{name} is the whole path of a file: /etc/...")


def _is_filter(text: str) -> bool:
    """Whether a text is one filter in parentheses with the user name in it, as far as that can be seen outside."""
    bare = text.replace("{username}", "")
    balanced = text.startswith("(") and text.endswith(")") and text.count("(") == text.count(")")
    return balanced and bare != text and "{" not in bare and "}" not in bare


def _check_addresses(value: str) -> None:
    try:
        addresses.check(value)
    except addresses.AddressError as error:
        raise SettingError(f"trusted_proxies: {error}") from None
