"""Random arguments of each method, as far as both servers say the same of them; the rest is in differences.py."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

TEXT = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xD7FF), min_size=1, max_size=20)
INTEGER = st.integers(-(2**63), 2**63 - 1)
DOG = st.fixed_dictionaries(
    {"name": TEXT},
    optional={
        "legs": st.integers(0, 254),
        "tricks": st.lists(TEXT, min_size=1, max_size=3),
        "colour": st.sampled_from(["red", "green", "blue"]),
        "scores": st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=3),
    },
)
USER = st.fixed_dictionaries(
    {
        "user_name": st.from_regex(r"[a-z0-9.]{4,32}", fullmatch=True),
        "full_name": st.from_regex(r"[a-z]{2,9} [a-z]{2,9}", fullmatch=True),
        "email": st.from_regex(r"[a-z]{2,9}@[a-z]{2,9}\.[A-Z]{2,4}", fullmatch=True),
    },
    optional={
        "permissions": st.lists(
            st.fixed_dictionaries(
                {"application": st.sampled_from(["usermgr", "accountmgr"]), "operation": st.just("read")}
            ),
            min_size=1,
            max_size=3,
        )
    },
)
VALUES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "say_hello": {"name": TEXT, "times": st.integers(1, 4)},
    "echo_unicode": {"value": st.none() | TEXT},
    "echo_pattern": {"value": st.none() | st.from_regex("[a-z]{2,5}", fullmatch=True)},
    "echo_integer": {"value": st.none() | INTEGER},
    "echo_int32": {"value": st.none() | st.integers(-5, 99)},
    "echo_byte": {"value": st.none() | st.integers(0, 254)},
    "echo_double": {"value": st.none() | st.floats(allow_nan=False, allow_infinity=False)},
    "echo_decimal": {"value": st.none() | st.decimals(-9999, 9999, places=4)},
    "echo_boolean": {"value": st.none() | st.booleans()},
    "echo_datetime": {"value": st.none() | st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC))},
    "echo_date": {"value": st.none() | st.dates(date(1000, 1, 1))},
    "echo_bytes": {"value": st.none() | st.binary(min_size=1, max_size=60)},
    "echo_enum": {"value": st.none() | st.sampled_from(["red", "green", "blue"])},
    "echo_array": {"value": st.lists(INTEGER, min_size=1, max_size=5)},
    "echo_dog": {"value": DOG},
    "echo_dogs": {"value": st.lists(DOG, min_size=1, max_size=4)},
    "echo_two": {"text": TEXT, "number": st.integers(-9, 9)},
    "echoRenamed": {"value": TEXT},
}
EXACT = {"echoRenamed": "echo_renamed"}
"""Methods whose function has another name than the operation."""
