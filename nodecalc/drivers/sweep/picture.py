"""The pictures of a sweep: which of its axes are drawn, which name the curves, which results are a band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.charts.words import label_of, named
from nodecalc.doors import names
from nodecalc.errors import InputError
from nodecalc.question.axis import Span
from nodecalc.question.graph import ANSWER, COUNT, RATE, SIZE_KEYS, band_of
from nodecalc.question.units import number
from nodecalc.vocabulary import QUANTITIES, find_quantity

from .against import with_references
from .request import output_keys

if TYPE_CHECKING:
    from nodecalc.charts.picture import Picture

    from .sweep import Sweep


def drawn_axes(sweep: Sweep) -> int:
    """Return how many numeric axes with more than one value the sweep has."""
    return sum(1 for axis in sweep.request.axes if not axis.is_names and axis.size > 1)


def can_be_drawn(sweep: Sweep) -> bool:
    """Whether there is a picture of the sweep that says more than its rows: a line chart or a heat map."""
    return drawn_axes(sweep) in (1, 2)


def check_drawn(sweep: Sweep) -> None:
    """Refuse a picture of a sweep that has none; of names alone there are bars."""
    axes = drawn_axes(sweep)
    several = any(axis.size > 1 for axis in sweep.request.axes)
    if axes > 2 or not several:
        hint = "fix or reduce the others" if axes else "give one, such as --over d0=0.05:0.5:50"
        raise InputError(
            f"a picture takes one numeric axis (a line chart) or two (a heat map), here are {axes}; {hint}"
        )


def pictures(sweep: Sweep, outputs: Sequence[str] | str | None = None) -> list[Picture]:
    """Return a picture of each output, of all where none is named.

    P10 and P90 that are among them are the band of the cost in a line chart and on bars, P50 a line in it; where the
    cost itself is not drawn, they are the band of P50. Over two numeric axes each is a picture of its own.
    """
    from nodecalc.charts.picture import Band, picture_of

    check_drawn(sweep)
    if outputs is None:
        wanted: Sequence[str] = sweep.outputs
    else:
        wanted = names("output", outputs, f"name some of {', '.join(sweep.outputs)}")
        wanted = output_keys(wanted, sweep.outputs)
    if not wanted:
        raise InputError(f"no output to draw; name some of {', '.join(sweep.outputs)}")
    low, middle, high = band_of(ANSWER)
    found = []
    log = [axis.key for axis in sweep.request.axes if isinstance(axis.points, Span) and axis.points.log]

    def values(of: str) -> Any:
        return with_references(sweep, of)[2]

    centre = next((key for key in (ANSWER, middle) if key in wanted), None)
    banded = drawn_axes(sweep) < 2 and {low, high} <= set(wanted)
    for key in wanted:
        band = None
        if banded and key == centre:
            inner = values(middle) if middle in wanted and middle != centre else None
            band = Band(values(low), inner, values(high))
        elif banded and centre is not None and key in (low, middle, high):
            continue
        better = QUANTITIES[key].better or "lower"
        dims, coords, array = with_references(sweep, key)
        found.append(picture_of(dims, coords, array, key, title=title(sweep), better=better, band=band, log=log))
    return found


def title(sweep: Sweep) -> str:
    """Return what all points have in common and a picture cannot do without: the die, and inputs that were given."""
    request, inputs = sweep.request, sweep.background.inputs
    parts = []
    dies = {i.die for i in inputs}
    if not any(axis.key in SIZE_KEYS for axis in request.axes) and len(dies) == 1:
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
