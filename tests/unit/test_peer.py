"""The client's address: no header changes it, unless a trusted proxy wrote that header."""

import json
import time
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import settings
from gateway.peer import HOPS, client_address
from gateway.store import CallRecord
from gateway.web import Response
from tests.support.site import Site

PROXY, INNER, TRUSTED = "10.0.0.1", "10.0.0.2", "10.0.0.0/8, 2001:db8:ffff::/48"
CLIENT, FORGED = "203.0.113.7", "198.51.100.66"


def seen(value: str, header: str = "x-forwarded-for", peer: str = PROXY, trusted: str = TRUSTED) -> str:
    return client_address(peer, {header: value}, trusted, header)


# Who is believed


@pytest.mark.parametrize("peer", [CLIENT, "2001:db8::1", "", "unix:"])
@pytest.mark.parametrize("trusted", ["", TRUSTED, " , ", "not an address"])
def test_a_peer_that_is_not_trusted_is_the_client(peer: str, trusted: str) -> None:
    assert seen(FORGED, peer=peer, trusted=trusted) == peer
    assert seen(f"for={FORGED}", "forwarded", peer, trusted) == peer


def test_the_trusted_peer_without_the_header_is_the_client() -> None:
    assert client_address(PROXY, {}, TRUSTED, "x-forwarded-for") == PROXY
    assert seen("") == PROXY


def test_only_the_named_header_counts() -> None:
    headers = {"x-forwarded-for": FORGED, "forwarded": f"for={FORGED}", "x-real-ip": CLIENT}
    assert client_address(PROXY, headers, TRUSTED, "x-real-ip") == CLIENT
    assert client_address(PROXY, headers, TRUSTED, "cf-connecting-ip") == PROXY


@pytest.mark.parametrize("peer", [f"::ffff:{PROXY}", "2001:db8:ffff::9", "2001:0DB8:FFFF:0::9"])
def test_a_trusted_peer_is_known_in_every_spelling(peer: str) -> None:
    assert seen(CLIENT, peer=peer) == CLIENT


# What is read


@pytest.mark.parametrize(
    ("value", "client"),
    [
        (CLIENT, CLIENT),
        (f"  {CLIENT}\t", CLIENT),
        (f"{FORGED}, {CLIENT}", CLIENT),
        (f"{FORGED},{CLIENT},{INNER}", CLIENT),
        (f"{FORGED}, {CLIENT}, {INNER}, 10.9.9.9", CLIENT),
        (f"{INNER}, 10.9.9.9", INNER),  # a client that is a trusted address itself
        (f"{CLIENT}:4711", CLIENT),
        ("2001:db8::7", "2001:db8::7"),
        ("2001:0DB8:0:0:0:0:0:7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        (f"::ffff:{CLIENT}", CLIENT),
        (f"{CLIENT}, ::ffff:{INNER}", CLIENT),
        (f"[::ffff:{CLIENT}]:1", CLIENT),
        (f"{CLIENT}, 2001:db8:ffff::1", CLIENT),
    ],
)
def test_the_right_most_untrusted_address_is_the_client(value: str, client: str) -> None:
    assert seen(value) == client
    assert seen(value, "x-real-ip") == client


@pytest.mark.parametrize(
    ("value", "client"),
    [
        (f"for={CLIENT}", CLIENT),
        (f"For={CLIENT};proto=https;by=10.0.0.1", CLIENT),
        (f"proto=https; FOR={CLIENT}", CLIENT),
        (f'for="{CLIENT}"', CLIENT),
        (f'for="{CLIENT}:4711"', CLIENT),
        ('for="203.0.113\\.7"', CLIENT),  # a quoted-pair
        (f'for="{CLIENT}:_port"', CLIENT),
        ('for="[2001:db8::7]"', "2001:db8::7"),
        ('for="[2001:db8::7]:4711"', "2001:db8::7"),
        ('for="[2001:db8::7]:_port";host="a\\"b"', "2001:db8::7"),
        (f'for="[::ffff:{CLIENT}]"', CLIENT),
        (f"for={FORGED}, for={CLIENT}", CLIENT),
        (f"for={FORGED}, for={CLIENT}, for={INNER};by=10.0.0.1", CLIENT),
        (f'for=", for={CLIENT}', CLIENT),  # an open quotation swallows nothing
        (f'for={FORGED};by="\\, for={CLIENT}', CLIENT),
    ],
)
def test_forwarded_is_read_as_rfc_7239_has_it(value: str, client: str) -> None:
    assert seen(value, "forwarded") == client


# What ends the walk


@pytest.mark.parametrize(
    "entry",
    [
        *(
            "",
            " ",
            "unknown",
            "_hidden",
            "localhost",
            "-",
            "1.2.3",
            "1.2.3.256",
            "01.2.3.4",
            "1.2.3.4.5",
            "1.2.3.4 5",
        ),
        *(
            "1.2.3.4:",
            "1.2.3.4:123456",
            "1.2.3.4:x",
            "[1.2.3.4]",
            "[::1",
            "::1]",
            "[]",
            "[::1]x",
            ":::",
            "1::2::3",
        ),
        *(
            "fe80::1%eth0",
            "1.2.3.4;",
            "for=1.2.3.4",
            '"1.2.3.4"',
            "1.2.3.4\n",
            "1.2.3.4\x00",
            "١.2.3.4",
            "\ufeff::1",
        ),
        *("1.2.3.4/32", "16909060", "0x1020304", "1" * 10_000),
    ],
)
def test_an_entry_that_is_no_address_ends_the_walk(entry: str) -> None:
    assert seen(entry) == PROXY
    assert seen(f"{FORGED}, {entry}") == PROXY
    assert seen(f"{FORGED}, {entry}, {INNER}") == INNER


@pytest.mark.parametrize(
    "element",
    [
        *(
            "",
            CLIENT,
            "for",
            "for=",
            "for=unknown",
            "for=_hidden",
            'for="_hidden:80"',
            "for=localhost",
            "by=1.2.3.4",
        ),
        *(
            "for=1.2.3.4:80",
            "for=[::1]",
            "for=2001:db8::7",
            'for="2001:db8::7"',
            'for="[1.2.3.4]"',
            'for="1.2.3.4',
        ),
        *(
            "for=1.2.3.4;for=5.6.7.8",
            "for=1.2.3.4;FOR=1.2.3.4",
            "for =1.2.3.4",
            "for= 1.2.3.4",
            "for=1.2.3.4 by=x",
        ),
        *(
            'for=1.2.3.4;by="a,b"',
            "xfor=1.2.3.4",
            "for=1.2.3.4;;",
            'for="[::1]:123456"',
            "for=1.2.3.4;by=" + "x" * 999,
        ),
        *('for="1.2.3.4\\""', 'for=""1.2.3.4""', 'for="1.2.3.4\n"'),
    ],
)
def test_an_element_that_names_no_address_ends_the_walk(element: str) -> None:
    assert seen(element, "forwarded") == PROXY
    assert seen(f"for={FORGED}, {element}", "forwarded") == PROXY
    assert seen(f"for={FORGED}, {element}, for={INNER}", "forwarded") == INNER


def test_a_quotation_that_holds_a_comma_is_not_read_as_an_entry() -> None:
    """A proxy that quotes what a client sent (a Host, a user) must not let him add an entry."""
    assert seen(f'for={CLIENT};host="a, for={FORGED}"', "forwarded") == PROXY
    assert seen(f'for={CLIENT};host="a, for={FORGED};x="', "forwarded") == PROXY
    assert seen(f'for={CLIENT};host="a, for={FORGED};x=\\"b"', "forwarded") == PROXY


def test_fifty_hops_are_looked_at() -> None:
    hops = [f"10.1.1.{number}" for number in range(HOPS)]
    assert seen(", ".join([CLIENT, *hops[1:]])) == CLIENT
    assert seen(", ".join([CLIENT, *hops])) == hops[0]


@pytest.mark.parametrize("header", ["forwarded", "x-forwarded-for"])
@pytest.mark.parametrize("junk", [",", "1", '"', "\\", "for=1.2.3.4;", 'a="', 'a="\\', "[", ":", " "])
def test_a_hostile_header_costs_little(header: str, junk: str) -> None:
    value = junk * (1_000_000 // len(junk))
    started = time.perf_counter()
    for text in (value, value + ",for=10.0.0.2", value[:400], value + "," + value[:400]):
        assert seen(text, header) in (PROXY, INNER)
    assert time.perf_counter() - started < 1


# Whatever the client puts in front

addresses = st.ip_addresses().map(str)
pieces = st.sampled_from(
    [",", ", ", '"', "\\", ";", "for=", 'for="', "[", "]", ":", "unknown", CLIENT, PROXY, INNER]
)
fronts = st.lists(pieces | addresses | st.text(max_size=5), max_size=12).map("".join)


@given(
    fronts,
    st.ip_addresses(network="203.0.113.0/24"),
    st.lists(st.ip_addresses(network="10.0.0.0/8"), max_size=3),
)
def test_what_a_client_sends_never_changes_a_list_of_addresses(
    front: str, client: object, hops: list[object]
) -> None:
    written = ", ".join(map(str, [client, *hops]))
    assert seen(f"{front},{written}") == seen(written) == str(client)


@given(
    fronts,
    st.ip_addresses(v=6, network="2001:db8::/48"),
    st.lists(st.ip_addresses(v=4, network="10.0.0.0/8"), max_size=3),
)
def test_what_a_client_sends_never_changes_forwarded(front: str, client: object, hops: list[object]) -> None:
    written = ", ".join([f'for="[{client}]";proto=https', *(f"for={each}" for each in hops)])
    assert seen(f"{front},{written}", "forwarded") == seen(written, "forwarded") == str(client)


@given(fronts, st.sampled_from(["forwarded", "x-forwarded-for"]))
def test_the_answer_is_always_an_address(value: str, header: str) -> None:
    assert str(ip_address(seen(value, header))) == seen(value, header)


@given(fronts, addresses, st.sampled_from(["forwarded", "x-forwarded-for"]))
def test_nobody_is_believed_without_trusted_proxies(value: str, peer: str, header: str) -> None:
    assert seen(value, header, peer, "") == peer


# The settings


@pytest.mark.parametrize("value", ["", "127.0.0.1", "10.0.0.0/8, ::1", "192.168.", "10.0.0.1-20"])
def test_trusted_proxies_are_an_ip_restriction(value: str) -> None:
    assert json.loads(settings.parse("trusted_proxies", value)) == value


@pytest.mark.parametrize("value", ["proxy", "10.0.0.0/33", "*", "5", "true", "10.0.0.1;10.0.0.2"])
def test_trusted_proxies_that_cannot_be_read_are_refused(value: str) -> None:
    with pytest.raises(settings.SettingError, match=r"^trusted_proxies: .* is no address"):
        settings.parse("trusted_proxies", value)


@pytest.mark.parametrize("value", ["forwarded", "x-forwarded-for", "x-real-ip", "cf-connecting-ip"])
def test_the_header_is_a_lower_case_name(value: str) -> None:
    assert json.loads(settings.parse("proxy_header", value)) == value


@pytest.mark.parametrize(
    "value", ["", "X-Forwarded-For", "x_forwarded_for", "x-forwarded_for", "a b", "a:", "-a", "é"]
)
def test_other_names_of_headers_are_refused(value: str) -> None:
    with pytest.raises(settings.SettingError, match="no underscores"):
        settings.parse("proxy_header", value)


# Through the front door: check 7t, and the record


def call(site: Site, token: str, peer: str, **headers: str) -> Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.post("/rest/test_void", b"{}", "application/json", token=token, headers=given, peer=peer)


def recorded(site: Site) -> str:
    """The address in the last record of the call log."""
    site.gateway.log.flush()
    with Session(site.engine) as db:
        return db.scalars(select(CallRecord.address).order_by(CallRecord.id.desc()).limit(1)).one()


def test_a_spoofed_header_opens_no_token_without_trusted_proxies(site: Site) -> None:
    token = site.add_token(ip_restriction=CLIENT)
    refused = call(site, token, PROXY, x_forwarded_for=CLIENT, forwarded=f"for={CLIENT}", x_real_ip=CLIENT)
    assert refused.status == 403
    assert f"admits only {CLIENT}, not {PROXY}" in json.loads(refused.body)["cause"]
    assert recorded(site) == PROXY


def test_a_token_is_restricted_to_the_client_behind_a_trusted_proxy(site: Site) -> None:
    site.set("trusted_proxies", TRUSTED)
    token = site.add_token(ip_restriction=CLIENT)
    assert call(site, token, PROXY, x_forwarded_for=f"{FORGED}, {CLIENT}").status == 200
    assert recorded(site) == CLIENT
    refused = call(site, token, PROXY, x_forwarded_for=f"{CLIENT}, {FORGED}")
    assert f"admits only {CLIENT}, not {FORGED}" in json.loads(refused.body)["cause"]
    assert recorded(site) == FORGED
    assert call(site, token, PROXY, forwarded=f"for={CLIENT}").status == 403
    assert call(site, token, FORGED, x_forwarded_for=CLIENT).status == 403


def test_the_header_is_a_setting(site: Site) -> None:
    site.set("trusted_proxies", PROXY)
    site.set("proxy_header", "forwarded")
    token = site.add_token(ip_restriction="2001:db8::7")
    assert call(site, token, PROXY, forwarded='for="[2001:db8::7]:4711"').status == 200
    assert call(site, token, PROXY, x_forwarded_for="2001:db8::7").status == 403
    assert recorded(site) == PROXY


def test_a_request_that_cannot_be_read_is_recorded_with_the_clients_address(site: Site) -> None:
    site.set("trusted_proxies", PROXY)
    response = site.post("/soap", b"<", "text/xml", headers={"x-forwarded-for": CLIENT}, peer=PROXY)
    assert response.status == 500
    assert recorded(site) == CLIENT
