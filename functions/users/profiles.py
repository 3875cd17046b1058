"""The table core_user_profiles: what a user record holds beyond the account of the core.

Columns are called like the members of Moodle's user record that travel under the same names.
"""

from enum import IntEnum
from typing import Annotated, Any, Final

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from gateway.store import Base


class MailDisplay(IntEnum):
    """To whom a user shows the e-mail address (Moodle's `maildisplay`)."""

    NOBODY = 0
    EVERYBODY = 1
    COURSE_MATES = 2


Text20 = Annotated[str, mapped_column(String(20), default="")]
Text50 = Annotated[str, mapped_column(String(50), default="")]
Text255 = Annotated[str, mapped_column(String(255), default="")]

SERVER_TIMEZONE: Final = "99"
"""Moodle's word for "the server's time zone"."""


class UserProfile(Base):
    """What is known of a user beyond the account. A user without a row has none of it."""

    __tablename__ = "core_user_profiles"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    calendartype: Mapped[str] = mapped_column(String(30), default="gregorian")
    theme: Mapped[Text50]
    timezone: Mapped[str] = mapped_column(String(100), default=SERVER_TIMEZONE)
    mailformat: Mapped[int] = mapped_column(default=1)
    """1: HTML, 0: plain text."""
    maildisplay: Mapped[int] = mapped_column(default=MailDisplay.COURSE_MATES.value)
    description: Mapped[str] = mapped_column(Text, default="")
    descriptionformat: Mapped[int] = mapped_column(default=1)
    """Moodle's formats: 0 own, 1 HTML, 2 plain text, 4 Markdown."""
    city: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    """ISO 3166-1 alpha-2."""
    firstnamephonetic: Mapped[Text255]
    lastnamephonetic: Mapped[Text255]
    middlename: Mapped[Text255]
    alternatename: Mapped[Text255]
    address: Mapped[Text255]
    phone1: Mapped[Text20]
    phone2: Mapped[Text20]
    icq: Mapped[Text50]
    skype: Mapped[Text50]
    yahoo: Mapped[Text50]
    aim: Mapped[Text50]
    msn: Mapped[Text50]
    institution: Mapped[Text255]
    department: Mapped[Text255]
    url: Mapped[Text255]


DEFAULTS: Final[dict[str, Any]] = {
    column.name: column.default.arg
    for column in UserProfile.__table__.c
    if isinstance(column.default, ScalarElementColumnDefault)
}
"""What each column holds when nobody said otherwise. A bulk insert needs it: all its rows have the same keys."""
