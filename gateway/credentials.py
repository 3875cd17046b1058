"""Tokens and passwords: finding them in a request, making and hashing them."""

import binascii
import hashlib
import hmac
import os
import re
import secrets
from base64 import b64encode
from pathlib import Path
from urllib.parse import unquote_to_bytes

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.faults import INVALID_REQUEST
from gateway.protocol import Credentials, Request

TOKEN_PREFIX = 8
"""How many characters of a token its row keeps, to recognise it by."""

_QUERY_TOKEN = re.compile(r"(?:^|&)wstoken=([^&]*)")
_hasher = PasswordHasher()
_NOBODYS_HASH = "$argon2id$v=19$m={},t={},p={}${}${}".format(
    *(_hasher.memory_cost, _hasher.time_cost, _hasher.parallelism),
    *(b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (_hasher.salt_len, _hasher.hash_len)),
)
"""A hash of the usual cost that no known password has."""


def find_credentials(request: Request, *others: Credentials | str | None) -> Credentials:
    """The caller's credentials: the Authorization header, what the envelope or form held, query `wstoken`.

    `others` are what the protocol found in its own header or form: credentials, or a token. Raises INVALID_REQUEST for
    two different credentials, or a malformed Basic header.
    """
    found = _authorization(request)
    if not (others or request.query):
        return found
    for each in (*others, _query_token(request.query)):
        if not each:
            continue
        credentials = Credentials(each) if isinstance(each, str) else each
        if credentials == _NONE:
            continue
        if found not in (_NONE, credentials):
            raise INVALID_REQUEST("The request carries two different credentials")
        found = credentials
    return found


_NONE = Credentials()


def _authorization(request: Request) -> Credentials:
    header = request.headers.get("authorization")
    if not header:
        return _NONE
    scheme, _, value = header.partition(" ")
    kind, value = scheme.lower(), value.strip()
    if kind == "bearer" and value:
        return Credentials(value)
    return read_basic(value) if kind == "basic" else _NONE


def read_basic(value: str) -> Credentials:
    """User name and password from `base64(user:password)` (RFC 7617). Raises INVALID_REQUEST."""
    try:
        username, colon, password = (
            binascii.a2b_base64(value, strict_mode=True).decode("utf-8").partition(":")
        )
    except (ValueError, binascii.Error):
        raise INVALID_REQUEST("The user name and password are not base64 of UTF-8") from None
    if not colon:
        raise INVALID_REQUEST("The user name and password are not separated by a colon")
    return Credentials(username=username, password=password)


def _query_token(query: str) -> str | None:
    if "wstoken=" not in query:
        return None
    found = _QUERY_TOKEN.search(query)
    return unquote_to_bytes(found[1]).decode("utf-8", "replace") if found else None


def make_token() -> str:
    """A random token: 32 hexadecimal characters, as Moodle's clients expect."""
    return secrets.token_hex(16)


def make_client_id(key: bytes) -> str:
    """A random id for a client that may log in under it: 32 hexadecimal characters, and 16 that prove who made them."""
    nonce = secrets.token_hex(16)
    return nonce + _proof(key, nonce)


def is_client_id(key: bytes, text: str) -> bool:
    """Whether a text is an id that was made under this key."""
    nonce, proof = text[:32], text[32:]
    return hmac.compare_digest(_proof(key, nonce).encode(), proof.encode("utf-8", "replace"))


def _proof(key: bytes, nonce: str) -> str:
    message = b"client:" + nonce.encode("utf-8", "replace")
    return hmac.digest(key, message, hashlib.sha256).hex()[:16]


def derive_token(key: bytes, user_id: int, service_id: int, serial: int) -> str:
    """The token that a site makes for a user, a service and a serial: the same again, though it is not kept.

    HMAC-SHA256 (RFC 2104) under the site key, cut to 32 hexadecimal characters.
    """
    message = f"token:{user_id}:{service_id}:{serial}".encode()
    return hmac.digest(key, message, hashlib.sha256).hex()[:32]


def digest(token: str) -> bytes:
    """What the database keeps of a token: its SHA-256 (32 bytes)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def hash_password(password: str) -> str:
    """The Argon2id hash of a password, in PHC form; takes tens of milliseconds and 64 MiB by design (RFC 9106)."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether a password is that of a hash; no hash (None) has none, and takes as long to say so."""
    try:
        return _hasher.verify(password_hash or _NOBODYS_HASH, password)
    except (VerificationError, InvalidHashError):
        return False


def make_password() -> str:
    """A random password that every usual policy takes: lower and upper case, digit, sign; 120 bits."""
    return f"{secrets.token_urlsafe(15)}aA1!"


def site_key(path: Path) -> bytes:
    """The installation's secret key (32 bytes), made at the first use; its file has mode 0600.

    Raises PermissionError when others may read it.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise PermissionError(
                f"{path} can be read by others: `chmod 600` it, or delete it to make a new one"
            ) from None
        return path.read_bytes()
    key = secrets.token_bytes(32)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    return key
