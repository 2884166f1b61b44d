"""A line chart in a terminal: Braille curves with a letter at their ends, break-even points marked."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, isnan
from typing import Any, Final

from .canvas import BRAILLE, LETTERS, PALETTE, Canvas, Dots, Row, words
from .frame import DIM, centred, framed, ticks_across, ticks_up, upward_labels
from .picture import AxisOf, Picture
from .ticks import Scale, labelled, value_scale

MOST_RULES: Final = 6
"""Break-even points with a line down to the axis; more would hide the curves."""

SHADE: Final = "░"
PLAIN_SHADE: Final = "."
"""An area from P10 to P90."""
EDGE_STEP: Final = 4
"""Columns from one small letter of a band's edge to the next."""

LETTERS_ALONG: Final = 3
"""How often a curve is named on its way, beside the end."""


def line_rows(picture: Picture, width: int, height: int, unicode: bool) -> list[Row]:
    """Return the rows of a line chart `width` characters wide whose field is `height` rows high."""
    from .resample import positions, thin

    axis = picture.x
    assert axis is not None  # a line chart has one
    found = picture.reach
    scale = value_scale(found.low, found.high, picture.value_log)
    across = axis_scale(axis)
    labels = upward_labels(scale, labelled(scale, picture.value_key, ticks_up(height)), height)
    gutter = max((len(text) for text in labels.values()), default=0)
    many = len(picture.series) > 1
    ends = _ends(picture, scale, height) if many else {}
    margin = max((len(letters) for letters in ends.values()), default=0)
    field = Canvas(max(10, width - gutter - 2 - margin), height)
    where = positions(axis.values, across.low, across.high, axis.log)

    def points(values: Any) -> Points:
        at, kept = thin(where, values, 2 * field.width)
        return [(a, scale.at(v)) for a, v in zip(at.tolist(), kept.tolist(), strict=True)]

    curves = [points(series.values) for series in picture.series]
    bands = {
        i: (points(series.band.low), points(series.band.high))
        for i, series in enumerate(picture.series)
        if series.band is not None
    }
    for i, (low, high) in bands.items():
        if many:
            _band_edges(field, low, high, i)
        else:
            _shade(field, low, high, unicode)
    for i, curve in enumerate(curves):
        style = PALETTE[i % len(PALETTE)] if many else ""
        (_braille if unicode else _letters)(field, curve, LETTERS[i] if many else "*", style)
    if many:
        _name(field, curves, unicode)
    rules = _mark(field, picture, across, scale, unicode)
    rows = framed(field, across, labelled(across, axis.key, ticks_across(field.width)), labels, gutter, unicode)
    for row, letters in ends.items():
        rows[row] += [c for i in letters for c in words(LETTERS[i], f"bold {PALETTE[i]}")]
    rows.append(centred(axis.text + (" (log)" if axis.log else ""), gutter + 2, field.width))
    if many:
        rows += _legend(picture, width)
    if bands:
        rows.append(_band_legend(list(bands) if many else [], unicode))
    if rules:
        rows.append(words(rules, DIM))
    return rows


def axis_scale(axis: AxisOf) -> Scale:
    """Return the scale from the first to the last value of an axis."""
    return Scale(float(axis.values[0]), float(axis.values[-1]), axis.log)


Points = list[tuple[float, float]]
"""Where the points of a curve lie in the field, from 0 to 1 to the right and upwards; nan for a gap."""


def _cell(at: float, count: int) -> int:
    return min(count - 1, max(0, int(at * count)))


def _braille(field: Canvas, curve: Points, letter: str, style: str) -> None:
    del letter
    dots = Dots(field.width, field.height)
    across, up = 2 * field.width, 4 * field.height
    before: tuple[int, int] | None = None
    for at, value in curve:
        if isnan(value):
            before = None
            continue
        here = _cell(at, across), up - 1 - _cell(value, up)
        dots.line(*(before or here), *here)
        before = here
    for (x, y), bits in dots.cells.items():
        under = field.rows[y][x].char
        shared = ord(under) - BRAILLE if BRAILLE <= ord(under) < BRAILLE + 256 else 0
        field.put(x, y, chr(BRAILLE + (bits | shared)), style)


def _letters(field: Canvas, curve: Points, letter: str, style: str) -> None:
    """Draw with the letter itself where there are no Braille characters: every point, and a line through them."""
    for at, value in curve:
        if not isnan(value):
            field.put(_cell(at, field.width), field.height - 1 - _cell(value, field.height), letter, style)
    before: int | None = None
    for column in range(field.width):
        value = _value_at(curve, (column + 0.5) / field.width)
        if isnan(value):
            before = None
            continue
        row = field.height - 1 - _cell(value, field.height)
        for between in range(min(row, before + 1), max(row, before - 1) + 1) if before is not None else (row,):
            field.put(column, between, letter, style)
        before = row


def _shade(field: Canvas, low: Points, high: Points, unicode: bool) -> None:
    """Fill the area between two curves."""
    for column, rows in _between(field, low, high):
        for row in rows:
            field.put(column, row, SHADE if unicode else PLAIN_SHADE, DIM)


def _band_edges(field: Canvas, low: Points, high: Points, number: int) -> None:
    """Draw two curves as small letters: areas of several series would hide each other where there is no colour."""
    for column, rows in _between(field, low, high):
        if column % EDGE_STEP == number % EDGE_STEP:
            for row in (rows[0], rows[-1]):
                field.put(column, row, LETTERS[number].lower(), PALETTE[number % len(PALETTE)])


def _between(field: Canvas, low: Points, high: Points) -> Iterator[tuple[int, range]]:
    """Yield each column with the rows from the upper to the lower curve, where both have a value."""
    for column in range(field.width):
        ends = [_value_at(curve, (column + 0.5) / field.width) for curve in (high, low)]
        if not any(isnan(at) for at in ends):
            top, bottom = (field.height - 1 - _cell(at, field.height) for at in ends)
            yield column, range(top, bottom + 1)


def _band_legend(numbers: list[int], unicode: bool) -> Row:
    """Return the line that explains areas, or small letters where `numbers` has the series that they are of."""
    if not numbers:
        return words(f"{SHADE if unicode else PLAIN_SHADE} P10 to P90", DIM)
    letters = [LETTERS[i].lower() for i in numbers]
    return words(f"{', '.join(letters)}: P10 and P90 of {', '.join(letters).upper()}", DIM)


def _value_at(curve: Points, at: float) -> float:
    """The height of a curve at `at`; nan in a gap and outside."""
    from bisect import bisect_left

    i = bisect_left(curve, (at,))
    if i == 0 or i == len(curve):
        return curve[0 if i == 0 else -1][1] if len(curve) == 1 or curve[0 if i == 0 else -1][0] == at else float("nan")
    (x0, y0), (x1, y1) = curve[i - 1], curve[i]
    return y0 + (at - x0) / (x1 - x0) * (y1 - y0) if x1 > x0 else y1


def _ends(picture: Picture, scale: Scale, height: int) -> dict[int, list[int]]:
    """Row -> the curves that reach the right border in it."""
    ends: dict[int, list[int]] = {}
    for i, series in enumerate(picture.series):
        at = scale.at(float(series.values[-1]))
        if isfinite(at):
            ends.setdefault(height - 1 - _cell(at, height), []).append(i)
    return ends


def _name(field: Canvas, curves: list[Points], unicode: bool) -> None:
    """Write letters on the curves on their way, and where one ends before the border."""
    for i, curve in enumerate(curves):
        for turn in range(LETTERS_ALONG if unicode else 0):
            column = int((turn + (i + 0.5) / len(curves)) / LETTERS_ALONG * field.width)
            value = _value_at(curve, (column + 0.5) / field.width)
            if not isnan(value):
                row = field.height - 1 - _cell(value, field.height)
                field.put(column, row, LETTERS[i], f"bold {PALETTE[i]}")
        last = next((point for point in reversed(curve) if isfinite(point[1])), None)
        if last is not None and last != curve[-1]:
            row = field.height - 1 - _cell(last[1], field.height)
            field.put(_cell(last[0], field.width), row, LETTERS[i], f"bold {PALETTE[i]}")


def _mark(field: Canvas, picture: Picture, across: Scale, scale: Scale, unicode: bool) -> str:
    """Mark the break-even points; return the line that explains the mark, if there is one."""
    if not picture.breaks:
        return ""
    point, rule = ("◆", "┊") if unicode else ("X", ":")
    for found in picture.breaks:
        column = _cell(across.at(found.meeting.start), field.width)
        row = field.height - 1 - _cell(scale.at(found.meeting.value), field.height)
        for below in range(row + 1, field.height) if len(picture.breaks) <= MOST_RULES else ():
            if field.is_free(column, below):
                field.put(column, below, rule, DIM)
        field.put(column, row, point, "bold")
    return f"{point} break-even"


def _legend(picture: Picture, width: int) -> list[Row]:
    """The letters and names of the series, as many in a row as it holds."""
    entries = [(LETTERS[i], s.name, f"bold {PALETTE[i]}") for i, s in enumerate(picture.series)]
    rows: list[Row] = [[]]
    for letter, name, style in entries:
        entry = [*words(letter, style), *words(f" {name}")]
        if rows[-1] and len(rows[-1]) + 3 + len(entry) > width:
            rows.append([])
        rows[-1] += [*words("   " if rows[-1] else ""), *entry]
    return rows
