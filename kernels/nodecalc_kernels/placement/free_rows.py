"""Rows of dies that slide by themselves: exact, and in one pass.

Rows keep one height and one pitch, but no columns: each row stands where it holds most. A row of n dies is
W = n (w + s) - s wide, so that it lies in the circle where its outer edge is at most isqrt(d^2 - W^2) from the middle.
The dies at one offset v of the rows are therefore, for n = 1, 2, ... the rows that could hold n, added up; and each of
those terms is the count of a row of the one-grid problem with width and height changed over. `exact.fill_half` and
`exact.peak` do the rest.
"""

from __future__ import annotations

from math import nan
from typing import Final

from nodecalc_kernels.numbers.intmath import SCRATCH_MINIMUM, SCRATCH_PER_KEY, integers, isqrt
from nodecalc_kernels.registry import placement

from .circle import NM_PER_MM, die_fits
from .exact import AFTER_KEYS, KEYS, fill_half, is_countable, peak, widest_window

FREE_ROWS: Final = "free-rows"


def free_search(w: int, h: int, s: int, d: int) -> tuple[int, int]:
    """Return (dies, v): the largest count over all offsets of rows that slide, and an offset that reaches it.

    Args:
        w: die width, nm, > 0.
        h: die height, nm, > 0; one die must fit: w^2 + h^2 <= d^2.
        s: street, nm, >= 0.
        d: diameter of the circle, nm.

    Returns:
        Dies, and the ordinate of the row nearest the middle, half nanometres, in 0..h + s.

    """
    widest = isqrt(d * d - h * h)
    most = (widest - w) // (w + s) + 1
    room = most + KEYS + AFTER_KEYS
    empty = room
    buffer = integers(room + KEYS + AFTER_KEYS + SCRATCH_PER_KEY * most + SCRATCH_MINIMUM)
    fill_half(buffer, 0, w, w + s, widest, d, h, h + s)
    fill_half(buffer, empty, widest + 1, w + s, widest, d, h, h + s)
    dies = peak(buffer, 0, empty)
    return dies, widest_window(buffer, 0, empty, h + s, dies)


@placement(
    FREE_ROWS,
    exact=True,
    formula="max over y of the rows' dies, floor((2 r(y) + s) / (w + s)) each",
    when="rows that slide against each other: 0 to 4 % above best, and only laser or plasma dicing can cut them",
    reference="exact count over every offset of the rows, in whole nanometres",
)
def free_rows(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    """Return the largest number of whole dies in rows of one height that each slide by themselves, exactly.

    Args:
        die_width_mm: w, finished die, along the rows, mm, >= 0.05.
        die_height_mm: h, finished die, mm, >= 0.05.
        scribe_mm: s, street between two dies, mm, in [0, 2000].
        usable_diameter_mm: d, circle that must hold every finished die, boundary included, mm, in (0, 2000].

    Returns:
        Dies, a whole number, never less than `best`; 0 where no die fits; nan outside the domain.

    Columns do not line up, so no saw can cut them and no common field prints them.

    >>> free_rows(10.0, 10.0, 0.1, 294.0)
    628.0

    """
    if not is_countable(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm):
        return nan
    if not die_fits(die_width_mm, die_height_mm, usable_diameter_mm):
        return 0.0
    w = round(die_width_mm * NM_PER_MM)
    h = round(die_height_mm * NM_PER_MM)
    s = round(scribe_mm * NM_PER_MM)
    return float(free_search(w, h, s, round(usable_diameter_mm * NM_PER_MM))[0])
