"""Hostile input at Moodle's addresses: whatever comes, the answer can be read, in time that grows with the input."""

import json
import random
import time
import xmlrpc.client
from collections.abc import Callable

import pytest
from lxml import etree

from gateway import limits
from gateway.faults import Fault
from gateway.moodle.parameters import nest
from gateway.web import Response
from tests.moodle.calls import send
from tests.support import wire
from tests.support.site import Site
from tests.support.wire import AMF, FORM, remoting

SEED, TIMES = 8, 300
FORMS = b"wsfunction=test_everything&value[flag]=1&value[leaves][0][name]=x&moodlewsrestformat=json&value[texts][]=a"
MULTIPART = (
    b"--x\r\nContent-Disposition: form-data; name=\"wsfunction\"\r\n\r\ntest_void\r\n"
    b"--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n\0\r\n--x--\r\n"
)  # fmt: skip


def read_rest(answer: Response) -> None:
    if answer.headers["Content-Type"] == "application/json":
        json.loads(answer.body)
    else:
        assert etree.fromstring(answer.body).tag in ("RESPONSE", "EXCEPTION")


def read_xmlrpc(answer: Response) -> None:
    try:
        xmlrpc.client.loads(answer.body)
    except xmlrpc.client.Fault as fault:
        assert " | ERRORCODE: " in fault.faultString


def read_amf(answer: Response) -> None:
    remoting.decode(answer.body)


@pytest.mark.parametrize(
    ("protocol", "content_type", "good", "read"),
    [
        ("rest", FORM, FORMS, read_rest),
        ("rest", "multipart/form-data; boundary=x", MULTIPART, read_rest),
        ("xmlrpc", "text/xml", wire.xmlrpc_call("test_echo", "<int>1</int>", "x"), read_xmlrpc),
        ("amf", AMF, wire.amf_call("test_echo", wire.amf_text("1"), wire.amf_text("x")), read_amf),
    ],
    ids=["form", "multipart", "xmlrpc", "amf"],
)
def test_changed_bytes_get_an_answer_that_can_be_read(
    moodle: Site, protocol: str, content_type: str, good: bytes, read: Callable[[Response], None]
) -> None:
    chance = random.Random(SEED)  # noqa: S311  (no secret)
    for _ in range(TIMES):
        body = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(body) + 1)
            body[place : place + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 4))
        path = f"/webservice/{protocol}/server.php"
        answer = send(
            moodle,
            (),
            query={"wstoken": moodle.token},
            path=path,
            content_type=content_type,
            body=bytes(body),
        )
        assert answer.status in (200, 400), body
        read(answer)


def seconds(size: int, pairs: Callable[[int], list[tuple[str, str]]]) -> float:
    given = pairs(size)
    started = time.perf_counter()
    nest(given)
    return time.perf_counter() - started


@pytest.mark.parametrize(
    "pairs",
    [
        lambda size: [("a[]", "x")] * size,
        lambda size: [(f"a[{number}]", "x") for number in range(size)],
        lambda size: [("a" + "[]" * 60, "x")] * (size // 30),
        lambda size: [("a[" * 1000, "x")] * (size // 100),
        lambda size: [("a" + "]" * size, "x")],
        lambda size: [("a[" + "b" * size, "x")],
    ],
    ids=["appended", "numbered", "deep", "open", "closed", "long"],
)
def test_nesting_takes_linear_time(pairs: Callable[[int], list[tuple[str, str]]]) -> None:
    def best(size: int) -> float:
        return min(seconds(size, pairs) for _ in range(5))

    small, large = 3_000, 30_000
    assert best(large) < 40 * best(small) + 0.01


def test_indexes_beyond_64_bits_are_names() -> None:
    assert nest([("a[99999999999999999999]", "x"), ("a[]", "y")]) == {
        "a": {"99999999999999999999": "x", "0": "y"}
    }


def test_brackets_nest_to_the_limit_and_no_deeper() -> None:
    nest([("a" + "[0]" * (limits.DEPTH - 1), "x")])
    with pytest.raises(Fault):
        nest([("a" + "[0]" * limits.DEPTH, "x")])
