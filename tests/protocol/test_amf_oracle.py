"""8,000 random values: our bytes are Py3AMF's where it writes no reference; otherwise each reads the other's."""

import base64
import random
import string
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Literal

import pytest
from pyamf.amf3 import ByteArray

from gateway import ABSENT, READ, Component, Int32, Maybe, Struct, function
from gateway.protocol import Call
from protocols.amf.amf0 import Decoder
from protocols.amf.packet import Place, switch_to_amf3
from protocols.amf.values import EXACT, Budget
from tests.support.wire import PROTOCOLS, SITE, pyamf

SEEDS, TYPES, VALUES = range(10), 20, 10
"""So many types for each seed, version and test, and so many values of each type: 8,000."""


@dataclass(frozen=True)
class Drawn:
    """A type, and what draws a value of it: what a function returns, and the same as Py3AMF takes it in a version."""

    annotation: Any
    draw: Callable[[int], tuple[Any, Any]]


class Drawer:
    """Draws types and values; with `repeats`, texts and names that were there before."""

    def __init__(self, seed: int, *, repeats: bool) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.repeats = repeats
        self.numbers = count()
        self.within = 0  # lists

    def text(self) -> str:
        if self.repeats:
            return self.chance.choice(["", "a", "user", "é" * 70, "x" * 9000])
        size = self.chance.choice([0, 3, 30, 31, 32, 63, 64, 127, 128, 300, 9000])
        letters = self.chance.choices("aé你😀<&\t", k=size)
        return f"{next(self.numbers)}{''.join(letters)}"

    def name(self) -> str:
        return self.chance.choice("abcd") if self.repeats else f"n{next(self.numbers):09}"

    def type(self, depth: int) -> Drawn:
        makers = [*self.SCALARS, *([Drawer.list_of, Drawer.struct] * 3 if depth else [])]
        maker = self.chance.choice(makers)
        return maker(self, depth - 1) if depth else maker(self, 0)

    def boolean(self, _depth: int) -> Drawn:
        return Drawn(bool, lambda _: twice(self.chance.random() < 0.5))

    def integer(self, _depth: int) -> Drawn:
        def draw(_version: int) -> tuple[Any, Any]:
            edge = self.chance.choice([0, 1, 127, 128, 2**14, 2**21, 2**28, 2**31, 2**53, 2**62])
            value = (edge + self.chance.randint(-2, 2)) * self.chance.choice([1, -1])
            return value, value if -EXACT <= value <= EXACT else str(value)

        return Drawn(int, draw)

    def narrow(self, _depth: int) -> Drawn:
        return Drawn(Int32, lambda _: twice(self.chance.randint(-(2**31), 2**31 - 1)))

    def real(self, _depth: int) -> Drawn:
        return Drawn(
            float, lambda _: twice(self.chance.choice([0.0, -0.0, 1.0, 1e300, self.chance.gauss(0, 1e6)]))
        )

    def decimal(self, _depth: int) -> Drawn:
        def draw(_version: int) -> tuple[Any, Any]:
            value = Decimal(self.chance.randint(-(10**12), 10**12)).scaleb(-4) + next(self.numbers)
            return value, format(value, "f")

        return Drawn(Decimal, draw)

    def string(self, _depth: int) -> Drawn:
        return Drawn(str, lambda _: twice(self.text()))

    def octets(self, _depth: int) -> Drawn:
        def draw(version: int) -> tuple[Any, Any]:
            value = next(self.numbers).to_bytes(4, "big") + self.chance.randbytes(
                self.chance.choice([0, 40, 200])
            )
            return value, ByteArray(value) if version == pyamf.AMF3 else base64.b64encode(value).decode()

        return Drawn(bytes, draw)

    def instant(self, _depth: int) -> Drawn:
        def draw(_version: int) -> tuple[Any, Any]:
            value = datetime(1970, 1, 1) + timedelta(seconds=self.chance.randint(-(2**33), 2**36))
            return value.replace(tzinfo=UTC), value

        return Drawn(datetime, draw)

    def day(self, _depth: int) -> Drawn:
        def draw(_version: int) -> tuple[Any, Any]:
            value = date.fromordinal(
                1 + next(self.numbers) if not self.repeats else self.chance.randint(1, 9)
            )
            return value, value.isoformat()

        return Drawn(date, draw)

    def choice(self, _depth: int) -> Drawn:
        members = tuple(self.chance.sample(string.ascii_letters, 3))
        if not self.repeats:
            return self.string(0)
        return Drawn(Literal[members], lambda _: twice(self.chance.choice(members)))

    SCALARS = (boolean, integer, narrow, real, decimal, string, octets, instant, day, choice)

    def list_of(self, depth: int) -> Drawn:
        self.within += 1
        item = self.type(depth)
        self.within -= 1

        def draw(version: int) -> tuple[Any, Any]:
            pairs = [item.draw(version) for _ in range(self.chance.choice([0, 1, 2, 2, 3]))]
            return [value for value, _ in pairs], [plain for _, plain in pairs]

        return Drawn(list[item.annotation], draw)  # type: ignore[name-defined]

    def struct(self, depth: int) -> Drawn:
        """A Struct; for Py3AMF an object of an anonymous class whose members are sealed unless they may be absent.

        It sorts the sealed names, so they are declared in that order; the others come in no order and in each
        object, so without repeats there is but one, in no list.
        """
        sealed = {
            name: self.type(depth) for name in sorted({self.name() for _ in range(self.chance.randint(1, 4))})
        }
        most = 2 if self.repeats else int(self.within == 0)
        absent = {f"z{self.name()}": self.type(depth) for _ in range(self.chance.randint(0, most))}
        nullable = {name for name in sealed if self.chance.random() < 0.2}
        annotations: dict[str, Any] = {
            name: each.annotation | None if name in nullable else each.annotation
            for name, each in sealed.items()
        }
        annotations |= {name: Maybe[each.annotation] for name, each in absent.items()}
        cls = make_struct(f"Row{next(self.numbers)}", annotations, dict.fromkeys(absent, ABSENT))
        peer = type(
            "Peer", (), {"__amf__": type("__amf__", (), {"static": tuple(sealed), "dynamic": bool(absent)})}
        )

        def draw(version: int) -> tuple[Any, Any]:
            pairs = {name: each.draw(version) for name, each in sealed.items()}
            pairs |= {name: (None, None) for name in nullable if self.chance.random() < 0.5}
            pairs |= {name: each.draw(version) for name, each in absent.items() if self.chance.random() < 0.5}
            plain = peer()
            for name, (_, each) in pairs.items():
                setattr(plain, name, each)
            return cls(**{name: value for name, (value, _) in pairs.items()}), plain

        return Drawn(cls, draw)


def twice(value: Any) -> tuple[Any, Any]:
    return value, value


def make_struct(name: str, annotations: dict[str, Any], defaults: dict[str, Any]) -> Any:
    namespace = {"__annotations__": annotations, "__module__": __name__, **defaults}
    return types.new_class(name, (Struct,), {}, lambda members: members.update(namespace))


def encoder(annotation: Any, version: int) -> Callable[[Any], bytes]:
    """What the server encodes results of this type with, once a call came in the version."""

    def python() -> Any: ...

    python.__annotations__ = {"return": annotation}
    called = Component("test", functions=[function("test_call", effect=READ)(python)]).functions[0]
    codec, call = (
        PROTOCOLS["amf"].compile(called, SITE),
        Call("test_call", [], Place("/1", version == pyamf.AMF3)),
    )
    return lambda value: codec.encode(value, call)


def decode(data: bytes, version: int) -> Any:
    data = switch_to_amf3(data) if version == pyamf.AMF3 else data
    value, at = Decoder(data, Budget()).value(0)
    assert at == len(data)
    return value


def plain(value: Any) -> Any:
    """What Py3AMF was given or has read, as our decoder gives it: members as dicts, instants aware."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, ByteArray):
        return bytes(value)
    if hasattr(type(value), "__amf__"):
        return {name: plain(each) for name, each in vars(value).items()}
    return value


def drawn(seed: int, version: int, *, repeats: bool) -> Iterator[tuple[bytes, bytes, Any]]:
    """Our bytes, Py3AMF's, and the plain value."""
    drawer = Drawer(seed, repeats=repeats)
    for _ in range(TYPES):
        kind = drawer.type(3)
        encode = encoder(kind.annotation, version)
        for _ in range(VALUES):
            value, peer = kind.draw(version)
            yield encode(value), pyamf.encode(peer, encoding=version).getvalue(), plain(peer)


@pytest.mark.parametrize("version", [pyamf.AMF0, pyamf.AMF3])
@pytest.mark.parametrize("seed", SEEDS)
def test_equal_bytes_where_no_text_comes_twice(seed: int, version: int) -> None:
    for ours, theirs, value in drawn(seed, version, repeats=False):
        assert ours == theirs
        assert decode(ours, version) == value


@pytest.mark.parametrize("version", [pyamf.AMF0, pyamf.AMF3])
@pytest.mark.parametrize("seed", SEEDS)
def test_each_reads_the_other_where_texts_come_twice(seed: int, version: int) -> None:
    shorter = 0
    for ours, theirs, value in drawn(seed, version, repeats=True):
        assert decode(ours, version) == decode(theirs, version) == value
        assert plain(next(pyamf.decode(ours, encoding=version))) == value
        shorter += len(theirs) < len(ours)
    assert (shorter > 0) is (version == pyamf.AMF3)
