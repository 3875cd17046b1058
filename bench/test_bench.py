"""Echo, 50 names in and 50 structs out, 50 structs in: ours in `handle()`, beside the bare library and the peers."""

import xmlrpc.client
from collections.abc import Callable
from functools import partial
from math import inf
from typing import Any

import msgspec
import pytest
from lxml import etree

from bench.conftest import BEST
from bench.gateway_site import Contender
from bench.peers import answers, payloads, py3amf_gateway, spyne_soap, stdlib_xmlrpc
from bench.peers.quiet import importing_pyamf
from bench.peers.workloads import ANSWERS, USERS, WORKLOADS, Workload
from protocols.amf.amf0 import Decoder
from protocols.amf.packet import Place
from protocols.amf.values import Budget

with importing_pyamf():
    import pyamf

BODIES: dict[str, Callable[[Workload], bytes]] = {
    "soap": payloads.soap,
    "xmlrpc": payloads.xmlrpc_call,
    "amf": payloads.amf0,
    "amf3": payloads.amf3,
    "rest": payloads.json_body,
}
READERS: dict[str, Callable[[Workload, bytes], Any]] = {
    "soap": answers.soap,
    "xmlrpc": answers.xmlrpc_response,
    "amf": answers.amf,
    "amf3": answers.amf,
    "rest": answers.json_body,
}
PEERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "spyne": ("soap", spyne_soap.handle),
    "spyne wsgi": ("soap", spyne_soap.handle_wsgi),
    "xmlrpc.client": ("xmlrpc", stdlib_xmlrpc.handle),
    "py3amf": ("amf", py3amf_gateway.handle),
    "py3amf amf3": ("amf3", py3amf_gateway.handle),
}

workload_of = pytest.mark.parametrize("workload", WORKLOADS)


def measure(benchmark: Any, name: str, workload: str, run: Callable[[], Any]) -> Any:
    benchmark.group = workload
    benchmark.name = f"{workload} {name}"
    for _ in range(20):
        run()
    result = benchmark.pedantic(run, rounds=150, iterations=5, warmup_rounds=5)
    BEST[name, workload] = min(benchmark.stats.stats.min, BEST.get((name, workload), inf))
    return result


@workload_of
@pytest.mark.parametrize("protocol", BODIES)
def test_ours(benchmark: Any, site: Contender, workload: Workload, protocol: str) -> None:
    body = BODIES[protocol](workload)
    answer = measure(benchmark, f"ours {protocol}", workload, site.caller(protocol, workload, body))
    assert READERS[protocol](workload, answer) == ANSWERS[workload]


@workload_of
@pytest.mark.parametrize("peer", PEERS)
def test_peer(benchmark: Any, workload: Workload, peer: str) -> None:
    protocol, handle = PEERS[peer]
    body = BODIES[protocol](workload)
    answer = measure(benchmark, peer, workload, lambda: handle(body))
    assert READERS[protocol](workload, answer) == ANSWERS[workload]


# The steps of a protocol alone, which are all that the peers' own rows do


@workload_of
@pytest.mark.parametrize("protocol", BODIES)
def test_our_steps(benchmark: Any, site: Contender, workload: Workload, protocol: str) -> None:
    body = BODIES[protocol](workload)
    answer = measure(benchmark, f"ours {protocol} steps", workload, site.steps(protocol, workload, body))
    assert READERS[protocol](workload, answer) == ANSWERS[workload]


# The whole request, as a server hands it over: a WSGI environ, and somebody who calls

GUARDED = {"py3amf wsgi": payloads.amf0, "py3amf amf3 wsgi": payloads.amf3}


@workload_of
@pytest.mark.parametrize("protocol", ["soap", "amf", "amf3"])
def test_ours_wsgi(benchmark: Any, site: Contender, workload: Workload, protocol: str) -> None:
    body, handle = BODIES[protocol](workload), site.application(protocol, workload)
    answer = measure(benchmark, f"ours {protocol} wsgi", workload, lambda: handle(body))
    assert READERS[protocol](workload, answer) == ANSWERS[workload]


@workload_of
@pytest.mark.parametrize("peer", GUARDED)
def test_py3amf_wsgi(benchmark: Any, workload: Workload, peer: str) -> None:
    packet, handle = GUARDED[peer], py3amf_gateway.handle_wsgi
    body = packet(workload, user=py3amf_gateway.CREDENTIALS)
    answer = measure(benchmark, peer, workload, lambda: handle(body))
    assert answers.amf(workload, answer) == ANSWERS[workload]
    refused = answers.amf("echo", handle(packet(workload, user=("jane", "wrong"))))
    assert refused.code == "AuthenticationError"


@workload_of
@pytest.mark.parametrize("protocol", ["soap", "xmlrpc"])
def test_bare_lxml(benchmark: Any, workload: Workload, protocol: str) -> None:
    body = BODIES[protocol](workload)
    root = measure(benchmark, f"lxml parse {protocol}", workload, lambda: etree.fromstring(body))
    assert len(root) > 0


def test_bare_lxml_of_the_answer(benchmark: Any, site: Contender) -> None:
    """What a client's parser does with 50 structs: the answer's XML is larger than the request's."""
    answer = site.caller("soap", "names", payloads.soap("names"))()
    root = measure(benchmark, "lxml parse soap answer", "names", lambda: etree.fromstring(answer))
    assert len(root[0][0][0]) == len(ANSWERS["names"])


def test_xmlrpc_encode(benchmark: Any, site: Contender) -> None:
    """50 structs to XML-RPC alone: our writer beside the standard library's."""
    answer = measure(benchmark, "ours xmlrpc encode", "names", site.encoder("xmlrpc", "names"))
    assert b"user050&amp;co@example.org" in answer


def test_xmlrpc_dumps(benchmark: Any) -> None:
    plain = (ANSWERS["names"],)
    run = partial(xmlrpc.client.dumps, plain, methodresponse=True)
    assert xmlrpc.client.loads(measure(benchmark, "xmlrpc.client dumps", "names", run))[0] == plain


# 50 structs in and 50 out, in the two encodings of AMF: the codecs alone

VERSIONS = {"amf0": (pyamf.AMF0, b""), "amf3": (pyamf.AMF3, b"\x11")}
version_of = pytest.mark.parametrize("version", VERSIONS)


@version_of
def test_amf_codec(benchmark: Any, site: Contender, version: str) -> None:
    encoding, switch = VERSIONS[version]
    data = switch + pyamf.encode(USERS, encoding=encoding).getvalue()
    write = site.encoder("amf", "names", Place("/1", amf3=encoding == pyamf.AMF3))
    read, written = measure(
        benchmark, f"ours {version} codec", "codec", lambda: (Decoder(data, Budget()).value(0)[0], write())
    )
    assert read == USERS
    assert next(pyamf.decode(written, encoding=encoding)) == USERS


@version_of
def test_py3amf_codec(benchmark: Any, version: str) -> None:
    encoding, _ = VERSIONS[version]
    data = pyamf.encode(USERS, encoding=encoding).getvalue()

    def run() -> tuple[Any, bytes]:
        return next(pyamf.decode(data, encoding=encoding)), pyamf.encode(USERS, encoding=encoding).getvalue()

    assert measure(benchmark, f"py3amf {version} codec", "codec", run)[0] == USERS


@workload_of
def test_bare_msgspec(benchmark: Any, workload: Workload) -> None:
    body = payloads.json_body(workload)

    def run() -> bytes:
        msgspec.json.decode(body)
        return msgspec.json.encode(ANSWERS[workload])

    assert answers.json_body(workload, measure(benchmark, "msgspec", workload, run)) == ANSWERS[workload]


# 50 structs there and back as JSON: what the gateway does beside decoding and encoding the same bytes


def test_ours_there_and_back(benchmark: Any, site: Contender) -> None:
    body = payloads.json_body("store")
    answer = measure(benchmark, "ours rest", "mirror", site.caller("rest", "mirror", body))
    assert msgspec.json.decode(answer) == msgspec.json.decode(body)["users"]


def test_bare_msgspec_there_and_back(benchmark: Any) -> None:
    body = payloads.json_body("store")
    answer = measure(benchmark, "msgspec", "mirror", lambda: msgspec.json.encode(msgspec.json.decode(body)))
    assert msgspec.json.decode(answer) == msgspec.json.decode(body)
