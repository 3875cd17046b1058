"""docs/reference/types.md is the contract: every cell of its two tables of examples is executed, through bytes."""

import codecs
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.faults import INVALID_PARAMETER, Fault
from gateway.protocol import Request
from tests.support.types_page import PROTOCOLS, call, python, rows
from tests.support.wire import Wired, declare

NAME = "test_echo"


def sent() -> Iterator[Any]:
    for row in rows("What is sent"):
        kind, value = row.pop("type"), row.pop("value")
        for protocol, cell in row.items():
            if cell != "-":
                expected = codecs.decode(cell.encode("ascii"), "unicode_escape")
                yield pytest.param(kind, value, protocol, expected, id=f"{kind} {value} {protocol}")


def read() -> Iterator[Any]:
    for row in rows("What is read"):
        yield pytest.param(*row.values(), id=" ".join(row.values()))


def carrier(protocol: str, cell: str) -> bytes:
    """The end of the answer that carries a result in these bytes and no others."""
    if protocol == "SOAP":
        text = f"><{NAME}Result>{cell}</{NAME}Result></{NAME}Response></soap:Body></soap:Envelope>"
        return text.encode()
    if protocol == "XML-RPC":
        return f"<param><value>{cell}</value></param></params></methodResponse>".encode()
    if protocol == "JSON":
        return cell.encode()
    value = bytes.fromhex(cell) if protocol == "AMF0" else b"\x11" + bytes.fromhex(cell)
    return b"\0\x04null" + len(value).to_bytes(4, "big") + value


@pytest.mark.parametrize(("kind", "value", "protocol", "cell"), list(sent()))
def test_what_is_sent(kind: str, value: str, protocol: str, cell: str) -> None:
    wired = Wired(PROTOCOLS[protocol], declare({}, python(kind)))
    reply = wired.reply(call(protocol, NAME), python(value))
    assert reply.status == 200
    assert reply.body.endswith(carrier(protocol, cell))
    if protocol == "JSON":
        assert reply.body == cell.encode()


@pytest.mark.parametrize(("kind", "protocol", "wire", "outcome"), list(read()))
def test_what_is_read(kind: str, protocol: str, wire: str, outcome: str) -> None:
    wired = Wired(PROTOCOLS[protocol], declare({"value": python(kind)}, None))
    requests = [call(protocol, NAME, wire)]
    if protocol == "form":
        requests.append(Request("GET", f"/rest/{NAME}", requests[0].body.decode(), {}, b"", tail=NAME))
    for request in requests:
        if outcome == "problem":
            with pytest.raises(Fault) as raised:
                wired.arguments(request)
            assert raised.value.kind is INVALID_PARAMETER
            assert [each.path for each in raised.value.problems] == ["value"]
        else:
            (received,) = wired.arguments(request)
            assert repr(received) == repr(python(outcome))  # so the type, the digits and the zone count


def test_every_type_has_its_examples() -> None:
    """A type of the page's first table that no other table shows would be a promise that nobody tests."""
    scalars = {"bool", "int", "Int32", "float", "Decimal", "str", "bytes", "datetime", "date"}
    declared = {name for row in rows("The types") for name in row["annotation"].replace("`", "").split(", ")}
    assert declared == scalars | {"Literal", "Enum", "list[T]", "Struct"}
    for section in ("What is sent", "What is read"):
        kinds = {row["type"].partition("[")[0] for row in rows(section)}
        assert kinds == scalars | {"Literal"}
