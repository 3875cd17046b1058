"""Authentication backends: who says whether a password is right. Found by the entry point `manifold.accounts`."""

import abc
from datetime import datetime
from typing import ClassVar

import msgspec


class Account(msgspec.Struct, frozen=True):
    """What a backend sees of a user: never more than it needs."""

    id: int
    username: str
    auth: str
    password_hash: str | None


class Verdict(msgspec.Struct, frozen=True):
    """Whether a password is right, and until when the backend says that it is valid (None: it does not say)."""

    right: bool
    expires_at: datetime | None = None


class Backend(abc.ABC):
    """One way to authenticate accounts; an account names its backend in `auth`."""

    name: ClassVar[str]
    title: ClassVar[str]
    may_call: ClassVar[bool] = True
    """Whether accounts of this backend may call web services at all."""
    may_log_in: ClassVar[bool] = True
    """Whether they may log in to the site, and get a token from Moodle's token script."""

    @abc.abstractmethod
    def verify(self, account: Account, password: str) -> Verdict:
        """Judge a password. May take long (a hash, a directory): the caller bounds how many run at once."""
