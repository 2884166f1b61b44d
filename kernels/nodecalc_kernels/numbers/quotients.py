"""The few steps of which a quotient of many factors and decays is made, as functions of stages: total over all floats.

What is outside its domain is told by margins: numbers that are at least 0 inside. A minimum of several costs a loop
next to nothing, where a comparison for each would take the places of products.
"""

from __future__ import annotations

from .vecmath import GROWTH_UNIT, INF, NAN, NOTHING_LEFT, decay, growth, least


def times(a: float, b: float) -> float:
    """Return a b."""
    return a * b


def plus(a: float, b: float) -> float:
    """Return a + b."""
    return a + b


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
    quotient = over / divisor * growth(exponent) if inside else (over + under) + (exponent + INF)
    return quotient if margin >= 0.0 else NAN


def decayed(over: float, under: float, exponent: float, margin: float) -> float:
    """Return over e^-exponent / under, under > 0 and the others >= 0; nan as for `grown`."""
    inside = under > 0.0 and margin >= 0.0
    return over / under * decay(exponent) if inside else NAN
