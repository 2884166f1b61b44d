"""A sweep in a notebook: what was asked, its picture, its first and last rows, where the numbers come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from nodecalc.errors import InputError
from nodecalc.files import html
from nodecalc.question.caution import Caution

from .common import assumed_caution, head_of, notes, text_of

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.against import Reference
    from nodecalc.drivers.sweep.swept import Swept

MOST_POINTS: Final = 1_000_000
"""Points that are worked out to be shown without being asked for."""
MOST_BANDS: Final = 400
"""Bands that are: each takes some milliseconds."""
ROWS: Final = 10
"""Rows that are shown whole; of more, as many from both ends."""
NOT_YET: Final = "not worked out yet: arrays, plot(), to_pandas(), save(FILE) do that"
MISSING: Final = "no picture: pip install 'nodecalc[plot]'"


def page(s: Swept) -> str:
    """Return the card of a sweep. What would take long is not worked out for it; then it says how to ask."""
    axes = " x ".join(f"{axis.key} {axis.size:,}" for axis in s.request.axes) or "one point"
    head = f"{s.points:,} point{'' if s.points == 1 else 's'}: {axes}; {', '.join(map(head_of, s.outputs))}"
    try:
        parts = _parts(s)
    except InputError as error:  # a question that cannot be answered is seen only where it is worked out
        parts = [notes((Caution(str(error)),))]
    return html.card(html.headline(head), *parts)


def _parts(s: Swept) -> list[str]:
    said = [*assumed_caution(s.provenance.assumed), *s.provenance.notes]
    if s.reductions or s.best or s.front:
        parts = _boiled_down(s)
    elif not _is_quick(s):
        parts = [notes((NOT_YET,))]
    else:
        picture = _picture(s)
        parts = [picture, _rows(s), *map(_beside, s.against)]
        if picture:  # its foot has the line
            return [*parts, notes(said)]
    return [*parts, notes((*said, s.provenance.line))]


def _is_quick(s: Swept) -> bool:
    """Whether there are results, or they are worked out before anybody waits for them."""
    from nodecalc.drivers.sweep.bands import FACTORS
    from nodecalc.drivers.sweep.request import BANDS

    if s.is_filled:
        return True
    if s.points > MOST_POINTS:
        return False
    bands = {FACTORS[0] if key in BANDS else key for key in s.outputs if key.endswith(("_p10", "_p50", "_p90"))}
    return all(s.dependence.size_of(key) <= MOST_BANDS for key in bands)


def _picture(s: Swept) -> str:
    from nodecalc.charts.plot import can_plot
    from nodecalc.drivers.sweep.picture import can_be_drawn

    if not can_be_drawn(s):
        return ""
    if not can_plot():
        return html.notes((), (MISSING,))
    plot = s.plot()
    return html.image(plot.content("png"), "image/png", plot.title)


def _rows(s: Swept) -> str:
    """Return the rows as a table, with a gap where some are left out."""
    from nodecalc.question.blocks import unravel

    keys = (*s.dims, *s.outputs)
    many = s.points > 2 * ROWS
    places: Sequence[int] = [*range(ROWS), *range(s.points - ROWS, s.points)] if many else range(s.points)
    values = {axis.key: axis.listed() for axis in s.request.axes}
    flat = {key: s[key].reshape(-1) for key in s.outputs}
    cells = []
    for place in places:
        index = unravel(place, s.shape)
        row = {key: values[key][i] for key, i in zip(s.dims, index, strict=True)}
        row |= {key: float(array[place]) for key, array in flat.items()}
        cells.append([_text(key, row[key]) for key in keys])
    if many:
        cells.insert(ROWS, ["…"] * len(keys))
    names = {axis.key for axis in s.request.axes if axis.is_names}
    drawn = html.table([head_of(key) for key in keys], cells, [i for i, key in enumerate(keys) if key not in names])
    return html.folded(f"{s.points:,} rows", drawn) if s.points > ROWS else drawn


def _beside(reference: Reference) -> str:
    """Return the rows of a node beside the sweep, the first of them where there are many."""
    rows = list(islice(reference.rows(), ROWS))
    left = f", the first {ROWS} of {reference.sweep.points:,}" if reference.sweep.points > ROWS else ""
    cells = [["-" if value is None else _text(key, value) for key, value in row.items()] for row in rows]
    return html.table([head_of(key) for key in rows[0]], cells, range(len(rows[0])), f"against {reference.name}{left}")


def _boiled_down(s: Swept) -> list[str]:
    """Return what a sweep was reduced to, as tables."""
    parts = []
    if s.reductions:
        names = list(next(iter(s.reductions.values())))
        rows = [[head_of(key), *(_reduced(key, found[name]) for name in names)] for key, found in s.reductions.items()]
        parts.append(html.table(["result", *names], rows, range(1, len(names) + 1)))
    for caption, points in (("best points, best first", s.best), ("Pareto front", s.front)):
        if points:
            keys = [key for key in points[0] if key != "index"]
            cells = [[_text(key, point[key]) for key in keys] for point in points[: 2 * ROWS]]
            more = f", the first {2 * ROWS} of {len(points):,}" if len(points) > 2 * ROWS else ""
            parts.append(html.table([head_of(key) for key in keys], cells, range(len(keys)), caption + more))
    return parts


def _reduced(key: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{head_of(axis)} {_text(axis, at)}" for axis, at in value.items())
    return "-" if value is None else _text(key, value) if isinstance(value, float) else f"{value:,}"


def _text(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    return text_of(key, value) if abs(value) < float("inf") else str(value)
