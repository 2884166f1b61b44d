"""Transistor density from cell geometry, and of a whole chip from its blocks."""

from __future__ import annotations

from math import isnan
from typing import Final

from nodecalc.doors import a_name, brief, real
from nodecalc.errors import InputError, unknown
from nodecalc_kernels.cost import density as kernel

CELL_WIDTHS: Final = {
    "single": (kernel.NAND2_CPP_SINGLE, kernel.FLOP_CPP_SINGLE),
    "double": (kernel.NAND2_CPP_DOUBLE, kernel.FLOP_CPP_DOUBLE),
}
"""Width of the NAND2 and of the scan flop in CPP, by diffusion break."""


def logic_density(cpp_nm: float, cell_height_nm: float, diffusion_break: str = "single") -> float:
    r"""Return the density of a standard-cell library on the Bohr yardstick, in MTr/mm2.

    .. math:: D = 10^6 \left(0.6\,\frac{4}{n_2\,\mathrm{CPP}\,H} + 0.4\,\frac{32}{n_f\,\mathrm{CPP}\,H}\right)

    Args:
        cpp_nm: CPP, contacted poly pitch, nm, > 0.
        cell_height_nm: H, cell height, nm, > 0.
        diffusion_break: ``single`` (n2 = 3, nf = 19) or ``double`` (n2 = 4, nf = 20).

    Returns:
        MTr/mm2. Compares libraries; whole chips reach 0.6 to 1.0 of it.

    Raises:
        NodecalcError: a length that is not positive and finite, or an unknown diffusion break.

    Reference:
        M. Bohr, Intel, 2017. TSMC N5 and SMIC N+3:

    >>> round(logic_density(51, 210), 1), round(logic_density(cpp_nm=57, cell_height_nm=228), 1)
    (137.6, 113.4)

    """
    try:
        nand2, flop = CELL_WIDTHS[diffusion_break]
    except (KeyError, TypeError):
        name = a_name("diffusion break", diffusion_break, f"allowed: {', '.join(CELL_WIDTHS)}")
        raise unknown("diffusion break", name, CELL_WIDTHS) from None
    result = kernel.logic_density(real(cpp_nm), real(cell_height_nm), nand2, flop)
    if not 0.0 < result < float("inf"):
        raise InputError(
            f"cpp_nm {brief(cpp_nm)}, cell_height_nm {brief(cell_height_nm)}: not a cell; "
            "allowed: positive lengths in nm; try 51 and 210 (TSMC N5)"
        )
    return result


def chip_density(
    *,
    logic_mtr_per_mm2: float,
    logic_share: float,
    sram_share: float = 0.0,
    analog_share: float = 0.0,
    logic_utilisation: float = 0.85,
    sram_bit_cell_um2: float | None = None,
    sram_array_efficiency: float = kernel.SRAM_ARRAY_EFFICIENCY,
    analog_mtr_per_mm2: float | None = None,
) -> float:
    r"""Return the density of a chip that mixes logic, SRAM and analog or IO, 1/D = \sum_i s_i / D_i, in MTr/mm2.

    Args:
        logic_mtr_per_mm2: logic density of the node on the yardstick, MTr/mm2.
        logic_share, sram_share, analog_share: shares of the chip's transistors, summing to 1.
        logic_utilisation: share of the logic area that holds cells; 0.75 to 0.9 is usual.
        sram_bit_cell_um2: area of one six-transistor bit cell, um2; needed where `sram_share` is not 0.
        sram_array_efficiency: share of an SRAM macro that is bit cells.
        analog_mtr_per_mm2: density of analog and IO, MTr/mm2; needed where `analog_share` is not 0.

    Raises:
        NodecalcError: shares that do not add up to 1, a missing density, a value outside its range.

    >>> round(chip_density(logic_mtr_per_mm2=137.6, logic_share=0.6, sram_share=0.4, sram_bit_cell_um2=0.021), 1)
    140.3

    """
    logic_mtr_per_mm2, logic_share = _float("logic_mtr_per_mm2", logic_mtr_per_mm2), _float("logic_share", logic_share)
    sram_share, analog_share = _float("sram_share", sram_share), _float("analog_share", analog_share)
    logic_utilisation = _float("logic_utilisation", logic_utilisation)
    sram_array_efficiency = _float("sram_array_efficiency", sram_array_efficiency)
    if sram_bit_cell_um2 is not None:
        sram_bit_cell_um2 = _float("sram_bit_cell_um2", sram_bit_cell_um2)
    if analog_mtr_per_mm2 is not None:
        analog_mtr_per_mm2 = _float("analog_mtr_per_mm2", analog_mtr_per_mm2)
    if sram_share and sram_bit_cell_um2 is None:
        raise InputError(f"sram_share {sram_share}: no bit cell given; supply sram_bit_cell_um2, such as 0.021 (N5)")
    if analog_share and analog_mtr_per_mm2 is None:
        raise InputError(f"analog_share {analog_share}: no analog density given; supply analog_mtr_per_mm2")
    if not 0.0 < logic_utilisation <= 1.0:
        raise InputError(f"logic_utilisation {logic_utilisation}: outside more than 0 to 1; 0.75 to 0.9 is usual")
    sram = kernel.sram_density(sram_bit_cell_um2, sram_array_efficiency) if sram_bit_cell_um2 is not None else 0.0
    result = kernel.chip_density(
        logic_share, logic_mtr_per_mm2 * logic_utilisation, sram_share, sram, analog_share, analog_mtr_per_mm2 or 0.0
    )
    if not result > 0.0:
        raise InputError(
            f"shares {logic_share}, {sram_share}, {analog_share}: they must be 0 to 1 and add up to 1, "
            "each with a positive density"
        )
    return result


def _float(name: str, given: object) -> float:
    found = real(given)
    if isnan(found):
        raise InputError(f"{name} {brief(given)}: not a number; give one")
    return found
