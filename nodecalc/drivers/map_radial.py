"""Yields of a map whose defect density grows towards the edge: of each die, and over the dies that stand on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from nodecalc.errors import InputError
from nodecalc.question.ground import Layout
from nodecalc.question.inputs import Inputs
from nodecalc.question.radial import D0_IS, SHAPE, radial_of, told
from nodecalc_kernels.cost.size import usable_diameter
from nodecalc_kernels.defects.faults import total_yield
from nodecalc_kernels.defects.radial import Densities, densities
from nodecalc_kernels.defects.salvage import Sold
from nodecalc_kernels.placement.sites import SiteRow, centres
from nodecalc_kernels.radial_map import MeanYield, Spread
from nodecalc_kernels.registry import RADIAL_SHAPES, YIELD_MODELS
from nodecalc_kernels.stages import Stage

from .placing import Placed


class OnMap(NamedTuple):
    """The dies of a map, in the place of those that a placement sets out on a bare wafer."""

    found: Spread

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys of what `spread` takes: nothing."""
        return ()

    def spread(self, *given: float) -> Spread:
        """Return densities over D0, each with the share of the dies that have it."""
        return self.found


def densities_on(inputs: Inputs, layout: Layout, placed: Placed, rows: Sequence[SiteRow]) -> Densities | None:
    """Return the densities of the good dies of a map, row by row; None where they are all alike."""
    if radial_of(inputs.names) is None:
        return None
    if layout.panel is not None:
        raise InputError(f"--radial {inputs.names[SHAPE]} with --panel: a panel has no radius; leave one of them out")
    n, shape = inputs.numbers, inputs.names[SHAPE]
    found = densities(
        centres(rows, placed.die.p),
        n["die_width_mm"],
        n["die_height_mm"],
        usable_diameter(n["wafer_diameter_mm"], n["edge_exclusion_mm"]),
        shape,
        [n[key] for key in RADIAL_SHAPES[shape]],
        inputs.names[D0_IS],
    )
    if found.of or not centres(rows, placed.die.p):
        return found
    raise InputError(f"{told(inputs.names, n)}: a mean density that no number tells; give other parameters")


def stages_on(stages: Iterable[Stage], found: Densities) -> tuple[Stage, ...]:
    """Return `stages` with means over the dies of a map in the place of those over a bare wafer."""
    over = OnMap(tuple((g, dies / len(found.of)) for g, dies in sorted(found.relative.items())))
    made = []
    for step in stages:
        function: Any = step.function
        if isinstance(function, MeanYield | Sold) and function.over is not None:
            own = step.inputs[len(function.over.inputs) :]
            made.append(step._replace(function=cast("Any", function._replace(over=cast("Any", over))), inputs=own))
        else:
            made.append(step)
    return tuple(made)


def yields_on(inputs: Inputs, found: Densities, mean_faults: float, systematic_yield: float) -> list[float]:
    """Return the yield expected of each good die, row by row."""
    model = YIELD_MODELS[inputs.names["yield_model"]]
    own = [inputs.numbers[key] for key in model.parameters]
    of = {g: total_yield(model.yield_(mean_faults * g, *own), systematic_yield) for g in found.relative}
    return [of[g] for g in found.of]
