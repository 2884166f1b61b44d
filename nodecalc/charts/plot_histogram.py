"""Histograms and tornadoes as SVG and PNG, drawn by matplotlib."""

from __future__ import annotations

import os
from math import isfinite
from typing import TYPE_CHECKING, Final

from .histogram import MOST_BARS, Spreads, counts_of, scale_of, value_text
from .plot import save_figure
from .plot_style import COLOURS, SMALL_SIZE, TITLE_SIZE, open_frame, plain, set_ticks, wrapped
from .ticks import Scale, labelled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BINS: Final = 80
WIDTH: Final = 8.0
HISTOGRAM: Final = 3.6
BAR: Final = 0.3
"""Inches: width of the figure, height of the histograms, and of each bar."""
MARGIN: Final = 0.9
"""Inches of a tornado beside its bars."""


def save_spreads(picture: Spreads, path: str | os.PathLike[str], footer: str = "") -> None:
    """Write `picture` to a file as SVG or PNG by its ending; the same picture gives the same bytes."""
    save_figure(lambda: _figure(picture, footer), picture.title, path)


def _figure(picture: Spreads, footer: str) -> Figure:
    from matplotlib.figure import Figure

    tornadoes = [(name, answer, list(bars[:MOST_BARS])) for name, answer, bars in picture.reaches if bars]
    heights = [HISTOGRAM, *(MARGIN + BAR * len(bars) for _, _, bars in tornadoes)]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.8), layout="constrained")
    axes = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _histograms(axes[0], picture)
    for place, (name, answer, bars) in zip(axes[1:], tornadoes, strict=True):
        _tornado(place, picture, name, answer, bars)
    figure.suptitle(wrapped(picture.title, WIDTH, TITLE_SIZE), fontsize=TITLE_SIZE)
    foot = "\n".join(wrapped(line, WIDTH, SMALL_SIZE) for line in (*picture.notes, footer) if line)
    if foot:
        figure.supxlabel(foot, fontsize=SMALL_SIZE, color="#555555", x=0.01, ha="left", linespacing=1.4)
    return figure


def _histograms(axes: Axes, picture: Spreads) -> None:
    scale = scale_of(picture.spreads)
    edges = [scale.value(i / BINS) for i in range(BINS + 1)]
    for i, spread in enumerate(picture.spreads):
        colour = COLOURS[i % len(COLOURS)]
        shares = counts_of(spread.samples, scale, BINS)
        axes.stairs(shares, edges, fill=True, alpha=0.35, color=colour, label=plain(spread.name))
        axes.stairs(shares, edges, color=colour, linewidth=1.0)
        for name, value in spread.marks:
            if isfinite(value):
                axes.axvline(value, color=colour, linewidth=1.0, linestyle="--" if name != "P50" else "-")
                text = plain(f"{name} {value_text(picture.key, value)}")
                axes.annotate(
                    text, (value, 1.0 - 0.07 * i), xycoords=("data", "axes fraction"), xytext=(2, -2),
                    textcoords="offset points", fontsize=SMALL_SIZE, va="top", color=colour,
                )  # fmt: skip
    axes.set_xscale("log" if scale.log else "linear")
    axes.set_xlim(scale.low, scale.high)
    set_ticks(axes.xaxis, labelled(scale, picture.key, 9))
    axes.set_xlabel(plain(picture.text))
    axes.set_yticks([])
    axes.set_ylabel("share of worlds")
    open_frame(axes, "x")
    if len(picture.spreads) > 1:
        axes.legend(frameon=False, loc="center right")


def _tornado(axes: Axes, picture: Spreads, name: str, answer: float, bars: list) -> None:  # type: ignore[type-arg]
    places = range(len(bars))
    for place, bar in zip(places, bars, strict=True):
        for end, colour in ((bar.at_low, COLOURS[0]), (bar.at_high, COLOURS[1])):
            if isfinite(end):
                axes.barh(place, end - answer, left=answer, color=colour, height=0.7)
    axes.axvline(answer, color="#222222", linewidth=0.8)
    axes.set_yticks(list(places), labels=[plain(bar.name) for bar in bars])
    axes.invert_yaxis()
    low, high = axes.get_xlim()
    set_ticks(axes.xaxis, labelled(Scale(low, high, False), picture.key, 8))
    axes.set_xlabel(plain(f"{name}: {picture.text} at each input's P10 (blue) and P90 (orange)"))
    open_frame(axes, "x")
