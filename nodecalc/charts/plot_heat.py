"""A heat map as a figure of matplotlib: a panel for each series, and a map of which is the best where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .heat import HEAT, cell_scale, cell_ticks
from .picture import AxisOf, Picture
from .plot_style import COLOURS, TEXT_SIZE, plain, set_ticks
from .ticks import apart, labelled, value_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

PANEL: Final = (3.6, 3.2)
"""Width and height of a panel, inches."""
SINGLE: Final = (6.4, 5.0)
BESIDE: Final = 3
"""Panels side by side."""
MOST_CELLS: Final = 500
"""Cells of a panel in each direction: as fine as a print of it shows."""
BELOW_LABEL: Final = -0.17
"""Where the legend of the map of the best begins: under the label of its axis, in heights of a panel."""
LEGEND_COLUMNS: Final = 2
EMPTY: Final = "#e8e8e8"
"""Where there is no value."""


def _panels(picture: Picture) -> tuple[int, int, int]:
    """Return how many panels a heat map has, how many of them stand side by side, and how many one above another."""
    total = len(picture.series) + (len(picture.series) > 1)
    beside = 1 if total == 1 else 2 if total == 4 else min(BESIDE, total)
    return total, beside, -(-total // beside)


def heat_size(picture: Picture) -> tuple[float, float]:
    """Return width and height of the figure that a heat map takes, inches."""
    total, beside, deep = _panels(picture)
    return SINGLE if total == 1 else (PANEL[0] * beside + 1.2, PANEL[1] * deep + 1.0)


def draw_heat(figure: Figure | SubFigure, picture: Picture) -> None:
    """Draw a heat map: a panel for each series, and one of which is the best where."""
    from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize

    from .crossings import best, margins
    from .resample import edges, extent, few, pick

    across, up = picture.x, picture.y
    assert across is not None and up is not None  # noqa: PT018  a heat map has both
    many = len(picture.series) > 1
    total, beside, deep = _panels(picture)
    grid = figure.subplots(deep, beside, sharex=True, sharey=True, squeeze=False)
    panels: list[Axes] = list(grid.flat)

    found = extent([s.values for s in picture.series])
    scale = value_scale(found.low, found.high, picture.value_log)
    norm = (LogNorm if scale.log else Normalize)(scale.low, scale.high)
    colours = LinearSegmentedColormap.from_list("heat", HEAT).with_extremes(bad=EMPTY)
    rows, columns = few(up.values, MOST_CELLS), few(across.values, MOST_CELLS)
    x, y = across.values[columns], up.values[rows]
    borders = edges(x, across.log), edges(y, up.log)
    fields = [pick(s.values, rows, columns) for s in picture.series]
    lines = margins(fields, picture.better, picture.value_log) if many else []

    mesh: Any = None
    for panel, series, field in zip(panels, picture.series, fields, strict=False):
        mesh = panel.pcolormesh(*borders, field, norm=norm, cmap=colours, rasterized=True)
        panel.set_title(plain(series.name), fontsize=TEXT_SIZE + 1.0)
        _boundaries(panel, x, y, lines)
    bar = figure.colorbar(mesh, ax=panels, shrink=0.9, aspect=30, pad=0.02)
    set_ticks(bar.ax.yaxis, labelled(scale, picture.value_key, 8))
    bar.set_label(plain(picture.value_text))
    if many:
        _best_map(panels[len(fields)], picture, borders, best(fields, picture.better))
        _boundaries(panels[len(fields)], x, y, lines)
    for i, panel in enumerate(panels):
        if i >= total:
            panel.set_visible(False)
            continue
        _axes(panel, across, up, i % beside == 0, i + beside >= total)


def _boundaries(panel: Axes, x: Any, y: Any, lines: list[Any]) -> None:
    """Draw where the best series changes: where one is as good as the best of the others."""
    from matplotlib.patheffects import Normal, Stroke

    for margin in lines[:-1]:  # the last one's border is the border of others too
        if not (bool((margin < 0.0).any()) and bool((margin > 0.0).any())):
            continue
        drawn = panel.contour(x, y, margin, levels=[0.0], colors="white", linewidths=1.4)
        drawn.set_path_effects([Stroke(linewidth=2.8, foreground="black"), Normal()])


def _best_map(panel: Axes, picture: Picture, borders: tuple[Any, Any], winners: Any) -> None:
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    count = len(picture.series)
    colours = ListedColormap([EMPTY, *COLOURS[:count]])
    panel.pcolormesh(*borders, winners, cmap=colours, vmin=-1.5, vmax=count - 0.5, rasterized=True)
    panel.set_title(plain(picture.best_word), fontsize=TEXT_SIZE + 1.0, fontweight="bold")
    present = [i for i in range(count) if bool((winners == i).any())]
    panel.legend(
        handles=[Patch(color=COLOURS[i], label=plain(picture.series[i].name)) for i in present],
        loc="upper center",
        bbox_to_anchor=(0.5, BELOW_LABEL),
        ncols=max(1, min(LEGEND_COLUMNS, len(present))),
        frameon=False,
        fontsize=TEXT_SIZE - 1.0,
        handlelength=1.2,
        columnspacing=1.0,
    )


def _axes(panel: Axes, across: AxisOf, up: AxisOf, left: bool, lowest: bool) -> None:
    x, y = cell_scale(across), cell_scale(up)
    panel.set_xscale("log" if across.log else "linear")
    panel.set_yscale("log" if up.log else "linear")
    panel.set_xlim(x.low, x.high)
    panel.set_ylim(y.low, y.high)
    set_ticks(panel.xaxis, apart(cell_ticks(across, 6), x, 0.11))
    set_ticks(panel.yaxis, apart(cell_ticks(up, 7), y, 0.06))
    panel.tick_params(labelbottom=lowest, labelleft=left)
    if left:
        panel.set_ylabel(plain(up.text))
    if lowest:
        panel.set_xlabel(plain(across.text))
