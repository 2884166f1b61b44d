"""The stages that every driver runs: placement, defects, cost. Each takes a few quantities and gives one.

A stage names, by vocabulary key, what it depends on and what it gives, so that a driver can run it once for all
points that share its inputs. A stage never knows its driver; a driver never holds a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import nan
from typing import Final, NamedTuple

from .cost import cost_per_die, die_area_for, good_dies, peak_transistors, usd_per_billion_transistors
from .die_size import die_height, die_width, rectangle_area
from .placement import whole_cell
from .registry import PLACEMENTS, YIELD_MODELS
from .vecmath import least

MM2_PER_CM2: Final = 100.0

EDGE_RULES: Final = ("finished-die", "whole-cell")
"""What must lie inside the usable circle: the finished die, or its whole pitch cell (die and street)."""


class Stage(NamedTuple):
    """One step of the calculation: `function(*inputs)` gives `output`; all are vocabulary keys."""

    output: str
    function: Callable[..., float]
    inputs: tuple[str, ...]


def mean_faults(die_area_mm2: float, critical_area_fraction: float, d0_per_cm2: float) -> float:
    """Return the mean number of fatal defects on a die, x = A f D (dimensionless).

    Args:
        die_area_mm2: A, die area without scribe, mm2, >= 0.
        critical_area_fraction: f, share of the die that a defect can kill, 0..1.
        d0_per_cm2: D, fatal defects per cm2 of the whole process (Bose-Einstein: of one critical layer), >= 0.

    >>> mean_faults(100.0, 1.0, 0.1)
    0.1

    """
    inside = least(die_area_mm2, d0_per_cm2) >= 0.0 and 0.0 <= critical_area_fraction <= 1.0
    return die_area_mm2 / MM2_PER_CM2 * critical_area_fraction * d0_per_cm2 if inside else nan


def total_yield(random_yield: float, systematic_yield: float) -> float:
    """Return the die yield Y = Ys Yr: random defects times the losses that area does not explain."""
    inside = random_yield >= 0.0 and 0.0 <= systematic_yield <= 1.0
    return random_yield * systematic_yield if inside else nan


def usable_diameter(wafer_diameter_mm: float, edge_exclusion_mm: float) -> float:
    """Return the diameter of the circle that holds good dies, d = D - 2 e, mm; nan where nothing is left."""
    usable = wafer_diameter_mm - 2.0 * edge_exclusion_mm
    return usable if edge_exclusion_mm >= 0.0 and usable > 0.0 else nan


def placement_stage(placement: str, edge_rule: str = "finished-die") -> Stage:
    """Return the stage that counts dies on a wafer by `placement`, a key of `PLACEMENTS`."""
    count = PLACEMENTS[placement].function
    if edge_rule not in EDGE_RULES:
        raise KeyError(edge_rule)
    cell = edge_rule == "whole-cell"

    def place(
        die_width_mm: float,
        die_height_mm: float,
        scribe_mm: float,
        edge_exclusion_mm: float,
        wafer_diameter_mm: float,
    ) -> float:
        diameter = usable_diameter(wafer_diameter_mm, edge_exclusion_mm)
        width, height, scribe = (
            whole_cell(die_width_mm, die_height_mm, scribe_mm) if cell else (die_width_mm, die_height_mm, scribe_mm)
        )
        return count(width, height, scribe, diameter)

    return Stage(
        "gross_dies",
        place,
        ("die_width_mm", "die_height_mm", "scribe_mm", "edge_exclusion_mm", "wafer_diameter_mm"),
    )


def defects_stages(yield_model: str) -> tuple[Stage, Stage]:
    """Return the stages from defect density to faults, and from those to die yield by a key of `YIELD_MODELS`."""
    model = YIELD_MODELS[yield_model]
    random_yield = model.yield_

    def survive(x: float, systematic_yield: float, *parameters: float) -> float:
        return total_yield(random_yield(x, *parameters), systematic_yield)

    return (
        Stage("mean_faults", mean_faults, ("die_area_mm2", "critical_area_fraction", "d0_per_cm2")),
        Stage("die_yield", survive, ("mean_faults", "systematic_yield", *model.parameters)),
    )


def cost_stages() -> tuple[Stage, ...]:
    """Return the stages that divide the wafer's price over its dies, and set the cost against their transistors."""
    return (
        Stage("good_dies", good_dies, ("gross_dies", "die_yield")),
        Stage("die_cost_usd", cost_per_die, ("wafer_price_usd", "line_yield", "gross_dies")),
        Stage("good_die_cost_usd", cost_per_die, ("wafer_price_usd", "line_yield", "good_dies")),
        Stage("peak_transistors", peak_transistors, ("logic_density_mtr_per_mm2", "die_area_mm2")),
        Stage(
            "usd_per_billion_transistors",
            usd_per_billion_transistors,
            ("good_die_cost_usd", "peak_transistors"),
        ),
    )


SIZE_FROM_SIDES: Final = (Stage("die_area_mm2", rectangle_area, ("die_width_mm", "die_height_mm")),)
SIZE_FROM_AREA: Final = (
    Stage("die_width_mm", die_width, ("die_area_mm2", "aspect_ratio")),
    Stage("die_height_mm", die_height, ("die_area_mm2", "aspect_ratio")),
)
SIZE_FROM_TRANSISTORS: Final = (
    Stage("die_area_mm2", die_area_for, ("transistors", "logic_density_mtr_per_mm2", "density_utilisation")),
    *SIZE_FROM_AREA,
)
"""What comes before `plan` for a driver whose die itself varies: each way to give a die, brought to sides and area."""


def plan(yield_model: str, placement: str, edge_rule: str = "finished-die") -> tuple[Stage, ...]:
    """Return the stages from inputs to answer, in the order they run."""
    return (placement_stage(placement, edge_rule), *defects_stages(yield_model), *cost_stages())


OUTPUTS: Final = (
    "gross_dies",
    "mean_faults",
    "die_yield",
    "good_dies",
    "die_cost_usd",
    "good_die_cost_usd",
    "peak_transistors",
    "usd_per_billion_transistors",
)
"""What the stages give, in the order in which they give it."""

SIZES: Final = frozenset({"die_width_mm", "die_height_mm", "die_area_mm2"})
"""The die itself, which can be given in several ways."""


def needed(stages: Iterable[Stage], outputs: Iterable[str]) -> set[str]:
    """Return the keys that `stages` must be given to work out `outputs`, and no others."""
    wanted = set(outputs)
    for stage in reversed(list(stages)):
        if stage.output in wanted:
            wanted = wanted.difference({stage.output}).union(stage.inputs)
    return wanted


def run(stages: Iterable[Stage], values: Mapping[str, float]) -> dict[str, float]:
    """Run `stages` on `values` (vocabulary key -> number) and return `values` with every output added.

    A stage whose inputs are not all there is passed over, and with it whatever needs its outputs: a memory node
    has no logic density, and still has a cost.
    """
    known = dict(values)
    for stage in stages:
        if all(key in known for key in stage.inputs):
            known[stage.output] = stage.function(*(known[key] for key in stage.inputs))
    return known
