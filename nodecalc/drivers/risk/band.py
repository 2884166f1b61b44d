"""How sure an answer is: the evidence for D0 and price carried through the same stages to P10, P50 and P90."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import ANSWER, D0
from nodecalc.question.ledger import UsedFigure
from nodecalc_kernels.numbers.tabled import SAMPLES
from nodecalc_kernels.numbers.tabled import quantile_of as quantile
from nodecalc_kernels.stages import Stage, after, behind, needed, run

__all__ = ["SHARES", "cost_band", "quantile"]

SHARES: Final = (0.1, 0.5, 0.9)


def cost_band(
    stages: Iterable[Stage], values: Mapping[str, float], figures: Mapping[str, UsedFigure]
) -> tuple[float, float, float]:
    """Return P10, P50 and P90 of the good-die cost, in USD, over the distributions of `figures`.

    D0 and price are independent; inputs that the user gave are exact. No random numbers: the cost is proportional to
    the wafer price and rises with D0, so that it is a product of two distributions, each of which enters as the medians
    of SAMPLES parts of equal probability; the quantiles are then within 0.3 % of their limit, which a test holds.
    """
    d0, price = (figures.get(key) for key in UNCERTAIN)
    cost_at = _cost_of_d0(stages, values)
    if price is None and d0 is None:
        raise ValueError("a band of exact figures")
    if price is None:
        assert d0 is not None
        p10, p50, p90 = (cost_at(d0.quantile(share)) for share in SHARES)
    elif d0 is None:
        scale = values[ANSWER] / price.value
        p10, p50, p90 = (scale * price.quantile(share) for share in SHARES)
    else:
        shares = [(i + 0.5) / SAMPLES for i in range(SAMPLES)]
        factors = [price.quantile(share) / price.value for share in shares]
        ordered = sorted(
            cost * factor for cost in [cost_at(d0.quantile(share)) for share in shares] for factor in factors
        )
        p10, p50, p90 = (quantile(ordered, share) for share in SHARES)
    return p10, p50, p90


def _cost_of_d0(stages: Iterable[Stage], values: Mapping[str, float]) -> Callable[[float], float]:
    """The good-die cost as a function of D0: the stages between the two, run again."""
    affected = behind(after(stages, (D0,)), (ANSWER,))
    fixed = {key: values[key] for key in needed(affected, (ANSWER,))}

    def cost(d0_per_cm2: float) -> float:
        return run(affected, {**fixed, D0: d0_per_cm2})[ANSWER]

    return cost
