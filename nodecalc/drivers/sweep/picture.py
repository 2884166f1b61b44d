"""The picture of a sweep: which of its axes are drawn, which name the curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodecalc.errors import InputError
from nodecalc.vocabulary import QUANTITIES

if TYPE_CHECKING:
    from nodecalc.charts.picture import Picture

    from .sweep import Sweep


def drawn_axes(sweep: Sweep) -> int:
    """Return how many numeric axes with more than one value the sweep has."""
    return sum(1 for axis in sweep.request.axes if not axis.is_names and axis.size > 1)


def can_be_drawn(sweep: Sweep) -> bool:
    """Whether there is a picture of the sweep: a line chart or a heat map."""
    return drawn_axes(sweep) in (1, 2)


def check_drawn(sweep: Sweep) -> None:
    """Refuse a picture of a sweep that has none."""
    axes = drawn_axes(sweep)
    if axes not in (1, 2):
        hint = "fix or reduce the others" if axes else "give one, such as --over d0=0.05:0.5:50"
        raise InputError(
            f"a picture takes one numeric axis (a line chart) or two (a heat map), here are {axes}; {hint}"
        )


def picture(sweep: Sweep, output: str | None = None) -> Picture:
    """Return the picture of one output, the first where none is named."""
    from nodecalc.charts.picture import picture_of

    key = sweep.outputs[0] if output is None else output
    check_drawn(sweep)
    better = QUANTITIES[key].better or "lower"
    return picture_of(sweep.dims, sweep.coords, sweep[key], key, better=better)
