"""Histograms and tornadoes: how a result is spread, and how far each input moves it, as characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TextIO

from .bars import has_blocks
from .canvas import PALETTE, Canvas, Row, folded, to_text, words
from .frame import centred, framed, ticks_across
from .screen import has_colour, terminal_width
from .ticks import Scale, labelled
from .words import value_text as _exact_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UPWARD: Final = " ▁▂▃▄▅▆▇█"
"""A cell filled from below by eighths."""

LEAST, MOST = 0.002, 0.99
"""Shares of the worlds at the ends of the scale; a long tail would leave no room for the rest."""
LOG_FROM: Final = 10.0
"""Factor between the ends from which the scale is logarithmic."""

ROWS: Final = 8
ROWS_OF_SEVERAL: Final = 4
"""Rows of a histogram, alone and one of several."""
WIDEST: Final = 100
"""Characters that are enough for a histogram."""
EACH: Final = 2
"""Characters across of each bar: with more bars there are too few worlds in each."""
MOST_BARS: Final = 10
"""Bars of a tornado."""


ENDLESS: Final = 1e9
"""Numbers from here on are told in three digits."""
FURTHEST: Final = 1e4
"""Times the median: what lies beyond has no room on the scale."""


def value_text(key: str, value: float) -> str:
    """Return a number as the vocabulary's tables print it; of an enormous one three digits."""
    return f"{value:.3g}" if abs(value) >= ENDLESS else _exact_text(key, value)


class Spread(NamedTuple):
    """One histogram."""

    name: str
    samples: Any
    marks: tuple[tuple[str, float], ...]
    """Names and values of what is marked on the axis, rising."""


class Reach(NamedTuple):
    """One bar of a tornado: what a result is at an input's P10 and at its P90."""

    name: str
    at_low: float
    at_high: float


class Spreads(NamedTuple):
    """Histograms on one scale, and tornadoes."""

    title: str
    key: str
    """Of the result, in the vocabulary."""
    text: str
    """Its label and unit."""
    spreads: Sequence[Spread]
    reaches: Sequence[tuple[str, float, Sequence[Reach]]] = ()
    """For each node its name, the answer, and its bars."""
    notes: Sequence[str] = ()


def scale_of(spreads: Sequence[Spread]) -> Scale:
    """Return the scale on which nearly all samples of all histograms lie."""
    from nodecalc_kernels.numpy_whole import np

    ends = []
    for spread in spreads:
        finite = spread.samples[np.isfinite(spread.samples)]
        if finite.size:
            rising = np.sort(finite)
            low, middle, high = (float(rising[int(share * (rising.size - 1))]) for share in (LEAST, 0.5, MOST))
            ends.append((low, min(high, FURTHEST * middle) if middle > 0.0 else high))
    if not ends:
        return Scale(0.0, 1.0, False)
    low, high = float(min(low for low, _ in ends)), float(max(high for _, high in ends))
    if not high > low:
        room = abs(low) * 0.05 or 1.0
        return Scale(low - room, high + room, False)
    return Scale(low, high, low > 0.0 and high / low >= LOG_FROM)


def counts_of(samples: NDArray[np.float64], scale: Scale, bins: int) -> NDArray[np.float64]:
    """Return the share of all samples in each of `bins` equal parts of the scale; what lies outside is in none."""
    from nodecalc_kernels.numpy_whole import np

    edges = np.array([scale.value(i / bins) for i in range(bins + 1)])
    edges[-1] = np.nextafter(scale.high, np.inf)
    counts, _ = np.histogram(samples, edges)
    found: NDArray[np.float64] = counts / samples.size
    return found


def outside(spread: Spread, scale: Scale) -> tuple[float, float]:
    """Return the shares of the samples below and above the scale."""
    return float((spread.samples < scale.low).mean()), float((~(spread.samples <= scale.high)).mean())


def spreads_text(picture: Spreads, width: int, colour: bool = False, unicode: bool = True) -> str:
    """Return histograms, one above the other on one scale, and tornadoes as lines of text `width` characters wide."""
    width = max(min(width, WIDEST), 30)
    scale = scale_of(picture.spreads)
    many = len(picture.spreads) > 1
    rows: list[Row] = [*folded(picture.title, width, "bold"), []]
    inside = (width - 2) // EACH * EACH
    height = ROWS_OF_SEVERAL if many else ROWS
    for i, spread in enumerate(picture.spreads):
        if many:
            rows.append(words(spread.name[:width], f"bold {PALETTE[i % len(PALETTE)]}"))
        shares = counts_of(spread.samples, scale, inside // EACH)
        field = _bars(shares, inside, height, PALETTE[i % len(PALETTE)], unicode)
        last = i == len(picture.spreads) - 1
        drawn = framed(field, scale, labelled(scale, picture.key, ticks_across(inside)), {}, 0, unicode)
        rows += drawn if last else drawn[: height + 1]
        rows += _marks(spread, scale, inside, picture.key, unicode)
    rows.append(centred(picture.text + (" (log)" if scale.log else ""), 2, inside))
    for name, answer, bars in picture.reaches:
        rows += [[], *_tornado(name, answer, bars, width, picture.key, unicode)]
    rows += [row for note in picture.notes for row in folded(note, width, "dim")]
    return to_text(rows, colour) + "\n"


def write_spreads(picture: Spreads, stream: TextIO) -> None:
    """Write `picture` to `stream`: as wide as its terminal, in colour only where it is one and NO_COLOR is not set."""
    width = terminal_width(stream) if stream.isatty() else WIDEST
    stream.write(spreads_text(picture, width, has_colour(stream), has_blocks(stream)))


def _bars(shares: Any, width: int, height: int, style: str, unicode: bool) -> Canvas:
    field = Canvas(width, height)
    most = float(shares.max()) or 1.0
    for x, part in enumerate(shares.tolist()):
        eighths = round(part / most * height * 8)
        if part > 0.0:
            eighths = max(eighths, 1)
        for row in range(height):
            filled = min(8, max(0, eighths - 8 * row))
            if filled:
                field.put(EACH * x, height - 1 - row, EACH * (UPWARD[filled] if unicode else "#"), style)
    return field


def _marks(spread: Spread, scale: Scale, width: int, key: str, unicode: bool) -> list[Row]:
    """Return the lines under a histogram that say where its marks are; one without room goes a line lower."""
    lines: list[list[str]] = []
    free: list[int] = []
    point = "▲" if unicode else "^"
    for name, value in spread.marks:
        at = scale.at(value)
        if not 0.0 <= at <= 1.0:
            continue
        text = f"{name} {value_text(key, value)}"
        column = min(width - 1, int(at * width)) + 2
        ahead = column + len(text) + 2 > width + 2
        start = column - len(text) - 1 if ahead else column
        row = next((i for i, used in enumerate(free) if start >= used), len(lines))
        if row == len(lines):
            lines.append([" "] * (width + 2))
            free.append(0)
        start = max(start, 0)
        written = f"{text} {point}" if ahead else f"{point} {text}"
        lines[row][start : start + len(written)] = written
        free[row] = start + len(written) + 2
    return [words("".join(line).rstrip()) for line in lines]


def _tornado(name: str, answer: float, bars: Sequence[Reach], width: int, key: str, unicode: bool) -> list[Row]:
    """Return a bar for each input, from what the result is at its P10 to what it is at its P90."""
    from math import isfinite

    shown = [bar for bar in bars[:MOST_BARS] if isfinite(bar.at_low) and isfinite(bar.at_high)]
    if not shown:
        return []
    ends = [end for bar in shown for end in (bar.at_low, bar.at_high)]
    scale = Scale(min(*ends, answer), max(*ends, answer), False)
    head = f"{name}: from each input's P10 to its P90, the others at their values"
    rows: list[Row] = [*folded(head, width, "bold")]
    names = max(len(bar.name) for bar in shown)
    names = min(names, max(12, width // 3))
    texts = [tuple(value_text(key, end) for end in sorted((bar.at_low, bar.at_high))) for bar in shown]
    left, right = (max(len(text[i]) for text in texts) for i in (0, 1))
    room = max(6, width - names - left - right - 4)
    full, rule = ("█", "│") if unicode else ("#", "|")
    middle = min(room - 1, int(scale.at(answer) * room))
    for bar, (low, high) in zip(shown, texts, strict=True):
        first, last = sorted(min(room - 1, int(scale.at(end) * room)) for end in (bar.at_low, bar.at_high))
        field = [" "] * room
        field[first : last + 1] = full * (last - first + 1)
        field[middle] = rule
        rows.append(
            [
                *words(f"{bar.name[:names]:<{names}} {low:>{left}} "),
                *words("".join(field), "cyan"),
                *words(f" {high:<{right}}"),
            ]
        )
    return rows
