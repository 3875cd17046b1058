"""Which change of a function breaks whose calls: the rules by which two locks are compared.

A change breaks a protocol if a client that was made for the functions as they were, and worked, works differently or no
more. Null and absent are one thing (docs/reference/types.md), so that turning one into the other changes nothing.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

PROTOCOLS = ("soap", "xmlrpc", "rest", "amf")
EVERYWHERE = frozenset(PROTOCOLS)
BY_POSITION = frozenset({"xmlrpc", "amf"})
"""The protocols whose parameters come in an order."""
NOWHERE: frozenset[str] = frozenset()
_SOAP, _REST = frozenset({"soap"}), frozenset({"rest"})


class Side(Enum):
    """What changed: the function itself, what it takes, or what it gives."""

    FUNCTION = "function"
    TAKES = "takes"
    GIVES = "gives"


class Rule(NamedTuple):
    """A kind of change: the protocols it breaks, and whether stubs that are generated from the WSDL anew differ."""

    meaning: str
    breaks: frozenset[str]
    stubs: bool


RULES: Mapping[tuple[Side, str], Rule] = {
    (Side.FUNCTION, "added"): Rule("is new", NOWHERE, True),
    (Side.FUNCTION, "removed"): Rule("is gone", EVERYWHERE, True),
    (Side.FUNCTION, "effect-restricted"): Rule("may not be called with GET any more", _REST, False),
    (Side.FUNCTION, "effect-changed"): Rule("has another effect", NOWHERE, False),
    (Side.FUNCTION, "capability-added"): Rule("requires one more capability", EVERYWHERE, False),
    (Side.FUNCTION, "capability-removed"): Rule("requires one capability less", NOWHERE, False),
    (Side.FUNCTION, "fault-added"): Rule("declares one more fault", NOWHERE, False),
    (Side.FUNCTION, "fault-removed"): Rule("declares one fault less", NOWHERE, False),
    (Side.FUNCTION, "fault-status-changed"): Rule("has another status for a fault", _REST, False),
    (Side.FUNCTION, "deprecation-changed"): Rule(
        "goes at another time, or is replaced otherwise", NOWHERE, False
    ),
    (Side.TAKES, "required-added"): Rule("must be given, and is new", EVERYWHERE, True),
    (Side.TAKES, "optional-added"): Rule("may be given, and is new", NOWHERE, True),
    (Side.TAKES, "parameter-inserted"): Rule("may be given, and is new before others", BY_POSITION, True),
    (Side.TAKES, "removed"): Rule("is not known any more, and refused", EVERYWHERE, True),
    (Side.TAKES, "parameters-reordered"): Rule("take each other's places", BY_POSITION, True),
    (Side.TAKES, "members-reordered"): Rule(
        "come in another order, which callers need not follow", NOWHERE, True
    ),
    (Side.TAKES, "became-required"): Rule("must be given now", EVERYWHERE, True),
    (Side.TAKES, "became-optional"): Rule("may be left out now", NOWHERE, True),
    (Side.TAKES, "default-changed"): Rule("is something else where it is left out", EVERYWHERE, False),
    (Side.TAKES, "type-changed"): Rule("is of another type", EVERYWHERE, True),
    (Side.TAKES, "type-widened"): Rule("is of a type that holds all it held", NOWHERE, True),
    (Side.TAKES, "bounds-tightened"): Rule(
        "is bounded otherwise, and may refuse what it took", EVERYWHERE, False
    ),
    (Side.TAKES, "bounds-loosened"): Rule("takes more than it did", NOWHERE, False),
    (Side.TAKES, "choice-added"): Rule("takes one more text", NOWHERE, True),
    (Side.TAKES, "choice-removed"): Rule("takes one text less", EVERYWHERE, True),
    (Side.TAKES, "type-renamed"): Rule("is of a type with another name", NOWHERE, True),
    (Side.TAKES, "item-renamed"): Rule(
        "has items of another name, as elements are called in SOAP", _SOAP, True
    ),
    (Side.GIVES, "member-added"): Rule("is new in the answer", NOWHERE, True),
    (Side.GIVES, "member-removed"): Rule("is missing in the answer", EVERYWHERE, True),
    (Side.GIVES, "optional-removed"): Rule(
        "might be missing in the answer, and always is now", NOWHERE, True
    ),
    (Side.GIVES, "members-reordered"): Rule("come in another order, which .NET skips", _SOAP, True),
    (Side.GIVES, "became-optional"): Rule("may be missing in the answer now", EVERYWHERE, True),
    (Side.GIVES, "became-required"): Rule("is always in the answer now", NOWHERE, True),
    (Side.GIVES, "became-default"): Rule("need not be given, and is in the answer as it was", NOWHERE, True),
    (Side.GIVES, "type-changed"): Rule("is of another type", EVERYWHERE, True),
    (Side.GIVES, "type-narrowed"): Rule("is of a type that holds less", NOWHERE, True),
    (Side.GIVES, "bounds-tightened"): Rule("is bounded more tightly", NOWHERE, False),
    (Side.GIVES, "bounds-loosened"): Rule("is bounded otherwise, which no document told", NOWHERE, False),
    (Side.GIVES, "choice-added"): Rule("may be a text that callers do not know", EVERYWHERE, True),
    (Side.GIVES, "choice-removed"): Rule("is one text less", NOWHERE, True),
    (Side.GIVES, "type-renamed"): Rule("is of a type with another name", NOWHERE, True),
    (Side.GIVES, "item-renamed"): Rule(
        "has items of another name, as elements are called in SOAP", _SOAP, True
    ),
    (Side.GIVES, "result-added"): Rule("is new where there was no result", _SOAP, True),
    (Side.GIVES, "result-removed"): Rule("is gone", EVERYWHERE, True),
}

WIDER: frozenset[tuple[str, str]] = frozenset({("int32", "int"), ("choice", "str"), ("date", "str")})
"""Pairs of kinds: every value of the first is written, on every protocol, as the second writes it."""
