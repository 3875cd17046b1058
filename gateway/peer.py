"""The client's address: the socket's peer, or what a trusted proxy says of its own peer.

Everybody can send a header, so one header counts, and only as far as addresses that an administrator trusts have
written it: it is read from its right end, where the nearest proxy adds, to the first address that is not trusted.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address

from gateway.addresses import admits

HOPS = 50
"""How many entries of the header are looked at, from its right end."""

_ENTRY_LENGTH = 512
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  (RFC 9110 section 5.6.2)
_PAIR = re.compile(rf'({_TOKEN})=({_TOKEN}|"(?:[\t !#-\[\]-~]|\\[\t -~])*")')
_ELEMENT = re.compile(rf"{_PAIR.pattern}(?:[ \t]*;[ \t]*{_PAIR.pattern})*")
_PORT = r"(?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]+))?"
_NODE = re.compile(rf"(?:([0-9.]+)|\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\]){_PORT}")
_BARE = re.compile(r"[0-9A-Fa-f:.]+")


def client_address(peer: str, headers: Mapping[str, str], trusted: str, header: str) -> str:
    """Where a request comes from.

    `trusted` is an IP restriction (see addresses.py) of the proxies that are believed, empty for none; `header` is the
    lower-case name of the one header they write: `forwarded` (RFC 7239), or any list of addresses like
    `x-forwarded-for`. The answer is the peer unless the peer is trusted; else the right-most address that is not. An
    entry that names no address (`unknown`, a pseudonym, a mistake) ends the walk at the last address that was read.
    """
    if not trusted or not admits(trusted, peer):
        return peer
    address = peer
    for hop in _hops(headers.get(header, ""), _read_forwarded if header == "forwarded" else _read_address):
        address = hop
        if not admits(trusted, hop):
            break
    return address


def _hops(value: str, read: Callable[[str], str | None]) -> Iterator[str]:
    """The addresses in a header, the nearest first, up to the first entry that names none.

    Entries are cut at every comma: a quotation that a client opens on the left must not swallow what a proxy adds.
    """
    for entry in reversed(value.rsplit(",", HOPS)[-HOPS:]):
        address = read(entry.strip(" \t")) if len(entry) <= _ENTRY_LENGTH else None
        if address is None:
            return
        yield address


def _read_forwarded(element: str) -> str | None:
    """The address in the `for` parameter of a forwarded-element (RFC 7239 section 4)."""
    if not _ELEMENT.fullmatch(element):
        return None
    nodes = [value for name, value in _PAIR.findall(element) if name.lower() == "for"]
    if len(nodes) != 1:
        return None
    return _read_node(re.sub(r"\\(.)", r"\1", nodes[0].strip('"')))


def _read_node(node: str) -> str | None:
    """IPv4, or IPv6 in brackets, a port behind it or none (RFC 7239 section 6)."""
    found = _NODE.fullmatch(node)
    return _canonical(found[1] or found[2]) if found else None


def _read_address(entry: str) -> str | None:
    """As `_read_node`, or IPv6 alone, as X-Forwarded-For and its like have it."""
    return _read_node(entry) or (_canonical(entry) if _BARE.fullmatch(entry) else None)


def _canonical(text: str) -> str | None:
    """An address in its one spelling; an IPv4-mapped IPv6 address is the IPv4 address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)
