"""The elementary functions of `vecmath` for single precision: shorter series, and bit tricks on 32-bit integers.

The text is written with plain floats. `compiled_single` turns their literals and the constants below into 32-bit
ones before numba sees them; a single double among them would have every point converted there and back.
Methods, flags and the reasons for them are those of `compiled_math`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from numba import types
from numba.extending import intrinsic

from nodecalc_kernels.numbers import vecmath
from nodecalc_kernels.numbers.vecmath import (
    HEADROOM,
    INF,
    NAN,
    fma,
    least,
    log1p_quotient_inside,
    log1p_quotient_parts,
    log_core,
    log_parts,
    power_near,
    sum_parts,
)
from nodecalc_kernels.numpy_whole import np

from .math import scaled_log1p
from .powers import clustered_power, falling_power

NEGLIGIBLE: Final = 2.0**-25
"""Below it 1 + t is 1 and log1p(t) is t, both to the last bit of a single."""

SMALLEST_DIVISOR: Final = 2.0**-60
"""Of a quotient's logarithm: far enough from the subnormals that what its products lose is still a single."""

LARGEST: Final = 3.4028234663852886e38
"""The largest single."""

GROWTH_LIFT: Final = 32
GROWTH_UNIT: Final = 2.0**-GROWTH_LIFT
"""What `growth` counts in, see `vecmath`."""

NOTHING_LEFT: Final = 104.0
"""From here on e^-x rounds to 0."""

NO_BITS_LEFT: Final = 150.0
"""From here on 2^-x rounds to 0."""

MOST_CLUSTERING: Final = 2.0**50
"""Of (1 + x/a)^-a, the largest a that is not as good as infinite."""

LOG2_E: Final = 1.4426950216293335
LOG2_E_LOW: Final = 1.92596298909109e-08
"""1/ln 2, and what a single misses of it."""

SINGLE_VALUES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "NEGLIGIBLE": NEGLIGIBLE,
        "SMALLEST_DIVISOR": SMALLEST_DIVISOR,
        "MOST_CLUSTERING": MOST_CLUSTERING,
        "LOG2_E_LOW": LOG2_E_LOW,
        "GROWTH_UNIT": GROWTH_UNIT,
        "NOTHING_LEFT": NOTHING_LEFT,
        "NO_BITS_LEFT": NO_BITS_LEFT,
        "LARGEST": LARGEST,
    }
)
"""Constants of `vecmath` that describe the format itself, under the names that formulas import them by."""

LN2_HIGH: Final = 0.693145751953125
LN2_LOW: Final = 1.428606765330187e-06
"""ln 2 in two parts; the high one ends in 9 zero bits, so that its product with any binary exponent is exact."""

ROUNDER: Final = 12582912.0
"""1.5 * 2^23: a sum with it has no bits below 1, so that it rounds. Its low bits are the integer n itself, and moved
into the place of the exponent they are n steps of it, since the bits of the 1.5 fall off."""

EXPM1_CLAMP_HIGH: Final = 89.0
EXPM1_CLAMP_LOW: Final = -30.0
"""Beyond them e^x - 1 is inf and -1."""

DECAY_SERIES: Final = (
    0.5,
    0.16666577756404877,
    0.041666556149721146,
    0.008363173343241215,
    0.0013926175888627768,
)
"""(e^r - 1 - r)/r^2 as a polynomial, |r| <= ln(2)/2, interpolated at Chebyshev nodes; error of e^r below 2^-26."""

LOG_SERIES: Final = (
    0.6666666865348816 / 8,
    0.4000033140182495 / 32,
    0.2853095829486847 / 128,
    0.23782746493816376 / 512,
)
"""(ln((1+s)/(1-s)) - t)/t^3 as a polynomial in t^2 with t = 2s, up to LARGEST_S; error below 2^-30 of the logarithm."""

EXPM1_SERIES: Final = (
    0.5,
    0.1666666716337204,
    0.04166646674275398,
    0.00833331048488617,
    0.0013933641603216529,
    0.00019890980911441147,
)
"""The same to below 2^-30, for what is left when 1 is taken off."""

POWER_SERIES: Final = (
    0.6931471880352003,
    0.24022650760645808,
    0.05550357071152507,
    0.009618082519990467,
    0.0013390886332106697,
    0.0001545318282995974,
)
"""(2^r - 1)/r as a polynomial, |r| <= 1/2, interpolated at Chebyshev nodes; error of 2^r below 2^-27."""

LOG2_SERIES: Final = (0.9617966883047373, 0.5770825081321501, 0.41164037867716624, 0.34260406850098307)
"""(log2((1+s)/(1-s)) - 2s/ln 2)/s^3 as a polynomial in s^2, (1+s)/(1-s) from 3/4 to 3/2; error below 2^-33 of the
logarithm."""

MOST_BITS: Final = 2.0**100
"""An exponent that stands for all larger ones, so that none is infinite."""

LEAST_POWER: Final = -152.0
"""2^n is 0 from here on down."""

SUM_ONE: Final = 0.25
"""What stands for 1 in 1 + x, so that no sum of the largest singles is infinite."""

QUOTIENT_ONE: Final = 2.0**-37
LEAST_CLUSTERING: Final = 2.0**-35
"""The same in 1 + x/a, and the least a: below it (1 + x/a)^-a is 1 for every single x."""

FRACTION_BITS: Final = 23
BIAS: Final = 127

DECAY_CLAMP: Final = 104.0
"""Beyond it e^-x rounds to 0, while 2^n can still be built from bits."""

DECAY_LIFT: Final = 64
DECAY_UNLIFT: Final = 2.0**-DECAY_LIFT
DECAY_ROUNDER: Final = ROUNDER + float(BIAS + DECAY_LIFT)
"""Its low bits, moved into the place of the exponent, are 2^(n + 64), see the double's form."""

GROWTH_ROUNDER: Final = ROUNDER + float(BIAS - GROWTH_LIFT)
"""The same for 2^(n - 32)."""

EXPONENT_BITS: Final = 0xFF << FRACTION_BITS
TWICE_BIAS: Final = (2 * BIAS) << FRACTION_BITS
"""Less the exponent bits of 2^k, they are those of 2^-k."""

HALVED_BITS: Final = (BIAS - 1) << FRACTION_BITS
ONE_BITS: Final = BIAS << FRACTION_BITS
"""Exponent bits of 1/2 and of 1."""

TOP_EXPONENT: Final = 127.0
"""The largest n for which 2^n is a single."""

SQRT_HALF_BITS: Final = 0x3F3504F3
"""Bits of sqrt(1/2), the seam between two exponents of a logarithm's argument."""

HALF_EXPONENT: Final = 1 << (FRACTION_BITS - 1)

MIN_NORMAL: Final = 2.0**-126
LIFT: Final = 2.0**25
LIFT_BITS: Final = 25.0
"""A subnormal is lifted into the normal range before its exponent is read."""


@intrinsic
def _hardware_fma(typingctx: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a b + c with one rounding, by LLVM's own operation: unlike `contract`, it is never left out."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.fma(*values)

    return types.float32(types.float32, types.float32, types.float32), generate


def _bits(x: float) -> Any:
    return np.float32(x).view(np.int32)


def _from_bits(bits: int) -> Any:
    return np.int32(bits).view(np.float32)


def _cut(n: int) -> Any:
    # numba widens a sum of 32-bit integers: a result is cut back before it is shifted to the right, which LLVM would
    # otherwise do in 64 bits, half as many to a register.
    return np.int32(n)


def _real(n: int) -> Any:
    return np.float32(n)


def _decay(x: float) -> float:
    t = least(DECAY_CLAMP, x)
    shifted = DECAY_ROUNDER - t * LOG2_E
    n = shifted - DECAY_ROUNDER
    r = (-t - n * LN2_HIGH) - n * LN2_LOW
    c0, c1, c2, c3, c4 = DECAY_SERIES
    r2 = r * r
    q = (c0 + r2 * (c2 + r2 * c4)) + r * (c1 + r2 * c3)
    power: float = _from_bits(_bits(shifted) << FRACTION_BITS)
    return (power + power * (r + r2 * q)) * DECAY_UNLIFT


def _growth(x: float) -> float:
    t = least(NOTHING_LEFT, x)
    shifted = t * LOG2_E + GROWTH_ROUNDER
    n = shifted - GROWTH_ROUNDER
    r = (t - n * LN2_HIGH) - n * LN2_LOW
    c0, c1, c2, c3, c4 = DECAY_SERIES
    r2 = r * r
    q = (c0 + r2 * (c2 + r2 * c4)) + r * (c1 + r2 * c3)
    power: float = _from_bits(_bits(shifted) << FRACTION_BITS)
    return power + power * (r + r2 * q)


def _expm1(x: float) -> float:
    from_above = EXPM1_CLAMP_HIGH if x > EXPM1_CLAMP_HIGH else x
    t = EXPM1_CLAMP_LOW if from_above < EXPM1_CLAMP_LOW else from_above
    shifted = t * LOG2_E + ROUNDER
    n = shifted - ROUNDER
    leading = t - n * LN2_HIGH
    r = leading - n * LN2_LOW
    r_low = (leading - r) - n * LN2_LOW
    c0, c1, c2, c3, c4, c5 = EXPM1_SERIES
    r2 = r * r
    q = (c0 + r * c1) + r2 * ((c2 + r * c3) + r2 * (c4 + r * c5))
    p = r2 * q + r_low
    # 2^128 is no single, while 2^127 (1 + p) still may be half of one.
    top = n > TOP_EXPONENT
    scale: float = _from_bits((_bits(shifted) << FRACTION_BITS) + (HALVED_BITS if top else ONE_BITS))
    # Near x = ln(3/2) two thirds of 2^n r cancel against 2^n - 1: the small terms come after that, and with them what
    # the sum of the large ones has lost.
    whole = scale - 1.0
    large = scale * r + whole
    lost = (whole - large) + scale * r
    return (large + (scale * p + lost)) * (2.0 if top else 1.0)


def _log_terms(n: float, n_low: float, base: float, exponent: float) -> tuple[float, float]:
    # In terms of 2s = n/(base + n/2), whose divisor cannot overflow.
    half = 0.5 * n
    d = base + half
    d_low = (half - (d - base)) + 0.5 * n_low
    reciprocal = 1.0 / d
    doubled = n * reciprocal
    rest = fma(-doubled, d, n) + (n_low - doubled * d_low)
    z = doubled * doubled
    c0, c1, c2, c3 = LOG_SERIES
    series = (c0 + z * c1) + (z * z) * (c2 + z * c3)
    tail = doubled * z * series + rest * reciprocal
    big = exponent * LN2_HIGH
    top = big + doubled
    return top, (doubled - (top - big)) + (exponent * LN2_LOW + tail)


def _log_parts(x: float) -> tuple[float, float]:
    small = x < MIN_NORMAL
    bits = _bits(x * LIFT if small else x)
    exponent = _cut(_cut(bits - SQRT_HALF_BITS) >> FRACTION_BITS)
    m = _from_bits(bits - (exponent << FRACTION_BITS))
    k = _real(exponent)
    high, low = log_core(m - 1.0, 0.0, 1.0, k - LIFT_BITS if small else k)
    inside = 0.0 < x < INF
    edge = INF if x > 0.0 else (-INF if x == 0.0 else NAN)
    return (high if inside else edge), (low if inside else 0.0)


def _power_near(u: float, base: float) -> tuple[float, float]:
    # The bits of a single are nearly its logarithm, see the double's form.
    base_bits = _bits(base)
    exponent = _cut(_cut(_bits(u) - base_bits + HALF_EXPONENT) >> FRACTION_BITS)
    return _from_bits(base_bits + (exponent << FRACTION_BITS)), _real(exponent)


def _log1p_quotient_inside(x: float, a: float) -> tuple[float, float]:
    base = HEADROOM * a
    u, lost, _ = sum_parts(base, HEADROOM * x)
    scaled, k = power_near(u, base)
    return log_core(u - scaled, lost, scaled, k)


def _log1p_quotient_parts(x: float, a: float) -> tuple[float, float]:
    high, low = log1p_quotient_inside(x, a)
    proper = SMALLEST_DIVISOR <= a < INF
    inside = proper and -a < x < INF
    edge = (INF if x == INF else (-INF if x == -a else NAN)) if proper else NAN
    return (high if inside else edge), (low if inside else 0.0)


def _log(x: float) -> float:
    return log_parts(x)[0]


def _log1p(x: float) -> float:
    high = log1p_quotient_parts(x, 1.0)[0]
    # x itself: a sixteenth of a subnormal would lose bits.
    return x if abs(x) < NEGLIGIBLE else high


def _log2_parts(t: float, one: float, k_of_one: float) -> tuple[float, float]:
    # See the double's form.
    exponent = _cut(_cut(_bits(one + t) + HALF_EXPONENT) >> FRACTION_BITS)
    k = _real(_cut(exponent - BIAS)) - k_of_one
    down = _from_bits((TWICE_BIAS - (exponent << FRACTION_BITS)) & EXPONENT_BITS)
    f = fma(t, down, fma(down, one, -1.0))
    s = f / (2.0 + f)
    z = s * s
    c0, c1, c2, c3 = LOG2_SERIES
    series = (c0 + z * c1) + (z * z) * (c2 + z * c3)
    straight = f * LOG2_E
    high = k + straight
    return high, fma(f, LOG2_E, k - high) + (f * LOG2_E_LOW - s * (straight - z * series))


def _falling_parts(x: float, n: float) -> tuple[float, float]:
    high, low = _log2_parts(SUM_ONE * x, SUM_ONE, -2.0)
    return _scaled(least(n * high, MOST_BITS), high, low, n)


def _clustered_parts(x: float, a: float) -> tuple[float, float]:
    inside = least(MOST_CLUSTERING, LEAST_CLUSTERING if a < LEAST_CLUSTERING else a)
    high, low = _log2_parts(x / (inside / QUOTIENT_ONE), QUOTIENT_ONE, -37.0)
    return _scaled(inside * high, high, low, inside)


def _scaled(product: float, high: float, low: float, n: float) -> tuple[float, float]:
    return product, least(fma(n, high, -product) + n * low, -LEAST_POWER)


def _binary_decay(high: float, low: float) -> float:
    shifted = DECAY_ROUNDER - (high + low)
    whole = shifted - DECAY_ROUNDER
    r = (-whole - high) - low
    c0, c1, c2, c3, c4, c5 = POWER_SERIES
    r2 = r * r
    series = (c0 + r2 * (c2 + r2 * c4)) + r * (c1 + r2 * (c3 + r2 * c5))
    power: float = _from_bits(_bits(shifted) << FRACTION_BITS)
    return 0.0 if whole <= LEAST_POWER else (power + (power * r) * series) * DECAY_UNLIFT


def _binary_growth(high: float, low: float) -> float:
    shifted = least(NO_BITS_LEFT, high + low) + GROWTH_ROUNDER
    whole = shifted - GROWTH_ROUNDER
    r = (high - whole) + low
    c0, c1, c2, c3, c4, c5 = POWER_SERIES
    r2 = r * r
    series = (c0 + r2 * (c2 + r2 * c4)) + r * (c1 + r2 * (c3 + r2 * c5))
    power: float = _from_bits(_bits(shifted) << FRACTION_BITS)
    return power + (power * r) * series


def _sqrt(x: float) -> float:
    return math.sqrt(x)


def _fma(a: float, b: float, c: float) -> float:
    return _hardware_fma(a, b, c)  # type: ignore[call-arg]


SINGLE_FORMS: Final[Mapping[Callable[..., Any], Callable[..., Any]]] = MappingProxyType(
    {
        vecmath.decay: _decay,
        vecmath.growth: _growth,
        vecmath.expm1: _expm1,
        vecmath.log: _log,
        vecmath.log1p: _log1p,
        vecmath.sqrt: _sqrt,
        vecmath.least: vecmath.least,
        vecmath.fma: _fma,
        vecmath.sum_parts: vecmath.sum_parts,
        vecmath.power_near: _power_near,
        vecmath.log_terms: _log_terms,
        vecmath.log_core: vecmath.log_core,
        vecmath.log_parts: _log_parts,
        vecmath.log1p_quotient_inside: _log1p_quotient_inside,
        vecmath.log1p_quotient_parts: _log1p_quotient_parts,
        vecmath.scaled_log1p: scaled_log1p,
        vecmath.binary_parts: vecmath.binary_parts,
        vecmath.falling_parts: _falling_parts,
        vecmath.clustered_parts: _clustered_parts,
        vecmath.binary_decay: _binary_decay,
        vecmath.binary_growth: _binary_growth,
        vecmath.falling_power: falling_power,
        vecmath.clustered_power: clustered_power,
    }
)
"""Function of `vecmath` -> what stands for it in single precision."""
