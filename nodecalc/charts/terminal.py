"""Charts as text: curves, heat maps and bars, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TextIO

from .bars import bar, has_blocks
from .canvas import Row, folded, to_text, words
from .picture import Picture
from .screen import has_colour, terminal_width
from .words import value_text

HEIGHT: Final = 18
"""Rows of a chart's field where nothing else is said."""

LEAST_HEIGHT: Final = 9
SHORTER: Final = 5
"""Rows that the field loses with each chart more."""
MOST_CHARTS: Final = 4
"""Charts that one still scrolls through."""

PIPE_WIDTH: Final = 100
"""Characters of a chart where there is no terminal to ask."""


def chart_text(picture: Picture, width: int, height: int = HEIGHT, colour: bool = False, unicode: bool = True) -> str:
    """Return `picture` as lines of text, with its title above and its notes below.

    Args:
        picture: what `picture_of` made.
        width: characters in a line.
        height: rows of the field between the axes; of each panel of a heat map.
        colour: whether the terminal's colour codes may be in it; everything can be told apart without them.
        unicode: whether the stream takes block and Braille characters; else it is all ASCII, but for the names.

    >>> from nodecalc.charts.picture import picture_of
    >>> picture = picture_of(("node",), {"node": ["tsmc-n5", "tsmc-n7"]}, [32.0, 16.0], "good_die_cost_usd")
    >>> print(chart_text(picture, 40, unicode=False), end="")
    good die cost (USD) by node
    <BLANKLINE>
    tsmc-n5  32.00  ########################
    tsmc-n7  16.00  ############

    """
    width, height = max(width, 30), max(height, 4)
    if picture.x is None:
        rows = _bar_rows(picture, width, unicode)
    elif picture.y is None:
        from .lines import line_rows

        rows = line_rows(picture, width, height, unicode)
    else:
        from .heat import heat_rows

        rows = heat_rows(picture, width, height, colour, unicode)
    title = picture.title + (" (log scale)" if picture.value_log else "")
    notes = [row for note in picture.notes for row in folded(note, width, "dim")]
    return to_text([*folded(title, width, "bold"), [], *rows, *notes], colour) + "\n"


def write_chart(picture: Picture, stream: TextIO, height: int = HEIGHT) -> None:
    """Write `picture` to `stream`: as wide as its terminal; in colour only where it is one and NO_COLOR is not set."""
    width = terminal_width(stream) if stream.isatty() else PIPE_WIDTH
    stream.write(chart_text(picture, width, height, has_colour(stream), has_blocks(stream)))


def write_charts(pictures: Sequence[Picture], stream: TextIO) -> None:
    """Write `pictures` one below another, lower the more there are; beyond `MOST_CHARTS` of them say which are left."""
    shown, left = pictures[:MOST_CHARTS], pictures[MOST_CHARTS:]
    for i, picture in enumerate(shown):
        stream.write("\n" if i else "")
        write_chart(picture, stream, max(LEAST_HEIGHT, HEIGHT - SHORTER * (len(shown) - 1)))
    if left:
        told = ", ".join(picture.value_label for picture in left)
        width = terminal_width(stream) if stream.isatty() else PIPE_WIDTH
        note = folded(f"no chart here of {told}: --plot FILE.png draws all", width, "dim")
        stream.write("\n" + to_text(note, has_colour(stream)) + "\n")


def _bar_rows(picture: Picture, width: int, unicode: bool) -> list[Row]:
    """A bar for each series, on a scale from nothing to the largest."""
    from .resample import extent

    values = [float(s.values) for s in picture.series]
    texts = [value_text(picture.value_key, v) for v in values]
    names = [s.name or picture.value_label for s in picture.series]
    name_width, text_width = max(map(len, names)), max(map(len, texts))
    room = max(4, width - name_width - text_width - 4)
    most = extent([s.values for s in picture.series]).high
    return [
        [
            *words(f"{name:<{name_width}}  {text:>{text_width}}  "),
            *words(bar(value, most, room, unicode) if value < float("inf") else "", "cyan"),
        ]
        for name, text, value in zip(names, texts, values, strict=True)
    ]
