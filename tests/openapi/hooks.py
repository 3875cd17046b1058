"""What JSON Schema cannot say of forms and numbers. Loaded by schemathesis, from schemathesis.toml."""

from typing import Any

import schemathesis

FORM = "application/x-www-form-urlencoded"


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """Leave out forms that are meant as wrong, but are right once written.

    `values[]=a` is a list of one item and a text alike, and a form without pairs is no form at all.
    """
    body = case.body
    if case.media_type != FORM or not isinstance(body, dict):
        return True
    return all(isinstance(value, list) for name, value in body.items() if name.endswith("[]"))


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    """Write whole numbers as such: JSON Schema takes 5.0 for an integer, docs/reference/types.md does not."""
    if isinstance(body, dict):
        return {name: map_body(_context, value) for name, value in body.items()}
    if isinstance(body, list):
        return [map_body(_context, value) for value in body]
    return int(body) if isinstance(body, float) and body.is_integer() else body
