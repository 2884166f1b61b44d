"""How sure an answer is: the evidence for D0 and price carried through the same stages to P10, P50 and P90."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import ANSWER, D0, PRICE
from nodecalc.question.ledger import UsedFigure
from nodecalc_kernels.numbers.tabled import quantile_of as quantile
from nodecalc_kernels.stages import Stage, after, behind, needed, run

__all__ = ["SHARES", "cost_band", "quantile"]

SHARES: Final = (0.1, 0.5, 0.9)

PARTS: Final = 96
"""Parts in which D0 enters."""
ENDS: Final = 4
"""Pieces of the first and the last part."""
FEW: Final = 24
"""Parts of the price for a first guess, and of price and D0 where there are sizes as well."""
NEAR: Final = 1.02
"""Factor around the guess within which the distribution function is taken as straight in the logarithm."""
STEEP: Final = 0.5
"""Share of all answers within it from which on the function is not straight there: narrow ranges of D0 and price."""
LEAST: Final = 1.0 + 1e-6
"""Factor down to which it is halved then."""


def cost_band(
    stages: Iterable[Stage],
    values: Mapping[str, float],
    figures: Mapping[str, UsedFigure],
    sizes: Sequence[Mapping[str, float]] = (),
) -> tuple[float, float, float]:
    """Return P10, P50 and P90 of the good-die cost, in USD, over the distributions of `figures`.

    D0 and price are independent; inputs that the user gave are exact. No random numbers: the cost is proportional to
    the wafer price, so that with c(u) the cost at the u-quantile of D0 and at the price p, and F the distribution
    function of the price,

        share of answers below C = mean over u of F(C p / c(u)),

    over PARTS parts of D0; the quantiles are within 0.2 % of their limit, which a test holds. Where the die's size is
    uncertain too, `sizes` are all values of the answer at sizes of equal probability.
    """
    d0, price = (figures.get(key) for key in UNCERTAIN)
    if sizes:
        return _over_sizes(stages, values, d0, price, sizes)
    cost_at = _cost_of_d0(stages, values)
    if price is None and d0 is None:
        raise ValueError("a band of exact figures")
    if price is None or price.quantile(0.0) == price.quantile(1.0):
        assert d0 is not None or price is not None
        p10, p50, p90 = (values[ANSWER] if d0 is None else cost_at(d0.quantile(share)) for share in SHARES)
    elif d0 is None:
        scale = values[ANSWER] / price.value
        p10, p50, p90 = (scale * price.quantile(share) for share in SHARES)
    else:
        ratios = [cost_at(d0.quantile(u)) / price.value for u in _middles()]
        p10, p50, p90 = _joint(ratios, price)
    return p10, p50, p90


def _over_sizes(
    stages: Iterable[Stage],
    values: Mapping[str, float],
    d0: UsedFigure | None,
    price: UsedFigure | None,
    sizes: Sequence[Mapping[str, float]],
) -> tuple[float, float, float]:
    """Return the quantiles over sizes, D0 and price, each in parts of equal probability."""
    usd = [price.quantile((i + 0.5) / FEW) for i in range(FEW)] if price is not None else [values[PRICE]]
    known = [d0.quantile((i + 0.5) / FEW) for i in range(FEW)] if d0 is not None else [values[D0]]
    costs = []
    for size in sizes:
        cost_at = _cost_of_d0(stages, size)
        ratios = [cost_at(d) / size[PRICE] for d in known]
        costs += [ratio * one for ratio in ratios for one in usd]
    costs.sort()
    p10, p50, p90 = (quantile(costs, share) for share in SHARES)
    return p10, p50, p90


def _joint(ratios: list[float], price: UsedFigure) -> list[float]:
    """Return quantiles over D0 and price; `ratios` are good-die cost over wafer price in the middle of D0's parts."""
    few = [price.quantile((i + 0.5) / FEW) for i in range(FEW)]
    guesses = sorted((ratio * usd, weight) for ratio, weight in zip(ratios, _weights(), strict=True) for usd in few)
    parts = list(zip(ratios, _weights(), strict=True))

    def share_below(cost: float) -> float:
        return sum(weight * price.cdf(cost / ratio) for ratio, weight in parts)

    found, reached, place = [], 0.0, 0
    for share in SHARES:
        while place < len(guesses) - 1 and reached + guesses[place][1] / FEW < share:
            reached += guesses[place][1] / FEW
            place += 1
        near = guesses[place][0]
        low, high = near / NEAR, near * NEAR
        below, above = share_below(low), share_below(high)
        least = LEAST if above - below > STEEP else high / low
        while below < share < above and high / low > least:
            middle = (low * high) ** 0.5
            reached_there = share_below(middle)
            if reached_there < share:
                low, below = middle, reached_there
            else:
                high, above = middle, reached_there
        inside = below < share < above
        found.append(low * (high / low) ** ((share - below) / (above - below)) if inside else near)
    return sorted(found)


@cache
def _edges() -> tuple[float, ...]:
    """Return the shares between the parts of D0: equal ones, the outermost cut up, where a yield falls fastest."""
    inner = [i / PARTS for i in range(1, PARTS)]
    fine = [i / (ENDS * PARTS) for i in range(1, ENDS)]
    return (0.0, *fine, *inner, *(1.0 - x for x in reversed(fine)), 1.0)


@cache
def _middles() -> tuple[float, ...]:
    """Return the middle of each part of D0."""
    return tuple(0.5 * (a + b) for a, b in pairwise(_edges()))


@cache
def _weights() -> tuple[float, ...]:
    """Return how much of the probability each part holds."""
    return tuple(b - a for a, b in pairwise(_edges()))


def _cost_of_d0(stages: Iterable[Stage], values: Mapping[str, float]) -> Callable[[float], float]:
    """The good-die cost as a function of D0: the stages between the two, run again."""
    affected = behind(after(stages, (D0,)), (ANSWER,))
    fixed = {key: values[key] for key in needed(affected, (ANSWER,))}

    def cost(d0_per_cm2: float) -> float:
        return run(affected, {**fixed, D0: d0_per_cm2})[ANSWER]

    return cost
