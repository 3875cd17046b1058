"""The component core_webservice: what a client asks first, of the site and of itself."""

from typing import Annotated, Final

from sqlalchemy import RowMapping, select

from functions.people import full_name, picture_url
from functions.release import RELEASE
from gateway import ABSENT, READ, Component, Invocation, Maybe, Param, ServiceDefault, Struct, function
from gateway.store import Service, User
from gateway.words import AlphaNumExt


class SiteFunction(Struct):
    """A function that the caller may call."""

    name: str
    version: Annotated[str, Param("The version of the component that brings it")]


class SiteFeature(Struct):
    """A feature of Moodle that a site may have switched on."""

    name: str
    value: Annotated[int, Param("1: it is on")]


class SiteInfo(Struct, kw_only=True):
    """The site, the caller, and what the caller may call: the members of Moodle 2.7, then those of 2.8 to 3.x.

    Texts are not held to PARAM words: a name that came from elsewhere must not cost the answer.
    """

    sitename: str
    username: str
    firstname: str
    lastname: str
    fullname: str
    lang: str
    userid: Annotated[int, Param("The caller's user id")]
    siteurl: Annotated[str, Param("The public URL of the site")]
    userpictureurl: str
    functions: list[SiteFunction]
    downloadfiles: Annotated[Maybe[int], Param("1: the token's service lets files be downloaded")] = ABSENT
    uploadfiles: Annotated[Maybe[int], Param("1: the token's service lets files be uploaded")] = ABSENT
    release: Annotated[Maybe[str], Param("The release of the gateway")] = ABSENT
    version: Annotated[Maybe[str], Param("The same as release")] = ABSENT
    mobilecssurl: Annotated[str, Param("There is none")] = ""
    advancedfeatures: Annotated[list[SiteFeature], Param("None of them is there")]
    usercanmanageownfiles: Annotated[bool, Param("Users have no files of their own")] = False
    userquota: Annotated[int, Param("Bytes of files of one's own; 0: none")] = 0
    usermaxuploadfilesize: Annotated[int, Param("Bytes of one file; -1: unlimited, 0: none")] = 0
    userhomepage: Annotated[int, Param("0: the site's own page")] = 0
    siteid: Annotated[int, Param("The id of the site's own course in Moodle")] = 1
    theme: Annotated[str, Param("There are no themes")] = ""
    sitecalendartype: str = "gregorian"
    usercalendartype: str = "gregorian"
    userissiteadmin: Annotated[bool, Param("Whether the caller is a site administrator")] = False


_FEATURES: Final = (
    "usecomments",
    "usetags",
    "enablenotes",
    "messaging",
    "enableblogs",
    "enablecompletion",
    "enablebadges",
)
"""What clients of 3.x look for before they call functions that are not shipped here."""

_CALLER = select(User.firstname, User.lastname, User.lang, Service.download_files, Service.upload_files)


@function("core_webservice_get_site_info", effect=READ)
def get_site_info(
    call: Invocation,
    serviceshortnames: Annotated[  # noqa: ARG001
        Maybe[list[AlphaNumExt]], Param("Accepted for old clients, and ignored")
    ] = ABSENT,
) -> SiteInfo:
    """What the site is called, who calls, and which functions the caller may call.

    No capability is needed. `downloadfiles` and `uploadfiles` come for callers with a token of a service.
    """
    caller = call.caller
    row = _caller_row(call)
    return SiteInfo(
        sitename=call.site.name,
        username=caller.username,
        firstname=row["firstname"],
        lastname=row["lastname"],
        fullname=full_name(row["firstname"], row["lastname"]),
        lang=row["lang"],
        userid=caller.user_id,
        siteurl=call.site.url,
        userpictureurl=picture_url(call.site),
        functions=[SiteFunction(name=each.name, version=each.version) for each in call.callable],
        downloadfiles=_flag(row["download_files"]),
        uploadfiles=_flag(row["upload_files"]),
        release=RELEASE,
        version=RELEASE,
        advancedfeatures=[SiteFeature(name=name, value=0) for name in _FEATURES],
        userissiteadmin=caller.administrator,
    )


def _caller_row(call: Invocation) -> RowMapping:
    """The caller's names, and the file rights of the token's service (null without one)."""
    service = Service.id == call.caller.service_id
    statement = _CALLER.outerjoin(Service, service).where(User.id == call.caller.user_id)
    return call.db.execute(statement).mappings().one()


def _flag(value: bool | None) -> Maybe[int]:
    return ABSENT if value is None else int(value)


MOBILE: Final = ServiceDefault(
    "moodle_mobile_app",
    "Moodle mobile web service",
    ("core_user_get_users_by_field", "core_webservice_get_site_info"),
    restricted=False,
    download_files=True,
    upload_files=True,
)
"""The service that clients for Moodle ask for unless they are told another; disabled until somebody enables it."""

component = Component(
    "core_webservice",
    functions=[get_site_info],
    services=[MOBILE],
    title="Web services",
    version=RELEASE,
)
