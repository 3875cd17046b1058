"""The steps of tests/interop/moodle.py with the standard library's xmlrpc.client, as scripts for Moodle use it."""

import json
import os
import urllib.parse
import urllib.request
import xmlrpc.client

URL = os.environ["GATEWAY_URL"]
USER, PASSWORD, SERVICE = (os.environ[f"GATEWAY_{name}"] for name in ("USER", "PASSWORD", "SERVICE"))
NAME = f"{os.environ['GATEWAY_NAME']}.jane"


def get_token(password):
    query = urllib.parse.urlencode({"username": USER, "password": password, "service": SERVICE})
    with urllib.request.urlopen(f"{URL}/login/token.php?{query}") as answer:  # noqa: S310  (our own address)
        return json.load(answer)


def connect(token):
    return xmlrpc.client.ServerProxy(f"{URL}/webservice/xmlrpc/server.php?wstoken={token}", allow_none=True)


def show(step, call):
    try:
        print(json.dumps({"step": step, "value": call()}))
    except xmlrpc.client.Fault as error:
        message, *parts = error.faultString.split(" | ")
        named = dict(part.split(": ", 1) for part in parts)
        fault = {
            "message": message,
            "errorcode": named["ERRORCODE"],
            "debuginfo": named.get("DEBUG INFO", ""),
        }
        print(json.dumps({"step": step, "fault": fault}))


def find():
    return moodle.core_user_get_users([{"key": "username", "value": NAME}])["users"][0]


token = get_token(PASSWORD)["token"]
moodle = connect(token)
show("token", lambda: token)
print(json.dumps({"step": "token-wrong", "fault": get_token("wrong")}))
info = moodle.core_webservice_get_site_info()
show(
    "site-info",
    lambda: [info["username"], "core_user_get_users" in [each["name"] for each in info["functions"]]],
)
person = {
    "username": NAME,
    "password": PASSWORD,
    "firstname": "Jane",
    "lastname": "O'Neil é",
    "email": f"{NAME}@example.org",
}
show("create", lambda: [each["username"] for each in moodle.core_user_create_users([person])])
read = ("username", "firstname", "lastname", "email")
show("read", lambda: [moodle.core_user_get_users_by_field("username", [NAME])[0][key] for key in read])
user_id = find()["id"]
show("search", lambda: [find()["fullname"], find()["confirmed"]])
show("update", lambda: moodle.core_user_update_users([{"id": user_id, "lastname": "Roe", "city": "Perth"}]))
show("read-again", lambda: [find()[key] for key in ("firstname", "lastname", "city")])
show("delete", lambda: moodle.core_user_delete_users([user_id]))
show("gone", lambda: moodle.core_user_get_users_by_field("username", [NAME]))
show("fault-token", lambda: connect("0" * 32).core_webservice_get_site_info())
show("fault-function", lambda: moodle.core_no_such_function())
show("fault-access", lambda: moodle.test_outside())
show("fault-parameter", lambda: moodle.core_user_create_users([person | {"email": "none"}]))
show("fault-capability", lambda: connect(os.environ["GATEWAY_WEAK_TOKEN"]).core_user_delete_users([1]))
show("fault-of-the-function", lambda: moodle.core_user_delete_users([user_id]))
