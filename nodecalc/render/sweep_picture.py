"""The picture of a sweep: which of its axes are drawn, which name the curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InputError
from ..vocabulary import QUANTITIES

if TYPE_CHECKING:
    from ..sweeps.sweep import Sweep
    from .picture import Picture


def drawn_axes(sweep: Sweep) -> int:
    """Return how many numeric axes with more than one value the sweep has."""
    return sum(1 for axis in sweep.request.axes if not axis.is_names and axis.size > 1)


def can_be_drawn(sweep: Sweep) -> bool:
    """Whether there is a picture of the sweep: a line chart or a heat map."""
    return drawn_axes(sweep) in (1, 2)


def picture(sweep: Sweep, output: str | None = None) -> Picture:
    """Return the picture of one output, the first where none is named."""
    from .picture import picture_of

    key = sweep.outputs[0] if output is None else output
    if not can_be_drawn(sweep):
        raise InputError(
            f"a picture of {drawn_axes(sweep)} numeric axes: one makes a line chart and two a heat map; "
            "fix the others, or give one more"
        )
    better = QUANTITIES[key].better or "lower"
    return picture_of(sweep.dims, sweep.coords, sweep[key], key, better=better)
