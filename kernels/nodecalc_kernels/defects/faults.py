"""From defect density to faults on a die, and from the yields of all causes to the die's: plain scalar arithmetic."""

from __future__ import annotations

from math import nan
from typing import Final

from nodecalc_kernels.numbers.vecmath import least
from nodecalc_kernels.stages import Free, stage

MM2_PER_CM2: Final = 100.0


def mean_faults(die_area_mm2: float, critical_area_fraction: float, d0_per_cm2: float) -> float:
    """Return the mean number of fatal defects on a die, x = A f D (dimensionless).

    Args:
        die_area_mm2: A, die area without scribe, mm2, >= 0.
        critical_area_fraction: f, share of the die that a defect can kill, 0..1.
        d0_per_cm2: D, fatal defects per cm2 of the whole process (Bose-Einstein: of one critical layer), >= 0.

    >>> mean_faults(100.0, 1.0, 0.1)
    0.1

    """
    inside = least(die_area_mm2, d0_per_cm2) >= 0.0 and 0.0 <= critical_area_fraction <= 1.0
    return die_area_mm2 / MM2_PER_CM2 * critical_area_fraction * d0_per_cm2 if inside else nan


def faults_anywhere(die_area_mm2: float, critical_area_fraction: float, d0_per_cm2: float) -> float:
    """Return A f D without a look at the domain."""
    return die_area_mm2 / MM2_PER_CM2 * critical_area_fraction * d0_per_cm2


def faults_margin(die_area_mm2: float, critical_area_fraction: float, d0_per_cm2: float) -> float:
    """Return a number that is at least 0 inside the domain of `mean_faults`; anything where A or D is nan."""
    # The share is mostly one number for all points: what is chosen by it costs nothing.
    return least(die_area_mm2, d0_per_cm2 if 0.0 <= critical_area_fraction <= 1.0 else -1.0)


def total_yield(random_yield: float, systematic_yield: float) -> float:
    """Return the die yield Y = Ys Yr: random defects times the losses that area does not explain."""
    inside = random_yield >= 0.0 and 0.0 <= systematic_yield <= 1.0
    return random_yield * systematic_yield if inside else nan


FAULTS: Final = stage(
    "mean_faults",
    mean_faults,
    formula="x = A f D0",
    put_in="{die_area_mm2} mm2 / 100 x {critical_area_fraction} x {d0_per_cm2} /cm2",
    free=Free(faults_anywhere, faults_margin),
)
