"""The calculation as one graph: the stages from a die and a wafer to what one good die costs."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .cost.die import (
    cost_per_die,
    die_area_for,
    good_dies,
    peak_transistors,
    price_on_diameter,
    usd_per_billion_transistors,
)
from .cost.size import die_height, die_width, field_height, field_width, rectangle_area, usable_diameter
from .defects.faults import mean_faults, total_yield
from .defects.yields import survival
from .placement.circle import whole_cell
from .registry import PLACEMENTS, YIELD_MODELS
from .stages import Stage, stage

EDGE_RULES: Final = ("finished-die", "whole-cell")
"""What must lie inside the usable circle: the finished die, or its whole pitch cell (die and street)."""

_IN_FIELD: Final = (
    stage("die_width_mm", field_width, formula="w = sqrt(A), or as the field holds it", put_in="of {die_area_mm2} mm2"),
    stage("die_height_mm", field_height, formula="h = A / w", put_in="{die_area_mm2} mm2 / {die_width_mm} mm"),
)
_BY_ASPECT: Final = (
    stage("die_width_mm", die_width, formula="w = sqrt(A r)", put_in="sqrt({die_area_mm2} mm2 x {aspect_ratio})"),
    stage("die_height_mm", die_height, formula="h = sqrt(A / r)", put_in="sqrt({die_area_mm2} mm2 / {aspect_ratio})"),
)

_FOR_TRANSISTORS: Final = stage(
    "die_area_mm2",
    die_area_for,
    formula="A = T / (1e6 D u)",
    put_in="{transistors} / (1e6 x {logic_density_mtr_per_mm2} MTr/mm2 x {density_utilisation})",
)

SIZES: Final = {
    "sides": (stage("die_area_mm2", rectangle_area, formula="A = w h", put_in="{die_width_mm} x {die_height_mm} mm"),),
    "area": _IN_FIELD,
    "area and aspect": _BY_ASPECT,
    "transistors": (_FOR_TRANSISTORS, *_IN_FIELD),
    "transistors and aspect": (_FOR_TRANSISTORS, *_BY_ASPECT),
}
"""Each way to give a die, and the stages that bring it to sides and area. A side or an area that is given besides
stands."""


@lru_cache(maxsize=256)
def die_graph(
    yield_model: str,
    placement: str,
    edge_rule: str = "finished-die",
    size: str = "sides",
    *,
    counted: bool = False,
    quoted: bool = False,
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

    """
    return (
        *((QUOTED_PRICE,) if quoted else ()),
        *SIZES[size],
        *_placement(placement, edge_rule),
        *_defects(yield_model),
        *_COST,
        _per_transistors("transistors" if counted else "peak_transistors"),
    )


QUOTED_PRICE: Final = stage(
    "wafer_price_usd",
    price_on_diameter,
    formula="P = P_q (D / D_q)^2",
    put_in="{quoted_price_usd} USD x ({wafer_diameter_mm} mm / {quoted_diameter_mm} mm)^2",
)


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
        stage(
            "mean_faults",
            mean_faults,
            formula="x = A f D0",
            put_in="{die_area_mm2} mm2 / 100 x {critical_area_fraction} x {d0_per_cm2} /cm2",
        ),
        *random,
        stage(
            "die_yield",
            total_yield,
            formula=f"Y = Ys Yr, {model.key}: {model.formula}",
            put_in=f"x = {{mean_faults}}{own}, Ys = {{systematic_yield}}",
            long=True,
        ),
    )


_COST: Final = (
    stage("good_dies", good_dies, formula="G = N Y", put_in="{gross_dies} x {die_yield}"),
    stage(
        "die_cost_usd",
        cost_per_die,
        formula="C = P / (Y_line N)",
        put_in="{wafer_price_usd} USD / ({line_yield} x {gross_dies})",
        dies="gross_dies",
    ),
    stage(
        "good_die_cost_usd",
        cost_per_die,
        formula="C = P / (Y_line G)",
        put_in="{wafer_price_usd} USD / ({line_yield} x {good_dies})",
        dies="good_dies",
    ),
    stage(
        "peak_transistors",
        peak_transistors,
        formula="T = 1e6 D A",
        put_in="1e6 x {logic_density_mtr_per_mm2} MTr/mm2 x {die_area_mm2} mm2",
    ),
)


@lru_cache(maxsize=2)
def _per_transistors(count: str) -> Stage:
    return stage(
        "usd_per_billion_transistors",
        usd_per_billion_transistors,
        formula="c = C / (T / 1e9)",
        put_in=f"{{good_die_cost_usd}} USD / ({{{count}}} / 1e9)",
        transistors=count,
    )
