"""Sobol's sequence by counter: any point of any dimension from its number alone, with a random digital shift.

Point i is the exclusive or of the direction numbers of those bits that i has, so that a run of 2^k points from a
multiple of 2^k on is one number, exclusive or the first 2^k points: what makes blocks of them cheap, in any order and
on any number of threads. A digital shift is one more exclusive or. Every shifted sequence is as even as the first, each
of its points is uniform, and several shifts tell the error of what is made from them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .joe_kuo import ROWS

DIMENSIONS: Final = 256
"""Dimensions that there are direction numbers for."""

POINT_BITS: Final = 32
"""Binary digits of a point: so many that 2^32 points differ."""
BITS: Final = 52
"""Binary digits of a share: half a unit of the last is added, so that each is a double above 0 and below 1."""

MOST_POINTS: Final = 1 << POINT_BITS


@lru_cache(maxsize=DIMENSIONS)
def directions(dimension: int) -> tuple[int, ...]:
    """Return the direction numbers of a dimension, counted from 0, for each bit of a point's number from the lowest.

    >>> [number >> (BITS - 3) for number in directions(1)[:3]]  # 1/2, 3/4, 5/8
    [4, 6, 5]
    """
    top = 1 << (BITS - 1)
    if dimension == 0:
        return tuple(top >> place for place in range(POINT_BITS))
    degree, inner, first = _rows()[dimension - 1]
    found = [number << (BITS - 1 - place) for place, number in enumerate(first)][:POINT_BITS]
    for place in range(degree, POINT_BITS):
        number = found[place - degree] ^ (found[place - degree] >> degree)
        for step in range(1, degree):
            if inner >> (degree - 1 - step) & 1:
                number ^= found[place - step]
        found.append(number)
    return tuple(found)


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[int, int, tuple[int, ...]], ...]:
    rows = []
    for word in ROWS.split():
        head, _, numbers = word.partition(":")
        degree, inner = map(int, head.split(","))
        rows.append((degree, inner, tuple(map(int, numbers.split(",")))))
    return tuple(rows)


def point(index: int, dimension: int) -> int:
    """Return point `index`, from 0 to 2^32 - 1, in a dimension: the digits of a share, as an integer of 52 bits.

    >>> [share(point(i, 0)) for i in (1, 2, 3)] == [share(d << (BITS - 2)) for d in (2, 1, 3)]
    True
    """
    found = 0
    for place, number in enumerate(directions(dimension)):
        if index >> place & 1:
            found ^= number
    return found


def points(dimension: int, first: int, count: int) -> list[int]:
    """Return `count` points, a power of 2, from number `first`, a multiple of it."""
    found = [point(first, dimension)]
    for number in directions(dimension):
        if len(found) >= count:
            break
        found += [each ^ number for each in found]
    return found


def shift(seed: int, turn: int, name: str) -> int:
    """Return the digital shift of what goes by `name`: 52 bits that hang on these three alone."""
    from hashlib import blake2b  # not at the head: it takes as long to load as a few thousand points

    digest = blake2b(f"{seed} {turn} {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> (64 - BITS)


def share(digits: int) -> float:
    """Return the share, above 0 and below 1, of which `digits` are the binary digits.

    >>> share(0) > 0.0, share(2**52 - 1) < 1.0
    (True, True)
    """
    return (digits + 0.5) * 2.0**-BITS
