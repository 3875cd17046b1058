"""core_webservice_get_site_info."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from functions.site import component
from functions.users import component as users
from gateway import ABSENT, Component, Fault, Function
from gateway.store import Service, utcnow

GET: Function = component.functions[0]
RELEASE = version("manifold-gateway")
LATER = {
    "mobilecssurl": "",
    "advancedfeatures": [
        {"name": name, "value": 0}
        for name in (
            *("usecomments", "usetags", "enablenotes", "messaging", "enableblogs"),
            *("enablecompletion", "enablebadges"),
        )
    ],
    "usercanmanageownfiles": False,
    "userquota": 0,
    "usermaxuploadfilesize": 0,
    "userhomepage": 0,
    "siteid": 1,
    "theme": "",
    "sitecalendartype": "gregorian",
    "usercalendartype": "gregorian",
    "userissiteadmin": False,
}
"""What clients of Moodle 3.x expect beside the members of 2.7."""


@pytest.fixture
def jane(gateway: Any, add_user: Callable[..., int]) -> Any:
    """A caller with an account and no right."""
    gateway.username = "jane"
    gateway.user_id = add_user("jane", firstname="Jane", lastname="Doe")
    return gateway


def add_service(engine: Engine, **members: Any) -> int:
    with Session(engine) as session, session.begin():
        row = {"name": "Example", "created_at": utcnow(), **members}
        return session.scalars(insert(Service).returning(Service.id), [row]).one()


def test_the_site_and_the_caller(jane: Any) -> None:
    info = jane.call(GET)
    assert (
        msgspec.to_builtins(info)
        == {
            "sitename": "Example",
            "username": "jane",
            "firstname": "Jane",
            "lastname": "Doe",
            "fullname": "Jane Doe",
            "lang": "en",
            "userid": jane.user_id,
            "siteurl": "https://moodle.example.org",
            "userpictureurl": "https://moodle.example.org/pix/u/f1.png",
            "functions": [],
            "release": RELEASE,
            "version": RELEASE,
        }
        | LATER
    )


def test_a_site_administrator_is_told_so(jane: Any) -> None:
    jane.administrator = True
    assert jane.call(GET).userissiteadmin is True


def test_the_functions_come_with_the_version_of_their_component(jane: Any) -> None:
    plugin = Component("local_plugin", functions=[GET], version="7.1")
    jane.callable = [*users.functions, *plugin.functions]
    assert [(each.name, each.version) for each in jane.call(GET).functions] == [
        ("core_user_create_users", RELEASE),
        ("core_user_get_users_by_field", RELEASE),
        ("core_user_get_users", RELEASE),
        ("core_user_update_users", RELEASE),
        ("core_user_delete_users", RELEASE),
        ("core_webservice_get_site_info", "7.1"),
    ]


def test_a_caller_without_a_token_sees_the_functions_too(jane: Any) -> None:
    jane.callable = users.functions
    info = jane.call(GET)
    assert len(info.functions) == len(users.functions)
    assert (info.downloadfiles, info.uploadfiles) == (ABSENT, ABSENT)


@pytest.mark.parametrize(("download", "upload"), [(True, False), (False, True)])
def test_the_file_rights_are_those_of_the_service(
    jane: Any, engine: Engine, download: bool, upload: bool
) -> None:
    add_service(engine, name="Other", download_files=upload, upload_files=download)
    jane.service_id = add_service(engine, download_files=download, upload_files=upload)
    info = jane.call(GET)
    assert (info.downloadfiles, info.uploadfiles) == (int(download), int(upload))


def test_short_names_of_services_are_ignored(jane: Any) -> None:
    assert jane.call(GET, serviceshortnames=["moodle_mobile_app"]) == jane.call(GET, serviceshortnames=[])
    assert jane.call(GET, serviceshortnames=None) == jane.call(GET)


def test_short_names_of_services_are_held_to_their_word(jane: Any) -> None:
    with pytest.raises(Fault) as caught:
        jane.call(GET, serviceshortnames=["a", "b c"])
    assert [each.path for each in caught.value.problems] == ["serviceshortnames[1]"]


def test_one_statement_is_enough(jane: Any) -> None:
    jane.call(GET)
    assert len(jane.statements) == 1


def test_no_capability_is_required() -> None:
    assert GET.requires == ()


def test_the_service_that_clients_for_moodle_ask_for_waits_for_somebody_to_enable_it() -> None:
    (service,) = component.services
    assert (service.shortname, service.name) == ("moodle_mobile_app", "Moodle mobile web service")
    assert (service.enabled, service.restricted) == (False, False)
    assert (service.download_files, service.upload_files) == (True, True)
    known = {each.name for each in (*component.functions, *users.functions)}
    assert set(service.functions) <= known
