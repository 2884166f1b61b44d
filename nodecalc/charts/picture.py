"""What a chart shows, before anything is drawn: axes, series, break-even points, notes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import islice, product
from math import isfinite, prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.vocabulary import quantity

from .words import apart_notes, break_even_notes, gap_notes, is_money, label_of, named, same_notes, unit_of, with_unit

if TYPE_CHECKING:
    from .crossings import Better, BreakEven
    from .resample import Extent

MOST_SERIES: Final = 8
"""Curves, or panels of a heat map, that still can be told apart."""

MOST_BARS: Final = 40

LOG_SPAN: Final = 100.0
"""A value axis is logarithmic where its values are positive and span more than this factor: two decades."""


class AxisOf(NamedTuple):
    """An axis of numbers."""

    key: str
    label: str
    unit: str
    values: Any
    """Ascending array."""
    log: bool = False

    @property
    def text(self) -> str:
        """Label and unit."""
        return with_unit(self.label, self.unit)


class Band(NamedTuple):
    """How sure the values of a series are: arrays of the same shape as these, P10, P50 and P90."""

    low: Any
    middle: Any
    """None where it is not drawn."""
    high: Any


class Series(NamedTuple):
    """One curve, one panel of a heat map (values by y, then x), or one bar (a single value)."""

    name: str
    values: Any
    band: Band | None = None
    """Of a curve the area that is shaded, of a bar the stretch that is marked."""


class Picture(NamedTuple):
    """A line chart (x alone), a heat map (x and y), or bars (neither)."""

    title: str
    x: AxisOf | None
    y: AxisOf | None
    value_key: str
    value_label: str
    unit: str
    value_log: bool
    series: Sequence[Series]
    notes: Sequence[str] = ()
    better: Better = "lower"
    breaks: Sequence[BreakEven] = ()
    """Where two curves of a line chart meet."""
    about: str = ""
    """The title without the value that is drawn: what pictures of several values over the same axes have in common."""

    @property
    def has_bands(self) -> bool:
        """Whether areas are shaded."""
        return any(s.band is not None for s in self.series)

    @property
    def reach(self) -> Extent:
        """From where to where values lie, those of bands among them."""
        from .resample import extent

        bands = [part for s in self.series if s.band is not None for part in s.band if part is not None]
        return extent([*(s.values for s in self.series), *bands])

    @property
    def value_text(self) -> str:
        """Label and unit of the value."""
        return with_unit(self.value_label, self.unit)

    @property
    def better_word(self) -> str:
        """What the better of two is called."""
        if self.better == "higher":
            return "higher"
        return "cheaper" if is_money(self.value_key) else "lower"

    @property
    def best_word(self) -> str:
        """What the best of all is called."""
        return self.better_word.removesuffix("r") + "st"


def picture_of(
    dims: Sequence[str],
    coords: Mapping[str, Any],
    values: Any,
    key: str,
    *,
    title: str = "",
    better: Better = "lower",
    notes: Sequence[str] = (),
    band: Band | None = None,
    log: Collection[str] = (),
) -> Picture:
    """Return the picture of one output over the axes of a sweep.

    One axis of numbers makes a line chart, two a heat map (the first across, the second upwards), none bars. Axes of
    names make the series, and so does an axis of numbers with an infinite one among them. Axes of a single value go
    into the title.

    Args:
        dims: axis keys in the order of the array's dimensions: vocabulary keys, or others such as ``node``.
        coords: axis key -> its values, numbers or texts.
        values: array of the output, its shape as `dims` and `coords` say.
        key: the output's vocabulary key; unit, label and number format follow from it.
        title: what is to be said above the chart beside its axes, such as the die.
        better: which of two values is the better one: ``lower`` for costs, ``higher`` for yields.
        notes: lines to stand below the chart, before its own.
        log: axes that are logarithmic whatever their values are, because they were asked for so; others are where these
            are spaced by a factor.
        band: P10, P50 and P90 of the output, arrays of its shape; a line chart shades what lies between, bars mark it.

    Raises:
        InputError: more than two axes of numbers, or an axis without values.

    >>> coords = {"node": ["tsmc-n5", "tsmc-n7"], "die_area_mm2": [100.0, 200.0, 300.0]}
    >>> picture = picture_of(("node", "die_area_mm2"), coords, [[4.0, 5.0, 6.0], [2.0, 6.0, 9.0]], "good_die_cost_usd")
    >>> print(picture.title, *picture.notes, sep="\\n")
    good die cost (USD) by die area
    tsmc-n5 and tsmc-n7 cost the same at die_area_mm2 = 166.7 (interpolated); above it tsmc-n5 is cheaper

    """
    from .resample import extent, is_geometric

    quantity(key)  # an unknown key is an error that names the nearest
    array, axes = _sorted(dims, coords, values)
    bands = [None if part is None else _sorted(dims, coords, part)[0] for part in band or ()]
    long = [d for d in dims if len(axes[d]) > 1]
    numeric = [d for d in long if not _is_names(axes[d])]
    if len(numeric) > 2:
        raise InputError(
            f"{len(numeric)} axes of numbers ({', '.join(numeric)}); a chart shows one or two; "
            "fix the others at one value or reduce over them"
        )
    names = [d for d in long if d not in numeric]
    by = " and ".join(label_of(d) for d in (numeric or names))
    head = f"{label_of(key)} ({unit_of(key)})" if unit_of(key) else label_of(key)
    fixed = [named(d, axes[d][0]) for d in dims if len(axes[d]) == 1]
    drawn = [AxisOf(d, label_of(d), unit_of(d), axes[d], d in log or is_geometric(axes[d])) for d in numeric]
    series, cut = _series([array, *(bands if len(numeric) < 2 else ())], dims, axes, names, numeric)
    found = extent([s.values for s in series])
    about = "; ".join(part for part in (f"by {by}" if by else "", title, *fixed) if part)
    picture = Picture(
        title=f"{head}{' ' if by else '; '}{about}" if about else head,
        x=drawn[0] if drawn else None,
        y=drawn[1] if len(drawn) == 2 else None,
        value_key=key,
        value_label=label_of(key),
        unit=unit_of(key),
        value_log=False,
        series=series,
        better=better,
        about=about,
    )
    reach = picture.reach
    picture = picture._replace(value_log=bool(drawn) and reach.low > 0.0 and reach.high > LOG_SPAN * reach.low)
    if len(drawn) == 1:
        from .crossings import break_evens

        curves = [s.values for s in series]
        picture = picture._replace(breaks=tuple(break_evens(drawn[0].values, curves, drawn[0].log, better)))
    if drawn:  # bars print their numbers, infinite or alike as they are
        cut += [*gap_notes(found), *_band_gaps(series), *same_notes(picture), *break_even_notes(picture)]
        cut += apart_notes(picture)
    return picture._replace(notes=(*notes, *cut))


def _band_gaps(series: Sequence[Series]) -> list[str]:
    """Return the line that says where no area is shaded, if it is anywhere."""
    from .resample import extent

    ends = [part for s in series if s.band is not None for part in (s.band.low, s.band.high)]
    return [f"P10 and P90: {note}" for note in gap_notes(extent(ends))]


def _sorted(dims: Sequence[str], coords: Mapping[str, Any], values: Any) -> tuple[Any, dict[str, Any]]:
    """The array, and its axes with those of numbers ascending."""
    from .resample import as_array, ascending

    axes: dict[str, Any] = {}
    for d in dims:
        given = coords[d]
        axes[d] = list(given) if len(given) and isinstance(given[0], str) else as_array(given)
        if not len(given):
            raise InputError(f"axis {d} has no values; give it one or more")
    array = as_array(values)
    if array.shape != tuple(len(axes[d]) for d in dims):
        raise ValueError(f"values of shape {array.shape} over axes of lengths {[len(axes[d]) for d in dims]}")
    for place, d in enumerate(dims):
        order = None if _is_names(axes[d]) else ascending(axes[d])
        if order is not None:
            axes[d], array = axes[d][order], array.take(order, axis=place)
    return array, axes


def _is_names(axis: Any) -> bool:
    """Whether the values of an axis are names, or numbers that have no place on a line."""
    return isinstance(axis[0], str) or not all(isfinite(v) for v in (axis.min(), axis.max()))


def _series(
    arrays: Sequence[Any], dims: Sequence[str], axes: Mapping[str, Any], names: Sequence[str], numeric: Sequence[str]
) -> tuple[list[Series], list[str]]:
    """The series that are shown, and the note that says which they are where these are not all.

    The first of `arrays` are the values; three more, where there are, are P10, P50 and P90.
    """
    most = MOST_SERIES if numeric else MOST_BARS
    total = prod(len(axes[d]) for d in names)
    series = []
    for places in islice(product(*(range(len(axes[d])) for d in names)), most):
        at = dict(zip(names, places, strict=True))
        name = ", ".join(named(d, axes[d][i]) for d, i in at.items())
        place = tuple(slice(None) if d in numeric else at.get(d, 0) for d in dims)
        values: Any
        values, *band = (None if array is None else array[place] for array in arrays)
        series.append(Series(name, values.T if len(numeric) == 2 else values, Band(*band) if band else None))
    if total <= most:
        return series, []
    shown = f"{series[0].name} to {series[-1].name}" if most > MOST_SERIES else "; ".join(s.name for s in series)
    return series, [f"the first {most} of {total:,} series are shown: {shown}"]
