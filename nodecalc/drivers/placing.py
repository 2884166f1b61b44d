"""Where the dies of a question stand on its wafer, and how a reticle prints them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.ground import Layout, Pair
from nodecalc_kernels.cost.size import usable_diameter
from nodecalc_kernels.placement.circle import NM_PER_MM, SMALLEST_SIDE_MM
from nodecalc_kernels.placement.fields import MOST_STEPS
from nodecalc_kernels.placement.free_rows import FREE_ROWS
from nodecalc_kernels.placement.ground import (
    BEST,
    Ground,
    offset_of,
    panel_ground,
    round_ground,
    units,
)
from nodecalc_kernels.placement.reticle import Reticle, fewest_exposures, fits_field, stitched, stitched_fields
from nodecalc_kernels.placement.reticle import utilisation as filled
from nodecalc_kernels.placement.shaped import Grid, grid
from nodecalc_kernels.registry import PLACEMENTS

WHOLE_CELL: Final = "whole-cell"


class ReticlePlan(NamedTuple):
    """How a scanner prints the dies of one wafer with the fewest exposures."""

    dies_per_field: tuple[int, int]
    """Columns and rows of dies in a field; (1, 1) where a die takes several fields."""
    fields_per_die: tuple[int, int]
    """Fields side by side and one above the other that make up a stitched die, else (1, 1)."""
    field_mm: Pair
    """Width and height of the field as it stands on the wafer."""
    turned: bool
    """Whether it stands the other way round than given."""
    dies: int
    exposures: int
    """Fields that hold at least one whole die."""
    full: int
    """Those of them all of whose dies are whole."""
    partial: int
    most_exposures: int
    """What the worst phase of the fields over the same dies needs."""
    utilisation: float
    """Share of the field's area that dies fill."""
    proven: bool
    """Whether all optimal offsets were looked at; where they are too many the search stops with the fewest it found."""
    phase: tuple[int, int]
    """Column and row of the die in the lower left corner of some field."""


class Placed(NamedTuple):
    """Dies on their ground."""

    ground: Ground
    die: Grid
    held: Grid
    """What must lie on the usable ground: the die or its cell; the pitches are the same."""
    placement: str
    offset: tuple[int, int]
    """(t, v), half nanometres; it is that of the plan where there is one."""
    plan: ReticlePlan | None

    @property
    def is_free(self) -> bool:
        """Whether rows slide by themselves."""
        return self.placement == FREE_ROWS


def place(
    numbers: Mapping[str, float], names: Mapping[str, Any], layout: Layout, most_steps: int = MOST_STEPS
) -> Placed:
    """Return where the dies stand.

    Args:
        numbers: the die's sides, street, edge and wafer, by key, mm.
        names: `placement` and `edge_rule`.
        layout: what is asked beside them.
        most_steps: after which the search for fewer exposures gives up its proof.

    """
    w, h, s, edge, diameter = (
        numbers[key] for key in ("die_width_mm", "die_height_mm", "scribe_mm", "edge_exclusion_mm", "wafer_diameter_mm")
    )
    placement = names["placement"]
    if not PLACEMENTS[placement].exact:
        exact = ", ".join(p.key for p in PLACEMENTS.values() if p.exact)
        raise InputError(f"--placement {placement}: a closed formula places no dies; a map takes {exact}")
    if min(w, h) < SMALLEST_SIDE_MM:
        raise InputError(f"a die of {w:.4g} x {h:.4g} mm: a map takes sides of at least {SMALLEST_SIDE_MM:g} mm")
    if layout.offset is not None and placement != BEST:
        raise InputError(f"--offset with --placement {placement}: both say where the dies stand; leave one of them out")
    ground = _ground(layout, diameter, edge)
    if placement == FREE_ROWS and ground.usable.keep_outs:
        raise InputError(
            "--placement free-rows with --notch or --keep-out: rows are not slid apart around them; leave out one"
        )
    die_nm = tuple(round(side * NM_PER_MM) for side in (w, h, s))
    die = grid(*die_nm)
    held = die._replace(w=die.p // 2, h=die.q // 2) if names["edge_rule"] == WHOLE_CELL else die
    if layout.offset is not None:
        x, y = layout.offset
        offset = units(x) % die.p, units(y) % die.q
    else:
        offset = offset_of(placement, ground.usable, held)
    plan = None
    if placement != FREE_ROWS:
        plan, offset = _plan(
            ground, held, (w, h, s), layout, offset, placement == BEST and layout.offset is None, most_steps
        )
    return Placed(ground, die, held, placement, offset, plan)


def _ground(layout: Layout, diameter: float, edge: float) -> Ground:
    if layout.panel is not None:
        width, height = layout.panel
        if 2.0 * edge >= min(width, height):
            raise InputError(f"--edge {edge:g} on a panel of {width:g} x {height:g} mm: nothing is left")
        return panel_ground(width, height, edge, layout.keep_outs)
    usable = usable_diameter(diameter, edge)
    return round_ground(diameter, usable, layout.flat, layout.notch, layout.keep_outs, layout.second)


def _plan(
    ground: Ground,
    held: Grid,
    die_mm: tuple[float, float, float],
    layout: Layout,
    offset: tuple[int, int],
    anywhere: bool,
    most_steps: int,
) -> tuple[ReticlePlan | None, tuple[int, int]]:
    """Return the plan and the offset that it needs; no plan where there is no die."""
    w, h, _ = die_mm
    field = layout.field
    if not fits_field(w, h, *field):
        return _stitched(ground, held, (w, h), layout, offset), offset
    if layout.stitching_yield is not None:
        raise InputError(
            f"--stitched {layout.stitching_yield:g}: the {field[0]:g} x {field[1]:g} mm field holds the die of "
            f"{w:.4g} x {h:.4g} mm; leave it out"
        )
    w_nm, h_nm, s_nm = (round(side * NM_PER_MM) for side in die_mm)
    field_nm = round(field[0] * NM_PER_MM), round(field[1] * NM_PER_MM)
    found = fewest_exposures(ground.usable, held, (w_nm, h_nm, s_nm), field_nm, offset, anywhere, most_steps)
    if found is None:
        return None, offset
    return _told(found, ground, held, (w, h), field), (found.plan.t, found.plan.v)


def _told(found: Reticle, ground: Ground, held: Grid, die_mm: Pair, field: Pair) -> ReticlePlan:
    best = found.plan.best
    dies = stitched(ground.usable, held, (found.plan.t, found.plan.v), 1).exposures
    return ReticlePlan(
        (found.columns, found.rows),
        (1, 1),
        field[::-1] if found.turned else field,
        found.turned,
        dies,
        best.exposures,
        best.full,
        best.exposures - best.full,
        found.plan.most,
        filled(*die_mm, found.columns * found.rows, *field),
        found.plan.proven,
        (best.i, best.j),
    )


def _stitched(ground: Ground, held: Grid, die_mm: Pair, layout: Layout, offset: tuple[int, int]) -> ReticlePlan:
    w, h = die_mm
    field = layout.field
    if layout.stitching_yield is None:
        raise InputError(
            f"a die of {w:.4g} x {h:.4g} mm does not fit the {field[0]:g} x {field[1]:g} mm reticle field, either way "
            "round; give a smaller die, another --reticle, or --stitched with the share of dies whose seams are good"
        )
    columns, rows, turned = stitched_fields(w, h, *field)
    each = columns * rows
    found = stitched(ground.usable, held, offset, each)
    return ReticlePlan(
        (1, 1),
        (columns, rows),
        field[::-1] if turned else field,
        turned,
        found.exposures // each,
        found.exposures,
        found.full,
        0,
        found.exposures,
        filled(w, h, 1.0 / each, *field),
        True,
        (0, 0),
    )
