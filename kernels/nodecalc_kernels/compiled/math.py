"""What numba puts in place of `vecmath`: branch-free elementary functions that LLVM turns into SIMD code.

numba's own exp and log1p are calls into the C library, one point at a time; these keep four or eight points in
flight, and sum their series in pairs, so that no long chain of steps has each waiting for the one before. Every
special value (inf, nan, a subnormal result) is decided by a select on the way in or out, on purpose.

Flags: `contract` may fuse a product into a sum, and no formula here minds it (where it would matter the formula
says `fma`); `nsz` ignores the sign of zero. Reassociation would break the split constants, and `nnan` or `ninf`
the special values, so neither is ever set.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from numba import types
from numba.extending import intrinsic, overload

from nodecalc_kernels.numbers import vecmath
from nodecalc_kernels.numbers.vecmath import (
    HEADROOM,
    INF,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    NAN,
    NEGLIGIBLE,
    NOTHING_LEFT,
    SMALLEST_DIVISOR,
    fma,
    least,
    log_core,
    log_terms,
    power_near,
    sum_parts,
)

from .inlined import INLINED
from .operands import bits_of, double_of

JIT_OPTIONS: Final[Any] = {"error_model": "numpy", "fastmath": {"contract", "nsz"}}

FORMULA_OPTIONS: Final[Any] = {**JIT_OPTIONS, **INLINED, "forceinline": True}
"""A formula is compiled on its own, with these flags whatever its caller's are, and inlined by LLVM.

numba's own `inline="always"` copies source-level code instead: three times the compile time, a tenth slower here,
the caller's flags, and warnings about variables out of scope where a formula is used twice in one loop.
"""

ARITHMETIC_OPTIONS: Final[Any] = {**FORMULA_OPTIONS, "fastmath": {"contract", "nsz", "arcp"}}
"""For formulas that are a few products and quotients: `arcp` lets LLVM multiply by the reciprocal of a divisor that is
the same for all points, at half a unit in the last place. A yield model's quotients carry their own correction."""

EXACT_OPTIONS: Final[Any] = {**FORMULA_OPTIONS, "fastmath": {"nsz"}}
"""For sums of products, which nothing may fuse: bit for bit what Python computes, whichever of them stand still."""

ROUNDER: Final = 6755399441055744.0
ROUNDER_BITS: Final = 0x4338000000000000
"""1.5 * 2^52: a sum with it has no bits below 1, so that it rounds, and its low bits are the integer itself."""

EXPM1_CLAMP_HIGH: Final = 710.0
EXPM1_CLAMP_LOW: Final = -50.0
"""Beyond them e^x - 1 is inf and -1."""

EXPM1_SERIES: Final = (
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.008333333333326084,
    0.0013888888888883711,
    0.0001984126987500228,
    2.480158732567746e-05,
    2.755725517000089e-06,
    2.755727347871858e-07,
    2.5105312729622103e-08,
    2.09147553258932e-09,
)
"""(e^r - 1 - r)/r^2 as a polynomial, |r| <= ln(2)/2, interpolated at Chebyshev nodes; error below 2^-60 |r|.

It starts as the Taylor series 1/2, 1/6, 1/24 ...
"""

FRACTION_BITS: Final = 52
BIAS: Final = 1023
EXPONENT_MASK: Final = 0x7FF
TOP_EXPONENT: Final = 1023.0
"""The largest n for which 2^n is a double."""

DECAY_CLAMP: Final = 746.0
"""Beyond it e^-x rounds to 0, while 2^n can still be built from bits."""

DECAY_LIFT: Final = 64
DECAY_UNLIFT: Final = 2.0**-DECAY_LIFT
DECAY_ROUNDER: Final = ROUNDER + float(BIAS + DECAY_LIFT)
"""A sum with it is a rounded n whose lowest bits, moved into the place of the exponent, are the double 2^(n + 64): so
high that a subnormal result is reached by one product, and rounded once."""

DECAY_SERIES: Final = (
    0.5000000000000001,
    0.16666666666666669,
    0.041666666666624164,
    0.008333333333330065,
    0.0013888888917196719,
    0.00019841269863040545,
    2.4801521322368692e-05,
    2.7557268480310024e-06,
    2.7620075879983367e-07,
    2.5100375832561234e-08,
)
"""(e^r - 1 - r)/r^2 as EXPM1_SERIES has it, one term shorter: error of e^r below 2^-56."""

GROWTH_ROUNDER: Final = ROUNDER + float(BIAS - DECAY_LIFT)
"""The same for 2^(n - 64), which is 2^n times `GROWTH_UNIT`."""

TO_SQRT_HALF: Final = 0x3FF0000000000000 - 0x3FE6A09E667F3BCD
"""Bits of 1 less bits of sqrt(1/2): moves the seam between two exponents from 1 to sqrt(1/2)."""

TWO_52_BITS: Final = 0x4330000000000000
TWO_52_AND_BIAS: Final = 4503599627370496.0 + 1023.0
"""2^52 with a small integer in its low bits is 2^52 plus that integer: a conversion that every SIMD unit has."""

QUOTIENT_LIFT: Final = 64
QUOTIENT_MASK: Final = 0xFFF
HALF_AND_LIFT: Final = (QUOTIENT_LIFT << FRACTION_BITS) + (1 << (FRACTION_BITS - 1))
TWO_52_AND_LIFT: Final = 4503599627370496.0 + 64.0
"""A difference of exponents, made positive: shifting a signed number is slow on processors without AVX-512."""

MIN_NORMAL: Final = 2.0**-1022
LIFT: Final = 2.0**54
LIFT_BITS: Final = 54.0
"""A subnormal is lifted into the normal range before its exponent is read."""


@intrinsic
def _hardware_fma(typingctx: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a b + c with one rounding, by LLVM's own operation: unlike `contract`, it is never left out."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.fma(*values)

    return types.float64(types.float64, types.float64, types.float64), generate


def is_scalar(*kinds: Any) -> bool:
    """Tell whether every one of the numba types is a real number; a float literal type is one too."""
    return all(isinstance(kind, types.Float | types.Integer | types.Boolean) for kind in kinds)


def hang(plain: Callable[..., Any], compiled: Callable[..., Any], options: Any = FORMULA_OPTIONS) -> None:
    """Let numba compile `compiled` wherever it meets a call of `plain` with numbers."""

    def choose(*kinds: Any) -> Any:
        return compiled if is_scalar(*kinds) else None

    overload(plain, jit_options=options, strict=False)(choose)


def _decay(x: float) -> float:
    t = least(DECAY_CLAMP, x)
    shifted = DECAY_ROUNDER - t * LOG2_E
    n = shifted - DECAY_ROUNDER
    r = (-t - n * LN2_HIGH) - n * LN2_LOW
    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 = DECAY_SERIES
    r2 = r * r
    q = (c0 + r2 * (c2 + r2 * (c4 + r2 * (c6 + r2 * c8)))) + r * (c1 + r2 * (c3 + r2 * (c5 + r2 * (c7 + r2 * c9))))
    power = double_of(bits_of(shifted) << FRACTION_BITS)
    # Not by adding n to the exponent of e^r: a nan is to stay one, whatever its low bits are.
    return (power + power * (r + r2 * q)) * DECAY_UNLIFT


def _growth(x: float) -> float:
    t = least(NOTHING_LEFT, x)
    shifted = t * LOG2_E + GROWTH_ROUNDER
    n = shifted - GROWTH_ROUNDER
    r = (t - n * LN2_HIGH) - n * LN2_LOW
    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 = DECAY_SERIES
    r2 = r * r
    q = (c0 + r2 * (c2 + r2 * (c4 + r2 * (c6 + r2 * c8)))) + r * (c1 + r2 * (c3 + r2 * (c5 + r2 * (c7 + r2 * c9))))
    power: float = double_of(bits_of(shifted) << FRACTION_BITS)
    return power + power * (r + r2 * q)


def _expm1(x: float) -> float:
    from_above = EXPM1_CLAMP_HIGH if x > EXPM1_CLAMP_HIGH else x
    t = EXPM1_CLAMP_LOW if from_above < EXPM1_CLAMP_LOW else from_above
    shifted = t * LOG2_E + ROUNDER
    n = shifted - ROUNDER
    leading = t - n * LN2_HIGH
    r = leading - n * LN2_LOW
    r_low = (leading - r) - n * LN2_LOW
    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 = EXPM1_SERIES
    r2 = r * r
    r4 = r2 * r2
    high = ((c4 + r * c5) + r2 * (c6 + r * c7)) + r4 * ((c8 + r * c9) + r2 * c10)
    q = ((c0 + r * c1) + r2 * (c2 + r * c3)) + r4 * high
    p = r2 * q + r_low
    # 2^1024 is no double, while 2^1023 (1 + p) still may be half of one.
    top = n > TOP_EXPONENT
    power = bits_of(shifted) - ROUNDER_BITS - (1 if top else 0)
    scale = double_of((power + BIAS) << FRACTION_BITS)
    # Near x = ln(3/2) two thirds of 2^n r cancel against 2^n - 1: the small terms come after that.
    return ((scale * r + (scale - 1.0)) + scale * p) * (2.0 if top else 1.0)


def _log_parts(x: float) -> tuple[float, float]:
    small = x < MIN_NORMAL
    lifted = x * LIFT if small else x
    bits = bits_of(lifted)
    exponent = ((bits + TO_SQRT_HALF) >> FRACTION_BITS) & EXPONENT_MASK
    m = double_of(bits - ((exponent - BIAS) << FRACTION_BITS))
    k = double_of(exponent | TWO_52_BITS) - TWO_52_AND_BIAS
    high, low = log_core(m - 1.0, 0.0, 1.0, k - LIFT_BITS if small else k)
    inside = 0.0 < x < INF
    edge = INF if x > 0.0 else (-INF if x == 0.0 else NAN)
    return (high if inside else edge), (low if inside else 0.0)


def _power_near(u: float, base: float) -> tuple[float, float]:
    # The bits of a double are nearly its logarithm: their difference, rounded to whole exponents, is within 0.587 of
    # log2(u/base), and choosing 2^k no better costs the series nothing.
    base_bits = bits_of(base)
    lifted = ((bits_of(u) - base_bits + HALF_AND_LIFT) >> FRACTION_BITS) & QUOTIENT_MASK
    scaled = double_of(base_bits + ((lifted - QUOTIENT_LIFT) << FRACTION_BITS))
    return scaled, double_of(lifted | TWO_52_BITS) - TWO_52_AND_LIFT


def _log1p_quotient_inside(x: float, a: float) -> tuple[float, float]:
    base, part = HEADROOM * a, HEADROOM * x
    u, lost, _ = sum_parts(base, part)
    scaled, k = power_near(u, base)
    # With 2^k = 1 the numerator is x itself; u - a would keep few of a tiny x's bits.
    unscaled = k == 0.0
    return log_core(part if unscaled else u - scaled, 0.0 if unscaled else lost, scaled, k)


def scaled_log1p(x: float, a: float, n: float, nearly: float) -> float:
    """Stand for `vecmath.scaled_log1p`; in single precision too."""
    base = HEADROOM * a
    u, lost, back = sum_parts(base, HEADROOM * x)
    scaled, k = power_near(u, base)
    top, low = log_terms(u - scaled, lost, scaled, k)
    product = n * top
    # True unless all of x was lost in the sum, or infinity made a nan of what was: one comparison for both.
    return product + (fma(n, top, -product) + n * low) if abs(lost) < back else nearly


def _log1p_quotient_parts(x: float, a: float) -> tuple[float, float]:
    high, low = vecmath.log1p_quotient_inside(x, a)
    proper = SMALLEST_DIVISOR <= a < INF
    inside = proper and -a < x < INF
    edge = (INF if x == INF else (-INF if x == -a else NAN)) if proper else NAN
    return (high if inside else edge), (low if inside else 0.0)


def _log(x: float) -> float:
    return vecmath.log_parts(x)[0]


def _log1p(x: float) -> float:
    high = vecmath.log1p_quotient_parts(x, 1.0)[0]
    # x itself: a sixteenth of a subnormal would lose bits.
    return x if abs(x) < NEGLIGIBLE else high


def _sqrt(x: float) -> float:
    return math.sqrt(x)


def _fma(a: float, b: float, c: float) -> float:
    return _hardware_fma(a, b, c)  # type: ignore[call-arg]


def register_math() -> None:
    """Give numba the compiled form of every function of `vecmath`."""
    for plain, compiled in (
        (vecmath.decay, _decay),
        (vecmath.growth, _growth),
        (vecmath.expm1, _expm1),
        (vecmath.log, _log),
        (vecmath.log1p, _log1p),
        (vecmath.sqrt, _sqrt),
        (vecmath.least, vecmath.least),
        (vecmath.fma, _fma),
        (vecmath.sum_parts, vecmath.sum_parts),
        (vecmath.power_near, _power_near),
        (vecmath.log_terms, vecmath.log_terms),
        (vecmath.log_core, vecmath.log_core),
        (vecmath.log_parts, _log_parts),
        (vecmath.log1p_quotient_inside, _log1p_quotient_inside),
        (vecmath.log1p_quotient_parts, _log1p_quotient_parts),
        (vecmath.scaled_log1p, scaled_log1p),
    ):
        hang(plain, compiled)
