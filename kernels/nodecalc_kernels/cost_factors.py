"""How far P10, P50 and P90 of a good die's cost lie from the cost itself, as the function of a stage.

The cost is in proportion to the wafer's price and to the dies that are not lost, so that these ratios depend on the
laws of D0 and price and on what turns D0 into yield, and on nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import exp, inf, log, nan
from typing import Final, NamedTuple

from .numbers.joint import Pieces, finite_log, joint_logs
from .stages import Stage, after, needed, run

D0: Final = "d0_per_cm2"
COST: Final = "good_die_cost_usd"


class Laws(NamedTuple):
    """What is known of D0 and price: one table for all dies that share them."""

    d0: tuple[float, ...] = ()
    """D0 in the middle of each part, then its value; at P10, P50 and P90 and its value where the price is exact; none
    where D0 itself is."""
    weights: tuple[float, ...] = ()
    """Of the parts."""
    price: Pieces | None = None
    """Law of the price over its value, None where it is exact."""
    own: tuple[float, ...] = ()
    """ln P10, P50 and P90 of the price over its value."""


class CostFactors:
    """P10, P50 and P90 of the cost over the cost, for any die."""

    def __init__(
        self, stages: tuple[Stage, ...], along: tuple[str, ...], laws: Mapping[tuple[float, ...], Laws]
    ) -> None:
        """Take a die's stages and the laws, by the values of the keys `along`."""
        self.along, self.laws = along, laws
        self.moved = after(stages, (D0,)) if next(iter(laws.values())).d0 else ()
        random = needed(self.moved, ("random_yield",)) - {D0} if self.moved else set()
        self.keys = tuple(sorted(random))
        """What changes the yield of a die."""
        self.others = dict.fromkeys(needed(self.moved, (COST,)) - random - {D0}, 1.0) if self.moved else {}
        """What else the cost takes; it cancels."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys of what it takes, in its order: where the laws are read, then what changes the yield."""
        return (*self.along, *self.keys)

    def __eq__(self, other: object) -> bool:
        """Whether it gives the same ratios."""
        return isinstance(other, CostFactors) and self._told() == other._told()

    def __hash__(self) -> int:
        """Return what tells it from others."""
        return hash((self.moved, self.along, len(self.laws)))

    def _told(self) -> tuple[object, ...]:
        return self.moved, self.along, self.laws

    def __call__(self, *given: float) -> tuple[float, ...]:
        """Return the three ratios for one die; nan where it has no cost."""
        count = len(self.along)
        laws = self.laws[given[:count]]
        fixed = {**self.others, **dict(zip(self.keys, given[count:], strict=True))}
        costs = [run(self.moved, {**fixed, D0: d0})[COST] for d0 in laws.d0]
        return ratios(costs, laws)


def ratios(costs: Collection[float], laws: Laws) -> tuple[float, ...]:
    """Return the three ratios from the costs at each D0 of `laws`."""
    if not costs:
        return tuple(exp(x) for x in laws.own)
    *several, centre = costs
    if not 0.0 < centre < inf or any(not x > 0.0 for x in several):
        return nan, nan, nan
    if laws.price is None:
        return tuple(x / centre for x in several)
    logs = [finite_log(x, log(x / centre)) for x in several]
    found = joint_logs(logs, laws.weights, laws.price, laws.own)
    return tuple(e_to(x) for x in found)


def e_to(x: float) -> float:
    """Return e^x, inf where it is no double."""
    return exp(x) if x < 709.0 else inf
