"""Exposures of a wafer."""

from __future__ import annotations

from nodecalc.doors import a_flag
from nodecalc.errors import InputError
from nodecalc.question import choices
from nodecalc.question.ground import layout_of
from nodecalc.question.size import check_edge
from nodecalc.question.units import number

from .placing import ReticlePlan, place


def reticle_plan(
    die_width_mm: float,
    die_height_mm: float,
    *,
    scribe_mm: float = 0.1,
    wafer_diameter_mm: float = 300.0,
    edge_exclusion_mm: float = 3.0,
    placement: str = "best",
    edge_rule: str = "finished-die",
    field_mm: object = None,
    stitched: bool = False,
) -> ReticlePlan:
    """Return the fewest exposures that print all whole dies of a wafer.

    Args:
        die_width_mm, die_height_mm: finished die, without scribe, mm.
        scribe_mm: street between two dies, both directions, mm; dies of one field share it, and two fields do.
        wafer_diameter_mm: mm.
        edge_exclusion_mm: ring at the wafer's edge that holds no good die, mm.
        placement: ``best`` (every offset of the grid that holds the most dies is looked at), ``center-die`` or
            ``center-corner``.
        edge_rule: what must lie inside the usable circle, ``finished-die`` or ``whole-cell``.
        field_mm: width and height of the exposure field, mm, either way round: (26, 33) where None; High-NA EUV has
            (26, 16.5).
        stitched: whether a die larger than the field may take several.

    Returns:
        A `ReticlePlan`: dies a field, exposures, full and partial ones, utilisation of the field.

    Raises:
        NodecalcError: a size outside its range, a die that the field does not hold, a die that fits nowhere.

    >>> plan = reticle_plan(12.9, 16.4, placement="center-die")
    >>> plan.dies, plan.dies_per_field, plan.exposures, plan.full, plan.partial
    (277, (2, 2), 79, 60, 19)
    >>> reticle_plan(26, 33, scribe_mm=0).exposures
    64

    """
    given = {
        "die_width_mm": die_width_mm,
        "die_height_mm": die_height_mm,
        "scribe_mm": scribe_mm,
        "edge_exclusion_mm": edge_exclusion_mm,
        "wafer_diameter_mm": wafer_diameter_mm,
    }
    numbers = {key: number(value, key) for key, value in given.items()}
    edge, diameter = numbers["edge_exclusion_mm"], numbers["wafer_diameter_mm"]
    check_edge(edge, diameter)
    names = {"placement": choices.placement(placement), "edge_rule": choices.edge_rule(edge_rule)}
    placed = place(
        numbers,
        names,
        layout_of(field_mm, stitched=1.0 if a_flag("stitched", stitched) else None, wafer_diameter_mm=diameter),
    )
    if placed.is_free:
        raise InputError("placement free-rows: no field prints rows that are shifted; a plan takes best")
    if placed.plan is None or placed.plan.dies == 0:
        width, height = numbers["die_width_mm"], numbers["die_height_mm"]
        raise InputError(
            f"a die of {width:.4g} x {height:.4g} mm fits nowhere on a {diameter:g} mm wafer with an "
            f"edge of {edge:g} mm; give a smaller die or another placement"
        )
    return placed.plan
