"""One-time costs: masks and design over the units that are made of them."""

from __future__ import annotations

from math import nan

from nodecalc_kernels.numbers.vecmath import least


def nre_per_unit(mask_usd: float, design_usd: float, volume: float) -> float:
    r"""Return what one unit carries of the one-time costs of a part, (M + E) / V, USD.

    Args:
        mask_usd: M, the mask set, USD, >= 0.
        design_usd: E, design, USD, >= 0.
        volume: V, units made in all, of every product that uses the part, > 0.

    >>> nre_per_unit(10.0e6, 250.0e6, 1.0e6)
    260.0

    """
    inside = least(mask_usd, design_usd) >= 0.0 and volume > 0.0
    return (mask_usd + design_usd) / volume if inside else nan


def multi_project(mask_usd: float, lot_usd: float, own_area_mm2: float, shared_area_mm2: float) -> float:
    r"""Return what one of several designs pays that share a mask set and its wafers by area, (M + L) a / A, USD.

    Args:
        mask_usd: M, the whole mask set, USD, >= 0.
        lot_usd: L, all wafers of the shared run, USD, >= 0.
        own_area_mm2: a, of this design in the exposure field, mm2, >= 0 and at most A.
        shared_area_mm2: A, of all designs in the field, mm2, > 0; area that no design takes is paid by all.

    >>> multi_project(1.0e6, 200.0e3, 25.0, 500.0)
    60000.0

    """
    inside = least(least(mask_usd, lot_usd), own_area_mm2) >= 0.0 and shared_area_mm2 > 0.0
    inside = inside and own_area_mm2 <= shared_area_mm2
    return (mask_usd + lot_usd) * own_area_mm2 / shared_area_mm2 if inside else nan
