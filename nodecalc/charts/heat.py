"""A heat map in a terminal: a panel for each series on one scale, and a map of which series is the best where."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final, NamedTuple

from .canvas import BLANK, LETTERS, PALETTE, Canvas, Cell, Row, folded, words
from .frame import DIM, centred, framed, ticks_across, ticks_up, upward_labels
from .picture import AxisOf, Picture
from .ticks import Scale, Ticks, labelled, value_scale
from .words import named, value_text

SHADES: Final = " ░▒▓█"
DIGITS: Final = "0123456789"
HEAT: Final = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
"""Corners of a scale that is even to the eye and told apart by colour-blind readers: viridis, van der Walt and Smith
(2015), at 0, 1/4, 1/2, 3/4 and 1."""
BOUNDARY: Final = "#ffffff"

PANEL_WIDTH: Final = 44
"""Characters that a panel is left at least where several stand side by side."""
GAP: Final = 3
SCALE_WIDTH: Final = 24

Field = list[list[float]]
"""Values by row from the bottom, then column; nan where there is none."""


class Look(NamedTuple):
    """How a heat map is drawn on this stream."""

    colour: bool
    unicode: bool

    @property
    def marks(self) -> str:
        """Characters for no value and for a boundary."""
        return "×•" if self.unicode else "x*"

    @property
    def levels(self) -> str:
        """Characters from the lowest to the highest values."""
        return SHADES if self.unicode else DIGITS

    @property
    def rows(self) -> int:
        """Pixels in the height of a character: half blocks hold two, where each can have its colour."""
        return 2 if self.colour and self.unicode else 1


def heat_rows(picture: Picture, width: int, height: int, colour: bool, unicode: bool) -> list[Row]:
    """Return the rows of a heat map: panels of `height` rows each, as many side by side as `width` holds."""
    from .crossings import best
    from .resample import extent, pick, picked

    across, up = picture.x, picture.y
    assert across is not None and up is not None  # noqa: PT018  a heat map has both
    look = Look(colour, unicode)
    many = len(picture.series) > 1
    total = len(picture.series) + many
    beside = max(1, min(total, (width + GAP) // (PANEL_WIDTH + GAP)))
    y_scale, x_scale = cell_scale(up), cell_scale(across)
    labels = upward_labels(y_scale, cell_ticks(up, ticks_up(height)), height)
    gutter = max((len(text) for text in labels.values()), default=0)
    columns = max(10, (width + GAP) // beside - GAP - gutter - 2)
    ticks = cell_ticks(across, ticks_across(columns))

    found = extent([s.values for s in picture.series])
    scale = value_scale(found.low, found.high, picture.value_log)
    at_rows, at_columns = picked(up.values, up.log, height * look.rows), picked(across.values, across.log, columns)
    hidden = [*_hidden(across, at_columns), *_hidden(up, at_rows)]
    fields = [pick(s.values, at_rows, at_columns) for s in picture.series]
    winners: list[list[int]] = best(fields, picture.better).tolist() if many else []
    border = _border(winners)

    panels: list[list[Row]] = []
    for i, field in enumerate(fields):
        drawn = _panel(field.tolist(), border, scale, look)
        head = f"{LETTERS[i]} {picture.series[i].name}" if many else ""
        panels.append(_around(head, drawn, x_scale, ticks, across, labels, gutter, unicode))
    if many:
        drawn = _letters(winners[:: look.rows] if look.rows > 1 else winners, colour, look)
        panels.append(_around(picture.best_word, drawn, x_scale, ticks, across, labels, gutter, unicode))
    rows = [*folded(f"upwards: {up.text}{' (log)' if up.log else ''}", width, DIM)]
    for start in range(0, len(panels), beside):
        rows += _side_by_side(panels[start : start + beside])
    rows += _scale_rows(picture, scale, found.infinite + found.missing > 0, look, width)
    rows += _winner_rows(picture, winners, border, look, width)
    if hidden:
        rows += folded(f"too narrow to be seen at this size: {', '.join(hidden)}", width, DIM)
    return rows


def _hidden(axis: AxisOf, shown: Sequence[int]) -> list[str]:
    """The values of an axis, few enough to be seen one by one, that no pixel shows."""
    if len(axis.values) > len(shown):
        return []
    return [named(axis.key, v) for i, v in enumerate(axis.values) if i not in set(shown)]


def cell_scale(axis: AxisOf) -> Scale:
    """Return the scale of an axis of cells: from the outer border of the first to that of the last."""
    from .resample import edges

    border = edges(axis.values, axis.log)
    return Scale(float(border[0]), float(border[-1]), axis.log)


def cell_ticks(axis: AxisOf, most: int) -> Ticks:
    """Return the ticks of an axis of cells: all its values where they are few, else round ones between them."""
    values = axis.values
    if len(values) <= most:
        return [(float(v), value_text(axis.key, v)) for v in values]
    return labelled(Scale(float(values[0]), float(values[-1]), axis.log), axis.key, most)


def _border(winners: Sequence[Sequence[int]]) -> set[tuple[int, int]]:
    """Pixels (row, column) whose right or upper neighbour has another best series."""
    found = set()
    for r, row in enumerate(winners):
        for c, here in enumerate(row):
            right = row[c + 1] if c + 1 < len(row) else here
            above = winners[r + 1][c] if r + 1 < len(winners) else here
            if here >= 0 and ((right not in (here, -1)) or (above not in (here, -1))):
                found.add((r, c))
    return found


def _panel(field: Field, border: set[tuple[int, int]], scale: Scale, look: Look) -> Canvas:
    """One series: a shade, digit or colour for each pixel."""
    height, width = len(field) // look.rows, len(field[0])
    canvas = Canvas(width, height)
    for y in range(height):
        low = (height - 1 - y) * look.rows
        for x in range(width):
            if look.colour:
                pixels = [
                    BOUNDARY if (r, x) in border else _tint(scale, field[r][x]) for r in range(low, low + look.rows)
                ]
                canvas.rows[y][x] = _tinted(pixels, look)
            elif (low, x) in border:
                canvas.rows[y][x] = Cell(look.marks[1])
            else:
                canvas.rows[y][x] = Cell(_shade(scale, field[low][x], look))
    return canvas


def _shade(scale: Scale, value: float, look: Look) -> str:
    at = scale.at(value)
    return look.levels[min(len(look.levels) - 1, int(at * len(look.levels)))] if isfinite(at) else look.marks[0]


def _tint(scale: Scale, value: float) -> str:
    """The colour of a value, nothing where it is not finite."""
    at = scale.at(value)
    return tint(at) if isfinite(at) else ""


def tint(at: float) -> str:
    """Return the colour of `at`, from 0 to 1, as #rrggbb.

    >>> tint(0.0), tint(1.0)
    ('#440154', '#fde725')

    """
    place = min(max(at, 0.0), 1.0) * (len(HEAT) - 1)
    i = min(int(place), len(HEAT) - 2)
    pairs = ((int(HEAT[i][k : k + 2], 16), int(HEAT[i + 1][k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(a + (place - i) * (b - a)):02x}" for a, b in pairs)


def _tinted(pixels: Sequence[str], look: Look) -> Cell:
    """A character that shows the pixels from the bottom up."""
    if look.rows == 1:
        return Cell(" ", f"on {pixels[0]}") if pixels[0] else Cell(look.marks[0])
    lower, upper = pixels
    if upper:
        return Cell("▀", f"{upper} on {lower}" if lower else upper)
    return Cell("▄", lower) if lower else BLANK


def _letters(winners: Sequence[Sequence[int]], colour: bool, look: Look) -> Canvas:
    """Which series is the best where, by its letter."""
    canvas = Canvas(len(winners[0]), len(winners))
    for y, row in enumerate(reversed(winners)):
        for x, i in enumerate(row):
            style = f"black on {PALETTE[i]}" if colour and i >= 0 else ""
            canvas.put(x, y, LETTERS[i] if i >= 0 else look.marks[0], style)
    return canvas


def _around(
    head: str, field: Canvas, x: Scale, ticks: Ticks, across: AxisOf, labels: dict[int, str], gutter: int, unicode: bool
) -> list[Row]:
    rows = framed(field, x, ticks, labels, gutter, unicode)
    name = across.text + (" (log)" if across.log else "")
    return [
        *([words(" " * (gutter + 2) + head, "bold")] if head else []),
        *rows,
        centred(name, gutter + 2, field.width),
    ]


def _side_by_side(panels: Sequence[list[Row]]) -> list[Row]:
    """Panels of equal height in one row of panels, each as wide as its widest row."""
    rows: list[Row] = [[] for _ in panels[0]]
    for panel in panels:
        width = max(len(row) for row in panel)
        for row, part in zip(rows, panel, strict=True):
            row += [*([BLANK] * GAP if row else []), *part, *[BLANK] * (width - len(part))]
    return rows


def _scale_rows(picture: Picture, scale: Scale, gaps: bool, look: Look, width: int) -> list[Row]:
    """What the colours or shades mean."""

    def text(at: float) -> str:
        return value_text(picture.value_key, scale.value(at))

    if look.colour:
        rows = [_colour_bar(text(0.0), text(0.5), f"{text(1.0)} {picture.unit}".rstrip(), width)]
        return [*rows, words("blank: no value" if look.unicode else f"{look.marks[0]}: no value")] if gaps else rows
    count = len(look.levels)
    parts = [text(0.0)]
    for i, level in enumerate(look.levels):
        parts += [f"[{level}]".replace(" ", "\0"), text((i + 1) / count)]
    line = " ".join(parts) + (f" {picture.unit}" if picture.unit else "")
    rows = [[Cell(" " if c.char == "\0" else c.char) for c in row] for row in folded(line, width)]
    return [*rows, words(f"{look.marks[0]}: no value")] if gaps else rows


def _colour_bar(low: str, middle: str, high: str, width: int) -> Row:
    """The colours between the values at both ends and in the middle; shorter where there is little room."""
    half = max(1, min(SCALE_WIDTH, width - len(low) - len(middle) - len(high) - 4) // 2)
    colours = [Cell(" ", f"on {tint(i / (2 * half - 1))}") for i in range(2 * half)]
    return [*words(f"{low} "), *colours[:half], *words(f" {middle} "), *colours[half:], *words(f" {high}")]


def _winner_rows(
    picture: Picture, winners: Sequence[Sequence[int]], border: set[tuple[int, int]], look: Look, width: int
) -> list[Row]:
    """What the letters mean, and what the boundary is."""
    if not winners:
        return []
    present = {i for row in winners for i in row if i >= 0}
    names = "   ".join(f"{LETTERS[i]} {s.name}" for i, s in enumerate(picture.series))
    said = f"{picture.best_word}: {names}"
    if len(present) == 1:
        said += f"; {picture.series[present.pop()].name} wherever the map shows a value"
    elif border:
        said += f"; {'white' if look.colour else look.marks[1]}: where the {picture.best_word} changes"
    return folded(said, width)
