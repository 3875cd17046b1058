"""IP restrictions: which addresses an administrator's list admits.

Moodle's syntax (2.7, token and authorised user forms): a comma-separated list of full addresses, prefixes on a group
boundary (`192.168.`), CIDR networks (`10.0.0.0/8`), ranges in the last group (`10.0.0.1-20`). Empty admits everybody.
"""

import ipaddress
import re
from functools import lru_cache

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Range = tuple[int, int, int]  # version, first, last
_PREFIX4 = re.compile(r"(?:\d{1,3}\.){1,3}")
_RANGE4 = re.compile(r"((?:\d{1,3}\.){3})(\d{1,3})-(\d{1,3})")
_RANGE6 = re.compile(r"([0-9a-fA-F:]+:)([0-9a-fA-F]{1,4})-([0-9a-fA-F]{1,4})")
_PREFIX6 = re.compile(r"(?:[0-9a-fA-F]{1,4}:){1,7}")


class AddressError(ValueError):
    """A restriction that cannot be read; the text names the item."""


def admits(restriction: str | None, address: str) -> bool:
    """Whether an address is inside a restriction; an address that cannot be read is inside none but the empty one."""
    if not restriction:
        return True
    number = _number(address)
    if number is None:
        return False
    version, value = number
    return any(version == each and first <= value <= last for each, first, last in _ranges(restriction))


def check(restriction: str) -> None:
    """Raise AddressError for a restriction that cannot be read: a typing error must not shut anybody in or out."""
    _parse(restriction)


@lru_cache(maxsize=1024)
def _ranges(restriction: str) -> tuple[_Range, ...]:
    try:
        return _parse(restriction)
    except AddressError:  # saved by other means than ours: admits nobody
        return ()


@lru_cache(maxsize=4096)
def _number(address: str) -> tuple[int, int] | None:
    try:
        return _plain(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return None


def _plain(address: _Address) -> tuple[int, int]:
    """Version and number; an IPv4-mapped IPv6 address is the IPv4 address."""
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return address.version, int(address)


def _parse(restriction: str) -> tuple[_Range, ...]:
    items = [item for item in restriction.replace(" ", "").split(",") if item]
    return tuple(_parse_item(item) for item in items)


def _parse_item(item: str) -> _Range:
    try:
        return _range4(item) or _range6(item) or _network(item)
    except ValueError:
        raise AddressError(
            f"{item} is no address, prefix (192.168.), network (10.0.0.0/8) or range (10.0.0.1-20)"
        ) from None


def _network(item: str) -> _Range:
    if "/" not in item:
        version, number = _plain(ipaddress.ip_address(item))
        return version, number, number
    network = ipaddress.ip_network(item, strict=False)
    version, first = _plain(network.network_address)
    last_version, last = _plain(network.broadcast_address)
    return (version, first, last) if version == last_version else (6, int(network[0]), int(network[-1]))


def _range4(item: str) -> _Range | None:
    if _PREFIX4.fullmatch(item):
        groups = item.rstrip(".").split(".")
        missing = 4 - len(groups)
        first, last = (ipaddress.IPv4Address(".".join(groups + [end] * missing)) for end in ("0", "255"))
        return 4, int(first), int(last)
    found = _RANGE4.fullmatch(item)
    return (
        _ends(*(int(ipaddress.IPv4Address(found[1] + end)) for end in found.groups()[1:]), version=4)
        if found
        else None
    )


def _range6(item: str) -> _Range | None:
    if _PREFIX6.fullmatch(item):
        groups = item.rstrip(":").split(":")
        missing = 8 - len(groups)
        first, last = (ipaddress.IPv6Address(":".join(groups + [end] * missing)) for end in ("0", "ffff"))
        return 6, int(first), int(last)
    found = _RANGE6.fullmatch(item)
    return (
        _ends(*(int(ipaddress.IPv6Address(found[1] + end)) for end in found.groups()[1:]), version=6)
        if found
        else None
    )


def _ends(first: int, last: int, *, version: int) -> _Range:
    if first > last:
        raise ValueError("a range that ends before it starts")
    return version, first, last
