"""The few elementary functions that the formulas use: total over all floats, and the same everywhere.

In Python they stand on `math`, which raises where a compiled function returns inf or nan; here nothing raises.
When numba compiles a formula, `compiled_math` replaces each of them by a branch-free form that fills SIMD registers.

`log_parts` and `log1p_quotient_parts` return an unevaluated sum high + low, good to 2^-55 of its value: a power
Y^(1/alpha) or (1 + t)^-alpha multiplies the rounding error of a single-double logarithm by the exponent.
"""

from __future__ import annotations

import math
from typing import Final

INF: Final = math.inf
NAN: Final = math.nan

EXP_OVERFLOW: Final = 709.782712893384
"""The largest double whose exponential is finite, ln(2^1024)."""

SQRT_HALF: Final = 0.7071067811865476
"""The argument of a logarithm is brought into [sqrt(1/2), sqrt(2)) before its series is used."""

LN2_HIGH: Final = 0.6931471803691238
LN2_LOW: Final = 1.9082149292705877e-10
"""ln 2 in two parts; the high one ends in 21 zero bits, so that its product with any binary exponent is exact."""

LOG2_E: Final = 1.4426950408889634
LOG2_E_LOW: Final = 2.0355273740931033e-17
"""1/ln 2, and what a double misses of it."""

NEGLIGIBLE: Final = 2.0**-54
"""Below it 1 + t is 1 and log1p(t) is t(1 - t/2) = t, both to the last bit."""

SMALLEST_DIVISOR: Final = 2.0**-900
"""Of a quotient's logarithm: far enough from the subnormals that its exponent can be read and moved."""

HEADROOM: Final = 0.0625
"""Of a quotient, both parts may be scaled by a power of 2: a sixteenth leaves room for sums of the largest doubles."""

LARGEST_S: Final = 0.2022
"""Bound of s in `log_core`: 2^k is within a factor 2^0.588 of the argument, even where it is picked by bits alone."""

LOG_SERIES: Final = (
    0.6666666666666666,
    0.4000000000000912,
    0.2857142856675028,
    0.2222222313500964,
    0.18181730892940365,
    0.15389134110189592,
    0.1320452248144597,
    0.13648463763769317,
)
"""(ln((1+s)/(1-s)) - 2s)/s^3 as a polynomial in s^2 up to LARGEST_S^2, interpolated at Chebyshev nodes.

It starts as the Taylor series 2/3, 2/5, 2/7 ... Error below 2^-60 of the logarithm; a test checks it.
"""

MOST_CLUSTERING: Final = 2.0**500
"""Of (1 + x/a)^-a, the largest a that is not as good as infinite."""

_PLAIN_POWER: Final = 2.0**24
"""Up to this exponent the power of a rounded sum is put right by one product."""

_PLAIN_QUOTIENT: Final = 2.0**-10
_PLAIN_X: Final = 2.0**40
"""Where such a sum is far from what a double can hold."""

_LARGEST_DECAY: Final = 1500.0
"""Far beyond where 2^-x is 0, whatever the low part of x is."""

_SPLITTER: Final = 134217729.0
"""2^27 + 1 cuts a double into two halves of 26 bits: T. J. Dekker, Numer. Math. 18:224, 1971."""

_SPLIT_LIMIT: Final = 2.0**990
"""Larger factors would overflow while being cut."""


def decay(x: float) -> float:
    """Return e^-x where 0 <= x <= inf, and nan for nan; below 0 anything, but never raise.

    Every yield decays, none grows: without an upper end, and with a sign that is known, it takes few steps compiled.

    >>> decay(1000.0)
    0.0

    """
    return INF if x < -EXP_OVERFLOW else math.exp(-x)


def expm1(x: float) -> float:
    """Return e^x - 1 without cancellation near 0; inf above the range of a double."""
    return INF if x > EXP_OVERFLOW else math.expm1(x)


def log(x: float) -> float:
    """Return ln x; -inf at 0 and nan below.

    >>> log(0.0), log(-1.0)
    (-inf, nan)

    """
    return math.log(x) if x > 0.0 else (-INF if x == 0.0 else NAN)


def log1p(x: float) -> float:
    """Return ln(1 + x) without cancellation near 0; -inf at -1 and nan below."""
    return math.log1p(x) if x > -1.0 else (-INF if x == -1.0 else NAN)


def sqrt(x: float) -> float:
    """Return the square root of x; nan below 0."""
    return math.sqrt(x) if x >= 0.0 else NAN


def least(a: float, b: float) -> float:
    """Return the smaller of two numbers, and b where either is nan.

    A minimum costs nothing beside the products of a SIMD loop, while each comparison takes a product's place: so a
    domain test that meets several numbers looks at their least. A nan of `a` must come to light in another way.
    """
    return a if a < b else b


def fma(a: float, b: float, c: float) -> float:
    """Return a b + c with (nearly) one rounding: what the product loses is put back after the sum.

    Exact where the true value is a double, as the residual x - q a of a division is. Compiled code uses the
    processor's instruction, which is why a formula says `fma` and never relies on a b being rounded on its own.
    """
    product = a * b
    if not (abs(a) < _SPLIT_LIMIT and abs(b) < _SPLIT_LIMIT and abs(product) < INF and abs(c) < INF):
        return product + c
    cut = _SPLITTER * a
    a_high = cut - (cut - a)
    a_low = a - a_high
    cut = _SPLITTER * b
    b_high = cut - (cut - b)
    b_low = b - b_high
    lost = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    total = product + c
    back = total - product
    return total + (((product - (total - back)) + (c - back)) + lost)


def sum_parts(a: float, b: float) -> tuple[float, float, float]:
    """Return a + b, what its rounding lost, and how much of b has come through: D. E. Knuth's sum, exact for any two.

    Nothing is reassociated in a compiled formula, so that its text serves there as it is.
    """
    total = a + b
    back = total - a
    return total, (a - (total - back)) + (b - back), back


def log_terms(n: float, n_low: float, base: float, exponent: float) -> tuple[float, float]:
    """Return ln(2^exponent (1 + (n + n_low)/base)) as a sum of two terms, for 1 + n/base within a factor 1.5 of 1.

    The second is at most 1.4 % of the sum.

    With s = n/(2 base + n) it is ln((1 + s)/(1 - s)) = 2s + s^3 P(s^2), |s| < LARGEST_S. The quotient is carried in
    two parts; the series term is at most 1.4 % of the sum, so that a plain double is enough for it.
    """
    twice = 2.0 * base
    d = twice + n
    d_low = (n - (d - twice)) + n_low
    # One division serves both parts: what the product with a rounded reciprocal misses, the rest puts back.
    reciprocal = 1.0 / d
    s = n * reciprocal
    rest = fma(-s, d, n) + (n_low - s * d_low)
    z = s * s
    c0, c1, c2, c3, c4, c5, c6, c7 = LOG_SERIES
    # Two chains, even and odd: one of eight dependent steps would leave a SIMD loop waiting for itself.
    z2 = z * z
    series = (c0 + z2 * (c2 + z2 * (c4 + z2 * c6))) + z * (c1 + z2 * (c3 + z2 * (c5 + z2 * c7)))
    tail = (s * z) * series + rest * (2.0 * reciprocal)
    big = exponent * LN2_HIGH
    doubled = 2.0 * s
    top = big + doubled
    return top, ((doubled - (top - big)) + exponent * LN2_LOW) + tail


def log_core(n: float, n_low: float, base: float, exponent: float) -> tuple[float, float]:
    """Return `log_terms` as high + low: their sum, and what its rounding has lost."""
    top, rest = log_terms(n, n_low, base, exponent)
    high = top + rest
    return high, rest - (high - top)


def log_parts(x: float) -> tuple[float, float]:
    """Return ln x as high + low; (-inf, 0) at 0 and (nan, 0) below."""
    if not 0.0 < x < INF:
        return log(x), 0.0
    m, k = math.frexp(x)
    if m < SQRT_HALF:
        m, k = 2.0 * m, k - 1
    return log_core(m - 1.0, 0.0, 1.0, float(k))


def power_near(u: float, base: float) -> tuple[float, float]:
    """Return 2^k base and k, for a whole k that has 2^k within a factor 2^0.588 of u/base; both normal numbers."""
    m_u, k_u = math.frexp(u)
    m_base, k_base = math.frexp(base)
    k = k_u - k_base + (1 if m_u * SQRT_HALF > m_base else (-1 if m_u < m_base * SQRT_HALF else 0))
    return math.ldexp(base, k), float(k)


def log1p_quotient_parts(x: float, a: float) -> tuple[float, float]:
    """Return ln(1 + x/a) as high + low, for a >= 2^-900 and finite, x > -a; (inf, 0) at x = inf.

    x/a itself is never formed: with 2^k near 1 + x/a the logarithm wants s = (a + x - 2^k a)/(a + x + 2^k a), one
    division, and its numerator is exact. (-inf, 0) at x = -a, (nan, 0) below and for an `a` out of bounds.
    """
    proper = SMALLEST_DIVISOR <= a < INF
    if not (proper and -a < x < INF):
        return (INF if x == INF else (-INF if x == -a else NAN)) if proper else NAN, 0.0
    a, x = HEADROOM * a, HEADROOM * x
    u, lost, _ = sum_parts(a, x)
    scaled, k = power_near(u, a)
    return log_core(x, 0.0, a, 0.0) if k == 0.0 else log_core(u - scaled, lost, scaled, k)


def log1p_quotient_inside(x: float, a: float) -> tuple[float, float]:
    """Return `log1p_quotient_parts` where 0 <= x < inf and 2^-900 <= a < inf; elsewhere anything, but never raise.

    For formulas that test the domain themselves: compiled, it spares a tenth of their steps.
    """
    return log1p_quotient_parts(x, a)


def scaled_log1p(x: float, a: float, n: float, nearly: float) -> float:
    """Return n ln(1 + x/a), rounded once, where 0 <= x <= inf and 2^-900 <= a <= inf; elsewhere anything.

    It is `nearly`, which is to be n x/a, where x/a is negligible or inf. Compiled, it is good to 2^-51 where x/a is
    below 2^-49, and may be nan where it is no double.
    """
    if x <= NEGLIGIBLE * a or x == INF:
        return nearly
    high, low = log1p_quotient_parts(x, a)
    product = n * high
    return product + (fma(n, high, -product) + n * low) if product < INF else product


def falling_power(x: float, n: float) -> float:
    """Return (1 + x)^-n, where 0 <= x <= inf and 0 < n < inf; elsewhere anything, but never raise.

    A power is good to its last bit, but 1 + x is not: what its rounding loses is put back, n times. Compiled, the last
    two bits of a subnormal x count for nothing, as they do for any n up to 2^960.

    >>> falling_power(1.0, 3.0)
    0.125

    """
    if not (0.0 <= x <= _PLAIN_X and 0.0 <= n <= _PLAIN_POWER):
        return decay(least(scaled_log1p(x, 1.0, n, n * x), INF))
    u = 1.0 + x
    power = math.pow(u, -n)
    return power - power * n * ((x - (u - 1.0)) / u)


def clustered_power(x: float, a: float) -> float:
    """Return (1 + x/a)^-a, e^-x for an infinite one, where 0 <= x <= inf and 2^-900 <= a <= inf; elsewhere anything.

    The rounding of x/a takes from the power no more than that of its logarithm would.

    >>> clustered_power(1.0, 1.0)
    0.5

    """
    if not (0.0 <= x <= _PLAIN_X and _PLAIN_QUOTIENT <= a <= _PLAIN_POWER):
        return decay(scaled_log1p(x, a, a, x))
    t = x / a
    u = 1.0 + t
    power = math.pow(u, -a)
    return power - power * a * ((t - (u - 1.0)) / u)


def falling_parts(x: float, n: float) -> tuple[float, float]:
    """Return n log2(1 + x) as high + low, where 0 <= x and 0 < n; elsewhere anything. See `binary_decay`."""
    return _scaled_log2(x, 1.0, n)


def clustered_parts(x: float, a: float) -> tuple[float, float]:
    """Return a log2(1 + x/a) as high + low, where 0 <= x and 2^-900 <= a; elsewhere anything. See `binary_decay`.

    Of an `a` beyond `MOST_CLUSTERING` it is what it is there.
    """
    inside = least(a, MOST_CLUSTERING)
    return _scaled_log2(x, inside, inside)


def _scaled_log2(x: float, a: float, n: float) -> tuple[float, float]:
    high, low = log1p_quotient_parts(x, a)
    binary = high * LOG2_E
    rest = fma(high, LOG2_E, -binary) + (high * LOG2_E_LOW + low * LOG2_E)
    product = n * binary
    return product, (fma(n, binary, -product) + n * rest if product < INF else 0.0)


def binary_decay(high: float, low: float) -> float:
    """Return 2^-(high + low), for a sum of 0 or more and a low part of at most a quarter of it; elsewhere anything.

    Behind `falling_parts` and `clustered_parts` it is what `falling_power` and `clustered_power` are when compiled: no
    exponent is rounded to a double on the way.

    >>> binary_decay(3.0, 0.0)
    0.125

    """
    if not (0.0 <= high < _LARGEST_DECAY and abs(low) <= high + 1.0):
        return 0.0 if high >= _LARGEST_DECAY else NAN
    whole = float(round(high))
    return math.ldexp(math.pow(2.0, (whole - high) - low), -int(whole))
