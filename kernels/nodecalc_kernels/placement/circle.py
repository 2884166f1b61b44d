"""What it means that a die lies on a wafer: lengths as whole nanometres, and the circle that must hold the die.

Corners that lie exactly on the circle are common (round numbers make Pythagorean triples), and there floating point
decides by accident. In whole nanometres the decision is exact, and the same on every machine.
"""

from __future__ import annotations

from math import inf
from typing import Final

from nodecalc_kernels.numbers.vecmath import LARGEST, least

NM_PER_MM: Final = 1_000_000

NANOMETRE_MM: Final = 1e-6
"""Smallest die side in a closed formula: below one nanometre a length is nothing, and its square may vanish."""

SMALLEST_SIDE_MM: Final = 0.05
"""Smallest die side that is counted exactly: about the smallest chips made, and a second of plain Python."""

LARGEST_DIAMETER_MM: Final = 2000.0
"""Largest circle, and widest street: squares of nanometres, and sums of two of them, still fit 64-bit integers."""


def is_wafer(scribe_mm: float, usable_diameter_mm: float) -> bool:
    """Return whether street and circle are such as a wafer can have; false for nan."""
    return 0.0 <= scribe_mm <= LARGEST_DIAMETER_MM and 0.0 < usable_diameter_mm <= LARGEST_DIAMETER_MM


def is_die(die_width_mm: float, die_height_mm: float) -> bool:
    """Return whether both sides are at least a nanometre and finite; false for nan."""
    return NANOMETRE_MM <= die_width_mm < inf and NANOMETRE_MM <= die_height_mm < inf


def wafer_margin(scribe_mm: float, usable_diameter_mm: float) -> float:
    """Return a number that is at least 0 just where `is_wafer` is true."""
    return 0.0 if is_wafer(scribe_mm, usable_diameter_mm) else -1.0


def die_margin(die_width_mm: float, die_height_mm: float) -> float:
    """Return a number that is at least 0 just where `is_die` is true; anything where a side is nan."""
    # The sum is infinite where one of them is: one comparison will do for both sides and both bounds.
    return least(least(die_width_mm, die_height_mm) - NANOMETRE_MM, LARGEST - (die_width_mm + die_height_mm))


def die_fits(die_width_mm: float, die_height_mm: float, usable_diameter_mm: float) -> bool:
    r"""Return whether one die can lie in the circle at all, w^2 + h^2 <= d^2 in whole nanometres.

    Args:
        die_width_mm: w, mm, >= 1e-6.
        die_height_mm: h, mm, >= 1e-6.
        usable_diameter_mm: d, mm, in (0, 2000].

    >>> die_fits(180.0, 240.0, 300.0), die_fits(180.0, 240.000001, 300.0)
    (True, False)

    """
    # The first two comparisons also keep what cannot be a 64-bit number of nanometres out of the third.
    return (
        die_width_mm <= usable_diameter_mm
        and die_height_mm <= usable_diameter_mm
        and round(die_width_mm * NM_PER_MM) ** 2 + round(die_height_mm * NM_PER_MM) ** 2
        <= round(usable_diameter_mm * NM_PER_MM) ** 2
    )


def fits_about(die_width_mm: float, die_height_mm: float, usable_diameter_mm: float) -> bool:
    """Return whether one die can lie in the circle, up to rounding: enough for a formula that models a mean count.

    Args:
        die_width_mm: w, mm, > 0.
        die_height_mm: h, mm, > 0.
        usable_diameter_mm: d, mm, > 0.

    """
    return die_width_mm * die_width_mm + die_height_mm * die_height_mm <= usable_diameter_mm * usable_diameter_mm


def whole_cell(die_width_mm: float, die_height_mm: float, scribe_mm: float) -> tuple[float, float, float]:
    """Return (width, height, scribe) for counting by the whole pitch cell: w' = w + s, h' = h + s, s' = 0.

    By the stricter rule not only the finished die but its whole cell, half a street on every side, must lie in the
    circle. Cells have the centres of their dies and touch each other, so this is the same count of larger dies
    without streets; every grid offset, and with it `center-die` and `center-corner`, keeps its meaning.

    Args:
        die_width_mm: w, mm.
        die_height_mm: h, mm.
        scribe_mm: s, mm.

    >>> whole_cell(20.0, 10.0, 0.5)
    (20.5, 10.5, 0.0)

    """
    return die_width_mm + scribe_mm, die_height_mm + scribe_mm, 0.0
