"""The signature lock: what the functions were when they were published, and what has changed since, for whom."""

from gateway.lock.compare import Change, compare
from gateway.lock.rules import PROTOCOLS, RULES, Rule
from gateway.lock.shapes import Lock, read_lock, take_lock, write_lock

__all__ = ["PROTOCOLS", "RULES", "Change", "Lock", "Rule", "compare", "read_lock", "take_lock", "write_lock"]
