"""What a directory's password policy says in the answer to a bind (draft-behera-ldap-password-policy-10, section 6.2).

The control's value is BER, which the LDAP library hands over as it came:

    SEQUENCE { warning [0] CHOICE { timeBeforeExpiration [0] INTEGER, graceAuthNsRemaining [1] INTEGER } OPTIONAL,
               error [1] ENUMERATED { ... } OPTIONAL }
"""

from enum import IntEnum
from typing import NamedTuple

CONTROL = "1.3.6.1.4.1.42.2.27.8.5.1"
_SEQUENCE, _WARNING, _ERROR = 0x30, 0xA0, 0x81
_SECONDS, _GRACE = 0x80, 0x81
_MAX_INT = 2**31 - 1


class PolicyError(IntEnum):
    """Why the policy refuses a bind, or what it allows no more than; the other codes are of password changes."""

    EXPIRED = 0
    LOCKED = 1
    CHANGE_AFTER_RESET = 2


class Policy(NamedTuple):
    """The control, decoded; None is what it did not say. `error` is a PolicyError, or another code of the draft."""

    seconds_left: int | None = None
    grace_left: int | None = None
    error: int | None = None


def decode(value: bytes | None) -> Policy:
    """The policy's answer; nothing without a value. Raises ValueError for what is no such control."""
    if not value:
        return Policy()
    parts = dict(_parts(_only(value, _SEQUENCE)))
    if parts.keys() - {_WARNING, _ERROR}:
        raise ValueError("an unknown member")
    warning = dict(_parts(parts.get(_WARNING, b"")))
    if warning.keys() - {_SECONDS, _GRACE}:
        raise ValueError("an unknown warning")
    return Policy(_integer(warning.get(_SECONDS)), _integer(warning.get(_GRACE)), _integer(parts.get(_ERROR)))


def _only(value: bytes, tag: int) -> bytes:
    parts = _parts(value)
    if len(parts) != 1 or parts[0][0] != tag:
        raise ValueError("no sequence")
    return parts[0][1]


def _parts(value: bytes) -> list[tuple[int, bytes]]:
    """The elements in a row: tag and content. Lengths are short: the whole control has some 20 bytes."""
    parts, at = [], 0
    while at < len(value):
        if at + 2 > len(value) or value[at + 1] > 127 or at + 2 + value[at + 1] > len(value):
            raise ValueError("cut off, or longer than it can be")
        end = at + 2 + value[at + 1]
        parts.append((value[at], value[at + 2 : end]))
        at = end
    return parts


def _integer(content: bytes | None) -> int | None:
    if content is None:
        return None
    number = int.from_bytes(content, signed=True)
    if not content or not 0 <= number <= _MAX_INT:
        raise ValueError("a number out of range")
    return number
