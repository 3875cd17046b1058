"""How a user is named and pictured, the same in every function."""

from gateway.picture import LARGE, SMALL
from gateway.protocol import Site


def full_name(firstname: str, lastname: str) -> str:
    """First and last name as one text (Moodle's `fullnamedisplay`, English)."""
    return f"{firstname} {lastname}".strip()


def picture_url(site: Site) -> str:
    """The picture of any user (100 pixels); users have no pictures of their own."""
    return f"{site.url}{LARGE}"


def small_picture_url(site: Site) -> str:
    """The same, of 35 pixels."""
    return f"{site.url}{SMALL}"
