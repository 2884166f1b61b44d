"""Where the dies of an exact placement stand on a round wafer."""

from __future__ import annotations

from .circle import NM_PER_MM
from .exact import is_countable
from .free_rows import FREE_ROWS
from .ground import offset_of, round_ground
from .shaped import grid
from .sites import centres, site_rows


def positions(
    placement: str, die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float
) -> list[tuple[float, float]]:
    """Return the centres of the dies of a placement from the wafer's centre, mm, row by row; none outside the domain.

    They are as many as the placement counts; its domain is that of `best`.

    Args:
        placement: ``best``, ``center-die``, ``center-corner`` or ``free-rows``.
        die_width_mm: w, finished die, mm, >= 0.05.
        die_height_mm: h, finished die, mm, >= 0.05.
        scribe_mm: s, street between two dies, mm.
        usable_diameter_mm: d, circle that must hold every finished die, boundary included, mm.

    >>> positions("center-die", 100.0, 100.0, 0.1, 294.0)
    [(0.0, 0.0)]

    """
    if not is_countable(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm):
        return []
    w, h, s = (round(side * NM_PER_MM) for side in (die_width_mm, die_height_mm, scribe_mm))
    die, usable = grid(w, h, s), round_ground(usable_diameter_mm, usable_diameter_mm).usable
    offset = offset_of(placement, usable, die)
    return centres(site_rows(usable, usable, die, *offset, free=placement == FREE_ROWS), die.p)
