"""A field of styled characters, the dots of Braille in it, and how it becomes text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

PALETTE: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#999999", "#f0e442")
"""Told apart by colour-blind readers too: Okabe and Ito, Color Universal Design (2008), black exchanged for grey, which
both a dark and a light terminal show."""

LETTERS: Final = "ABCDEFGH"
"""Marks of the series, which need no colour."""

DOTS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of the Braille patterns block by row and column of the dot (Unicode, Braille Patterns, U+2800)."""
BRAILLE: Final = 0x2800


class Cell(NamedTuple):
    """One character and how it looks, in rich's words; no style where it looks as the rest."""

    char: str
    style: str = ""


BLANK: Final = Cell(" ")
Row = list[Cell]


class Canvas:
    """Rows of cells, from the top."""

    def __init__(self, width: int, height: int) -> None:
        """Start with blanks."""
        self.width, self.height = width, height
        self.rows: list[Row] = [[BLANK] * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write `text` from column `x` of row `y` on; what lies outside is left out."""
        for i, char in enumerate(text, x):
            if 0 <= i < self.width and 0 <= y < self.height:
                self.rows[y][i] = Cell(char, style)

    def is_free(self, x: int, y: int) -> bool:
        """Whether nothing was put there yet."""
        return self.rows[y][x] is BLANK


class Dots:
    """One curve in Braille: two dots across and four down in each character."""

    def __init__(self, width: int, height: int) -> None:
        """Start without dots; `width` and `height` count characters."""
        self.width, self.height = width, height
        self.cells: dict[tuple[int, int], int] = {}

    def line(self, x0: int, y0: int, x1: int, y1: int) -> None:
        """Set the dots from one to another, both with 0 at the top left (Bresenham's line)."""
        dx, dy = abs(x1 - x0), -abs(y1 - y0)
        step_x, step_y = (1 if x1 > x0 else -1), (1 if y1 > y0 else -1)
        error = dx + dy
        while True:
            self._dot(x0, y0)
            if x0 == x1 and y0 == y1:
                return
            twice = 2 * error
            if twice >= dy:
                error += dy
                x0 += step_x
            if twice <= dx:
                error += dx
                y0 += step_y

    def _dot(self, x: int, y: int) -> None:
        column, row = x // 2, y // 4
        if 0 <= column < self.width and 0 <= row < self.height:
            self.cells[column, row] = self.cells.get((column, row), 0) | DOTS[y % 4][x % 2]


def to_text(rows: Sequence[Row], colour: bool) -> str:
    """Return the rows as lines of text; with `colour` the terminal's codes are in it."""
    if not colour:
        return "\n".join("".join(cell.char for cell in row).rstrip() for row in rows)
    return _coloured(rows)


def _coloured(rows: Sequence[Row]) -> str:
    """The rows through rich, which knows how many colours the terminal has; with fewer than 256 a scale is none."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    lines = []
    for row in rows:
        line = Text(end="")
        run, style = "", ""
        for cell in (*_stripped(row), Cell("", "end")):
            if cell.style != style:
                line.append(run, style or None)
                run, style = "", cell.style
            run += cell.char
        lines.append(line)
    width = max((len(row) for row in rows), default=1) + 1
    stream = StringIO()
    rich_enough = Console(force_terminal=True).color_system == "truecolor"
    console = Console(
        file=stream,
        force_terminal=True,
        no_color=False,  # the caller has decided
        color_system="truecolor" if rich_enough else "256",
        width=width,
        legacy_windows=False,
        highlight=False,
    )
    console.print(Text("\n").join(lines), soft_wrap=True, end="")
    return stream.getvalue()


def _stripped(row: Row) -> Row:
    end = len(row)
    while end and row[end - 1].char == " " and " on " not in row[end - 1].style:
        end -= 1
    return row[:end]


def words(text: str, style: str = "") -> Row:
    """Return `text` as cells."""
    return [Cell(char, style) for char in text]


def folded(text: str, width: int, style: str = "") -> list[Row]:
    """Return `text` as rows of at most `width` characters where its words allow."""
    from textwrap import wrap

    lines = wrap(text, max(width, 20), break_long_words=False, break_on_hyphens=False)
    return [words(line, style) for line in lines]
