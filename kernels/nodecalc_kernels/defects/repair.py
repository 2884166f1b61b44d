r"""Repair: memories that are good although some of their parts are not, because spares stand in, under clustering.

The faults that spares can mend and those that they cannot share one mixing variable L, the defect density of the die's
place over the mean, so that the yields of the two are no factors of each other:

.. math:: P = E_L\left[e^{-x_u L}\, \sum_{j=0}^{r} e^{-x_r L} \frac{(x_r L)^j}{j!}\right]
"""

from __future__ import annotations

from math import exp, inf, log, log1p, nan, pi
from typing import Final

from nodecalc_kernels.numbers.vecmath import SMALLEST_DIVISOR
from nodecalc_kernels.registry import YIELD_MODELS

from .binomial import SMALL_TERM, stirling_rest
from .harvest import ALMOST
from .mixing import (
    FLAT,
    GAMMA,
    POINT,
    TRIANGULAR,
    Means,
    Share,
    gamma_means,
    law_of,
    single_means,
    triangle_means,
    uniform_means,
)

MOST_SPARES: Final = 1_000_000


def repair(fixed_faults: float, repairable_faults: float, spares: int, model: str, alpha: float = 2.0) -> float:
    r"""Return the probability that no fault is where nothing mends it, and no more elsewhere than there are spares.

    Args:
        fixed_faults: x_u, mean faults of what cannot be repaired, dimensionless, >= 0.
        repairable_faults: x_r, mean faults of what can, each taking one spare, >= 0.
        spares: r, 0 to `MOST_SPARES`.
        model: yield model with a mixing variable for the whole die, a key of `harvest.MIXTURES`; KeyError otherwise.
        alpha: shape of `negative-binomial`, 2^-900 or more; other models do not read it.

    Returns:
        P, 0..1, within 1e-11 of its value; without spares the plain model at x_u + x_r. nan outside the domain.

    Reference:
        C. H. Stapper, A. N. McLaren, M. Dreckmann, IBM J. Res. Dev. 24:398, 1980: yield of memories with redundancy.

    >>> round(repair(0.3, 0.8, 2, "negative-binomial", 2.0), 6)
    0.714223

    """
    inside = fixed_faults >= 0.0 and repairable_faults >= 0.0 and alpha >= SMALLEST_DIVISOR
    if not inside or not 0 <= spares <= MOST_SPARES:
        return nan
    if inf in (fixed_faults, repairable_faults):
        return 0.0
    if spares == 0 or repairable_faults == 0.0:
        row = YIELD_MODELS[model]
        return float(row.yield_(fixed_faults + repairable_faults, *((alpha,) if row.parameters else ())))

    def share(density: float) -> tuple[float, float]:
        log_share, fall = log_at_most(spares, repairable_faults * density)
        rest = fixed_faults * density
        return log_share - rest, fall + rest

    found = _means(share, fixed_faults + repairable_faults, spares + 1.0, model, alpha, False)[0]
    if found > ALMOST:  # all that is left to get wrong is the loss
        found = 1.0 - _means(share, fixed_faults + repairable_faults, spares + 1.0, model, alpha, True)[0]
    return found


def log_at_most(most: int, faults: float) -> tuple[float, float]:
    """Return ln C and -d ln C / d ln y, C the probability of at most `most` >= 1 Poisson faults of the mean y >= 0.

    The smaller side of the distribution is summed outwards, so that every term is positive and the next one smaller.
    """
    if faults <= 0.0:
        return 0.0, 0.0
    off = (faults - most) / most
    log_first = -stirling_rest(most) - 0.5 * log(2.0 * pi * most)
    log_first -= most * (off - (log1p(off) if off > -0.5 else log(faults) - log(most)))
    term = 1.0
    if faults > most:
        sum_ = 1.0
        for j in range(most, 0, -1):
            term *= j / faults
            sum_ += term
            if term < SMALL_TERM * sum_:
                break
        return log_first + log(sum_), faults / sum_
    sum_, j = 0.0, most
    while term > SMALL_TERM * sum_:
        j += 1
        term *= faults / j
        sum_ += term
    first = exp(log_first)
    beyond = first * sum_
    return log1p(-beyond), faults * first / (1.0 - beyond)


def _means(share: Share, steepest: float, flattest: float, model: str, alpha: float, loss: bool) -> Means:
    law, shape = law_of(model, alpha)
    if law == GAMMA:
        return gamma_means(share, shape, steepest, flattest, loss)
    return {POINT: single_means, TRIANGULAR: triangle_means, FLAT: uniform_means}[law](share, loss)
