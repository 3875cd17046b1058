"""Tokens and passwords: finding them in a request, making and hashing them."""

import hashlib
import os
import re
import secrets
from pathlib import Path
from urllib.parse import unquote_to_bytes

from argon2 import PasswordHasher

from gateway.faults import INVALID_REQUEST
from gateway.protocol import Credentials, Request

TOKEN_PREFIX = 8
"""How many characters of a token its row keeps, to recognise it by."""

_QUERY_TOKEN = re.compile(r"(?:^|&)wstoken=([^&]*)")
_hasher = PasswordHasher()


def find_token(request: Request, *others: str | None) -> Credentials:
    """The caller's token: the Authorization header's Bearer token, what the envelope or form held, query `wstoken`.

    `others` are what the protocol found in its own header or form. Raises INVALID_REQUEST for two different tokens.
    """
    found = None
    for token in (_bearer(request), *others, _query_token(request.query)):
        if not token:
            continue
        if found is not None and not secrets.compare_digest(found.encode(), token.encode()):
            raise INVALID_REQUEST("The request carries two different credentials")
        found = token
    return Credentials(found)


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _query_token(query: str) -> str | None:
    if "wstoken=" not in query:
        return None
    found = _QUERY_TOKEN.search(query)
    return unquote_to_bytes(found[1]).decode("utf-8", "replace") if found else None


def make_token() -> str:
    """A random token: 32 hexadecimal characters, as Moodle's clients expect."""
    return secrets.token_hex(16)


def digest(token: str) -> bytes:
    """What the database keeps of a token: its SHA-256 (32 bytes)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def hash_password(password: str) -> str:
    """The Argon2id hash of a password, in PHC form; takes tens of milliseconds and 64 MiB by design (RFC 9106)."""
    return _hasher.hash(password)


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
