"""What core_user's functions take and give: NewUser, CreatedUser, ChangedUser, UserDetail."""

from typing import Annotated, Final

from gateway import ABSENT, Maybe, Param, Struct
from gateway.words import Alpha, Email, NoTags, Plugin, SafeDir, Text, Timezone, Username

_ProfileName = Annotated[NoTags, Param(max_length=255)]


class NewUser(Struct):
    """A user to create."""

    username: Annotated[Username, Param("Lower case; unique on the site, deleted users included")]
    password: Annotated[
        str,
        Param(
            "At least 8 characters: a digit, a lower-case and an upper-case letter, and another character",
            max_length=1024,
            secret=True,
            example="Corr3ct-horse",
        ),
    ]
    firstname: Annotated[NoTags, Param("Given name", max_length=100, example="Jane")]
    lastname: Annotated[NoTags, Param("Family name", max_length=100, example="Doe")]
    email: Annotated[Email, Param("Unique on the site, whatever its case")]
    auth: Annotated[Plugin, Param("The authentication method: manual or nologin", max_length=50)] = "manual"
    idnumber: Annotated[str, Param("The institution's own id of the user", max_length=255)] = ""
    lang: Annotated[SafeDir, Param("The language's code", max_length=30)] = "en"
    calendartype: Annotated[Plugin, Param("One that is not installed becomes gregorian")] = "gregorian"
    theme: Annotated[Maybe[Plugin], Param("The theme's name; kept as it is", max_length=50)] = ABSENT
    timezone: Annotated[Maybe[Timezone], Param("Like Australia/Perth; 99 is the server's own")] = ABSENT
    mailformat: Annotated[Maybe[int], Param("0 is plain text, 1 is HTML", ge=0, le=1)] = ABSENT
    description: Annotated[Maybe[Text], Param("About the user; no markup but multi-language spans")] = ABSENT
    city: Annotated[Maybe[NoTags], Param(max_length=120, example="Perth")] = ABSENT
    country: Annotated[Maybe[Alpha], Param("ISO 3166-1: two letters", max_length=2, example="AU")] = ABSENT
    firstnamephonetic: Maybe[_ProfileName] = ABSENT
    lastnamephonetic: Maybe[_ProfileName] = ABSENT
    middlename: Maybe[_ProfileName] = ABSENT
    alternatename: Maybe[_ProfileName] = ABSENT


class ChangedUser(Struct):
    """A user to change: what is left out stays as it is."""

    id: Annotated[int, Param("User id")]
    username: Annotated[Maybe[Username], Param("Lower case; unique on the site, deleted users included")] = (
        ABSENT
    )
    password: Annotated[
        Maybe[str],
        Param(
            "At least 8 characters: a digit, a lower-case and an upper-case letter, and another character",
            max_length=1024,
            secret=True,
            example="Corr3ct-horse",
        ),
    ] = ABSENT
    firstname: Annotated[Maybe[NoTags], Param("Given name", max_length=100, example="Jane")] = ABSENT
    lastname: Annotated[Maybe[NoTags], Param("Family name", max_length=100, example="Doe")] = ABSENT
    email: Annotated[Maybe[Email], Param("Unique on the site, whatever its case")] = ABSENT
    auth: Annotated[Maybe[Plugin], Param("The authentication method: manual or nologin", max_length=50)] = (
        ABSENT
    )
    idnumber: Annotated[Maybe[str], Param("The institution's own id of the user", max_length=255)] = ABSENT
    lang: Annotated[Maybe[SafeDir], Param("The language's code", max_length=30)] = ABSENT
    calendartype: Annotated[Maybe[Plugin], Param("One that is not installed becomes gregorian")] = ABSENT
    theme: Annotated[Maybe[Plugin], Param("The theme's name; kept as it is", max_length=50)] = ABSENT
    timezone: Annotated[Maybe[Timezone], Param("Like Australia/Perth; 99 is the server's own")] = ABSENT
    mailformat: Annotated[Maybe[int], Param("0 is plain text, 1 is HTML", ge=0, le=1)] = ABSENT
    description: Annotated[Maybe[Text], Param("About the user; no markup but multi-language spans")] = ABSENT
    city: Annotated[Maybe[NoTags], Param(max_length=120, example="Perth")] = ABSENT
    country: Annotated[Maybe[Alpha], Param("ISO 3166-1: two letters", max_length=2, example="AU")] = ABSENT
    firstnamephonetic: Maybe[_ProfileName] = ABSENT
    lastnamephonetic: Maybe[_ProfileName] = ABSENT
    middlename: Maybe[_ProfileName] = ABSENT
    alternatename: Maybe[_ProfileName] = ABSENT


ACCOUNT_MEMBERS: Final = ("username", "firstname", "lastname", "email", "auth", "idnumber", "lang")
"""The members of ChangedUser that go into the account as they are, where given."""

PROFILE_MEMBERS: Final = (
    "theme",
    "timezone",
    "mailformat",
    "description",
    "city",
    "country",
    "firstnamephonetic",
    "lastnamephonetic",
    "middlename",
    "alternatename",
)
"""The members of NewUser and ChangedUser that go into the profile as they are, where given."""


class CreatedUser(Struct):
    """A user that was created."""

    id: int
    username: Username


class UserCustomField(Struct):
    """A profile field that the site added, as one user filled it."""

    type: str
    value: str
    name: str
    shortname: str


class UserPreference(Struct):
    """A preference of a user."""

    name: str
    value: str


class UserDetail(Struct, kw_only=True):
    """What a viewer may see of a user; what is empty or hidden is left out.

    Texts are not held to PARAM words: a name that came from elsewhere must not cost the whole answer.
    """

    id: int
    username: Maybe[str] = ABSENT
    firstname: Maybe[str] = ABSENT
    lastname: Maybe[str] = ABSENT
    fullname: str
    email: Maybe[str] = ABSENT
    address: Maybe[str] = ABSENT
    phone1: Maybe[str] = ABSENT
    phone2: Maybe[str] = ABSENT
    icq: Maybe[str] = ABSENT
    skype: Maybe[str] = ABSENT
    yahoo: Maybe[str] = ABSENT
    aim: Maybe[str] = ABSENT
    msn: Maybe[str] = ABSENT
    department: Maybe[str] = ABSENT
    institution: Maybe[str] = ABSENT
    idnumber: Maybe[str] = ABSENT
    interests: Maybe[str] = ABSENT
    firstaccess: Annotated[Maybe[int], Param("Unix seconds; 0 is never; absent when not known")] = ABSENT
    lastaccess: Annotated[Maybe[int], Param("Unix seconds; 0 is never")] = ABSENT
    auth: Annotated[Maybe[str], Param("The authentication method")] = ABSENT
    confirmed: Annotated[Maybe[int], Param("1 is confirmed")] = ABSENT
    lang: Maybe[str] = ABSENT
    calendartype: Maybe[str] = ABSENT
    theme: Maybe[str] = ABSENT
    timezone: Annotated[Maybe[str], Param("Like Australia/Perth; 99 is the server's own")] = ABSENT
    mailformat: Annotated[Maybe[int], Param("0 is plain text, 1 is HTML")] = ABSENT
    description: Maybe[str] = ABSENT
    descriptionformat: Annotated[Maybe[int], Param("0 is Moodle's own, 1 HTML, 2 plain text, 4 Markdown")] = (
        ABSENT
    )
    city: Maybe[str] = ABSENT
    url: Maybe[str] = ABSENT
    country: Annotated[Maybe[str], Param("ISO 3166-1: two letters")] = ABSENT
    profileimageurlsmall: str
    profileimageurl: str
    customfields: Maybe[list[UserCustomField]] = ABSENT
    preferences: Maybe[list[UserPreference]] = ABSENT
