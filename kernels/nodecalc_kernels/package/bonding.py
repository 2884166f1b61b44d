"""Two wafers bonded face to face, or good dies placed on one: hybrid bonding."""

from __future__ import annotations

from math import inf, nan

from nodecalc_kernels.numbers.vecmath import least


def wafer_to_wafer(
    top_wafer_usd: float,
    bottom_wafer_usd: float,
    bond_usd_per_wafer: float,
    sites: float,
    top_yield: float,
    bottom_yield: float,
    bond_yield: float,
) -> float:
    r"""Return what a good stack of two dies costs where whole wafers are bonded: no known good die, yields multiply.

    .. math:: C = \frac{W_1 + W_2 + B}{N Y_1 Y_2 Y_b}

    Args:
        top_wafer_usd, bottom_wafer_usd: W, USD a wafer, >= 0.
        bond_usd_per_wafer: B, USD a pair of wafers, >= 0.
        sites: N, dies on each wafer, >= 0.
        top_yield, bottom_yield: Y_1, Y_2, 0..1.
        bond_yield: Y_b of one site, 0..1.

    Reference:
        EV Group at TheElec, 2024: wafers of 60 % give 36 %.

    >>> round(wafer_to_wafer(8000.0, 6000.0, 400.0, 300.0, 0.6, 0.7, 0.98), 1)
    116.6

    """
    inside = least(least(top_wafer_usd, bottom_wafer_usd), least(bond_usd_per_wafer, sites)) >= 0.0
    shares = least(least(top_yield, bottom_yield), bond_yield)
    inside = inside and shares >= 0.0 and top_yield <= 1.0 and bottom_yield <= 1.0 and bond_yield <= 1.0
    good = sites * top_yield * bottom_yield * bond_yield
    whole = top_wafer_usd + bottom_wafer_usd + bond_usd_per_wafer
    return (whole / good if good > 0.0 else inf) if inside else nan


def die_to_wafer(
    top_wafer_usd: float,
    bottom_wafer_usd: float,
    place_usd_per_die: float,
    sites: float,
    top_yield: float,
    bottom_yield: float,
    bond_yield: float,
) -> float:
    r"""Return what a good stack of two dies costs where good dies are placed on good sites.

    .. math:: C = \frac{W_1 / (N Y_1) + W_2 / (N Y_2) + p}{Y_b}

    Args:
        top_wafer_usd, bottom_wafer_usd, sites, top_yield, bottom_yield, bond_yield: as for `wafer_to_wafer`.
        place_usd_per_die: p, to place and bond one die, USD, >= 0.

    >>> round(die_to_wafer(8000.0, 6000.0, 3.0, 300.0, 0.6, 0.7, 0.98), 1)
    77.6

    """
    inside = least(least(top_wafer_usd, bottom_wafer_usd), least(place_usd_per_die, sites)) >= 0.0
    shares = least(least(top_yield, bottom_yield), bond_yield)
    inside = inside and shares >= 0.0 and top_yield <= 1.0 and bottom_yield <= 1.0 and bond_yield <= 1.0
    top, bottom = sites * top_yield, sites * bottom_yield
    some = inside and top > 0.0 and bottom > 0.0 and bond_yield > 0.0
    each = (top_wafer_usd / top + bottom_wafer_usd / bottom + place_usd_per_die) / bond_yield if some else inf
    return each if inside else nan
