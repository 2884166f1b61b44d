"""P10, P50 and P90 on a grid: how far each lies from the cost itself, worked out once for what it depends on.

The cost is proportional to the wafer's price and to the dies that are not lost, so that the ratio of a quantile to it
depends on the figures of the node alone, and, where D0 is one of them, on what turns D0 into yield.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from math import log
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import ANSWER, D0, PRICE, SIDES, band_of, stages_of
from nodecalc_kernels.cost.die import scaled
from nodecalc_kernels.cost_factors import CostFactors, Laws
from nodecalc_kernels.numbers.joint import SHARES, parts
from nodecalc_kernels.stages import Stage, stage

from .request import BANDS

if TYPE_CHECKING:
    from nodecalc.question.inputs import Inputs
    from nodecalc.question.ledger import UsedFigure

    from .evidence import Along
    from .request import Request

FACTORS: Final = ("factor_p10", "factor_p50", "factor_p90")
"""Keys of the ratios."""

Figures = Mapping[str, "UsedFigure"]


class BandFactors(NamedTuple):
    """Everything that the ratios take: the uncertain figures and the stages of each combination of names."""

    figures: Sequence[Mapping[tuple[float, ...], Figures]]
    """By the values of the keys `along`, one mapping for each combination of names."""
    along: tuple[str, ...]
    """Keys that change the figures: the axes that evidence is read along, and the exposures that a wafer is priced
    with."""
    names: Sequence[Mapping[str, str]]
    """Those that say which stages they are."""

    @classmethod
    def of(cls, request: Request, resolved: Sequence[Inputs], along: Along) -> BandFactors:
        """Return what `resolved` says, without the figures that an axis has taken the place of."""
        taken = {axis.key for axis in request.axes}
        figures = [
            {at: _bare({**inputs.figures, **found}, taken) for at, found in table.items()}
            for inputs, table in zip(resolved, along.figures, strict=True)
        ]
        for table in figures:
            if not any(key in next(iter(table.values())) for key in UNCERTAIN):
                raise InputError(
                    f"output {band_of(ANSWER)[0]}: no band where D0 and wafer price are given, as what is given is "
                    "exact; leave it out"
                )
        return cls(figures, along.keys, [inputs.names for inputs in resolved])

    def priced(self, key: str, prices: Sequence[Mapping[float, UsedFigure]]) -> BandFactors:
        """Return it with the wafer's price by the values of `key`, one mapping for each combination of names."""
        figures = [
            {
                (*at, value): {**found, **_bare({PRICE: price})}
                for at, found in table.items()
                for value, price in by_value.items()
            }
            for table, by_value in zip(self.figures, prices, strict=True)
        ]
        return self._replace(figures=figures, along=(*self.along, key))

    def stages(self, combination: int) -> tuple[Stage, ...]:
        """Return the stages of P10, P50 and P90 from the cost and the ratios of a die, for one combination of names."""
        laws = {at: _laws(figures) for at, figures in self.figures[combination].items()}
        factors = CostFactors(stages_of(self.names[combination], SIDES), self.along, laws)
        return (
            Stage(FACTORS, factors, factors.inputs, once=True),
            *(stage(band, scaled, cost_usd=ANSWER, factor=key) for band, key in zip(BANDS, FACTORS, strict=True)),
        )


def _bare(figures: Figures, taken: Container[str] = ()) -> dict[str, UsedFigure]:
    """Return figures as a plan carries them: without the evidence, which travels nowhere."""
    kept = {k: f for k, f in figures.items() if k not in taken}
    return {k: f._replace(figures=(), rivals=(), weighed=()) for k, f in kept.items()}


def _laws(figures: Figures) -> Laws:
    """Return the laws of D0 and price as the ratios take them."""
    d0, price = (figures.get(key) for key in (D0, PRICE))
    if price is None or not price.has_width:
        if d0 is None:
            return Laws(own=(0.0, 0.0, 0.0))
        return Laws((*(d0.quantile(share) for share in SHARES), d0.value))
    value = log(price.value)
    own = tuple(log(price.quantile(share)) - value for share in SHARES)
    if d0 is None:
        return Laws(own=own)
    middles, weights = parts(d0.gaps())
    return Laws((*d0.quantiles(middles), d0.value), weights, price.pieces().over(value), own)
