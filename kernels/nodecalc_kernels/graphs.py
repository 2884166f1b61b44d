"""The calculation as one graph: the stages from a die and a wafer to what one good die costs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from .cost.die import QUOTED_PRICE, REVENUE, SALVAGED, STAGES, STARTED, per_transistors
from .cost.memory import BITS
from .cost.size import SIZES, usable_diameter
from .defects.faults import FAULTS, total_yield
from .placement.circle import whole_cell
from .registry import PLACEMENTS, YIELD_MODELS
from .stages import Stage, stage
from .wafer.carbon import CARBON, OF_DIE

if TYPE_CHECKING:
    from collections.abc import Callable

    from .radial_map import RadialMap

WHOLE_CELL: Final = "whole-cell"
EDGE_RULES: Final = ("finished-die", WHOLE_CELL)
"""What must lie inside the usable circle: the finished die, or its whole pitch cell (die and street)."""


@lru_cache(maxsize=256)
def die_graph(
    yield_model: str,
    placement: str,
    edge_rule: str = "finished-die",
    size: str = "sides",
    *,
    counted: bool = False,
    quoted: bool = False,
    salvage: str | None = None,
    radial: tuple[str, str] | None = None,
) -> tuple[Stage, ...]:
    """Return the stages from a die, a process and a wafer's price to the cost of a good die, in the order they run.

    Args:
        yield_model: key of `YIELD_MODELS`.
        placement: key of `PLACEMENTS`.
        edge_rule: one of `EDGE_RULES`.
        size: key of `SIZES`: how the die is given.
        counted: the die's transistors are known, and its cost is set against those, not against what its area could
            hold.
        quoted: the wafer's price was stated for a wafer of some diameter, and this one may have another.
        salvage: None where dies sell whole; "" where a number of good units is enough; else the bins that they are
            sold in, as `read_bins` takes them.
        radial: how the defect density runs from the centre to the edge, and what D0 is of, keys of
            `RADIAL_SHAPES` and one of `D0_MEANINGS`; None where it is the same all over the wafer.

    """
    over = None if radial is None else _over(placement, edge_rule, radial)
    return (
        *((QUOTED_PRICE,) if quoted else ()),
        *SIZES[size],
        *_placement(placement, edge_rule),
        *_defects(yield_model, over),
        *STAGES,
        per_transistors("transistors" if counted else "peak_transistors"),
        *BITS,
        *CARBON,
        STARTED[-1],
        *OF_DIE,
        *(() if salvage is None else _salvage(yield_model, salvage, over)),
    )


def _over(placement: str, edge_rule: str, radial: tuple[str, str]) -> RadialMap:
    # Not at the head: most wafers are taken to be alike all over.
    from .radial_map import RadialMap

    return RadialMap(placement, edge_rule == WHOLE_CELL, *radial)


def _salvage(yield_model: str, bins: str, over: RadialMap | None) -> tuple[Stage, ...]:
    # Not at the head: most answers are about whole dies.
    from .defects.salvage import read_bins, salvage_stages

    rows = read_bins(bins)
    priced = bool(rows) and all(row.usd is not None for row in rows)
    sold_in = tuple((float(row.need), row.usd or 0.0) for row in rows)
    return (*salvage_stages(yield_model, sold_in, over), *SALVAGED, *((REVENUE,) if priced else ()))


@lru_cache(maxsize=64)
def _placement(placement: str, edge_rule: str) -> tuple[Stage, ...]:
    row = PLACEMENTS[placement]
    if edge_rule not in EDGE_RULES:
        raise KeyError(edge_rule)
    cell = edge_rule == WHOLE_CELL
    sizes = ("die_width_mm", "die_height_mm", "scribe_mm")
    cells = ("cell_width_mm", "cell_height_mm", "cell_street_mm")
    where = "die {die_width_mm} x {die_height_mm} mm, street {scribe_mm} mm, wafer {wafer_diameter_mm} mm, "
    return (
        stage("usable_diameter_mm", usable_diameter, formula="d = D - 2 e"),
        *((Stage(cells, whole_cell, sizes),) if cell else ()),
        Stage(
            ("gross_dies",),
            row.function,
            (*(cells if cell else sizes), "usable_diameter_mm"),
            f"{row.key}: {row.formula}",
            f"{where}edge {{edge_exclusion_mm}} mm, {edge_rule} inside",
            long=not row.exact,
            once=row.exact,
        ),
    )


@lru_cache(maxsize=64)
def _defects(yield_model: str, over: RadialMap | None) -> tuple[Stage, ...]:
    model = YIELD_MODELS[yield_model]
    x = ("mean_faults", *model.parameters)
    if over is not None:
        random = _over_the_map(yield_model, over)
    else:
        random = (Stage(("random_yield",), model.yield_, x, long=True, within=(0.0, 1.0), halves=model.halves),)
    own = "".join(f", {key} = {{{key}}}" for key in model.parameters)
    formula, put_in = f"Y = Ys Yr, {model.key}: {model.formula}", f"x = {{mean_faults}}{own}, Ys = {{systematic_yield}}"
    return (
        FAULTS,
        *random,
        stage(
            "die_yield",
            total_yield,
            formula=formula if over is None else "Y = Ys Yr",
            put_in=put_in if over is None else "{systematic_yield} x {random_yield}",
            long=True,
        ),
    )


def _over_the_map(yield_model: str, over: RadialMap) -> tuple[Stage, ...]:
    from .radial_map import MeanYield

    mean = MeanYield(over, yield_model)
    runs = {"flat": "g = 1", "step": "g = 1 up to {radial_start} R, {radial_factor} beyond"}
    runs["power"] = "g = 1 + {radial_rise} (r/R)^{radial_exponent}"
    return (
        Stage(
            ("random_yield",),
            cast("Callable[..., float]", mean),
            mean.inputs,
            f"Yr = mean over the dies of Y(x g_i/n), {yield_model}",
            f"x = {{mean_faults}}, {runs[over.shape]}, D0 is {over.d0_is}",
            once=True,
        ),
    )
