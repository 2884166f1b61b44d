r"""Harvest: dies that sell with some of their equal cores bad, under clustered defects, and the faults behind a share.

All cores of a die share one mixing variable L, the defect density of its place over the mean:

.. math:: P = E_L\left[e^{-uL}\, P\bigl(\mathrm{Binomial}(n, e^{-mL}) \ge k\bigr)\right]

Two ways around the integral are wrong. The alternating sum over marginal yields cancels: at 132 of 144 it gives
"probabilities" of thousands. The marginal yield of one core in a plain binomial leaves the clustering out.

Functions are total: outside the domain they return nan and never raise, but for models that are not in `MIXTURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import copysign, exp, inf, log, log1p, nan
from types import MappingProxyType
from typing import Final

from nodecalc_kernels.numbers.vecmath import SMALLEST_DIVISOR
from nodecalc_kernels.registry import YIELD_MODELS

from .binomial import log_tail, tail_of
from .mixing import FAR_UNIT, Means, Share, gamma_means, single_means, triangle_means, uniform_means

LARGEST_TOTAL: Final = 1_000_000
"""Cores of one die; a wafer-scale chip has 900,000."""

SETTLED: Final = 3e-8
"""A Newton step on ln faults below it leaves an error of its square."""

STEPS: Final = 100
"""Bisection alone would need less than that between the smallest double and the largest."""

RECURRENCE_UP_TO: Final = 1000
"""Cores up to which the closed sum of `exponential` stays within some 1e-14; then its roundings add up."""

ALMOST: Final = 1.0 - 1e-6
"""Above it a yield is 1 less its loss."""

SURE: Final = 1.0 - 1e-9
"""Yields above it are taken from their losses, or, far from the share that is asked for, as none at all."""

FARTHEST: Final = 2.0
"""Largest step of ln faults."""

NO_CORES: Final = 1e-200
"""Share of a die's area below which no number of faults that a double holds would hit a core first."""

LARGEST_LOG: Final = 690.0
"""Of faults: ln 1e300 or so."""

Mean = Callable[[Share, int, int, float, float, float, bool], Means]


def _single(share: Share, need: int, total: int, m: float, u: float, alpha: float, loss: bool) -> Means:
    return single_means(share, loss)


def _triangle(share: Share, need: int, total: int, m: float, u: float, alpha: float, loss: bool) -> Means:
    return triangle_means(share, loss)


def _uniform(share: Share, need: int, total: int, m: float, u: float, alpha: float, loss: bool) -> Means:
    return uniform_means(share, loss)


def _gamma(share: Share, need: int, total: int, m: float, u: float, alpha: float, loss: bool) -> Means:
    if alpha == inf:
        return single_means(share, loss)
    if alpha == 1.0 and total <= RECURRENCE_UP_TO:
        return _recurrence(need, total, m, u, loss)
    return gamma_means(share, alpha, u + need * m, total - need + 1.0, loss)


def _exponential(share: Share, need: int, total: int, m: float, u: float, alpha: float, loss: bool) -> Means:
    return _gamma(share, need, total, m, u, 1.0, loss)


def _recurrence(need: int, total: int, m: float, u: float, loss: bool) -> Means:
    """Every number of bad cores by a recurrence: the integrals are beta functions whose quotients are plain."""
    # a_j = C(n, j) E[exp(-(u + m (n-j)) L) (1 - exp(-m L))^j], the rest good and exactly j cores bad.
    one = 1.0 if u + total * m < inf else FAR_UNIT
    u, m = one * u, one * m
    term = one / (one + u + total * m)
    pull = -(u + total * m) * (term / one)
    mean, slope = term, term * pull
    lost, lost_slope = u / (one + u), u / (one + u) * one / (one + u)
    for j in range(1, total + 1):
        left = one + u + m * (total - j)
        term *= m * (total - j + 1) / left
        pull += one / left
        if j <= total - need:
            mean += term
            slope += term * pull
        elif loss:
            lost += term
            lost_slope += term * pull
        else:
            break
    return (lost, lost_slope) if loss else (mean, -slope)


MIXTURES: Final[Mapping[str, Mean]] = MappingProxyType(
    {
        "poisson": _single,
        "murphy": _triangle,
        "rectangular": _uniform,
        "exponential": _exponential,
        "negative-binomial": _gamma,
    }
)
"""Mean over the mixing variable of each yield model that has one for the whole die."""

UNMIXED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "moore": "an empirical curve, with no defect density behind it that cores could share",
        "bose-einstein": "its layers are independent of each other: there is no one density that cores share",
    }
)
"""Why a yield model says nothing of harvest."""


def harvest(need: int, total: int, core_faults: float, rest_faults: float, model: str, alpha: float = 2.0) -> float:
    r"""Return the probability that enough cores and all of the rest of a die are good.

    .. math:: P = E_L\left[e^{-uL} \sum_{j=k}^{n} \binom{n}{j} e^{-jmL} (1 - e^{-mL})^{n-j}\right]

    Args:
        need: k, cores that must be good, 0 to `total`.
        total: n, equal cores on the die, at least 1.
        core_faults: m, mean faults of one core (its area times the defect density), dimensionless, >= 0.
        rest_faults: u, mean faults of what must be good beside the cores, >= 0.
        model: yield model, a key of `MIXTURES`; KeyError otherwise.
        alpha: shape of `negative-binomial`, 2^-900 or more; other models do not read it.

    Returns:
        P, 0..1, within 1e-12 of its value; for k = n the plain model at n m + u, for k = 0 at u. nan outside.

    Reference:
        C. H. Stapper, IBM J. Res. Dev. 33:174, 1989, for redundancy under mixed Poisson statistics; the mixing
        variables are those of B. T. Murphy, Proc. IEEE 52:1537, 1964.

    >>> round(harvest(8, 8, 0.1, 0.3, "negative-binomial", 2.0), 6)
    0.416233

    """
    share, _ = _means(need, total, core_faults, rest_faults, model, alpha, False)
    if share > ALMOST and 0 < need < total:  # all that is left to get wrong is the loss
        share = 1.0 - _means(need, total, core_faults, rest_faults, model, alpha, True)[0]
    return share


def harvest_loss(
    need: int, total: int, core_faults: float, rest_faults: float, model: str, alpha: float = 2.0
) -> float:
    """Return 1 - P of `harvest` without cancellation.

    >>> round(harvest_loss(0, 8, 0.1, 1e-20, "poisson"), 30)
    1e-20

    """
    share = harvest(need, total, core_faults, rest_faults, model, alpha)
    if share < 0.5:
        return 1.0 - share
    return _means(need, total, core_faults, rest_faults, model, alpha, True)[0]


def _means(need: int, total: int, m: float, u: float, model: str, alpha: float, loss: bool) -> Means:
    """Return P or 1 - P, and -dP/d ln(all faults)."""
    mean = MIXTURES[model]
    inside = 0 <= need <= total and 1 <= total <= LARGEST_TOTAL and m >= 0.0 and u >= 0.0 and alpha >= SMALLEST_DIVISOR
    if not inside:
        return nan, nan
    if u == inf or (m == inf and need > 0):
        return (1.0 if loss else 0.0), nan
    if need in (0, total) or m == 0.0:
        return _plain(total * m + u if need > 0 else u, model, alpha, loss), nan
    tail = tail_of(need, total)

    def share(density: float) -> tuple[float, float]:
        log_share, fall = log_tail(tail, m * density)
        return log_share - u * density, fall + u * density

    return mean(share, need, total, m, u, alpha, loss)


def _plain(x: float, model: str, alpha: float, loss: bool) -> float:
    row = YIELD_MODELS[model]
    return float((row.loss if loss else row.yield_)(x, *((alpha,) if row.parameters else ())))


def implied_faults(share: float, need: int, total: int, core_fraction: float, model: str, alpha: float = 2.0) -> float:
    """Return the mean faults of a whole die at which `harvest` gives a share.

    Args:
        share: P, in (0, 1).
        need: k, 0 to `total`.
        total: n, equal cores on the die, at least 1.
        core_fraction: f, share of the die's area that the cores cover, 0..1: one core has x f / n faults, the rest
            x (1 - f).
        model: yield model, a key of `MIXTURES`; KeyError otherwise.
        alpha: shape of `negative-binomial`, 2^-900 or more; other models do not read it.

    Returns:
        x, mean faults of the whole die, within 1e-9 of its value; nan outside the domain, and where nothing can fail
        (need 0, core_fraction 1).

    >>> round(implied_faults(0.4, 20, 25, 0.6, "murphy") / 6.656, 4)  # on 665.6 mm2, per cm2
    0.3734

    """
    if model not in MIXTURES:
        raise KeyError(model)
    inside = 0.0 < share < 1.0 and 0.0 <= core_fraction <= 1.0 and alpha >= SMALLEST_DIVISOR
    if not inside or not 0 <= need <= total or not 1 <= total <= LARGEST_TOTAL:
        return nan
    row = YIELD_MODELS[model]
    plain = float(row.inverse(share, *((alpha,) if row.parameters else ())))
    rest = 1.0 - core_fraction
    if need in (0, total) or core_fraction < NO_CORES:
        part = 1.0 if need > 0 else rest
        return plain / part if part > 0.0 else nan
    core = core_fraction / total
    loss = share > 0.5
    target = log(-log(share)) if not loss else log(-log1p(share - 1.0))

    def off(x: float) -> tuple[float, float]:
        """Return ln(-ln P) less its target, and its slope: nearly a straight line, and one for `poisson`."""
        value, fall = _means(need, total, core * x, rest * x, model, alpha, loss)
        yield_ = 1.0 - value if loss else value
        if yield_ <= 0.0 or not (loss or yield_ < SURE) or value <= 0.0:
            return (inf if yield_ <= 0.0 else -inf), 0.0
        log_yield = log1p(-value) if loss else log(value)
        return log(-log_yield) - target, fall / (yield_ * -log_yield)

    # With no core to spare it would be the plain yield: never less faults than there.
    low, high = log(plain) - SETTLED, LARGEST_LOG
    spared = total * -log((need - 0.5) / total)  # about where half the dies at the mean density have enough cores
    at = low - log(rest + core_fraction / (1.0 + spared))
    x = step = nan
    for _ in range(STEPS):
        x = exp(at)
        rest_off, slope = off(x)
        if rest_off > 0.0:
            high = min(high, at)
        else:
            low = max(low, at)
        step = -rest_off / slope if slope > 0.0 and abs(rest_off) < inf else -copysign(inf, rest_off)
        # Far from the root, where the curve bends, a step is held to a factor of some seven.
        step = max(-FARTHEST, min(FARTHEST, step))
        if abs(step) > SETTLED and not low < at + step < high:
            step = 0.5 * (low + high) - at
        if abs(step) <= SETTLED:
            break
        at += step
    # From the faults that were tried, not from their logarithm, whose rounding a steep share would show.
    return x * exp(step)
