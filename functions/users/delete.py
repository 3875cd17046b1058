"""core_user_delete_users: a batch of users, all or none."""

from typing import Annotated, Final

from sqlalchemy import select

from functions.users.capabilities import DELETE
from gateway import WRITE, FaultKind, Invocation, Param, function
from gateway.administration import delete_user
from gateway.store import User

BATCH: Final = 1_000
"""How many users one call deletes."""

INVALID_USER: Final = FaultKind("invaliduser", "Invalid user", "dml_missing_record_exception", 404)
ADMINISTRATOR: Final = FaultKind("useradminodelete", "Administrator accounts can not be deleted", status=403)
ONESELF: Final = FaultKind("usernotdeletederror", "User not deleted", status=403)


@function(
    "core_user_delete_users", effect=WRITE, requires=[DELETE], raises=[INVALID_USER, ADMINISTRATOR, ONESELF]
)
def delete_users(
    call: Invocation, userids: Annotated[list[int], Param("The ids of the users to delete", max_length=BATCH)]
) -> None:
    """Delete users; all of them or, when one cannot be deleted, none.

    An id that is nobody's, or is there twice, is `invaliduser`; a site administrator is `useradminodelete`; oneself is
    `usernotdeletederror`. The accounts stay, marked, so that records of their calls keep their meaning, and their
    tokens are revoked.
    """
    for user_id in userids:
        user = call.db.scalar(select(User).where(User.id == user_id, User.deleted.is_(False)))
        if user is None:
            raise INVALID_USER(f"No user has the id {user_id}")
        if user.administrator:
            raise ADMINISTRATOR(f"The user {user.username} is a site administrator")
        if user.id == call.caller.user_id:
            raise ONESELF("Nobody deletes the account that he calls with")
        delete_user(call.db, user.username, call.now)
