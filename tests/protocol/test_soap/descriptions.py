"""The WSDL documents that rules are held against: of shipped functions, of every type, of random signatures."""

from collections.abc import Mapping, Sequence

from gateway import Function
from gateway.plugins import find_components
from gateway.protocol import Query, Site
from protocols.soap import PROTOCOL
from tests.interop import component as interop
from tests.support import component as support
from tests.support.signatures import cases

from . import wcf, world

SITE = Site("https://gateway.example", "Example", "urn:example:api", "Example")
FLAVOURS = ("11", "12")


def describe(functions: Sequence[Function], flavour: str = "11") -> bytes:
    """The WSDL of some functions, for one version of SOAP."""
    document: bytes = PROTOCOL.describe(Query("wsdl", {"soap": flavour}), functions, SITE)
    return document


_SETS: Mapping[str, Sequence[Function]] = {
    "shipped": [each for component in find_components(None) for each in component.functions],
    "every type": world.COMPONENT.functions,
    "test component": support.component.functions,
    "interop cases": interop.component.functions,
    "captured": wcf.component.functions,
}
DOCUMENTS = {
    f"{name}-{flavour}": describe(functions, flavour)
    for name, functions in _SETS.items()
    for flavour in FLAVOURS
}
"""Documents by name, each for both versions of SOAP."""

random_functions = cases().map(lambda case: case.function)
"""Functions of random signatures: every type in every position."""
