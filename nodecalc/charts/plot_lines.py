"""Curves and bars on axes of matplotlib: series told apart by colour and dash, bands as shaded areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from .picture import AxisOf, Picture, Series
from .plot_style import COLOURS, SMALL_SIZE, open_frame, plain, set_ticks
from .ticks import Scale, labelled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE_STYLES: Final = ("-", "--", "-.", ":")
"""Beside the colours, so that a print in grey can be read."""
MOST_COLUMNS: Final = 1600
"""Columns that a curve is thinned to: finer than the picture shows."""
MARKED: Final = 12
"""Points of a curve up to which each has a mark."""

BAND_NAME: Final = "P10 to P90"
MIDDLE_NAME: Final = "P50"
SHADE: Final = 0.18
"""How dense a band's area is; of more than two series they are lighter, so that each lets the others through."""
LEAST_SHADE: Final = 0.05
EDGE: Final = 0.55
"""How dense the line around it is."""
BAND_COLOUR: Final = "#777777"
"""Of the band in the legend, where it stands for those of several series."""

BAR_HEIGHT: Final = 0.7
BELOW: Final = 0.25
"""How far under the middle of a bar its band lies, so that the number beside the bar stays free of it."""

BREAK_COLOUR: Final = "#222222"
MOST_DRAWN: Final = 200
"""Break-even points that an SVG holds as shapes; more of them are a picture in it."""
MOST_LABELLED: Final = 6
"""Break-even points with a line and their place written beside; more are points only."""
LABEL_ROOM: Final = 0.03
"""What a text beside a line takes of the axis of a wide panel."""


def draw_lines(axes: Axes, picture: Picture, wide: bool = True) -> None:
    """Draw a line chart; with fewer ticks where it is not `wide`."""
    from .lines import axis_scale
    from .ticks import value_scale

    axis = picture.x
    assert axis is not None  # a line chart has one
    found = picture.reach
    across, up = axis_scale(axis), value_scale(found.low, found.high, picture.value_log)
    banded = sum(series.band is not None for series in picture.series)
    shade = max(LEAST_SHADE, 2.0 * SHADE / max(2, banded))
    for i, series in enumerate(picture.series):
        _curve(axes, axis, across, series, i, shade)
    axes.set_xscale("log" if axis.log else "linear")
    axes.set_yscale("log" if up.log else "linear")
    axes.set_xlim(across.low, across.high)
    room = Scale(up.value(-0.04), up.value(1.06), up.log)
    axes.set_ylim(room.low, room.high)
    set_ticks(axes.xaxis, labelled(across, axis.key, 9 if wide else 6))
    set_ticks(axes.yaxis, labelled(room, picture.value_key, 8))
    axes.set_xlabel(plain(axis.text))
    axes.set_ylabel(plain(picture.value_text))
    open_frame(axes)
    _break_evens(axes, picture, LABEL_ROOM if wide else 2.0 * LABEL_ROOM)


def _curve(axes: Axes, axis: AxisOf, across: Scale, series: Series, number: int, shade: float) -> None:
    """Draw one series, its band below it."""
    from .resample import positions, thin

    colour, style = COLOURS[number % len(COLOURS)], LINE_STYLES[number % len(LINE_STYLES)]
    where = positions(axis.values, across.low, across.high, axis.log)
    if series.band is not None:
        _band(axes, axis, series, colour, shade)
    at, values = thin(where, series.values, MOST_COLUMNS)
    axes.plot(
        [across.value(a) for a in at.tolist()],
        values,
        color=colour,
        linestyle=style,
        linewidth=1.8,
        marker="o" if len(at) <= MARKED else None,
        markersize=4,
        label=plain(series.name),
    )


def _band(axes: Axes, axis: AxisOf, series: Series, colour: str, shade: float) -> None:
    """Shade the area from P10 to P90; where one of them is not finite there is none."""
    from nodecalc_kernels.numpy_whole import np

    from .resample import few

    assert series.band is not None
    kept = few(axis.values, MOST_COLUMNS)
    x = np.asarray(axis.values, dtype=np.float64)[kept]
    low, high = (np.asarray(part, dtype=np.float64)[kept] for part in (series.band.low, series.band.high))
    shaded = np.isfinite(low) & np.isfinite(high)
    face, edge = (colour, shade), (colour, EDGE)
    axes.fill_between(x, low, high, where=shaded, facecolor=face, edgecolor=edge, linewidth=0.6, label="_band")
    if series.band.middle is not None:
        middle = np.asarray(series.band.middle, dtype=np.float64)[kept]
        axes.plot(x, middle, color=colour, linewidth=0.9, linestyle=(0, (1, 2)), label="_middle")


def legend_of(panels: Sequence[Axes], pictures: Sequence[Picture]) -> list[Any]:
    """Return what the legend of all panels explains: the series where there are several, and the bands."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    first = pictures[0]
    banded = next((p for p in pictures if p.has_bands), None)
    curves = [line for line in panels[0].get_lines() if not str(line.get_label()).startswith("_")]
    many = len(first.series) > 1
    handles: list[Any] = curves if many else []
    if banded is None:
        return handles
    colour = BAND_COLOUR if many else COLOURS[0]
    if not many:
        name = banded.value_label
        handles = [Line2D([], [], color=colour, linewidth=1.8, label=plain(name))]
    handles.append(Patch(facecolor=colour, alpha=2.0 * SHADE, label=BAND_NAME))
    if any(s.band is not None and s.band.middle is not None for s in banded.series):
        handles.append(Line2D([], [], color=colour, linewidth=0.9, linestyle=(0, (1, 2)), label=MIDDLE_NAME))
    return handles


def _break_evens(axes: Axes, picture: Picture, room: float) -> None:
    from .lines import axis_scale
    from .words import value_text

    assert picture.x is not None
    few = len(picture.breaks) <= MOST_LABELLED
    across = axis_scale(picture.x)
    places = [(found.meeting.start, found.meeting.value) for found in picture.breaks]
    axes.plot(
        [x for x, _ in places],
        [y for _, y in places],
        "D",
        color=BREAK_COLOUR,
        markersize=4 if few else 2.5,
        zorder=5,
        rasterized=len(places) > MOST_DRAWN,
    )
    spots = [across.at(found.meeting.start) for found in picture.breaks]
    for i, found in enumerate(picture.breaks if few else ()):
        m = found.meeting
        if m.stop > m.start:
            axes.axvspan(m.start, m.stop, color=BREAK_COLOUR, alpha=0.08, linewidth=0)
        axes.axvline(m.start, color=BREAK_COLOUR, linewidth=0.8, linestyle=(0, (2, 3)), zorder=1)
        if any(abs(spots[i] - other) < room for k, other in enumerate(spots) if k != i):
            continue  # two texts would cover each other; the notes below have them
        axes.annotate(
            plain(value_text(picture.x.key, m.start)),
            (m.start, 0.0),
            xycoords=("data", "axes fraction"),
            xytext=(3, 4),
            textcoords="offset points",
            fontsize=SMALL_SIZE + 1.0,
            rotation=90,
            color=BREAK_COLOUR,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
        )


def draw_bars(axes: Axes, picture: Picture) -> None:
    """Draw a bar for each series."""
    from .words import value_text

    values = [float(s.values) for s in picture.series]
    finite = [v if abs(v) < float("inf") else 0.0 for v in values]
    names = [plain(s.name or picture.value_label) for s in picture.series]
    places = list(range(len(values)))
    drawn = axes.barh(places, finite, color=COLOURS[0], height=BAR_HEIGHT)
    axes.set_yticks(places, labels=names)
    axes.invert_yaxis()
    axes.bar_label(drawn, labels=[plain(value_text(picture.value_key, v)) for v in values], padding=4)
    axes.margins(x=0.12)
    most = max(finite, default=0.0)
    for place, series in zip(places, picture.series, strict=True):
        if series.band is not None:
            low, high = float(series.band.low), float(series.band.high)
            axes.plot([low, high], [place + BELOW] * 2, "|-", color=BREAK_COLOUR, linewidth=1.2, label=BAND_NAME)
            most = max(most, high) if high < float("inf") else most
    set_ticks(axes.xaxis, labelled(Scale(0.0, most or 1.0, False), picture.value_key, 8))
    axes.set_xlabel(plain(picture.value_text))
    open_frame(axes, "x")
    if picture.has_bands:
        axes.legend(handles=axes.get_lines()[:1], loc="upper center", bbox_to_anchor=(0.5, 1.1), frameon=False)
