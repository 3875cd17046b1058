"""What an administrator does to the database, for commands and pages: each in the transaction of the given session.

What cannot be done as asked raises AdministrationError (a ValueError): one sentence for the administrator.
"""

from gateway.administration.calls import list_calls
from gateway.administration.declared import synchronise
from gateway.administration.demo import is_demo_token, load_demo_site, renew_demo_secrets, write_secrets
from gateway.administration.deprecated import list_deprecated
from gateway.administration.errors import AdministrationError
from gateway.administration.listing import (
    describe_role,
    describe_service,
    describe_token,
    describe_user,
    list_protocols,
    list_roles,
    list_services,
    list_tokens,
    list_users,
)
from gateway.administration.roles import (
    assign,
    count_assignments,
    create_role,
    delete_role,
    find_place,
    find_role,
    permit,
    unassign,
)
from gateway.administration.services import (
    add_functions,
    authorise,
    change_service,
    count_tokens,
    create_service,
    delete_service,
    find_service,
    remove_functions,
    set_functions,
    unauthorise,
)
from gateway.administration.settings import disable_protocol, enable_protocol, get_settings, set_setting
from gateway.administration.tokens import (
    change_token,
    create_token,
    find_token,
    revoke_token,
    rotate_token,
)
from gateway.administration.users import (
    NewUser,
    change_user,
    create_user,
    delete_user,
    find_user,
    keeps_password,
    set_password,
)

__all__ = [
    "AdministrationError",
    "NewUser",
    "add_functions",
    "assign",
    "authorise",
    "change_service",
    "change_token",
    "change_user",
    "count_assignments",
    "count_tokens",
    "create_role",
    "create_service",
    "create_token",
    "create_user",
    "delete_role",
    "delete_service",
    "delete_user",
    "describe_role",
    "describe_service",
    "describe_token",
    "describe_user",
    "disable_protocol",
    "enable_protocol",
    "find_place",
    "find_role",
    "find_service",
    "find_token",
    "find_user",
    "get_settings",
    "is_demo_token",
    "keeps_password",
    "list_calls",
    "list_deprecated",
    "list_protocols",
    "list_roles",
    "list_services",
    "list_tokens",
    "list_users",
    "load_demo_site",
    "permit",
    "remove_functions",
    "renew_demo_secrets",
    "revoke_token",
    "rotate_token",
    "set_functions",
    "set_password",
    "set_setting",
    "synchronise",
    "unassign",
    "unauthorise",
    "write_secrets",
]
