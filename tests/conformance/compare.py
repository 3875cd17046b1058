"""Whether what a client saw is what the table says."""

import re
from collections.abc import Mapping
from typing import Any

from tests.conformance.clients.base import Caller, Client, FaultSeen, Result, Seen
from tests.conformance.data import Fault

_REQUEST_ID = re.compile("[0-9a-f]{20,}")


def alike(expected: Any, seen: Any) -> bool:
    """Equality in which truth is no number, and structures have exactly the members expected."""
    if isinstance(expected, list):
        return isinstance(seen, list) and len(expected) == len(seen) and all(map(alike, expected, seen))
    if isinstance(expected, dict):
        return (
            isinstance(seen, dict)
            and expected.keys() == seen.keys()
            and all(alike(each, seen[name]) for name, each in expected.items())
        )
    if isinstance(expected, bool) or isinstance(seen, bool):
        return expected is seen
    return bool(expected == seen)


def assert_value(client: Client, expected: Any, seen: Seen) -> None:
    """The result is the value, in the client's form."""
    assert isinstance(seen, Result), f"a fault came: {seen}"
    assert _REQUEST_ID.fullmatch(client.last.request_id)
    expected = client.expects(expected)
    value = client.fit(expected, seen.value)
    assert alike(expected, value), f"expected {expected!r}, saw {value!r}"


def assert_fault(
    client: Client, expected: Fault, seen: Seen, caller: Caller, *, shown: bool, check: str | None = None
) -> None:
    """The same fault for everybody; `shown` says whether this debug level shows causes."""
    assert isinstance(seen, FaultSeen), f"a result came: {seen}"
    assert seen.errorcode == expected.errorcode
    assert seen.exception == (expected.exception if "exception" in client.tells else "")
    assert seen.status == client.fault_status(expected.status, caller, check)
    assert seen.message
    assert seen.request_id == (client.last.request_id if "request_id" in client.tells else "")
    assert _REQUEST_ID.fullmatch(client.last.request_id)
    if shown:
        assert re.search(expected.cause, seen.cause), seen.cause
    else:
        assert seen.cause == ""
    if "problems" in client.tells:
        _assert_problems(expected.problems, seen.problems)
    elif shown:
        assert all(path in seen.cause for path in expected.problems), seen.cause


def _assert_problems(expected: Mapping[str, str], seen: Mapping[str, str]) -> None:
    assert expected.keys() == seen.keys()
    for path, pattern in expected.items():
        assert re.search(pattern, seen[path]), f"{path}: {seen[path]}"
