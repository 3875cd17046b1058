"""The aims, printed after the benchmark's table from the same run's figures.

docs/decisions/0009 has those of the echo.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from bench.gateway_site import Contender, contender

BEST: dict[tuple[str, str], float] = {}
"""(contender, workload) -> the best round, in seconds."""

LAPS = 3
"""How often everything is measured, lap after lap: the neighbours of a machine slow it down for seconds at a time."""

AIMS = [
    ("SOAP echo", ("ours soap", "echo"), ("lxml parse soap", "echo"), "at most", 6.0),
    ("XML-RPC echo", ("ours xmlrpc", "echo"), ("lxml parse xmlrpc", "echo"), "at most", 6.0),
    ("JSON echo, of the SOAP echo", ("ours rest", "echo"), ("ours soap", "echo"), "at most", 0.6),
    ("JSON 50 in and out, msgspec", ("ours rest", "mirror"), ("msgspec", "mirror"), "at most", 3.0),
    ("SOAP echo, Spyne", ("spyne", "echo"), ("ours soap", "echo"), "at least", 6.0),
    ("SOAP echo's steps, Spyne", ("spyne", "echo"), ("ours soap steps", "echo"), "at least", 10.0),
    ("SOAP echo, both through WSGI", ("spyne wsgi", "echo"), ("ours soap wsgi", "echo"), "at least", 5.0),
    ("SOAP 50 out, Spyne", ("spyne", "names"), ("ours soap", "names"), "at least", 30.0),
    ("XML-RPC 50 out, xmlrpc.client", ("xmlrpc.client", "names"), ("ours xmlrpc", "names"), "at least", 5.0),
    (
        "XML-RPC 50 written, dumps",
        ("xmlrpc.client dumps", "names"),
        ("ours xmlrpc encode", "names"),
        "at least",
        6.0,
    ),
    ("AMF0 50 out, Py3AMF", ("py3amf", "names"), ("ours amf", "names"), "at least", 5.0),
    ("AMF0 codec, Py3AMF's", ("py3amf amf0 codec", "codec"), ("ours amf0 codec", "codec"), "at least", 6.0),
    ("AMF3 codec, Py3AMF's", ("py3amf amf3 codec", "codec"), ("ours amf3 codec", "codec"), "at least", 6.0),
    ("AMF0 echo, Py3AMF's gateway", ("py3amf", "echo"), ("ours amf", "echo"), "at least", 7.0),
    ("AMF3 echo, Py3AMF's gateway", ("py3amf amf3", "echo"), ("ours amf3", "echo"), "at least", 12.0),
    ("AMF0 echo's steps, Py3AMF's gateway", ("py3amf", "echo"), ("ours amf steps", "echo"), "at least", 12.0),
    (
        "AMF3 echo's steps, Py3AMF's gateway",
        ("py3amf amf3", "echo"),
        ("ours amf3 steps", "echo"),
        "at least",
        12.0,
    ),
    # Through WSGI Py3AMF has an authenticator, and so whole calls are compared.
    ("AMF0 echo, both through WSGI", ("py3amf wsgi", "echo"), ("ours amf wsgi", "echo"), "at least", 6.0),
    (
        "AMF3 echo, both through WSGI",
        ("py3amf amf3 wsgi", "echo"),
        ("ours amf3 wsgi", "echo"),
        "at least",
        10.0,
    ),
    ("bridge 50 out, Spyne", ("spyne", "kept"), ("bridge", "kept"), "at least", 8.0),
    ("bridge 50 made and out, Spyne", ("spyne", "names"), ("bridge", "names"), "at least", 8.0),
    ("SOAP 50 in, Spyne", ("spyne", "store"), ("ours soap", "store"), "at least", 20.0),
    ("SOAP 50 in, lxml's parse of it", ("ours soap", "store"), ("lxml parse soap", "store"), "at most", 4.0),
    (
        "SOAP 50 out, lxml's parse of the answer",
        ("ours soap", "names"),
        ("lxml parse soap answer", "names"),
        "at most",
        4.0,
    ),
    ("XML-RPC 50 in, xmlrpc.client", ("xmlrpc.client", "store"), ("ours xmlrpc", "store"), "at least", 1.8),
]


@pytest.fixture(scope="session", autouse=True, params=range(LAPS))
def lap(request: pytest.FixtureRequest) -> int:
    """Which lap it is; pytest runs all tests of one before the next."""
    number: int = request.param
    return number


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contender]:
    """Our own contender."""
    found = contender(tmp_path_factory.mktemp("bench"))
    yield found
    found.gateway.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print each aim beside what this run measured."""
    if not BEST:
        return
    terminalreporter.section("aims: ratios of the best rounds of this run")
    for name, upper, lower, word, aim in AIMS:
        if upper not in BEST or lower not in BEST:
            continue
        ratio = BEST[upper] / BEST[lower]
        met = ratio <= aim if word == "at most" else ratio >= aim
        line = f"{name:<44} {ratio:7.2f}   aim: {word} {aim:g}"
        terminalreporter.write_line(f"{line:<78} {'met' if met else 'MISSED'}")
