"""The pictures of a sweep: which of its axes are drawn, which name the curves, which results are a band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.doors import names
from nodecalc.errors import InputError
from nodecalc.question.axis import Span
from nodecalc.question.graph import band_of
from nodecalc.vocabulary import QUANTITIES

from .against import with_references
from .request import output_keys

if TYPE_CHECKING:
    from nodecalc.charts.picture import Picture

    from .swept import Swept


def drawn_axes(sweep: Swept) -> int:
    """Return how many numeric axes with more than one value the sweep has."""
    return sum(1 for axis in sweep.request.axes if not axis.is_names and axis.size > 1)


def can_be_drawn(sweep: Swept) -> bool:
    """Whether there is a picture of the sweep that says more than its rows: a line chart or a heat map."""
    return drawn_axes(sweep) in (1, 2)


def check_drawn(sweep: Swept) -> None:
    """Refuse a picture of a sweep that has none; of names alone there are bars."""
    axes = drawn_axes(sweep)
    several = any(axis.size > 1 for axis in sweep.request.axes)
    if axes > 2 or not several:
        hint = "fix or reduce the others" if axes else "give one, such as --over d0=0.05:0.5:50"
        raise InputError(
            f"a picture takes one numeric axis (a line chart) or two (a heat map), here are {axes}; {hint}"
        )


def pictures(sweep: Swept, outputs: Sequence[str] | str | None = None) -> list[Picture]:
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
    found = []
    log = [axis.key for axis in sweep.request.axes if isinstance(axis.points, Span) and axis.points.log]

    def values(of: str) -> Any:
        return with_references(sweep, of)[2]

    within = _in_bands(wanted) if drawn_axes(sweep) < 2 else {}
    for key in wanted:
        band = None
        low, middle, high = within.get(key, ("", "", ""))
        if low and key in (low, high):
            continue
        centre = next((one for one in (middle.removesuffix("_p50"), middle) if one in wanted), None)
        if low and key == centre:
            inner = values(middle) if middle in wanted and middle != centre else None
            band = Band(values(low), inner, values(high))
        elif low and centre is not None:
            continue
        better = QUANTITIES[key].better or "lower"
        dims, coords, array = with_references(sweep, key)
        found.append(picture_of(dims, coords, array, key, title=sweep.title, better=better, band=band, log=log))
    return found


def _in_bands(wanted: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """Return for each result and quantile that is drawn with a band the keys of P10, P50 and P90."""
    found: dict[str, tuple[str, str, str]] = {}
    for key in wanted:
        band = band_of(key.removesuffix("_p10"))
        middle = (band[1].removesuffix("_p50"), band[1])
        if key == band[0] and band[2] in wanted and not set(middle).isdisjoint(wanted):
            found |= dict.fromkeys((*middle, *band), band)
    return found
