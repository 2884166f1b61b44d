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


def shuttle_share(mask_usd: float, die_area_mm2: float, field_area_mm2: float) -> float:
    """Return a product's share of a mask set that several share by area, as on a multi-project wafer, USD.

    Args:
        mask_usd: the set, USD, >= 0.
        die_area_mm2: what the product takes of the field, mm2, >= 0.
        field_area_mm2: the field, mm2, at least that.

    """
    inside = mask_usd >= 0.0 and 0.0 <= die_area_mm2 <= field_area_mm2 and field_area_mm2 > 0.0
    return mask_usd * die_area_mm2 / field_area_mm2 if inside else nan
