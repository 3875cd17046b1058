"""Damaged packets: bytes that were right, changed at random."""

import random


def mutate(chance: random.Random, good: bytes, interesting: bytes) -> bytes:
    """One to four changes: a bit turned, an interesting byte put in, bytes left out, put in or written twice."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        kind = chance.randrange(5)
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at] = chance.choice(interesting)
        elif kind == 2:
            del data[at : at + chance.randint(1, 8)]
        elif kind == 3:
            data[at:at] = chance.randbytes(chance.randint(1, 8))
        else:
            start = chance.randrange(len(data))
            data[at:at] = data[start : start + chance.randint(1, 40)]
        if not data:
            return b"\0"
    return bytes(data)
