"""Points that fill a unit cube evenly, and the distribution that a figure's range stands for.

Every number is a function of its index alone, so any thread may compute any of them and the bits never change.
"""

from __future__ import annotations

from math import nan, sqrt
from typing import Final

_BITS: Final = 32
_SCALE: Final = 2.0**-_BITS
_MASK: Final = 2**64 - 1

_JOE_KUO: Final = (
    (0, (1,)),
    (1, (1, 3)),
    (1, (1, 3, 1)),
    (2, (1, 1, 1)),
    (1, (1, 1, 3, 3)),
    (4, (1, 3, 5, 13)),
    (2, (1, 1, 5, 5, 17)),
)
"""Primitive polynomials (middle coefficients as bits) and initial direction numbers of dimensions 2 to 8.

S. Joe and F. Y. Kuo, SIAM J. Sci. Comput. 30:2635, 2008, table new-joe-kuo-6. Dimension 1 is van der Corput's.
"""


def _direction_numbers() -> tuple[tuple[int, ...], ...]:
    table = [tuple(1 << (_BITS - 1 - k) for k in range(_BITS))]
    for coefficients, initial in _JOE_KUO:
        degree = len(initial)
        m = list(initial)
        for k in range(degree, _BITS):
            new = m[k - degree] ^ (m[k - degree] << degree)
            for j in range(1, degree):
                if coefficients >> (degree - 1 - j) & 1:
                    new ^= m[k - j] << j
            m.append(new)
        table.append(tuple(m[k] << (_BITS - 1 - k) for k in range(_BITS)))
    return tuple(table)


_DIRECTIONS: Final = _direction_numbers()

DIMENSIONS: Final = len(_DIRECTIONS)
"""How many dimensions `sobol` knows."""


def digital_shift(seed: int, dimension: int) -> int:
    """Return the 32 random bits that `seed` gives `dimension`: splitmix64 (Steele et al., OOPSLA 2014) of the pair."""
    z = (seed * 0x9E3779B97F4A7C15 + (dimension + 1) * 0xD1B54A32D192ED03) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return (z ^ (z >> 31)) >> 32


def sobol(index: int, dimension: int, seed: int = 0) -> float:
    """Return coordinate `dimension` of point `index` of the digitally shifted Sobol sequence, in (0, 1).

    Args:
        index: which point, 0 to 2^32 - 1; any 2^m points from a multiple of 2^m on are evenly spread.
        dimension: which coordinate, 0 to `DIMENSIONS` - 1.
        seed: picks the random digital shift; the same seed gives the same bits everywhere.

    Reference: I. M. Sobol, 1967; order and shift as in P. L'Ecuyer and C. Lemieux, 2002.

    """
    gray = index ^ (index >> 1)
    bits = digital_shift(seed, dimension)
    for direction in _DIRECTIONS[dimension]:
        if not gray:
            break
        if gray & 1:
            bits ^= direction
        gray >>= 1
    return (bits + 0.5) * _SCALE


def triangular_quantile(u: float, low: float, mode: float, high: float) -> float:
    """Return the value below which a share `u` of the triangular distribution lies.

    Args:
        u: share, 0..1.
        low, mode, high: ends and peak, low <= mode <= high; equal ends give that value.

    Returns:
        The quantile, in [low, high]; nan outside the domain.

    >>> triangular_quantile(0.5, 0.0, 1.0, 2.0)
    1.0

    """
    inside = 0.0 <= u <= 1.0 and low <= mode <= high
    width = high - low
    rising = inside and u * width <= mode - low
    below = sqrt(u * width * (mode - low)) if rising else 0.0
    above = sqrt((1.0 - u) * width * (high - mode)) if inside and not rising else 0.0
    return (low + below if rising else high - above) if inside else nan
