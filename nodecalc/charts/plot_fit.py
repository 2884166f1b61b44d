"""A fit as a file: counted yields by die area, the fitted curve and its band, drawn by matplotlib."""

from __future__ import annotations

import os
from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

from .plot import save_figure
from .plot_style import COLOURS, SMALL_SIZE, TITLE_SIZE, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINE_SIZE: Final = (8.0, 5.0)
"""Of the figure, inches."""
LEAST_MARK: Final = 4.0
MOST_MARK: Final = 14.0
"""Diameters of points, for few dies and for the most."""


class FitPicture(NamedTuple):
    """What is drawn of a fit."""

    title: str
    points: Sequence[tuple[float, float, int]]
    """(area in mm2, yield, dies) of what was counted."""
    areas: Sequence[float]
    """Of the curves, mm2."""
    curve: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    curve_words: str
    band_words: str


def save_fit(picture: FitPicture, path: str | os.PathLike[str]) -> None:
    """Write a fit to the file `path` as SVG or PNG, by its ending; errors as for `save_plot`."""

    def draw() -> Figure:
        from matplotlib.figure import Figure

        figure = Figure(figsize=LINE_SIZE, layout="constrained")
        _draw(figure.add_subplot(), picture)
        return figure

    save_figure(draw, picture.title, path)


def _draw(axes: Axes, picture: FitPicture) -> None:
    from matplotlib.ticker import PercentFormatter

    axes.fill_between(
        picture.areas, picture.low, picture.high, color=COLOURS[0], alpha=0.2, linewidth=0.0, label=picture.band_words
    )
    axes.plot(picture.areas, picture.curve, color=COLOURS[0], label=picture.curve_words)
    most = max(dies for _, _, dies in picture.points)
    for place, (area, share, dies) in enumerate(picture.points):
        size = LEAST_MARK + (MOST_MARK - LEAST_MARK) * sqrt(dies / most)
        label = "counted; larger marks are more dies" if place == 0 else None
        axes.plot([area], [share], "o", color=COLOURS[1], markersize=size, alpha=0.8, label=label)
    axes.set(xlim=(0.0, picture.areas[-1]), ylim=(0.0, 1.0))
    axes.set_xlabel("die area (mm2)")
    axes.set_ylabel("yield")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(visible=True, alpha=0.25)
    axes.set_title(plain(picture.title), fontsize=TITLE_SIZE)
    axes.legend(frameon=False, fontsize=SMALL_SIZE + 1)
