"""The calculation as one graph: the stages from a die and a wafer to what one good die costs."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .cost.die import QUOTED_PRICE, REVENUE, SALVAGED, STAGES, per_transistors
from .cost.size import SIZES, usable_diameter
from .defects.faults import FAULTS, total_yield
from .defects.yields import survival
from .placement.circle import whole_cell
from .registry import PLACEMENTS, YIELD_MODELS
from .stages import Stage, stage

EDGE_RULES: Final = ("finished-die", "whole-cell")
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

    """
    return (
        *((QUOTED_PRICE,) if quoted else ()),
        *SIZES[size],
        *_placement(placement, edge_rule),
        *_defects(yield_model),
        *STAGES,
        per_transistors("transistors" if counted else "peak_transistors"),
        *(() if salvage is None else _salvage(yield_model, salvage)),
    )


def _salvage(yield_model: str, bins: str) -> tuple[Stage, ...]:
    # Not at the head: most answers are about whole dies.
    from .defects.salvage import read_bins, salvage_stages

    rows = read_bins(bins)
    priced = bool(rows) and all(row.usd is not None for row in rows)
    sold_in = tuple((float(row.need), row.usd or 0.0) for row in rows)
    return (*salvage_stages(yield_model, sold_in), *SALVAGED, *((REVENUE,) if priced else ()))


@lru_cache(maxsize=64)
def _placement(placement: str, edge_rule: str) -> tuple[Stage, ...]:
    row = PLACEMENTS[placement]
    if edge_rule not in EDGE_RULES:
        raise KeyError(edge_rule)
    cell = edge_rule == "whole-cell"
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
def _defects(yield_model: str) -> tuple[Stage, ...]:
    model = YIELD_MODELS[yield_model]
    x = ("mean_faults", *model.parameters)
    if model.exponent is None:
        random: tuple[Stage, ...] = (Stage(("random_yield",), model.yield_, x, long=True),)
    else:
        parts = ("yield_exponent", "yield_exponent_low")
        random = (
            Stage(parts, model.exponent, x, long=True),
            Stage(("random_yield",), survival, parts),
        )
    own = "".join(f", {key} = {{{key}}}" for key in model.parameters)
    return (
        FAULTS,
        *random,
        stage(
            "die_yield",
            total_yield,
            formula=f"Y = Ys Yr, {model.key}: {model.formula}",
            put_in=f"x = {{mean_faults}}{own}, Ys = {{systematic_yield}}",
            long=True,
        ),
    )
