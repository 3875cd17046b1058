"""The capabilities that the component core_user asks for. All are judged in the system context."""

from typing import Final

from gateway import Capability

CREATE: Final = "moodle/user:create"
UPDATE: Final = "moodle/user:update"
DELETE: Final = "moodle/user:delete"
VIEW_DETAILS: Final = "moodle/user:viewdetails"
VIEW_HIDDEN: Final = "moodle/user:viewhiddendetails"
VIEW_IDENTITY: Final = "moodle/site:viewuseridentity"
VIEW_FULL_NAMES: Final = "moodle/site:viewfullnames"
USE_EMAIL: Final = "moodle/course:useremail"

_MANAGERS: Final = ("manager",)
_TEACHERS: Final = ("teacher", "editingteacher", "manager")

# The ready roles that hold them are those of Moodle 2.7's archetypes.
CAPABILITIES: Final = (
    Capability(CREATE, "Create users", _MANAGERS),
    Capability(UPDATE, "Update user profiles, and see all of them", _MANAGERS),
    Capability(DELETE, "Delete users", _MANAGERS),
    Capability(VIEW_DETAILS, "View user profiles", ("student", *_TEACHERS)),
    Capability(VIEW_HIDDEN, "View hidden details of users: address and telephone", _TEACHERS),
    Capability(VIEW_IDENTITY, "View what identifies users: the e-mail address", _TEACHERS),
    Capability(VIEW_FULL_NAMES, "View first and last names of users apart", _TEACHERS),
    Capability(USE_EMAIL, "View and use e-mail addresses of users", _TEACHERS),
)
