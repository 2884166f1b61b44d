"""What stands around a field of characters: the two axes with their ticks."""

from __future__ import annotations

from typing import Final

from .canvas import BLANK, Canvas, Row, words
from .ticks import Scale, Ticks

DIM: Final = "dim"
TICK_ROOM: Final = 3
"""Rows of the field for each tick of the upward axis."""
TICK_WIDTH: Final = 10
"""Characters of the field for each tick of the axis across."""


def upward_labels(scale: Scale, ticks: Ticks, height: int) -> dict[int, str]:
    """Return row -> text of the ticks of the upward axis over `height` rows; of two in a row the lower one stays."""
    found: dict[int, str] = {}
    for tick, text in ticks:
        row = height - 1 - min(height - 1, int(scale.at(tick) * height))
        found.setdefault(row, text)
    return found


def ticks_up(height: int) -> int:
    """Return how many ticks an upward axis of `height` rows has room for."""
    return max(3, height // TICK_ROOM)


def ticks_across(width: int) -> int:
    """Return how many ticks an axis across of `width` characters has room for."""
    return max(2, width // TICK_WIDTH)


def framed(field: Canvas, x: Scale, ticks: Ticks, y: dict[int, str], gutter: int, unicode: bool) -> list[Row]:
    """Return the rows of `field` with the upward axis left of it and the other one below."""
    side, corner, across, tick_up, tick_down = "│└─┤┬" if unicode else "|+-++"
    rows: list[Row] = []
    for i, row in enumerate(field.rows):
        label = y.get(i, "")
        rows.append([*words(f"{label:>{gutter}} {tick_up if label else side}", DIM), *row])
    line = [across] * field.width
    labels = [" "] * (gutter + 2 + field.width)
    free = 0
    for tick, text in ticks:
        column = min(field.width - 1, int(x.at(tick) * field.width))
        start = min(max(0, gutter + 2 + column - len(text) // 2), len(labels) - len(text))
        if start < free:
            continue
        line[column] = tick_down
        labels[start : start + len(text)] = text
        free = start + len(text) + 1
    rows.append(words(" " * (gutter + 1) + corner + "".join(line), DIM))
    rows.append(words("".join(labels), DIM))
    return rows


def centred(text: str, left: int, width: int, style: str = DIM) -> Row:
    """Return `text` in the middle of `width` characters after `left` blanks; cut where it is longer."""
    return [*[BLANK] * left, *words(f"{text[:width]:^{width}}", style)]
