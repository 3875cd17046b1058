"""The password policy's control, as directories send it: bytes to numbers, or a ValueError."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.accounts.policy import Policy, PolicyError, decode

ANSWERS = {
    "": Policy(),
    "30 00": Policy(),
    "30 03 81 01 00": Policy(error=PolicyError.EXPIRED),
    "30 03 81 01 01": Policy(error=PolicyError.LOCKED),
    "30 03 81 01 02": Policy(error=PolicyError.CHANGE_AFTER_RESET),
    "30 03 81 01 05": Policy(error=5),
    "30 05 a0 03 80 01 3c": Policy(seconds_left=60),
    "30 07 a0 05 80 03 01 51 80": Policy(seconds_left=86_400),
    "30 08 a0 06 80 04 7f ff ff ff": Policy(seconds_left=2**31 - 1),
    "30 06 a0 04 80 02 00 80": Policy(seconds_left=128),
    "30 05 a0 03 81 01 02": Policy(grace_left=2),
    "30 08 a0 03 80 01 3c 81 01 02": Policy(seconds_left=60, error=PolicyError.CHANGE_AFTER_RESET),
}


@pytest.mark.parametrize("octets", ANSWERS)
def test_what_directories_say(octets: str) -> None:
    assert decode(bytes.fromhex(octets)) == ANSWERS[octets]


def test_a_directory_without_a_policy_says_nothing() -> None:
    assert decode(None) == Policy()


@pytest.mark.parametrize(
    "octets",
    [
        "30",
        "30 05 a0",
        "30 03 81 01",
        "30 80 81 01 00 00 00",
        "31 03 81 01 00",
        "30 03 81 01 00 30 00",
        "30 03 82 01 00",
        "30 02 81 00",
        "30 05 a0 03 82 01 3c",
        "30 05 a0 03 80 01 ff",
        "30 09 a0 07 80 05 01 00 00 00 00",
    ],
)
def test_what_is_no_such_control(octets: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        decode(bytes.fromhex(octets))


@given(st.binary(max_size=40))
@example(b"0\x03\x81\x01\x00")
def test_whatever_comes_is_read_or_refused(value: bytes) -> None:
    try:
        policy = decode(value)
    except ValueError:
        return
    assert all(number is None or 0 <= number < 2**31 for number in policy)
