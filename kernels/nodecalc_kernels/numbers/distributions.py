"""The triangular distribution, which a figure's low, value and high stand for, and what is drawn from it."""

from __future__ import annotations

from math import nan

from .vecmath import sqrt


def triangular_quantile(u: float, low: float, mode: float, high: float) -> float:
    """Return the value below which a share `u` of the triangular distribution lies.

    Args:
        u: share, 0..1.
        low: lower end.
        mode: peak, in [low, high].
        high: upper end; equal to `low`, the distribution is that value.

    Returns:
        The quantile, in [low, high]; nan outside the domain.

    >>> triangular_quantile(0.5, 0.0, 1.0, 2.0)
    1.0

    """
    inside = 0.0 <= u <= 1.0 and low <= mode <= high
    width = high - low
    rising = u * width <= mode - low
    reach = sqrt(u * width * (mode - low) if rising else (1.0 - u) * width * (high - mode))
    value = low + reach if rising else high - reach
    # Rounding of an end that dwarfs the other may step outside.
    value = value if value >= low else low
    value = value if value <= high else high
    return value if inside else nan


def as_is(x: float) -> float:
    """Return x: one draw that goes by two keys."""
    return x


def triangular_shortfall(x: float, low: float, mode: float, high: float) -> float:
    r"""Return the mean amount by which the triangular distribution stays below `x`, E[max(x - X, 0)].

    It is the integral of the distribution function up to x, so its difference quotient is that function's mean over
    an interval:

    .. math:: \frac{G(b) - G(a)}{b - a} = \frac{1}{b - a}\int_a^b F(t)\,dt

    Args:
        x: any finite value.
        low: lower end.
        mode: peak, in [low, high].
        high: upper end.

    Returns:
        The shortfall, in the unit of x, >= 0; nan outside the domain.

    >>> triangular_shortfall(2.0, 0.0, 1.0, 2.0)  # above all of it: x less the mean
    1.0

    """
    if not low <= mode <= high:
        return nan
    if x <= low:
        return 0.0
    if x < mode:
        # As quotients that are at most 1: the product of two widths may be no double any more.
        return (x - low) / (high - low) * ((x - low) / (mode - low)) * ((x - low) / 3.0)
    over = (high - x) / (high - low) * ((high - x) / (high - mode)) * ((high - x) / 3.0) if x < high else 0.0
    return x - (low + mode + high) / 3.0 + over
