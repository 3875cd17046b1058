"""Random signatures and values, encoded by our codecs and decoded by somebody else's, and the other way round.

Each test fails if it did not try every type in every position: parameter, member, item, result.
"""

import abc
import base64
import enum
import json
import xmlrpc.client
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import zeep
import zeep.helpers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from pyamf.amf3 import ByteArray
from zeep.transports import Transport

from gateway import ABSENT, Function
from gateway.protocol import Query, Reply, Request
from gateway.signature import ListOf, Type
from protocols.soap.names import type_name
from tests.support.signatures import POSITIONS, SORTS, cases, in_utc, plain, transform, tried
from tests.support.wire import NAMESPACE, PROTOCOLS, SITE, Wired, pyamf, remoting, request_of

URL = f"{SITE.url}/soap?wsdl"
PAIRS = [(sort, position) for sort in SORTS for position in POSITIONS]


class Oracle(abc.ABC):
    """Another library's codec of one protocol, and what its types make of a value."""

    protocol: str
    face = "modern"

    @abc.abstractmethod
    def leaf(self, value: Any) -> Any:
        """A scalar as the library takes and gives it."""

    def sayable(self, value: Any) -> Any:
        """The scalar, or one like it where the library's own writer is wrong."""
        return value

    def kept(self, value: Any) -> Any:
        """What of a scalar can travel at all (types.md names two lossy cells), as a function receives it."""
        return in_utc(value)

    def list_of(self, node: ListOf, items: list[Any]) -> Any:  # noqa: ARG002
        """A list as the library takes it."""
        return items

    def plain(self, node: Type, value: Any) -> Any:
        """A value as the library takes it."""
        return plain(node, value, self.leaf, self.list_of)

    def seen(self, node: Type, value: Any) -> Any:
        """A value as the library gives it."""
        return self.plain(node, value)

    @abc.abstractmethod
    def call(self, wired: Wired, values: Mapping[str, Any], result: Any) -> tuple[tuple[Any, ...], Any]:
        """Call with values that the library takes: what the function receives, and what the library reads."""


class Json(Oracle):
    """The standard library's json."""

    protocol = "rest"

    def leaf(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat().replace("+00:00", "Z")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        if isinstance(value, Decimal):
            return format(value, "f")
        return value.value if isinstance(value, enum.Enum) else value

    def call(self, wired: Wired, values: Mapping[str, Any], result: Any) -> tuple[tuple[Any, ...], Any]:
        request = request_of("rest", wired.function.name, json.dumps(values).encode())
        return wired.arguments(request), json.loads(wired.reply(request, result).body)


class _Marshaller(xmlrpc.client.Marshaller):
    """xmlrpc.client reads i8 but does not write it."""

    def dump_long(self, value: int, write: Any) -> None:
        tag = "int" if -(2**31) <= value < 2**31 else "i8"
        write(f"<value><{tag}>{value}</{tag}></value>\n")

    dispatch = {**xmlrpc.client.Marshaller.dispatch, int: dump_long}


class XmlRpc(Oracle):
    """The standard library's xmlrpc.client."""

    protocol = "xmlrpc"

    def leaf(self, value: Any) -> Any:
        if isinstance(value, datetime):  # it writes the digits, whatever the zone
            return in_utc(value).replace(tzinfo=None)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return format(value, "f")
        return value.value if isinstance(value, enum.Enum) else value

    def kept(self, value: Any) -> Any:
        return in_utc(value).replace(microsecond=0) if isinstance(value, datetime) else value

    def call(self, wired: Wired, values: Mapping[str, Any], result: Any) -> tuple[tuple[Any, ...], Any]:
        name = wired.function.name
        params = _Marshaller(allow_none=True).dumps(tuple(positional(wired.function, values)))
        body = f"<methodCall><methodName>{name}</methodName>{params}</methodCall>"
        body = body.replace("\r", "&#13;")  # it writes them bare, and no XML parser keeps those
        request = request_of("xmlrpc", name, body.encode())
        ((found,), _) = xmlrpc.client.loads(wired.reply(request, result).body, use_builtin_types=True)
        return wired.arguments(request), found


class Amf(Oracle):
    """Py3AMF."""

    protocol = "amf"
    version = pyamf.AMF0

    def leaf(self, value: Any) -> Any:
        if isinstance(value, bool):
            return value
        if isinstance(value, int):
            return value if abs(value) <= 2**53 else str(value)
        if isinstance(value, datetime):
            return self.kept(value).replace(tzinfo=None)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        if isinstance(value, Decimal):
            return format(value, "f")
        return value.value if isinstance(value, enum.Enum) else value

    def sayable(self, value: Any) -> Any:
        if isinstance(value, datetime) and not 1970 < in_utc(value).year < 2100:
            # Before 1970 it subtracts the fraction; later, its seconds are a double without milliseconds.
            return value.replace(microsecond=0)
        return value

    def kept(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return in_utc(value).replace(microsecond=value.microsecond // 1000 * 1000)
        return value

    def call(self, wired: Wired, values: Mapping[str, Any], result: Any) -> tuple[tuple[Any, ...], Any]:
        name = wired.function.name
        packet = remoting.Envelope(self.version)
        arguments = positional(wired.function, values)
        # No object twice: it numbers references one lower than Flash Player.
        packet["/1"] = remoting.Request(name, deepcopy(arguments), packet)
        request = request_of("amf", name, remoting.encode(packet).getvalue())
        answer = remoting.decode(wired.reply(request, result).body)["/1"]
        assert answer.status == remoting.STATUS_OK
        return wired.arguments(request), _in_milliseconds(answer.body)


class Amf3(Amf):
    """The same in AMF3, which has octets."""

    version = pyamf.AMF3

    def leaf(self, value: Any) -> Any:
        return ByteArray(value) if isinstance(value, bytes) else super().leaf(value)


def _in_milliseconds(value: Any) -> Any:
    """What Py3AMF read, rounded: it keeps instants as a double of seconds on the way."""
    if isinstance(value, datetime):
        moment = value + timedelta(microseconds=500)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    if isinstance(value, dict):
        return {name: _in_milliseconds(each) for name, each in value.items()}
    return [_in_milliseconds(each) for each in value] if isinstance(value, list) else value


def positional(called: Function, values: Mapping[str, Any]) -> list[Any]:
    """The arguments by position, None for what is not given."""
    return [values.get(each.name) for each in called.signature.parameters]


class _Answer:
    """What zeep reads of an answer of requests."""

    encoding = "utf-8"

    def __init__(self, reply: Reply) -> None:
        self.status_code = reply.status
        self.headers = reply.headers
        self.content = reply.body


class _InProcess(Transport):
    """Hands zeep the WSDL of one function, and its calls to the codec."""

    def __init__(self, wired: Wired, result: Any) -> None:
        super().__init__()
        self.wired = wired
        self.result = result
        self.received: tuple[Any, ...] = ()

    def load(self, url: str) -> bytes:
        assert url == URL
        return PROTOCOLS["soap"].describe(Query("wsdl"), [self.wired.function], SITE)  # type: ignore[no-any-return]

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> _Answer:
        assert address == f"{SITE.url}/soap"
        given_headers = {name.lower(): value for name, value in headers.items()}
        request = Request("POST", "/soap", "", given_headers, message)
        self.received = self.wired.arguments(request)
        return _Answer(self.wired.reply(request, self.result))


class Soap(Oracle):
    """zeep, from our WSDL."""

    protocol = "soap"

    def leaf(self, value: Any) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        return value.value if isinstance(value, enum.Enum) else value

    def list_of(self, node: ListOf, items: list[Any]) -> Any:
        return {type_name(node.item): items}

    def seen(self, node: Type, value: Any) -> Any:
        return _without_nothing(self.plain(node, value))

    def call(self, wired: Wired, values: Mapping[str, Any], result: Any) -> tuple[tuple[Any, ...], Any]:
        name = wired.function.name
        transport = _InProcess(wired, result)
        client = zeep.Client(URL, transport=transport)
        with client.settings(raw_response=True):  # or else it takes a Struct of one member for that member
            content = client.service[name](**values).content
        element = client.get_element(f"{{{NAMESPACE}}}{name}Response")
        (response,) = etree.fromstring(content).iterfind("*/*")
        found = zeep.helpers.serialize_object(element.parse(response, client.wsdl.types), dict)
        return transport.received, _without_nothing(found[f"{name}Result"])


def _without_nothing(value: Any) -> Any:
    """A value without what zeep, when it reads, does not tell from null: empty texts, lists and Structs."""
    if isinstance(value, dict):
        members = {name: _without_nothing(each) for name, each in value.items()}
        return {name: each for name, each in members.items() if each is not None} or None
    if isinstance(value, list):
        return [_without_nothing(each) for each in value] or None
    return None if value in ("", b"") else value


class MoodleXmlRpc(XmlRpc):
    """The same at Moodle's address."""

    face = "moodle"


class MoodleAmf(Amf):
    """The same at Moodle's address."""

    face = "moodle"


@pytest.mark.parametrize(
    "oracle",
    [Json(), XmlRpc(), Amf(), Amf3(), Soap(), MoodleXmlRpc(), MoodleAmf()],
    ids=[
        *("json", "xmlrpc.client", "Py3AMF", "Py3AMF in AMF3", "zeep"),
        *("xmlrpc.client for Moodle", "Py3AMF for Moodle"),
    ],
)
def test_both_ways(oracle: Oracle) -> None:
    done: set[tuple[str, str]] = set()

    def travel(data: st.DataObject, sort: str, position: str) -> None:
        case = data.draw(cases(sort, position))
        drawn, result = data.draw(case.arguments), data.draw(case.results)
        parameters, returned = case.function.signature.parameters, case.function.signature.result
        assert returned is not None
        values = {each.name: transform(each.type, drawn[each.name], oracle.sayable) for each in parameters}
        sent = {
            each.name: oracle.plain(each.type, values[each.name])
            for each in parameters
            if values[each.name] is not ABSENT
        }
        wired = Wired(oracle.protocol, case.function, face=oracle.face)
        received, found = oracle.call(wired, sent, result)
        assert list(received) == [transform(each.type, values[each.name], oracle.kept) for each in parameters]
        assert found == oracle.seen(returned.type, transform(returned.type, result, oracle.kept))
        for each in parameters:
            done.update(tried(each.type, values[each.name], "parameter"))
        done.update(tried(returned.type, result, "result"))

    for pair in PAIRS:
        run = settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))(
            given(data=st.data(), sort=st.just(pair[0]), position=st.just(pair[1]))(travel)
        )
        for _ in range(20):
            run()
            if pair in done:
                break
    assert set(PAIRS) <= done
