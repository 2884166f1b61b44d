"""Charts as files: SVG and PNG, drawn by matplotlib, which is loaded only here and only when one is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from nodecalc.errors import InputError
from nodecalc.files.atomic import Beside

from .picture import Picture
from .plot_style import COLOURS, SMALL_SIZE, TEXT_SIZE, TITLE_SIZE, plain, set_ticks
from .ticks import Scale, labelled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS: Final = ("svg", "png")
MISSING: Final = "--plot needs matplotlib: pip install 'nodecalc[plot]'"

LINE_SIZE: Final = (8.0, 5.0)
"""Width and height of a line chart, inches."""
BAR_ROOM: Final = 0.28
"""Height of the figure for each bar, inches."""
DPI: Final = 160
LINE_STYLES: Final = ("-", "--", "-.", ":")
"""Beside the colours, so that a print in grey can be read."""
MOST_COLUMNS: Final = 1600
"""Columns that a curve is thinned to: finer than the picture shows."""

BREAK_COLOUR: Final = "#222222"
MOST_DRAWN: Final = 200
"""Break-even points that an SVG holds as shapes; more of them are a picture in it."""
MOST_LABELLED: Final = 6
"""Break-even points with a line and their place written beside; more are points only."""


LABEL_ROOM: Final = 0.03
"""What a text beside a line takes of the axis."""


def save_plot(picture: Picture, path: str | os.PathLike[str], footer: str = "") -> None:
    """Write `picture` to the file `path` as SVG or PNG, by its ending; the same picture gives the same bytes.

    Args:
        picture: what `picture_of` made.
        path: file to write. It is replaced only when the new one is complete.
        footer: line at the foot, such as where the figures come from.

    Raises:
        InputError: another ending, or matplotlib is not installed.
        OutputError: the file could not be written.

    """
    save_figure(lambda: _figure(picture, footer), picture.title, path)


def save_figure(draw: Callable[[], Figure], title: str, path: str | os.PathLike[str]) -> None:
    """Write what `draw` makes to the file `path` as SVG or PNG, by its ending; errors as those of `save_plot`."""
    target = check_plot(path)
    content = _drawn(draw, title, target.suffix.lower().removeprefix("."))
    with Beside(target) as file:
        file.write(content)


def check_plot(path: str | os.PathLike[str]) -> Path:
    """Return the file to plot to; say what is wrong with it before anything is worked out."""
    from importlib.util import find_spec

    target = Path(path)
    if target.suffix.lower().removeprefix(".") not in FORMATS:
        try_ = f"; try {target.with_suffix('.svg').name}" if target.name else ""
        raise InputError(f"cannot plot to '{target}'; allowed: .svg or .png{try_}")
    if not target.absolute().parent.is_dir():
        raise InputError(f"cannot plot to '{target}': there is no folder {target.parent}; make it, or name another")
    if find_spec("matplotlib") is None:
        raise InputError(MISSING)
    return target


def _drawn(draw: Callable[[], Figure], title: str, ending: str) -> bytes:
    """The bytes of the file. What the user set matplotlib to is left out of it and left as it is."""
    try:
        import matplotlib as mpl
    except ImportError:
        raise InputError(MISSING) from None
    with mpl.rc_context():
        mpl.rcdefaults()
        # Without a salt of its own matplotlib names parts of an SVG at random.
        mpl.rcParams.update({"svg.hashsalt": "nodecalc", "font.size": TEXT_SIZE})
        figure = draw()
        metadata = (
            {"Date": None, "Creator": "nodecalc", "Title": title}
            if ending == "svg"
            else {"Software": "nodecalc", "Title": title}
        )
        buffer = BytesIO()
        figure.savefig(buffer, format=ending, dpi=DPI, metadata=metadata)
    return buffer.getvalue()


def _figure(picture: Picture, footer: str) -> Figure:
    from matplotlib.figure import Figure

    if picture.y is not None:
        from .plot_heat import heat_figure

        figure = heat_figure(picture)
    else:
        rows = 0 if picture.x is not None else len(picture.series)
        figure = Figure(figsize=(LINE_SIZE[0], max(LINE_SIZE[1], BAR_ROOM * rows)), layout="constrained")
        axes = figure.add_subplot()
        if picture.x is None:
            _bars(axes, picture)
        else:
            _lines(figure, axes, picture)
    width = figure.get_figwidth()
    title = picture.title + (" (log scale)" if picture.value_log else "")
    figure.suptitle(wrapped(title, width, TITLE_SIZE), fontsize=TITLE_SIZE)
    foot = "\n".join(wrapped(line, width, SMALL_SIZE) for line in (*picture.notes, footer) if line)
    if foot:
        figure.supxlabel(foot, fontsize=SMALL_SIZE, color="#555555", x=0.01, ha="left", linespacing=1.4)
    return figure


def wrapped(text: str, width: float, size: float) -> str:
    """Fold `text` to a figure `width` inches wide: a letter is a bit more than half as wide as it is high."""
    from textwrap import wrap

    most = int(width * 72.0 * 0.95 / (0.56 * size))
    return plain("\n".join(wrap(text, most, break_long_words=False, break_on_hyphens=False)))


def _lines(figure: Figure, axes: Axes, picture: Picture) -> None:
    from .lines import axis_scale
    from .resample import extent, positions, thin
    from .ticks import value_scale

    axis = picture.x
    assert axis is not None  # a line chart has one
    found = extent([s.values for s in picture.series])
    across, up = axis_scale(axis), value_scale(found.low, found.high, picture.value_log)
    where = positions(axis.values, across.low, across.high, axis.log)
    many = len(picture.series) > 1
    for i, series in enumerate(picture.series):
        at, values = thin(where, series.values, MOST_COLUMNS)
        axes.plot(
            [across.value(a) for a in at.tolist()],
            values,
            color=COLOURS[i % len(COLOURS)],
            linestyle=LINE_STYLES[i % len(LINE_STYLES)],
            linewidth=1.8,
            marker="o" if len(at) <= 12 else None,
            markersize=4,
            label=plain(series.name),
        )
    axes.set_xscale("log" if axis.log else "linear")
    axes.set_yscale("log" if up.log else "linear")
    axes.set_xlim(across.low, across.high)
    room = Scale(up.value(-0.04), up.value(1.06), up.log)
    axes.set_ylim(room.low, room.high)
    set_ticks(axes.xaxis, labelled(across, axis.key, 9))
    set_ticks(axes.yaxis, labelled(room, picture.value_key, 8))
    axes.set_xlabel(plain(axis.text))
    axes.set_ylabel(plain(picture.value_text))
    open_frame(axes)
    _break_evens(axes, picture)
    if many:
        figure.legend(loc="outside right center", frameon=False)


def _break_evens(axes: Axes, picture: Picture) -> None:
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
        if any(abs(spots[i] - other) < LABEL_ROOM for k, other in enumerate(spots) if k != i):
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


def _bars(axes: Axes, picture: Picture) -> None:
    from .words import value_text

    values = [float(s.values) for s in picture.series]
    finite = [v if abs(v) < float("inf") else 0.0 for v in values]
    names = [plain(s.name or picture.value_label) for s in picture.series]
    places = list(range(len(values)))
    drawn = axes.barh(places, finite, color=COLOURS[0], height=0.7)
    axes.set_yticks(places, labels=names)
    axes.invert_yaxis()
    axes.bar_label(drawn, labels=[plain(value_text(picture.value_key, v)) for v in values], padding=4)
    axes.margins(x=0.12)
    most = max(finite, default=0.0)
    set_ticks(axes.xaxis, labelled(Scale(0.0, most or 1.0, False), picture.value_key, 8))
    axes.set_xlabel(plain(picture.value_text))
    open_frame(axes, "x")


def open_frame(axes: Axes, lines: Literal["both", "x"] = "both") -> None:
    """Leave out the frame's upper and right side, and draw a grid behind the rest."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, axis=lines, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
