"""Manifold: one typed Python function, called over SOAP, XML-RPC, REST and AMF behind one authorization core.

This is what authors import; everything else is the gateway's own.
"""

from gateway.deprecation import Deprecation
from gateway.faults import INVALID_PARAMETER, Fault, FaultKind, Problem
from gateway.invocation import Caller, Invocation
from gateway.registry import (
    IDEMPOTENT,
    READ,
    WRITE,
    Capability,
    Component,
    ContextLevel,
    Function,
    ServiceDefault,
    function,
)
from gateway.signature import SignatureError
from gateway.types import ABSENT, Int32, Maybe, Param, Struct, Word

__all__ = [
    "ABSENT",
    "IDEMPOTENT",
    "INVALID_PARAMETER",
    "READ",
    "WRITE",
    "Caller",
    "Capability",
    "Component",
    "ContextLevel",
    "Deprecation",
    "Fault",
    "FaultKind",
    "Function",
    "Int32",
    "Invocation",
    "Maybe",
    "Param",
    "Problem",
    "ServiceDefault",
    "SignatureError",
    "Struct",
    "Word",
    "function",
]
