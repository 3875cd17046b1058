"""The site with passwords and a clock that tests move, as tests/access has it."""

from tests.access.conftest import bank, clock, jane, timed

__all__ = ["bank", "clock", "jane", "timed"]
