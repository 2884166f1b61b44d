"""How sure an answer is: the figures' ranges carried through the same stages to P10, P50 and P90."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import cos, pi
from typing import Final

from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import ANSWER, D0
from nodecalc.question.ledger import UsedFigure
from nodecalc_kernels.numbers.distributions import triangular_quantile, triangular_shortfall
from nodecalc_kernels.stages import Stage, after, behind, needed, run

SHARES: Final = (0.1, 0.5, 0.9)

INTERVALS: Final = 48
"""Intervals of the integral over D0; the quantiles are then within 0.2 % of their limit, which a test holds."""

TOLERANCE: Final = 1e-9
"""Relative width at which the search for a quantile stops."""


def cost_band(
    stages: Iterable[Stage], values: Mapping[str, float], figures: Mapping[str, UsedFigure]
) -> tuple[float, float, float]:
    """Return P10, P50 and P90 of the good-die cost, in USD, over the ranges of `figures`.

    Each uncertain figure is triangular on its low, value and high, independent of the other; inputs that the user
    gave are exact. No random numbers: the cost is proportional to the wafer price and rises with D0, so that with
    c(u) the cost at the u-quantile of D0 and at the given price p, and F the distribution function of the price,

        share of answers below C = integral over u of F(C p / c(u)).
    """
    d0, price = (figures.get(key) for key in UNCERTAIN)
    cost_at = _cost_of_d0(stages, values)
    if d0 is None:
        costs: Callable[[float], float] = lambda u: values[ANSWER]  # noqa: E731
    else:
        costs = lambda u: cost_at(triangular_quantile(u, d0.low, d0.value, d0.high))  # noqa: E731
    if price is None:
        p10, p50, p90 = (costs(share) for share in SHARES)
    elif d0 is None:
        scale = values[ANSWER] / price.value
        p10, p50, p90 = (scale * triangular_quantile(s, price.low, price.value, price.high) for s in SHARES)
    else:
        p10, p50, p90 = _joint([costs(u) for u in _nodes()], price)
    return p10, p50, p90


def _cost_of_d0(stages: Iterable[Stage], values: Mapping[str, float]) -> Callable[[float], float]:
    """The good-die cost as a function of D0: the stages between the two, run again."""
    affected = behind(after(stages, (D0,)), (ANSWER,))
    fixed = {key: values[key] for key in needed(affected, (ANSWER,))}

    def cost(d0_per_cm2: float) -> float:
        return run(affected, {**fixed, D0: d0_per_cm2})[ANSWER]

    return cost


@cache
def _nodes() -> tuple[float, ...]:
    """Shares from 0 to 1, closer together at the ends, where a triangular quantile bends like a square root."""
    return tuple(0.5 - 0.5 * cos(pi * j / INTERVALS) for j in range(INTERVALS + 1))


def _joint(costs: list[float], price: UsedFigure) -> list[float]:
    """Quantiles over D0 and price; `costs` are those at the shares of `_nodes` and at the price in use."""
    per_usd = [price.value / c for c in costs]
    weights = [b - a for a, b in zip(_nodes(), _nodes()[1:], strict=False)]
    low, mode, high = price.low, price.value, price.high

    def share_below(cost: float) -> float:
        # Between two nodes the argument of F is taken as linear in u; the mean of F over it is then exact, however
        # steep F is, so that a price known to a percent needs no more intervals than one known to half.
        edges = [cost * k for k in per_usd]
        falls = [triangular_shortfall(x, low, mode, high) for x in edges]
        total = 0.0
        for weight, a, b, fall_a, fall_b in zip(weights, edges, edges[1:], falls, falls[1:], strict=False):
            step = a - b
            total += weight * ((fall_a - fall_b) / step if step > FLAT * a else _share(a, low, mode, high))
        return total

    return [_root(share_below, share, costs[0] / mode * low, costs[-1] / mode * high) for share in SHARES]


FLAT: Final = 1e-7
"""Relative step below which a difference quotient of the shortfall is only rounding."""


def _share(x: float, low: float, mode: float, high: float) -> float:
    """The distribution function itself, where the interval is too narrow for a quotient."""
    if x <= low or x >= high:
        return 0.0 if x <= low else 1.0
    width = high - low
    return (x - low) ** 2 / (width * (mode - low)) if x < mode else 1.0 - (high - x) ** 2 / (width * (high - mode))


def _root(share_below: Callable[[float], float], share: float, low: float, high: float) -> float:
    """Where the rising function `share_below` reaches `share`, between `low` (where it is 0) and `high` (1).

    Regula falsi with the Illinois rule: each end that stays twice in a row counts half.
    """
    f_low, f_high, side = -share, 1.0 - share, 0
    for _ in range(100):
        if high - low <= TOLERANCE * high:
            break
        middle = high - f_high * (high - low) / (f_high - f_low)
        middle = min(max(middle, low), high)
        f = share_below(middle) - share
        if abs(f) <= TOLERANCE:
            return middle
        if f > 0.0:
            high, f_high = middle, f
            f_low, side = (f_low / 2.0 if side > 0 else f_low), 1
        else:
            low, f_low = middle, f
            f_high, side = (f_high / 2.0 if side < 0 else f_high), -1
    return 0.5 * (low + high)


def quantile(ordered: list[float], share: float) -> float:
    """Return the value below which `share` of the `ordered` samples lie, linear between their steps' midpoints."""
    position = min(max(share * len(ordered) - 0.5, 0.0), len(ordered) - 1.0)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])
