"""What a figure's low, value and high stand for: the triangular distribution and the two-piece one, and their draws."""

from __future__ import annotations

from functools import lru_cache
from math import exp, inf, isnan, nan
from math import log as ln

from .vecmath import sqrt


def two_piece_quantile(u: float, low: float, value: float, high: float, log: bool) -> float:
    """Return the value below which a share `u` of the two-piece triangular distribution lies.

    `value` is its median: half of the mass lies on each side and rises linearly towards it, so that a figure always
    lies inside its own band. Where an end is the value, that half of the mass is the value itself.

    Args:
        u: share, 0..1.
        low: lower end.
        value: the figure, in [low, high].
        high: upper end.
        log: whether the mass rises linearly in ln x, for positive scales, instead of in x.

    Returns:
        The quantile, in [low, high]; nan outside the domain, and for ends that are not above 0 where `log`.

    >>> two_piece_quantile(0.125, 0.0, 1.0, 3.0, log=False), two_piece_quantile(0.5, 1.0, 2.0, 9.0, log=True)
    (0.5, 2.0)

    """
    if not (0.0 <= u <= 1.0 and low <= value <= high) or (log and not low > 0.0):
        return nan
    below = u <= 0.5
    end = low if below else high
    share = 1.0 - sqrt(2.0 * u if below else 2.0 * (1.0 - u))
    if share == 1.0:
        return end
    x = value * exp(share * ln_ratio(end, value)) if log else value + share * (end - value)
    # Rounding may step outside.
    return min(max(x, low), value) if below else max(min(x, high), value)


def two_piece_quantiles(shares: tuple[float, ...], low: float, value: float, high: float, log: bool) -> list[float]:
    """Return `two_piece_quantile` at each of `shares`, rising and some, 0..1, at a fraction of the time.

    >>> two_piece_quantiles((0.125, 0.5, 0.875), 0.0, 1.0, 3.0, log=False)
    [0.5, 1.0, 2.0]

    """
    if not low <= value <= high or (log and not low > 0.0):
        return [nan] * len(shares)
    under, over = _sides(shares)
    if log:
        below, above = ln_ratio(low, value), ln_ratio(high, value)
        found = [value * exp(side * below) for side in under] + [value * exp(side * above) for side in over]
    else:
        below, above = low - value, high - value
        found = [value + side * below for side in under] + [value + side * above for side in over]
    # Rounding may step outside.
    return found if low <= min(found) and max(found) <= high else [min(max(x, low), high) for x in found]


@lru_cache(maxsize=16)
def _sides(shares: tuple[float, ...]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return how far from the value towards its end each share lies, 0..1: those below the value, those above."""
    under, over = (u for u in shares if u <= 0.5), (u for u in shares if u > 0.5)
    return tuple(1.0 - sqrt(2.0 * u) for u in under), tuple(1.0 - sqrt(2.0 * (1.0 - u)) for u in over)


def two_piece_cdf(x: float, low: float, value: float, high: float, log: bool) -> float:
    """Return the share of the two-piece triangular distribution at or below `x`; see `two_piece_quantile`.

    >>> two_piece_cdf(2.0, 0.0, 1.0, 3.0, log=False)
    0.875

    """
    if not low <= value <= high or isnan(x) or (log and not low > 0.0):
        return nan
    if x >= high:
        return 1.0
    if x < low:
        return 0.0
    if x < value:
        r = ln_ratio(x, low) / ln_ratio(value, low) if log else (x - low) / (value - low)
        return 0.5 * r * r
    if x == value:
        return 0.5
    r = ln_ratio(high, x) / ln_ratio(high, value) if log else (high - x) / (high - value)
    return 1.0 - 0.5 * r * r


def ln_ratio(a: float, b: float) -> float:
    """Return ln(a/b) of two positive numbers, also where their ratio is no number.

    >>> round(ln_ratio(5e-324, 15.0), 2), round(ln_ratio(15.0, 5e-324), 2)
    (-747.15, 747.15)

    """
    ratio = a / b
    return ln(ratio) if 0.0 < ratio < inf else ln(a) - ln(b)


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


def times(a: float, b: float) -> float:
    """Return a b, such as a ratio of prices times the price that it is over."""
    return a * b


def either(u: float, edge: float, below: float, above: float) -> float:
    """Return `below` where the share u lies below `edge`, else `above`: a draw from one of two distributions."""
    return below if u < edge else above


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
