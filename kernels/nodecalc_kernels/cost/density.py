"""Transistor density: the Bohr yardstick for a node's logic, and the mix that a whole chip is.

Published densities come from at least four recipes. Nodes can be compared only on one; this is the one that
Intel proposed and that most public tables since use.
"""

from __future__ import annotations

from math import nan
from typing import Final

NAND2_WEIGHT: Final = 0.6
FLOP_WEIGHT: Final = 0.4
"""Weights of the two cells in the yardstick: M. Bohr, "Let's clear up the node naming mess", Intel, 2017."""

NAND2_TRANSISTORS: Final = 4.0
"""A two-input NAND gate has four transistors."""

FLOP_TRANSISTORS: Final = 32.0
"""Transistors of the scan flip-flop in public uses of the yardstick (WikiChip's reading of Bohr 2017)."""

NAND2_CPP_SINGLE: Final = 3.0
FLOP_CPP_SINGLE: Final = 19.0
"""Cell widths in contacted poly pitches with a single diffusion break between cells."""

NAND2_CPP_DOUBLE: Final = 4.0
FLOP_CPP_DOUBLE: Final = 20.0
"""The same with a double diffusion break: one more poly pitch a cell."""

MTR_PER_MM2_PER_NM2: Final = 1e6
"""Transistors per nm2 to MTr per mm2: 1e12 nm2 a mm2, 1e6 transistors a MTr."""

SRAM_CELL_TRANSISTORS: Final = 6.0

SRAM_ARRAY_EFFICIENCY: Final = 0.7
"""Share of an SRAM macro that is bit cells; an estimate, the rest being decoders, sense amplifiers and edges."""


def logic_density(cpp_nm: float, cell_height_nm: float, nand2_cpp: float, flop_cpp: float) -> float:
    r"""Return the logic density of a standard-cell library on the Bohr yardstick.

    .. math:: D = 10^6 \left(0.6\,\frac{4}{n_2\,\mathrm{CPP}\,H} + 0.4\,\frac{32}{n_f\,\mathrm{CPP}\,H}\right)

    Args:
        cpp_nm: CPP, contacted poly pitch, nm, > 0.
        cell_height_nm: H, cell height, nm, > 0.
        nand2_cpp: n2, width of the NAND2 cell in CPP: 3 with a single diffusion break, 4 with a double one.
        flop_cpp: nf, width of the scan flop in CPP: 19 and 20.

    Returns:
        D in MTr/mm2; nan outside the domain.

    Validity: compares libraries; a whole chip reaches 0.6 to 1.0 of it, see `chip_density`.

    Reference:
        M. Bohr, Intel, 2017; cell widths as WikiChip applies it. TSMC N5 (51 nm, 210 nm, single): 137.6.

    >>> round(logic_density(51.0, 210.0, 3.0, 19.0), 1)
    137.6

    """
    inside = cpp_nm > 0.0 and cell_height_nm > 0.0 and nand2_cpp > 0.0 and flop_cpp > 0.0
    nand2 = NAND2_WEIGHT * NAND2_TRANSISTORS / nand2_cpp if inside else nan
    flop = FLOP_WEIGHT * FLOP_TRANSISTORS / flop_cpp if inside else nan
    area = cpp_nm * cell_height_nm
    return MTR_PER_MM2_PER_NM2 * (nand2 + flop) / area if area > 0.0 else nan


def sram_density(bit_cell_um2: float, array_efficiency: float) -> float:
    r"""Return the transistor density of an SRAM macro, D = 6 \eta / a.

    Args:
        bit_cell_um2: a, area of one six-transistor bit cell, um2, > 0.
        array_efficiency: eta, share of the macro that is bit cells, in (0, 1].

    Returns:
        D in MTr/mm2 (one transistor per um2 is one MTr per mm2); nan outside the domain.

    >>> round(sram_density(0.021, 0.7), 1)
    200.0

    """
    inside = bit_cell_um2 > 0.0 and 0.0 < array_efficiency <= 1.0
    return SRAM_CELL_TRANSISTORS * array_efficiency / bit_cell_um2 if inside else nan


def chip_density(
    logic_share: float,
    logic_mtr_per_mm2: float,
    sram_share: float,
    sram_mtr_per_mm2: float,
    analog_share: float,
    analog_mtr_per_mm2: float,
) -> float:
    r"""Return the density of a whole chip from its blocks, 1/D = \sum_i s_i / D_i.

    Args:
        logic_share, sram_share, analog_share: s_i, shares of the chip's TRANSISTORS, each >= 0, summing to 1.
        logic_mtr_per_mm2, sram_mtr_per_mm2, analog_mtr_per_mm2: D_i, density that each block reaches, MTr/mm2,
            > 0 where its share is. For logic, the yardstick times its utilisation (0.75-0.9).

    Returns:
        D in MTr/mm2; nan outside the domain. A share of 0 leaves its density unused.

    Areas add: share s_i of the transistors takes s_i / D_i of the area, hence the harmonic mean.

    >>> round(chip_density(0.5, 110.0, 0.5, 200.0, 0.0, 1.0), 2)
    141.94

    """
    shares_add_up = abs(logic_share + sram_share + analog_share - 1.0) <= SHARE_TOLERANCE
    inside = (
        shares_add_up
        and logic_share >= 0.0
        and sram_share >= 0.0
        and analog_share >= 0.0
        and (logic_mtr_per_mm2 > 0.0 or logic_share == 0.0)
        and (sram_mtr_per_mm2 > 0.0 or sram_share == 0.0)
        and (analog_mtr_per_mm2 > 0.0 or analog_share == 0.0)
    )
    logic_area = logic_share / logic_mtr_per_mm2 if logic_mtr_per_mm2 > 0.0 else 0.0
    sram_area = sram_share / sram_mtr_per_mm2 if sram_mtr_per_mm2 > 0.0 else 0.0
    analog_area = analog_share / analog_mtr_per_mm2 if analog_mtr_per_mm2 > 0.0 else 0.0
    area = logic_area + sram_area + analog_area
    return 1.0 / area if inside and area > 0.0 else nan


SHARE_TOLERANCE: Final = 1e-9
"""How far from 1 the shares may add up: rounding of decimal shares, nothing more."""
