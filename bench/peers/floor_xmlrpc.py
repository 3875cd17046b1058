"""A floor, no product: XML-RPC by straight-line code for exactly these three functions.

As in `floor_soap`: lxml parses, positions are trusted, f-strings write, nothing is checked.
"""

from collections.abc import Callable
from xml.parsers import expat
from xml.sax.saxutils import escape

from lxml import etree

from bench.peers import workloads
from bench.peers.floor_soap import parse
from bench.peers.workloads import User

NAME = "straight-line prototype"
RESPONSE = (
    '<?xml version="1.0"?><methodResponse><params><param><value>{}</value></param></params></methodResponse>'
)


def parse_expat(body: bytes) -> None:
    """The bare parse with the parser that the standard library's marshaller uses, nothing listening."""
    expat.ParserCreate().Parse(body, True)


def handle(body: bytes) -> bytes:
    """Answer one methodCall."""
    method, parameters = parse(body)
    values = [parameter[0] for parameter in parameters]
    return RESPONSE.format(CALLS[method.text or ""](values)).encode()


def _text(value: etree._Element) -> str:
    return value[0].text or ""


def _items(value: etree._Element) -> list[etree._Element]:
    return list(value[0][0])


def _echo(values: list[etree._Element]) -> str:
    number, text = values
    return f"<string>{escape(workloads.echo(int(_text(number)), _text(text)))}</string>"


def _names(values: list[etree._Element]) -> str:
    rows = workloads.names([_text(item) for item in _items(values[0])])
    return f"<array><data>{''.join(map(_row, rows))}</data></array>"


def _store(values: list[etree._Element]) -> str:
    return f"<int>{workloads.store([_user(row) for row in _items(values[0])])}</int>"


def _user(value: etree._Element) -> User:
    number, username, firstname, lastname, email, suspended = (_text(member[1]) for member in value[0])
    return {
        "id": int(number),
        "username": username,
        "firstname": firstname,
        "lastname": lastname,
        "email": email,
        "suspended": suspended == "1",
    }


def _row(row: User) -> str:
    return (
        f"<value><struct>{_member('id', 'int', str(row['id']))}"
        f"{_member('username', 'string', escape(row['username']))}"
        f"{_member('firstname', 'string', escape(row['firstname']))}"
        f"{_member('lastname', 'string', escape(row['lastname']))}"
        f"{_member('email', 'string', escape(row['email']))}"
        f"{_member('suspended', 'boolean', '1' if row['suspended'] else '0')}</struct></value>"
    )


def _member(name: str, kind: str, text: str) -> str:
    return f"<member><name>{name}</name><value><{kind}>{text}</{kind}></value></member>"


CALLS: dict[str, Callable[[list[etree._Element]], str]] = {"echo": _echo, "names": _names, "store": _store}
