"""The sides and the area of a die, and the circle for good dies: plain scalar arithmetic, total over all floats."""

from __future__ import annotations

from math import nan
from typing import Final

from nodecalc_kernels.numbers.vecmath import sqrt
from nodecalc_kernels.stages import stage

from .die import die_area_for
from .memory import memory_area

FIELD_SHORT_MM: Final = 26.0
FIELD_LONG_MM: Final = 33.0
"""Largest exposure field of today's 4x scanners (ASML NXT and NXE series)."""


def die_width(die_area_mm2: float, aspect_ratio: float) -> float:
    """Return the width of a die of that area, w = sqrt(A r), in mm.

    Args:
        die_area_mm2: A, area of the rectangle, mm2, >= 0.
        aspect_ratio: r, width over height, > 0.

    >>> die_width(100.0, 4.0)
    20.0

    """
    return sqrt(die_area_mm2 * aspect_ratio) if die_area_mm2 >= 0.0 and aspect_ratio > 0.0 else nan


def die_height(die_area_mm2: float, aspect_ratio: float) -> float:
    """Return the height of a die of that area, h = sqrt(A / r), in mm; arguments as for `die_width`.

    >>> die_height(100.0, 4.0)
    5.0

    """
    inside = die_area_mm2 >= 0.0 and aspect_ratio > 0.0
    return sqrt(die_area_mm2 / (aspect_ratio if inside else 1.0)) if inside else nan


def field_width(die_area_mm2: float) -> float:
    """Return the width of a die of which only the area is known, mm: of a square where the reticle field holds that.

    Where it holds the area and no square of it, the die is as wide as the field's short side; beyond, a square again.

    Args:
        die_area_mm2: A, area of the rectangle, mm2, >= 0.

    >>> field_width(100.0), field_width(858.0), field_width(900.0)
    (10.0, 26.0, 30.0)

    """
    narrow = FIELD_SHORT_MM * FIELD_SHORT_MM < die_area_mm2 <= FIELD_SHORT_MM * FIELD_LONG_MM
    return FIELD_SHORT_MM if narrow else sqrt(die_area_mm2)


def field_height(die_area_mm2: float) -> float:
    """Return the height of a die of which only the area is known, mm; see `field_width`.

    >>> field_height(100.0), field_height(858.0), field_height(900.0)
    (10.0, 33.0, 30.0)

    """
    narrow = FIELD_SHORT_MM * FIELD_SHORT_MM < die_area_mm2 <= FIELD_SHORT_MM * FIELD_LONG_MM
    return die_area_mm2 / FIELD_SHORT_MM if narrow else sqrt(die_area_mm2)


def rectangle_area(die_width_mm: float, die_height_mm: float) -> float:
    """Return the area of a die from its sides, A = w h, in mm2; nan where a side is negative."""
    return die_width_mm * die_height_mm if die_width_mm >= 0.0 and die_height_mm >= 0.0 else nan


def usable_diameter(wafer_diameter_mm: float, edge_exclusion_mm: float) -> float:
    """Return the diameter of the circle that holds good dies, d = D - 2 e, mm; nan where nothing is left."""
    usable = wafer_diameter_mm - 2.0 * edge_exclusion_mm
    return usable if edge_exclusion_mm >= 0.0 and usable > 0.0 else nan


_IN_FIELD: Final = (
    stage("die_width_mm", field_width, formula="w = sqrt(A), or as the field holds it", put_in="of {die_area_mm2} mm2"),
    stage("die_height_mm", field_height, formula="h = A / w", put_in="{die_area_mm2} mm2 / {die_width_mm} mm"),
)
_BY_ASPECT: Final = (
    stage("die_width_mm", die_width, formula="w = sqrt(A r)", put_in="sqrt({die_area_mm2} mm2 x {aspect_ratio})"),
    stage("die_height_mm", die_height, formula="h = sqrt(A / r)", put_in="sqrt({die_area_mm2} mm2 / {aspect_ratio})"),
)

_FOR_TRANSISTORS: Final = stage(
    "die_area_mm2",
    die_area_for,
    formula="A = T / (1e6 D u)",
    put_in="{transistors} / (1e6 x {logic_density_mtr_per_mm2} MTr/mm2 x {density_utilisation})",
)

_FOR_BITS: Final = stage(
    "die_area_mm2", memory_area, formula="A = C / b", put_in="{capacity_gb} Gb / {bit_density} Gb/mm2"
)

SIZES: Final = {
    "sides": (stage("die_area_mm2", rectangle_area, formula="A = w h", put_in="{die_width_mm} x {die_height_mm} mm"),),
    "area": _IN_FIELD,
    "area and aspect": _BY_ASPECT,
    "count": (_FOR_TRANSISTORS, *_IN_FIELD),
    "count and aspect": (_FOR_TRANSISTORS, *_BY_ASPECT),
    "bits": (_FOR_BITS, *_IN_FIELD),
    "bits and aspect": (_FOR_BITS, *_BY_ASPECT),
}
"""Each way to give a die, and the stages that bring it to sides and area. A side or an area that is given besides
stands."""
