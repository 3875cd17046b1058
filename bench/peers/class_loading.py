"""Shows what Py3AMF does with a class name in a request. Run as a program, in a process of its own: it prints JSON.

The class named is `graphlib.TopologicalSorter`: part of Python, harmless, and imported by nobody else here.
"""

import json
import sys
from struct import pack
from typing import Any

from bench.peers.quiet import importing_pyamf

with importing_pyamf():
    import pyamf
    from pyamf import remoting

MODULE, CLASS = "graphlib", "TopologicalSorter"


def text(value: str) -> bytes:
    """A string as AMF0 writes it: its length in two bytes, then UTF-8."""
    raw = value.encode()
    return pack(">H", len(raw)) + raw


def request() -> bytes:
    """A call of `echo` with one argument: a typed object with one member."""
    planted = (
        b"\x10" + text(f"{MODULE}.{CLASS}") + text("planted") + b"\x02" + text("by the request") + b"\0\0\x09"
    )
    return b"\0\0\0\0\0\1" + text("echo") + text("/1") + b"\0\0\0\0" + b"\x0a\0\0\0\1" + planted


def refuse(alias: str) -> None:
    """The remedy: a class loader that knows no class."""
    raise pyamf.UnknownClassAlias(alias)


def decode() -> dict[str, Any]:
    """Decode the request, as a gateway does before it looks for a method or a password."""
    before = MODULE in sys.modules
    argument = remoting.decode(request())["/1"].body[0]
    return {
        "bytes": len(request()),
        "imported": not before and MODULE in sys.modules,
        "class": f"{type(argument).__module__}.{type(argument).__qualname__}",
        "members": {name: getattr(argument, name) for name in ("planted",) if hasattr(argument, name)},
        "initialised": hasattr(argument, "_ready_nodes"),
    }


if __name__ == "__main__":
    if "--refuse" in sys.argv:
        pyamf.register_class_loader(refuse)
    print(json.dumps(decode()))
