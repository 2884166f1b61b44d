"""Salvage: the yield of dies that sell with some units switched off, and the bins that they sell in, as stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import ceil, fsum, isfinite, nan
from typing import Any, Final, NamedTuple, cast

from nodecalc_kernels.registry import YIELD_MODELS
from nodecalc_kernels.stages import Stage, stage

from .bins import bins as bins_of
from .faults import total_yield
from .harvest import harvest

ALMOST_WHOLE: Final = 1e-9
"""Of a group of units: a quotient of floats that close to a whole number is one."""

UNIT_KEYS: Final = ("units_total", "unit_group", "core_fraction", "mean_faults")
"""What every stage of salvage starts from, beside the units that are asked for and the model's own parameter."""


class Bin(NamedTuple):
    """What dies are sold as that have enough good units."""

    name: str
    need: int
    """Units that must be good."""
    usd: float | None
    """Price of one die; None where it does not matter."""


def read_bins(text: str) -> tuple[Bin, ...]:
    """Return the bins that `text` names, as `write_bins` writes them; none where it is empty.

    >>> read_bins("full=144:40000+cut=132")
    (Bin(name='full', need=144, usd=40000.0), Bin(name='cut', need=132, usd=None))

    """
    found = []
    for part in text.split("+") if text else ():
        name, _, rest = part.partition("=")
        need, _, usd = rest.partition(":")
        found.append(Bin(name, int(need), float(usd) if usd else None))
    return tuple(found)


def write_bins(bins: Sequence[Bin]) -> str:
    """Return `bins` as one text."""
    return "+".join(f"{b.name}={b.need}" + ("" if b.usd is None else f":{b.usd!r}") for b in bins)


class Groups(NamedTuple):
    """Units as they are lost: all of a group are switched off together."""

    total: int
    core_faults: float
    """Mean faults of one group."""
    rest_faults: float


def groups_of(units_total: float, unit_group: float, core_fraction: float, mean_faults: float) -> Groups | None:
    """Return a die's groups of units; None outside the domain.

    Args:
        units_total: units on the die, >= 1, a multiple of `unit_group`.
        unit_group: units that are switched off together, >= 1.
        core_fraction: share of the die's faults that hit units, 0..1.
        mean_faults: mean faults of the whole die, >= 0.

    """
    inside = unit_group >= 1.0 and units_total >= unit_group and isfinite(units_total)
    if not inside or not (0.0 <= core_fraction <= 1.0 and mean_faults >= 0.0):
        return None
    count = units_total / unit_group
    total = round(count)
    if abs(count - total) > ALMOST_WHOLE:
        return None
    return Groups(total, mean_faults * core_fraction / total, mean_faults * (1.0 - core_fraction))


def groups_needed(units_needed: float, unit_group: float) -> int:
    """Return how many groups hold `units_needed`; -1, which no die has, where that is no number from 0 on.

    >>> groups_needed(132, 2), groups_needed(131, 2)
    (66, 66)

    """
    inside = units_needed >= 0.0 and unit_group >= 1.0 and isfinite(units_needed)
    return ceil(units_needed / unit_group - ALMOST_WHOLE) if inside else -1


class Sold(NamedTuple):
    """The random yield of dies that can be sold, as the function of a stage.

    With bins it gives beside it what a die earns on the average, USD, scrap included.
    """

    model: str
    bins: tuple[tuple[float, float], ...] = ()
    """Units that each bin asks for, falling, and its price in USD; empty where there is one need, an input."""

    def __call__(self, *given: float) -> float | tuple[float, float]:
        """Return the share, and with bins the earnings, of inputs in the order of `Stage.inputs`."""
        if self.bins:
            shares = [self.share(need, *given) for need, _ in self.bins]
            return shares[-1], fsum(step * share for step, share in zip(self.steps, shares, strict=True))
        return self.share(*given)

    def share(
        self,
        units_needed: float,
        units_total: float,
        unit_group: float,
        core_fraction: float,
        mean_faults: float,
        alpha: float = 2.0,
    ) -> float:
        """Return the share of dies with enough good units and nothing else bad; nan outside the domain."""
        groups = groups_of(units_total, unit_group, core_fraction, mean_faults)
        need = groups_needed(units_needed, unit_group)
        return nan if groups is None else harvest(need, *groups, self.model, alpha)

    @property
    def steps(self) -> tuple[float, ...]:
        """What a die earns more in each bin than in the next lower one: of all that reach it."""
        prices = [usd for _, usd in self.bins]
        return tuple(usd - lower for usd, lower in zip(prices, (*prices[1:], 0.0), strict=True))

    @property
    def given(self) -> tuple[str, ...]:
        """Keys of what `probabilities` takes, in its order."""
        return (*UNIT_KEYS, "systematic_yield", *YIELD_MODELS[self.model].parameters)

    def probabilities(
        self,
        units_total: float,
        unit_group: float,
        core_fraction: float,
        mean_faults: float,
        systematic_yield: float,
        alpha: float = 2.0,
    ) -> tuple[float, ...]:
        """Return the probability of each bin and last that of scrap, systematic losses among it; they sum to 1."""
        groups = groups_of(units_total, unit_group, core_fraction, mean_faults)
        if groups is None or not 0.0 <= systematic_yield <= 1.0:
            return (nan,) * (len(self.bins) + 1)
        needs = [groups_needed(need, unit_group) for need, _ in self.bins]
        return with_losses(bins_of(needs, *groups, self.model, alpha), systematic_yield)


def with_losses(found: Sequence[float], systematic_yield: float) -> tuple[float, ...]:
    """Return probabilities of bins and, last, of scrap, which takes the systematic losses; their sum stays 1."""
    if systematic_yield == 1.0:
        return tuple(found)
    kept = [p * systematic_yield for p in found[:-1]]
    return (*kept, 1.0 - fsum(kept))


@lru_cache(maxsize=64)
def salvage_stages(yield_model: str, bins: tuple[tuple[float, float], ...] = ()) -> tuple[Stage, ...]:
    """Return the stages from faults and units to the yield of dies that sell with some units bad.

    Args:
        yield_model: a key of `harvest.MIXTURES`.
        bins: as for `Sold`; without them dies with `units_needed` sell.

    """
    own = YIELD_MODELS[yield_model].parameters
    sold = Sold(yield_model, bins)
    put_in = "of {units_total} units, {unit_group} lost at a time, on {core_fraction} of the die, x = {mean_faults}"
    put_in += "".join(f", {key} = {{{key}}}" for key in own)
    need = f"{bins[-1][0]:g}" if bins else "{units_needed}"
    formula = f"P = E[exp(-u L) P(Binomial(n, exp(-m L)) >= k)], {yield_model}"
    inputs = (*(() if bins else ("units_needed",)), *UNIT_KEYS, *own)
    outputs = ("sellable_share", *(("revenue_per_die_usd",) if bins else ()))
    return (
        Stage(outputs, cast("Callable[..., Any]", sold), inputs, formula, f"{need} {put_in}", once=True),
        stage(
            "sellable_yield",
            total_yield,
            formula="Y_s = Ys P",
            put_in="{systematic_yield} x {sellable_share}",
            random_yield="sellable_share",
        ),
    )
