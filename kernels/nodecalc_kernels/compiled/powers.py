"""Powers (1 + x)^-n in place of those of `vecmath`, branch-free, in two halves that a loop takes one after the other.

The first half is a binary logarithm times the exponent, in two parts; the second is 2 to that. No exponent is rounded
to a double on the way, which would cost a yield a unit in the last place for each power of e that it has fallen.
"""

from __future__ import annotations

from typing import Final

from numba.extending import register_jitable

from nodecalc_kernels.numbers import vecmath
from nodecalc_kernels.numbers.vecmath import (
    LOG2_E,
    MOST_CLUSTERING,
    NO_BITS_LEFT,
    binary_decay,
    clustered_parts,
    falling_parts,
    fma,
    least,
)

from .math import (
    DECAY_ROUNDER,
    DECAY_UNLIFT,
    FORMULA_OPTIONS,
    FRACTION_BITS,
    GROWTH_ROUNDER,
    QUOTIENT_MASK,
    TWO_52_AND_BIAS,
    TWO_52_BITS,
    hang,
)
from .operands import bits_of, double_of

POWER_SERIES: Final = (
    0.6931471805599453,
    0.24022650695910097,
    0.0555041086648216,
    0.009618129107606854,
    0.0013333558146416916,
    0.00015403530441794136,
    1.525273382986708e-05,
    1.3215442552522291e-06,
    1.0178062426976924e-07,
    7.072593027878997e-09,
    4.4549643712692967e-10,
)
"""(2^r - 1)/r as a polynomial, |r| <= 1/2, interpolated at Chebyshev nodes; error of 2^r below 2^-55."""

LOG2_SERIES: Final = (
    0.9617966939259756,
    0.577078016355698,
    0.41219858305209883,
    0.3205989097477845,
    0.2623070385574333,
    0.22201397381522786,
    0.19058483972879467,
    0.19626735321523772,
)
"""(log2((1+s)/(1-s)) - 2s/ln 2)/s^3 as a polynomial in s^2, (1+s)/(1-s) from 3/4 to 3/2; error below 2^-60 of the
logarithm."""

MOST_BITS: Final = 2.0**900
"""An exponent that stands for all larger ones, so that none is infinite."""

LEAST_POWER: Final = -1080.0
"""2^n is 0 from here on down."""

SUM_ONE: Final = 0.25
"""What stands for 1 in 1 + x, so that no sum of the largest doubles is infinite."""

QUOTIENT_ONE: Final = 2.0**-66
LEAST_CLUSTERING: Final = 2.0**-64
"""The same in 1 + x/a, and the least a: below it (1 + x/a)^-a is 1 for every double x."""

HALF_BIT: Final = 1 << (FRACTION_BITS - 1)
"""Moves the seam between two exponents from 1 to 3/2."""

EXPONENT_BITS: Final = 0x7FF << 52
TWICE_BIAS: Final = 2046 << 52
"""Less the exponent bits of 2^k, they are those of 2^-k."""


@register_jitable(**FORMULA_OPTIONS)
def _log2_parts(t: float, one: float, at_one: float) -> tuple[float, float]:
    # log2(1 + t/one), with the exponent of `one` on 2^52 given too. With 1 + f = 2^-k (one + t)/one the logarithm is
    # k + log2(1 + f), and with s = f/(2 + f) that is f - s (f - s^2 P(s^2)) over ln 2. f is exact, -1/4 to 1/2: where k
    # is 0 it is t itself, and else t is half of one or more, so that its last bit stays in f's place. All that is
    # rounded, beside the sum of the two parts, is at most a quarter of the logarithm.
    u = one + t
    bits = bits_of(u) + HALF_BIT
    k = double_of(((bits >> FRACTION_BITS) & QUOTIENT_MASK) | TWO_52_BITS) - at_one
    # Masked once more, so that of an infinite t it is infinite and not less than 0.
    down = double_of((TWICE_BIAS - (bits & EXPONENT_BITS)) & EXPONENT_BITS)
    f = fma(t, down, fma(down, one, -1.0))
    s = f / (2.0 + f)
    z = s * s
    c0, c1, c2, c3, c4, c5, c6, c7 = LOG2_SERIES
    z2 = z * z
    series = (c0 + z2 * (c2 + z2 * (c4 + z2 * c6))) + z * (c1 + z2 * (c3 + z2 * (c5 + z2 * c7)))
    straight = f * LOG2_E
    high = k + straight
    return high, fma(f, LOG2_E, k - high) - s * (straight - z * series)


def _falling_parts(x: float, n: float) -> tuple[float, float]:
    high, low = _log2_parts(SUM_ONE * x, SUM_ONE, TWO_52_AND_BIAS - 2.0)
    return _scaled(least(n * high, MOST_BITS), high, low, n)


def _clustered_parts(x: float, a: float) -> tuple[float, float]:
    # In this order nan stays nan.
    inside = least(MOST_CLUSTERING, LEAST_CLUSTERING if a < LEAST_CLUSTERING else a)
    high, low = _log2_parts(x / (inside / QUOTIENT_ONE), QUOTIENT_ONE, TWO_52_AND_BIAS - 66.0)
    return _scaled(inside * high, high, low, inside)


@register_jitable(**FORMULA_OPTIONS)
def _scaled(product: float, high: float, low: float, n: float) -> tuple[float, float]:
    # The low part of an infinite logarithm has come as nan.
    return product, least(fma(n, high, -product) + n * low, -LEAST_POWER)


def _binary_decay(high: float, low: float) -> float:
    shifted = DECAY_ROUNDER - (high + low)
    whole = shifted - DECAY_ROUNDER
    r = (-whole - high) - low
    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 = POWER_SERIES
    r2 = r * r
    even = c0 + r2 * (c2 + r2 * (c4 + r2 * (c6 + r2 * (c8 + r2 * c10))))
    series = even + r * (c1 + r2 * (c3 + r2 * (c5 + r2 * (c7 + r2 * c9))))
    power = double_of(bits_of(shifted) << FRACTION_BITS)
    return 0.0 if whole <= LEAST_POWER else (power + (power * r) * series) * DECAY_UNLIFT


def _binary_growth(high: float, low: float) -> float:
    shifted = least(NO_BITS_LEFT, high + low) + GROWTH_ROUNDER
    whole = shifted - GROWTH_ROUNDER
    r = (high - whole) + low
    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 = POWER_SERIES
    r2 = r * r
    even = c0 + r2 * (c2 + r2 * (c4 + r2 * (c6 + r2 * (c8 + r2 * c10))))
    series = even + r * (c1 + r2 * (c3 + r2 * (c5 + r2 * (c7 + r2 * c9))))
    power: float = double_of(bits_of(shifted) << FRACTION_BITS)
    return power + (power * r) * series


def falling_power(x: float, n: float) -> float:
    """Stand for `vecmath.falling_power`; in single precision too."""
    high, low = falling_parts(x, n)
    return binary_decay(high, low)


def clustered_power(x: float, a: float) -> float:
    """Stand for `vecmath.clustered_power`; in single precision too."""
    high, low = clustered_parts(x, a)
    return binary_decay(high, low)


def register_powers() -> None:
    """Give numba the compiled form of every power of `vecmath`."""
    for plain, compiled in (
        (vecmath.binary_parts, vecmath.binary_parts),
        (vecmath.falling_parts, _falling_parts),
        (vecmath.clustered_parts, _clustered_parts),
        (vecmath.binary_decay, _binary_decay),
        (vecmath.binary_growth, _binary_growth),
        (vecmath.falling_power, falling_power),
        (vecmath.clustered_power, clustered_power),
    ):
        hang(plain, compiled)
