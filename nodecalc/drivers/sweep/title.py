"""What all points of a sweep of dies have in common, in the words of a picture's title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodecalc.charts.words import label_of, named
from nodecalc.question.graph import COUNT, RATE, SIZE_KEYS
from nodecalc.question.units import number
from nodecalc.vocabulary import find_quantity

if TYPE_CHECKING:
    from .sweep import Sweep


def title_of(sweep: Sweep) -> str:
    """Return what all points have in common and a picture cannot do without: the die, and inputs that were given."""
    request, inputs = sweep.request, sweep.background.inputs
    parts = []
    dies = {i.die for i in inputs}
    if not sweep.varies_die and len(dies) == 1:
        die = inputs[0].die
        chip = sweep.background.chip
        parts.append(f"{chip.name}, " if chip is not None else "")
        parts[0] += f"die {die.width_mm:.4g} x {die.height_mm:.4g} mm, {die.area_mm2:.4g} mm2"
    sized = set(SIZE_KEYS) - {COUNT} if parts else set()  # where the die is told, what it follows from need not be
    said = {*sized, RATE, *(("node",) if sweep.against else ())}
    parts += [_given(key, value) for key, value in request.fixed.items() if key not in said]
    return "; ".join(parts)


def _given(key: str, value: Any) -> str:
    """Return a fixed input as a title says it."""
    q = find_quantity(key)
    if q is None or q.is_name:
        return f"{label_of(key)} {value}"
    return named(key, number(value, key))
