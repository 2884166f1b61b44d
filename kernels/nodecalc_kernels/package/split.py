"""A unit as several dies: the area and the units of each."""

from __future__ import annotations

from math import ceil, nan


def chiplet_area(area_mm2: float, chiplets: float, overhead: float) -> float:
    """Return the area of each of n equal dies that do what one of the whole area does, A (1 + o) / n, mm2; A for one.

    Args:
        area_mm2: A, of the unit as one die, mm2, >= 0.
        chiplets: n, >= 1.
        overhead: o, area that several dies take more in all, for their interfaces, >= 0.

    >>> chiplet_area(800.0, 4.0, 0.1)
    220.00000000000003

    """
    inside = area_mm2 >= 0.0 and chiplets >= 1.0 and overhead >= 0.0
    more = overhead if chiplets > 1.0 else 0.0
    return area_mm2 * (1.0 + more) / chiplets if inside else nan


def chiplet_units(units_needed: float, units_total: float, chiplets: float) -> tuple[float, float]:
    """Return the units that each of n dies needs and has; nan where they are no whole number a die.

    Each die has to have its share of what the unit needs, rounded up: a die with fewer is not made good by another.

    >>> chiplet_units(132.0, 144.0, 4.0), chiplet_units(130.0, 144.0, 4.0)
    ((33.0, 36.0), (33.0, 36.0))

    """
    inside = 0.0 <= units_needed <= units_total and chiplets >= 1.0
    total = units_total / chiplets if inside else nan
    whole = total == total // 1.0
    return (float(ceil(units_needed / chiplets)), total) if inside and whole else (nan, nan)
