"""The lexical forms, held over many texts and values."""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.types import Unreadable

from .world import XSD, answer, bind, call, envelope

_FEW = settings(max_examples=150, deadline=None)
_CHARACTERS = " \t0123456789+-.:eETZINFatruesl=/_"


def _read(name: str, text: str) -> object:
    return bind(envelope(call(f"echo_{name}", f"<v>{text}</v>")))["v"]


def _returned(name: str, value: object) -> object:
    """The value as the reader finds it in what the writer wrote."""
    result = etree.fromstring(answer(f"echo_{name}", value).body)[0][0][0]
    return _read(name, result.text or "")


def _oracle(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(
        etree.fromstring(f'<x:schema xmlns:x="{XSD}"><x:element name="v" type="x:{name}"/></x:schema>')
    )


@_FEW
@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_come_back(value: int) -> None:
    assert _returned("long", value) == value


@_FEW
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_come_back_bit_for_bit(value: float) -> None:
    assert math.copysign(1, _returned("double", value)) == math.copysign(1, value)
    assert _returned("double", value) == value


@_FEW
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=10))
def test_decimals_come_back(value: Decimal) -> None:
    assert _returned("decimal", value) == value


@_FEW
@given(st.binary(max_size=100))
def test_octets_come_back(value: bytes) -> None:
    assert _returned("bytes", value) == value


@_FEW
@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_come_back(value: datetime) -> None:
    assert _returned("datetime", value) == value


@_FEW
@given(st.dates())
def test_days_come_back(value: date) -> None:
    assert _returned("date", value) == value


@_FEW
@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-840, 840))
def test_zones_are_offsets_from_utc(moment: datetime, minutes: int) -> None:
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    text = f"{moment.isoformat()}{sign}{size // 60:02}:{size % 60:02}"
    assert _read("datetime", text) == moment.replace(tzinfo=UTC) - timedelta(minutes=minutes)


_ORACLES = {
    "long": _oracle("integer"),
    "double": _oracle("double"),
    "decimal": _oracle("decimal"),
    "bool": _oracle("boolean"),
    "datetime": _oracle("dateTime"),
}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(_ORACLES)), st.text(_CHARACTERS, min_size=1, max_size=12))
def test_no_text_is_read_that_xml_schema_does_not_know(name: str, text: str) -> None:
    element = etree.Element("v")
    element.text = text
    value = _read(name, text)
    if value is not None and not isinstance(value, Unreadable):
        assert _ORACLES[name].validate(element), (name, text, value)


@settings(max_examples=200, deadline=None)
@given(
    st.from_regex(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?", fullmatch=True)
)
def test_every_double_of_xml_schema_is_read(text: str) -> None:
    assert _read("double", text) == float(text)


@given(st.sampled_from(["INF", "-INF", "NaN"]))
def test_what_is_not_finite_is_read_for_validation_to_refuse(text: str) -> None:
    assert not math.isfinite(_read("double", text))
