"""Wafers for units and units from wafers: plain scalar arithmetic, total over all floats."""

from __future__ import annotations

from math import inf, nan
from typing import Final

from nodecalc_kernels.numbers.vecmath import least
from nodecalc_kernels.stages import Stage, stage

from .die import STARTED

MONTHS: Final = 12.0
"""Months of a year, over which units and wafer starts are spread evenly."""


def units_per_wafer(dies_per_start: float, dies_per_unit: float, package_yield: float) -> float:
    r"""Return the good units that one started wafer gives, U = S Y_p / n.

    Args:
        dies_per_start: S, dies of a started wafer that are used, >= 0.
        dies_per_unit: n, dies of this kind in one unit, > 0.
        package_yield: Y_p, share of units that are good of those assembled, 0..1.

    """
    inside = least(dies_per_start, package_yield) >= 0.0 and dies_per_unit > 0.0 and package_yield <= 1.0
    return dies_per_start * package_yield / dies_per_unit if inside else nan


def wafer_starts(units_per_year: float, units_per_wafer: float) -> float:
    r"""Return the wafers to start a month for so many good units a year, W = V / (12 U); inf where a wafer gives none.

    Args:
        units_per_year: V, good units, >= 0.
        units_per_wafer: U, good units of one started wafer, >= 0.

    >>> round(wafer_starts(1.6e6, 85 * 0.2), 1), round(wafer_starts(1.6e6, 85 * 0.2 / 2), 1)
    (7843.1, 15686.3)

    """
    inside = least(units_per_year, units_per_wafer) >= 0.0
    a_month = units_per_year / MONTHS
    return (a_month / units_per_wafer if units_per_wafer > 0.0 else a_month + inf) if inside else nan


def units_made(wafer_starts_per_month: float, units_per_wafer: float) -> float:
    """Return the good units a month of so many wafer starts a month, W U; both >= 0."""
    inside = least(wafer_starts_per_month, units_per_wafer) >= 0.0
    return wafer_starts_per_month * units_per_wafer if inside else nan


def units_packaged(packages_per_month: float, package_yield: float) -> float:
    """Return the good units a month of so many that are assembled, P Y_p; P >= 0, Y_p 0..1.

    >>> units_packaged(10000.0, 0.9)
    9000.0

    """
    inside = least(packages_per_month, package_yield) >= 0.0 and package_yield <= 1.0
    return packages_per_month * package_yield if inside else nan


def units_of_stacks(stacks_per_month: float, stacks_per_unit: float, package_yield: float) -> float:
    """Return the good units a month that so many memory stacks allow, H Y_p / h: stacks are lost with packages.

    Args:
        stacks_per_month: H, >= 0.
        stacks_per_unit: h, > 0.
        package_yield: Y_p, 0..1.

    >>> units_of_stacks(8000.0, 8.0, 0.75)
    750.0

    """
    inside = stacks_per_unit > 0.0
    return units_packaged(stacks_per_month, package_yield) / stacks_per_unit if inside else nan


PER_WAFER: Final = stage(
    "units_per_wafer",
    units_per_wafer,
    formula="U = S Y_p / n",
    put_in="{dies_per_start} x {package_yield} / {dies_per_unit}",
)
STARTS: Final[tuple[Stage, ...]] = (
    *STARTED,
    PER_WAFER,
    stage(
        "wafer_starts_per_month",
        wafer_starts,
        formula="W = V / (12 U)",
        put_in="{units_per_year} / (12 x {units_per_wafer})",
    ),
)
"""From units a year to wafer starts a month."""
MADE: Final[tuple[Stage, ...]] = (
    *STARTED,
    PER_WAFER,
    stage(
        "units_per_month",
        units_made,
        formula="V / 12 = W U",
        put_in="{wafer_starts_per_month} x {units_per_wafer}",
    ),
)
"""From wafer starts a month to units a month."""
