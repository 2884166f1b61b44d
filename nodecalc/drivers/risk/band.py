"""How sure an answer is: the evidence for D0 and price carried through the same stages to P10, P50 and P90."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import exp, log
from typing import TYPE_CHECKING, Final

from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import ANSWER, D0, PRICE
from nodecalc_kernels.numbers.joint import SHARES, finite_log, joint_logs, parts
from nodecalc_kernels.numbers.tabled import quantile_of as quantile
from nodecalc_kernels.stages import Stage, after, behind, needed, run

if TYPE_CHECKING:
    from nodecalc.question.ledger import UsedFigure

__all__ = ["SHARES", "cost_band", "quantile"]

FEW: Final = 24
"""Parts of price and D0 where there are sizes as well."""


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

    over parts of D0 (`nodecalc_kernels.numbers.joint`). For the evidence of nodes the quantiles are within 0.05 % of
    their limit, which a test holds; where the price is known much better than D0, within half a part of D0. Where the
    die's size is uncertain too, `sizes` are all values of the answer at sizes of equal probability.
    """
    d0, price = (figures.get(key) for key in UNCERTAIN)
    if sizes:
        return _over_sizes(stages, values, d0, price, sizes)
    cost_at = _cost_of_d0(stages, values)
    if price is None and d0 is None:
        raise ValueError("a band of exact figures")
    if price is None or not price.has_width:
        p10, p50, p90 = (values[ANSWER] if d0 is None else cost_at(d0.quantile(share)) for share in SHARES)
    elif d0 is None:
        scale = values[ANSWER] / price.value
        p10, p50, p90 = (scale * price.quantile(share) for share in SHARES)
    else:
        middles, weights = parts(d0.gaps())
        costs = [cost_at(d) / price.value for d in d0.quantiles(middles)]
        logs = [finite_log(x, log(x)) for x in costs]
        law = price.pieces()
        own = tuple(log(x) for x in price.quantiles(SHARES))
        p10, p50, p90 = (exp(x) for x in joint_logs(logs, weights, law, own))
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


def _cost_of_d0(stages: Iterable[Stage], values: Mapping[str, float]) -> Callable[[float], float]:
    """The good-die cost as a function of D0: the stages between the two, run again."""
    affected = behind(after(stages, (D0,)), (ANSWER,))
    fixed = {key: values[key] for key in needed(affected, (ANSWER,))}

    def cost(d0_per_cm2: float) -> float:
        return run(affected, {**fixed, D0: d0_per_cm2})[ANSWER]

    return cost
