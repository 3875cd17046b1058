"""A floor, no product: SOAP by straight-line code for exactly these three functions.

lxml parses, positions are trusted, f-strings write. No type, name or header is checked and there are no faults,
so a real codec costs more than this; what Python and lxml cost at the least is what it shows.
"""

from collections.abc import Callable
from xml.sax.saxutils import escape

from lxml import etree

from bench.peers import workloads
from bench.peers.workloads import NAMESPACE, User

NAME = "straight-line prototype"
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    '<{0}Response xmlns="' + NAMESPACE + '"><{0}Result>{1}</{0}Result></{0}Response>'
    "</soap:Body></soap:Envelope>"
)


def parse(body: bytes) -> etree._Element:
    """The bare parse that every SOAP server on lxml pays, with a parser of its own."""
    return etree.fromstring(
        body,
        etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True),
    )


def handle(body: bytes) -> bytes:
    """Answer one request."""
    wrapper = parse(body)[0][0]
    function = str(wrapper.tag).rpartition("}")[2]
    return ENVELOPE.format(function, CALLS[function](wrapper)).encode()


def _echo(wrapper: etree._Element) -> str:
    number, text = wrapper
    return escape(workloads.echo(int(number.text or ""), text.text or ""))


def _names(wrapper: etree._Element) -> str:
    return "".join(map(_row, workloads.names([item.text or "" for item in wrapper[0]])))


def _store(wrapper: etree._Element) -> str:
    return str(workloads.store([_user(row) for row in wrapper[0]]))


def _user(row: etree._Element) -> User:
    number, username, firstname, lastname, email, suspended = row
    return {
        "id": int(number.text or ""),
        "username": username.text or "",
        "firstname": firstname.text or "",
        "lastname": lastname.text or "",
        "email": email.text or "",
        "suspended": suspended.text == "true",
    }


def _row(row: User) -> str:
    return (
        f"<User><id>{row['id']}</id><username>{escape(row['username'])}</username>"
        f"<firstname>{escape(row['firstname'])}</firstname><lastname>{escape(row['lastname'])}</lastname>"
        f"<email>{escape(row['email'])}</email>"
        f"<suspended>{'true' if row['suspended'] else 'false'}</suspended></User>"
    )


CALLS: dict[str, Callable[[etree._Element], str]] = {"echo": _echo, "names": _names, "store": _store}
