"""The component core_user: accounts of users and what is known of them."""

from pathlib import Path

from functions.release import RELEASE
from functions.users.capabilities import CAPABILITIES
from functions.users.create import create_users
from functions.users.delete import delete_users
from functions.users.demo import load_demo
from functions.users.find import get_users_by_field
from functions.users.search import get_users
from functions.users.update import update_users
from gateway import Component

__all__ = ["component"]

component = Component(
    "core_user",
    functions=[create_users, get_users_by_field, get_users, update_users, delete_users],
    capabilities=CAPABILITIES,
    migrations=Path(__file__).parent / "migrations",
    demo=load_demo,
    title="Users",
    version=RELEASE,
)
