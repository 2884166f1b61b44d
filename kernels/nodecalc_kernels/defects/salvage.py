"""Salvage: the yield of dies that sell with some units switched off, and the bins that they sell in, as stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import ceil, fsum, isfinite, nan
from typing import Any, Final, NamedTuple, Protocol, cast

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
    """Return `bins` as one text; a plus sign stands between bins and nowhere else, not even in 1e+16."""
    return "+".join(f"{b.name}={b.need}" + ("" if b.usd is None else f":{b.usd!r}".replace("+", "")) for b in bins)


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


class Over(Protocol):
    """Dies of a wafer whose defect densities differ."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys of what `spread` takes."""

    def spread(self, *given: float) -> tuple[tuple[float, float], ...]:
        """Return densities over D0, each with the share of the dies that have it."""


class Sold(NamedTuple):
    """The random yield of dies that can be sold, as the function of a stage.

    With bins it gives beside it what a die earns on the average, USD, scrap included.
    """

    model: str
    bins: tuple[tuple[float, float], ...] = ()
    """Units that each bin asks for, falling, and its price in USD; empty where there is one need, an input."""
    over: Over | None = None
    """The dies to take the mean over, where they are not alike; what that takes comes first among the inputs."""

    @property
    def places(self) -> int:
        """How many inputs say where the dies are."""
        return 0 if self.over is None else len(self.over.inputs)

    def __call__(self, *given: float) -> float | tuple[float, float]:
        """Return the share, and with bins the earnings, of inputs in the order of `Stage.inputs`."""
        where, own = given[: self.places], given[self.places :]
        if self.bins:
            shares = [self._mean(where, need, own) for need, _ in self.bins]
            return shares[-1], fsum(step * share for step, share in zip(self.steps, shares, strict=True))
        return self._mean(where, own[0], own[1:])

    def _mean(self, where: tuple[float, ...], units_needed: float, own: tuple[float, ...]) -> float:
        if self.over is None:
            return self.share(units_needed, *own)
        total, group, cores, faults, *alpha = own
        return fsum(
            part * self.share(units_needed, total, group, cores, faults * g, *alpha)
            for g, part in self.over.spread(*where)
        )

    def share(
        self,
        units_needed: float,
        units_total: float,
        unit_group: float,
        core_fraction: float,
        mean_faults: float,
        alpha: float = 2.0,
    ) -> float:
        """Return the share of dies with enough good units and nothing else bad, all alike; nan outside the domain."""
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
        where = () if self.over is None else self.over.inputs
        return (*where, *UNIT_KEYS, "systematic_yield", *YIELD_MODELS[self.model].parameters)

    def probabilities(self, *given: float) -> tuple[float, ...]:
        """Return the probability of each bin and last that of scrap, systematic losses among it; they sum to 1."""
        where, (total, group, cores, faults, systematic, *alpha) = given[: self.places], given[self.places :]
        spread = ((1.0, 1.0),) if self.over is None else self.over.spread(*where)
        each = [self._bins(total, group, cores, faults * g, *alpha) for g, _ in spread]
        if not 0.0 <= systematic <= 1.0:
            return (nan,) * (len(self.bins) + 1)
        kept = [fsum(p * part for p, (_, part) in zip(ps, spread, strict=True)) for ps in zip(*each, strict=True)]
        if self.over is not None:  # a mean's roundings are scrap's
            kept[-1] = 1.0 - fsum(kept[:-1])
        return with_losses(kept, systematic)

    def _bins(
        self, units_total: float, unit_group: float, core_fraction: float, mean_faults: float, alpha: float = 2.0
    ) -> tuple[float, ...]:
        groups = groups_of(units_total, unit_group, core_fraction, mean_faults)
        if groups is None:
            return (nan,) * (len(self.bins) + 1)
        needs = [groups_needed(need, unit_group) for need, _ in self.bins]
        return bins_of(needs, *groups, self.model, alpha)


def with_losses(found: Sequence[float], systematic_yield: float) -> tuple[float, ...]:
    """Return probabilities of bins and, last, of scrap, which takes the systematic losses; their sum stays 1."""
    if systematic_yield == 1.0:
        return tuple(found)
    kept = [p * systematic_yield for p in found[:-1]]
    return (*kept, 1.0 - fsum(kept))


@lru_cache(maxsize=64)
def salvage_stages(
    yield_model: str, bins: tuple[tuple[float, float], ...] = (), over: Over | None = None
) -> tuple[Stage, ...]:
    """Return the stages from faults and units to the yield of dies that sell with some units bad.

    Args:
        yield_model: a key of `harvest.MIXTURES`.
        bins: as for `Sold`; without them dies with `units_needed` sell.
        over: the dies to take the mean over, where they are not alike.

    """
    own = YIELD_MODELS[yield_model].parameters
    sold = Sold(yield_model, bins, over)
    put_in = "of {units_total} units, {unit_group} lost at a time, on {core_fraction} of the die, x = {mean_faults}"
    put_in += "".join(f", {key} = {{{key}}}" for key in own)
    need = f"{bins[-1][0]:g}" if bins else "{units_needed}"
    formula = f"P = E[exp(-u L) P(Binomial(n, exp(-m L)) >= k)], {yield_model}"
    formula += "" if over is None else ", mean over the dies of the map"
    where = () if over is None else over.inputs
    inputs = (*where, *(() if bins else ("units_needed",)), *UNIT_KEYS, *own)
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
