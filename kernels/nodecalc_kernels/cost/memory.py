"""Memory: area from capacity, cost of a bit, the second wafer of bonded arrays."""

from __future__ import annotations

from math import nan
from typing import Final

from nodecalc_kernels.numbers.vecmath import least
from nodecalc_kernels.stages import Stage, stage

from .die import STAGES

GB_PER_GBYTE: Final = 8.0
"""Gigabits in one gigabyte, both decimal or both binary."""


def memory_area(capacity_gb: float, bit_density: float) -> float:
    """Return the area of a die of so many gigabits, A = C / b, mm2.

    Args:
        capacity_gb: C, Gb, >= 0.
        bit_density: b, bits over the area of the whole die, Gb/mm2, > 0.

    >>> round(memory_area(16.0, 0.239), 2)
    66.95

    """
    inside = capacity_gb >= 0.0 and bit_density > 0.0
    return capacity_gb / bit_density if inside else nan


def cost_per_gb(cost_usd: float, capacity_gb: float) -> float:
    """Return USD a gigabit, C / c: a good die or a good stack over its capacity in Gb, > 0."""
    inside = cost_usd >= 0.0 and capacity_gb > 0.0
    return cost_usd / capacity_gb if inside else nan


def cost_per_gbyte(usd_per_gb: float) -> float:
    """Return USD a gigabyte, 8 times USD a gigabit."""
    return usd_per_gb * GB_PER_GBYTE if usd_per_gb >= 0.0 else nan


def bits_per_wafer(gross_dies: float, capacity_gb: float, die_yield: float) -> float:
    """Return the gigabits on the good dies of one wafer, N C Y, Gb."""
    inside = least(least(gross_dies, capacity_gb), die_yield) >= 0.0 and die_yield <= 1.0
    return gross_dies * capacity_gb * die_yield if inside else nan


def bonded_wafer(array_usd: float, logic_usd: float, bond_usd: float) -> float:
    """Return what a pair of bonded wafers costs, array, logic and bond together, USD."""
    inside = least(least(array_usd, logic_usd), bond_usd) >= 0.0
    return array_usd + logic_usd + bond_usd if inside else nan


BITS: Final[tuple[Stage, ...]] = (
    stage(
        "wafer_gigabits",
        bits_per_wafer,
        formula="B = N C Y",
        put_in="{gross_dies} x {capacity_gb} Gb x {die_yield}",
    ),
    stage(
        "usd_per_gb",
        cost_per_gb,
        formula="c = C / C_Gb",
        put_in="{good_die_cost_usd} USD / {capacity_gb} Gb",
        cost_usd="good_die_cost_usd",
    ),
    stage("usd_per_gbyte", cost_per_gbyte, formula="8 c", put_in="8 x {usd_per_gb} USD"),
)
"""From good dies and what one of them costs to the cost of a bit."""
COSTS: Final[tuple[Stage, ...]] = (*STAGES[:3], *BITS)
"""From dies, their yield and a wafer's price to the cost of a bit."""
