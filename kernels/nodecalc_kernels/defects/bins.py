r"""Bins: which share of the dies is sold as what, where the number of good units decides, under clustered defects.

A die goes into the bin that asks for the most units that it has:

.. math:: P_i = E_L\left[e^{-uL}\, P\bigl(k_i \le \mathrm{Binomial}(n, e^{-mL}) < k_{i-1}\bigr)\right]

The difference of two harvests would lose what a rare bin holds, so that the terms of each bin are summed by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, fsum, inf, log, nan
from typing import Final

from nodecalc_kernels.numbers.vecmath import SMALLEST_DIVISOR

from .binomial import log_between
from .harvest import LARGEST_TOTAL, harvest, harvest_loss
from .mixing import FLAT, POINT, TRIANGLE, TRIANGULAR, UNIFORM, bounded_peaked, gamma_peaked, law_of, log_over

LEAST_FAULTS: Final = 1e-300
"""Mean faults of a unit below which none is ever bad: products with a density would be 0."""


def bins(
    needs: Sequence[int], total: int, core_faults: float, rest_faults: float, model: str, alpha: float = 2.0
) -> tuple[float, ...]:
    """Return the probability of each bin, in the order of `needs`, and last that of scrap; they sum to 1.

    Args:
        needs: units that each bin asks for, falling, 0 to `total`.
        total: n, equal units on the die, at least 1.
        core_faults: m, mean faults of one unit, dimensionless, >= 0.
        rest_faults: u, mean faults of what must be good beside the units, >= 0.
        model: yield model, a key of `mixing.LAWS`; KeyError otherwise.
        alpha: shape of `negative-binomial`, 2^-900 or more; other models do not read it.

    Returns:
        Probabilities, each within 1e-11 of its value, whose sum is 1 but for the last bits; all nan outside the domain.

    >>> [round(p, 4) for p in bins((8, 6), 8, 0.1, 0.3, "negative-binomial", 2.0)]
    [0.4162, 0.3088, 0.275]

    """
    falling = all(a > b for a, b in pairwise(needs))
    inside = bool(needs) and falling and needs[-1] >= 0 and needs[0] <= total <= LARGEST_TOTAL
    if not inside or not (core_faults >= 0.0 and rest_faults >= 0.0 and alpha >= SMALLEST_DIVISOR):
        return (nan,) * (len(needs) + 1)
    found = [harvest(needs[0], total, core_faults, rest_faults, model, alpha)]
    for above, need in pairwise(needs):
        found.append(between(need, above - 1, total, core_faults, rest_faults, model, alpha))
    found.append(harvest_loss(needs[-1], total, core_faults, rest_faults, model, alpha))
    # Each is good to some 1e-12: the largest takes what rounding left.
    largest = found.index(max(found))
    found[largest] = 1.0 - fsum(p for i, p in enumerate(found) if i != largest)
    return tuple(found)


def between(
    least: int, most: int, total: int, core_faults: float, rest_faults: float, model: str, alpha: float = 2.0
) -> float:
    """Return the probability that `least` to `most` < `total` units, and all of the rest, are good; as for `bins`."""
    law, shape = law_of(model, alpha)
    m, u = core_faults, rest_faults
    if m < LEAST_FAULTS or u == inf:
        return 0.0
    if total * m == inf:
        return 0.0 if least > 0 else harvest(0, total, m, u, model, alpha)

    def log_share(density: float) -> float:
        return log_between(least, most, total, m * density) - u * density

    lost = total - most
    if law == POINT:
        return exp(log_share(1.0))
    if law in (TRIANGULAR, FLAT):
        # The share grows like L^lost and then falls at most like exp(-(u + n m) L).
        low = log(lost / (u + total * m)) - 1.0
        return bounded_peaked(log_share, TRIANGLE if law == TRIANGULAR else UNIFORM, low)
    return gamma_peaked(log_share, shape, -log_over(u + total * m, shape) - 1.0, log_over(lost, shape) + 1.0)
