"""What a viewer may see of a user, as far as rights in the system context go (Moodle 2.7: user_get_user_details)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from functions.users.capabilities import (
    UPDATE,
    USE_EMAIL,
    VIEW_DETAILS,
    VIEW_FULL_NAMES,
    VIEW_HIDDEN,
    VIEW_IDENTITY,
)
from functions.users.profiles import MailDisplay
from functions.users.structs import UserDetail
from gateway import Invocation

EVERYTHING: Final = frozenset(UserDetail.__struct_fields__)

_OWN: Final[tuple[str, ...]] = ()  # no capability shows it to others, but the one that shows everything
_SHOWN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "username": _OWN,
    "firstname": (VIEW_FULL_NAMES,),
    "lastname": (VIEW_FULL_NAMES,),
    "email": (USE_EMAIL, VIEW_IDENTITY),
    "idnumber": _OWN,
    "institution": _OWN,
    "department": _OWN,
    "phone1": (VIEW_HIDDEN,),
    "phone2": (VIEW_HIDDEN,),
    "address": (VIEW_HIDDEN,),
    "preferences": _OWN,
    "auth": _OWN,
    "confirmed": _OWN,
    "lang": _OWN,
    "calendartype": _OWN,
    "theme": _OWN,
    "timezone": _OWN,
    "mailformat": _OWN,
}
"""Which capabilities show a member of another user; a member that is not here is shown with the user."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: `of_others` are the members he sees of others, empty when he sees nothing of them."""

    user_id: int
    of_others: frozenset[str]

    def sees(self, user_id: int, maildisplay: int | None) -> frozenset[str]:
        """The members shown of one user. `maildisplay` is that user's own choice (null: none made)."""
        if user_id == self.user_id:
            return EVERYTHING
        if self.of_others and maildisplay == MailDisplay.EVERYBODY:
            return self.of_others | {"email"}
        return self.of_others


def viewer_of(call: Invocation) -> Viewer:
    """The caller as a viewer."""
    return Viewer(call.caller.user_id, _shown_of_others(call))


def _shown_of_others(call: Invocation) -> frozenset[str]:
    if call.can(UPDATE):
        return EVERYTHING
    if not call.can(VIEW_DETAILS):
        return frozenset()
    return frozenset(
        member for member in EVERYTHING if member not in _SHOWN_BY or any(map(call.can, _SHOWN_BY[member]))
    )
