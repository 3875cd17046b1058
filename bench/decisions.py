"""Measures what decisions 0002 to 0004 stand on, and prints it as Markdown.

    python -m bench.decisions                    from the root of the repository, with the extras test and bench
    python -m bench.decisions --only 0003 --rounds 10

Every contender of a table runs in every round, one after the other in one process, so that a noisy machine
troubles all of them alike. Microseconds are this machine's; only ratios can be compared with another's.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from statistics import median
from typing import Any
from xml.parsers import expat

from lxml import etree

from bench.peers import (
    answers,
    facts,
    floor_amf0,
    floor_soap,
    floor_xmlrpc,
    payloads,
    py3amf_facts,
    py3amf_gateway,
    spyne_facts,
    spyne_soap,
    stdlib_xmlrpc,
    xmlrpc_facts,
)
from bench.peers.workloads import ANSWERS, ROWS, WORKLOADS, Workload

SAMPLE_SECONDS = 0.005  # long enough for the clock, short enough to fall between the machine's hiccups
LEGEND = f"""\
echo: one int and one string in, one string out. names: {ROWS} strings in, {ROWS} structs of six fields out.
store: {ROWS} structs in, one int out. Times are microseconds a call; compare the ratios only. A ratio says how many
times the contender's best (or median) is that of the bare parse of the same request, or of the straight-line prototype,
which checks nothing and is no product."""


@dataclass(frozen=True)
class Contender:
    """Something that takes a request body; one that answers is proved right before it is timed."""

    name: str
    call: Callable[[bytes], object]
    answers: bool = True


@dataclass(frozen=True)
class Race:
    """The contenders of one protocol; the prototype and the bare parse are what the others are divided by."""

    title: str
    request: Callable[[Workload], bytes]
    read: Callable[[Workload, bytes], Any]
    contenders: Sequence[Contender]
    questions: Callable[[], list[facts.Fact]]


RACES = {
    "0002": Race(
        "SOAP",
        payloads.soap,
        answers.soap,
        [
            Contender("lxml, bare parse", floor_soap.parse, answers=False),
            Contender(floor_soap.NAME, floor_soap.handle),
            Contender(spyne_soap.NAME, spyne_soap.handle),
            Contender(f"{spyne_soap.NAME}, WsgiApplication", spyne_soap.handle_wsgi),
        ],
        spyne_facts.facts,
    ),
    "0003": Race(
        "AMF0",
        payloads.amf0,
        answers.amf,
        [
            Contender(floor_amf0.NAME, floor_amf0.handle),
            Contender(py3amf_gateway.NAME, py3amf_gateway.handle),
        ],
        py3amf_facts.facts,
    ),
    "0004": Race(
        "XML-RPC",
        payloads.xmlrpc_call,
        answers.xmlrpc_response,
        [
            Contender("expat, bare parse", floor_xmlrpc.parse_expat, answers=False),
            Contender(floor_xmlrpc.NAME, floor_xmlrpc.handle),
            Contender(stdlib_xmlrpc.NAME, stdlib_xmlrpc.handle),
        ],
        xmlrpc_facts.facts,
    ),
}


@dataclass(frozen=True)
class Timing:
    """Microseconds a call."""

    best: float
    median: float


def seconds(contender: Contender, body: bytes, calls: int) -> float:
    """How long so many calls take."""
    call = contender.call
    started = time.perf_counter()
    for _ in range(calls):
        call(body)
    return time.perf_counter() - started


def prove(race: Race, workload: Workload) -> None:
    """Stop unless every contender that answers gives the right answer."""
    body = race.request(workload)
    for contender in race.contenders:
        if contender.answers:
            answer = contender.call(body)
            assert isinstance(answer, bytes)
            assert race.read(workload, answer) == ANSWERS[workload], (race.title, workload, contender.name)


def measure(race: Race, workload: Workload, rounds: int) -> dict[str, Timing]:
    """Interleaved rounds over all contenders."""
    prove(race, workload)
    body = race.request(workload)
    calls = {one.name: max(1, round(SAMPLE_SECONDS / seconds(one, body, 1))) for one in race.contenders}
    samples: dict[str, list[float]] = {one.name: [] for one in race.contenders}
    for _ in range(rounds):
        for one in race.contenders:
            samples[one.name].append(seconds(one, body, calls[one.name]) / calls[one.name] * 1e6)
    return {name: Timing(min(times), median(times)) for name, times in samples.items()}


def race_table(race: Race, rounds: int) -> str:
    """The timings of all workloads of one protocol."""
    head = "| workload | contender | best us | median us | best / parse | best / prototype | median / prototype |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    for workload in WORKLOADS:
        lines += workload_rows(workload, measure(race, workload, rounds))
    return "\n".join(lines)


def workload_rows(workload: Workload, timings: dict[str, Timing]) -> list[str]:
    """One line a contender."""
    prototype = timings[floor_soap.NAME]
    parse = next((timing.best for name, timing in timings.items() if name.endswith("bare parse")), None)
    return [
        f"| {workload} | {name} | {timing.best:.1f} | {timing.median:.1f} "
        f"| {ratio(timing.best, parse)} | {ratio(timing.best, prototype.best)} "
        f"| {ratio(timing.median, prototype.median)} |"
        for name, timing in timings.items()
    ]


def ratio(value: float, base: float | None) -> str:
    """How many times the base, or a dash where there is none."""
    return "-" if base is None else f"{value / base:.1f}"


def environment() -> str:
    """What the figures were taken with."""
    py3amf = "with its compiled codec" if find_spec("cpyamf.codec") else "pure Python"
    libxml2 = ".".join(map(str, etree.LIBXML_VERSION))
    return (
        f"Python {platform.python_version()}, Spyne {version('spyne')}, Py3AMF {version('Py3AMF')} ({py3amf}), "
        f"lxml {version('lxml')} (libxml2 {libxml2}), {expat.EXPAT_VERSION.replace('_', ' ')}, {os.cpu_count()} cores"
    )


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.decisions",
        description="Measure what decisions 0002 (Spyne), 0003 (Py3AMF) and 0004 (xmlrpc.client) stand on.",
    )
    parser.add_argument(
        "--rounds", type=int, default=40, help="interleaved rounds a table (default: 40, some 5 s)"
    )
    parser.add_argument("--only", choices=RACES, help="the tables of one decision")
    return parser.parse_args()


def main() -> None:
    """Print the tables."""
    options = arguments()
    print(f"{environment()}; {options.rounds} rounds\n\n{LEGEND}")
    for number, race in RACES.items():
        if options.only in (None, number):
            print(f"\n## {number}: {race.title}\n\n{race_table(race, options.rounds)}")
            print(f"\n{facts.table(race.questions())}")


if __name__ == "__main__":
    main()
