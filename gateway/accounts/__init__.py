"""Authentication backends: who says whether a password is right. Found by the entry point `manifold.accounts`."""

import abc
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from gateway.settings import Settings

PROFILE = ("firstname", "lastname", "email", "idnumber")
"""The columns of an account that a backend may fill: what it knows of the person."""


class Account(msgspec.Struct, frozen=True):
    """What a backend sees of a user: never more than it needs."""

    id: int
    username: str
    auth: str
    password_hash: str | None


class Verdict(msgspec.Struct, frozen=True):
    """What a backend says of a password.

    `expires_at` is until when it is valid (None: the backend does not say). One that is right may have `expired`, or be
    `reset`: good for nothing but choosing another. `profile` holds texts for the columns of PROFILE.
    """

    right: bool
    expires_at: datetime | None = None
    expired: bool = False
    reset: bool = False
    profile: Mapping[str, str] = msgspec.field(default_factory=dict)


class Backend(abc.ABC):
    """One way to authenticate accounts; an account names its backend in `auth`."""

    name: ClassVar[str]
    title: ClassVar[str]
    may_call: ClassVar[bool] = True
    """Whether accounts of this backend may call web services at all."""
    may_log_in: ClassVar[bool] = True
    """Whether they may log in to the site, and get a token from Moodle's token script."""

    remote: ClassVar[bool] = False
    """Whether another machine judges: local accounts do not wait for it, and a wrong password costs a hash besides."""

    def for_site(self, settings: Callable[[], Settings]) -> "Backend":  # noqa: ARG002
        """The backend as one site uses it; `settings` gives its settings of now. Most need none, and are themselves."""
        return self

    @abc.abstractmethod
    def verify(self, account: Account, password: str) -> Verdict:
        """Judge a password. May take long (a hash, a directory): the caller bounds how many run at once.

        Raises AUTHENTICATION_UNAVAILABLE when it cannot be judged now, which counts as no failure of the caller's.
        """
