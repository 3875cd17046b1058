"""Questions to Py3AMF about what a request can make it do: harmless requests, tried."""

import json
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

from bench.peers import py3amf_gateway, workloads
from bench.peers.class_loading import text
from bench.peers.facts import Fact, said
from bench.peers.payloads import amf0
from bench.peers.quiet import importing_pyamf

with importing_pyamf():
    import pyamf
    from pyamf import remoting
    from pyamf.flex import messaging
    from pyamf.remoting.gateway.wsgi import WSGIGateway

ROOT = Path(__file__).parents[2]
LEVELS = 16
ZEROS = 1_000_000
AMF3_CALL = b"\0\3\0\0\0\1" + text("echo") + text("/1") + b"\0\0\0\0" + b"\x0a\0\0\0\1\x11"


def facts() -> list[Fact]:
    """All questions, answered by this installation."""
    return [_class_loading(), _authenticator(), _inflation(), _references()]


def _load_classes(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.peers.class_loading", *arguments]
    run = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def _class_loading() -> Fact:
    found, refusing = _load_classes(), _load_classes("--refuse")
    return Fact(
        "Does a request import a module and make an instance of the class it names?",
        found["imported"],
        f"{found['bytes']} bytes made a `{found['class']}` with members {found['members']}, "
        f"`__init__` called: {said(found['initialised'])}",
        f"with `register_class_loader` and a loader that refuses: {said(refusing['imported'])}",
    )


def _guarded() -> WSGIGateway:
    return WSGIGateway({"echo": workloads.echo}, authenticator=lambda _user, _password: False)


def _answer(body: bytes) -> Any:
    return remoting.decode(py3amf_gateway.answer(_guarded(), body))["/1"]


def _flex_call() -> bytes:
    message = messaging.RemotingMessage(
        operation="echo", body=list(workloads.ARGUMENTS["echo"].values()), messageId="1", headers={}
    )
    packet = remoting.Envelope(pyamf.AMF3)
    packet["/1"] = remoting.Request("null", [message], packet)
    return bytes(remoting.encode(packet).getvalue())


def _authenticator() -> Fact:
    plain, flex = _answer(amf0("echo")), _answer(_flex_call())
    asked = flex.status == remoting.STATUS_ERROR
    return Fact(
        "Is the authenticator (here one that refuses everybody) asked for a Flex RemoteObject call?",
        asked,
        f"the plain call is refused with {plain.body.code}; the Flex call "
        + ("is refused too" if asked else f'answers "{flex.body.body}"'),
    )


def _inflation() -> Fact:
    raw = zlib.compress(bytes(ZEROS))
    mark = len(raw) << 1 | 1
    request = AMF3_CALL + b"\x0c" + bytes([0x80 | mark >> 7, mark & 0x7F]) + raw
    inflated = len(remoting.decode(request)["/1"].body[0].getvalue())
    return Fact(
        "Is a byte array that holds zlib data inflated unasked?",
        inflated > len(raw),
        f"a request of {len(request):,} bytes decodes to {inflated:,} bytes",
    )


def _references() -> Fact:
    request = _doubling_call(LEVELS)
    leaves = _leaves(remoting.decode(request)["/1"].body[0])
    more = len(_doubling_call(LEVELS + 1)) - len(request)
    return Fact(
        "Does a value that references multiply decode without a limit?",
        leaves == 2**LEVELS,
        f"{len(request)} bytes decode to a tree of {leaves:,} leaves; {more} bytes more double it",
    )


def _doubling_call(levels: int) -> bytes:
    """Each array holds the next one and a reference to it; the innermost is empty."""
    arrays = b"\x09\x05\x01" * levels + b"\x09\x01\x01"
    references = b"".join(bytes([0x09, level << 1]) for level in range(levels, 0, -1))
    return AMF3_CALL + arrays + references


def _leaves(value: list[Any]) -> int:
    return sum(map(_leaves, value)) if value else 1
