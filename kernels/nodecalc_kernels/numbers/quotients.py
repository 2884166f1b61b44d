"""The few steps of which a quotient of many factors and decays is made, as functions of stages: total over all floats.

What is outside its domain is told by margins: numbers that are at least 0 inside. A minimum of several costs a loop
next to nothing, where a comparison for each would take the places of products.
"""

from __future__ import annotations

from .vecmath import (
    GROWTH_UNIT,
    INF,
    LOG2_E,
    NAN,
    NO_BITS_LEFT,
    NOTHING_LEFT,
    binary_decay,
    binary_growth,
    decay,
    growth,
    least,
)


def times(a: float, b: float) -> float:
    """Return a b."""
    return a * b


def plus(a: float, b: float) -> float:
    """Return a + b."""
    return a + b


def plus_bits(low: float, exponent: float) -> float:
    """Return the low part of a binary exponent with that of e^E added."""
    return low + exponent * LOG2_E


def lesser(a: float, b: float) -> float:
    """Return the smaller of two margins."""
    return least(a, b)


def not_negative(value: float) -> float:
    """Return the margin of a value >= 0."""
    return value


def share(value: float) -> float:
    """Return the margin of a share, 0..1."""
    return least(value, 1.0 - value)


def some_share(value: float) -> float:
    """Return the margin of a share that is not 0."""
    return 1.0 - value if value > 0.0 else -1.0


def grown(over: float, under: float, exponent: float, margin: float) -> float:
    """Return over / (under e^-exponent), each >= 0, and inf where that divisor is 0.

    It is nan where a margin is below 0 or anything is nan, and may be inf from 2^-64 of the largest double on.
    """
    divisor = under * GROWTH_UNIT
    inside = exponent < NOTHING_LEFT and divisor > 0.0
    # Where the divisor is 0, a cost of nothing is infinite too.
    quotient = over / divisor * growth(exponent) if inside else over + (under + INF) + exponent
    return quotient if margin >= 0.0 else NAN


def decayed(over: float, under: float, exponent: float, margin: float) -> float:
    """Return over e^-exponent / under, under > 0 and the others >= 0; nan as for `grown`."""
    inside = under > 0.0 and margin >= 0.0
    return over / under * decay(exponent) if inside else NAN


def grown_bits(over: float, under: float, high: float, low: float, margin: float) -> float:
    """Return over / (under 2^-(high + low)), as `grown` does."""
    divisor = under * GROWTH_UNIT
    bits = high + low
    inside = bits < NO_BITS_LEFT and divisor > 0.0
    quotient = over / divisor * binary_growth(high, low) if inside else over + (under + INF) + bits
    return quotient if margin >= 0.0 else NAN


def decayed_bits(over: float, under: float, high: float, low: float, margin: float) -> float:
    """Return over 2^-(high + low) / under, as `decayed` does."""
    inside = under > 0.0 and margin >= 0.0
    return over / under * binary_decay(high, low) if inside else NAN
