"""A Spyne application through Spyne and through the bridge: 50 structs out, held by the service or made by it."""

from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from bench.gateway_site import Contender, contender
from bench.peers import payloads, spyne_soap
from bench.peers.quiet import importing_spyne
from bench.peers.workloads import NAMESPACE
from bench.test_bench import measure

with importing_spyne():
    from gateway.bridges.spyne import component

BODIES = {
    "names": payloads.soap("names"),
    "kept": payloads.soap("names").partition(b"<names ")[0]
    + f'<kept xmlns="{NAMESPACE}"/></soap:Body></soap:Envelope>'.encode(),
}


@pytest.fixture(scope="module")
def bridged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contender]:
    services = [spyne_soap.Workloads, spyne_soap.Kept]
    found = contender(tmp_path_factory.mktemp("bridge"), component("bench", services, prefix=""))
    yield found
    found.gateway.close()


def texts(answer: bytes) -> list[str | None]:
    """The text of every member of every row: names and wrappers differ."""
    root = etree.fromstring(answer)
    return [each.text for each in root.iter() if not len(each)]


@pytest.mark.parametrize("workload", BODIES)
def test_bridge(benchmark: Any, bridged: Contender, workload: Any) -> None:
    body = BODIES[workload]
    answer = measure(benchmark, "bridge", workload, bridged.caller("soap", workload, body))
    assert len(texts(answer)) == 300
    assert texts(answer) == texts(spyne_soap.handle(body))


def test_spyne(benchmark: Any) -> None:
    measure(benchmark, "spyne", "kept", lambda: spyne_soap.handle(BODIES["kept"]))
