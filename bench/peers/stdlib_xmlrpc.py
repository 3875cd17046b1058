"""The standard library's XML-RPC marshaller behind the plainest dispatcher: loads, look up, call, dumps."""

import platform
import xmlrpc.client
from collections.abc import Callable
from typing import Any

from bench.peers import workloads

NAME = f"xmlrpc.client of Python {platform.python_version()}"
FUNCTIONS: dict[str | None, Callable[..., Any]] = {
    "echo": workloads.echo,
    "names": workloads.names,
    "store": workloads.store,
}


def handle(body: bytes) -> bytes:
    """Answer one methodCall; errors are not caught, since the workloads make none."""
    arguments, method = xmlrpc.client.loads(body, use_builtin_types=True)
    result = FUNCTIONS[method](*arguments)
    return xmlrpc.client.dumps((result,), methodresponse=True).encode()
