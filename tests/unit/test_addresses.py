"""IP restrictions: what a list admits, and what no list is."""

import pytest

from gateway.addresses import AddressError, admits, check


@pytest.mark.parametrize(
    ("restriction", "inside", "outside"),
    [
        ("192.0.2.7", ["192.0.2.7"], ["192.0.2.8", "192.0.2.70", "192.0.2.6"]),
        ("192.0.2.", ["192.0.2.0", "192.0.2.255"], ["192.0.3.0", "192.0.1.255", "192.0.20.1"]),
        ("192.168.", ["192.168.0.0", "192.168.255.255"], ["192.169.0.0", "192.167.255.255"]),
        ("10.", ["10.0.0.0", "10.255.255.255"], ["11.0.0.0", "9.255.255.255", "100.0.0.1"]),
        ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], ["11.0.0.0"]),
        ("10.1.2.3/8", ["10.0.0.1"], ["11.0.0.0"]),
        ("192.0.2.128/25", ["192.0.2.128", "192.0.2.255"], ["192.0.2.127"]),
        ("192.0.2.1/32", ["192.0.2.1"], ["192.0.2.2"]),
        ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::1"]),  # noqa: S104  (no binding)
        ("192.0.2.10-20", ["192.0.2.10", "192.0.2.20"], ["192.0.2.9", "192.0.2.21"]),
        ("192.0.2.10-10", ["192.0.2.10"], ["192.0.2.11"]),
        ("2001:db8::1", ["2001:db8::1", "2001:DB8:0:0:0:0:0:1"], ["2001:db8::2", "2001:db8::10"]),
        ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff::1"], ["2001:db9::", "32.1.13.184"]),
        ("2001:db8:", ["2001:db8::1", "2001:db8:ffff::1"], ["2001:db9::1", "2001:db80::1"]),
        ("fe80::1-ff", ["fe80::1", "fe80::ff"], ["fe80::", "fe80::100"]),
        ("::1", ["::1"], ["::2", "127.0.0.1"]),
        ("192.0.2.1, 2001:db8::1 ,10.", ["192.0.2.1", "2001:db8::1", "10.9.9.9"], ["192.0.2.2"]),
        ("192.0.2.1,,", ["192.0.2.1"], ["192.0.2.2"]),
    ],
)
def test_a_restriction_admits_its_addresses_and_no_others(
    restriction: str, inside: list[str], outside: list[str]
) -> None:
    check(restriction)
    assert [each for each in inside if not admits(restriction, each)] == []
    assert [each for each in outside if admits(restriction, each)] == []


def test_an_ipv4_address_in_ipv6_clothes_is_the_ipv4_address() -> None:
    assert admits("192.0.2.0/24", "::ffff:192.0.2.1")
    assert not admits("192.0.2.0/24", "::ffff:192.0.3.1")
    assert admits("::ffff:192.0.2.1", "192.0.2.1")
    assert not admits("::/0", "::ffff:192.0.2.1")


def test_the_zone_of_a_link_local_address_does_not_matter() -> None:
    assert admits("fe80::1", "fe80::1%eth0")


@pytest.mark.parametrize("restriction", [None, ""])
def test_no_restriction_admits_everybody(restriction: str | None) -> None:
    assert admits(restriction, "192.0.2.1")
    assert admits(restriction, "not an address")


@pytest.mark.parametrize(
    "address", ["", "localhost", "192.0.2", "192.0.2.1.1", "192.0.2.256", "192.0.2.1 x", "::g"]
)
def test_what_is_no_address_is_admitted_nowhere(address: str) -> None:
    assert not admits("0.0.0.0/0,::/0", address)


@pytest.mark.parametrize(
    "item",
    [
        *("192.0.2.256", "192.0.2", "192.0.2.1.", "300.", "192.0.2.1/33", "192.0.2.1/", "/8", "a.b.c.d"),
        *("192.0.2.20-10", "192.0.2.1-256", "192.0.2.1-", "192.0.2.1-192.0.2.9", "-", "*", "192.168.*"),
        *("::g", "2001:db8::/129", "2001:db8", "1:2:3:4:5:6:7:8:9:", "fe80::ff-1", "localhost", "192.0.2.٣"),
    ],
)
def test_a_malformed_item_is_refused_by_name_and_admits_nobody(item: str) -> None:
    restriction = f"198.51.100.1,{item}"
    with pytest.raises(AddressError) as raised:
        check(restriction)
    assert str(raised.value).startswith(f"{item} is no address")
    assert not admits(restriction, "198.51.100.1")


def test_a_network_in_mapped_form_is_the_ipv4_network() -> None:
    assert admits("::ffff:192.0.2.0/120", "192.0.2.7")
    assert admits("::ffff:192.0.2.0/120", "::ffff:192.0.2.7")
    assert not admits("::ffff:192.0.2.0/120", "192.0.3.7")
