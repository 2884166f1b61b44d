"""The few integer operations of the exact count whose best form differs between Python and compiled code.

`compiled_placement` replaces each of them by a compiled form with the same results; everything else is one text.
"""

from __future__ import annotations

import math
from typing import Final

SCRATCH_PER_KEY: Final = 4
SCRATCH_MINIMUM: Final = 64
"""A slice of n keys needs SCRATCH_PER_KEY n + SCRATCH_MINIMUM places of scratch when it is sorted."""


def isqrt(n: int) -> int:
    """Return the largest integer whose square is at most `n`, 0 <= n < 2^62.

    >>> isqrt(24), isqrt(25)
    (4, 5)

    """
    return math.isqrt(n)


def integers(length: int) -> list[int]:
    """Return room for `length` 64-bit integers; what is in it at first is not defined."""
    return [0] * length


def sort_slice(keys: list[int], start: int, stop: int, scratch: int) -> None:
    """Sort keys[start:stop] in place; the keys are >= 0 and keys[scratch:] is free to be overwritten.

    >>> keys = [9, 3, 1, 2]
    >>> sort_slice(keys, 1, 4, 4)
    >>> keys
    [9, 1, 2, 3]

    """
    keys[start:stop] = sorted(keys[start:stop])
