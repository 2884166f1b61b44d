"""P10, P50 and P90 on a grid: how far each lies from the cost itself, worked out once for what it depends on.

The cost is proportional to the wafer's price and to the dies that are not lost, so that the ratio of a quantile to it
depends on the figures of the node alone, and, where D0 is one of them, on what turns D0 into yield.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc_kernels.cost import scaled
from nodecalc_kernels.registry import YIELD_MODELS
from nodecalc_kernels.stages import plan, run

from ..band import OUTPUT, cost_band
from ..errors import InputError

if TYPE_CHECKING:
    from ..figures import UsedFigure
    from ..inputs import Inputs
    from .request import Request

MOST_POINTS: Final = 20_000
"""Combinations of die area, model and node for which a band is worked out; each takes about a millisecond."""

FACTORS: Final = ("factor_p10", "factor_p50", "factor_p90")
"""Keys of the ratios."""

DEPENDS: Final = ("die_area_mm2", "critical_area_fraction", "parameter")
"""What turns D0 into yield, beside the model."""


def band_steps() -> dict[str, tuple[Callable[..., float], tuple[str, ...]]]:
    """Return the steps from the cost and the ratios to the band."""
    keys = tuple(f"{OUTPUT}_{name.partition('_')[2]}" for name in FACTORS)
    return {key: (scaled, (OUTPUT, factor)) for key, factor in zip(keys, FACTORS, strict=True)}


class BandFactors(NamedTuple):
    """Everything that the ratios take: the uncertain figures and the models of each combination of names."""

    figures: Sequence[Mapping[str, UsedFigure]]
    models: Sequence[str]
    d0_varies: bool
    """Whether D0 is an uncertain figure anywhere, so that the ratios depend on the die."""

    @classmethod
    def of(cls, request: Request, resolved: Sequence[Inputs], name_axes: Sequence[int]) -> BandFactors:
        """Return what `resolved` says, without the figures that an axis has taken the place of."""
        taken = {axis.key for axis in request.axes}
        figures = [{k: f for k, f in inputs.figures.items() if k not in taken} for inputs in resolved]
        models = [inputs.names["yield_model"] for inputs in resolved]
        return cls(figures, models, any("d0_per_cm2" in known for known in figures))

    def at(self, combination: int, area: float, fraction: float, parameter: float) -> tuple[float, float, float]:
        """Return P10, P50 and P90 over the cost, for one combination of names and one die."""
        figures, model = self.figures[combination], self.models[combination]
        stages = plan(model, "best")[1:]  # dies per wafer cancel
        values = {
            "die_area_mm2": area,
            "critical_area_fraction": fraction,
            "systematic_yield": 1.0,
            "line_yield": 1.0,
            "gross_dies": 1.0,
            "d0_per_cm2": figures["d0_per_cm2"].value if "d0_per_cm2" in figures else 0.0,
            "wafer_price_usd": figures["wafer_price_usd"].value if "wafer_price_usd" in figures else 1.0,
        }
        for own in YIELD_MODELS[model].parameters:
            values[own] = parameter
        values = run(stages, values)
        p10, p50, p90 = (p / values[OUTPUT] for p in cost_band(stages, values, figures))
        return p10, p50, p90


def check_size(points: int) -> None:
    """Refuse bands over more dies than a plain calculation gets through."""
    if points > MOST_POINTS:
        raise InputError(
            f"output {OUTPUT}_p10: a band for {points:,} different dies, at most {MOST_POINTS:,}; give --d0, so that "
            "it does not depend on the die, or fewer sizes"
        )
