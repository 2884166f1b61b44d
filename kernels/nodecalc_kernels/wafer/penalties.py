"""What a wafer pays for the tools it does without: plain scalar formulas of two wafers side by side."""

from __future__ import annotations

from math import nan

__all__ = [
    "d0_of_exposures",
    "good_die_penalty",
    "mask_set_usd",
    "multi_patterning_penalty",
    "per_wafer_usd",
    "ratio_less_one",
    "share_left",
]


def ratio_less_one(ours: float, theirs: float) -> float:
    """Return ours / theirs - 1; nan unless both are above 0."""
    return ours / theirs - 1.0 if ours > 0.0 and theirs > 0.0 else nan


def multi_patterning_penalty(wafer_cost_usd: float, patterning_usd: float, single_usd: float) -> float:
    r"""Return what repeated patterning adds to a wafer, over the wafer without it.

    .. math:: \frac{C_p - C_s}{C - (C_p - C_s)}

    Args:
        wafer_cost_usd: C, the wafer, USD.
        patterning_usd: C_p, its patterning, USD.
        single_usd: C_s, its patterning with each layer exposed once with its own tool and uncut, USD.

    >>> multi_patterning_penalty(5000.0, 1800.0, 800.0)
    0.25

    """
    extra = patterning_usd - single_usd
    rest = wafer_cost_usd - extra
    return extra / rest if extra >= 0.0 and rest > 0.0 else nan


def d0_of_exposures(
    d0_per_cm2: float,
    arfi_more: float,
    euv_more: float,
    exposure_defect_share: float,
    exposed_d0_n7_per_cm2: float,
    exposed_d0_n5_per_cm2: float,
    n7_arfi: float,
    n5_arfi: float,
    n5_euv: float,
) -> float:
    r"""Return the defect density of a process that is made with other exposures: some of D0 goes with them.

    .. math:: D' = D + s\,(d_i \Delta n_i + d_e \Delta n_e),\quad
        d_i = D_{N7}/n_{i,N7},\quad d_e = (D_{N5} - d_i n_{i,N5})/n_{e,N5}

    Args:
        d0_per_cm2: D, fatal defects with the exposures that the process has, 1/cm2, >= 0.
        arfi_more, euv_more: immersion and EUV exposures more than these; below 0 for fewer. Others count nothing.
        exposure_defect_share: s, share of D that exposures carry, 0..1.
        exposed_d0_n7_per_cm2, exposed_d0_n5_per_cm2: D of N7 and N5, which their exposures would carry alone where s
            is 1: from these what one exposure carries.
        n7_arfi, n5_arfi, n5_euv: immersion exposures of N7 and N5, EUV exposures of N5, > 0.

    Returns:
        1/cm2, at least what exposures do not carry, (1 - s) D; nan outside the domain.

    >>> round(d0_of_exposures(0.105, 47.0, -14.0, 0.5, 0.09, 0.105, 60.0, 24.0, 14.0), 5)
    0.10575

    """
    inside = (
        d0_per_cm2 >= 0.0
        and 0.0 <= exposure_defect_share <= 1.0
        and exposed_d0_n7_per_cm2 >= 0.0
        and exposed_d0_n5_per_cm2 >= 0.0
        and n7_arfi > 0.0
        and n5_arfi >= 0.0
        and n5_euv > 0.0
    )
    arfi_each = exposed_d0_n7_per_cm2 / (n7_arfi if n7_arfi > 0.0 else 1.0)
    euv_each = (exposed_d0_n5_per_cm2 - arfi_each * n5_arfi) / (n5_euv if n5_euv > 0.0 else 1.0)
    moved = d0_per_cm2 + exposure_defect_share * (arfi_each * arfi_more + euv_each * euv_more)
    least = (1.0 - exposure_defect_share) * d0_per_cm2
    return (moved if moved > least else least) if inside else nan


def good_die_penalty(wafer_penalty: float, base_yield: float, own_yield: float) -> float:
    """Return what a good die costs more, (1 + wafer) Y base / Y - 1.

    Args:
        wafer_penalty: what the wafer costs more, a ratio less 1.
        base_yield: yield of the die on the wafer that it is measured against, 0..1.
        own_yield: its yield on the wafer itself, in (0, 1].

    >>> round(good_die_penalty(0.032, 0.44, 0.43), 3)
    0.056

    """
    inside = wafer_penalty >= -1.0 and 0.0 <= base_yield <= 1.0 and 0.0 < own_yield <= 1.0
    return (1.0 + wafer_penalty) * base_yield / own_yield - 1.0 if inside else nan


def share_left(ratio: float, layers: float) -> float:
    """Return what of a price ratio the layers leave unexplained, ratio / (1 + layers)."""
    return ratio / (1.0 + layers) if layers > -1.0 else nan


def mask_set_usd(
    iline_masks: float,
    krf_masks: float,
    arf_masks: float,
    arfi_masks: float,
    euv_masks: float,
    iline_mask_usd: float,
    krf_mask_usd: float,
    arf_mask_usd: float,
    arfi_mask_usd: float,
    euv_mask_usd: float,
) -> float:
    """Return what a set of masks costs, USD: the masks of each class, >= 0, times what one of it costs, USD, >= 0.

    >>> mask_set_usd(11.0, 10.0, 6.0, 60.0, 0.0, 15e3, 30e3, 50e3, 200e3, 750e3)
    12765000.0

    """
    inside = (
        iline_masks >= 0.0
        and krf_masks >= 0.0
        and arf_masks >= 0.0
        and arfi_masks >= 0.0
        and euv_masks >= 0.0
        and iline_mask_usd >= 0.0
        and krf_mask_usd >= 0.0
        and arf_mask_usd >= 0.0
        and arfi_mask_usd >= 0.0
        and euv_mask_usd >= 0.0
    )
    dry = iline_masks * iline_mask_usd + krf_masks * krf_mask_usd + arf_masks * arf_mask_usd
    return dry + arfi_masks * arfi_mask_usd + euv_masks * euv_mask_usd if inside else nan


def per_wafer_usd(mask_set_usd: float, product_wafers: float) -> float:
    """Return a mask set over the wafers that it makes, USD a wafer; nan where there are none."""
    return mask_set_usd / product_wafers if mask_set_usd >= 0.0 and product_wafers > 0.0 else nan
