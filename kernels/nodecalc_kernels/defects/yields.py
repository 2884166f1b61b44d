"""Yield models: the share of dies that random defects leave good, from the mean faults per die.

Every model is the mean of exp(-x L) over a mixing variable L of mean 1 (Murphy 1964), which says how defects cluster.
Each comes as four functions: the yield, its logarithm, the loss 1 - Y without cancellation, and the inverse x(Y).

All are plain scalar functions of positional floats, total over all floats: outside the domain (x < 0, Y outside
0..1, a parameter out of bounds, nan anywhere) they return nan and never raise. Domain tests are conditional
expressions, not early returns: those become a select and leave a compiled loop free to use SIMD registers.
`fma` stands wherever a product's rounding must not be lost or counted twice, see `vecmath`.

Accuracy: within 4 + 1.5 |ln Y| units in the last place of the exact value for x in 0..600, alpha in 0.3..inf and
critical layers in 1..200. The unit of a subnormal result is the smallest subnormal, 2^-1074.
"""

from __future__ import annotations

from typing import Final

from nodecalc_kernels.numbers.vecmath import (
    INF,
    NAN,
    NEGLIGIBLE,
    SMALLEST_DIVISOR,
    binary_decay,
    clustered_parts,
    clustered_power,
    decay,
    expm1,
    falling_parts,
    falling_power,
    fma,
    least,
    log,
    log1p,
    log_parts,
    scaled_log1p,
    sqrt,
)
from nodecalc_kernels.registry import yield_model

__all__ = [
    "bose_einstein",
    "bose_einstein_inverse",
    "bose_einstein_log",
    "bose_einstein_loss",
    "exponential",
    "exponential_inverse",
    "exponential_log",
    "exponential_loss",
    "moore",
    "moore_inverse",
    "moore_log",
    "moore_loss",
    "murphy",
    "murphy_inverse",
    "murphy_log",
    "murphy_loss",
    "negative_binomial",
    "negative_binomial_inverse",
    "negative_binomial_log",
    "negative_binomial_loss",
    "poisson",
    "poisson_inverse",
    "poisson_log",
    "poisson_loss",
    "rectangular",
    "rectangular_inverse",
    "rectangular_log",
    "rectangular_loss",
]

MEAN_SPLIT: Final = 2.0
"""Where ln((1-e^-z)/z) passes from its series at 0 to the direct form; both are good on either side of it."""

LOG_MEAN_SPLIT: Final = 1.6771212768576087
MEAN_AT_SPLIT: Final = 0.43233235838169365
"""-2 ln((1-e^-z)/z) and (1-e^-z)/z itself at z = MEAN_SPLIT."""

LOG_SINH_SERIES: Final = (
    0.041666666666666664,
    -0.00034722222222222224,
    5.5114638447971785e-06,
    -1.033399470899471e-07,
    2.08767569878681e-09,
    -4.403491782239578e-11,
    9.55895466477477e-13,
    -2.1185501852016142e-14,
    4.770034475709914e-16,
    -1.087434349279031e-17,
    2.5040921947091955e-19,
    -5.814360285755218e-21,
    1.3595027075497952e-22,
    -3.1976847953705525e-24,
    7.559841507792277e-26,
    -1.7952470840225633e-27,
)
"""Taylor coefficients of ln(sinh(z/2)/(z/2)) in z^2: B_2k / (2k (2k)!), k = 1 ..., with B the Bernoulli numbers.

The first one left out is below 1e-18 at z = 2 (radius of convergence 2 pi).
"""

START_SERIES: Final = (1.00000183428, 0.0832788179185, 0.0141446811937, 0.00178759182054, 0.000585114798998)
"""z/y as a polynomial in y = -2 ln((1-e^-z)/z) up to the split, to 2^-18: where Newton's iteration starts.

The true series begins 1 + y/12 + y^2/72.
"""

MEAN_NEGLIGIBLE: Final = 1e-3
"""Below it e^-z = e^(-1/u) is 0 in (1-e^-z)/z = u, and z = 1/u."""


def survival(high: float, low: float) -> float:
    """Return the yield of which high + low is -log2: the second half of a clustered one in a loop."""
    return binary_decay(high, low)


def poisson_log(x: float) -> float:
    """Return ln Y = -x, the log-yield of `poisson`; x >= 0, -inf at inf."""
    return 0.0 - x if x >= 0.0 else NAN


def poisson_loss(x: float) -> float:
    """Return 1 - Y = 1 - exp(-x) of `poisson` without cancellation; x >= 0."""
    loss = -expm1(-x)
    return loss if x >= 0.0 else NAN


def poisson_inverse(y: float) -> float:
    """Return the mean faults x = -ln Y that `poisson` needs for a yield y in 0..1; inf at 0."""
    x = 0.0 - log(y)
    return x if 0.0 <= y <= 1.0 else NAN


@yield_model(
    "poisson",
    log_yield=poisson_log,
    loss=poisson_loss,
    inverse=poisson_inverse,
    formula="Y = exp(-x)",
    mixing="none: the same defect density everywhere",
    when="small dies, or a lower bound: real defects cluster, and a large die then yields more than this",
    reference="B. T. Murphy, Proc. IEEE 52:1537, 1964, as the case without clustering",
)
def poisson(x: float) -> float:
    r"""Return the yield of dies whose defects fall independently.

    .. math:: Y = e^{-x}

    Args:
        x: mean faults per die, area times defect density, dimensionless, >= 0.

    Returns:
        Y, share of good dies, 0..1; nan outside the domain.

    Validity: a lower bound among the mixed models, for clustering only raises the yield at equal x.

    Reference:
        B. T. Murphy, Proc. IEEE 52:1537, 1964.

    >>> round(poisson(1.0), 6)
    0.367879

    """
    y = decay(x)
    return y if x >= 0.0 else NAN


def _twice_log_mean(z: float, mean: float) -> float:
    """Return 2 ln((1-e^-z)/z), z >= 0, given that mean itself for where it is well off 1."""
    # (1-e^-z)/z = e^(-z/2) sinh(z/2)/(z/2): near 0 the logarithm of the mean alone would keep only its leading bits.
    w = z * z
    (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16) = LOG_SINH_SERIES
    high = c9 + w * (c10 + w * (c11 + w * (c12 + w * (c13 + w * (c14 + w * (c15 + w * c16))))))
    s = w * (c1 + w * (c2 + w * (c3 + w * (c4 + w * (c5 + w * (c6 + w * (c7 + w * (c8 + w * high))))))))
    direct = log(mean)
    return 2.0 * (s if z < MEAN_SPLIT else direct) - (z if z < MEAN_SPLIT else 0.0)


def _near_step(z: float, y: float, slope_part: float) -> float:
    """Return one Newton step for -2 ln((1-e^-z)/z) = y, with slope_part = (1 - u)/u."""
    # Twice the slope of ln(mean) is 2(1 - (1-u)/(u z)) at the root; there is no need for it to be better on the way.
    w = z * z
    (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16) = LOG_SINH_SERIES
    high = c9 + w * (c10 + w * (c11 + w * (c12 + w * (c13 + w * (c14 + w * (c15 + w * c16))))))
    s = w * (c1 + w * (c2 + w * (c3 + w * (c4 + w * (c5 + w * (c6 + w * (c7 + w * (c8 + w * high))))))))
    return z - ((z - y) - 2.0 * s) / (2.0 - 2.0 * (slope_part / z))


def _far_step(z: float, u: float) -> float:
    """Return one Newton step for u z = 1 - e^-z from the right, where it falls towards the root and never past it."""
    fallen = expm1(-z)
    return z - fma(u, z, fallen) / (u - (1.0 + fallen))


def _near_inverse(y: float, slope_part: float) -> float:
    """Return z with -2 ln((1-e^-z)/z) = y, 0 < y <= LOG_MEAN_SPLIT: two steps from a start good to 2^-18."""
    c0, c1, c2, c3, c4 = START_SERIES
    z = y * (c0 + y * (c1 + y * (c2 + y * (c3 + y * c4))))
    z = _near_step(z, y, slope_part)
    return _near_step(z, y, slope_part)


def _far_inverse(u: float) -> float:
    """Return z with (1-e^-z)/z = u, MEAN_NEGLIGIBLE <= u <= MEAN_AT_SPLIT: the error of 1/u squares four times."""
    z = 1.0 / u
    z = _far_step(z, u)
    z = _far_step(z, u)
    z = _far_step(z, u)
    return _far_step(z, u)


def _mean_inverse(u: float, y: float, slope_part: float) -> float:
    """Return z with (1-e^-z)/z = u, 0 < u < 1, given also y = -2 ln u and slope_part = (1 - u)/u, each accurate.

    Each side of the split is solved where it is well conditioned, and held there for the points of the other.
    """
    near = _near_inverse(y if y < LOG_MEAN_SPLIT else LOG_MEAN_SPLIT, slope_part if y < LOG_MEAN_SPLIT else 1.0)
    inside = u if u < MEAN_AT_SPLIT else MEAN_AT_SPLIT
    far = _far_inverse(inside if inside > MEAN_NEGLIGIBLE else MEAN_NEGLIGIBLE)
    return near if y < LOG_MEAN_SPLIT else (far if u > MEAN_NEGLIGIBLE else 1.0 / u)


def murphy_log(x: float) -> float:
    """Return ln Y = 2 ln((1-exp(-x))/x) of `murphy`, by its series near 0; x >= 0."""
    mean = -expm1(-x) / x if x > 0.0 else 1.0
    log_yield = _twice_log_mean(x, mean)
    return log_yield if x >= 0.0 else NAN


def murphy_loss(x: float) -> float:
    """Return 1 - Y of `murphy` without cancellation; x >= 0."""
    loss = -expm1(murphy_log(x))
    return loss if x >= 0.0 else NAN


def murphy_inverse(y: float) -> float:
    """Return the mean faults x that `murphy` needs for a yield y in 0..1; inf at 0."""
    inside = y if 0.0 < y < 1.0 else 0.5
    u = sqrt(inside)
    x = _mean_inverse(u, -log(inside), (1.0 - inside) / ((1.0 + u) * u))
    return x if 0.0 < y < 1.0 else (0.0 if y == 1.0 else (INF if y == 0.0 else NAN))


@yield_model(
    "murphy",
    log_yield=murphy_log,
    loss=murphy_loss,
    inverse=murphy_inverse,
    formula="Y = ((1 - exp(-x))/x)^2",
    mixing="triangle on 0..2 D",
    when="the usual first guess for logic; between poisson and negative-binomial, with nothing to fit",
    reference="B. T. Murphy, Proc. IEEE 52:1537, 1964",
)
def murphy(x: float) -> float:
    r"""Return the yield when the defect density varies as a triangle on 0..2 D.

    .. math:: Y = \left(\frac{1 - e^{-x}}{x}\right)^2

    Args:
        x: mean faults per die, area times mean defect density, dimensionless, >= 0.

    Returns:
        Y, share of good dies, 0..1; 1 at x = 0; nan outside the domain.

    Validity: as 1/x^2 for large x, where few would build such a die.

    Reference:
        B. T. Murphy, Proc. IEEE 52:1537, 1964.

    >>> round(murphy(1.0), 6)
    0.399576

    """
    mean = -expm1(-x) / x if x > 0.0 else 1.0
    y = mean * mean
    return y if x >= 0.0 else NAN


def rectangular_log(x: float) -> float:
    """Return ln Y = ln((1-exp(-2x))/(2x)) of `rectangular`, by its series near 0; x >= 0."""
    mean = -0.5 * expm1(-2.0 * x) / x if x > 0.0 else 1.0
    log_yield = 0.5 * _twice_log_mean(2.0 * x, mean)
    return log_yield if x >= 0.0 else NAN


def rectangular_loss(x: float) -> float:
    """Return 1 - Y of `rectangular` without cancellation; x >= 0."""
    loss = -expm1(rectangular_log(x))
    return loss if x >= 0.0 else NAN


def rectangular_inverse(y: float) -> float:
    """Return the mean faults x that `rectangular` needs for a yield y in 0..1; inf at 0."""
    inside = y if 0.0 < y < 1.0 else 0.5
    x = 0.5 * _mean_inverse(inside, -2.0 * log(inside), (1.0 - inside) / inside)
    return x if 0.0 < y < 1.0 else (0.0 if y == 1.0 else (INF if y == 0.0 else NAN))


@yield_model(
    "rectangular",
    log_yield=rectangular_log,
    loss=rectangular_loss,
    inverse=rectangular_inverse,
    formula="Y = (1 - exp(-2 x))/(2 x)",
    mixing="uniform on 0..2 D",
    when="wafers known to spread evenly between clean and twice the mean density; above murphy, below exponential",
    reference="B. T. Murphy, Proc. IEEE 52:1537, 1964",
)
def rectangular(x: float) -> float:
    r"""Return the yield when the defect density is uniform on 0..2 D.

    .. math:: Y = \frac{1 - e^{-2x}}{2x}

    Args:
        x: mean faults per die, area times mean defect density, dimensionless, >= 0.

    Returns:
        Y, share of good dies, 0..1; 1 at x = 0; nan outside the domain.

    Validity: as 1/(2x) for large x: optimistic for large dies.

    Reference:
        B. T. Murphy, Proc. IEEE 52:1537, 1964.

    >>> round(rectangular(1.0), 6)
    0.432332

    """
    mean = -0.5 * expm1(-2.0 * x) / x if x > 0.0 else 1.0
    return mean if x >= 0.0 else NAN


def exponential_log(x: float) -> float:
    """Return ln Y = -ln(1 + x) of `exponential`; x >= 0."""
    log_yield = 0.0 - log1p(x)
    return log_yield if x >= 0.0 else NAN


def exponential_loss(x: float) -> float:
    """Return 1 - Y = x/(1 + x) of `exponential` without cancellation; x >= 0."""
    return (x / (1.0 + x) if x < INF else 1.0) if x >= 0.0 else NAN


def exponential_inverse(y: float) -> float:
    """Return the mean faults x = (1 - Y)/Y that `exponential` needs for a yield y in 0..1; inf at 0."""
    return (1.0 - y) / y if 0.0 < y <= 1.0 else (INF if y == 0.0 else NAN)


@yield_model(
    "exponential",
    log_yield=exponential_log,
    loss=exponential_loss,
    inverse=exponential_inverse,
    formula="Y = 1/(1 + x)",
    mixing="exponential of mean D",
    when="strong clustering: many clean wafers or regions and a few dirty ones; negative-binomial with alpha = 1",
    reference="R. B. Seeds, IEEE IEDM, 1967; J. E. Price, Proc. IEEE 58:1290, 1970, with one critical layer",
)
def exponential(x: float) -> float:
    r"""Return the yield when the defect density is exponentially distributed.

    .. math:: Y = \frac{1}{1 + x}

    Args:
        x: mean faults per die, area times mean defect density, dimensionless, >= 0.

    Returns:
        Y, share of good dies, 0..1; nan outside the domain.

    Validity: the highest of the mixed models without a parameter; optimistic for large dies.

    Reference:
        R. B. Seeds, IEEE IEDM, 1967; J. E. Price, Proc. IEEE 58:1290, 1970.

    >>> exponential(1.0)
    0.5

    """
    return 1.0 / (1.0 + x) if x >= 0.0 else NAN


def moore_log(x: float) -> float:
    """Return ln Y = -sqrt(x) of `moore`; x >= 0."""
    log_yield = 0.0 - sqrt(x)
    return log_yield if x >= 0.0 else NAN


def moore_loss(x: float) -> float:
    """Return 1 - Y = 1 - exp(-sqrt(x)) of `moore` without cancellation; x >= 0."""
    loss = -expm1(-sqrt(x))
    return loss if x >= 0.0 else NAN


def moore_inverse(y: float) -> float:
    """Return the mean faults x = (ln Y)^2 that `moore` needs for a yield y in 0..1; inf at 0."""
    root = log(y)
    x = root * root
    return x if 0.0 <= y <= 1.0 else NAN


@yield_model(
    "moore",
    log_yield=moore_log,
    loss=moore_loss,
    inverse=moore_inverse,
    formula="Y = exp(-sqrt(x))",
    mixing="none: empirical, no mixing distribution has mean 1 and gives it",
    when="to reproduce studies that use it; pessimistic for small dies and optimistic for large ones",
    reference="G. E. Moore, Electronics, Feb. 1970",
)
def moore(x: float) -> float:
    r"""Return Moore's empirical yield.

    .. math:: Y = e^{-\sqrt{x}}

    Args:
        x: mean faults per die, area times defect density, dimensionless, >= 0.

    Returns:
        Y, share of good dies, 0..1; nan outside the domain.

    Validity: falls with an infinite slope at 0, so that it loses 10 % of the dies at x = 0.011.

    Reference:
        G. E. Moore, Electronics, Feb. 1970.

    >>> round(moore(0.25), 6)
    0.606531

    """
    y = decay(sqrt(x))
    return y if x >= 0.0 else NAN


def negative_binomial_exponent(x: float, alpha: float) -> float:
    """Return alpha ln(1 + x/alpha); nan outside the domain."""
    # Where x/alpha is negligible this is Poisson to the last bit, alpha = inf included.
    exponent = scaled_log1p(x, alpha, alpha, x)
    return exponent if least(x, alpha - SMALLEST_DIVISOR) >= 0.0 else NAN


def negative_binomial_log(x: float, alpha: float) -> float:
    """Return ln Y = -alpha ln(1 + x/alpha) of `negative_binomial`; x >= 0, alpha > 0."""
    return 0.0 - negative_binomial_exponent(x, alpha)


def negative_binomial_loss(x: float, alpha: float) -> float:
    """Return 1 - Y of `negative_binomial` without cancellation; x >= 0, alpha > 0."""
    return -expm1(-negative_binomial_exponent(x, alpha))


def negative_binomial_inverse(y: float, alpha: float) -> float:
    """Return the mean faults x = alpha (Y^(-1/alpha) - 1) that `negative_binomial` needs for y in 0..1; inf at 0."""
    high, low = log_parts(y)
    clustered = 0.0 < alpha < INF
    t = -high / alpha if clustered else 0.0
    t_low = (fma(-t, alpha, -high) - low) / alpha if clustered else 0.0
    # For small alpha e^t multiplies an error of t: one part of the logarithm would not do.
    growth = expm1(t)
    bounded = growth < INF
    x = alpha * (growth + (1.0 + growth) * t_low) if bounded else INF
    near_poisson = t < NEGLIGIBLE
    proper = alpha >= SMALLEST_DIVISOR
    return ((0.0 - high if near_poisson else x) if 0.0 < y <= 1.0 else (INF if y == 0.0 else NAN)) if proper else NAN


def negative_binomial_parts(x: float, alpha: float) -> tuple[float, float]:
    """Return -log2 Y of `negative_binomial` in two parts, which `survival` takes; nan outside the domain."""
    high, low = clustered_parts(x, alpha)
    return (high if x >= 0.0 and alpha >= SMALLEST_DIVISOR else NAN), low


@yield_model(
    "negative-binomial",
    log_yield=negative_binomial_log,
    loss=negative_binomial_loss,
    inverse=negative_binomial_inverse,
    formula="Y = (1 + x/alpha)^-alpha",
    mixing="gamma of mean D and shape alpha",
    when="measured or assumed clustering: alpha 2 to 4 is common, no foundry publishes one; alpha = inf is poisson",
    reference="C. H. Stapper, IEEE Trans. Electron Devices 20:655, 1973; alpha = 3: A. G. F. Dingwall, 1968",
    parameters=("alpha",),
    halves=(negative_binomial_parts, survival),
)
def negative_binomial(x: float, alpha: float) -> float:
    r"""Return the yield when the defect density is gamma distributed with shape alpha.

    .. math:: Y = \left(1 + \frac{x}{\alpha}\right)^{-\alpha}

    Args:
        x: mean faults per die, area times mean defect density, dimensionless, >= 0.
        alpha: clustering parameter, dimensionless, > 0; small is clustered, inf is `poisson`, 1 is `exponential`.

    Returns:
        Y, share of good dies, 0..1; nan outside the domain and for alpha below 2^-900, which no double reaches safely.

    Validity: the power form (1 + x/alpha)**-alpha loses all digits for alpha above 1e12; this form does not.

    Reference:
        C. H. Stapper, IEEE Trans. Electron Devices 20:655, 1973.

    >>> negative_binomial(1.0, 1.0)
    0.5

    """
    y = clustered_power(x, alpha)
    return y if x >= 0.0 and alpha >= SMALLEST_DIVISOR else NAN


def bose_einstein_exponent(x: float, critical_layers: float) -> float:
    """Return n ln(1 + x); nan outside the domain."""
    exponent = scaled_log1p(x, 1.0, critical_layers, critical_layers * x)
    inside = x >= 0.0 and 0.0 < critical_layers < INF
    # What is beyond all doubles may come as nan.
    return least(exponent, INF) if inside else NAN


def bose_einstein_log(x: float, critical_layers: float) -> float:
    """Return ln Y = -n ln(1 + x) of `bose_einstein`; x >= 0, critical_layers > 0."""
    return 0.0 - bose_einstein_exponent(x, critical_layers)


def bose_einstein_loss(x: float, critical_layers: float) -> float:
    """Return 1 - Y of `bose_einstein` without cancellation; x >= 0, critical_layers > 0."""
    return -expm1(-bose_einstein_exponent(x, critical_layers))


def bose_einstein_inverse(y: float, critical_layers: float) -> float:
    """Return the mean faults per layer x = Y^(-1/n) - 1 that `bose_einstein` needs for y in 0..1; inf at 0."""
    high, low = log_parts(y)
    proper = 0.0 < critical_layers < INF
    t = -high / critical_layers if proper else 0.0
    t_low = (fma(-t, critical_layers, -high) - low) / critical_layers if proper else 0.0
    growth = expm1(t)
    x = growth + (1.0 + growth) * t_low if growth < INF else INF
    return (x if 0.0 < y <= 1.0 else (INF if y == 0.0 else NAN)) if proper else NAN


def bose_einstein_parts(x: float, critical_layers: float) -> tuple[float, float]:
    """Return -log2 Y of `bose_einstein` in two parts, which `survival` takes; nan outside the domain."""
    high, low = falling_parts(x, critical_layers)
    return (high if x >= 0.0 and 0.0 < critical_layers < INF else NAN), low


@yield_model(
    "bose-einstein",
    log_yield=bose_einstein_log,
    loss=bose_einstein_loss,
    inverse=bose_einstein_inverse,
    formula="Y = (1 + x)^-n with x the mean faults of one critical layer",
    mixing="exponential in each of n independent critical layers",
    when="a defect density quoted per critical layer, as foundries do; never with one of the whole process",
    reference="J. E. Price, Proc. IEEE 58:1290, 1970; per-layer values in Hennessy and Patterson, 6th ed., 1.6",
    parameters=("critical_layers",),
    halves=(bose_einstein_parts, survival),
)
def bose_einstein(x: float, critical_layers: float) -> float:
    r"""Return the yield of a die that passes n critical layers, each with its own exponential defect density.

    .. math:: Y = (1 + x)^{-n}

    Args:
        x: mean faults per die and critical layer, area times the defect density of one layer, >= 0.
        critical_layers: n, number of critical layers, > 0 and finite; published values are not whole numbers.

    Returns:
        Y, share of good dies, 0..1; nan outside the domain.

    Validity: with the defect density of the whole process as x it is far too low (39 % where 92 % is right).

    Reference:
        J. E. Price, Proc. IEEE 58:1290, 1970.

    >>> bose_einstein(1.0, 2.0)
    0.25

    """
    y = falling_power(x, critical_layers)
    return y if x >= 0.0 and 0.0 < critical_layers < INF else NAN
