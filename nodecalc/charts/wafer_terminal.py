"""A wafer map as text: half blocks in colour, one character a site without."""

from __future__ import annotations

from typing import Final, NamedTuple

from .canvas import BLANK, Cell, Row, folded, to_text, words
from .heat import DIGITS, tint
from .wafer import DROP_IN, EXCLUDED, GOOD, PARTIAL, SitesInRow, WaferPicture

LEAST_WIDTH: Final = 20
MARKS: Final = {GOOD: "█", DROP_IN: "T", EXCLUDED: "x", PARTIAL: "·"}
PLAIN_MARKS: Final = {GOOD: "#", DROP_IN: "T", EXCLUDED: "x", PARTIAL: "."}
LEAST_STREET: Final = 1.5
"""Characters of a die above which one is given for its street."""
UPPER_HALF: Final = "▀"
LOWER_HALF: Final = "▄"

SKEW: Final = 0.06
"""How far a die may be drawn wider or higher than it is, so that all dies are drawn alike."""


class Pixel(NamedTuple):
    """What a pixel shows."""

    column: int
    row: int
    status: str
    right: bool
    """Whether it is the last of its die to the right."""
    low: bool
    """Whether it is the last of its die downwards."""


NOTHING: Final = Pixel(0, 0, "", False, False)


class Raster(NamedTuple):
    """Pixels over the wafer: how many, how large in mm, and where the first begins."""

    columns: int
    rows: int
    dx: float
    dy: float
    left: float
    top: float
    per_die: tuple[int, int]
    """Pixels in the pitch of a die; (0, 0) where that is no whole number."""


def wafer_text(picture: WaferPicture, width: int, height: int, colour: bool = False, unicode: bool = True) -> str:
    """Return the wafer as lines of text, its title above and what its marks mean below.

    Args:
        picture: the wafer.
        width: characters in a line.
        height: rows that the wafer itself takes at most.
        colour: whether the terminal's colour codes may be in it.
        unicode: whether the stream takes block characters; else it is all ASCII, but for names.

    """
    width = max(width, LEAST_WIDTH)
    blocks = colour and unicode
    # A character is twice as high as wide; half blocks make two square pixels of it.
    raster = _raster(picture, width, height * 2 if blocks else height, 1.0 if blocks else 2.0)
    rows = _blocks(picture, raster) if blocks else _marks(picture, raster, colour, unicode)
    indent = max(0, (width - raster.columns) // 2) if raster.columns < width else 0
    drawn = [[*[BLANK] * indent, *row] for row in rows]
    while drawn and all(cell is BLANK for cell in drawn[0]):
        drawn.pop(0)
    while drawn and all(cell is BLANK for cell in drawn[-1]):
        drawn.pop()
    title = folded(picture.title, width, "bold")
    return to_text([*title, [], *drawn, [], *_legend(picture, colour, unicode)], colour) + "\n"


def _raster(picture: WaferPicture, width: int, height: int, high: float) -> Raster:
    """Return pixels `high` times as high as wide that show the whole wafer: whole pixels a die where that is honest."""
    w, h = picture.wafer.half_width, picture.wafer.half_height
    px, py = picture.pitch
    first = picture.rows[0] if picture.rows else SitesInRow(0, 0.0, 0.0, ())
    for across in range(int(width * px / (2.0 * w)) + 1, 0, -1):
        up = max(1, round(across * py / (px * high)))
        if abs(across * py / (up * px * high) - 1.0) > SKEW:
            continue
        dx, dy = px / across, py / up
        # Pixels begin where cells do.
        left = first.x - px / 2.0 - dx * int((w + first.x - px / 2.0) / dx + 1.0)
        top = first.y - py / 2.0 + dy * int((h - first.y + py / 2.0) / dy + 1.0)
        columns, rows = int((w - left) / dx + 1.0), int((top + h) / dy + 1.0)
        if columns <= width and rows <= height:
            return Raster(columns, rows, dx, dy, left, top, (across, up))
    dx = max(2.0 * w / width, 2.0 * h / (height * high))
    dy = dx * high
    columns, rows = int(2.0 * w / dx), int(2.0 * h / dy)
    return Raster(columns, rows, dx, dy, -columns * dx / 2.0, rows * dy / 2.0, (0, 0))


def _pixels(picture: WaferPicture, raster: Raster, at: int) -> list[Pixel]:
    """Return the site at each pixel of a line; an empty status where there is none."""
    y = raster.top - (at + 0.5) * raster.dy
    row = picture.row_at(y)
    px, py = picture.pitch
    low = row is not None and row.y - py / 2.0 > y - raster.dy
    found = []
    for k in range(raster.columns):
        x = raster.left + (k + 0.5) * raster.dx
        column, status, right = 0, "", False
        if row is not None:
            column = round((x - row.x) / px)
            right = row.x + (column + 0.5) * px < x + raster.dx
            status = row.status(column)
            if status == PARTIAL and not picture.wafer.holds(x, y):
                status = ""
        found.append(Pixel(column, 0 if row is None else row.number, status, right, low))
    return found


def _blocks(picture: WaferPicture, raster: Raster) -> list[Row]:
    """Two pixels a character."""
    tones = raster.per_die[0] > 0 or picture.pitch[0] >= 2.0 * raster.dx
    lines = []
    for at in range(0, raster.rows, 2):
        pairs = [_pixels(picture, raster, at)]
        pairs.append(_pixels(picture, raster, at + 1) if at + 1 < raster.rows else [NOTHING] * raster.columns)
        cells = []
        for upper, lower in zip(*pairs, strict=True):
            top = picture.colour(upper.column, upper.row, upper.status, tones) if upper.status else ""
            bottom = picture.colour(lower.column, lower.row, lower.status, tones) if lower.status else ""
            if top:
                cells.append(Cell(UPPER_HALF, f"{top} on {bottom}" if bottom else top))
            else:
                cells.append(Cell(LOWER_HALF, bottom) if bottom else BLANK)
        lines.append(cells)
    return lines


def _marks(picture: WaferPicture, raster: Raster, colour: bool, unicode: bool) -> list[Row]:
    """One character a pixel; where a die has several, the last of each line is left blank as its street."""
    marks = MARKS if unicode else PLAIN_MARKS
    # Of dies that are no whole number of characters only those of three and more can spare one.
    across, up = (
        raster.per_die if raster.per_die[0] else (picture.pitch[0] / raster.dx - 1.0, picture.pitch[1] / raster.dy)
    )
    lines = []
    for at in range(raster.rows):
        cells = []
        for column, row, status, right, low in _pixels(picture, raster, at):
            if not status or (across > LEAST_STREET and right):
                cells.append(BLANK)
                continue
            mark = marks[status]
            digit = "" if colour or status != GOOD else _digit(picture, column, row)
            if digit:
                mark = digit
            elif status == GOOD and unicode and up > LEAST_STREET and low:
                mark = UPPER_HALF
            cells.append(Cell(mark, picture.colour(column, row, status) if colour else ""))
        lines.append(cells)
    return lines


def _digit(picture: WaferPicture, column: int, row: int) -> str:
    """Return the tenth of the scale that a yield is in; "" where the picture is of statuses or all yields are one."""
    low, high = picture.extent
    value = picture.value(column, row) if picture.value is not None and low < high else None
    return "" if value is None else DIGITS[min(int(10.0 * (value - low) / (high - low)), 9)]


def _legend(picture: WaferPicture, colour: bool, unicode: bool) -> list[Row]:
    marks = MARKS if unicode else PLAIN_MARKS
    line: Row = []
    for status, count in picture.legend():
        line += words("   " if line else "")
        shown = picture.colour(0, 0, status) if picture.value is None or status != GOOD else tint(1.0)
        block = MARKS[GOOD] if colour and unicode else marks[status]
        if status == GOOD and not colour and picture.value is not None and picture.extent[0] < picture.extent[1]:
            block = f"{DIGITS[0]}-{DIGITS[-1]}"
        line += [Cell(block, shown if colour else ""), *words(f" {count:,} {status}")]
    rows = [line]
    if picture.value is not None and colour:
        low, high = picture.extent
        bar = [Cell(" ", f"on {tint(i / 23)}") for i in range(24)]
        rows.append([*words(f"expected yield {low:.1%} "), *bar, *words(f" {high:.1%}")])
    elif picture.value is not None:
        low, high = picture.extent
        tenths = f" in tenths, 0 to 9: {low:.1%} to {high:.1%}" if low < high else f" {low:.1%}"
        rows.append(words(f"expected yield{tenths}"))
    return rows
