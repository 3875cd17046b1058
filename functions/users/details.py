"""A user's record as UserDetail: the statement that reads it, and what of it is shown."""

from typing import Final

from sqlalchemy import Integer, RowMapping, cast, select

from functions.people import full_name, picture_url, small_picture_url
from functions.users.profiles import UserProfile
from functions.users.structs import UserDetail
from gateway import ABSENT, Maybe
from gateway.protocol import Site
from gateway.store import User

SELECT_RECORDS: Final = (
    select(
        User.id,
        User.username,
        User.firstname,
        User.lastname,
        User.email,
        User.idnumber,
        User.auth,
        cast(User.confirmed, Integer).label("confirmed"),
        User.lang,
        User.last_access,
        *(column for column in UserProfile.__table__.c if not column.primary_key),
    )
    .outerjoin(UserProfile, UserProfile.user_id == User.id)
    .where(User.deleted.is_(False))
)
"""The records of the users that are not deleted; columns are called like the members of UserDetail."""


def detail(row: RowMapping, shown: frozenset[str], site: Site) -> UserDetail:
    """What is shown of one record; empty members are left out."""
    members = {name: value for name, value in row.items() if name in shown and value not in ("", None)}
    if not row["description"]:
        members.pop("descriptionformat", None)
    seconds = int(row["last_access"].timestamp()) if row["last_access"] else 0
    return UserDetail(
        fullname=full_name(row["firstname"], row["lastname"]),
        profileimageurl=picture_url(site),
        profileimageurlsmall=small_picture_url(site),
        firstaccess=_first_access(seconds),
        lastaccess=seconds,
        **members,
    )


def _first_access(last_access: int) -> Maybe[int]:
    """Only the last access is kept: the first one is known of those who never came."""
    return ABSENT if last_access else 0
