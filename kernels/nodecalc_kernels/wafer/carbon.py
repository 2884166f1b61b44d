"""Energy and emissions of a wafer and of a good die: plain scalar arithmetic, total over all floats."""

from __future__ import annotations

from math import inf, nan, pi
from typing import Final

from nodecalc_kernels.numbers.vecmath import least
from nodecalc_kernels.stages import Stage, stage

MM_PER_CM: Final = 10.0
G_PER_KG: Final = 1000.0


def wafer_area(wafer_diameter_mm: float) -> float:
    """Return the whole area of a wafer, cm2; the figures of energy and gases are per cm2 of it.

    >>> round(wafer_area(300.0), 1)
    706.9

    """
    radius = 0.5 * wafer_diameter_mm / MM_PER_CM
    return pi * radius * radius if wafer_diameter_mm > 0.0 else nan


def wafer_emissions(wafer_kwh: float, grid_g_per_kwh: float, direct_emissions: float, wafer_area_cm2: float) -> float:
    r"""Return what a wafer emits, kg CO2e: its electricity by the grid, its gases and materials by its area.

    .. math:: E = \frac{W g + A (F + M)}{1000}

    Args:
        wafer_kwh: W, electricity of one wafer, kWh, >= 0.
        grid_g_per_kwh: g, g CO2e a kWh, >= 0.
        direct_emissions: F + M, process gases that are not abated, and materials, g CO2e a cm2, >= 0.
        wafer_area_cm2: A, cm2, >= 0.

    Reference:
        U. Gupta et al., ACT, an architectural carbon modeling tool, ISCA 2022.

    """
    inside = least(least(wafer_kwh, grid_g_per_kwh), least(direct_emissions, wafer_area_cm2)) >= 0.0
    return (wafer_kwh * grid_g_per_kwh + wafer_area_cm2 * direct_emissions) / G_PER_KG if inside else nan


def energy_of_area(kwh_per_cm2: float, wafer_area_cm2: float) -> float:
    """Return the electricity of a wafer whose energy is told per area, kWh; both >= 0."""
    inside = least(kwh_per_cm2, wafer_area_cm2) >= 0.0
    return kwh_per_cm2 * wafer_area_cm2 if inside else nan


def in_proportion(of_other: float, own: float, other: float) -> float:
    """Return what is told of a wafer brought to this one by a measure of both: area, or the masks that it takes.

    Args:
        of_other: electricity or emissions of the other wafer, >= 0.
        own, other: the measure of this wafer, >= 0, and of the other one, > 0.

    >>> in_proportion(1000.0, 66.0, 60.0)
    1100.0

    """
    inside = least(of_other, own) >= 0.0 and other > 0.0
    return of_other * (own / other) if inside else nan


def per_good_die(of_wafer: float, dies_per_start: float) -> float:
    """Return what one good die carries of a started wafer's energy or emissions; inf where there is none."""
    inside = least(of_wafer, dies_per_start) >= 0.0
    return (of_wafer / dies_per_start if dies_per_start > 0.0 else of_wafer + inf) if inside else nan


CARBON: Final[tuple[Stage, ...]] = (
    stage("wafer_area_cm2", wafer_area),
    stage(
        "wafer_co2_kg",
        wafer_emissions,
        formula="E = (W g + A (F + M)) / 1000, A = pi D^2 / 4",
        put_in="({wafer_kwh} kWh x {grid_g_per_kwh} g + {wafer_area_cm2} cm2 x {direct_emissions} g) / 1000",
    ),
)
"""From electricity, gases and materials to what a wafer emits."""
OF_DIE: Final[tuple[Stage, ...]] = (
    stage(
        "good_die_co2_kg",
        per_good_die,
        formula="e = E / S",
        put_in="{wafer_co2_kg} kg / {dies_per_start}",
        of_wafer="wafer_co2_kg",
    ),
    stage(
        "good_die_kwh",
        per_good_die,
        formula="w = W / S",
        put_in="{wafer_kwh} kWh / {dies_per_start}",
        of_wafer="wafer_kwh",
    ),
)
"""What one good die of it carries, as it carries its share of the price."""
