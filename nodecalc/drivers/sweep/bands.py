"""P10, P50 and P90 on a grid: how far each lies from the cost itself, worked out once for what it depends on.

The cost is proportional to the wafer's price and to the dies that are not lost, so that the ratio of a quantile to it
depends on the figures of the node alone, and, where D0 is one of them, on what turns D0 into yield.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.drivers.risk.band import cost_band
from nodecalc.errors import InputError
from nodecalc.question import radial
from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import ANSWER, D0, band_of
from nodecalc_kernels.graphs import die_graph
from nodecalc_kernels.stages import Stage, after, needed, run

if TYPE_CHECKING:
    from nodecalc.question.inputs import Inputs
    from nodecalc.question.ledger import UsedFigure

    from .evidence import Along
    from .request import Request

MOST_POINTS: Final = 20_000
"""Combinations of die area, model and node for which a band is worked out; each takes about a millisecond."""

FACTORS: Final = ("factor_p10", "factor_p50", "factor_p90")
"""Keys of the ratios."""


class BandFactors(NamedTuple):
    """Everything that the ratios take: the uncertain figures and the models of each combination of names."""

    figures: Sequence[Mapping[tuple[float, ...], Mapping[str, UsedFigure]]]
    """By the values of the axes that evidence is read along, one mapping for each combination of names."""
    along: tuple[str, ...]
    """Keys of those axes."""
    models: Sequence[str]

    @classmethod
    def of(cls, request: Request, resolved: Sequence[Inputs], along: Along) -> BandFactors:
        """Return what `resolved` says, without the figures that an axis has taken the place of."""
        if any(inputs.names.get(radial.SHAPE, radial.FLAT) != radial.FLAT for inputs in resolved):
            raise InputError(
                f"output {band_of(ANSWER)[0]} with --radial: bands of a sweep take a density that is the same all "
                "over; 'nodecalc die' and 'nodecalc risk' have those of others, leave one of them out"
            )
        taken = {axis.key for axis in request.axes}
        figures = [
            {at: _bare({**inputs.figures, **found}, taken) for at, found in table.items()}
            for inputs, table in zip(resolved, along.figures, strict=True)
        ]
        return cls(figures, along.keys, [inputs.names["yield_model"] for inputs in resolved])

    def factors_of(self, combination: int) -> tuple[Callable[..., Any], tuple[str, ...], tuple[str, ...]]:
        """Return the function to P10, P50 and P90 over the cost, for one combination of names, its inputs and results.

        Without an uncertain D0 there is nothing in the ratios that a die could change: then it takes nothing.
        """
        figures, model = self.figures[combination], self.models[combination]
        first = next(iter(figures.values()))
        if not any(key in first for key in UNCERTAIN):
            raise InputError(
                f"output {band_of(ANSWER)[0]}: no band where D0 and wafer price are given, as what is given is exact; "
                "leave it out"
            )
        changed = _changed(model)
        keys = sorted(needed(changed, ("random_yield",)) - {D0}) if D0 in first else []
        inputs = tuple(dict.fromkeys((*self.along, *keys)))
        return partial(_factors, figures, len(self.along), model, inputs), inputs, FACTORS


def _changed(model: str) -> tuple[Stage, ...]:
    """Return the stages from D0 to the cost; whatever else the cost depends on is in proportion to it, and cancels."""
    return after(die_graph(model, "best"), (D0,))


def _bare(figures: Mapping[str, UsedFigure], taken: Container[str]) -> dict[str, UsedFigure]:
    """Return figures as a plan carries them: without the evidence, which travels nowhere."""
    kept = {k: f for k, f in figures.items() if k not in taken}
    return {k: f._replace(figures=(), rivals=(), weighed=()) for k, f in kept.items()}


def _factors(
    table: Mapping[tuple[float, ...], Mapping[str, UsedFigure]],
    along: int,
    model: str,
    keys: tuple[str, ...],
    *given: float,
) -> tuple[float, ...]:
    """Return P10, P50 and P90 over the cost of a die; the first `along` of `given` say where evidence is read."""
    stages, figures = _changed(model), table[given[:along]]
    values = dict.fromkeys(needed(stages, (ANSWER,)), 1.0)
    values |= {key: figures[key].value for key in values if key in figures}
    values = run(stages, values | dict(zip(keys, given, strict=True)))
    return tuple(quantile / values[ANSWER] for quantile in cost_band(stages, values, figures))


def check_size(points: int) -> None:
    """Refuse bands over more dies than a plain calculation gets through."""
    if points > MOST_POINTS:
        raise InputError(
            f"output {band_of(ANSWER)[0]}: a band for {points:,} different dies, at most {MOST_POINTS:,}; give --d0, "
            "so that it does not depend on the die, or fewer sizes"
        )
