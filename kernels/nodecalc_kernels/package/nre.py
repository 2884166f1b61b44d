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
