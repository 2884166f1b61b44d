"""Where the dies of an exact placement stand on a round wafer."""

from __future__ import annotations

from typing import Final

from nodecalc_kernels.numbers.intmath import isqrt

from .circle import NM_PER_MM, die_fits
from .exact import UNITS_PER_MM, best_offset, is_countable

CENTRED: Final = {"center-die": 0.0, "center-corner": 0.5}
"""Where the wafer's centre is in the pitch cell of a die, from the die's centre."""


def positions(
    placement: str, die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float
) -> list[tuple[float, float]]:
    """Return the centres of the dies of a placement from the wafer's centre, mm, row by row; none outside the domain.

    They are as many as the placement counts; its domain is that of `best`.

    Args:
        placement: ``best``, ``center-die`` or ``center-corner``; KeyError otherwise.
        die_width_mm: w, finished die, mm, >= 0.05.
        die_height_mm: h, finished die, mm, >= 0.05.
        scribe_mm: s, street between two dies, mm.
        usable_diameter_mm: d, circle that must hold every finished die, boundary included, mm.

    >>> positions("center-die", 100.0, 100.0, 0.1, 294.0)
    [(0.0, 0.0)]

    """
    if not is_countable(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm):
        return []
    if not die_fits(die_width_mm, die_height_mm, usable_diameter_mm):
        return []
    w, h, s, d = (round(x * NM_PER_MM) for x in (die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm))
    p, q = w + s, h + s  # a half pitch is so many units of half a nanometre
    if placement == "best":
        _, x, y = best_offset(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm)
        t, v = round(x * UNITS_PER_MM), round(y * UNITS_PER_MM)
    else:
        t, v = round(2 * p * CENTRED[placement]), round(2 * q * CENTRED[placement])
    found = []
    rows = (d - h) // (2 * q) + 2
    for row in range(-rows, rows + 1):
        y_units = v + 2 * q * row
        ordinate = abs(y_units) + h
        if ordinate > d:
            continue
        reach = isqrt(d * d - ordinate * ordinate) - w
        first, last = -((reach + t) // (2 * p)), (reach - t) // (2 * p)
        found += [((t + 2 * p * i) / UNITS_PER_MM, y_units / UNITS_PER_MM) for i in range(first, last + 1)]
    return found
