"""The steps of tests/interop/moodle.py with moodlepy, as its users write them."""

import json
import os

from moodle import Moodle
from moodle.exception import MoodleException

URL = os.environ["GATEWAY_URL"]
SERVER = f"{URL}/webservice/rest/server.php"
USER, PASSWORD, SERVICE = (os.environ[f"GATEWAY_{name}"] for name in ("USER", "PASSWORD", "SERVICE"))
NAME = f"{os.environ['GATEWAY_NAME']}.jane"


def show(step, call):
    try:
        print(json.dumps({"step": step, "value": call()}))
    except MoodleException as error:
        fault = {key: getattr(error, key) for key in ("exception", "errorcode", "message", "debuginfo")}
        print(json.dumps({"step": step, "fault": fault}))


def found(moodle, name=NAME):
    """The user, by the search of the library's own classes."""
    (user,) = moodle.core.user.get_users([{"key": "username", "value": name}]).users
    return user


def by_field(moodle):
    return moodle("core_user_get_users_by_field", field="username", values=[NAME])


moodle = Moodle.login(URL, USER, PASSWORD, SERVICE)
show("token", lambda: moodle.token)
print(json.dumps({"step": "token-wrong", "fault": Moodle.get_tokens(URL, USER, "wrong", SERVICE)}))
info = moodle.core.webservice.get_site_info()
show("site-info", lambda: [info.username, "core_user_get_users" in [each.name for each in info.functions]])
person = {
    "username": NAME,
    "password": PASSWORD,
    "firstname": "Jane",
    "lastname": "O'Neil é",
    "email": f"{NAME}@example.org",
}
show("create", lambda: [each["username"] for each in moodle("core_user_create_users", users=[person])])
show("read", lambda: [by_field(moodle)[0][key] for key in ("username", "firstname", "lastname", "email")])
user_id = found(moodle).id
show("search", lambda: [found(moodle).fullname, found(moodle).confirmed])
show(
    "update",
    lambda: moodle("core_user_update_users", users=[{"id": user_id, "lastname": "Roe", "city": "Perth"}]),
)
show("read-again", lambda: [found(moodle).firstname, found(moodle).lastname, found(moodle).city])
show("delete", lambda: moodle.core.user.delete_users([user_id]))
show("gone", lambda: by_field(moodle))
show("fault-token", lambda: Moodle(SERVER, "0" * 32)("core_webservice_get_site_info"))
show("fault-function", lambda: moodle("core_no_such_function"))
show("fault-access", lambda: moodle("test_outside"))
show("fault-parameter", lambda: moodle("core_user_create_users", users=[person | {"email": "none"}]))
show(
    "fault-capability",
    lambda: Moodle(SERVER, os.environ["GATEWAY_WEAK_TOKEN"])("core_user_delete_users", userids=[1]),
)
show("fault-of-the-function", lambda: moodle.core.user.delete_users([user_id]))
