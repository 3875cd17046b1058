"""Past vulnerabilities of AMF decoders, replayed through the whole gateway, in AMF0 and in AMF3.

The remedy is one: the decoder yields plain values. Names of classes are text that nothing looks up.
"""

import subprocess
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from struct import pack
from textwrap import dedent

import pytest

from gateway.store import User
from gateway.web import Response
from tests.support import amf3
from tests.support.amf3 import packet
from tests.support.site import Site
from tests.support.wire import AMF, amf_call, amf_text, fault_in, utf

ALIASES = [
    "antigravity",
    "this.x",
    "subprocess.Popen",
    "tempfile._TemporaryFileCloser",
    "cProfile.Profile",
    "pyamf.remoting.amf3.RequestProcessor",
    "flex.messaging.io.amf.ASObject",
    "java.lang.Runtime",
    "org.apache.axis2.util.MetaDataEntry",
    "__main__.Site",
    "gateway.store.User",
]
COLLECTIONS = ["flex.messaging.io.ArrayCollection", "flex.messaging.io.ArrayList"]


def post(site: Site, body: bytes) -> Response:
    return site.post("/amf", body, AMF)


def errorcode(response: Response) -> str:
    return fault_in("amf", response.body).errorcode


def typed(alias: str, members: Mapping[str, bytes]) -> bytes:
    """An AMF0 object of a class."""
    pairs = b"".join(utf(name) + value for name, value in members.items())
    return b"\x10" + utf(alias) + pairs + b"\0\0\x09"


def named(alias: str, values: Mapping[str, str]) -> Mapping[str, bytes]:
    """Calls of test_tree that name a class in each way there is, with members that are texts."""
    members = {name: amf_text(value) for name, value in values.items()}
    texts = {name: amf3.text(value) for name, value in values.items()}
    return {
        "AMF0 typed object": amf_call("test_tree", typed(alias, members)),
        "AMF0 header": amf_call("test_tree", headers={"X": typed(alias, members)}),
        "AMF3 sealed": packet(amf3.sealed(alias, list(texts), *texts.values()), name="test_tree"),
        "AMF3 dynamic": packet(amf3.dynamic(alias, texts), name="test_tree"),
        "AMF3 external": packet(amf3.external(alias, amf3.array()), name="test_tree"),
        "AMF3 Vector": packet(b"\x10\3\0" + amf3.bare(alias) + amf3.dynamic(alias, {}), name="test_tree"),
        "AMF3 message": packet(
            amf3.sealed(f"flex.messaging.messages.{alias}", ["body"], amf3.array()), name="test_tree"
        ),
    }


WATCH = """
    import sys
    from gateway.faults import Fault
    from gateway.protocol import Call, Request
    from protocols.amf import PROTOCOL

    def walk(value):
        yield type(value)
        if type(value) is dict:
            value = [*value.keys(), *value.values()]
        if type(value) is list:
            for each in value:
                yield from walk(each)

    seen, watching, kinds = [], False, set()
    sys.addaudithook(lambda event, arguments: seen.append((event, str(arguments))) if watching else None)
    for line in sys.stdin:
        body = bytes.fromhex(line)
        watching = True
        try:
            message = PROTOCOL.parse(Request("POST", "/amf", "", {}, body))
        except Fault:
            message = None
        watching = False
        for item in message.items if message else ():
            kinds |= set(walk(item.arguments)) if isinstance(item, Call) else set()
    print(sorted(each.__name__ for each in kinds), seen)
    watching = True
    import colorsys
    watching = False
    print(sorted({event for event, _ in seen} & {"import", "open", "exec"}))
"""


def test_cve_2011_2092_and_cve_2017_5641_nothing_is_imported_and_nothing_made(tmp_path: Path) -> None:
    """Adobe BlazeDS and Apache Flex BlazeDS made an object of any class; PyAMF imports the module, too.

    A fresh interpreter whose audit hook sees imports, files, processes and code reads each body: nothing happens, and
    what comes out is plain. The members are those that made Py3AMF's decoder delete a file. (An import afterwards shows
    that the hook sees one.)
    """
    victim = tmp_path / "victim"
    victim.write_text("x")
    members = {"file": "x", "delete": "1", "name": str(victim), "__class__": "x"}
    bodies = [body for alias in ALIASES for body in named(alias, members).values()]
    found = subprocess.run(
        [sys.executable, "-c", dedent(WATCH)],
        input="\n".join(body.hex() for body in bodies),
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == "['NoneType', 'dict', 'list', 'str'] []\n['exec', 'import', 'open']\n"
    assert victim.exists()


@pytest.mark.parametrize("alias", ALIASES)
def test_cve_2011_2092_and_cve_2017_5641_through_the_gateway(standing: Site, alias: str) -> None:
    post(standing, amf_call("test_tree", b"\x05"))
    before = set(sys.modules)
    for body in named(alias, {"title": "x", "note": "y"}).values():
        assert b"/onStatus" in post(standing, body).body
    assert set(sys.modules) == before
    assert standing.count(User) == 1


@pytest.mark.parametrize(
    "alias", [*ALIASES, "flex.messaging.messages.RemotingMessage", "flex.messaging.io.ManagedObjectProxy"]
)
def test_cve_2017_3201_no_class_reads_itself(standing: Site, alias: str) -> None:
    """Flamingo amf-serializer (and GraniteDS, Spring-Flex): Externalizable.readExternal of any class."""
    response = post(standing, packet(amf3.external(alias, bytes(100)), name="test_void"))
    assert errorcode(response) == "invalidrequest"
    assert "externalizable" in fault_in("amf", response.body).cause


@pytest.mark.parametrize("alias", COLLECTIONS)
def test_the_collections_that_are_read_are_lists(standing: Site, alias: str) -> None:
    person = amf3.record(username=amf3.text("x"))
    response = post(standing, packet(amf3.external(alias, amf3.array(person)), name="test_people"))
    assert fault_in("amf", response.body).problems[0]["path"].startswith("people[0].")


XML = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
LAUGHS = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    "cve", ["CVE-2009-3960", "CVE-2015-3269", "CVE-2015-8549", "CVE-2017-3206", "CVE-2017-3208"]
)
@pytest.mark.parametrize("xml", [XML, LAUGHS])
def test_xml_stays_text(standing: Site, cve: str, xml: str) -> None:
    """BlazeDS, LiveCycle, PyAMF, Flamingo and WebORB parsed it, with its entities: in AMF0, as XMLDocument, as XML."""
    raw = xml.encode()
    calls = [
        amf_call("test_echo", b"\0" + bytes(8), b"\x0f" + pack(">I", len(raw)) + raw),
        packet(b"\x04\0", b"\x07" + amf3.bare(xml), name="test_echo"),
        packet(b"\x04\0", b"\x0b" + amf3.bare(xml), name="test_echo"),
    ]
    for body in calls:
        response = post(standing, body)
        assert b"/onResult" in response.body
        assert raw in response.body
        assert b"root:" not in response.body


def test_a_byte_array_is_not_inflated(standing: Site) -> None:
    """Py3AMF inflates whatever looks like zlib: 97 KB became 196 MB, and data that only look like it are changed."""
    packed = zlib.compress(bytes(10_000_000), 9)
    response = post(standing, packet(b"\x0c" + amf3.u29(len(packed) << 1 | 1) + packed, name="test_bytes"))
    assert packed in response.body


SPECIAL = [
    "__class__",
    "__dict__",
    "__init__",
    "__reduce__",
    "__setattr__",
    "__proto__",
    "_explicitType",
    "0",
]


@pytest.mark.parametrize("name", SPECIAL)
def test_ghsa_j88v_q3vw_p9vr_a_member_sets_nothing(standing: Site, name: str) -> None:
    """Setters of beans ran with what the request said: here a member is a key, and one that is unknown a problem."""
    members = {
        "title": amf3.text("x"),
        "branches": amf3.array(),
        "leaves": amf3.array(),
        name: amf3.text("x"),
    }
    pairs = b"".join(
        utf(each) + value for each, value in {"title": amf_text("x"), name: amf_text("x")}.items()
    )
    for body in (
        packet(amf3.dynamic("", members), name="test_tree"),
        packet(amf3.sealed("", list(members), *members.values()), name="test_tree"),
        amf_call("test_tree", b"\x03" + pairs + b"\0\0\x09"),
    ):
        problems = fault_in("amf", post(standing, body).body).problems
        assert {"path": f"tree.{name}", "problem": "is not a known name here"} in problems
