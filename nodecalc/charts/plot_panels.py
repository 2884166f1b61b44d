"""How panels stand in a figure of matplotlib: one for each picture, with one title, one legend and one foot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from .picture import Picture
from .plot_style import SMALL_SIZE, TEXT_SIZE, TITLE_SIZE, plain, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

LINE_SIZE: Final = (8.0, 5.0)
"""Width and height of a line chart, inches."""
STACKED_HEIGHT: Final = 3.4
"""Height of each line chart of several, inches."""
SIDE_WIDTH: Final = 5.6
"""Width of each where they stand side by side, inches."""
BESIDE: Final = 2
"""Line charts side by side, where there are more than that."""
BAR_ROOM: Final = 0.28
"""Height of the figure for each bar, inches."""
BAR_HEAD: Final = 1.2
"""And for the title and the axis of bars, inches."""


def figure_of(pictures: Sequence[Picture], footer: str = "") -> Figure:
    """Return a figure with a panel for each of `pictures`, which are over the same axes; those of heat maps in rows."""
    first = pictures[0]
    if first.y is not None:
        figure = _heat_figure(pictures)
    elif first.x is not None:
        figure = _line_figure(pictures)
    else:
        figure = _bar_figure(pictures)
    width = figure.get_figwidth()
    figure.suptitle(wrapped(_title(pictures), width, TITLE_SIZE), fontsize=TITLE_SIZE)
    foot = "\n".join(wrapped(line, width, SMALL_SIZE) for line in (*notes_of(pictures), *footer.splitlines()))
    if foot:
        figure.supxlabel(foot, fontsize=SMALL_SIZE, color="#555555", x=0.01, ha="left", linespacing=1.4)
    return figure


def notes_of(pictures: Sequence[Picture]) -> list[str]:
    """Return the notes of all pictures; of several, each behind the name of its value."""
    if len(pictures) == 1:
        return list(pictures[0].notes)
    return [f"{picture.value_label}: {note}" for picture in pictures for note in picture.notes]


def _title(pictures: Sequence[Picture]) -> str:
    if len(pictures) > 1:
        return pictures[0].about
    return pictures[0].title + (" (log scale)" if pictures[0].value_log else "")


def _head(picture: Picture) -> str:
    """Return what stands above one panel of several."""
    return plain(picture.value_label + (" (log scale)" if picture.value_log else ""))


def _line_figure(pictures: Sequence[Picture]) -> Figure:
    from matplotlib.figure import Figure

    from .plot_lines import draw_lines, legend_of

    count = len(pictures)
    beside = 1 if count <= BESIDE else BESIDE
    deep = -(-count // beside)
    width = LINE_SIZE[0] if beside == 1 else SIDE_WIDTH * beside
    figure = Figure(figsize=LINE_SIZE if count == 1 else (width, STACKED_HEIGHT * deep + 0.6), layout="constrained")
    panels = list(figure.subplots(deep, beside, squeeze=False).flat)
    for panel in panels[count:]:
        panel.set_visible(False)
    for i, (panel, picture) in enumerate(zip(panels, pictures, strict=False)):
        draw_lines(panel, picture, wide=beside == 1)
        if count > 1:
            panel.set_title(_head(picture), fontsize=TEXT_SIZE + 1.0)
            if i + beside < count:  # the one below says what runs across
                panel.set_xlabel("")
    handles = legend_of(panels[:count], pictures)
    if handles:
        figure.legend(handles=handles, loc="outside right center", frameon=False)
    return figure


def _bar_figure(pictures: Sequence[Picture]) -> Figure:
    from matplotlib.figure import Figure

    from .plot_lines import draw_bars

    room = BAR_ROOM * len(pictures[0].series) + BAR_HEAD
    alone = len(pictures) == 1
    height = max(LINE_SIZE[1], BAR_ROOM * len(pictures[0].series)) if alone else room * len(pictures)
    figure = Figure(figsize=(LINE_SIZE[0], height), layout="constrained")
    for panel, picture in zip(figure.subplots(len(pictures), 1, squeeze=False).flat, pictures, strict=True):
        draw_bars(panel, picture)
    return figure


def _heat_figure(pictures: Sequence[Picture]) -> Figure:
    from matplotlib.figure import Figure

    from .plot_heat import draw_heat, heat_size

    width, height = heat_size(pictures[0])
    figure = Figure(figsize=(width, height * len(pictures)), layout="constrained")
    if len(pictures) == 1:
        draw_heat(figure, pictures[0])
        return figure
    rows: list[SubFigure] = list(figure.subfigures(len(pictures), 1, squeeze=False).flat)
    for row, picture in zip(rows, pictures, strict=True):
        row.suptitle(_head(picture), fontsize=TEXT_SIZE + 1.0, fontweight="bold")
        draw_heat(row, picture)
    return figure
