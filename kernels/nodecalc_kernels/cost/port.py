"""A design that moves to another node: its area there."""

from __future__ import annotations

from math import nan

from nodecalc_kernels.numbers.vecmath import least


def ported_area(
    die_area_mm2: float, sram_share: float, analog_share: float, logic_factor: float, sram_factor: float
) -> float:
    r"""Return the area of a design on another node, A' = A (l f + s g + a), mm2.

    Args:
        die_area_mm2: A, here, mm2, >= 0.
        sram_share: s, share of the area that is SRAM, 0..1.
        analog_share: a, share that stays as large as it is, analog and IO, 0..1; the rest l is logic.
        logic_factor: f, area of logic there over its area here, >= 0.
        sram_factor: g, the same of a bit cell, >= 0.

    >>> ported_area(100.0, 0.25, 0.25, 0.5, 0.8)
    70.0

    """
    inside = least(least(sram_share, analog_share), least(logic_factor, sram_factor)) >= 0.0 and die_area_mm2 >= 0.0
    logic = 1.0 - sram_share - analog_share
    return die_area_mm2 * (logic * logic_factor + sram_share * sram_factor + analog_share) if inside else nan
